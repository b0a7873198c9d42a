"""Faults in a stack file: where, what was given and why it is refused, what to do. All of them are reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic_core import PydanticCustomError

_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")
_PARAMETER = re.compile(r"(?i)([\w-]*(?:pass|secret|token|key|sig|credential)[\w-]*)=[^&\s]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused setting. `path` as in the file, `why` with the value in it, `fix` as something to do."""

    path: str
    why: str
    fix: str

    @property
    def reason(self) -> str:
        """Why and fix as one sentence."""
        return f"{self.why}; {self.fix}"

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class ConfigError(Exception):
    """Every fault of one configuration. `str()` is the message for a person; the command line exits with 2."""

    def __init__(self, source: str, faults: Iterable[Fault]) -> None:
        self.source = source
        self.faults = tuple(sorted(set(faults), key=lambda fault: (_natural(fault.path), fault.reason)))
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"{self.source} has {count} fault{'' if count == 1 else 's'}"
        return "\n".join([head, *(f"  {fault}" for fault in self.faults)])


def _natural(path: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts list[2] before list[10]."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path))


def refuse(why: str, fix: str) -> PydanticCustomError:
    """A validator's refusal, to be raised; both halves reach the person as they stand."""
    return PydanticCustomError("refused", "{why}; {fix}", {"why": why, "fix": fix})


def shown(value: object, longest: int = 60) -> str:
    """A value as a person would write it: cut when long, without credentials, and never the inside of a block."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a block of settings"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, (int, float)):
        return f"{value}"
    text = value.isoformat() if isinstance(value, date) else str(value)
    if "-----BEGIN" in text:
        return "a PEM text"
    text = _PARAMETER.sub(r"\1=…", _CREDENTIALS.sub("…@", text))
    text = text.encode("unicode_escape", "replace").decode() if not text.isprintable() else text
    return f"'{text if len(text) <= longest else f'{text[:longest]}…'}'"


def either(words: Iterable[str]) -> str:
    """'a', 'a or b', 'a, b or c'."""
    *front, last = words
    return f"{', '.join(front)} or {last}" if front else last


class Unsupported(Exception):  # noqa: N818 it says what happened
    """A role that a cloud cannot play, at plan time, with what to configure instead. Exit code 2."""

    def __init__(self, role: str, cloud: str, why: str) -> None:
        self.role, self.cloud, self.why = role, cloud, why
        super().__init__(f"{role} is not supported on {cloud}: {why}")
