"""Looks for an installed API server and its store, side by side and of the minor version that is asked for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

VERSION_SECONDS = 30


def minor(text: str) -> tuple[int, int] | None:
    """(1, 36) of "Kubernetes v1.36.3" or "v1.36.3"; None if it is no version."""
    found = re.search(r"v(\d+)\.(\d+)\.\d+", text)
    return (int(found[1]), int(found[2])) if found else None


def installed(version: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The folder with both programs: $KUBEBUILDER_ASSETS, else where PATH has them. None when a build is needed.

    Another minor version is passed over: it may take fields that the example stacks' version does not know.
    """
    given = environment.get("KUBEBUILDER_ASSETS")
    program = shutil.which("kube-apiserver", path=given or environment.get("PATH"))
    if program is None:
        return None
    folder = Path(program).parent
    if not (folder / "etcd").exists():
        return None
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return folder if minor(said.stdout) == minor(version) else None
