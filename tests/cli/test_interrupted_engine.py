"""Ctrl-C during `up` where the CLI is a stand-in that does not mind it: what the wrapper alone answers for.

What the real engine does with the signal is in tests/engine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30
# Each operation notes that it runs, then ends when it may; signals do not shorten it.
PULUMI = """#!/bin/sh
trap '' INT TERM HUP
wait_for() { while [ ! -e "$HERE/$1" ]; do sleep 0.05; done; }
case "$1" in
    whoami) echo '{"url": "s3://somewhere"}';;
    stack) touch "$HERE/looks-$(ls "$HERE" | grep -c looks)"; [ ! -e "$HERE/up" ] || wait_for "looked"; echo '{}';;
    preview) touch "$HERE/preview"; wait_for "preview-may-end";;
    up) touch "$HERE/up"; echo begun; wait_for "up-may-end"; cat "$HERE/said" || touch "$HERE/cut-off"; exit 1;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: oob\n", encoding="utf-8")
    (tmp_path / "pulumi").write_text(PULUMI, encoding="utf-8")
    (tmp_path / "pulumi").chmod(0o755)
    (tmp_path / "said").write_text("end\n", encoding="utf-8")
    return tmp_path


def begun(project: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engine.driver", "up", str(project), "trial", "--yes", "--unchecked"],
        cwd=ROOT,
        env={**os.environ, "OOB_TEST_PULUMI": str(project / "pulumi"), "HERE": str(project)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for(path: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not path.exists():
        assert time.monotonic() < end, f"waited in vain for {path.name}"
        time.sleep(0.02)


def test_a_preview_that_ends_well_all_the_same_is_not_gone_on_from(project: Path) -> None:
    run = begun(project)
    wait_for(project / "preview")
    run.send_signal(signal.SIGINT)
    (project / "preview-may-end").touch()
    _, errors = run.communicate(timeout=PATIENCE_SECONDS)
    assert (run.returncode, b"before anything was changed" in errors) == (130, True), errors
    assert not (project / "up").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_more_signals_do_not_stop_the_look_for_what_was_left_unfinished(project: Path, number: signal.Signals) -> None:
    (project / "preview-may-end").touch()
    run = begun(project)
    wait_for(project / "up")
    run.send_signal(number)
    (project / "up-may-end").touch()
    wait_for(project / "looks-1")
    run.send_signal(number)
    (project / "looked").touch()
    _, errors = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 130
    assert b"finished and recorded" in errors
    assert b"still looking" in errors


def test_a_reader_that_goes_away_does_not_end_the_engine(project: Path) -> None:
    (project / "preview-may-end").touch()
    run = begun(project)
    wait_for(project / "up")
    assert run.stdout is not None
    run.stdout.close()  # `./oob up STACK | tee LOG`: the same Ctrl-C ends tee
    run.send_signal(signal.SIGINT)
    (project / "up-may-end").touch()
    (project / "looked").touch()
    assert run.wait(timeout=PATIENCE_SECONDS) == 130
    assert not (project / "cut-off").exists(), "a broken pipe would have ended it"


def test_everything_that_the_engine_says_is_passed_on(project: Path) -> None:
    for name in ("preview-may-end", "up-may-end", "looked"):
        (project / name).touch()
    said = "much\n" * 500_000  # more than a pipe holds, and than is passed on at a time
    (project / "said").write_text(said, encoding="utf-8")
    output, _ = begun(project).communicate(timeout=PATIENCE_SECONDS)
    assert output.decode() == f"begun\n{said}"
