"""The scheduled checks that people copy: commands that exist, shell that ShellCheck accepts, nothing by a movable tag.

Not proved: that GitHub and GitLab run them; neither is here.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.cli import app
from tests.support.plans import ROOT

TEMPLATES = sorted((ROOT / "docs" / "ci").glob("*.yml"))


def scripts(path: Path) -> list[str]:
    document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    if "jobs" in document:
        return [step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step]
    return ["\n".join(job["script"]) for job in document.values()]


def test_there_is_one_for_each_system() -> None:
    assert [path.name for path in TEMPLATES] == ["github-isolation.yml", "gitlab-isolation.yml"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_the_commands_exist_and_look_at_both(path: Path) -> None:
    text = "\n".join(scripts(path))
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert set(re.findall(r"\./oob ([a-z]+)", text)) <= known
    assert "--live" in text
    assert "exit 1" in text, "a check that found something is red"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_the_shell_in_them_is_sound(path: Path, tmp_path: Path) -> None:
    for number, script in enumerate(scripts(path)):
        file = tmp_path / f"{number}.sh"
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        shellcheck = Path(sys.executable).with_name("shellcheck")
        done = subprocess.run([str(shellcheck), "-S", "warning", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_is_used_by_a_tag_that_can_be_moved(path: Path) -> None:
    for used in re.findall(r"uses: (\S+)|^\s+image: (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        name = "".join(used)
        assert re.search(r"@(REPLACE_WITH_\w+|[0-9a-f]{40})$|^\$OOB_IMAGE$", name), name
