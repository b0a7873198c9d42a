"""Encryption keys per purpose, and the vault of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Output

from components.sections import Rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysOutputs:
    """Encryption keys per purpose. Every cloud keeps its own form; here only what a report may print."""

    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsSpec:
    """What goes into the vault: name to secret value, and which of them are break-glass (alarm on any read)."""

    application: Mapping[str, Output[str]]
    break_glass: Mapping[str, Output[str]]
    rotation: Rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsOutputs:
    """Where each secret lies in the vault, by name: an address to look it up with, never the value."""

    references: Mapping[str, Output[str]]
