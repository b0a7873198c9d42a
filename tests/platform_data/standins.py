"""Stand-ins for APIs: small servers that keep what they are asked to and refuse what the real ones refuse.

They prove that the shipped scripts ask for the right things in the right order. They prove nothing about the real
servers: the routes and answers are written from the products' published sources.
"""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from tests.platform_data.servers import self_signed


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answers:
    """What a stand-in answers: (status, JSON value) by (method, path without query); everything asked is kept."""

    table: dict[tuple[str, str], tuple[int, Any]]
    asked: list[Asked] = field(default_factory=list[Asked])

    def answer(self, asked: Asked) -> tuple[int, Any]:
        self.asked.append(asked)
        return self.table.get((asked.method, asked.path.partition("?")[0]), (404, {"message": "no such route"}))


class Answering(Protocol):
    """Whatever has an answer to a request."""

    def answer(self, asked: Asked) -> tuple[int, Any]: ...


class _Handler(BaseHTTPRequestHandler):
    answers: Answering

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(method=self.command, path=self.path, headers=dict(self.headers.items()), body=body)
        status, value = self.answers.answer(asked)
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 the library's names

    def log_message(self, format: str, *args: object) -> None:
        pass

    def address_string(self) -> str:  # a Unix socket has no address
        return "local"


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def _handler(answers: Answering) -> type[_Handler]:
    return type("Handler", (_Handler,), {"answers": answers})


@contextmanager
def https(answers: Answering, folder: Path) -> Generator[tuple[str, Path]]:
    """The stand-in on loopback with TLS: its address, and the certificate to trust."""
    certificate, key = self_signed(folder, "standin")
    server = ThreadingHTTPServer(("localhost", 0), _handler(answers))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with _running(server):
        yield f"https://localhost:{server.server_address[1]}", certificate


@contextmanager
def unix(answers: Answering, path: Path) -> Generator[Path]:
    """The stand-in on a Unix socket."""
    server = _UnixServer(str(path), _handler(answers))
    with _running(server):
        yield path


@contextmanager
def _running(server: socketserver.BaseServer) -> Generator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
