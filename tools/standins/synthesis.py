"""Outputs for resources that no cloud made: whatever the SDK's class promises, invented by type and name.

The same id always gives the same outputs, so an update keeps them and a second preview finds nothing changed.
"""

from __future__ import annotations

import importlib
import re
import threading
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from pulumi import Output
from pulumi.runtime import rpc

from tools.standins.values import UNKNOWN, Plain, Properties, is_wrapped, secret

DEPTH = 5
WHEN = "2026-01-01T00:00:00Z"
SENSITIVE = frozenset({"clientSecret", "secret", "password", "privateKey", "encryptedPassword"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a resource is said to be: what its provider was configured with."""

    region: str = "eu-central-1"
    account: str = "000000000000"
    tenant: str = ""


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

    def guid(self, salt: str = "") -> str:
        """A GUID that belongs to this resource and `salt` alone."""
        return str(UUID(self.digest(f"guid {salt}", 32), version=4))

    @property
    def package(self) -> str:
        """Like aws."""
        return self.token.partition(":")[0]

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
        found = _class_of(token)
        return _read_hints(found) if found is not None else {}


@cache
def _class_of(token: str) -> type | None:
    package, module, _ = token.split(":")
    importlib.import_module(f"pulumi_{package.replace('-', '_')}")
    registered: Any = rpc.get_resource_module(package, module, "")
    if registered is None or token not in registered.mod_info["classes"]:
        return None
    found: type = getattr(importlib.import_module(registered.mod_info["fqn"]), registered.mod_info["classes"][token])
    return found


def _hints_of(found: type) -> Mapping[str, Any]:
    with _ONE_AT_A_TIME:
        return _read_hints(found)


@cache
def _read_hints(found: type) -> Mapping[str, Any]:
    scope = dict(vars(importlib.import_module(found.__module__)))
    seen: dict[str, Any] = {}
    for base in reversed(found.__mro__):
        for member in vars(base).values():
            wire = getattr(member.fget, "_pulumi_name", None) if isinstance(member, property) else None
            if wire is not None and base.__module__.partition(".")[0] != "pulumi":
                seen[wire] = typing.get_type_hints(member.fget, scope)["return"]
    return seen


def import_example(token: str) -> str:
    """The id in the SDK's own example of an import; empty if it has none."""
    with _ONE_AT_A_TIME:
        found = _class_of(token)
    makers: Sequence[Callable[..., object]] = typing.get_overloads(found.__init__) if found is not None else ()
    text = "".join(one.__doc__ or "" for one in makers)
    shown = re.search(rf"pulumi import {re.escape(token)} \S+ (\S+)", text)
    return shown[1] if shown else ""


def complete(subject: Subject, known: Mapping[str, Plain]) -> Properties:
    """`known` in the form of outputs, with everything added that the SDK promises always to be there, at every depth.

    What is given as a list and answered as a map by its items becomes such a map: identities of a resource are the known case.
    """
    promised = hints(subject.token)
    made = {wire: _answered(subject, wire, value, promised.get(wire), _invent) for wire, value in known.items()}
    for wire, hint in promised.items():
        if made.get(wire) is None and wire not in ("id", "urn"):
            value = _invent(subject, wire, hint, DEPTH)
            if value is not None:
                made[wire] = value
    if "tagsAll" in promised:
        made["tagsAll"] = known.get("tags") or {}
    return made


def previewed(subject: Subject, given: Mapping[str, Plain]) -> Properties:
    """The same before anything is made: what only a made resource could tell is unknown, inside of what is given too."""
    promised = hints(subject.token)
    return {wire: _answered(subject, wire, value, promised.get(wire), _not_yet) for wire, value in given.items()}


Tell = Callable[[Subject, str, Any, int], Plain]


def _not_yet(_subject: Subject, _wire: str, hint: Any, _depth: int) -> Plain:
    return None if _optional(hint) else UNKNOWN


def _answered(subject: Subject, wire: str, value: Plain, hint: Any, tell: Tell) -> Plain:
    hint = _bare(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(value, list):
        if origin in (dict, Mapping):
            if any(item == UNKNOWN for item in value):
                return UNKNOWN
            return {str(item): tell(subject, wire, arguments[1], DEPTH) for item in value}
        if origin in (list, Sequence):
            return [_answered(subject, wire, item, arguments[0], tell) for item in value]
    if isinstance(value, dict) and not is_wrapped(value) and isinstance(hint, type) and issubclass(hint, dict):
        promised = _hints_of(cast("type", hint))
        made = {key: _answered(subject, key, inner, promised.get(key), tell) for key, inner in value.items()}
        added = {key: tell(subject, key, inner, DEPTH) for key, inner in promised.items() if made.get(key) is None}
        return made | {key: inner for key, inner in added.items() if inner is not None}
    return value


def _optional(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType) and type(None) in typing.get_args(hint)


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
        return None if _optional(hint) else _invent(subject, wire, arguments[0], depth)
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
        **(_azure(subject, wire, digest) if subject.package.startswith("azure") else {}),
    }
    lower = wire.lower()

    def fits(ending: str) -> bool:
        return lower == ending or wire.endswith(ending[0].upper() + ending[1:]) or (len(ending) > 4 and lower.endswith(ending))

    fitting = [ending for ending in endings if fits(ending)]
    return endings[max(fitting, key=len)] if fitting else f"{wire}-{digest[:8]}"


def _azure(subject: Subject, wire: str, digest: str) -> dict[str, str]:
    """Identifiers are GUIDs there, except of what the Resource Manager keeps."""
    below = subject.package == "azure-native" and (wire == "id" or wire.endswith("esourceId"))
    return {
        "id": f"{subject.id}/invented/{digest[:8]}" if below else subject.guid(wire),
        "tenantid": subject.place.tenant,
        "guid": subject.guid(wire),
        "location": subject.place.region,
        "uri": f"https://{subject.name}-{digest[:7]}.stand-in.invalid/",
        "fqdn": f"{subject.name}-{digest[:7]}.stand-in.invalid",
        "ipaddress": f"198.18.{int(digest[:2], 16)}.{int(digest[2:4], 16)}",
        "state": "Succeeded",
    }
