"""Reading a block that may be faulty: everything in it that can be read is read, so that every rule that can be judged is.

A faulty setting is absent from the salvaged section, and asking for it raises UnreadableError. So a rule needs no
declaration of what it reads, is given up at the first setting that is at fault, and can never invent a fault from one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from components.faults import Fault
from components.findings import NOTHING, Location, fault_of, keys_of, model_in, nearest, path_of, unknown_key
from components.schema import Section, UnreadableError

S = TypeVar("S", bound=Section)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[S]):
    """What could be read of a block, and its faults. `section` is whole if there are none, None if nothing was readable."""

    section: S | None
    faults: tuple[Fault, ...]


class Sparse(tuple[T, ...]):
    """The sound entries of a list that has faulty ones; `positions` says where in the file each stands."""

    positions: tuple[int, ...]


def _sparse(entries: Mapping[int, T]) -> Sparse[T]:
    made = Sparse(entries.values())
    made.positions = tuple(entries)
    return made


def numbered(entries: tuple[T, ...]) -> Iterator[tuple[int, T]]:
    """Entries with their places in the file. For a list that may have faulty entries, where enumerate() would miscount."""
    places = cast("Iterable[int]", getattr(entries, "positions", range(len(entries))))
    return zip(places, entries, strict=True)


def readable(*settings: tuple[str, Callable[[], T]]) -> Iterator[tuple[str, T]]:
    """Those of several settings that can be read, each with its path."""
    for path, get in settings:
        try:
            value = get()
        except UnreadableError:
            continue
        yield path, value


def judge(rules: Iterable[Callable[[T], Iterable[Fault]]], subject: T) -> list[Fault]:
    """What the rules find. A rule that asks for a faulty setting is given up there; what it found before stands."""
    found: list[Fault] = []
    for rule in rules:
        try:
            for fault in rule(subject):
                found.append(fault)
        except UnreadableError:
            continue
    return found


def read(model: type[S], block: object, prefix: str = "", also: tuple[str, ...] = ()) -> Reading[S]:
    """`block` as a `model`. `prefix` is its path in the file; `also` are keys that are known there, but not the model's."""
    given = _plain(block)
    try:
        return Reading(model.model_validate(given), ())
    except ValidationError as invalid:
        details = [detail for detail in invalid.errors(include_url=False) if not _miscounted(detail, given)]
    faults: list[Fault] = []
    meant: set[Location] = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            location = detail["loc"]
            legal = _legal(model, location[:-1]) + (list(also) if len(location) == 1 else [])
            faults.append(unknown_key(path_of(prefix, location), str(location[-1]), legal))
            near = nearest(str(location[-1]), legal)
            if near is not None and near not in _inside(given, location[:-1]):
                meant.add((*location[:-1], near))
    faults += [
        fault_of(detail, model, prefix)
        for detail in details
        if detail["type"] != "extra_forbidden" and not (detail["type"] == "missing" and detail["loc"] in meant)
    ]
    broken = [*(detail["loc"] for detail in details), *meant]
    section = _partial(model, cast("Mapping[str, object]", given), broken) if isinstance(given, dict) else None
    return Reading(section, tuple(faults))


def _miscounted(detail: ErrorDetails, given: object) -> bool:
    """Pydantic counts only the sound entries of a list: two entries, one of them faulty, are not too few."""
    least = detail.get("ctx", {}).get("min_length")
    return detail["type"] == "too_short" and least is not None and len(_inside(given, detail["loc"])) >= least


def _plain(value: object) -> object:
    """Keys as text, lists as tuples of the same, and NOTHING where no value stands."""
    if value is None:
        return NOTHING
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in cast("Iterable[object]", value)]
    return value


def _legal(model: type[BaseModel], location: Location) -> list[str]:
    here: type[BaseModel] | None = model
    for part in location:
        field = keys_of(here).get(part) if here is not None and isinstance(part, str) else None
        if field is not None:
            here = model_in(field.annotation)
    return [] if here is None else list(keys_of(here))


def _inside(block: object, location: Location) -> Mapping[str, object]:
    for part in location:
        block = cast("Any", block)[part]
    return cast("Mapping[str, object]", block)


class _Broken:
    """Marks what could not be read."""


_BROKEN = _Broken()


def _partial(model: type[S], block: Mapping[str, object], broken: list[Location]) -> S:
    """A section with everything readable in it; the rest absent. A key that was misspelt counts as faulty, not as absent."""
    made = model.model_construct()
    values = vars(made)
    values.clear()
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner = [location[1:] for location in broken if location[:1] == (key,)]
        if key in block:
            value = _salvaged(field.annotation, partial(_field_adapter, model, name), block[key], inner)
            if value is not _BROKEN:
                values[name] = value
        elif not inner and not field.is_required():
            values[name] = field.get_default(call_default_factory=True)
    return made


def _salvaged(annotation: object, adapter: Callable[[], TypeAdapter[Any]], given: object, broken: list[Location]) -> object:
    """The value of one setting, or what is sound of it."""
    if not broken:
        return adapter().validate_python(given)
    block = model_in(annotation)
    inside = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) is tuple and isinstance(given, list) and () not in broken:
        return _sparse(dict(_entries(inside[0], enumerate(cast("list[object]", given)), broken)))
    if get_origin(annotation) is dict and isinstance(given, dict) and () not in broken:
        return dict(_entries(inside[1], cast("dict[str, object]", given).items(), broken))
    if block is not None and issubclass(block, Section) and get_origin(annotation) is not tuple and isinstance(given, dict):
        return _partial(block, cast("dict[str, object]", given), [location for location in broken if location])
    return _BROKEN


K = TypeVar("K", int, str)


def _entries(annotation: object, given: Iterable[tuple[K, object]], broken: list[Location]) -> Iterator[tuple[K, Any]]:
    for key, value in given:
        inner = [location[1:] for location in broken if location[:1] == (key,)]
        entry = _salvaged(annotation, partial(_entry_adapter, annotation), value, inner)
        if entry is not _BROKEN:
            yield key, entry


@cache
def _field_adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    kind: Any = field.annotation
    for entry in field.metadata:
        kind = Annotated[kind, entry]
    return TypeAdapter(kind)


@cache
def _entry_adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)
