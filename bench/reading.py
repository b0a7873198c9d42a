"""Reading a stack file: what importing the settings costs over what they are built on, and how reading grows with a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from bench.planning import seconds
from bench.result import Result
from components.documents import parse

RUNS = 3
SHARE = 2.0
KEYS = 30_000  # just below the largest file that is read
GROWTH = 2.5  # twice the keys in about twice the time


def measure() -> Iterator[Result]:
    """Both as ratios of processor time, the least of some runs in turn."""
    base: list[float] = []
    own: list[float] = []
    half: list[float] = []
    whole: list[float] = []
    for _ in range(RUNS):
        base.append(seconds([sys.executable, "-c", "import pulumi, pydantic, yaml"]))
        own.append(seconds([sys.executable, "-c", "import components.settings"]))
        half.append(reading(KEYS // 2))
        whole.append(reading(KEYS))
    yield Result(
        what="importing components.settings against importing pulumi, pydantic and yaml",
        value=min(own) / min(base),
        bound=SHARE,
        unit="times",
        detail=f"= {min(own):.2f} s over {min(base):.2f} s",
    )
    yield Result(
        what=f"reading a file of {KEYS} keys against {KEYS // 2}",
        value=min(whole) / min(half),
        bound=GROWTH,
        unit="times",
        detail="2.00 is linear growth",
    )


def reading(keys: int) -> float:
    """Processor time of reading a file of so many keys, in seconds."""
    text = "\n".join(f"key{index}: [1, 2, {{a: b}}]" for index in range(keys))
    begin = time.process_time()
    parse(text)
    return time.process_time() - begin
