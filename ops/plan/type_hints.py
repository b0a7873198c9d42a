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
    """Whatever is annotated within is made once. With a Python whose `typing` keeps its memory elsewhere, this is only slower."""
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
    for key in list(shared):
        yield Place(lambda key=key: shared[key], lambda memory, key=key: shared.__setitem__(key, memory))
    for function in _functions():
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            if name == "cached" and hasattr(cell.cell_contents, "cache_parameters"):
                yield Place(
                    lambda cell=cell: cell.cell_contents, lambda memory, cell=cell: setattr(cell, "cell_contents", memory)
                )


def _functions() -> Iterator[FunctionType]:
    """The functions of `typing`: its own, the methods of its classes, and what its special forms are subscripted by."""
    for value in vars(typing).values():
        inside = list(vars(value).values()) if isinstance(value, type) else [value, getattr(value, "_getitem", None)]
        yield from (one for one in inside if isinstance(one, FunctionType))


def read_once(read: Hints) -> Hints:
    """`read` with a memory for annotations that mean the same wherever they are written."""
    known: dict[object, object] = {}

    def hints(annotated: object, *arguments: object, **named: object) -> dict[str, object]:
        annotations: dict[str, object] = getattr(annotated, "__annotations__", {})
        try:
            return {name: known[one] for name, one in annotations.items()}
        except (KeyError, TypeError):  # not met before, or it cannot be hashed
            found = read(annotated, *arguments, **named)
        known.update({one: found[name] for name, one in annotations.items() if _means_the_same_everywhere(one)})
        return found

    return hints


def _means_the_same_everywhere(annotation: object) -> bool:
    """Whether it leaves no name for its module to look up, but `Output[T]`: the SDK's own, inside of its Input."""
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__ == "Output[T]"
    return not isinstance(annotation, str | list) and all(_means_the_same_everywhere(one) for one in get_args(annotation))
