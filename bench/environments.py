"""A hundred different environments planned in one process: does the cost per plan or the memory grow?"""

from __future__ import annotations

import copy
import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import reduce
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from bench.planning import LIST_MODULES, SDKS, told
from bench.result import Result
from components import clouds, settings
from ops import stackfiles
from ops.plan import plan

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
STACKS = ROOT / "stacks"
COUNT = 100
WARM = 10
EVERY = 5
GROWTH = 1.10  # memory after all plans against memory after the first ten: flat within a tenth


def different(number: int, template: Mapping[str, object], cloud: str) -> dict[str, object]:
    """The template as another organisation's environment: other names, ranges and sizes."""
    value = copy.deepcopy(dict(template))
    zone = f"oob-{number}.example"
    value["organisation"] = f"org-{number:03d}"
    value["site"] = {"host": f"chat.{zone}", "directHost": f"direct.{zone}", "zone": zone}
    value["size"] = ("large", "medium", "small")[number % 3]  # the largest first: it sets the bound
    block = value[cloud]
    if not isinstance(block, dict):
        raise TypeError("the template's cloud has a block of its own")
    own = cast("dict[str, object]", block)
    network = cast("dict[str, object]", own["network"])
    value[cloud] = own | {"network": network | {"cidr": f"10.{64 + number % 32}.0.0/16"}}
    return value


def measure() -> Iterator[Result]:
    """Each cloud in a process of its own: memory of one shall not hide in that of another."""
    for cloud in clouds.available():
        yield from _in_fresh_process(measure_cloud, cloud)


def measure_cloud(cloud: str) -> list[Result]:
    """Total time against a hundred times a first plan; memory after all against memory after the first ten.

    A first plan is the first in its process, once all that a plan imports is there: a plan without its imports, as the hundred
    are. It is timed in fresh processes between the others, so that a slow hour of the machine meets both sides.
    """
    modules = told(LIST_MODULES, f"{cloud}-example", "all")["modules"]
    import_all(modules)
    firsts: list[float] = []
    total = 0.0
    early = 0
    for number in range(COUNT):
        if number % EVERY == 0:
            firsts.append(_in_fresh_process(first_plan, cloud, modules))
        total += _plan_step(cloud, number)
        if number == WARM - 1:
            early = peak_kilobytes()
    first = sum(firsts) / len(firsts)
    growth = Result(
        what=f"planning {COUNT} different environments of {cloud} in one process, processor time",
        value=total,
        bound=COUNT * first,
        unit="s",
        detail=f"= {COUNT} x the first plan's {first:.2f} s (mean of {len(firsts)} fresh processes)",
    )
    memory = Result(
        what=f"peak memory after {COUNT} plans of {cloud}",
        value=peak_kilobytes() / 1024,
        bound=early / 1024 * GROWTH,
        unit="MiB",
        detail=f"= memory after {WARM} plans + 10 %",
    )
    return [growth, memory]


def first_plan(cloud: str, modules: Sequence[str]) -> float:
    """Processor seconds of the first plan step in this process."""
    import_all(modules)
    return _plan_step(cloud, 0)


def import_all(modules: Sequence[str]) -> None:
    """Import what a plan imports, and make nothing of it yet."""
    for name in modules:
        top, *rest = name.split(".")
        if top in SDKS:  # their packages are read at the first look into them, from the top
            vars(reduce(lambda module, part: getattr(module, part, module), rest, import_module(top)))
        elif name not in ("__main__", "__mp_main__"):
            with suppress(ModuleNotFoundError):  # of what a compiled module calls itself
                import_module(name)


def _plan_step(cloud: str, number: int) -> float:
    template = cast("dict[str, object]", stackfiles.read(STACKS, f"{cloud}-example").config[settings.KEY])
    config = {settings.KEY: json.dumps(different(number, template, cloud)), "oob:licence": "x"}
    begin = time.process_time()
    plan.of_config(STACKS, f"environment-{number}", config, ("oob:licence",))
    gc.collect()  # what a plan leaves behind is part of its cost
    return time.process_time() - begin


def _in_fresh_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *args, **kwargs).result()


def peak_kilobytes() -> int:
    """The largest resident size of this process so far, in KiB.

    Linux: of the program that runs now; `getrusage` also counts the parent's, which the process was before. macOS counts bytes.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
