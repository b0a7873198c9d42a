"""A far side for tunnels under test: small servers in a child process, and a route that leads to them."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from components.far_side import Route, Unreachable

# Answers every connection with what it hears. Like `aws`, it leaves the work to a program of its own.
ECHO = """
import socket, subprocess, sys, threading
if len(sys.argv) == 2:
    print("Starting session", flush=True)
    sys.exit(subprocess.call([sys.executable, __file__, sys.argv[1], "worker"]))
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
def answer(peer):
    with peer:
        while data := peer.recv(65536):
            peer.sendall(data)
while True:
    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
"""

# Takes connections and never says a word, as a session does whose instance is gone.
SILENT = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
kept = []
while True:
    kept.append(server.accept())
"""


class Echo(Route):
    """A route whose far side is a script; counts how often it was asked."""

    def __init__(self, script: Path, identity: str = "account/region/cluster", private: bool = True) -> None:
        self.script, self._identity, self._private = script, identity, private
        self.ports: list[int] = []
        self.refusal: Unreachable | None = None

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def private(self) -> bool:
        return self._private

    def command(self, port: int) -> Sequence[str]:
        if self.refusal is not None:
            raise self.refusal
        self.ports.append(port)
        return (sys.executable, str(self.script), str(port))

    def kubeconfig(self) -> str:
        return '{"kind": "Config"}'


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def ask(port: int, question: bytes) -> bytes:
    """Say `question`, hear everything until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
        peer.sendall(question)
        peer.shutdown(socket.SHUT_WR)
        heard = b""
        while data := peer.recv(65536):
            heard += data
        return heard
