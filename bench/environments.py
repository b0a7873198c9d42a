"""A hundred different environments planned in one process: does the cost per plan or the memory grow?"""

from __future__ import annotations

import copy
import gc
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import yaml

from bench.result import Result
from ops.plan import plan

ROOT = Path(__file__).resolve().parents[1]
STACKS = ROOT / "stacks"
COUNT = 100
WARM = 10
GROWTH = 1.10  # memory after all plans against memory after the first ten: flat within a tenth


def different(number: int, template: dict[str, object]) -> dict[str, object]:
    """The template as another organisation's environment: other names, ranges and sizes."""
    value = copy.deepcopy(template)
    zone = f"oob-{number}.example"
    value["organisation"] = f"org-{number:03d}"
    value["site"] = {"host": f"chat.{zone}", "directHost": f"direct.{zone}", "zone": zone}
    value["size"] = ("large", "medium", "small")[number % 3]  # the largest first: it sets the bound
    block = value["aws"]
    if not isinstance(block, dict):
        raise TypeError("the template's cloud has a block of its own")
    value["aws"] = cast("dict[str, object]", block) | {
        "network": {"cidr": f"10.{64 + number % 64}.0.0/16", "zones": 2 + number % 2}
    }
    return value


def measure() -> Iterator[Result]:
    """Total time against a hundred times the first plan; memory after all against memory after the first ten."""
    template = yaml.safe_load((STACKS / "Pulumi.aws-example.yaml").read_text(encoding="utf-8"))["config"]["oob:stack"]
    first = total = 0.0
    early = 0
    plan.of_stack(STACKS, "aws-example")  # imports the SDK: not part of the plan step
    for number in range(COUNT):
        config = {"oob:stack": json.dumps(different(number, template)), "oob:licence": "x"}
        begin = time.process_time()
        plan.of_config(STACKS, f"environment-{number}", config, ("oob:licence",))
        elapsed = time.process_time() - begin
        total += elapsed
        first = first or elapsed
        gc.collect()
        if number == WARM - 1:
            early = peak_kilobytes()
    yield Result(
        what=f"planning {COUNT} different environments in one process, processor time",
        value=total,
        bound=COUNT * first,
        unit="s",
        detail=f"= {COUNT} x the first plan's {first:.2f} s",
    )
    yield Result(
        what=f"peak memory after {COUNT} plans",
        value=peak_kilobytes() / 1024,
        bound=early / 1024 * GROWTH,
        unit="MiB",
        detail=f"= memory after {WARM} plans + 10 %",
    )


def peak_kilobytes() -> int:
    """The largest resident size of this process so far, in KiB (macOS counts in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
