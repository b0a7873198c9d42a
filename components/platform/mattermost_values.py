"""What an environment variable of the server can hold: a plain value, or a reference to a Secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pulumi import Input


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A value that lies in a Secret of the same namespace."""

    secret: str
    key: str


Value: TypeAlias = "Input[str] | Reference"
Settings: TypeAlias = "dict[str, Value]"


def flag(value: bool) -> str:
    """A switch as the server reads it."""
    return "true" if value else "false"


def escaped(text: str) -> str:
    """Text that Kubernetes will not take for a reference to another variable."""
    return text.replace("$(", "$$(")


def variables(found: Mapping[str, Value]) -> list[dict[str, object]]:
    """As a container's environment, sorted, secret values by reference only (TLS-21, AWS-84)."""
    return [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": value.secret, "key": value.key}}}
        if isinstance(value, Reference)
        else {"name": name, "value": value}
        for name, value in sorted(found.items())
    ]
