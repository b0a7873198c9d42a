"""The launcher: an old Python, an interrupted set-up, a changed lock, a broken environment.

Uses stand-ins for `python3` and `uv`, so it does not prove that the packages install; a fresh clone does (.ci/run).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the launcher, a lock, and a program that only says it ran."""
    shutil.copy(ROOT / "oob", tmp_path / "oob")
    (tmp_path / "uv.lock").write_text("one\n")
    for folder in ("components", "ops", "policies"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ops" / "__main__.py").write_text("import sys\nprint('ran', *sys.argv[1:])\n")
    (tmp_path / "bin").mkdir()
    return tmp_path


def stand_in(checkout: Path, name: str, script: str) -> None:
    path = checkout / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def uv_stand_in(checkout: Path, *, succeeds: bool = True) -> None:
    """Counts its calls and links an environment's interpreter, as a real `uv sync` leaves one."""
    link = f'mkdir -p "$UV_PROJECT_ENVIRONMENT/bin" && ln -sf {sys.executable} "$UV_PROJECT_ENVIRONMENT/bin/python"'
    stand_in(checkout, "uv", f'echo call >> "{checkout}/calls"\n{link if succeeds else "echo no space left >&2; exit 1"}')


def call(checkout: Path, *arguments: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{checkout / 'bin'}:/usr/bin:/bin", "HOME": str(checkout), "OOB_PYTHON": python}
    return subprocess.run(
        [str(checkout / "oob"), *arguments], env=environment, capture_output=True, text=True, check=False, cwd="/"
    )


def calls(checkout: Path) -> int:
    path = checkout / "calls"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_the_first_call_sets_up_and_later_calls_start_at_once(checkout: Path) -> None:
    uv_stand_in(checkout)
    first = call(checkout, "plan", "x y")
    assert (first.returncode, first.stdout) == (0, "ran plan x y\n")
    assert "setting up .venv" in first.stderr
    second = call(checkout, "plan")
    assert (second.stdout, second.stderr, calls(checkout)) == ("ran plan\n", "", 1)


def test_a_changed_lock_sets_up_again(checkout: Path) -> None:
    uv_stand_in(checkout)
    call(checkout)
    (checkout / "uv.lock").write_text("two\n")
    assert call(checkout).returncode == 0
    assert calls(checkout) == 2


def test_a_failed_set_up_says_so_and_is_taken_up_again(checkout: Path) -> None:
    uv_stand_in(checkout, succeeds=False)
    failed = call(checkout)
    assert failed.returncode == 3
    assert "could not install the packages" in failed.stderr
    uv_stand_in(checkout)
    assert call(checkout).returncode == 0


def test_an_environment_whose_interpreter_is_gone_is_made_anew(checkout: Path) -> None:
    uv_stand_in(checkout)
    call(checkout)
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent/python")
    again = call(checkout)
    assert again.returncode == 0
    assert "making it anew" in again.stderr


def test_an_older_python_gets_a_clear_sentence(checkout: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        stand_in(checkout, name, 'case "$1" in --version) echo "Python 3.8.2";; *) exit 1;; esac')
    found = call(checkout, python="python3")
    assert found.returncode == 3
    assert "needs Python 3.11 or newer, and found Python 3.8.2" in found.stderr
    assert not (checkout / ".venv").exists()


def test_no_python_at_all_gets_the_same_sentence(checkout: Path) -> None:
    for name in ("sh", "dirname", "cmp", "cat", "mkdir", "rm"):
        (checkout / "bin" / name).symlink_to(shutil.which(name) or name)
    environment = {"PATH": str(checkout / "bin")}
    found = subprocess.run([str(checkout / "oob")], env=environment, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (3, "")
    assert found.stderr == "oob: needs Python 3.11 or newer, and found none; install one, or name it in OOB_PYTHON\n"


def test_two_first_calls_at_once_set_up_once(checkout: Path) -> None:
    uv_stand_in(checkout)
    script = (checkout / "bin" / "uv").read_text()
    (checkout / "bin" / "uv").write_text(script.replace("#!/bin/sh\n", "#!/bin/sh\nsleep 1\n"))
    with ThreadPoolExecutor() as pool:
        both = [asked.result() for asked in (pool.submit(call, checkout, "plan"), pool.submit(call, checkout, "plan"))]
    assert [found.returncode for found in both] == [0, 0]
    assert calls(checkout) == 1
    assert sum("another call is setting up" in found.stderr for found in both) == 1
    assert not (checkout / ".venv.setting-up").exists()


def test_what_a_killed_set_up_left_behind_is_taken_over(checkout: Path) -> None:
    uv_stand_in(checkout)
    (checkout / ".venv.setting-up").mkdir()
    gone = subprocess.Popen(["true"])
    gone.wait()
    (checkout / ".venv.setting-up" / "pid").write_text(f"{gone.pid}\n")
    assert call(checkout).returncode == 0


def test_the_launcher_is_plain_shell() -> None:
    assert subprocess.run(["sh", "-n", str(ROOT / "oob")], check=False).returncode == 0
    assert os.access(ROOT / "oob", os.X_OK)
