"""Runs the CLI so that one Ctrl-C, or any number of them, is one graceful cancel."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

POLL_SECONDS = 0.1
KEPT = 20_000  # bytes of the error stream: enough for every message that is looked for
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPING = (
    "\noob: stopping. What is under way is finished and recorded, nothing new begins; a database can take minutes.\n"
    "oob: More Ctrl-C change nothing: a second one to the engine would leave unfinished operations behind.\n"
)
STILL = "\noob: still finishing what is under way (process {pid}).\n"
LOOKING = "\noob: still looking whether anything was left unfinished.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run of the CLI ended. `errors` is the end of what it wrote to its error stream."""

    code: int
    errors: str
    interrupted: bool


def tell(text: str) -> None:
    """Writes to the error stream; a terminal that has gone away is no reason to stop."""
    _write(sys.__stderr__, text.encode())


def _write(stream: IO[str] | None, content: bytes) -> None:
    rest = memoryview(content)
    with contextlib.suppress(OSError):
        while rest and stream is not None:
            rest = rest[os.write(stream.fileno(), rest) :]


@dataclass(slots=True)
class _Cancel:
    """Turns any number of signals into one SIGINT for the child, even when the first comes before the child exists."""

    child: subprocess.Popen[bytes] | None = None
    asked: bool = field(default=False)

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            tell(STILL.format(pid=self.child.pid if self.child else "starting"))
            return
        self.asked = True
        tell(STOPPING)
        if self.child is not None:
            self.child.send_signal(signal.SIGINT)

    def started(self, child: subprocess.Popen[bytes]) -> None:
        """From now on `child` is who is told."""
        self.child = child
        if self.asked:
            child.send_signal(signal.SIGINT)


@contextmanager
def _answering(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    before = {number: signal.signal(number, handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def deaf() -> AbstractContextManager[None]:
    """In there signals are answered with a word and nothing else: who has sent one to a run often sends more."""
    return _answering(lambda _number, _frame: tell(LOOKING))


def run(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> Ended:
    """Runs `command` to its end, its output passed on.

    The child gets a session of its own, so that a terminal's Ctrl-C reaches this process only, which hands on exactly
    one. It gets no input: whatever has to be asked was asked before. It writes to files that are followed, and to no pipe:
    the end of this process, or of who reads it (in `./oob up STACK | tee LOG` the same Ctrl-C ends `tee`), would end the child
    in the middle of its work. A terminal it keeps, for its colours: one that goes away ends nobody.
    """
    cancel = _Cancel()
    with _answering(cancel), tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        terminal = sys.__stdout__ is not None and sys.__stdout__.isatty()
        child = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=None if terminal else output,
            stderr=errors,
            start_new_session=True,
        )
        cancel.started(child)
        ended = threading.Event()
        streams = ((output, sys.__stdout__), (errors, sys.__stderr__))
        relays = [threading.Thread(target=_relay, args=(*stream, ended), daemon=True) for stream in streams]
        for relay in relays:
            relay.start()
        code = child.wait()
        ended.set()
        for relay in relays:
            relay.join()
        return Ended(code=code, errors=_tail(errors), interrupted=cancel.asked)


def _relay(written: IO[bytes], stream: IO[str] | None, ended: threading.Event) -> None:
    at = 0
    while True:
        last = ended.wait(POLL_SECONDS)
        fresh = os.pread(written.fileno(), 1 << 20, at)
        at += len(fresh)
        if fresh:
            _write(stream, fresh)
        elif last:
            return


def _tail(errors: IO[bytes]) -> str:
    size = os.fstat(errors.fileno()).st_size
    return os.pread(errors.fileno(), KEPT, max(0, size - KEPT)).decode(errors="replace")
