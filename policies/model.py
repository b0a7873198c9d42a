"""What a rule is, what it is asked about and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Generic, TypeVar, cast

from policies.reading.keys import BRIDGED, wire_names
from policies.reading.types import canonical, is_patch, listed_in
from policies.reading.values import UNKNOWN, Seen, Test, Truth, Unknown, Value, asked, each, negated, peek, present
from policies.settings import Profile, Settings

_Read = TypeVar("_Read")


class Severity(StrEnum):
    """How much a finding matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Level(StrEnum):
    """What a finding does: mandatory stops the run, advisory is told."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource as a rule sees it: wire names, plain values, UNKNOWN for what only the cloud can answer."""

    type: str
    """As rules know it, whichever of its names it was given by (`canonical`)."""
    urn: str = ""
    name: str = ""
    props: dict[str, Value] = field(default_factory=dict[str, Value])
    protect: bool = False
    provider: str = ""
    """URN of its explicit provider; empty for a default provider and for what needs none."""
    parent: str = ""
    depends_on: frozenset[str] = frozenset()
    """URNs of everything that it was given."""
    property_depends: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """The same by property, where the caller knows it."""
    external: bool = False
    """Read and not made by this stack: `.get`, StackReference."""
    settings: Settings = field(default_factory=Settings)
    """What the pack was told: the same for every resource."""
    partial: bool = field(default=False, init=False)
    """Whether it states parts of an object that is there already, and leaves the rest of it as it is."""
    _readings: dict[object, object] = field(default_factory=dict[object, object], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if is_patch(self.type):
            object.__setattr__(self, "partial", True)
        object.__setattr__(self, "type", canonical(self.type))
        if self.type.startswith(BRIDGED):
            object.__setattr__(self, "props", wire_names(self.props))

    def at(self, path: str) -> Value:
        """The value at a path of plain keys; None where nothing stands."""
        return peek(self.props, path)

    def each(self, path: str) -> list[Seen]:
        """Every value at a path with `[*]` and `*`."""
        return each(self.props, path)

    @property
    def members(self) -> list[tuple[str, Resource | Unknown]]:
        """What a list of Kubernetes holds, each with its path; nothing for what is no list."""
        kind = listed_in(self.type)
        return [(seen.path, self._member(kind, seen.value)) for seen in each(self.props, "items[*]")] if kind else []

    def _member(self, kind: str, given: Value) -> Resource | Unknown:
        props = given if isinstance(given, dict) else {}
        version, named = props.get("apiVersion"), props.get("kind")
        if given is UNKNOWN or version is UNKNOWN or named is UNKNOWN:
            return UNKNOWN
        stated = isinstance(version, str) and isinstance(named, str)
        return replace(self, type=f"kubernetes:{version}:{named}" if stated else kind, props=props)

    def read(self, reading: Callable[[Resource], _Read]) -> _Read:
        """What a reading makes of this resource, made once however many rules ask."""
        try:
            return cast("_Read", self._readings[reading])
        except KeyError:
            made = self._readings[reading] = reading(self)
            return made


@dataclass(frozen=True, slots=True)
class Finding:
    """The rule is broken here. `says` names what is wrong, and never a value that may be secret."""

    path: str
    says: str


@dataclass(frozen=True, slots=True)
class Unjudged:
    """The answer hangs on a value that is not known yet."""

    path: str


@dataclass(frozen=True, slots=True)
class At:
    """An answer of a stack rule about one resource."""

    resource: Resource
    outcome: Outcome


Outcome = Finding | Unjudged


@cache
def spoken_of(type_: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns means this type, in full or by `*`. Types and patterns are few, and are asked about often."""
    name = canonical(type_)
    return name in patterns or any(fnmatchcase(name, pattern) for pattern in patterns if "*" in pattern)


_Subject = TypeVar("_Subject")
_Said = TypeVar("_Said")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule(Generic[_Subject, _Said]):
    name: str
    summary: str
    severity: Severity
    level: Level
    frameworks: tuple[str, ...]
    remedy: str
    on: tuple[str, ...]
    profile: Profile | None
    judge: Callable[[_Subject], Iterable[_Said]]

    def applies(self, type_: str) -> bool:
        """Whether it speaks about resources of this type. A type may be given as a pattern."""
        return spoken_of(type_, self.on)


class Rule(_Rule[Resource, Outcome]):
    """One rule about one resource."""


class StackRule(_Rule["Graph", At]):
    """One rule about how the resources of a stack belong together; `on` names the types that its findings are about."""


AnyRule = Rule | StackRule


_IDENTITIES = ("id", "arn", "bucket", "name", "identifier", "keyId", "zoneId")


@dataclass(frozen=True)
class Graph:
    """All resources of a stack, and what belongs to what."""

    resources: tuple[Resource, ...]
    settings: Settings = field(default_factory=Settings)
    _found: dict[tuple[str, ...], list[Resource]] = field(
        default_factory=dict[tuple[str, ...], list[Resource]], init=False, repr=False, compare=False
    )

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            if not resource.partial:
                found.setdefault(resource.type, []).append(resource)
            for _, member in resource.members:
                if isinstance(member, Resource):
                    found.setdefault(member.type, []).append(member)
        return found

    def of(self, *patterns: str) -> list[Resource]:
        """Resources of these types, in order; a type may be given as a pattern."""
        try:
            return self._found[patterns]
        except KeyError:
            found = [one for type_, members in self._by_type.items() if spoken_of(type_, patterns) for one in members]
            return self._found.setdefault(patterns, found)

    @cached_property
    def by_urn(self) -> dict[str, Resource]:
        """Resources by their URN."""
        return {resource.urn: resource for resource in self.resources}

    def companions(self, of: Resource, *types: str, by: str) -> list[Resource]:
        """Resources of `types` whose property `by` names `of`."""
        return [one for one in self.of(*types) if self.refers(one, of, by)]

    def refers(self, one: Resource, other: Resource, by: str) -> bool:
        """Whether `one` names `other` in its property `by`.

        Known by dependency where `one` depends on anything of that type at all, else by name, id or ARN.
        """
        top = by.split(".", 1)[0].split("[", 1)[0]
        given = one.property_depends.get(top, frozenset()) if one.property_depends else one.depends_on
        if other.urn in given:
            return True
        if any((target := self.by_urn.get(urn)) is not None and target.type == other.type for urn in given):
            return False
        own = {text for key in _IDENTITIES if isinstance(text := other.props.get(key), str) and text}
        return any(isinstance(seen.value, str) and seen.value in own for seen in one.each(by))


class _Registrar(Generic[_Subject, _Said, _Made]):
    """A decorator that makes a rule of a function, whose docstring is its summary, and enters it in `book`."""

    def __init__(self, make: Callable[..., _Made]) -> None:
        self._make = make
        self.book: list[_Made] = []

    def __call__(
        self,
        name: str,
        *,
        on: str | tuple[str, ...],
        severity: Severity,
        remedy: str,
        frameworks: tuple[str, ...] = (),
        level: Level = Level.MANDATORY,
        profile: Profile | None = None,
    ) -> Callable[[Callable[[_Subject], Iterable[_Said]]], Callable[[_Subject], Iterable[_Said]]]:
        def register(judge: Callable[[_Subject], Iterable[_Said]]) -> Callable[[_Subject], Iterable[_Said]]:
            self.book.append(
                self._make(
                    name=name,
                    summary=_summary(judge.__doc__),
                    severity=severity,
                    level=level,
                    frameworks=frameworks,
                    remedy=remedy,
                    on=(on,) if isinstance(on, str) else on,
                    profile=profile,
                    judge=judge,
                )
            )
            return judge

        return register


rule: _Registrar[Resource, Outcome, Rule] = _Registrar(Rule)
stack_rule: _Registrar[Graph, At, StackRule] = _Registrar(StackRule)


def _summary(documentation: str | None) -> str:
    return (documentation or "").strip().splitlines()[0] if documentation else ""


# --- the sentences that most rules are made of ----------------------------------------------------------------------------


def must(where: Resource | Seen, path: str, test: Test, says: str) -> Iterator[Outcome]:
    """Every value at `path` passes the test; an absent one is asked as None."""
    for seen in _values(where, path):
        yield from bad_if(negated(asked(test, seen.value)), seen.path, says)


def must_not(where: Resource | Seen, path: str, test: Test, says: str) -> Iterator[Outcome]:
    """No value at `path` passes the test."""
    for seen in _values(where, path):
        yield from bad_if(asked(test, seen.value), seen.path, says)


def must_have(where: Resource | Seen, path: str, says: str) -> Iterator[Outcome]:
    """Something stands at `path`; a value that is not known yet is something."""
    for seen in _values(where, path):
        if not present(seen.value):
            yield Finding(seen.path, says)


def about(resource: Resource, verdict: Truth, path: str, says: str) -> Iterator[At]:
    """The same as `bad_if`, as an answer of a stack rule about one resource."""
    return (At(resource, outcome) for outcome in bad_if(verdict, path, says))


def bad_if(verdict: Truth, path: str, says: str) -> tuple[Outcome, ...]:
    """A finding when the verdict is true, a note when it is not known yet."""
    if isinstance(verdict, Unknown):
        return (Unjudged(path),)
    return (Finding(path, says),) if verdict else ()


def _values(where: Resource | Seen, path: str) -> list[Seen]:
    if isinstance(where, Resource):
        return each(where.props, path)
    return each(where.value, path, where.path)
