"""A warm `oob plan` against merely importing the SDK modules that it touches: whole processes, in turn, medians."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.result import Result

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5
FIXED_SECONDS = 0.5
SECONDS_PER_RESOURCE = 0.004
SDKS = ("pulumi", "pulumi_aws", "pulumi_azure_native", "pulumi_kubernetes", "pulumi_random", "pulumi_tls")

LIST_MODULES = """
import json, sys
from pathlib import Path
from ops.plan import plan
found = plan.of_stack(Path("stacks"), sys.argv[1])
names = [name for name in sys.modules if name.split(".")[0] in sys.argv[2].split(",")]
json.dump({"modules": names, "resources": len(found.resources)}, sys.stdout)
"""

IMPORT_MODULES = """
import gc, importlib, sys
gc.disable()
for name in open(sys.argv[1]).read().split():
    importlib.import_module(name)
"""


def seconds(arguments: list[str]) -> float:
    """How long a whole process takes, in seconds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begin = time.perf_counter()
    subprocess.run(arguments, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def measure(stack: str = "aws-example") -> Iterator[Result]:
    """The bound of the design: import floor + 0.5 s + 4 ms a resource."""
    listing = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, stack, ",".join(SDKS)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(listing.stdout)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("\n".join(found["modules"]))
        names.flush()
        floors: list[float] = []
        plans: list[float] = []
        for _ in range(RUNS):  # in turn, so that a slow moment of the machine meets both
            floors.append(seconds([sys.executable, "-c", IMPORT_MODULES, names.name]))
            plans.append(seconds([str(ROOT / "oob"), "plan", stack, "--json"]))
    floor, plan = statistics.median(floors), statistics.median(plans)
    bound = floor + FIXED_SECONDS + SECONDS_PER_RESOURCE * found["resources"]
    yield Result(
        what=f"oob plan {stack} (whole process, warm, median of {RUNS})",
        value=plan,
        bound=bound,
        unit="s",
        detail=(
            f"= import of {len(found['modules'])} SDK modules {floor:.2f} s + {FIXED_SECONDS} s "
            f"+ 4 ms x {found['resources']} resources"
        ),
    )
