"""What Azure and its directory accept as inputs, read from the generated types of the SDKs that the lock pins.

Both SDKs are generated: pulumi-azure-native from Microsoft's own API descriptions, pulumi-azuread from its provider's schema.
They give the names of properties at every depth, which are required, their types, the values of enums, and the constant by which
one kind of several is told (`objectType`, `odataType`). They do not give lengths, patterns and ranges, nor what a service refuses
because of another property, a location, a quota or a right.
"""

from __future__ import annotations

import importlib
import inspect
import re
import typing
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import cast

import pulumi

from ops.plan.values import SECRET, UNKNOWN, Plain

MODULES = {"azure-native": "pulumi_azure_native", "azuread": "pulumi_azuread"}
_CONSTANT = re.compile(r"Expected value is '([^']+)'\.")
_PLAIN: Mapping[object, tuple[type, ...]] = {str: (str,), bool: (bool,), int: (int,), float: (int, float)}


def described(token: str) -> bool:
    """Whether a resource type is one of these SDKs'."""
    return token.split(":")[0] in MODULES


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an object: its type as the SDK writes it, whether it must be given, the only value it may have."""

    kind: object
    required: bool
    constant: str | None


@cache
def arguments(token: str) -> type:
    """The class of a resource's arguments: `azure-native:network:Subnet` and `azuread:index/user:User` alike."""
    package, middle, name = token.split(":")
    module = middle.split("/")[0]
    place = MODULES[package] if module == "index" else f"{MODULES[package]}.{module}"
    resource = cast("type", getattr(importlib.import_module(place), name))
    own = vars(importlib.import_module(resource.__module__))
    # where a nested object has taken the usual name
    return cast("type", own.get(f"{name}InitArgs") or own[f"{name}Args"])


@cache
def properties(kind: type) -> Mapping[str, Property]:
    """The properties of an object by their names in the API."""
    making = vars(kind)["__init__"]
    # Input[...] keeps `Output[T]` as text
    places = {"T": typing.Any, **vars(pulumi), **vars(importlib.import_module(kind.__module__))}
    hints, parameters = typing.get_type_hints(making, places), inspect.signature(making).parameters
    found: dict[str, Property] = {}
    for name, member in vars(kind).items():
        if name in hints and isinstance(member, property):
            constant = _CONSTANT.search(inspect.getdoc(member) or "")
            required = parameters[name].default is inspect.Parameter.empty
            found[str(getattr(member.fget, "_pulumi_name", name))] = Property(
                hints[name], required, constant[1] if constant else None
            )
    return found


def kinds(kind: object) -> tuple[object, ...]:
    """What a type may be once it is known: the members of every union, without what only waits for one of them."""
    if typing.get_origin(kind) in (typing.Union, UnionType):
        return tuple(found for member in typing.get_args(kind) for found in kinds(member))
    waits = typing.get_origin(kind) in (Awaitable, pulumi.Output) or kind is type(None)
    return () if waits else (kind,)


def faults(value: Plain, kind: object, path: str) -> Iterator[str]:
    """What is wrong with a value, each with its path. What is unknown or secret in a plan is not judged."""
    if value in (UNKNOWN, SECRET):
        return
    members = kinds(kind)
    objects = [member for member in members if isinstance(member, type) and hasattr(member, "_pulumi_input_type")]
    if isinstance(value, dict) and objects:
        # one of several kinds: the one that fits best tells what is wrong
        yield from min((list(_object(value, each, path)) for each in objects), key=len)
        return
    enums = [member for member in members if isinstance(member, type) and issubclass(member, Enum)]
    if enums and not isinstance(value, (dict, list)):
        if not any(value == each.value for enum in enums for each in enum):
            legal = ", ".join(str(each.value) for enum in enums for each in enum)
            yield f"{path}: {value!r} is none of {legal}"
        return
    yield from _simple(value, members, path)


def _object(value: Mapping[str, Plain], kind: type, path: str) -> Iterator[str]:
    known = properties(kind)
    yield from (f"{path}.{name}: unknown to {kind.__name__}" for name in value if name not in known)
    yield from (f"{path}.{name}: required" for name, each in known.items() if each.required and value.get(name) is None)
    for name, inner in value.items():
        if name in known and inner is not None:
            constant = known[name].constant
            if constant is not None and inner not in (constant, UNKNOWN):
                yield f"{path}.{name}: {inner!r} must be '{constant}'"
            yield from faults(inner, known[name].kind, f"{path}.{name}")


def _simple(value: Plain, members: Sequence[object], path: str) -> Iterator[str]:
    for member in members:
        origin, inside = typing.get_origin(member), typing.get_args(member)
        if member is typing.Any:
            return
        if origin is not None and isinstance(value, list) and issubclass(origin, Sequence):
            for index, item in enumerate(value):
                yield from faults(item, inside[0], f"{path}[{index}]")
            return
        if origin is not None and isinstance(value, dict) and issubclass(origin, Mapping):
            for key, item in value.items():
                yield from faults(item, inside[1], f"{path}[{key}]")
            return
        if type(value) in _PLAIN.get(member, ()):
            return
    yield f"{path}: {type(value).__name__} where {' or '.join(map(str, members))} is expected"


def of_resource(token: str, inputs: Mapping[str, Plain]) -> list[str]:
    """What is wrong with a resource's inputs."""
    return list(_object(inputs, arguments(token), ""))
