"""Programs built from pinned Go modules into a cache outside the tree: once, whole or not at all, one build at a time."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

PROGRESS_SECONDS = 15
LAST_LINES = 15
GO_MISSING = (
    "Go is needed once, to build {title} for the tests, and is not on PATH. Install Go 1.26 or newer "
    "(https://go.dev/dl), or {instead}, which makes the build unnecessary."
)


class BuildError(Exception):
    """No programs; the text says what is missing or what the compiler said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program. source: the wrapper module whose go.mod and go.sum pin it. folder: where it goes inside the kit."""

    source: Path
    package: str
    name: str
    version: str
    linker_flags: str = "-s -w"
    folder: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What is built together.

    name: of the folder in the cache. title, instead, minutes: for sentences to a person ("The Pulumi engine ...",
    "install ...", how long a cold build takes). scripts: texts to lay beside the programs, by path. finish: adds what
    can be had only after the compiler has fetched the modules.
    """

    name: str
    title: str
    instead: str
    minutes: int
    programs: tuple[Program, ...]
    scripts: Mapping[str, str]
    finish: Callable[[Path], None] = lambda _folder: None

    def digest(self) -> str:
        """Names one build: changes with every pinned version, the flags and the machine's kind."""
        seen = sha256(f"{platform.system()} {platform.machine()} {''.join(self.scripts.values())}".encode())
        for program in self.programs:
            seen.update(f"{program.package} {program.linker_flags}".encode())
            for name in ("go.mod", "go.sum"):
                seen.update((program.source / name).read_bytes())
        return seen.hexdigest()[:16]


def cache_folder(kit: Kit, environment: Mapping[str, str] = os.environ) -> Path:
    """Where built kits are kept: $OOB_CACHE, else below $XDG_CACHE_HOME, else below ~/.cache."""
    if own := environment.get("OOB_CACHE"):
        return Path(own).expanduser() / kit.name
    base = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "oob" / kit.name


def cached(kit: Kit, cache: Path | None = None) -> Path | None:
    """The folder that an earlier call built, or None."""
    folder = (cache or cache_folder(kit)) / kit.digest()
    return folder if folder.is_dir() else None


def build(kit: Kit, cache: Path | None = None, *, out: IO[str] | None = None) -> Path:
    """The kit's folder, built now unless it is there. A killed build leaves nothing that a later one could take for whole."""
    cache = cache or cache_folder(kit)
    if found := cached(kit, cache):
        return found
    say = out or sys.stderr
    if shutil.which("go") is None:
        raise BuildError(GO_MISSING.format(title=kit.title, instead=kit.instead))
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _only_one(cache / f"{kit.digest()}.lock", kit, say):
            return cached(kit, cache) or _made(kit, cache, say)
    except OSError as problem:
        raise BuildError(f"{kit.title} cannot be kept in {cache}: {problem.strerror}. Set OOB_CACHE to another folder.") from None


@contextmanager
def _only_one(lock: Path, kit: Kit, say: IO[str]) -> Generator[None]:
    """Holds `lock`; the kernel lets go of it when this process ends, however it ends."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another process is building {kit.title}; waiting for it.", file=say, flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _made(kit: Kit, cache: Path, say: IO[str]) -> Path:
    name = kit.digest()
    for left in cache.glob(f"{name}.unfinished-*"):  # of a killed build: we hold the lock, so nobody works there
        shutil.rmtree(left, ignore_errors=True)
    versions = ", ".join(f"{program.name} {program.version}" for program in kit.programs)
    how_long = f"about {kit.minutes} minutes, once"
    print(f"Building {kit.title} ({versions}) from Go modules ({how_long}) into {cache}", file=say, flush=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}.unfinished-", dir=cache))
    try:
        for program in kit.programs:
            (folder / program.folder).mkdir(exist_ok=True)
            _compile(program, folder / program.folder / program.name, say)
        for path, text in kit.scripts.items():
            script(folder / path, text)
        kit.finish(folder)
        folder.chmod(0o755)
        return folder.rename(cache / name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def script(path: Path, text: str) -> None:
    """An executable text."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def go(where: Path, *arguments: str) -> str:
    """What `go ARGUMENTS` prints in a wrapper module. BuildError with its own words if it fails."""
    command = ["go", *arguments]
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise BuildError(f"go {' '.join(arguments[:2])} failed in {where}:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout


def _compile(program: Program, target: Path, say: IO[str]) -> None:
    """Runs the compiler; on a terminal and in a log it says every few seconds how far it is."""
    command = ["go", "build", "-v", "-ldflags", program.linker_flags, "-o", str(target), program.package]
    begun, lines = time.monotonic(), list[str]()
    with subprocess.Popen(
        command, cwd=program.source, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        finished = threading.Event()
        teller = threading.Thread(target=_tell, args=(program, lines, begun, finished, say), daemon=True)
        teller.start()
        try:
            lines.extend(line.rstrip() for line in running.stderr or ())
        except BaseException:
            running.terminate()
            raise
        finally:
            finished.set()
            teller.join()
    if running.returncode != 0:
        tail = "\n".join(lines[-LAST_LINES:])
        raise BuildError(f"Building {program.name} {program.version} failed (go build, exit {running.returncode}):\n{tail}")
    print(f"  {program.name} {program.version}: built in {time.monotonic() - begun:.0f} s", file=say, flush=True)


def _tell(program: Program, lines: list[str], begun: float, finished: threading.Event, say: IO[str]) -> None:
    while not finished.wait(PROGRESS_SECONDS):
        done = sum(1 for line in lines if not line.startswith("go: "))
        print(f"  {program.name}: {done} packages compiled, {time.monotonic() - begun:.0f} s", file=say, flush=True)
