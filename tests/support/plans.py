"""Plans that several test modules look at, made once a session."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from components import clouds
from ops.plan import plan as planning
from ops.plan.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
LICENCE_CANARY = "canary-licence-4f1d0c"


@cache
def example_value(cloud: str) -> str:
    """The smallest valid stack of a cloud, as JSON text (so that a cached value cannot be changed by a test)."""
    folder = Path(next(iter(clouds.__path__))) / cloud
    for path in clouds.__path__:
        if (Path(path) / cloud).is_dir():
            folder = Path(path) / cloud
    found = yaml.safe_load((folder / "example.yaml").read_text(encoding="utf-8"))
    return json.dumps(found, default=date.isoformat)  # a waiver ends on a day, which YAML reads as one


def plan_of(value: dict[str, object], name: str = "test", secrets: tuple[str, ...] = ()) -> Plan:
    """The plan of an `oob:stack` value; `secrets` are keys such as oob:licence, given a canary."""
    config = {"oob:stack": json.dumps(value)} | dict.fromkeys(secrets, LICENCE_CANARY)
    return planning.of_config(STACKS, name, config, secrets)


@cache
def smallest(cloud: str) -> Plan:
    """The plan of components/clouds/<cloud>/example.yaml."""
    return plan_of(json.loads(example_value(cloud)))


@cache
def drill(cloud: str) -> Plan:
    """The same stack as a drill that restores from another."""
    value = json.loads(example_value(cloud))
    value |= {
        "mode": "drill",
        "backup": {"objectLock": "none"},
        "drill": {
            "id": "contract-test",
            "created": "2026-11-24",
            "expires": "2026-11-30",
            "sourceStack": "production",
            "database": {"cluster": "oob-production-database", "pointInTime": "2026-11-23T02:00:00Z"},
            "objects": {"files": "sourcefiles", "backups": "sourcebackups", "asOf": "2026-11-23T02:05:00Z"},
            "veleroBackup": "oob-20261123020000",
        },
    }
    return plan_of(value)


@cache
def of_file(name: str) -> Plan:
    """The plan of stacks/Pulumi.<name>.yaml."""
    return planning.of_stack(STACKS, name)
