"""Looks for an official Pulumi installation: one that brings the Python language host, and not too old."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tools.engine.pins import CLI, HOST, LEAST_OFFICIAL, Binaries

VERSION_SECONDS = 30


def version_of(text: str) -> tuple[int, int, int] | None:
    """The version in what `pulumi version` prints, or None if it is no release."""
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?", text.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def official(path: str | None = None) -> Binaries | None:
    """The installation on `path` (the environment's PATH by default), or None when a build is needed."""
    program = shutil.which(CLI.name, path=path)
    if program is None:
        return None
    folder = Path(program).resolve().parent
    if not (folder / HOST.name).exists():
        return None
    try:
        said = subprocess.run(
            [program, "version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = version_of(said.stdout)
    if version is None or version < LEAST_OFFICIAL:
        return None
    return Binaries(cli=folder, host=folder, origin=f"the official installation {said.stdout.strip()} in {folder}")
