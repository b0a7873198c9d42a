"""The isolation search: what it finds of everything that is planted into the plans of all example stacks, and how fast it is."""

from __future__ import annotations

import copy
import gc
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from bench import plants
from bench.plants import Plant
from bench.result import Result
from ops import stackfiles
from ops.isolation.subjects import Subject, subjects
from ops.plan import plan
from policies.isolation import Search
from policies.isolation.secrecy import Concealed

STACKS = Path(__file__).resolve().parents[1] / "stacks"
RESOURCES = 2000
SECONDS = 2.0
RUNS = 3
MISSED = 0.005
SHOWN = 100
MIXED = 7919  # a prime, so that any stretch of the order holds resources of every stack
GROWTH = 2.3  # twice the resources in about twice the time

Put = Callable[[str], None]


@dataclass(slots=True)
class Score:
    """How much of what was planted was found. `missed` holds the first misses as type, path and plant."""

    paths: int = 0
    planted: int = 0
    found: int = 0
    missed: list[tuple[str, str, Plant]] = field(default_factory=list[tuple[str, str, Plant]])


def examples() -> tuple[str, ...]:
    """The example stacks of this repository."""
    return tuple(name for name in stackfiles.list_stacks(STACKS) if name.endswith("-example"))


def of_plan(name: str) -> list[Subject]:
    """Everything that is looked at in the plan of a stack."""
    return list(subjects(plan.of_stack(STACKS, name).recording))


def places(value: object, path: str) -> Iterator[tuple[str, Put]]:
    """Every text in a value that may be changed, with a way to put another there; texts inside JSON documents too."""
    if isinstance(value, dict):
        block = cast("dict[str, object]", value)
        for key, inner in list(block.items()):
            yield from _place(block.__setitem__, key, inner, f"{path}.{key}")
    elif isinstance(value, list):
        listed = cast("list[object]", value)
        for index, inner in enumerate(list(listed)):
            yield from _place(listed.__setitem__, index, inner, f"{path}[{index}]")


def _place(put: Callable[..., None], key: str | int, inner: object, path: str) -> Iterator[tuple[str, Put]]:
    if isinstance(inner, Concealed):
        yield path, lambda text: put(key, Concealed(text))
        put(key, inner)
    elif isinstance(inner, str):
        yield path, lambda text: put(key, text)
        put(key, inner)
        document = _document(inner)
        for within, change in places(document, f"{path}#"):
            yield within, lambda text, change=change: (change(text), put(key, json.dumps(document)))[0]
            put(key, inner)
    else:
        yield from places(inner, path)


def _document(text: str) -> object:
    try:
        return json.loads(text) if text[:1] in ("{", "[") else None
    except ValueError:
        return None


def score(looked_at: list[Subject], *, every: int = 1) -> Score:
    """Plant into each place; `every` n-th of (place, plant), always the same ones, 1 for all of them."""
    search = Search(plants.declaration())
    wanted = tuple(plants.plants())
    made = Score()
    turn = 0
    for original in looked_at:
        inputs = copy.deepcopy(dict(original.inputs))
        subject = Subject(urn=original.urn, type=original.type, inputs=inputs)
        for path, put in places(inputs, ""):
            made.paths += 1
            for plant in wanted[-turn % every :: every]:
                put(plant.text)
                made.planted += 1
                if _is_found(search, subject, plant):
                    made.found += 1
                elif len(made.missed) < SHOWN:
                    made.missed.append((original.type, path, plant))
            turn += len(wanted)
    return made


def _is_found(search: Search, subject: Subject, plant: Plant) -> bool:
    if plant.kind == "endpoint":
        return any(one.primary == "primary-org.example" for one in search.examine(subject))
    return any(one.kind == plant.kind and not one.crossing for one in search.examine(subject))


def many(count: int) -> list[Subject]:
    """So many resources, no two with the same texts: the examples' own in a mixed order, each text marked with its turn."""
    base = [subject for name in examples() for subject in of_plan(name)]
    return [_marked(base[number * MIXED % len(base)], number) for number in range(count)]


def _marked(subject: Subject, number: int) -> Subject:
    return Subject(
        urn=f"{subject.urn}-{number}", type=subject.type, inputs=cast("Mapping[str, object]", _text(subject.inputs, number))
    )


def _text(value: object, number: int) -> object:
    if isinstance(value, Mapping):
        return {key: _text(inner, number) for key, inner in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [_text(inner, number) for inner in cast("list[object]", value)]
    document = _document(value) if isinstance(value, str) else None
    if document is not None:
        return json.dumps(_text(document, number))
    return f"{value} {number}" if isinstance(value, str) else value


def seconds(looked_at: list[Subject]) -> float:
    """Processor time of the fastest of some runs, each with a search that has read nothing yet."""
    best = float("inf")
    for _ in range(RUNS):
        search = Search(plants.declaration())
        gc.collect()
        begin = time.process_time()
        for subject in looked_at:
            search.examine(subject)
        best = min(best, time.process_time() - begin)
    return best


def speed() -> Iterator[Result]:
    """2,000 resources against the bound, and against 1,000."""
    whole = many(RESOURCES)
    half, full = seconds(whole[: RESOURCES // 2]), seconds(whole)
    yield Result(what=f"isolation on {RESOURCES} resources, no text twice", value=full, bound=SECONDS, unit="s")
    yield Result(
        what=f"isolation on {RESOURCES} resources against {RESOURCES // 2}",
        value=full / half,
        bound=GROWTH,
        unit="times",
        detail="2.00 is linear growth",
    )


def coverage(every: int = 1) -> Iterator[Result]:
    """The share that was missed, for each example stack."""
    wanted = tuple(plants.plants())
    kinds = len({plant.kind for plant in wanted})
    for name in examples():
        made = score(of_plan(name), every=every)
        yield Result(
            what=f"isolation, planted into {name} and not found",
            value=100 * (made.planted - made.found) / made.planted,
            bound=100 * MISSED,
            unit="%",
            detail=f"{made.found} of {made.planted} found: {kinds} kinds, {len(wanted)} plants, {made.paths} places",
        )


def measure() -> Iterator[Result]:
    """Speed, then every 97th of all that can be planted; `python -m bench.isolation` plants all of it."""
    yield from speed()
    yield from coverage(every=97)


if __name__ == "__main__":
    for measured in (speed(), coverage()):
        for line in measured:
            print(line.text(), flush=True)
