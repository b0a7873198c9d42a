"""The isolation search: what it finds of everything that is planted into the plans of all example stacks, and how fast it is."""

from __future__ import annotations

import gc
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

from bench import plants
from bench.planting import Place, json_in, missed_everywhere, places, whole
from bench.plants import Plant
from bench.result import Result
from ops import stackfiles
from ops.isolation.subjects import Subject, subjects
from ops.plan import plan
from policies.isolation import Search, crossings

STACKS = Path(__file__).resolve().parents[1] / "stacks"
RESOURCES = 2000
SECONDS = 2.0
RUNS = 5
MISSED = 0.005
PROCESSES = 2
EVERY = 499  # of what is planted into whole resources to compare; a prime, so that every plant has its turn
MIXED = 7919  # a prime, so that any stretch of the order holds resources of every stack
GROWTH = 2.3  # twice the resources in about twice the time


@dataclass(slots=True)
class Score:
    """How much of what was planted was not found. A place counts once for each resource that has it.

    `places` counts by stack, `missed` by stack and plant, `classes` by type, path and kind. `tried` is how often something
    was planted in fact. `compared` and `differed` count what was planted into whole resources, and what was found there
    otherwise than alone.
    """

    planted: tuple[Plant, ...]
    places: Counter[str] = field(default_factory=Counter[str])
    missed: Counter[tuple[str, Plant]] = field(default_factory=Counter[tuple[str, Plant]])
    classes: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    tried: int = 0
    compared: int = 0
    differed: list[tuple[Place, Plant]] = field(default_factory=list[tuple[Place, Plant]])

    @property
    def share(self) -> float:
        """What was missed of everything that can be planted, as a fraction."""
        return self.missed.total() / (self.places.total() * len(self.planted))


def examples() -> tuple[str, ...]:
    """The example stacks of this repository."""
    return tuple(name for name in stackfiles.list_stacks(STACKS) if name.endswith("-example"))


@cache
def of_plan(name: str) -> tuple[Subject, ...]:
    """Everything that is looked at in the plan of a stack."""
    return tuple(subjects(plan.of_stack(STACKS, name).recording))


def score(looked_at: Mapping[str, Sequence[Subject]], planted: Sequence[Plant], *, every: int, processes: int = 1) -> Score:
    """Plant each of `planted` at each place of each stack, and every n-th of all into whole resources."""
    made = Score(planted=tuple(planted))
    owners: dict[Place, Counter[str]] = {}
    for name, of_stack in looked_at.items():
        for subject in of_stack:
            for place in places(subject):
                owners.setdefault(place, Counter())[name] += 1
                made.places[name] += 1
    alone = missed_everywhere([place for place in owners if place.type not in crossings.TYPES], planted, processes)
    made.tried = len(alone) * len(planted)
    for place, numbers in alone.items():
        for name, count in owners[place].items():
            _missed(made, name, place, [planted[number] for number in numbers], count)
    for name, of_stack in looked_at.items():
        for place, number, found in whole(of_stack, planted, every):
            if place not in alone:
                made.tried += 1
                _missed(made, name, place, [] if found else [planted[number]], 1)
                continue
            made.compared += 1
            if found is (number in alone[place]):
                made.differed.append((place, planted[number]))
    return made


def _missed(made: Score, stack: str, place: Place, lost: Sequence[Plant], count: int) -> None:
    for plant in lost:
        made.missed[stack, plant] += count
        made.classes[place.type, place.pattern, plant.kind] += count


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
    inside = json_in(value) if isinstance(value, str) else None
    if inside is not None:
        return json.dumps(_text(inside, number))
    return f"{value} {number}" if isinstance(value, str) else value


def seconds(*parts: Sequence[Subject]) -> list[float]:
    """Processor time for each part: the least of some runs in turn, each with a search that has read nothing yet."""
    best = [float("inf")] * len(parts)
    for _ in range(RUNS):
        for place, looked_at in enumerate(parts):
            search = Search(plants.declaration())
            gc.collect()
            begin = time.process_time()
            for subject in looked_at:
                search.examine(subject)
            best[place] = min(best[place], time.process_time() - begin)
    return best


def speed() -> Iterator[Result]:
    """2,000 resources against the bound, and against 1,000."""
    resources = many(RESOURCES)
    half, full = seconds(resources[: RESOURCES // 2], resources)
    yield Result(what=f"isolation on {RESOURCES} resources, no text twice", value=full, bound=SECONDS, unit="s")
    yield Result(
        what=f"isolation on {RESOURCES} resources against {RESOURCES // 2}",
        value=full / half,
        bound=GROWTH,
        unit="times",
        detail="2.00 is linear growth",
    )


def coverage() -> Iterator[Result]:
    """The share that was missed, for each example stack and of all, then by kind and by disguise, and every class of misses."""
    planted = tuple(plants.plants())
    made = score({name: of_plan(name) for name in examples()}, planted, every=EVERY, processes=PROCESSES)
    for name, count in made.places.items():
        lost = sum(lost for (stack, _), lost in made.missed.items() if stack == name)
        yield _share(f"planted into {name}", lost, count * len(planted), f"{len(planted)} plants at {count} texts")
    total = made.places.total() * len(planted)
    differ = f"{made.tried} tried; equal places of one type are tried once"
    yield _share("planted into all examples", made.missed.total(), total, differ + _table(made))
    yield Result(
        what="isolation, planted into whole resources and answered otherwise than alone",
        value=len(made.differed),
        bound=0,
        unit="plants",
        detail=f"of {made.compared} compared",
    )


def _share(what: str, lost: int, total: int, detail: str) -> Result:
    return Result(
        what=f"isolation, {what} and not found",
        value=100 * lost / total,
        bound=100 * MISSED,
        unit="%",
        detail=f"{total - lost} of {total} found: {detail}",
    )


def _table(made: Score) -> str:
    """Counts by kind and by disguise, and each class of misses with its reason."""
    total = made.places.total()
    by_kind = Counter({kind: count * total for kind, count in Counter(plant.kind for plant in made.planted).items()})
    by_disguise = Counter({name: count * total for name, count in Counter(plant.disguise for plant in made.planted).items()})
    lost_kind: Counter[str] = Counter()
    lost_disguise: Counter[str] = Counter()
    for (_, plant), lost in made.missed.items():
        lost_kind[plant.kind] += lost
        lost_disguise[plant.disguise] += lost
    lines = [f"  kind {kind}: {count - lost_kind[kind]} of {count}" for kind, count in by_kind.items()]
    lines += [f"  disguise {name}: {count - lost_disguise[name]} of {count}" for name, count in by_disguise.items()]
    for (type_, pattern, kind), count in made.classes.most_common():
        lines.append(f"  missed {count} of kind {kind} at {pattern} of {type_}: {_reason(type_, pattern, kind)}")
    return "".join(f"\n{line}" for line in lines)


def _reason(type_: str, pattern: str, kind: str) -> str:
    kept_out = crossings.keeps_out(type_, pattern.replace("[]", "[0]"), kind)
    return "this list keeps networks out, so that one in it is no dependency" if kept_out else "no reason is known"


def measure() -> Iterator[Result]:
    """Speed, then everything that can be planted."""
    yield from speed()
    yield from coverage()


if __name__ == "__main__":
    for line in measure():
        print(line.text(), flush=True)
