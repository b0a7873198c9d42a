"""docs/requirements.md names every row of the source documents, and what it names exists.

It does not prove that a named thing is enough for its row: a person decides that when reading the diff of the document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from components import clouds
from ops.plan.plan import Plan
from ops.plan.values import Plain
from tests.support import plans, requirements
from tests.support.requirements import Claim, Row

DOCUMENT = plans.ROOT / "docs" / "requirements.md"
FIRST = "aws"  # whose examples a claim means that names no cloud
COUNTS = {"OOB": 131, "AWS": 99, "PREP": 155, "TLS": 39}


def all_rows() -> list[Row]:
    return requirements.rows(DOCUMENT.read_text(encoding="utf-8"))


def test_every_row_is_answered_once() -> None:
    answered = [name for row in all_rows() for name in row.ids if not name.startswith("AIR")]
    expected = [f"{prefix}-{number:02d}" for prefix, count in COUNTS.items() for number in range(1, count + 1)]
    assert sorted(answered) == sorted(expected), sorted(set(expected) ^ set(answered)) or "a row is answered twice"


@pytest.mark.parametrize("row", all_rows() if DOCUMENT.is_file() else [], ids=lambda row: row.ids[0])
def test_what_a_row_names_exists(row: Row) -> None:
    if not row.claims:
        assert re.match(r"(later|why not): \S.{15,}", row.answer), "a row names something, or says later/why not with a reason"
    missing = [problem for claim in row.claims if (problem := refused(claim))]
    assert not missing, "\n".join(missing)


def test_what_comes_later_says_with_what() -> None:
    """A row may wait for these pieces of work only; anything else is shown now, or has a reason against it."""
    awaited = re.compile(r"drill|policy pack|isolation|self-hosted|runbook")
    aimless = [row.ids for row in all_rows() if row.answer.startswith("later:") and not awaited.search(row.answer)]
    assert not aimless


def refused(claim: Claim) -> str | None:
    """Why a claim does not hold, or None."""
    words = claim.words
    cloud = claim.cloud or FIRST
    if claim.kind == "resource":
        return resource(plans.of_file(f"{cloud}-example"), words)
    if claim.kind == "drill resource":
        return resource(plans.of_file(f"{cloud}-drill-example"), words)
    if claim.kind == "output":
        return output(plans.of_file(f"{cloud}-example"), words)
    if claim.kind == "setting":
        return None if words[0] in settings() else f"no setting {words[0]}"
    if claim.kind == "file":
        return None if (plans.ROOT / words[0]).exists() else f"no file {words[0]}"
    path, _, name = words[0].partition("::")
    file = plans.ROOT / path
    if not file.is_file():
        return f"no test file {path}"
    return None if not name or f"def {name}(" in file.read_text(encoding="utf-8") else f"no test {name} in {path}"


def resource(plan: Plan, words: tuple[str, ...]) -> str | None:
    """Whether a resource of that type and name is planned with the inputs claimed for it."""
    kind, name, *claimed = words
    found = next((known for known in plan.resources if known.type == kind and known.name == name), None)
    if found is None:
        near = [known.name for known in plan.resources if known.type == kind]
        return f"no resource {kind} {name}; of that type there are {near}"
    return unequal(f"{kind} {name}", dict(found.inputs), claimed)


def output(plan: Plan, words: tuple[str, ...]) -> str | None:
    """Whether the stack has that output, with the values claimed for it."""
    name, *claimed = words
    outputs = plan.recording.outputs
    return unequal(f"output {name}", outputs[name], claimed) if name in outputs else f"no output {name}"


def unequal(what: str, values: Plain, claimed: list[str]) -> str | None:
    """The first claim of a value that does not hold."""
    for assertion in claimed:
        path, _, wanted = assertion.partition("=")
        value = requirements.value_at(values, path)
        choices = value if isinstance(value, list) else [value]
        if wanted not in [requirements.written(value), *map(requirements.written, choices)]:
            return f"{what}: {path} is {value!r}, claimed {wanted}"
    return None


@cache
def settings() -> frozenset[str]:
    """Every dotted path of the stack file, from the editor schema."""
    document: Plain = json.loads((plans.STACKS / "schema.json").read_text(encoding="utf-8"))
    top = requirements.value_at(document, "properties.config.properties")
    return frozenset(_paths(top["oob:stack"] if isinstance(top, dict) else None, ""))


def _paths(node: Plain, prefix: str) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    properties = node.get("properties")
    for key, inner in properties.items() if isinstance(properties, dict) else ():
        yield f"{prefix}{key}"
        yield from _paths(inner, f"{prefix}{key}.")
    for part in ("items", "additionalProperties"):
        yield from _paths(node.get(part), prefix)
    for part in ("anyOf", "oneOf", "allOf"):
        choices = node.get(part)
        for inner in choices if isinstance(choices, list) else ():
            yield from _paths(inner, prefix)


def test_a_claim_that_does_not_hold_is_found() -> None:
    """The checks above can fail: a wrong name, a wrong value, a setting and a test that do not exist."""
    wrong = (
        "resource aws:rds/cluster:Cluster no-such-name",
        "resource aws:rds/cluster:Cluster database-cluster storageEncrypted=false",
        "resource aws:rds/cluster:Cluster database-cluster no.such.input=true",
        "drill resource aws:rds/cluster:Cluster database-cluster deletionProtection=true",
        "setting no.such",
        "test tests/none.py::nothing",
        "test tests/docs/test_requirements.py::nothing",
        "file no/such/file.py",
        "output none",
        "output accessLayer waf=off",
        *(f"{cloud} resource no:such:Type name" for cloud in clouds.available()),
        *(f"{cloud} output accessLayer waf=off" for cloud in clouds.available()),
    )
    for text in wrong:
        (claim,) = requirements.claims(f"`{text}`")
        assert refused(claim) is not None, text
    with pytest.raises(ValueError, match="names nothing"):
        requirements.claims("`something else`")
    with pytest.raises(ValueError, match="names nothing"):
        requirements.claims("`nosuchcloud resource a b`")


def test_every_cloud_is_claimed_for() -> None:
    """A folder that the document does not mention would be unproved."""
    claimed = {claim.cloud or FIRST for row in all_rows() for claim in row.claims}
    assert claimed == set(clouds.available())


def test_ranges_and_paths_are_read_as_written() -> None:
    assert requirements.ids("OOB-01, OOB-03 to OOB-05") == ("OOB-01", "OOB-03", "OOB-04", "OOB-05")
    assert requirements.value_at({"a": [{"b": True}]}, "a.0.b") is True
    assert requirements.value_at({"a": '{"b": [1, 2]}'}, "a.b.1") == 2
    assert requirements.value_at({"a": [{"name": "x.y", "value": 3}]}, "a[x.y].value") == 3
    assert requirements.value_at({"a": {"b/c.d": 4}}, "a[b/c.d]") == 4
    assert requirements.value_at({"a": [{"b": 5}, {"b": 6}]}, "a.*.b") == [5, 6]
    assert requirements.value_at({"a": []}, "a.0.b") is None
    assert Path(DOCUMENT).is_file()
