"""A Kubernetes API made up of a small HTTPS server, reached by the real kubectl through the real forwarder and a relay."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from components.far_side import Route
from components.tunnel import Forwarder
from tests.support.far_side import free_port

VERSION = {"gitVersion": "v1.36.3"}
TOKEN = "a-made-up-token"

RELAY = """
import socket, sys, threading
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
while True:
    near, _ = server.accept()
    far = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    for pair in ((near, far), (far, near)):
        threading.Thread(target=copy, args=pair, daemon=True).start()
"""


class Relay(Route):
    """Leads to a port of this machine."""

    def __init__(self, script: Path, port: int) -> None:
        self._script, self._port = script, port
        script.write_text(RELAY)

    @property
    def identity(self) -> str:
        return str(self._script)

    @property
    def private(self) -> bool:
        return True

    def command(self, port: int) -> Sequence[str]:
        return (sys.executable, str(self._script), str(port), str(self._port))

    def kubeconfig(self) -> str:
        raise NotImplementedError


class Api(BaseHTTPRequestHandler):
    """Answers every question alike and keeps who asked."""

    seen: list[str | None] = []  # noqa: RUF012 the server makes one of this class for each connection

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization"))
        body = json.dumps(VERSION).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An API with a certificate for one name: the port that leads to it through a tunnel, and that certificate, base64."""

    port: int
    authority: str


@contextlib.contextmanager
def served(folder: Path, name: str) -> Generator[Served]:
    """The API, its certificate for `name`, and a forwarder before it. Who asked stands in `Api.seen`, emptied first."""
    Api.seen.clear()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=api", "-addext", f"subjectAltName=DNS:{name}"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    subprocess.run([*command, *subject, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    forwarder = Forwarder(Relay(folder / "relay.py", server.server_address[1]), free_port(), print)
    assert forwarder.start()
    try:
        yield Served(port=forwarder.port, authority=base64.b64encode(certificate.read_bytes()).decode())
    finally:
        forwarder.close()
        server.shutdown()
        server.server_close()


def ask(folder: Path, kubeconfig: str, login: str) -> subprocess.CompletedProcess[str]:
    """`kubectl get --raw /version` with a made-up program `login` that hands out TOKEN and keeps its arguments in `asked`."""
    config = folder / "kubeconfig.json"
    config.write_text(kubeconfig)
    credential = {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "status": {"token": TOKEN},
    }
    program = folder / "bin" / login
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho \"$@\" > {folder / 'asked'}\necho '{json.dumps(credential)}'\n")
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    command = ["kubectl", "--kubeconfig", str(config), "--request-timeout", "20s", "get", "--raw", "/version"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
