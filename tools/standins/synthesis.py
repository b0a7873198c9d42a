"""Outputs for resources that no cloud made: whatever the SDK's class promises, invented by type and name.

The same id always gives the same outputs, so an update keeps them and a second preview finds nothing changed.
"""

from __future__ import annotations

import importlib
import re
import threading
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, cast

from pulumi import Output
from pulumi.runtime import rpc

from tools.standins.values import UNKNOWN, Plain, Properties, secret

DEPTH = 5
WHEN = "2026-01-01T00:00:00Z"
SENSITIVE = frozenset({"clientSecret", "secret", "password", "privateKey", "encryptedPassword"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a resource is said to be: what its provider was configured with."""

    region: str = "eu-central-1"
    account: str = "000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The resource to invent for."""

    token: str
    name: str
    id: str
    place: Place

    def digest(self, salt: str = "", length: int = 17) -> str:
        """Hexadecimal digits that belong to this resource and `salt` alone."""
        return sha256(f"{self.token}\0{self.id}\0{salt}".encode()).hexdigest()[:length]

    @property
    def service(self) -> str:
        """Like ec2."""
        return self.token.split(":")[1].partition("/")[0]

    @property
    def kind(self) -> str:
        """Like load-balancer."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.token.rpartition(":")[2]).lower()

    def arn(self, salt: str = "") -> str:
        """An ARN for it, or for something that belongs to it."""
        tail = f"{self.kind}/{self.name}-{self.digest(salt, 8)}"
        return f"arn:aws:{self.service}:{self.place.region}:{self.place.account}:{tail}"


_ONE_AT_A_TIME = threading.RLock()


def hints(token: str) -> Mapping[str, Any]:
    """The output properties of the SDK's class for `token`, by wire name, with their types. Empty if there is no class."""
    with _ONE_AT_A_TIME:  # the SDK's modules load at first use, and another thread would see a half-loaded one
        return _known_hints(token)


@cache
def _known_hints(token: str) -> Mapping[str, Any]:
    found = _class_of(token)
    return _hints_of(found) if found is not None else {}


def _class_of(token: str) -> type | None:
    package, module, _ = token.split(":")
    importlib.import_module(f"pulumi_{package.replace('-', '_')}")
    registered: Any = rpc.get_resource_module(package, module, "")
    if registered is None or token not in registered.mod_info["classes"]:
        return None
    found: type = getattr(importlib.import_module(registered.mod_info["fqn"]), registered.mod_info["classes"][token])
    return found


def _hints_of(found: type) -> dict[str, Any]:
    scope = dict(vars(importlib.import_module(found.__module__)))
    seen: dict[str, Any] = {}
    for base in reversed(found.__mro__):
        for member in vars(base).values():
            wire = getattr(member.fget, "_pulumi_name", None) if isinstance(member, property) else None
            if wire is not None and base.__module__.partition(".")[0] != "pulumi":
                seen[wire] = typing.get_type_hints(member.fget, scope)["return"]
    return seen


def complete(subject: Subject, known: Mapping[str, Plain]) -> Properties:
    """`known`, with every output added that the SDK promises always to be there."""
    made = dict(known)
    for wire, hint in hints(subject.token).items():
        if made.get(wire) is None and wire not in ("id", "urn"):
            value = _invent(subject, wire, hint, DEPTH)
            if value is not None:
                made[wire] = value
    if "tagsAll" in hints(subject.token):
        made["tagsAll"] = known.get("tags") or {}
    return made


def answered(subject: Subject, given: Mapping[str, Plain]) -> Properties:
    """Inputs in the form of outputs: what is given as a list and answered as a map by its items becomes such a map.

    Identities of a resource are the known case. A list with an unknown item stays unknown as a whole.
    """
    promised = hints(subject.token)
    return {wire: _answered(subject, wire, value, promised.get(wire)) for wire, value in given.items()}


def _answered(subject: Subject, wire: str, value: Plain, hint: Any) -> Plain:
    hint = _bare(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(value, list):
        if origin in (dict, Mapping):
            if any(item == UNKNOWN for item in value):
                return UNKNOWN
            return {str(item): _invent(subject, wire, arguments[1], DEPTH) for item in value}
        if origin in (list, Sequence):
            return [_answered(subject, wire, item, arguments[0]) for item in value]
    if isinstance(value, dict) and isinstance(hint, type) and issubclass(hint, dict):
        promised = _hints_of(cast("type", hint))
        return {key: _answered(subject, key, inner, promised.get(key)) for key, inner in value.items()}
    return value


def _bare(hint: Any) -> Any:
    """The type without Output and without None."""
    while typing.get_origin(hint) in (Output, typing.Union, types.UnionType):
        hint = next((one for one in typing.get_args(hint) if one is not type(None)), None)
    return hint


def _invent(subject: Subject, wire: str, hint: Any, depth: int) -> Plain:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Output:
        return _invent(subject, wire, arguments[0], depth)
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in arguments else _invent(subject, wire, arguments[0], depth)
    if hint in (bool, int, float, str):
        return _scalar(subject, wire, hint)
    if origin in (list, Sequence):
        return [_invent(subject, wire, arguments[0], depth - 1)] if depth else []
    if depth == 0 or origin in (dict, Mapping):
        return {}
    if isinstance(hint, type) and issubclass(hint, dict):
        nested = {key: _invent(subject, key, inner, depth - 1) for key, inner in _hints_of(cast("type", hint)).items()}
        return {key: value for key, value in nested.items() if value is not None}
    return None


def _scalar(subject: Subject, wire: str, hint: type) -> Plain:
    if hint is bool:
        return False
    if hint in (int, float):
        return 1
    text = _text(subject, wire)
    return secret(f"stand-in-{text}") if wire in SENSITIVE else text


def _text(subject: Subject, wire: str) -> str:
    digest = subject.digest(wire)
    endings = {
        "arn": subject.arn(wire),
        "zoneid": f"Z{digest[:14].upper()}",
        "id": f"{subject.kind}-{digest}",
        "name": f"{subject.name}-{digest[:7]}",
        "hostname": f"{subject.name}-{digest[:7]}.stand-in.invalid",
        "dnsname": f"{subject.name}-{digest[:7]}.stand-in.invalid",
        "domainname": f"{subject.name}-{digest[:7]}.stand-in.invalid",
        "endpoint": f"{subject.name}-{digest[:7]}.stand-in.invalid",
        "domain": f"{subject.name}-{digest[:7]}.stand-in.invalid",
        "url": f"https://{subject.name}-{digest[:7]}.stand-in.invalid",
        "region": subject.place.region,
        "accountid": subject.place.account,
        "ownerid": subject.place.account,
        "availabilityzone": f"{subject.place.region}a",
        "ip": f"198.18.{int(digest[:2], 16)}.{int(digest[2:4], 16)}",
        "date": WHEN,
        "time": WHEN,
        "at": WHEN,
        "status": "ACTIVE",
    }
    lower = wire.lower()

    def fits(ending: str) -> bool:
        return lower == ending or wire.endswith(ending[0].upper() + ending[1:]) or (len(ending) > 4 and lower.endswith(ending))

    fitting = [ending for ending in endings if fits(ending)]
    return endings[max(fitting, key=len)] if fitting else f"{wire}-{digest[:8]}"
