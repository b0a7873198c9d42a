"""The script by which the bootstrap signs in, against a small server in the directory's place.

Not proved: that the directory and the database take what is sent; only its form, and that no token is ever shown.
"""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from components.clouds.azure.database import TOKEN_SCRIPT
from components.platform.scripts import credential

POD_TOKEN = "canary-pod-token-4410"
DATABASE_TOKEN = "canary-database-token." + "x" * 2048  # real ones are about two thousand characters long
TENANT = "c8e1a9d0-47b6-4f52-a3c9-0e5d81f6b723"
CLIENT = "9a1f0000-0000-4000-8000-000000000001"
GRANTED = {"token_type": "Bearer", "expires_in": 3599, "access_token": DATABASE_TOKEN}
REFUSED = {
    "error": "invalid_client",
    "error_codes": [700016],
    "error_description": f"AADSTS700016: application not found, assertion {POD_TOKEN}",
}


class Directory:
    """What was asked, and what is answered."""

    def __init__(self) -> None:
        self.status, self.body = 200, json.dumps(GRANTED)
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append((self.path, parse_qs(form)))
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(outer.body.encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"


@pytest.fixture
def directory() -> Iterator[Directory]:
    made = Directory()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def run(directory: Directory, folder: Path, **changed: str | None) -> subprocess.CompletedProcess[str]:
    (folder / "token").write_text(f"{POD_TOKEN}\n", encoding="utf-8")
    variables: dict[str, str | None] = {
        "AZURE_AUTHORITY_HOST": directory.address,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_FEDERATED_TOKEN_FILE": str(folder / "token"),
        "DATABASE_USER": "oob-azure-example-bootstrap",
        "CREDENTIAL_FILE": str(folder / "administrator.json"),
    }
    given = {key: value for key, value in (variables | changed).items() if value is not None}
    command = [sys.executable, "-I", "-c", TOKEN_SCRIPT.read_text(encoding="utf-8")]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=60)


def shows_nothing(done: subprocess.CompletedProcess[str]) -> bool:
    return not any(token in done.stdout + done.stderr for token in (POD_TOKEN, DATABASE_TOKEN))


def test_the_token_lies_in_the_file_for_its_owner_alone(directory: Directory, tmp_path: Path) -> None:
    done = run(directory, tmp_path)
    assert done.returncode == 0, done.stderr
    made = tmp_path / "administrator.json"
    assert credential.read(made.read_text(encoding="utf-8")) == ("oob-azure-example-bootstrap", DATABASE_TOKEN)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert shows_nothing(done)


def test_the_directory_is_asked_for_the_databases_scope_with_the_pods_own_token(directory: Directory, tmp_path: Path) -> None:
    run(directory, tmp_path)
    [(path, form)] = directory.asked
    assert path == f"/{TENANT}/oauth2/v2.0/token"
    assert form == {
        "client_id": [CLIENT],
        "grant_type": ["client_credentials"],
        "scope": ["https://ossrdbms-aad.database.windows.net/.default"],
        "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        "client_assertion": [POD_TOKEN],
    }


def test_a_refusal_shows_the_error_code_and_neither_token(directory: Directory, tmp_path: Path) -> None:
    directory.status, directory.body = 401, json.dumps(REFUSED)
    refused = run(directory, tmp_path)
    assert refused.returncode == 1
    assert "401 invalid_client [700016]" in refused.stderr
    assert shows_nothing(refused)
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "administrator.json").exists()


@pytest.mark.parametrize("body", ["", "[]", "{}", "<html>", '{"access_token": 1}', '{"access_token": ""}'])
def test_an_answer_without_a_token_is_refused(directory: Directory, tmp_path: Path, body: str) -> None:
    directory.body = body
    refused = run(directory, tmp_path)
    assert refused.returncode == 1
    assert "without a token" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_directory_that_is_not_there_is_named(directory: Directory, tmp_path: Path) -> None:
    refused = run(directory, tmp_path, AZURE_AUTHORITY_HOST="http://127.0.0.1:9/")
    assert refused.returncode == 1
    assert "cannot be reached at 127.0.0.1:9" in refused.stderr
    assert shows_nothing(refused)


@pytest.mark.parametrize("missing", ["AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"])
def test_a_pod_without_an_identity_is_told_what_is_missing(directory: Directory, tmp_path: Path, missing: str) -> None:
    refused = run(directory, tmp_path, **{missing: None})
    assert refused.returncode == 1
    assert f"no workload identity: {missing} is not set" in refused.stderr
    assert directory.asked == []
