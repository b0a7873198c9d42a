"""The small program: what its folder needs."""

from __future__ import annotations

import shutil
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent / "programs" / "small"


def prepare(project: Path) -> None:
    """Fills a project folder with the small program."""
    shutil.copytree(PROGRAM, project, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "stacks").mkdir()
