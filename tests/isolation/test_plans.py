"""Planted into the real plans: a sample of what `./oob bench` plants whole, and what each matcher is good for.

Not proved: that the disguises here are all that there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Network

import pytest

from bench import isolation, plants
from components.networks import AnyNetwork
from ops.isolation.subjects import Subject, subjects
from policies.isolation import Search, addresses, azure_names, crossings, decoding, matching, needles, notations, rewriting
from tests.support.plans import of_file

PLANTS = tuple(plants.plants())
SAMPLE = 37  # every 37th plant, another one first for each stack
EVERY = 499  # of what is planted into whole resources


@pytest.mark.parametrize(("turn", "name"), list(enumerate(isolation.examples())))
def test_what_is_planted_into_a_plan_is_found(turn: int, name: str) -> None:
    looked_at = {name: list(subjects(of_file(name).recording))}
    made = isolation.score(looked_at, PLANTS[turn::SAMPLE], every=EVERY)
    assert made.tried > 20_000
    assert made.share <= isolation.MISSED, made.classes
    assert made.compared > 100
    assert made.differed == []


def test_a_miss_is_counted_for_every_resource_and_told_with_its_class() -> None:
    policy = Subject(
        urn="urn:x",
        type="kubernetes:networking.k8s.io/v1:NetworkPolicy",
        inputs={"spec": {"egress": [{"to": [{"ipBlock": {"except": ["192.0.2.0/24"]}}]}]}},
    )
    planted = (plants.Plant("cidr", "plain", "10.3.0.0/16"), plants.Plant("domain", "plain", "db.primary-org.example"))
    made = isolation.score({"one": [policy], "two": [policy, policy]}, planted, every=1)
    assert (made.tried, made.compared, made.differed) == (2, 6, [])
    assert made.missed == {("one", planted[0]): 1, ("two", planted[0]): 2}
    assert made.classes == {(policy.type, "spec.egress[].to[].ipBlock.except[]", "cidr"): 3}
    assert made.share == 0.5


@pytest.mark.parametrize("name", isolation.examples())
def test_nothing_is_found_in_a_plan_that_nobody_touched(name: str) -> None:
    search = Search(plants.declaration())
    assert [found for subject in subjects(of_file(name).recording) for found in search.examine(subject)] == []


# --- every part is needed -------------------------------------------------------------------------------------------------


def lost() -> set[str]:
    """Kinds and disguises that a new search does not find."""
    search = Search(plants.declaration())
    found: set[str] = set()
    for plant in plants.plants():
        wanted = "domain" if plant.kind == "endpoint" else plant.kind
        places = search.examine(Subject(urn="urn:x", type="t", inputs={"a": plant.text}))
        if not any(one.kind == wanted for one in places):
            found.add(f"{plant.kind}: {plant.disguise}")
    return found


def nothing(*_: object, **__: object) -> tuple[object, ...]:
    return ()


def blank(*_: object, **__: object) -> str:
    return " "


def never(*_: object) -> bool:
    return False


def no_document(_: str) -> None:
    return None


def unread(found: re.Match[str]) -> str:
    return found[0]


def only_equal(network: AnyNetwork, primary: Iterable[AnyNetwork]) -> AnyNetwork | None:
    return network if network in tuple(primary) else None


def as_it_is(value: IPv6Network) -> IPv6Network:
    return value


def no_network(*_: object) -> None:
    return None


def whole_only(*values: str) -> list[needles.Spelling]:
    return [needles.Spelling(values[-1], needles.Ends.WORD)]


def but(pattern: str) -> object:
    left_out: object = getattr(rewriting, pattern)
    return tuple(row for row in rewriting._SPELLINGS if row[0] is not left_out)  # pyright: ignore[reportPrivateUsage]


NOTHING = re.compile(r"(?!)")
PARTS: tuple[tuple[object, str, object, str], ...] = (
    (decoding, "unquote", blank, "domain: percent-encoded"),
    (decoding, "_unescaped", blank, "domain: pattern"),
    (decoding, "_from_base64", nothing, "domain: base64"),
    (decoding, "_from_punycode", unread, "domain: punycode"),
    (decoding, "_WRAPPED", NOTHING, "domain: base64 in a manifest, in lines"),
    (decoding, "_SEPARATOR", NOTHING, "domain: base64 in a path"),
    (decoding, "_INVISIBLE", {}, "domain: soft hyphen"),
    (rewriting, "_SPELLINGS", but("_ENTITY"), "domain: HTML entities"),
    (rewriting, "_SPELLINGS", but("_DOT"), "domain: pattern with classes"),
    (rewriting, "_SPELLINGS", but("_NAME"), "domain: distinguished name"),
    (needles, "_of_account", whole_only, "account: without quotes in Helm"),
    (rewriting, "_SPELLINGS", but("_TELEPHONE"), "alertEndpoint: telephone with brackets"),
    (rewriting, "_SPELLINGS", but("_TAGGED"), "alertEndpoint: mail with a tag"),
    (rewriting, "_SPELLINGS", but("_QUOTED"), "alertEndpoint: mail in quotes"),
    (rewriting, "_SPELLINGS", but("_HEXADECIMAL"), "domain: bytes in hexadecimal"),
    (notations, "_as_programs_read", no_document, "cidr: URL in decimal"),
    (notations, "_PATTERN", NOTHING, "cidr: wide pattern"),
    (notations, "_PUBLIC_NAME", NOTHING, "cidr: name of a public host"),
    (notations, "_TOLD", NOTHING, "cidr: name that tells it"),
    (notations, "_TOLD_HEXADECIMAL", NOTHING, "cidr: name that tells it in hexadecimal"),
    (notations, "_REVERSE", NOTHING, "cidr: reverse name"),
    (needles, "_of_resource", nothing, "secretStore: vault of Azure by its host"),
    (azure_names, "_SERVICES", {}, "registry: registry of Azure by its id"),
    (azure_names, "_SERVICES", {}, "registry: data of a registry of Azure"),
    (addresses, "_masked", no_network, "cidr: wildcard"),
    (matching, "normal", str.lower, "domain: full width"),
    (matching, "networks_in", nothing, "cidr: plain"),
    (matching, "leads_to", only_equal, "cidr: address"),
    (addresses, "_ipv4", nothing, "cidr: plain"),
    (addresses, "_unmapped", as_it_is, "cidr: IPv4-mapped in hexadecimal"),
    (addresses, "_IPV6", NOTHING, "cidr: written out"),
    (addresses, "_DASHED", NOTHING, "cidr: name of a host"),
    (addresses, "_REVERSE", NOTHING, "cidr: reverse name"),
    (needles, "_of_arn", whole_only, "key: plain"),
    (needles, "_of_address", nothing, "issuer: plain"),
    (needles, "_GUID", NOTHING, "tenant: no hyphens"),
    (needles, "_FINGERPRINT", NOTHING, "certificate: no colons"),
    (needles, "_ACCOUNT", NOTHING, "account: as the console prints it"),
)


@pytest.mark.parametrize(("module", "name", "instead", "missed"), PARTS, ids=[f"{row[1]} for {row[3]}" for row in PARTS])
def test_without_this_part_something_is_missed(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, instead: object, missed: str
) -> None:
    assert lost() == set()
    monkeypatch.setattr(module, name, instead)
    assert missed in lost()


def test_without_reading_documents_a_path_ends_at_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Subject(urn="urn:x", type="t", inputs={"a": '{"owner": "121212343434"}'})
    assert [one.path for one in Search(plants.declaration()).examine(subject)] == ["a{json}.owner"]
    monkeypatch.setattr(decoding, "as_json", no_document)
    assert [one.path for one in Search(plants.declaration()).examine(subject)] == ["a"]


@pytest.mark.parametrize("ends", list(needles.Ends))
def test_without_its_boundary_a_kind_is_missed(monkeypatch: pytest.MonkeyPatch, ends: needles.Ends) -> None:
    boundaries = matching._BOUNDARIES  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setitem(boundaries, ends, never)
    assert lost()


def test_without_the_crossing_points_the_examples_depend(monkeypatch: pytest.MonkeyPatch) -> None:
    from ops.isolation.report import of_recording

    plan = of_file("aws-example")
    for place in range(2):
        monkeypatch.setattr(crossings, "_CROSSINGS", crossings._CROSSINGS[place : place + 1])  # pyright: ignore[reportPrivateUsage]
        assert of_recording("trial", plan.settings.stack, plan.recording).dependent
        monkeypatch.undo()


def test_without_the_lists_that_keep_out_the_examples_depend(monkeypatch: pytest.MonkeyPatch) -> None:
    from ops.isolation.report import of_recording

    plan = of_file("aws-example")
    monkeypatch.setattr(crossings, "keeps_out", never)
    assert {one.kind for one in of_recording("trial", plan.settings.stack, plan.recording).dependent} == {"cidr"}
