"""Results are written whole or not at all. A full disk is shown by the device that always is; a real one is not filled."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ops.output import NotWritten, write_whole


def test_a_result_replaces_the_old_file_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old")
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"], "no temporary file is left"


@pytest.mark.parametrize(
    ("place", "why"),
    [("missing/plan.json", "No such file"), (".", "directory"), ("/dev/full", "No space left")],
)
def test_a_result_that_cannot_be_written_is_a_sentence(tmp_path: Path, place: str, why: str) -> None:
    with pytest.raises(NotWritten, match=why):
        write_whole(tmp_path / place, "text" * 10_000)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_writing_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old")

    def interrupted(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("plan.json", "old")]


@pytest.mark.parametrize("buffering", [[], ["-u"]], ids=["buffered", "unbuffered"])
def test_a_result_that_ends_in_the_middle_is_never_a_success(tmp_path: Path, buffering: list[str]) -> None:
    """A bound on the size of files takes a part of a write and refuses the next, as a disk does that becomes full."""
    program = "from ops.output import show; show('x' * 100_000)"
    with (tmp_path / "plan.json").open("wb") as place:
        done = subprocess.run(
            [sys.executable, *buffering, "-c", program],
            stdout=place,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        )
    assert done.returncode != 0
    assert "File too large" in done.stderr
