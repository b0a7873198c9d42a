"""What a test asks of the stand-ins: be slow, fail, or hang at a given resource. Read anew at each operation."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Operation = Literal["create", "update", "delete", "read"]
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """At `operation` on resources whose type or logical name is `match`: wait `seconds`, then fail with `error`.

    `hang` waits until the orders change. `times` limits how often `error` applies; 0 means always.
    """

    operation: Operation
    match: str
    seconds: float = 0
    error: str = ""
    hang: bool = False
    times: int = 0


class OrderedError(Exception):
    """A stand-in was ordered to fail; the text is the provider's error."""


def give(path: Path, orders: Iterable[Order]) -> None:
    """Replaces all orders, in one step."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([asdict(order) for order in orders]), encoding="utf-8")
    fresh.replace(path)


class Orders:
    """The stand-ins' side."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._used: Counter[Order] = Counter()
        self._lock = threading.Lock()

    def current(self) -> list[Order]:
        """The orders as they stand now."""
        try:
            return [Order(**line) for line in json.loads(self._path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []

    def obey(self, operation: Operation, type_: str, name: str) -> None:
        """Waits or raises OrderedError as ordered."""
        for order in self.current():
            if order.operation != operation or order.match not in (type_, name):
                continue
            time.sleep(order.seconds)
            while order.hang and order in self.current():
                time.sleep(POLL_SECONDS)
            if order.error and self._applies(order):
                raise OrderedError(order.error)

    def _applies(self, order: Order) -> bool:
        with self._lock:
            self._used[order] += 1
            return order.times == 0 or self._used[order] <= order.times
