"""The walk over one resource: every text in it, at every depth, in every reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, cast

from policies.isolation import crossings, decoding, packing, pairs
from policies.isolation.declaration import SHARED_FATE_KINDS, Declaration, Entry
from policies.isolation.matching import Match, Matcher
from policies.isolation.secrecy import MASK, Concealed
from policies.isolation.services import is_public_registry

STACK_REFERENCE = "pulumi:pulumi:StackReference"
_PLAIN_KEY = re.compile(r"\(?[A-Za-z_][\w-]*\)?")


class Resource(Protocol):
    """What is looked at. `inputs` are plain values; what is neither text, number, list nor mapping is passed over."""

    @property
    def urn(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def inputs(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Dependency:
    """One place that names the primary. `value` is what stands there ('[secret]' inside a secret), `primary` what was declared.

    `crossing` is the name of the expected crossing point that this is; '' for everything that must not be.
    """

    urn: str
    path: str
    kind: str
    value: str
    primary: str
    crossing: str = ""

    @property
    def shared_fate(self) -> bool:
        """A region or a public registry that the primary uses too: a risk, not a dependency."""
        return self.kind in SHARED_FATE_KINDS or (self.kind == "registry" and is_public_registry(self.primary))


@dataclass(frozen=True, slots=True)
class _Hit:
    path: str
    match: Match


class Search:
    """A declaration, prepared for many resources. Texts that come again are read once."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self._matcher = Matcher(declaration)
        self._glance = self._matcher.glance
        self._read: dict[str, tuple[_Hit, ...]] = {}
        self._harmless: set[str] = set()
        self._packed = 0

    def examine(self, resource: Resource) -> list[Dependency]:
        """Every place in a resource that names the primary, crossing points and shared fate included, each once."""
        other_stack = list(self._of_reference(resource.inputs)) if resource.type == STACK_REFERENCE else []
        if not other_stack and not self._names_any(resource.inputs):
            return []
        found: dict[tuple[str, str, str], Dependency] = {}
        for path, value, match in (*self._hits(resource.inputs), *other_stack):
            if crossings.keeps_out(resource.type, path, match.entry.kind):
                continue
            made = Dependency(resource.urn, path, match.entry.kind, value, match.entry.value)
            name = crossings.name_of(resource.type, path, value, resource.inputs, self.declaration)
            found.setdefault((path, match.entry.kind, match.entry.value), replace(made, crossing=name) if name else made)
        return list(found.values())

    def _names_any(self, value: object) -> bool:
        """Whether anything in a value names the primary. Nearly nothing does, and no path is needed to know that."""
        texts, numbers = _gathered(value)
        unsure = texts - self._harmless
        naming = [text for text in self._glance.suspects(list(unsure)) if self._of_text(text)]
        if not self._packed:
            self._harmless |= unsure.difference(naming)
        return bool(naming) or any(next(self._matcher.number(number), None) for number in numbers)

    def _of_reference(self, inputs: Mapping[str, object]) -> Iterator[tuple[str, str, Match]]:
        for path, value, secret in _leaves(inputs, "", False):
            for match in self._matcher.stack(value) if isinstance(value, str) else ():
                yield path, MASK if secret else match.value, match

    def _hits(self, inputs: Mapping[str, object]) -> Iterator[tuple[str, str, Match]]:
        for path, value, secret in _leaves(inputs, "", False):
            hits = self._of_text(value) if isinstance(value, str) else [_Hit("", match) for match in self._matcher.number(value)]
            for hit in hits:
                if secret:
                    yield path, MASK, hit.match
                else:
                    yield f"{path}{hit.path}", hit.match.value, hit.match

    def _of_text(self, text: str) -> tuple[_Hit, ...]:
        if text in self._harmless:
            return ()
        known = self._read.get(text)
        if known is None:
            known = tuple(self._look(text))
            if not self._packed:  # deep in packed data, less is unpacked
                self._read[text] = known
        return known

    def _look(self, text: str) -> Iterator[_Hit]:
        document = decoding.as_json(text)
        if document is not None:
            if not self._names_any(document):
                return
            for path, value, _ in _leaves(document, "{json}", False):
                if isinstance(value, str):
                    yield from (_Hit(f"{path}{hit.path}", hit.match) for hit in self._of_text(value))
                else:
                    yield from (_Hit(path, match) for match in self._matcher.number(value))
            return
        seen: set[Entry] = set()
        for match in self._matcher.matches(text):
            seen.add(match.entry)
            yield _Hit("", match)
        for how, reading in decoding.steps(text):
            if how == decoding.BINARY:
                yield from (_Hit(how, match) for match in self._matcher.names(reading))
            elif how == decoding.UNPACKED:
                yield from (_Hit(f"{how}{hit.path}", hit.match) for hit in self._of_packed(reading))
            elif self._glance.suspects([reading]):
                yield from (_Hit(f"{how}{hit.path}", hit.match) for hit in self._of_text(reading) if hit.match.entry not in seen)

    def _of_packed(self, reading: str) -> tuple[_Hit, ...]:
        if self._packed >= packing.NESTED or not self._glance.suspects([reading]):
            return ()
        self._packed += 1
        try:
            return self._of_text(reading)
        finally:
            self._packed -= 1


def _gathered(value: object) -> tuple[set[str], set[int]]:
    """The texts and whole numbers below a value: what `_leaves` gives, without the places, which cost most of a walk."""
    texts: set[str] = set()
    numbers: set[int] = set()
    pending: list[object] = [[value]]
    while pending:
        here = pending.pop()
        inside: Iterable[object] = ()
        if isinstance(here, Mapping):
            block = cast("Mapping[object, object]", here)
            texts.update(map(str, block))
            inside = block.values()
            if not pairs.FIRST.isdisjoint(block):
                texts.update(text for _, text in pairs.joined(block))
        elif isinstance(here, (list, tuple)):
            inside = cast("Iterable[object]", here)
        elif isinstance(here, Concealed):
            inside = (here.inside,)
        elif isinstance(here, str):
            texts.add(str(here))
        elif isinstance(here, float) and here.is_integer():
            numbers.add(int(here))
        for inner in inside:
            kind = type(inner)
            if kind is str:
                texts.add(cast("str", inner))
            elif kind is int:
                numbers.add(cast("int", inner))
            elif inner is not None and kind is not bool:
                pending.append(inner)
    return texts, numbers


def _leaves(value: object, path: str, secret: bool) -> Iterator[tuple[str, str | int, bool]]:
    """Every text and whole number below a value, keys included, each with its path and whether it lies in a secret."""
    pending: list[tuple[object, str, bool]] = [(value, path, secret)]
    while pending:
        here, where, hidden = pending.pop()
        if isinstance(here, Concealed):
            pending.append((here.inside, where, True))
        elif isinstance(here, (str, int)) and not isinstance(here, bool):
            yield where, here, hidden
        elif isinstance(here, float) and here.is_integer():
            yield where, int(here), hidden
        elif isinstance(here, Mapping):
            block = cast("Mapping[object, object]", here)
            inside: list[tuple[object, str, bool]] = []
            for key, inner in block.items():
                text = str(key)
                below = where if hidden else _below(where, text)
                yield f"{below}{{key}}", text, hidden
                inside.append((inner, below, hidden))
            if not pairs.FIRST.isdisjoint(block):
                for key, text in pairs.joined(block):
                    yield where if hidden else _below(where, key), text, hidden
            pending += reversed(inside)
        elif isinstance(here, (list, tuple)):
            listed = cast("Iterable[object]", here)
            pending += reversed([(inner, where if hidden else f"{where}[{index}]", hidden) for index, inner in enumerate(listed)])


def _below(path: str, key: str) -> str:
    if _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f'{path}["{key}"]'


@lru_cache(maxsize=4)
def prepared(declaration: Declaration) -> Search:
    """The search for a declaration: one for the process, so that the plan's report and the policy pack read each text once."""
    return Search(declaration)


def find(resource: Resource, search: Search) -> Iterator[Dependency]:
    """What must not be: every dependency of one resource on the primary."""
    return (found for found in search.examine(resource) if not found.crossing and not found.shared_fate)
