"""The failover arithmetic against a table of worked examples (OOB-36).

Its worst column is the formula's; its p50 comes from a simulation, so the mean is compared with the formula and lies near it.
Not proved: that resolvers obey the TTL, or that the service keeps the figures it states.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.clouds.aws import failover
from components.sections import Dns

# interval, threshold, cost of a probe, TTL: p50, worst, p99 at the authoritative servers
TABLE = [
    (30, 3, 0, 60, 120, 160, 98),
    (30, 3, 6, 60, 138, 178, 116),
    (10, 3, 0, 60, 64, 100, 39),
    (10, 3, 6, 60, 82, 118, 57),
    (10, 1, 6, 60, 50, 86, 25),
    (10, 3, 6, 30, 67, 88, 57),
]


def dns(interval: int, threshold: int, ttl: int) -> Dns:
    return Dns.model_validate({"intervalSeconds": interval, "failureThreshold": threshold, "ttlSeconds": ttl})


@pytest.mark.parametrize(("interval", "threshold", "cost", "ttl", "p50", "worst", "authoritative"), TABLE)
def test_the_table_of_the_reference_is_met(
    interval: int, threshold: int, cost: int, ttl: int, p50: float, worst: float, authoritative: float
) -> None:
    found = failover.timing(dns(interval, threshold, ttl), float(cost))
    assert found.worst_seconds == worst
    mean = 0.82 * interval + (threshold - 1) * (interval + cost) + cost + 5.5 + ttl / 2
    assert found.expected_seconds == pytest.approx(mean, abs=0.05)
    assert found.expected_seconds == pytest.approx(p50, abs=2.5), "mean and median of a nearly even spread lie close"
    assert found.authoritative_worst_seconds == worst - ttl
    assert 0 <= found.authoritative_worst_seconds - authoritative <= 3, "the worst case lies just above the 99th percentile"


def test_the_default_settings_keep_the_default_promise() -> None:
    assert failover.timing(Dns()).worst_seconds == 118
    assert failover.timing(Dns()).worst_seconds <= Dns().target_seconds


def test_the_printed_formula_adds_up_to_the_worst_case() -> None:
    found = failover.timing(dns(30, 5, 45))
    left, right = found.formula.split(" = ")
    assert left == "I + (F-1)(I+c) + c + 10 + TTL"
    assert eval(right, {}) == found.worst_seconds  # noqa: S307 digits and signs of our own


@given(st.sampled_from([10, 30]), st.integers(1, 10), st.integers(1, 60))
def test_slower_settings_are_never_faster(interval: int, threshold: int, ttl: int) -> None:
    here = failover.timing(dns(interval, threshold, ttl))
    assert here.expected_seconds < here.worst_seconds
    assert here.authoritative_worst_seconds + ttl == here.worst_seconds
    if threshold < 10:
        assert failover.timing(dns(interval, threshold + 1, ttl)).worst_seconds > here.worst_seconds
    if ttl < 60:
        assert failover.timing(dns(interval, threshold, ttl + 1)).worst_seconds > here.worst_seconds
    assert failover.timing(dns(30, threshold, ttl)).worst_seconds >= here.worst_seconds
    assert set(here.terms) == {"interval", "failureThreshold", "probeCost", "propagationMean", "propagationWorst", "ttl"}
    assert here.not_included, "what people and resolvers add is said, not hidden"
