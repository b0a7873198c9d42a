"""Physical names are legal, short enough and distinct; labels pass the narrowest dialect. Property tests.

Not proved: that a service agrees with the limits noted at each Kind.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import naming
from components.labels import VALUE, Labels, cloud_tags, kubernetes_labels
from components.naming import DIGEST_LENGTH, Kind, physical
from tests.config.made_up import ROOT, example, parsed

PART = st.text(alphabet="abcXYZ019-_. \u00fc/", min_size=1, max_size=50)
PARTS = st.lists(PART, min_size=1, max_size=5).filter(lambda parts: re.search("[a-zA-Z0-9]", "".join(parts)) is not None)

SHORT = Kind(longest=32)


def kinds() -> dict[str, Kind]:
    """Every Kind that a component declares, read as text: importing them all would load a cloud's SDK."""
    found: dict[str, Kind] = {}
    for path in sorted((ROOT / "components").rglob("*.py")):
        for name, arguments in re.findall(r"^([A-Z_]+) = Kind\((.*?)\)", path.read_text(encoding="utf-8"), re.MULTILINE):
            given = dict(pair.split("=", 1) for pair in arguments.split(", "))
            text = {key: value.strip("\"'") for key, value in given.items()}
            made = Kind(longest=int(text["longest"]), legal=text.get("legal", "a-z0-9-"), joint=text.get("joint", "-"))
            found[f"{path.stem}.{name}"] = made
    return found


every_kind = pytest.mark.parametrize("kind", kinds().values(), ids=list(kinds()))


@every_kind
@given(parts=PARTS)
def test_a_name_is_legal_and_short_enough(kind: Kind, parts: list[str]) -> None:
    name = physical(kind, *parts)
    assert len(name) <= kind.longest
    assert re.fullmatch(f"(?:[{kind.legal}]|{re.escape(kind.joint)})+", name)
    assert re.match("[a-z0-9]", name) or kind.legal != "a-z0-9-"
    assert re.search(f"[0-9a-f]{{{DIGEST_LENGTH}}}$", name)
    assert not kind.joint or kind.joint * 2 not in name, "several services refuse two in a row"


@every_kind
@given(left=PARTS, right=PARTS)
def test_other_parts_give_another_name(kind: Kind, left: list[str], right: list[str]) -> None:
    assert (physical(kind, *left) == physical(kind, *right)) == (left == right)


def test_where_one_part_ends_matters() -> None:
    assert physical(naming.S3_BUCKET, "a", "b-c") != physical(naming.S3_BUCKET, "a-b", "c")


def test_long_names_that_begin_alike_stay_apart() -> None:
    left, right = ("x" * 200 + end for end in "12")
    assert physical(SHORT, left) != physical(SHORT, right)


def test_a_name_never_changes() -> None:
    """A new name is a new bucket, and the old one with its data is left behind."""
    assert physical(naming.S3_BUCKET, "oob-aws-example", "444455556666", "files") == "oob-aws-example-444455556666-files-c29098"
    assert physical(SHORT, "oob-a-very-long-environment-name", "edge") == "oob-a-very-long-environme-85645a"


@pytest.mark.parametrize("parts", [[""], ["\u00fc\u00df"], ["---"], []])
def test_nothing_legal_is_an_error_and_not_a_bare_digest(parts: list[str]) -> None:
    with pytest.raises(ValueError, match="no legal character"):
        physical(naming.S3_BUCKET, *parts)


def test_a_kind_with_another_joint_or_none_works_as_well() -> None:
    assert re.fullmatch(r"account[0-9a-f]{6}", physical(Kind(longest=24, legal="a-z0-9", joint=""), "Account"))
    assert re.fullmatch(r"a_b_[0-9a-f]{6}", physical(Kind(longest=24, legal="a-z0-9_", joint="_"), "a", "b"))


STACK = st.from_regex(VALUE, fullmatch=True)
SLUG = st.from_regex(r"[a-z][a-z0-9-]{1,18}[a-z0-9]", fullmatch=True)


@given(
    stack=STACK,
    organisation=SLUG,
    drill=SLUG | st.none(),
    extra=st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3),
)
def test_labels_of_any_stack_are_legal_everywhere(
    stack: str, organisation: str, drill: str | None, extra: dict[str, str]
) -> None:
    labels = Labels(
        stack=stack,
        organisation=organisation,
        mode="drill" if drill else "live",
        drill_id=drill,
        expires_at="2026-12-08" if drill else None,
    )
    for key, value in kubernetes_labels(labels, "files").items():
        assert re.fullmatch(r"([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", key)
        assert VALUE.fullmatch(value)
    tags = cloud_tags(labels, extra)
    assert tags["oob:stack"] == stack
    assert tags["oob:tier"] == "0", "OOB-120"
    assert ("drillId" in tags) == (drill is not None) or "drillId" in extra
    assert extra.items() <= tags.items() or set(extra) & set(cloud_tags(labels))


def test_nobodys_own_tag_takes_the_place_of_one_of_ours() -> None:
    labels = Labels(stack="x", organisation="acme", mode="drill", drill_id="q4-2026", expires_at="2026-12-08")
    tags = cloud_tags(labels, {"oob:tier": "3", "drillId": "other", "expiresAt": "2099-01-01", "team": "sre"})
    assert (tags["oob:tier"], tags["drillId"], tags["expiresAt"], tags["team"]) == ("0", "q4-2026", "2026-12-08", "sre")


@pytest.mark.parametrize("value", ["", "-x", "x-", "a b", "x" * 64, "a/b", "x\n"])
def test_a_value_that_kubernetes_would_refuse_is_named(value: str) -> None:
    with pytest.raises(ValueError, match=r"label stack: .* is not a legal label value"):
        Labels(stack=value, organisation="acme", mode="live").pairs()


def test_the_names_of_the_drill_example_are_those_that_the_environment_gives() -> None:
    drill = parsed(example(of="aws-drill-example")).stack.drill
    assert drill is not None
    environment = naming.environment(drill.source_stack, None)
    account = example()["aws"]["account"]
    assert drill.objects.files == physical(naming.S3_BUCKET, environment, account, "files")
    assert drill.objects.backups == physical(naming.S3_BUCKET, environment, account, "backups")
