"""Route 53's failover arithmetic (OOB-36): plain numbers, no SDK."""

from __future__ import annotations

from components.sections import Dns
from components.timing import NOT_INCLUDED, PROPAGATION_MEAN, PROPAGATION_WORST, FailoverTiming

CHECKER_QUORUM = 0.82  # more than 82 % of uncoordinated checkers must fail before a target is unhealthy
PROBE_COST = 6.0  # seconds that one failing probe takes at a black hole: 4 to connect, 2 for the answer


def timing(dns: Dns, probe_cost: float = PROBE_COST) -> FailoverTiming:
    """Seconds from the moment the watched object or endpoint changes until resolvers that obey the TTL have moved."""
    interval, failures, ttl = float(dns.interval_seconds), dns.failure_threshold, float(dns.ttl_seconds)
    repeated = (failures - 1) * (interval + probe_cost)
    expected = CHECKER_QUORUM * interval + repeated + probe_cost + PROPAGATION_MEAN + ttl / 2
    authoritative = interval + repeated + probe_cost + PROPAGATION_WORST
    return FailoverTiming(
        expected_seconds=round(expected, 1),
        worst_seconds=round(authoritative + ttl, 1),
        authoritative_worst_seconds=round(authoritative, 1),
        terms={
            "interval": interval,
            "failureThreshold": float(failures),
            "probeCost": probe_cost,
            "propagationMean": PROPAGATION_MEAN,
            "propagationWorst": PROPAGATION_WORST,
            "ttl": ttl,
        },
        formula=(
            f"I + (F-1)(I+c) + c + 10 + TTL = {interval:g} + {failures - 1}*({interval:g}+{probe_cost:g}) "
            f"+ {probe_cost:g} + 10 + {ttl:g}"
        ),
        not_included=NOT_INCLUDED,
    )
