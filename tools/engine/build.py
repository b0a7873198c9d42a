"""The pinned engine, built from Go modules."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from tools import gobuild
from tools.engine.pins import CLI, HOST, KIT, Binaries


def _binaries(folder: Path) -> Binaries:
    origin = f"built from Go modules ({CLI.version}) in {folder}"
    return Binaries(cli=folder / CLI.folder, host=folder / HOST.folder, origin=origin)


def cached(cache: Path | None = None) -> Binaries | None:
    """The engine that an earlier call built, or None."""
    folder = gobuild.cached(KIT, cache)
    return _binaries(folder) if folder is not None else None


def build(cache: Path | None = None, *, out: IO[str] | None = None) -> Binaries:
    """The pinned engine, built now unless it is there. Raises BuildError with a sentence that says what to install."""
    return _binaries(gobuild.build(KIT, cache, out=out))
