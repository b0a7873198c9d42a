"""The search itself: every plant is found, no look-alike is, crossing points and secrets are what they should be.

Not proved here: that plans hold nothing else that leads to a primary, such as files named by path or compressed data.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import plants
from bench.plants import Plant
from ops.isolation.subjects import Subject
from policies.isolation import Dependency, Search
from policies.isolation.secrecy import Concealed

SEARCH = Search(plants.declaration())
ALL = tuple(plants.plants())


def search(text: object, *, path: str = "a", type_: str = "some:thing:Thing") -> list[Dependency]:
    return SEARCH.examine(Subject(urn="urn:x::y", type=type_, inputs={path: text}))


@pytest.mark.parametrize("plant", ALL, ids=lambda plant: f"{plant.kind}-{plant.disguise}")
def test_every_kind_is_found_in_every_disguise(plant: Plant) -> None:
    found = search([plant.text])
    wanted = "domain" if plant.kind == "endpoint" else plant.kind
    assert wanted in {one.kind for one in found}
    assert all(one.path.startswith("a[0]") for one in found)


def test_every_declared_kind_has_a_plant() -> None:
    assert {plant.kind for plant in ALL} == {entry.kind for entry in plants.declaration().entries} | {"endpoint"}


LOOK_ALIKES = (
    "primary-org.example.org.evil",
    "notprimary-org.example",
    "not-primary-org.example",
    "primary-org.example-mirror.net",
    "primary-org.examples",
    "primary-org_example",
    "xprimary-org.example.net",
    "https://elsewhere.example.net/primary-org.examplex",
    "1121212343434",
    "1212123434340",
    "a121212343434f",
    "0.121212343434",
    "121212343434.5",
    "+121212343434",
    "3f9d8a52-0c41-4a9c-9b83-121212343434",
    "sha256:0f121212343434aa00",
    "o-primary00012",
    "no-primary0001",
    "0d6e2d62-6a3c-4f04-9a55-1f5f2b5a7c011",
    "primary-pulumi-state-2",
    "my-primary-pulumi-state",
    "xsoc@primary-mail.example.org",
    "10.16.0.0/12",
    "9.255.255.255",
    "10.16.0.1",
    "203.0.112.0/24",
    "203.0.114.0/24",
    "2001:db8:78::/48",
    "2001:db8:76:ffff::1",
    "0.0.0.0/0",
    "::/0",
    "2000::/3",
    "1.10.0.0.5",
    "10.0.0.5.7",
    "v10.0.0.5",
    "release-10.0.0.5",
    "10.0.0",
    "10.1.2.300",
    "::ffff:10.16.0.1",
    "arn:aws:iam::444455556666:role/x",
    "12:34:56:78",
    "00:1a:2b:3c:4d:5e",
    "ap-southeast-40",
    "ap-southeast-4g-x",
    "121-212-343-4345",
    "9121 2123 4343 4",
    "1.21212343435e+11",
    "1.21212343434e+12",
    "11.21212343434e+11",
    "+417955501234",
    "+4179555012",
    "10041795550123",
    "soc+primary-mail.example",
    "http://168820736/10.16.0.0",
    "http://0x0a100001/",
    "https://elsewhere.example.net/167968773",
    "10.16.*.*",
    "10.*",
    "3.10.3.*",
    "10.3.*.*.*",
    "ec2-10-16-0-1.eu-west-9.compute.amazonaws.com",
    "ec2-10-3-0-5.example.net",
    "10-16-0-1.nip.io",
    "10-3-0-5.example.net",
    "0-10-3-0-5.elsewhere.net",
    "fd13:3456:789a::/48",
    "fd12:3456:789b::1",
    "dc=primary-org,dc=examples",
    "dc=example,dc=primary-org",
    "dc=xprimary-org,dc=example",
    "primary-org&amp;.example",
    "primary-org[.]examples",
    "primaryimages.azurecr.io.evil",
    "myprimaryimages.azurecr.io",
    "/providers/Microsoft.ContainerRegistry/registries/primaryimages2",
    "/providers/Microsoft.KeyVault/vaults/primary-keys-2/keys/main",
    "primary-keys",
    "5656567878781.dkr.ecr.eu-west-9.amazonaws.com",
    "b\u00fccher-primaries.example",
    "bucher-primary.example",
)

# Letters of other alphabets that look the same: other names, which somebody else may register.
HOMOGLYPHS = (
    "db.pr\u0456mary-org.example",
    "db.primary-org.ex\u0430mple",
    "\u0440rimary-org.example",
    "primary\u2010org.example",
    "primary-\u03bfrg.example",
    "prim\u0251ry-org.example",
    "xn--prmary-org-ypi.example",
    "\u0661\u0662\u0661\u0662\u0661\u0662\u0663\u0664\u0663\u0664\u0663\u0664",
    "\u0661\u0660.3.0.5",
)


@pytest.mark.parametrize("text", HOMOGLYPHS)
def test_a_name_in_letters_that_look_the_same_is_another_name(text: str) -> None:
    assert search(text) == []
    assert search(f"https://{text}/") == []


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_a_look_alike_is_not_flagged(text: str) -> None:
    for spelt in (text, text.upper(), json.dumps({"a": text}), f"x {text} y"):
        assert search(spelt) == []


LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)
TEXT = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=12)


@given(TEXT, LABEL)
def test_names_around_a_domain_are_other_names(front: str, behind: str) -> None:
    assert not search(f"{front}primary-org.example")
    assert not search(f"primary-org.example.{behind}") or behind.startswith(".")
    assert not search(f"primary-org.example{behind}")


@given(st.integers(0, 10**20), st.integers(0, 9), st.integers(0, 9))
def test_digits_around_an_account_are_another_number(number: int, front: int, behind: int) -> None:
    assert not search(f"{front}121212343434{behind}")
    assert not search(f"{front}121212343434")
    assert not search(f"121212343434{behind}")
    if "121212343434" not in str(number):
        assert not search(number)


@given(st.ip_addresses(v=4))
def test_an_address_is_flagged_when_it_is_the_primarys(address: object) -> None:
    from ipaddress import IPv4Address, ip_network

    assert isinstance(address, IPv4Address)
    inside = any(address in ip_network(network) for network in ("10.0.0.0/12", "203.0.113.0/24"))
    number, (first, second, third, fourth) = int(address), address.packed
    spellings = (
        str(address),
        f"https://{address}/x",
        f"::ffff:{address}",
        json.dumps([f"{address}/32"]),
        f"http://{number}/",
        f"http://{number:#x}:80",
        f"http://{first}.{second}.{third * 256 + fourth}/",
        f"{first}-{second}-{third}-{fourth}.nip.io",
        address.reverse_pointer,
    )
    for text in spellings:
        assert bool(search(text)) is inside, text


@given(st.integers(0, 255), st.integers(0, 255), st.integers(8, 32))
def test_a_network_is_flagged_when_it_shares_an_address_with_the_primarys(second: int, third: int, bits: int) -> None:
    from ipaddress import IPv4Network

    network = IPv4Network(f"10.{second}.{third}.0/{bits}", strict=False)
    inside = network.overlaps(IPv4Network("10.0.0.0/12"))
    assert bool(search(str(network))) is inside
    assert bool(search(f"10.{second}.{third}.*")) is (second < 16)


OTHER_LETTERS = str.maketrans(
    {"a": "\u0430", "e": "\u0435", "i": "\u0456", "o": "\u03bf", "p": "\u0440", "r": "\u0433", "y": "\u0443"}
)


@given(st.integers(0, 18))
def test_one_letter_of_another_alphabet_makes_another_name(place: int) -> None:
    name = "primary-org.example"
    other = name[:place] + name[place].translate(OTHER_LETTERS) + name[place + 1 :]
    assert bool(search(f"https://db.{other}/")) is (other == name)


@given(st.text("0123456789 -()", max_size=6), st.integers(0, 9))
def test_more_digits_are_another_telephone(front: str, behind: int) -> None:
    assert not search(f"+41795550123{behind}")
    assert not search(f"{front}9+4179555012{behind if behind != 3 else 4}")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    search(text)
    search({text: [text]})


@given(st.binary(max_size=400))
def test_any_bytes_in_base64_can_be_read(data: bytes) -> None:
    import base64

    assert search(base64.b64encode(data).decode()) == []


def test_numbers_that_lost_their_quotes_are_accounts() -> None:
    assert [one.kind for one in search(121212343434)] == ["account"]
    assert search(1121212343434) == []


def test_keys_are_looked_at_and_paths_say_so() -> None:
    found = search({"login.primary-idp.example:sub": "x"})
    assert [(one.path, one.kind) for one in found] == [('a["login.primary-idp.example:sub"]{key}', "issuer")]


def test_a_path_tells_how_a_text_was_read() -> None:
    policy = json.dumps({"Statement": [{"Principal": {"AWS": "arn:aws:iam::121212343434:root"}}]})
    (found,) = search(policy)
    assert found.path == "a{json}.Statement[0].Principal.AWS"
    assert (found.value, found.primary) == ("arn:aws:iam::121212343434:root", "121212343434")


# --- secrets --------------------------------------------------------------------------------------------------------------

CANARY = "canary-password-7d1e"


def test_a_secret_is_searched_and_never_shown() -> None:
    (found,) = search({"url": Concealed({"dsn": f"postgres://u:{CANARY}@db.primary-org.example/x"})})
    assert (found.path, found.value, found.primary) == ("a.url", "[secret]", "primary-org.example")
    assert CANARY not in repr(found)


def test_what_stands_beside_a_reference_is_not_shown() -> None:
    (found,) = search(f"postgres://u:{CANARY}@db.primary-org.example/x")
    assert found.value == "db.primary-org.example"
    (account,) = search(f"user:{CANARY}:121212343434")
    assert account.value == "121212343434"


def test_a_concealed_value_is_a_mask_in_every_form() -> None:
    hidden = Concealed(CANARY)
    shown = (str(hidden), repr(hidden), f"{hidden}", json.dumps({"a": hidden}), pickle.dumps(hidden).decode("latin-1"))
    assert hidden == "[secret]"
    assert not any(CANARY in form for form in (*shown, repr(copy.deepcopy(hidden)), hidden + ""))


# --- crossing points ------------------------------------------------------------------------------------------------------

ENDPOINT = "chat.corp.primary-org.example"
CHECK = {"fqdn": ENDPOINT, "resourcePath": "/api/v4/system/ping", "type": "HTTPS"}
RECORD: Mapping[str, object] = {
    "name": "chat.oob.example",
    "type": "CNAME",
    "records": [ENDPOINT],
    "failoverRoutingPolicies": [{"type": "PRIMARY"}],
}


def names(type_: str, inputs: Mapping[str, object]) -> list[str]:
    return [one.crossing for one in SEARCH.examine(Subject(urn="urn:x::y", type=type_, inputs=inputs))]


HEALTH_CHECK, ROUTE = "aws:route53/healthCheck:HealthCheck", "aws:route53/record:Record"


def test_the_two_crossing_points_are_known_by_what_they_are() -> None:
    assert names(HEALTH_CHECK, CHECK) == ["health check of the primary"]
    assert names(ROUTE, RECORD) == ["failover record of the user-facing name"]


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        (HEALTH_CHECK, CHECK | {"resourcePath": "/else"}),
        (HEALTH_CHECK, CHECK | {"fqdn": "db.primary-org.example"}),
        ("aws:route53/other:Other", CHECK),
        (ROUTE, {**RECORD, "name": "other.oob.example"}),
        (ROUTE, {**RECORD, "failoverRoutingPolicies": [{"type": "SECONDARY"}]}),
        (ROUTE, {**RECORD, "records": ["db.primary-org.example"]}),
        (ROUTE, {**RECORD, "records": [ENDPOINT, ENDPOINT]}),
        (ROUTE, {**RECORD, "failoverRoutingPolicies": []}),
        (ROUTE, {**RECORD, "type": "A"}),
    ],
)
def test_anything_else_at_a_crossing_point_is_a_dependency(type_: str, inputs: Mapping[str, object]) -> None:
    found = names(type_, inputs)
    assert found
    assert set(found) == {""}


PROFILE, DEPLOYED = "azure-native:trafficmanager:Profile", "Traffic Manager profile"
STANDBY = {"name": "standby", "priority": 1, "targetResourceId": "/x"}
LAST = {"name": "primary", "priority": 2, "target": ENDPOINT}
ANSWERS: Mapping[str, object] = {"trafficRoutingMethod": "Priority", "endpoints": [STANDBY, LAST]}
WEB_TEST = "azure-native:applicationinsights:WebTest"


def deployed(profile: Mapping[str, object]) -> Mapping[str, object]:
    endpoints = cast("list[object]", profile["endpoints"])
    return {"properties": {**profile, "endpoints": [{"properties": one} for one in endpoints]}}


def test_the_crossing_points_of_azure_are_known_by_what_they_are() -> None:
    assert names(PROFILE, ANSWERS) == ["failover record of the user-facing name"]
    assert names(DEPLOYED, deployed(ANSWERS)) == ["failover record of the user-facing name"]
    assert names(WEB_TEST, {"request": {"requestUrl": f"https://{ENDPOINT}/api/v4/system/ping"}}) == [
        "health check of the primary"
    ]


@pytest.mark.parametrize(
    "endpoints",
    [
        [LAST],
        [STANDBY | {"priority": 3}, LAST],
        [STANDBY | {"priority": 2}, LAST],
        [STANDBY, LAST, LAST | {"priority": 3}],
        [STANDBY, {"name": "primary", "target": ENDPOINT}],
        [STANDBY, LAST | {"target": "db.primary-org.example"}],
    ],
)
def test_any_other_answer_of_a_profile_is_a_dependency(endpoints: list[Mapping[str, object]]) -> None:
    profile: Mapping[str, object] = {"trafficRoutingMethod": "Priority", "endpoints": endpoints}
    assert set(names(PROFILE, profile)) == {""}
    assert set(names(DEPLOYED, deployed(profile))) == {""}
    assert set(names(PROFILE, {**ANSWERS, "trafficRoutingMethod": "Weighted"})) == {""}
    assert set(names(WEB_TEST, {"request": {"requestUrl": f"https://{ENDPOINT}/else"}})) == {""}


def test_networks_that_a_policy_keeps_out_are_not_leant_on() -> None:
    policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
    block = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/12"]}
    spec = {"egress": [{"to": [{"ipBlock": block}]}]}
    assert SEARCH.examine(Subject(urn="u", type=policy, inputs={"spec": spec})) == []
    spec["egress"][0]["to"][0]["ipBlock"] = {"cidr": "10.0.0.0/12"}
    assert len(SEARCH.examine(Subject(urn="u", type=policy, inputs={"spec": spec}))) == 1
    block["except"] = ["db.primary-org.example"]
    spec["egress"][0]["to"][0]["ipBlock"] = block
    assert len(SEARCH.examine(Subject(urn="u", type=policy, inputs={"spec": spec}))) == 1
