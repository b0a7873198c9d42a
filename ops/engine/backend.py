"""The state store as far as it can be looked at without Pulumi: a folder on this machine. Others are left to the CLI."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlparse

from ops.engine.faults import COULD_NOT_RUN, EngineError

MEGABYTE = 1_000_000
# The engine writes the whole state at each step, a copy to the history and one to the backups.
COPIES, RESERVE = 10, 20 * MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Who holds the state. `alive` is None when that cannot be seen from this machine."""

    where: str
    owner: str
    host: str
    pid: int
    since: str
    alive: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A state store in a folder. `project` and `stack` say where in it."""

    root: Path
    project: str
    stack: str

    @property
    def _books(self) -> Path:
        return self.root / ".pulumi"

    @property
    def state(self) -> Path:
        """The file that holds this stack's state."""
        return self._books / "stacks" / self.project / f"{self.stack}.json"

    def locks(self) -> list[Lock]:
        """Every lock on this stack's state."""
        folder = self._books / "locks" / "organization" / self.project / self.stack
        return [_read_lock(path) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []

    def check(self) -> None:
        """EngineError when the folder cannot be used: absent, no folder, not writable, too full."""
        if not self.root.is_dir():
            what = "is not a folder" if self.root.exists() else "does not exist"
            raise EngineError(f"The state folder {self.root} {what}. Make it, or choose another: pulumi login", COULD_NOT_RUN)
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise EngineError(f"The state folder {self.root} cannot be written to. Correct its owner or mode.", COULD_NOT_RUN)
        size = self.state.stat().st_size if self.state.exists() else 0
        free, needed = shutil.disk_usage(self.root).free, COPIES * size + RESERVE
        if free < needed:
            raise EngineError(
                f"The disk of the state folder {self.root} has {free / MEGABYTE:.0f} MB free and {needed / MEGABYTE:.0f} MB are "
                "needed, or a run could end without its record. Free some space. Nothing has been changed.",
                COULD_NOT_RUN,
            )

    def copies(self) -> Iterator[Path]:
        """Earlier forms of the state that can be read, newest first."""
        kept = self._books / "backups" / self.project / self.stack
        found = [self.state.with_name(f"{self.state.name}.bak"), *(kept.glob("*.json") if kept.is_dir() else ())]
        for path in sorted((one for one in found if one.is_file()), key=lambda one: one.stat().st_mtime, reverse=True):
            if _is_whole(path):
                yield path


def _is_whole(path: Path) -> bool:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(read, dict) and "checkpoint" in read


def _read_lock(path: Path) -> Lock:
    try:
        text = json.loads(path.read_text(encoding="utf-8"))
        pid, host = int(text["pid"]), str(text["hostname"])
        since = _moment(str(text["timestamp"]))
        return Lock(where=str(path), owner=str(text["username"]), host=host, pid=pid, since=since, alive=_alive(pid, host))
    except (OSError, ValueError, KeyError, TypeError):
        return Lock(where=str(path), owner="unknown", host="unknown", pid=0, since="unknown", alive=None)


def _alive(pid: int, host: str) -> bool | None:
    """Whether that process exists; None when it is another machine's."""
    if host != socket.gethostname():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


# What the CLI says of a lock that it met, in any kind of store.
_TOLD = re.compile(
    r"^\s*(?P<where>\S+): created by (?P<owner>.+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)\s*$", re.MULTILINE
)


def locks_told(output: str) -> list[Lock]:
    """The locks that an error message of the CLI names."""
    return [
        Lock(
            where=told["where"],
            owner=told["owner"],
            host=told["host"],
            pid=int(told["pid"]),
            since=_moment(told["since"]),
            alive=_alive(int(told["pid"]), told["host"]),
        )
        for told in _TOLD.finditer(output)
    ]


def folder_of(url: str, project: str, stack: str) -> Folder | None:
    """The folder behind a backend's address, or None when it is not on this machine."""
    parsed = urlparse(url)
    if parsed.scheme != "file":
        return None
    path = unquote(f"{parsed.netloc}{parsed.path}")
    return Folder(root=Path(path or "/").expanduser(), project=project, stack=stack)
