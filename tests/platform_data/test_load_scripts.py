"""A drill's database from a dump: the shipped scripts with real PostgreSQL and rclone, from a dump of one database to another.

Does not prove an object store's own behaviour or rights, nor how long a large dump takes: that is for the drill.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pulumi import ComponentResource, ResourceOptions

from components.contract import DumpSource
from components.platform.database_load import DatabaseLoad, chosen
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.platform import Platform
from components.sections import DatabaseSource, Mode
from ops.plan.recorder import Recording
from tests.platform import made_up as whole
from tests.platform_data import made_up
from tests.platform_data.rendered import containers, inputs_of, recording, variables
from tests.platform_data.servers import Installation
from tests.platform_data.test_dump_scripts import Store

COUNTS = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM channels), (SELECT count(*) FROM posts)"
STACK = "test"  # as Store says it to dump.sh


class Drill:
    """An empty, bootstrapped database of its own, and a store that holds dumps of another one."""

    def __init__(self, source: Installation, store: Store, folder: Path) -> None:
        self.source, self.store, self.first = source, store, store.stored()
        (folder / "drill").mkdir()
        self.installation = Installation(source.server, folder / "drill")
        assert self.installation.bootstrap().returncode == 0
        self.work = folder / "drill-work"
        self.work.mkdir()

    @property
    def dumps(self) -> Path:
        return self.store.remote / "bucket" / "prefix" / "dumps"

    def fetch(self, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {"WORK": str(self.work), "PREFIX": "dumps", "SOURCE_STACK": STACK}
        return self.store.run("load_fetch.sh", **(given | variables))

    def load(self, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {"WORK": str(self.work), "ENVIRONMENT": "drill-quarter"} | self.installation.role_environment
        return self.store.run("load.sh", **(given | variables))

    def again(self, name: str) -> None:
        """The first dump once more under another name, as an earlier or later run would have left it."""
        made = self.dumps / name[:4] / name[4:6] / name[6:8] / name
        shutil.copytree(self.first, made)
        manifest = made / "manifest.json"
        manifest.write_text(manifest.read_text(encoding="utf-8").replace(self.first.name, name), encoding="utf-8")

    def fetched(self) -> str:
        text = (self.work / "manifest.json").read_text(encoding="utf-8")
        return text.partition('"id": "')[2].partition('"')[0]


@pytest.fixture
def drill(installation: Installation, tmp_path: Path) -> Drill:
    (tmp_path / "store").mkdir()
    store = Store(installation, tmp_path / "store")
    installation.fill()
    for step in (store.run("dump.sh"), store.run("upload.sh", FOLDER="dump", PREFIX="dumps")):
        assert step.returncode == 0, step.stderr
    return Drill(installation, store, tmp_path)


def test_what_was_dumped_is_what_the_drill_holds(drill: Drill) -> None:
    name = drill.first.name
    fetched = drill.fetch(DUMP_ID=name)
    assert fetched.returncode == 0, fetched.stderr
    loaded = drill.load()
    assert loaded.returncode == 0, loaded.stderr
    assert f"loaded from dump {name} and compared" in loaded.stdout
    assert drill.installation.as_role(COUNTS) == drill.source.as_role(COUNTS)
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert drill.installation.as_role(owners) == drill.installation.role
    assert drill.source.role not in drill.installation.as_role("SELECT string_agg(relacl::text, ' ') FROM pg_class")


def test_the_newest_dump_that_began_by_the_moment_is_taken(drill: Drill) -> None:
    for name in ("20251231T235959Z", "20260101T000000Z", "20990101T000000Z"):
        drill.again(name)
    expected = {
        "20260101T000000Z": "20260101T000000Z",
        "20260101T000001Z": "20260101T000000Z",
        "20260100T000000Z": "20251231T235959Z",
    }
    for moment, name in expected.items():
        done = drill.fetch(NOT_AFTER=moment)
        assert done.returncode == 0, done.stderr
        assert drill.fetched() == name


def test_a_dump_without_a_manifest_does_not_count(drill: Drill) -> None:
    drill.again("20260101T000000Z")
    drill.again("20260102T000000Z")
    (drill.dumps / "2026/01/02/20260102T000000Z/manifest.json").unlink()
    assert drill.fetch(NOT_AFTER="20260103T000000Z").returncode == 0
    assert drill.fetched() == "20260101T000000Z"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"NOT_AFTER": "20200101T000000Z"}, "no dump not after 20200101T000000Z among 1"),
        ({"DUMP_ID": "20200101T000000Z"}, "no dump called 20200101T000000Z"),
        ({"DUMP_ID": "2026"}, "no dump called 2026"),
        ({}, "neither a dump nor a moment"),
        ({"NOT_AFTER": "20990101T000000Z", "SOURCE_STACK": "another"}, "is of the stack 'test', not of 'another'"),
    ],
)
def test_what_cannot_be_chosen_stops_the_drill(drill: Drill, given: dict[str, str], why: str) -> None:
    refused = drill.fetch(**given)
    assert refused.returncode == 1
    assert why in refused.stderr


def test_a_changed_dump_is_never_loaded(drill: Drill) -> None:
    stored = drill.first / "database.dump"
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1
    stored.write_bytes(content)
    refused = drill.fetch(DUMP_ID=drill.first.name)
    assert refused.returncode == 1
    assert "not what its manifest says" in refused.stderr


def test_a_database_that_holds_something_else_fails_and_is_left_alone(drill: Drill) -> None:
    assert drill.fetch(DUMP_ID=drill.first.name).returncode == 0
    drill.installation.fill()
    drill.installation.as_role("DELETE FROM posts WHERE id IN (SELECT id FROM posts LIMIT 1)")
    refused = drill.load()
    assert refused.returncode != 0
    assert "does not hold what the manifest says" in refused.stderr
    assert drill.installation.as_role("SELECT count(*) FROM posts") == "1233"


def test_a_load_that_fails_leaves_an_empty_database_that_can_be_loaded(drill: Drill) -> None:
    assert drill.fetch(DUMP_ID=drill.first.name).returncode == 0
    dump = drill.work / "database.dump"
    whole_dump = dump.read_bytes()
    dump.write_bytes(whole_dump[: len(whole_dump) * 9 // 10])
    assert drill.load().returncode != 0
    assert drill.installation.as_role("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"
    dump.write_bytes(whole_dump)
    done = drill.load()
    assert done.returncode == 0, done.stderr


def test_a_second_run_changes_nothing_that_people_have_done_since_and_another_dump_is_refused(drill: Drill) -> None:
    name = drill.first.name
    drill.again("20260101T000000Z")
    assert drill.fetch(DUMP_ID=name).returncode == 0
    assert drill.load().returncode == 0
    drill.installation.as_role("DELETE FROM posts")
    again = drill.load()
    assert again.returncode == 0
    assert "in use since" in again.stdout
    assert drill.installation.as_role("SELECT count(*) FROM posts") == "0"
    assert drill.fetch(DUMP_ID="20260101T000000Z").returncode == 0
    other = drill.load()
    assert other.returncode == 1
    assert "make a new drill" in other.stderr


def test_a_run_that_was_cut_off_before_the_comparison_is_completed(drill: Drill) -> None:
    assert drill.fetch(DUMP_ID=drill.first.name).returncode == 0
    assert drill.load().returncode == 0
    drill.installation.as_role(f"COMMENT ON DATABASE {drill.installation.database} IS NULL")
    done = drill.load()
    assert done.returncode == 0, done.stderr
    assert "compared with its manifest" in done.stdout


def test_outside_a_drill_nothing_is_loaded(drill: Drill) -> None:
    assert drill.fetch(DUMP_ID=drill.first.name).returncode == 0
    assert drill.load(ENVIRONMENT="oob-production").returncode == 1
    assert drill.installation.as_role("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"


def test_the_settings_of_a_drill_say_which_dump() -> None:
    assert DumpSource.of(DatabaseSource(snapshot="20261124T020700Z")) == DumpSource(id="20261124T020700Z")
    by_moment = DatabaseSource.model_validate({"cluster": "server", "pointInTime": "2026-11-24T03:00:00Z"})
    assert DumpSource.of(by_moment) == DumpSource(not_after="20261124T030000Z")
    with pytest.raises(ValueError, match="neither"):
        DumpSource.of(DatabaseSource())
    for wrong in (DumpSource(), DumpSource(id="a", not_after="b")):
        with pytest.raises(ValueError, match="by its id or by a moment"):
            chosen(wrong)


def test_the_job_reads_the_environments_backups_and_only_its_second_step_knows_the_password() -> None:
    found = recording(Mode.DRILL)
    pod = inputs_of(made_up.of_type(found, "Job")["database-load-job"])["spec"]["template"]
    fetch, load = containers(pod)
    assert fetch["envFrom"] == [{"secretRef": {"name": "database-load"}}]
    assert variables(fetch) | {"NOT_AFTER": "20261119T235900Z", "SOURCE_STACK": "production", "PREFIX": "dumps"} == variables(
        fetch
    )
    assert "PGPASSWORD" not in variables(fetch)
    assert "envFrom" not in load
    assert {"name": "PGPASSWORD", "valueFrom": {"secretKeyRef": {"name": "database-role", "key": "password"}}} in load["env"]


def loads(of: Recording) -> list[str]:
    return [item.name for item in of.resources if item.name.startswith("database-load")]


def test_a_cloud_that_restores_the_database_itself_has_no_such_job() -> None:
    def build(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
        del images
        Platform("platform", inputs, ResourceOptions(parent=parent))

    assert loads(whole.recorded(build, whole.DRILL)) == []
    assert loads(recording(Mode.LIVE)) == []
    assert loads(recording(Mode.DRILL)) != []


@pytest.mark.parametrize(
    ("mode", "changed", "why"), [(Mode.LIVE, {}, "only a drill"), (Mode.DRILL, {"source_backups": None}, "no place")]
)
def test_a_load_outside_a_drill_or_from_nowhere_is_refused(mode: Mode, changed: dict[str, None], why: str) -> None:
    def build(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
        given = replace(inputs, objects=replace(inputs.objects, **changed))
        DatabaseLoad("database-load", given, images, DumpSource(id="20261124T020700Z"), parent)

    with pytest.raises(Exception, match=why):
        made_up.recorded(build, mode)
