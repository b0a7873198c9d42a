"""Protobuf values of a resource registration as plain Python, with secrets and unknowns masked."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.struct_pb2 import Struct, Value

from policies.isolation.secrecy import MASK, Concealed

__all__ = ["SECRET", "UNKNOWN", "Plain", "plain"]

SECRET = MASK
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

UNKNOWN = "[unknown]"

# The marker under which the Pulumi protocol wraps secrets, assets and references, and its sentinels for unknowns.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a marker of the protocol
_REFERENCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def plain(struct: Struct) -> dict[str, Plain]:
    """A whole property map. Whole numbers are ints again (the protocol knows floats only)."""
    return {key: _value(value) for key, value in struct.fields.items()}


def _value(value: Value) -> Plain:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
    if kind == "struct_value":
        return _struct(value.struct_value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def _struct(struct: Struct) -> Plain:
    fields: Mapping[str, Value] = struct.fields
    if _SIGNATURE in fields:
        signature = fields[_SIGNATURE].string_value
        if signature == _SECRET_SIGNATURE:
            return Concealed(_value(fields["value"])) if "value" in fields else MASK
        if signature == _REFERENCE_SIGNATURE:
            return fields["urn"].string_value
    return {key: _value(item) for key, item in fields.items()}
