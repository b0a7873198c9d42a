"""Builds the pinned engine from Go modules into a cache outside the tree: once, whole or not at all, one build at a time."""

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
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

from tools.engine.pins import ANALYZER, ANALYZER_TEXT, CLI, EXECUTOR, HOST, PINS, SDK_MODULE, Binaries, Pin

PROGRESS_SECONDS = 15
LAST_LINES = 15
GO_MISSING = (
    "Go is needed once, to build the Pulumi engine that the tests drive, and is not on PATH. Install Go 1.25 or newer "
    "(Debian: apt-get install golang; https://go.dev/dl), or install the official Pulumi CLI "
    "(https://www.pulumi.com/docs/install), which makes the build unnecessary."
)


class BuildError(Exception):
    """No engine; the text says what is missing or what the compiler said."""


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where built engines are kept: $OOB_CACHE, else below $XDG_CACHE_HOME, else below ~/.cache."""
    if own := environment.get("OOB_CACHE"):
        return Path(own).expanduser() / "engine"
    base = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "oob" / "engine"


def digest() -> str:
    """Names one build: changes with every pinned version, the flags and the machine's kind."""
    seen = sha256(f"{platform.system()} {platform.machine()} {ANALYZER_TEXT}".encode())
    for pin in PINS:
        seen.update(f"{pin.package} {pin.linker_flags}".encode())
        for name in ("go.mod", "go.sum"):
            seen.update((pin.source / name).read_bytes())
    return seen.hexdigest()[:16]


def _binaries(folder: Path) -> Binaries:
    origin = f"built from Go modules ({CLI.version}) in {folder}"
    return Binaries(cli=folder / CLI.folder, host=folder / HOST.folder, origin=origin)


def cached(cache: Path | None = None) -> Binaries | None:
    """The engine that an earlier call built, or None."""
    folder = (cache or cache_folder()) / digest()
    return _binaries(folder) if folder.is_dir() else None


def build(cache: Path | None = None, *, out: IO[str] | None = None) -> Binaries:
    """The pinned engine, built now unless it is there. A killed build leaves nothing that a later one could take for whole."""
    cache = cache or cache_folder()
    if found := cached(cache):
        return found
    say = out or sys.stderr
    if shutil.which("go") is None:
        raise BuildError(GO_MISSING)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _only_one(cache / f"{digest()}.lock", say):
            return cached(cache) or _binaries(_made(cache, say))
    except OSError as problem:
        raise BuildError(f"The engine cannot be kept in {cache}: {problem.strerror}. Set OOB_CACHE to another folder.") from None


@contextmanager
def _only_one(lock: Path, say: IO[str]) -> Generator[None]:
    """Holds `lock`; the kernel lets go of it when this process ends, however it ends."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another process is building the engine; waiting for it.", file=say, flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _made(cache: Path, say: IO[str]) -> Path:
    name = digest()
    for left in cache.glob(f"{name}.unfinished-*"):  # of a killed build: we hold the lock, so nobody works there
        shutil.rmtree(left, ignore_errors=True)
    print(f"Building the Pulumi engine {CLI.version} from Go modules (about 8 minutes, once) into {cache}", file=say, flush=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}.unfinished-", dir=cache))
    try:
        for pin in PINS:
            (folder / pin.folder).mkdir()
            _compile(pin, folder / pin.folder / pin.program, say)
        _script(folder / CLI.folder / ANALYZER, ANALYZER_TEXT)
        _script(folder / HOST.folder / EXECUTOR, (_sdk_source() / "python" / "cmd" / EXECUTOR).read_text(encoding="utf-8"))
        folder.chmod(0o755)
        return folder.rename(cache / name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _script(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def _sdk_source() -> Path:
    """Where Go keeps the SDK's module, at the version that the CLI requires."""
    found = _go(CLI, "list", "-m", "-f", "{{.Dir}}", SDK_MODULE)
    return Path(found.strip())


def _go(pin: Pin, *arguments: str) -> str:
    command = ["go", *arguments]
    done = subprocess.run(command, cwd=pin.source, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise BuildError(f"go {arguments[0]} failed in {pin.source}:\n{done.stderr.strip()}")
    return done.stdout


def _compile(pin: Pin, target: Path, say: IO[str]) -> None:
    """Runs the compiler; on a terminal and in a log it says every few seconds how far it is."""
    command = ["go", "build", "-v", "-ldflags", pin.linker_flags, "-o", str(target), pin.package]
    begun, lines = time.monotonic(), list[str]()
    with subprocess.Popen(
        command, cwd=pin.source, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        finished = threading.Event()
        teller = threading.Thread(target=_tell, args=(pin, lines, begun, finished, say), daemon=True)
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
        raise BuildError(f"Building {pin.program} {pin.version} failed (go build, exit {running.returncode}):\n{tail}")
    print(f"  {pin.program} {pin.version}: built in {time.monotonic() - begun:.0f} s", file=say, flush=True)


def _tell(pin: Pin, lines: list[str], begun: float, finished: threading.Event, say: IO[str]) -> None:
    while not finished.wait(PROGRESS_SECONDS):
        done = sum(1 for line in lines if not line.startswith("go: "))
        print(f"  {pin.program}: {done} packages compiled, {time.monotonic() - begun:.0f} s", file=say, flush=True)
