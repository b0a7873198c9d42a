"""Pydantic's findings in the voice of this project: what was given, why it cannot be, what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from components.faults import Fault, either, shown
from components.schema import Hint, Kind

Location = tuple[int | str, ...]


class Nothing:
    """Stands for a key without a value (`smtp:` and nothing after it), which YAML calls null. No type accepts it."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


def path_of(prefix: str, location: Location) -> str:
    """The path of a setting as a person writes it: site.host, access.allowedCidrs[1], waivers["a.b"]."""
    text = prefix
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("-", "").replace("_", "").isalnum():
            text += f".{part}" if text and not text.endswith(" ") else part
        else:
            text += f'["{part}"]'
    return text or "(whole block)"


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a block as they stand in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def nearest(word: str, legal: Iterable[str]) -> str | None:
    """The legal word that was probably meant; another case or underscores are no difference."""
    plain = {entry.lower().replace("_", "").replace("-", ""): entry for entry in legal}
    near = difflib.get_close_matches(word.lower().replace("_", "").replace("-", ""), plain, n=1, cutoff=0.66)
    return plain[near[0]] if near else None


def model_in(annotation: object) -> type[BaseModel] | None:
    """The block inside an annotation: of an optional block, of a list of blocks."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := model_in(part))), None)


def describe(field: FieldInfo) -> str:
    """What a field wants, as the end of 'give ...'."""
    block = model_in(field.annotation)
    if block is not None:
        wanted = [key for key, inner in keys_of(block).items() if inner.is_required()] or list(keys_of(block))
        return f"a block with {', '.join(wanted)}"
    return _described(field.annotation, field.metadata)


def _described(annotation: object, metadata: Sequence[object]) -> str:
    for entry in metadata:
        if isinstance(entry, Kind):
            return entry.hint
        if isinstance(entry, Hint):
            return entry.text
    if get_origin(annotation) is Literal:
        return f"one of {either(str(value) for value in get_args(annotation))}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return f"one of {either(str(member.value) for member in annotation)}"
    if get_origin(annotation) is Annotated:
        return _described(get_args(annotation)[0], get_args(annotation)[1:])
    if get_origin(annotation) is tuple:
        return f"a list, each entry {_described(get_args(annotation)[0], ())}"
    inner = [part for part in get_args(annotation) if part is not type(None)]
    return _described(inner[0], ()) if inner else "a value"


def _instead_of_nothing(field: FieldInfo | None, location: Location) -> str:
    if field is None:
        return "give its settings below it"
    needed = field.is_required() and not isinstance(location[-1], int)  # an entry of a list may go
    return f"give {describe(field)}{'' if needed else ', or remove the line'}"


def fault_of(detail: ErrorDetails, model: type[BaseModel], prefix: str) -> Fault:
    """One of pydantic's findings on `model` as a fault. Values of unknown keys are never repeated: they may be secrets."""
    location, value, kind = detail["loc"], cast("object", detail["input"]), detail["type"]
    path = path_of(prefix, location)
    context = cast("Mapping[str, Any]", detail.get("ctx", {}))
    field = field_at(model, location)
    if kind == "missing":
        return Fault(path, "required, but not given", f"give {describe(field) if field else 'it'}")
    if value is NOTHING:
        return Fault(path, "given without a value", _instead_of_nothing(field, location))
    if kind == "refused":
        return Fault(path, str(context["why"]), str(context["fix"]))
    explain = _EXPLAINED.get(kind)
    if explain is None:
        wanted = describe(field) if field else "another value"
        return Fault(path, f"{shown(value)} is refused ({detail['msg']})", f"give {wanted}")
    why, fix = explain(value, context)
    return Fault(path, why, fix)


def unknown_key(path: str, word: str, legal: Iterable[str]) -> Fault:
    """The fault of a key that means nothing here."""
    known = sorted(legal)
    near = nearest(word, known)
    if near is not None:
        return Fault(path, "not a known key", f"did you mean {near}?")
    return Fault(path, "not a known key", f"remove it; known here: {', '.join(known)}" if known else "remove it")


def field_at(model: type[BaseModel], location: Location) -> FieldInfo | None:
    """The field that a location leads to; a list's or a table's own field for its entries."""
    here: type[BaseModel] | None = model
    field: FieldInfo | None = None
    for part in location:
        found = keys_of(here).get(part) if here is not None and isinstance(part, str) else None
        if found is None:
            continue  # an index, or the key of a table: the field stays
        field, here = found, model_in(found.annotation)
    return field


def _not_text(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(value, (bool, int, float)):
        lost = "; digits may be lost (1.10 becomes 1.1, 0123 becomes 83)" if not isinstance(value, bool) else ""
        return f"{shown(value)} stands without quotes and so is no text{lost}", "put what you mean in quotes"
    return f"{shown(value)} stands where text belongs", "write one text"


def _not_flag(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    return f"{shown(value)} is neither true nor false", "write true or false, without quotes"


def _not_whole(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    digits = isinstance(value, str) and value.strip().isdigit()
    fix = f"write {str(value).strip()} without quotes" if digits else "write digits alone"
    return f"{shown(value)} is not a whole number", fix


def _not_list(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    word = f"{value}" if isinstance(value, (str, int)) else ""
    sound = word and word in shown(value) and "://" not in word  # neither cut nor hidden there
    return f"{shown(value)} is not a list", f"write it in brackets, like [{word}]" if sound else "use - or [ ]"


def _not_block(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    given = "a text" if isinstance(value, str) else shown(value)
    return f"{given} stands where a block of settings belongs", "write key: value lines below it"


def _not_one_of(value: object, context: Mapping[str, Any]) -> tuple[str, str]:
    legal = [word.strip(" '") for part in str(context.get("expected", "")).split(" or ") for word in part.split(",")]
    near = nearest(value, legal) if isinstance(value, str) else None
    if near is not None and near == value:  # a number that stands in quotes
        return f"{shown(value)} is text, not a number", f"write {near} without quotes"
    return f"{shown(value)} is not one of {', '.join(legal)}", f"did you mean {near}?" if near else f"write {either(legal)}"


def _bound(word: str, side: str, *names: str) -> Callable[[object, Mapping[str, Any]], tuple[str, str]]:
    def explain(value: object, context: Mapping[str, Any]) -> tuple[str, str]:
        limit = next(context[name] for name in names if name in context)
        return f"{shown(value)} is too {word}", f"write {limit} or {side}"

    return explain


def _length(word: str, side: str, name: str) -> Callable[[object, Mapping[str, Any]], tuple[str, str]]:
    def explain(value: object, context: Mapping[str, Any]) -> tuple[str, str]:
        limit = context[name]
        if isinstance(value, str):
            return f"{shown(value)} is too {word}", f"write {limit} character{'' if limit == 1 else 's'} or {side}"
        return f"has {context['actual_length']} entries", f"give {limit} or {side}"

    return explain


_EXPLAINED: dict[str, Callable[[object, Mapping[str, Any]], tuple[str, str]]] = {
    "string_type": _not_text,
    "bool_type": _not_flag,
    "int_type": _not_whole,
    "int_from_float": _not_whole,
    "tuple_type": _not_list,
    "model_type": _not_block,
    "model_attributes_type": _not_block,
    "dict_type": _not_block,
    "literal_error": _not_one_of,
    "enum": _not_one_of,
    "greater_than_equal": _bound("small", "more", "ge"),
    "less_than_equal": _bound("large", "less", "le"),
    "too_short": _length("short", "more", "min_length"),
    "too_long": _length("long", "fewer", "max_length"),
    "string_too_short": _length("short", "more", "min_length"),
    "string_too_long": _length("long", "fewer", "max_length"),
}
