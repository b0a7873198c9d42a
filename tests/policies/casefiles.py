"""Case files: what a rule must say about plain properties. One file a rule, tests/policies/cases/<rule>.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from policies import judging, rules
from policies.configuration import parse
from policies.judging import NotYetJudged, Reported
from policies.model import AnyRule, Graph, Resource, Rule
from policies.reading.values import from_plain
from policies.settings import Settings

FOLDER = Path(__file__).resolve().parent / "cases"
UNKNOWN_MARK = "<unknown>"
RULES: dict[str, AnyRule] = {one.name: one for one in (*rules.RESOURCE_RULES, *rules.STACK_RULES)}
# Keys of a case that describe the resource and are no property of it.
_OWN = ("_type", "_name", "_protect", "_provider", "_depends", "_external", "_urn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """One file."""

    rule: AnyRule
    type: str
    empty: str
    settings: Settings
    passing: list[Any]
    failing: list[Any]


def every() -> list[Cases]:
    """All files, in order."""
    return [read(path) for path in sorted(FOLDER.glob("*.yaml"))]


def read(path: Path) -> Cases:
    """One file; a rule of that name must exist."""
    given = cast("dict[str, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))
    rule = RULES[path.stem]
    settings = {"profile": rule.profile.value if rule.profile else "production", **given.get("settings", {})}
    return Cases(
        rule=rule,
        type=given.get("type", rule.on[0]),
        empty=given.get("empty", "passes"),
        settings=parse(settings, rules.NAMES),
        passing=given["passing"],
        failing=given["failing"],
    )


def resource(case: dict[str, Any], cases: Cases) -> Resource:
    """A case as a resource."""
    props = from_plain({key: value for key, value in case.items() if key not in _OWN}, frozenset({UNKNOWN_MARK}))
    name = case.get("_name", "tested")
    type_ = case.get("_type", cases.type)
    return Resource(
        type=type_,
        name=name,
        urn=case.get("_urn", urn(type_, name)),
        props=props if isinstance(props, dict) else {},
        protect=case.get("_protect", False),
        provider=case.get("_provider", "urn:pulumi:test::oob::pulumi:providers:any::locked"),
        depends_on=frozenset(urn(*one.split(" ")) for one in case.get("_depends", [])),
        external=case.get("_external", False),
        settings=cases.settings,
    )


def urn(type_: str, name: str) -> str:
    """The URN of a case's resource."""
    return f"urn:pulumi:test::oob::{type_}::{name}"


def answers(case: Any, cases: Cases, rule: AnyRule | None = None) -> list[judging.Answer]:
    """What the rule says about one case: a resource, or for a stack rule a list of them."""
    asked = rule or cases.rule
    if isinstance(asked, Rule):
        subject = resource(case, cases)
        return list(judging.about(subject, [asked] if subject.members or asked.applies(subject.type) else [], cases.settings))
    return list(judging.about_stack(Graph(tuple(resource(one, cases) for one in case), cases.settings), [asked]))


def violated(found: list[judging.Answer]) -> bool:
    """Whether the rule is broken."""
    return any(isinstance(one, Reported) for one in found)


def open_question(found: list[judging.Answer]) -> bool:
    """Whether the rule could not be judged."""
    return any(isinstance(one, NotYetJudged) for one in found)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value without parts, with its path; keys that describe the resource are left out."""
    if isinstance(value, dict):
        for key, inner in cast("dict[Any, Any]", value).items():
            if key not in _OWN:
                yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A copy with the value at `path` replaced."""
    if not path:
        return by
    copy: Any = dict(cast("dict[Any, Any]", value)) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], by)
    return copy
