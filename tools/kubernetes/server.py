"""Starts and stops an API server and its store for a test, on this machine only, and speaks to it."""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from tools.gobuild import BuildError, go
from tools.kubernetes.pins import Programs

LOOPBACK = "127.0.0.1"
READY_SECONDS = 180
STOP_SECONDS = 20
POLL_SECONDS = 0.3
ANSWER_SECONDS = 60
CERTIFICATE_MISSING = "A certificate for the API server has to be made, and neither openssl nor Go is on PATH. Install either."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says: the HTTP status, the object or Status in the body, the warnings in the header."""

    status: int
    body: Mapping[str, object]
    warnings: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether the object is valid and admitted."""
        return self.status in (200, 201)

    @property
    def why(self) -> str:
        """The server's reason for a refusal."""
        return str(self.body.get("message", self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A running server, spoken to as its administrator."""

    port: int
    certificate: Path
    token: str

    def ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, kind: str = "json", **query: str
    ) -> Answer:
        """One request. kind: of the body, json or merge-patch+json or apply-patch+yaml (JSON is YAML)."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection(LOOPBACK, self.port, context=trust, timeout=ANSWER_SECONDS)
        try:
            address = f"{path}?{urlencode(query)}" if query else path
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": f"application/{kind}"}
            connection.request(method, address, json.dumps(body) if body is not None else None, headers)
            answered = connection.getresponse()
            text = answered.read().decode()
            return Answer(
                status=answered.status,
                body=_body(text),
                warnings=tuple(_warning(one) for one in answered.headers.get_all("Warning") or ()),
            )
        finally:
            connection.close()

    def ready(self) -> bool:
        """Whether it serves."""
        try:
            return self.ask("GET", "/readyz").status == http.HTTPStatus.OK
        except OSError:
            return False


_OBJECT = TypeAdapter(dict[str, object])


def _body(text: str) -> dict[str, object]:
    try:
        return _OBJECT.validate_json(text)
    except ValidationError:  # some answers are a word, like ok
        return {"message": text}


def _warning(header: str) -> str:
    """The text in a header such as `299 - "would violate PodSecurity ..."` (RFC 7234, section 5.5)."""
    return header.partition(' - "')[2].rpartition('"')[0].replace('\\"', '"') or header


@contextmanager
def running(folder: Path, programs: Programs) -> Generator[Api]:
    """A server with nothing in it; files and logs lie in `folder`. BuildError with the end of the log if it does not start."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = _credentials(folder)
    token = secrets.token_urlsafe()
    tokens = folder / "tokens.csv"
    tokens.touch(mode=0o600)
    tokens.write_text(f"{token},tests,tests,system:masters\n", encoding="utf-8")
    store_port, peer_port, port = _free_ports(3)
    store = [
        str(programs.store),
        f"--data-dir={folder / 'store'}",
        f"--listen-client-urls=http://{LOOPBACK}:{store_port}",
        f"--advertise-client-urls=http://{LOOPBACK}:{store_port}",
        f"--listen-peer-urls=http://{LOOPBACK}:{peer_port}",
        "--unsafe-no-fsync",
    ]
    server = [
        str(programs.api_server),
        f"--etcd-servers=http://{LOOPBACK}:{store_port}",
        f"--bind-address={LOOPBACK}",
        f"--secure-port={port}",
        f"--tls-cert-file={certificate}",
        f"--tls-private-key-file={key}",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-account-issuer=https://tests.invalid",
        "--service-cluster-ip-range=10.96.0.0/16",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
    ]
    api = Api(port=port, certificate=certificate, token=token)
    with _process(store, folder / "etcd.log"), _process(server, folder / "kube-apiserver.log") as process:
        end = time.monotonic() + READY_SECONDS
        while not api.ready():
            if process.poll() is not None or time.monotonic() > end:
                tail = (folder / "kube-apiserver.log").read_text(encoding="utf-8", errors="replace")[-2000:]
                raise BuildError(f"The Kubernetes API server did not start. The end of its log:\n{tail}")
            time.sleep(POLL_SECONDS)
        yield api


@contextmanager
def _process(command: list[str], log: Path) -> Generator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, cwd=log.parent
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _credentials(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for 127.0.0.1, made by openssl or by the tool that comes with Go."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    if shutil.which("openssl"):
        name = ["-subj", "/CN=tests", "-addext", f"subjectAltName=IP:{LOOPBACK}"]
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name]
        subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    elif shutil.which("go"):
        root = go(folder, "env", "GOROOT").strip()
        go(folder, "run", f"{root}/src/crypto/tls/generate_cert.go", "--host", LOOPBACK, "--ca", "--duration", "48h")
    else:
        raise BuildError(CERTIFICATE_MISSING)
    return key, certificate


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    held = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
