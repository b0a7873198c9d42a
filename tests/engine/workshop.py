"""A place to run the real engine in: a project folder, a state folder, a made-up home, stand-ins for every provider."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.engine import state
from ops.engine.state import Deployment
from tools.engine import Binaries
from tools.standins.running import StandIns, running

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "a passphrase of the tests only"
PATIENCE_SECONDS = 600
# Where programs on this machine agree who serves an environment's port: shared, since two runs of these tests use the same port.
TUNNELS = Path(tempfile.gettempdir()) / f"oob-tests-of-{os.getuid()}"
POLL_SECONDS = 0.05
# Passed on from outside; everything else (credentials, profiles, proxies) is not for the engine under test.
PASSED_ON = ("LANG", "LC_ALL", "PYTHONPATH", "TMPDIR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that has ended."""

    code: int
    output: str

    def ok(self) -> Ran:
        """Itself, when it went well."""
        assert self.code == 0, f"exit {self.code}:\n{self.output}"
        return self


@dataclass(slots=True, kw_only=True)
class Workshop:
    """One project with one state folder. Everything that any command prints is kept in `log`.

    whole: the project holds the command line too, and `oob` runs that; else a driver runs the same functions on it.
    """

    folder: Path
    project: Path
    stack: str
    binaries: Binaries
    standins: StandIns
    whole: bool = False
    extra: dict[str, str] = field(default_factory=dict[str, str])
    log: list[str] = field(default_factory=list[str])

    @property
    def state_folder(self) -> Path:
        """Where the engine keeps state, history and backups."""
        return self.folder / "state"

    def environment(self, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """What the engine is started with."""
        path = [str(one) for one in self.binaries.folders()]
        given = {
            **{key: os.environ[key] for key in PASSED_ON if key in os.environ},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), *path, "/usr/bin", "/bin"]),
            "HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "home" / "cache"),
            "PULUMI_HOME": str(self.folder / "home" / "pulumi"),
            "PULUMI_BACKEND_URL": f"file://{self.state_folder}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "OOB_CACHE": str(TUNNELS),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            **self.standins.environment,
            **self.extra,
        }
        for key, value in (changes or {}).items():
            given.pop(key, None)
            if value is not None:
                given[key] = value
        return given

    # --- commands ---------------------------------------------------------------------------------------------------

    def shell(self, command: str, **changes: str | None) -> Ran:
        """A line as a person types it."""
        return self._ended(["/bin/sh", "-c", command], changes)

    def pulumi(self, *arguments: str, **changes: str | None) -> Ran:
        """The CLI itself, at this stack."""
        return self._ended([str(self.binaries.pulumi), *arguments, "--stack", self.stack, "--non-interactive"], changes)

    def oob(self, command: str, *options: str, **changes: str | None) -> Ran:
        """`./oob COMMAND STACK`, on this project."""
        return self._ended(self._oob(command, options), changes)

    def _oob(self, command: str, options: tuple[str, ...]) -> list[str]:
        if self.whole:
            return [sys.executable, "-m", "ops", command, self.stack, *options]
        return [sys.executable, "-m", "tests.engine.driver", command, str(self.project), self.stack, *options, "--unchecked"]

    def _ended(self, command: list[str], changes: Mapping[str, str | None]) -> Ran:
        with self._started(command, changes) as process:
            output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        self.log.append(output)
        return Ran(code=process.returncode, output=output)

    def _started(self, command: list[str], changes: Mapping[str, str | None]) -> subprocess.Popen[str]:
        environment = self.environment(changes)
        environment["OOB_TEST_PULUMI"] = str(self.binaries.pulumi)
        # Our own modules for the driver; a program finds its modules beside itself first.
        modules = self.project if self.whole else ROOT
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(modules), environment.get("PYTHONPATH")]))
        return subprocess.Popen(
            command,
            cwd=self.project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    @contextmanager
    def meanwhile(self, command: str, *options: str, **changes: str | None) -> Generator[Started]:
        """`./oob COMMAND STACK` under way; whatever of it still runs at the end is killed."""
        process = self._started(self._oob(command, options), changes)
        started = Started(process=process, log=self.log)
        try:
            yield started
        finally:
            for child in started.family():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            started.finish()

    # --- what there is afterwards -----------------------------------------------------------------------------------

    def deployment(self) -> Deployment:
        """The recorded state."""
        return state.parse(self.pulumi("stack", "export").ok().output)

    def recorded(self) -> list[tuple[str, str]]:
        """(type, id) of everything that the state says exists in the cloud."""
        return [(one.type, one.id) for one in self.deployment().resources if one.custom and one.id and one.package != "pulumi"]

    def agrees(self) -> None:
        """The state and the cloud hold the same things, each once."""
        cloud, recorded = self.standins.cloud(), self.recorded()
        assert cloud.lost(recorded) == [], "exists in the cloud, unknown to the state"
        assert cloud.ghosts(recorded) == [], "recorded in the state, not in the cloud"
        assert cloud.twice() == [], "made twice"

    def locks(self) -> list[Path]:
        """Lock files in the state folder."""
        return sorted((self.state_folder / ".pulumi" / "locks").rglob("*.json"))

    def planned(self, *options: str) -> dict[str, str]:
        """What a preview would do: URN to operation, what stays the same left out."""
        told = self.pulumi("preview", "--json", *options).ok().output
        steps = json.loads(told[told.index("{\n") :])["steps"]
        return {step["urn"]: step["op"] for step in steps if step["op"] not in ("same", "read", "refresh")}


@dataclass(slots=True, kw_only=True)
class Started:
    """A command under way."""

    process: subprocess.Popen[str]
    log: list[str]
    _said: str = ""

    def family(self) -> list[int]:
        """Every process that descends from it or has stayed behind from it, youngest first; itself last."""
        return [*reversed(_descendants(self.process.pid)), self.process.pid]

    def engine(self) -> int:
        """The process of the CLI itself."""
        found = [pid for pid in _descendants(self.process.pid) if _command(pid)[:1] and Path(_command(pid)[0]).name == "pulumi"]
        assert found, "the CLI does not run"
        return found[0]

    def finish(self) -> Ran:
        """Its end."""
        if not self._said and self.process.stdout is not None and not self.process.stdout.closed:
            self._said, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
            self.log.append(self._said)
        return Ran(code=self.process.returncode, output=self._said)


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    except OSError:
        return []


def _descendants(ancestor: int) -> list[int]:
    """Children of children, and members of their sessions whose parents have died."""
    pids = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
    facts = {pid: fields for pid in pids if (fields := _stat(pid))}
    found, sessions = {ancestor}, {ancestor}
    grown = True
    while grown:
        grown = False
        for pid, fields in facts.items():
            parent, session = int(fields[1]), int(fields[3])
            if pid not in found and (parent in found or session in sessions):
                found.add(pid)
                sessions.add(session)
                grown = True
    return sorted(found - {ancestor})


def wait_for(what: str, condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Until `condition` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s in vain for: {what}"
        time.sleep(POLL_SECONDS)


def commands_in(text: str) -> list[str]:
    """The commands that a message tells a person to type, in order."""
    return [line.strip() for line in text.splitlines() if re.match(r"^ {5,}pulumi ", line)]


def adopted(command: str) -> tuple[str, str] | None:
    """(type, name) of an import command."""
    words = shlex.split(command)
    return (words[2], words[3]) if words[:2] == ["pulumi", "import"] else None


def follow(shop: Workshop, message: str) -> None:
    """Does what the message says, as a person would: each command, with the id that the cloud shows where ID stands."""
    for command in commands_in(message):
        adopt = adopted(command)
        if adopt is None:
            shop.shell(command).ok()
            continue
        found = [thing for thing in shop.standins.cloud().things.values() if (thing.type, thing.name) == adopt]
        if found:
            words = [found[0].id if word == "ID" else word for word in shlex.split(command)]
            shop.shell(shlex.join(words)).ok()


@contextmanager
def workshop(
    folder: Path, binaries: Binaries, *, prepare: Callable[[Path], None], stack: str, whole: bool = False
) -> Generator[Workshop]:
    """A workshop below `folder` whose project `prepare` fills."""
    assert importlib.util.find_spec("pip"), "the language host lists packages by `python -m pip`: .venv needs pip"
    for name in ("project", "state", "home"):
        (folder / name).mkdir(parents=True)
    prepare(folder / "project")
    with running(folder / "cloud") as standins:
        yield Workshop(folder=folder, project=folder / "project", stack=stack, binaries=binaries, standins=standins, whole=whole)
