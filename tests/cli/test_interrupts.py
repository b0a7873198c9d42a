"""Ctrl-C by itself, in a process of its own. What it does to a plan is in test_plan_command.py, to an `up` in tests/engine."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, sys
from ops import interrupts
interrupts.answer()
try:
    {code}
except KeyboardInterrupt:
    print("told", interrupts.heard(), flush=True)
    interrupts.end()
finally:
    print("never reached", flush=True)
"""
HIT = "os.kill(os.getpid(), signal.SIGINT)"


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (HIT, ""),
        (f"with interrupts.told(): {HIT}", "told True\n"),
        (f"exec('with interrupts.told(): pass'); {HIT}", ""),
        (f"exec('with interrupts.told():\\n with interrupts.told(): pass\\n {HIT}')", "told True\n"),
    ],
    ids=["nothing to put away", "told", "after it", "in the outer of two"],
)
def test_only_code_that_asks_is_told_and_the_process_ends_either_way(code: str, printed: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(code=code)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, printed, "\noob: interrupted\n")


STRUCK = """
import runpy, sys
class Struck:
    def find_spec(self, name, *_):
        if name == {name!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Struck())
runpy.run_module("ops", run_name="__main__")
"""


@pytest.mark.parametrize("name", ["ops.interrupts", "ops.cli", "typer"])
def test_it_is_a_word_and_no_traceback_at_the_first_import_too(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", STRUCK.format(name=name)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\noob: interrupted\n")
