"""An end for what may wait for ever."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def deadline(seconds: int) -> Generator[list[str]]:
    """Raises TimeoutError within after so many seconds. The list says so, too, for what may swallow it."""
    missed: list[str] = []

    def too_late(*_: object) -> None:
        missed.append(f"still waiting after {seconds} s")
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(seconds)
    try:
        yield missed
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
