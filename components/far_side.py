"""The far side of a tunnel: a child process that carries bytes to the API, opened when needed and ended with this program."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

LOOPBACK = "127.0.0.1"
LEASH = Path(__file__).with_name("leash.py")
OPEN_SECONDS = 60.0  # a child that does not listen within this long has failed
QUIET_SECONDS = 5.0  # after a failure, further connections within this long get the same answer without asking again
SLOW_SECONDS = 8.0  # Kubernetes clients give a TLS handshake 10 seconds
END_SECONDS = 5.0  # how long an end is waited for; the child ends in any case once its standard input is closed

Report = Callable[[str], None]


class Unreachable(Exception):  # noqa: N818 it says what happened
    """The far side cannot be opened. The text says why and what to do."""


class Route(ABC):
    """How one cloud reaches one private API. Nothing here is asked before something connects."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """Which API this is: account, region and cluster, so that equal names in two accounts are kept apart."""

    @property
    @abstractmethod
    def private(self) -> bool:
        """Whether the API can only be reached through the tunnel."""

    @abstractmethod
    def command(self, port: int) -> Sequence[str]:
        """A program that listens on 127.0.0.1:`port` and forwards to the API until it is ended. Raises Unreachable."""

    @abstractmethod
    def kubeconfig(self) -> str:
        """What kubectl needs to use the API, through the tunnel where it is private. Raises Unreachable."""


class FarSide:
    """One child process at a time, opened when something needs it and again when it has died or stopped answering."""

    def __init__(self, route: Route, report: Report) -> None:
        self._route, self._report = route, report
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._failed: tuple[float, Unreachable] | None = None
        self._said = ""

    def connect(self) -> socket.socket:
        """A connection to the API. Raises Unreachable, having told a person why unless that was just said."""
        with self._lock:
            if self._failed is not None and time.monotonic() - self._failed[0] < QUIET_SECONDS:
                raise self._failed[1]
            began = time.monotonic()
            try:
                found = self._again() or self._open()
            except Unreachable as failed:
                self._failed = (time.monotonic(), failed)
                if str(failed) != self._said:
                    self._report(f"the tunnel to {self._route.identity} did not open: {failed}")
                    self._said = str(failed)
                raise
            self._failed, self._said = None, ""
            if (took := time.monotonic() - began) > SLOW_SECONDS:
                self._report(
                    f"the tunnel to {self._route.identity} took {took:.0f} seconds to open. If the cluster is now called "
                    "unreachable, keep `./oob tunnel` open in another terminal and run this again"
                )
            return found

    def distrust(self) -> None:
        """End the child, because something was sent through it and nothing came back: a dead session can look alive."""
        with self._lock:
            if self._child is not None:
                self._report(f"nothing comes back through the tunnel to {self._route.identity}; it will be opened anew")
                self._end()

    def close(self) -> None:
        """End the child without waiting for whoever is just opening one: that one ends with this program."""
        self._end()

    def _again(self) -> socket.socket | None:
        if self._child is None:
            return None
        if self._child.poll() is None:
            with contextlib.suppress(OSError):
                return socket.create_connection((LOOPBACK, self._port), timeout=OPEN_SECONDS)
        self._end()
        self._report(f"the tunnel to {self._route.identity} was lost; opening it again")
        return None

    def _open(self) -> socket.socket:
        self._port = _free_port()
        command = self._route.command(self._port)
        shown = " ".join(command[:3])
        # The child writes to a file of its own: with this program's output in its hands, the reader of that output would
        # wait for the child too (`pulumi up` hung after Ctrl-C that way).
        with tempfile.TemporaryFile() as output:
            child = self._child = subprocess.Popen(
                [sys.executable, "-I", str(LEASH), *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            deadline = time.monotonic() + OPEN_SECONDS
            while child.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    return socket.create_connection((LOOPBACK, self._port), timeout=OPEN_SECONDS)
                time.sleep(0.05)
            ended = child.poll() is not None
            self._end()
            what = "ended" if ended else f"did not listen within {OPEN_SECONDS:g} seconds"
            raise Unreachable(f"`{shown}` {what}: {_tail(output)}")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=END_SECONDS)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _tail(output: BinaryIO) -> str:
    output.seek(0)
    lines = [line for line in output.read().decode(errors="replace").splitlines() if line.strip()]
    return " ".join(lines[-4:])[-600:] or "it said nothing"
