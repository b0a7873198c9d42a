"""Failover arithmetic as plain values: what each term is, so that a person can check the sum (OOB-107)."""

from __future__ import annotations

from dataclasses import dataclass

PROPAGATION_MEAN = 5.5  # seconds on a name service's data plane, assumed 1 to 10
PROPAGATION_WORST = 10.0
NOT_INCLUDED = (
    "the time people take to decide and to set the latch",
    "resolvers that ignore or lengthen the TTL, and caches of browsers and operating systems",
    "WebSockets already open, which stay where they are until that side closes them",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailoverTiming:
    """Seconds from the latch being set (or the endpoint failing) until resolvers that obey the TTL have moved."""

    expected_seconds: float
    worst_seconds: float
    authoritative_worst_seconds: float
    terms: dict[str, float]
    formula: str
    not_included: tuple[str, ...] = ()
