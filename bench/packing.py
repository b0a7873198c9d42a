"""What the policy pack adds to `oob plan`: its processor time and that of all the rest, taken in one and the same process.

The pack is what would not run without it: reading the rules, and judging the plan by them. Two processes, one with and one
without, differ by more than that on a busy machine. The isolation report is no part of the pack and runs before it, so what
both ask for is counted as the report's.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.planning import told
from bench.result import Result
from components import clouds

RUNS = 7
SHARE = 0.10

PLAN = """
import gc, json, sys, time
gc.disable()  # as ./oob does
from pathlib import Path
import components.settings, ops.isolation.report, ops.plan.recorder
begin = time.process_time()
from ops.plan import policy
pack = time.process_time() - begin
from ops.plan import plan
judge = policy.judge
def timed(recording, stack):
    global pack
    begin = time.process_time()
    verdict = judge(recording, stack)
    pack += time.process_time() - begin
    return verdict
policy.judge = timed
found = plan.of_stack(Path("stacks"), sys.argv[1])
plan.as_text(found)
json.dump({"pack": pack, "whole": time.process_time(), "judged": len(found.recording.resources)}, sys.stdout)
"""


def measure() -> Iterator[Result]:
    """The example stack of every cloud, one after the other."""
    for cloud in clouds.available():
        yield measure_stack(f"{cloud}-example")


def measure_stack(stack: str) -> Result:
    """The pack's processor time against that of a plan without it, which may be a tenth."""
    runs = [_run(stack) for _ in range(RUNS)]
    pack, rest, judged = sorted(runs, key=lambda one: one[0] / one[1])[RUNS // 2]
    return Result(
        what=f"the policy pack's share of oob plan {stack} (in one process, warm, median of {RUNS}, processor time)",
        value=100 * pack / rest,
        bound=100 * SHARE,
        unit="%",
        detail=f"= {pack:.2f} s for rules read and {judged} resources judged over {rest:.2f} s for all the rest",
    )


def _run(stack: str) -> tuple[float, float, int]:
    found: dict[str, float] = told(PLAN, stack)
    return found["pack"], found["whole"] - found["pack"], int(found["judged"])
