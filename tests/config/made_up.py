"""Stack values for the tests of the configuration: the example of the repository, changed at dotted paths."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from components import documents, settings
from components.faults import ConfigError, Fault

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
DAY = date(2026, 11, 24)
SECRETS = frozenset({"licence"})
REMOVED = object()
"""As a new value: take the key away."""


@cache
def _example(name: str) -> Any:
    document = documents.read(STACKS / f"Pulumi.{name}.yaml")
    assert document.faults == ()
    return document.value


def example(changes: Mapping[str, object] | None = None, *, of: str = "aws-example") -> dict[str, Any]:
    """The value of oob:stack in an example, with other values at some paths, like 'access.allowedCidrs[0]'."""
    value = copy.deepcopy(_example(of)["config"]["oob:stack"])
    for path, new in (changes or {}).items():
        put(value, path, new)
    return value


def parts(path: str) -> list[str | int]:
    """A path as its steps: 'a.b[0]' is a, b, 0."""
    return [int(step[1:-1]) if step.startswith("[") else step for step in re.findall(r"\[\d+\]|[^.\[\]]+", path)]


def put(value: Any, path: str, new: object) -> None:
    """Set the value at a path, making blocks on the way; REMOVED takes it away."""
    *way, last = parts(path)
    for step in way:
        if isinstance(step, str):
            value.setdefault(step, {})
        value = value[step]
    if new is REMOVED:
        del value[last]
    elif isinstance(last, int) and last == len(value):
        value.append(new)
    else:
        value[last] = new


def faults(value: object, *, secrets: frozenset[str] = SECRETS, on: date = DAY, folder: Path = STACKS) -> tuple[Fault, ...]:
    """Every fault of a stack value; () if it has none."""
    try:
        settings.parse(value, secrets=secrets, folder=folder, on=on)
    except ConfigError as refused:
        return refused.faults
    return ()


def parsed(value: object, *, secrets: frozenset[str] = SECRETS, on: date = DAY, folder: Path = STACKS) -> settings.Settings:
    """A stack value that has no fault."""
    return settings.parse(value, secrets=secrets, folder=folder, on=on)
