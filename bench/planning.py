"""A warm `oob plan` against merely importing the SDK modules that it touches: whole processes, in turn, the least of each.

Processor time, not the clock: other work on the machine then slows neither side by waiting.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.result import Result
from components import clouds

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7
FIXED_SECONDS = 0.5
SECONDS_PER_RESOURCE = 0.004
SDKS = ("pulumi", "pulumi_aws", "pulumi_azure_native", "pulumi_azuread", "pulumi_kubernetes", "pulumi_random", "pulumi_tls")

LIST_MODULES = """
import importlib.util, json, sys
from pathlib import Path
from ops.plan import plan
found = plan.of_stack(Path("stacks"), sys.argv[1])
lazy = importlib.util._LazyModule  # registered, but never looked into
read = [name for name, module in sys.modules.items() if type(module) is not lazy]
names = [name for name in read if name.split(".")[0] in sys.argv[2].split(",") or sys.argv[2] == "all"]
json.dump({"modules": names, "resources": len(found.resources)}, sys.stdout)
"""

IMPORT_MODULES = """
import gc, importlib, sys
gc.disable()
for name in open(sys.argv[1]).read().split():
    importlib.import_module(name).__doc__  # a lazy module is read at the first look
gc.freeze()
"""


def told(script: str, *arguments: str) -> Any:
    """What a script prints as JSON, run in a Python process of its own."""
    command = [sys.executable, "-c", script, *arguments]
    return json.loads(subprocess.run(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, check=True, text=True).stdout)


def seconds(arguments: list[str]) -> float:
    """Processor time of a whole process and its children, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def measure() -> Iterator[Result]:
    """The example stack of every cloud, one after the other."""
    for cloud in clouds.available():
        yield from measure_stack(f"{cloud}-example")


def measure_stack(stack: str) -> Iterator[Result]:
    """The bound of the design: import floor + 0.5 s + 4 ms a resource."""
    found = told(LIST_MODULES, stack, ",".join(SDKS))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("\n".join(found["modules"]))
        names.flush()
        floors: list[float] = []
        plans: list[float] = []
        for _ in range(RUNS):  # in turn, so that a slow moment of the machine meets both
            floors.append(seconds([sys.executable, "-c", IMPORT_MODULES, names.name]))
            plans.append(seconds([str(ROOT / "oob"), "plan", stack, "--json"]))
    floor, plan = min(floors), min(plans)
    bound = floor + FIXED_SECONDS + SECONDS_PER_RESOURCE * found["resources"]
    yield Result(
        what=f"oob plan {stack} (whole process, warm, least of {RUNS}, processor time)",
        value=plan,
        bound=bound,
        unit="s",
        detail=(
            f"= import of {len(found['modules'])} SDK modules {floor:.2f} s + {FIXED_SECONDS} s "
            f"+ 4 ms x {found['resources']} resources"
        ),
    )
