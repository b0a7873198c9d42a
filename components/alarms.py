"""What alarms of every cloud have in common: which rows an environment has, and what a person reads in the message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from components.contract import Environment
from components.sections import Posture


class Row(Protocol):
    """A row of a cloud's alarm table. `running`: only while the application runs; `drill`: a drill has it too."""

    @property
    def name(self) -> str: ...
    @property
    def running(self) -> bool: ...
    @property
    def drill(self) -> bool: ...


R = TypeVar("R", bound=Row)


def wanted(rows: Sequence[R], environment: Environment) -> list[R]:
    """The rows that make sense for this environment. ValueError if two have the same name."""
    names = [row.name for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"alarms named twice: {', '.join(twice)}")
    return [
        row
        for row in rows
        if (row.drill or not environment.disposable) and not (row.running and environment.posture is Posture.COLD)
    ]


def described(means: str, first: str, requirements: Sequence[str]) -> str:
    """What a person reads in the message: what it means, what to do first, why it exists."""
    return f"{means} First: {first} ({', '.join(requirements)})"
