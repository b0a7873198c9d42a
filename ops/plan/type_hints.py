"""Type annotations of the SDKs, evaluated with a memory while a plan runs: they are most of what importing an SDK costs.

A large SDK writes a few thousand different annotations, each of them very often. `typing` remembers the last 128 that each of its
functions made (the default of functools.lru_cache) and makes all others anew.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any, ForwardRef, get_args

Memory = Any
"""What lru_cache makes of a function; in typeshed it has no name for all that it can do."""

Hints = Callable[..., dict[str, object]]
"""`typing.get_type_hints`: types by name, with every name looked up."""


@contextmanager
def remembered() -> Generator[None]:
    """What is subscripted within (`Optional[...]`) is made once for equal arguments.

    Modules then share what they name by a text; the SDK looks names up anew for each. Where a Python's `typing` keeps its memory
    elsewhere, this is only slower.
    """
    kept = list(places())
    before = [place.read() for place in kept]
    for place, short in zip(kept, before, strict=True):
        place.write(lru_cache(maxsize=None, typed=short.cache_parameters()["typed"])(short.__wrapped__))
    try:
        yield
    finally:
        for place, short in zip(kept, before, strict=True):
            place.write(short)


@dataclass(frozen=True, slots=True)
class Place:
    """Where `typing` keeps the memory of one of its functions."""

    read: Callable[[], Memory]
    write: Callable[[Memory], object]


def places() -> Iterator[Place]:
    """In a dictionary since Python 3.12, in Python 3.11 in the function's own closure."""
    shared: dict[object, Memory] = vars(typing).get("_caches", {})
    for key in [key for key, memory in shared.items() if _is_memory(memory)]:
        yield Place(lambda key=key: shared[key], lambda memory, key=key: shared.__setitem__(key, memory))
    for function in _functions():
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            if name == "cached" and _is_memory(cell.cell_contents):
                yield Place(
                    lambda cell=cell: cell.cell_contents, lambda memory, cell=cell: setattr(cell, "cell_contents", memory)
                )


def _is_memory(value: object) -> bool:
    return hasattr(value, "cache_parameters") and hasattr(value, "__wrapped__")


def _functions() -> Iterator[FunctionType]:
    """The functions of `typing`: its own, the methods of its classes, and what its special forms are subscripted by."""
    for value in vars(typing).values():
        inside = list(vars(value).values()) if isinstance(value, type) else [value, getattr(value, "_getitem", None)]
        yield from (one for one in inside if isinstance(one, FunctionType))


def read_once(read: Hints) -> Hints:
    """`read` with a memory for annotations that leave nothing for their module to look up."""
    known: dict[int, tuple[object, object]] = {}

    def hints(annotated: object, *arguments: object, **named: object) -> dict[str, object]:
        annotations: dict[str, object] = getattr(annotated, "__annotations__", {})
        try:
            return {name: known[id(one)][1] for name, one in annotations.items()}
        except KeyError:  # not met before
            found = read(annotated, *arguments, **named)
        known.update({id(one): (one, found[name]) for name, one in annotations.items() if name in found and _names_nothing(one)})
        return found

    return hints


def made_once(make: Callable[[object], object]) -> Callable[[object], object]:
    """`make` with a memory. Equal is not enough: unions are equal in any order, and the SDK looks at which type comes first."""
    known: dict[int, tuple[object, object]] = {}

    def once(given: object) -> object:
        found = known.get(id(given))
        if found is None:
            found = known[id(given)] = (given, make(given))  # with what was given kept, no other object gets its id
        return found[1]

    return once


def _names_nothing(annotation: object) -> bool:
    """Whether it has no name in it but `Output[T]`: the SDK's own, inside of its Input, the same everywhere."""
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__ == "Output[T]"
    return not isinstance(annotation, str | list) and all(_names_nothing(one) for one in get_args(annotation))
