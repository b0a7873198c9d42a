"""The backup vaults, and the watch over everything."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Output

from components.sections import Alerts, Backup, Dns, Rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSpec:
    backup: Backup


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupOutputs:
    """Names of the vaults, nearest first."""

    vaults: tuple[Output[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSpec:
    alerts: Alerts
    backup: Backup
    dns: Dns
    rotation: Rotation
    log_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOutputs:
    """`alarms` are the names of all alarms; `dashboard` is an address to open."""

    alarms: tuple[str, ...]
    dashboard: Output[str]
