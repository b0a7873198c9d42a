"""Ctrl-C: what only plans and reports ends at once; what has something to put away, or another program to wait for, is told.

An exception thrown into whatever runs at that moment is no way to end a plan: generated code, an import or an event loop may
take it for something else, go on, or break. A plan holds nothing that must be put away, so the process ends in the handler.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
"""Exit code: 128 and the number of the signal, as a shell says it."""

_waiting: list[None] = []
"""One entry for each `told` that is entered and not left."""

_heard: list[int] = []


def answer() -> None:
    """Answer Ctrl-C from now on, but where whoever called has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _hear)


@contextmanager
def told() -> Generator[None]:
    """In here Ctrl-C raises KeyboardInterrupt, for code that puts something away or hands the signal on."""
    _waiting.append(None)
    try:
        yield
    finally:
        _waiting.pop()


def heard() -> bool:
    """Whether Ctrl-C was raised in a `told` that has ended since."""
    return bool(_heard)


def end() -> NoReturn:
    """End the process at once, with 130 and a word."""
    os.write(sys.stderr.fileno(), b"\noob: interrupted\n")
    os._exit(INTERRUPTED)


def _hear(number: int, _frame: FrameType | None) -> None:
    if not _waiting:
        end()
    _heard.append(number)
    raise KeyboardInterrupt
