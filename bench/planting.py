"""Planting a reference at every text of real plans, and asking the search for it.

A place is a resource's type and the steps that lead to one text. What a search answers about a text depends on these alone,
except where a resource may name the primary (`crossings.TYPES`): there it depends on the whole resource. So every plant is
planted at every different place, in a resource that holds nothing else, and counts once for each resource that has this place.
That the rest of a resource changes nothing is not taken for granted: `whole` plants into whole resources and compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import cast

from bench import plants
from bench.plants import Plant
from ops.isolation.subjects import Subject
from policies.isolation import Search, crossings
from policies.isolation.secrecy import Concealed

DOCUMENT, SECRET = "{json}", "{secret}"
CHUNK = 40  # places that one search reads: it remembers every text


@dataclass(frozen=True, slots=True)
class Key:
    """A step into a mapping."""

    name: str


Step = Key | int | str
"""Into a mapping, into a list, or into a text (DOCUMENT) or a secret (SECRET)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One text of resources of one type."""

    type: str
    steps: tuple[Step, ...]

    @property
    def path(self) -> str:
        """As the search writes it, but for keys that need quotes."""
        return "".join(_told(step) for step in self.steps).removeprefix(".")

    @property
    def pattern(self) -> str:
        """The path with every number of a list left out."""
        return re.sub(r"\[\d+\]", "[]", self.path)


def _told(step: Step) -> str:
    if isinstance(step, Key):
        return f".{step.name}"
    return f"[{step}]" if isinstance(step, int) else "" if step == SECRET else step


def places(subject: Subject) -> Iterator[Place]:
    """Every text of a resource that may be changed; texts inside JSON documents and inside secrets too."""
    for steps in _texts(subject.inputs, ()):
        yield Place(subject.type, steps)


def _texts(value: object, steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    if isinstance(value, Concealed):
        yield from _texts(value.inside, (*steps, SECRET))
    elif isinstance(value, str):
        yield steps
        inside = json_in(value)
        if inside is not None:
            yield from _texts(inside, (*steps, DOCUMENT))
    elif isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield from _texts(inner, (*steps, Key(str(key))))
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[object]", value)):
            yield from _texts(inner, (*steps, index))


def json_in(text: str) -> object:
    """The JSON document in a text; None if it is none."""
    try:
        return json.loads(text) if text[:1] in ("{", "[") else None
    except ValueError:
        return None


def alone(steps: Sequence[Step], text: str) -> object:
    """A value that holds `text` at these steps and nothing else."""
    made: object = text
    for step in reversed(steps):
        if isinstance(step, Key):
            made = {step.name: made}
        elif isinstance(step, int):
            made = [*[None] * step, made]
        else:
            made = json.dumps(made) if step == DOCUMENT else Concealed(made)
    return made


def among(value: object, steps: Sequence[Step], text: str) -> object:
    """A copy of `value` with `text` at these steps."""
    if not steps:
        return text
    step, rest = steps[0], steps[1:]
    if isinstance(step, Key):
        block = cast("Mapping[str, object]", value)
        return {**block, step.name: among(block[step.name], rest, text)}
    if isinstance(step, int):
        listed = cast("list[object]", value)
        return [*listed[:step], among(listed[step], rest, text), *listed[step + 1 :]]
    if step == DOCUMENT:
        return json.dumps(among(json.loads(cast("str", value)), rest, text))
    return Concealed(among(cast("Concealed", value).inside, rest, text))


def is_found(search: Search, type_: str, inputs: object, plant: Plant) -> bool:
    """Whether the search names the plant's kind, and not as an expected crossing point (but for the endpoint itself)."""
    answer = search.examine(Subject(urn="urn:planted", type=type_, inputs=cast("Mapping[str, object]", inputs)))
    if plant.kind == "endpoint":
        return any(one.primary == "primary-org.example" for one in answer)
    return any(one.kind == plant.kind and not one.crossing for one in answer)


def missed(some: Sequence[Place], planted: Sequence[Plant]) -> list[tuple[int, ...]]:
    """For each place, the numbers of the plants that are not found there, planted alone."""
    search = Search(plants.declaration())
    return [
        tuple(
            number
            for number, plant in enumerate(planted)
            if not is_found(search, place.type, alone(place.steps, plant.text), plant)
        )
        for place in some
    ]


def missed_everywhere(some: Sequence[Place], planted: Sequence[Plant], processes: int) -> dict[Place, tuple[int, ...]]:
    """The same for many places, on so many processes."""
    chunks = [tuple(some[begin : begin + CHUNK]) for begin in range(0, len(some), CHUNK)]
    if processes == 1:
        answers: Iterable[list[tuple[int, ...]]] = [missed(chunk, planted) for chunk in chunks]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            answers = list(pool.map(missed, chunks, [planted] * len(chunks)))
    found = [one for answer in answers for one in answer]
    return dict(zip(some, found, strict=True))


def whole(subjects: Iterable[Subject], planted: Sequence[Plant], every: int) -> Iterator[tuple[Place, int, bool]]:
    """Place, number of the plant, and whether it is found, planted into whole resources: every n-th of (place, plant).

    Where the rest of a resource matters, that is in types with crossing points, every plant is planted.
    """
    search = Search(plants.declaration())
    turn = 0
    for subject in subjects:
        stride = 1 if subject.type in crossings.TYPES else every
        for place in places(subject):
            for number in range(-turn % stride, len(planted), stride):
                plant = planted[number]
                yield place, number, is_found(search, subject.type, among(subject.inputs, place.steps, plant.text), plant)
            turn += len(planted)
