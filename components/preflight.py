"""What `oob doctor` finds: one line a question, with what to do where the answer is no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """`fail` stops an `up`; `warn` does not; `unknown` could not be asked here, and is never counted as ok."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One question with its answer; `remedy` is empty when nothing needs doing."""

    question: str
    status: Status
    answer: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that must be on PATH. `purpose` says which command needs it; optional ones only warn."""

    name: str
    version_arguments: tuple[str, ...]
    purpose: str
    install: str
    optional: bool = False
