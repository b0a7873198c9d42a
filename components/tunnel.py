"""The way to a Kubernetes API that is not on the internet: a fixed local port whose far end opens at the first connection.

Listening costs nothing: no credentials, no network, no child process, so a preview of an environment that does not
exist yet is as fast as any. The port is part of the kubeconfig and therefore never changes with the machine or the day;
the API's own certificate is checked through it, so whoever else can reach the port learns and forges nothing.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextvars import copy_context
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pulumi

from components import clouds, naming
from components.far_side import LOOPBACK, FarSide, Report, Route, Unreachable

if TYPE_CHECKING:
    from components.settings import Settings

# Below the ports that operating systems hand out by themselves (32768 on Linux, 49152 elsewhere).
FIRST_PORT, PORTS = 20000, 10000
SILENT_SECONDS = 5.0  # an API that has not said a word this long after its client left is not there
CHUNK = 65536


class PortTaken(Exception):  # noqa: N818 it says what happened
    """Another program listens on the port of this environment. The text says which port and what to do."""


def local_port(environment_name: str) -> int:
    """The port of an environment on every machine, 20000 to 29999: the same name always gives the same port."""
    return FIRST_PORT + int.from_bytes(sha256(environment_name.encode()).digest()[:8], "big") % PORTS


def folder() -> Path:
    """Where files of this user's tunnels lie: $OOB_CACHE, else below $XDG_CACHE_HOME, else below ~/.cache."""
    if own := os.environ.get("OOB_CACHE"):
        return Path(own).expanduser() / "tunnel"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "oob" / "tunnel"


class Forwarder:
    """Listens on one local port and passes bytes to the far side. Threads never keep the program from ending."""

    def __init__(self, route: Route, port: int, report: Report) -> None:
        self._route, self.port, self._report = route, port, report
        self.far = FarSide(route, report)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._claim: TextIO | None = None
        self._answered = 0  # connections over which the far side has said something

    def start(self) -> bool:
        """Listen. False if another of our processes serves this API already: then this one stands by and follows it.

        Raises PortTaken if a foreign program has the port.
        """
        if self._take():
            return True
        threading.Thread(target=self._stand_by, daemon=True).start()
        return False

    def close(self) -> None:
        """Stop listening and end the far side."""
        self._closing.set()
        with self._lock:
            if self._listener is not None:
                with contextlib.suppress(OSError):
                    self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
                self._listener.close()
            if self._claim is not None:
                self._claim.close()
        self.far.close()

    def _take(self) -> bool:
        """Claim the API on this machine, then its port. The system drops a claim when its process ends, however it ends."""
        claim = _claim(self._route.identity)
        if claim is None:
            return False
        try:
            listener = _listen(self.port)
        except OSError:
            claim.close()
            raise PortTaken(
                f"port {self.port} on this machine, which is the way to {self._route.identity}, is taken by another program. "
                f"Find it with `ss -ltnp 'sport = :{self.port}'` or `lsof -iTCP:{self.port}`, end it, and run this again."
            ) from None
        with self._lock:
            if self._closing.is_set():
                listener.close()
                claim.close()
            else:
                self._listener, self._claim = listener, claim
                threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return True

    def _stand_by(self) -> None:
        while not self._closing.wait(0.3):
            try:
                if self._take():
                    return
            except PortTaken as taken:
                self._report(str(taken))
                return

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near:
            try:
                far = self.far.connect()
            except Unreachable:
                return  # said where a person reads it; the client sees its connection closed
            with far:
                far.settimeout(None)
                self._carry(near, far)

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        sent, answered = threading.Event(), threading.Event()

        def answering() -> None:
            with self._lock:
                self._answered += 1
            answered.set()

        def upwards() -> None:
            _pump(near, far, sent.set)
            if not answered.wait(SILENT_SECONDS):
                with contextlib.suppress(OSError):
                    far.shutdown(socket.SHUT_RDWR)  # the client has gone, and a dead far side does not notice

        up = threading.Thread(target=upwards, daemon=True)
        up.start()
        _pump(far, near, answering)
        with contextlib.suppress(OSError):
            near.shutdown(socket.SHUT_RDWR)  # a far side that has ended takes nothing more
        heard = answered.is_set()
        answered.set()
        up.join()
        with self._lock:
            self._answered -= heard
            silent = sent.is_set() and not heard and self._answered == 0
        if silent:
            self.far.distrust()


def serve(settings: Settings, stack_name: str) -> Forwarder | None:
    """Start the way to the API of this stack for as long as the program lives, if it needs one. Opens nothing by itself."""
    name = naming.environment(stack_name, settings.stack.drill.id if settings.stack.drill else None)
    route = clouds.tunnel(settings.stack.cloud, settings.cloud, name)
    if route is None or not route.private:
        return None
    context = copy_context()  # where the engine's log is found; a thread has a context of its own

    def warn(message: str) -> None:
        try:
            context.copy().run(pulumi.log.warn, message)
        except Exception:  # noqa: BLE001 the engine may be gone already, and the sentence must reach a person
            sys.stderr.write(f"{message}\n")

    forwarder = Forwarder(route, local_port(name), warn)
    try:
        forwarder.start()
    except PortTaken as taken:
        raise pulumi.RunError(str(taken)) from None
    atexit.register(forwarder.close)
    return forwarder


def _pump(source: socket.socket, target: socket.socket, first: Callable[[], None]) -> None:
    """Copy until one side ends, then tell the other. `first` is called when the first byte has come."""
    told = False
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            if not told:
                first()
                told = True
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # take over from a predecessor at once
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _claim(identity: str) -> TextIO | None:
    """A held lock file that means: this process serves `identity` on this machine. None if another does."""
    path = folder() / f"{sha256(identity.encode()).hexdigest()[:16]}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = path.open("w", encoding="utf-8")
    except OSError:  # nowhere to write: no sharing between processes, and a taken port is then a foreign one
        return Path(os.devnull).open("w", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        return None
    return held
