"""Asks every rule about every resource that it speaks about, and sorts the answers. No SDK, no engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from policies import rules
from policies.model import AnyRule, Finding, Graph, Level, Outcome, Resource, Rule, Severity, StackRule, Unjudged
from policies.reading.types import listed_in
from policies.reading.values import NotYetKnown, Unknown, stands
from policies.settings import Profile, Settings, Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One finding as a person gets it. `path` is the property; `message` never holds a value."""

    rule: str
    severity: Severity
    level: Level
    urn: str
    path: str
    message: str
    remedy: str

    def sentence(self) -> str:
        """One line: the rule's name first, then where, what and what to do."""
        where = f"{self.path}: " if self.path else ""
        return f"{self.rule}: {where}{self.message}. {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYetJudged:
    """A rule whose answer hangs on a value that deployment brings."""

    rule: str
    level: Level
    urn: str
    path: str

    def sentence(self) -> str:
        """One line: the rule's name first."""
        where = self.path or "a property"
        return f"{self.rule}: not yet judged, because {where} is known after deployment only; judged again at update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A finding that is set aside, by whom and until when."""

    rule: str
    urn: str
    path: str
    message: str
    reason: str
    owner: str
    expires: str

    def sentence(self) -> str:
        """One line: the rule's name first."""
        return f"{self.rule}: waived until {self.expires} by {self.owner}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules answered about a stack."""

    violations: tuple[Reported, ...] = ()
    not_yet_judged: tuple[NotYetJudged, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a mandatory rule is broken."""
        return any(found.level is Level.MANDATORY for found in self.violations)


Answer = Reported | NotYetJudged | Waived


@cache
def rules_for(type_: str, profile: Profile) -> tuple[Rule, ...]:
    """The rules that speak about a type in such a stack, and about what it holds where it is a list of Kubernetes."""
    inside = listed_in(type_)
    return tuple(
        one
        for one in rules.RESOURCE_RULES
        if one.profile in (None, profile) and (one.applies(type_) or (inside != "" and _of_kubernetes(one, inside)))
    )


def _of_kubernetes(one: Rule, inside: str) -> bool:
    """Whether a rule speaks about what a list holds. A list of no kind may hold every kind."""
    return one.applies(inside) or (inside.endswith(":") and any(pattern.startswith("kubernetes:") for pattern in one.on))


def judge(resources: Sequence[Resource], settings: Settings) -> Verdict:
    """Every rule about one stack."""
    answers: list[Answer] = []
    for resource in resources:
        if not resource.external:
            answers += about(resource, rules_for(resource.type, settings.profile), settings)
    answers += about_stack(Graph(tuple(resources), settings), rules.STACK_RULES)
    return Verdict(
        violations=tuple(one for one in answers if isinstance(one, Reported)),
        not_yet_judged=tuple(one for one in answers if isinstance(one, NotYetJudged)),
        waived=tuple(one for one in answers if isinstance(one, Waived)),
    )


def about(resource: Resource, asked: Iterable[Rule], settings: Settings) -> Iterator[Answer]:
    """What these rules answer about one resource, and about each that it lists."""
    members = resource.members
    if not members:
        return _about_one(resource, asked, settings)
    whole = [one for one in asked if one.applies(resource.type)]
    return chain(_about_one(resource, whole, settings), _about_members(resource, members, tuple(asked), settings))


def _about_members(
    listing: Resource, members: list[tuple[str, Resource | Unknown]], asked: tuple[Rule, ...], settings: Settings
) -> Iterator[Answer]:
    for path, member in members:
        for one in asked:
            if one.applies(listing.type):
                continue
            if isinstance(member, Unknown):
                yield _answer(one, listing.urn, Unjudged(path), ())
            elif one.applies(member.type):
                yield from (replace(answer, path=f"{path}.{answer.path}") for answer in _about_one(member, (one,), settings))


def _about_one(resource: Resource, asked: Iterable[Rule], settings: Settings) -> Iterator[Answer]:
    for one in asked:
        try:
            for outcome in one.judge(resource):
                if resource.partial and _left_as_it_is(resource, outcome):
                    continue
                yield _answer(one, resource.urn, outcome, settings.waivers)
        except NotYetKnown:
            yield _answer(one, resource.urn, Unjudged(""), ())
        except Exception as problem:  # noqa: BLE001 a rule that breaks must not take the run with it, nor pass in silence
            yield _answer(one, resource.urn, Finding("", broken(problem)), settings.waivers)


# Where a patch goes to: it names the object and changes nothing of it.
_PLACE = "metadata.namespace"


def _left_as_it_is(patch: Resource, outcome: Outcome) -> bool:
    """Whether a finding is about what a patch does not state."""
    return isinstance(outcome, Finding) and outcome.path not in ("", _PLACE) and not stands(patch.props, outcome.path)


def about_stack(graph: Graph, asked: Iterable[StackRule]) -> Iterator[Answer]:
    """What these rules answer about a whole stack."""
    for one in asked:
        if one.profile is not None and one.profile is not graph.settings.profile:
            continue
        try:
            for found in one.judge(graph):
                yield _answer(one, found.resource.urn, found.outcome, graph.settings.waivers)
        except NotYetKnown:
            yield NotYetJudged(rule=one.name, level=one.level, urn="", path="")
        except Exception as problem:  # noqa: BLE001 as above
            yield _answer(one, "", Finding("", broken(problem)), ())


def broken(problem: Exception) -> str:
    """What is said of a rule that failed itself. The exception's text may hold a value and is left out."""
    return f"the rule could not be judged and counts as broken ({type(problem).__name__} in the rule itself)"


def _answer(one: AnyRule, urn: str, outcome: Outcome, waivers: tuple[Waiver, ...]) -> Answer:
    if isinstance(outcome, Unjudged):
        return NotYetJudged(rule=one.name, level=one.level, urn=urn, path=outcome.path)
    for waiver in waivers:
        if waiver.covers(one.name, urn):
            return Waived(
                rule=one.name,
                urn=urn,
                path=outcome.path,
                message=outcome.says,
                reason=waiver.reason,
                owner=waiver.owner,
                expires=waiver.expires.isoformat(),
            )
    return Reported(
        rule=one.name,
        severity=one.severity,
        level=one.level,
        urn=urn,
        path=outcome.path,
        message=outcome.says,
        remedy=one.remedy,
    )
