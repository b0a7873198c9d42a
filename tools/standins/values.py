"""Property maps of the Pulumi protocol as plain Python values. Secrets stay wrapped unless `revealed`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Properties = dict[str, Plain]

# The marker under which the protocol wraps special values, and the kinds met here.
_MARK = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 the protocol's constant
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def read(struct: Struct) -> Properties:
    """A whole property map; whole numbers are ints again."""
    return {key: _value(value) for key, value in struct.fields.items()}


def _value(value: Value) -> Plain:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return read(value.struct_value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return value.string_value
    return value.bool_value if kind == "bool_value" else None


def write(properties: Mapping[str, Plain]) -> Struct:
    """A property map as the protocol wants it."""
    made = Struct()
    for key, value in properties.items():
        made.fields[key].CopyFrom(_wire(value))
    return made


def _wire(value: Plain) -> Value:
    made: Any = Value()
    if value is None:
        made.null_value = 0
    elif isinstance(value, bool):
        made.bool_value = value
    elif isinstance(value, (int, float)):
        made.number_value = value
    elif isinstance(value, str):
        made.string_value = value
    elif isinstance(value, list):
        made.list_value.SetInParent()
        made.list_value.values.extend(_wire(item) for item in value)
    else:
        made.struct_value.SetInParent()
        made.struct_value.CopyFrom(write(value))
    return made


def secret(value: Plain) -> Plain:
    """`value`, to be kept as a secret by the engine."""
    return {_MARK: _SECRET, "value": value}


def is_secret(value: Plain) -> bool:
    """Whether `value` is a wrapped secret."""
    return isinstance(value, dict) and value.get(_MARK) == _SECRET


def is_wrapped(value: Plain) -> bool:
    """Whether `value` is one of the protocol's special values: a secret, an asset, a reference."""
    return isinstance(value, dict) and _MARK in value


def revealed(value: Plain) -> Plain:
    """`value` without any wrapping, as the service behind a provider would see it."""
    if isinstance(value, dict):
        if value.get(_MARK) in (_SECRET, _OUTPUT):
            return revealed(value.get("value"))
        return {key: revealed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revealed(item) for item in value]
    return value


def plain_map(properties: Mapping[str, Plain]) -> Properties:
    """A property map with every secret in the clear."""
    return {key: revealed(value) for key, value in properties.items()}


def has_unknown(value: Plain) -> bool:
    """Whether something in `value` is not known yet (a preview)."""
    if isinstance(value, str):
        return value in _UNKNOWNS
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    return isinstance(value, list) and any(has_unknown(item) for item in value)


def secret_texts(value: Plain, inside: bool = False) -> Iterable[str]:
    """Every text that is wrapped as a secret somewhere in `value`."""
    if isinstance(value, dict):
        hidden = inside or value.get(_MARK) == _SECRET
        for key, item in value.items():
            if key != _MARK:
                yield from secret_texts(item, hidden)
    elif isinstance(value, list):
        for item in value:
            yield from secret_texts(item, inside)
    elif inside and isinstance(value, str) and value not in _UNKNOWNS:
        yield value
