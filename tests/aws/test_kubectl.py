"""The real kubectl, through the tunnel, with the kubeconfig that this program makes.

The API behind it is a small HTTPS server with a certificate of its own, the far side a relay instead of a Session Manager
session, and `aws` a script that hands out a token. Not proved: EKS's own answers.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from components.clouds.aws.kubeconfig import kubeconfig
from components.far_side import Route
from components.tunnel import Forwarder
from tests.support.far_side import free_port

NAME = "0a1b.gr7.eu-central-1.eks.amazonaws.com"
ENDPOINT = f"https://{NAME.upper()}"
TOKEN = "k8s-aws-v1.made-up"

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

pytestmark = pytest.mark.skipif(
    shutil.which("kubectl") is None or shutil.which("openssl") is None, reason="kubectl and openssl are not on PATH"
)


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
        body = b'{"gitVersion": "v1.36.3-eks"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def api(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    """An API with a certificate for one name; its port and the certificate, base64."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=api", "-addext", f"subjectAltName=DNS:{request.param}"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    subprocess.run([*command, *subject, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], base64.b64encode(certificate.read_bytes()).decode()
    server.shutdown()
    server.server_close()


def ask(tmp_path: Path, port: int, authority: str) -> subprocess.CompletedProcess[str]:
    """`kubectl get --raw /version` with a made-up `aws` that hands out TOKEN."""
    config = tmp_path / "kubeconfig.json"
    config.write_text(kubeconfig(cluster="oob-t", region="eu-central-1", endpoint=ENDPOINT, authority=authority, port=port))
    credential = {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "status": {"token": TOKEN},
    }
    aws = tmp_path / "bin" / "aws"
    aws.parent.mkdir()
    aws.write_text(f"#!/bin/sh\necho '{json.dumps(credential)}'\n")
    aws.chmod(0o755)
    environment = os.environ | {"PATH": f"{aws.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    command = ["kubectl", "--kubeconfig", str(config), "--request-timeout", "20s", "get", "--raw", "/version"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def port(tmp_path: Path, api: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("OOB_CACHE", str(tmp_path / "cache"))
    forwarder = Forwarder(Relay(tmp_path / "relay.py", api[0]), free_port(), print)
    assert forwarder.start()
    yield forwarder.port
    forwarder.close()


@pytest.mark.parametrize("api", [NAME], indirect=True)
def test_kubectl_reaches_the_api_and_signs_in(tmp_path: Path, api: tuple[int, str], port: int) -> None:
    Api.seen.clear()
    done = ask(tmp_path, port, api[1])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"gitVersion": "v1.36.3-eks"}
    assert set(Api.seen) == {f"Bearer {TOKEN}"}, "kubectl may ask more than once, but never without the token"


@pytest.mark.parametrize("api", ["somebody-else.example"], indirect=True)
def test_kubectl_refuses_whoever_else_answers_on_the_port(tmp_path: Path, api: tuple[int, str], port: int) -> None:
    Api.seen.clear()
    done = ask(tmp_path, port, api[1])
    assert done.returncode != 0
    assert "not " + NAME in done.stderr, done.stderr
    assert not Api.seen, "no token goes to a server that is not the cluster"
