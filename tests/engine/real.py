"""The real program with a real example stack: what its folder needs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import yaml

from tests.engine.workshop import ROOT

EXAMPLE_PASSPHRASE = "example"  # the public one that the example stack files name in a comment
KEY = "oob:stack"


def example(cloud: str, kind: str) -> str:
    """The name of a cloud's example stack: `live` or `drill`."""
    return f"{cloud}-example" if kind == "live" else f"{cloud}-{kind}-example"


def prepare(stack: str, additions: Mapping[str, object]) -> Callable[[Path], None]:
    """Fills a folder with the program, the command line and one stack file, with these blocks added to its settings."""

    def fill(project: Path) -> None:
        for name in ("components", "ops"):
            shutil.copytree(ROOT / name, project / name)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, project / name)
        (project / ".venv").symlink_to(sys.prefix)  # where Pulumi.yaml tells the language host to look for Python
        (project / "stacks").mkdir()
        for path in (ROOT / "stacks").glob("roster*.yaml"):
            shutil.copy(path, project / "stacks")
        shutil.copy(ROOT / "stacks" / f"Pulumi.{stack}.yaml", project / "stacks")
        change(project, stack, additions)

    return fill


def change(project: Path, stack: str, changes: Mapping[str, object]) -> None:
    """Gives some top-level settings of the stack file new values, as a person would in an editor."""
    path = _path(project, stack)
    file = _read(path)
    cast("dict[str, object]", file["config"][KEY]).update(changes)
    path.write_text(yaml.safe_dump(file, sort_keys=False), encoding="utf-8")


def secret_keys(project: Path, stack: str) -> list[str]:
    """The secrets that this stack needs: those in its file, and the mail server's password where there is one."""
    config = _read(_path(project, stack))["config"]
    mail = ["oob:smtpPassword"] if "smtp" in cast("dict[str, object]", config[KEY]) else []
    return sorted({key for key, value in config.items() if isinstance(value, dict) and "secure" in value} | set(mail))


def _path(project: Path, stack: str) -> Path:
    return project / "stacks" / f"Pulumi.{stack}.yaml"


def _read(path: Path) -> dict[str, dict[str, object]]:
    return cast("dict[str, dict[str, object]]", yaml.safe_load(path.read_text(encoding="utf-8")))
