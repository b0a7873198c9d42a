"""Faults in a stack file: where, what was given, why it is refused, what to do. All of them are reported at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused setting. `path` is dotted as in the file; `reason` holds value, rule and remedy in one sentence."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class ConfigError(Exception):
    """Every fault of one configuration. `str()` is the message for a person; the command line exits with 2."""

    def __init__(self, source: str, faults: Iterable[Fault]) -> None:
        self.source = source
        self.faults = tuple(sorted(set(faults), key=lambda fault: (fault.path, fault.reason)))
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"{self.source} has {count} fault{'' if count == 1 else 's'}"
        return "\n".join([head, *(f"  {fault}" for fault in self.faults)])


def refuse(reason: str, **values: object) -> PydanticCustomError:
    """A validator's refusal whose text reaches the person as it stands (no 'Value error,' before it)."""
    safe = reason.replace("{", "(").replace("}", ")")
    return PydanticCustomError("refused", "{reason}", {"reason": safe, **values})


def shown(value: object, longest: int = 60) -> str:
    """The value as a person wrote it, cut when long, so that a message stays readable."""
    text = repr(value)
    return text if len(text) <= longest else f"{text[:longest]}…"


_SIMPLE = {
    "missing": "required, but not given",
    "string_type": "must be text; put {value} in quotes",
    "bool_type": "{value} is not true or false",
    "bool_parsing": "{value} is not true or false",
    "int_type": "{value} is not a whole number",
    "int_parsing": "{value} is not a whole number",
    "int_from_float": "{value} is not a whole number",
    "float_type": "{value} is not a number",
    "tuple_type": "{value} is not a list",
    "list_type": "{value} is not a list",
    "model_type": "{value} is not a block of settings (key: value lines)",
    "dict_type": "{value} is not a block of settings (key: value lines)",
    "model_attributes_type": "{value} is not a block of settings (key: value lines)",
}


def translate(error: ValidationError, model: type[BaseModel], prefix: str = "") -> list[Fault]:
    """Pydantic's findings in the voice of this project. Secrets never pass through here: they are separate keys."""
    return [
        Fault(_path(prefix, detail["loc"]), _reason(detail, model)) for detail in error.errors(include_url=False)
    ]


def _path(prefix: str, location: tuple[int | str, ...]) -> str:
    text = prefix
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text or "(whole block)"


def _reason(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, value = detail["type"], detail["input"]
    context: Mapping[str, object] = detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(model, detail["loc"])
    if kind in ("literal_error", "enum"):
        return f"{shown(value)} is not one of {str(context.get('expected', '')).replace(chr(39), '')}"
    if kind in ("greater_than_equal", "greater_than"):
        return f"{shown(value)} is too small; the least is {context.get('ge', context.get('gt'))}"
    if kind in ("less_than_equal", "less_than"):
        return f"{shown(value)} is too large; the most is {context.get('le', context.get('lt'))}"
    if kind == "too_short":
        return f"needs at least {context.get('min_length')} entries, has {context.get('actual_length')}"
    if kind == "too_long":
        return f"may have at most {context.get('max_length')} entries, has {context.get('actual_length')}"
    if kind.startswith("date"):
        return f"{shown(value)} is not a date; write it like 2026-12-31"
    if kind in _SIMPLE:
        return _SIMPLE[kind].format(value=shown(value))
    return detail["msg"]


def _unknown_key(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    legal = _keys_at(model, location[:-1])
    near = difflib.get_close_matches(str(location[-1]), legal, n=1)
    if near:
        return f"not a known key; did you mean {near[0]}?"
    return f"not a known key; known here: {', '.join(sorted(legal))}" if legal else "not a known key"


def _keys_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    here: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, int) or here is None:
            continue
        field = next((f for n, f in here.model_fields.items() if part in (n, f.alias)), None)
        here = _model_in(field.annotation) if field else None
    return [] if here is None else [field.alias or name for name, field in here.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
