"""Failover arithmetic as plain values: what each term is, so that a person can check the sum (OOB-107)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FailoverTiming:
    """Seconds from the latch being set (or the endpoint failing) until resolvers that obey the TTL have moved."""

    expected_seconds: float
    worst_seconds: float
    authoritative_worst_seconds: float
    terms: dict[str, float]
    formula: str
    not_included: tuple[str, ...] = ()
