"""Results are written whole or not at all. A full disk is shown by the device that always is; a real one is not filled."""

from __future__ import annotations

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
