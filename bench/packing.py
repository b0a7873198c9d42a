"""What the policy pack adds to `oob plan`: whole processes with and without its rules, in turn, the least of each.

Without means: no rule is imported and nothing is judged. The isolation report runs on both sides: it is no part of
the pack.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.planning import seconds
from bench.result import Result
from components import clouds

RUNS = 5
SHARE = 0.10

PLAN = """
import sys, types
from pathlib import Path
if sys.argv[2] == "without":
    none = types.ModuleType("policies.rules")
    none.NAMES, none.RESOURCE_RULES, none.STACK_RULES = frozenset(), (), ()
    sys.modules["policies.rules"] = none
from ops.plan import plan, policy
if sys.argv[2] == "without":
    policy.judge = lambda recording, stack: policy.Verdict()
found = plan.of_stack(Path("stacks"), sys.argv[1])
sys.stdout.write(plan.as_text(found))
"""


def measure() -> Iterator[Result]:
    """The example stack of every cloud, one after the other."""
    for cloud in clouds.available():
        yield measure_stack(f"{cloud}-example")


def measure_stack(stack: str) -> Result:
    """Processor time of a plan with the pack against one without, which may be a tenth less."""
    with_pack: list[float] = []
    without: list[float] = []
    for _ in range(RUNS):  # in turn, so that a slow moment of the machine meets both
        without.append(seconds([sys.executable, "-c", PLAN, stack, "without"]))
        with_pack.append(seconds([sys.executable, "-c", PLAN, stack, "with"]))
    return Result(
        what=f"the policy pack's share of oob plan {stack} (whole processes, warm, least of {RUNS}, processor time)",
        value=100 * (min(with_pack) / min(without) - 1),
        bound=100 * SHARE,
        unit="%",
        detail=f"= {min(with_pack):.2f} s with the pack over {min(without):.2f} s without",
    )
