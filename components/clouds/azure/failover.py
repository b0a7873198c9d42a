"""Traffic Manager's failover arithmetic: plain numbers, no SDK."""

from __future__ import annotations

from components.sections import Dns
from components.timing import NOT_INCLUDED, PROPAGATION_MEAN, PROPAGATION_WORST, FailoverTiming

TIMEOUTS = {10: 9, 30: 10}  # seconds that a probe waits: the longest that each interval allows
LEAST_FAILURES, MOST_FAILURES = 1, 10  # that many failed probes in a row; the service counts those tolerated, 0 to 9


def tolerated(dns: Dns) -> int:
    """Failures that the profile tolerates: the next one makes an endpoint Degraded."""
    return dns.failure_threshold - 1


def timing(dns: Dns) -> FailoverTiming:
    """Seconds from the moment the watched object or endpoint changes until resolvers that obey the TTL have moved."""
    interval, failures, ttl = float(dns.interval_seconds), tolerated(dns), float(dns.ttl_seconds)
    timeout = float(TIMEOUTS[dns.interval_seconds])
    expected = interval / 2 + failures * interval + timeout + PROPAGATION_MEAN + ttl / 2
    authoritative = interval + failures * interval + timeout + PROPAGATION_WORST
    return FailoverTiming(
        expected_seconds=round(expected, 1),
        worst_seconds=round(authoritative + ttl, 1),
        authoritative_worst_seconds=round(authoritative, 1),
        terms={
            "interval": interval,
            "toleratedFailures": float(failures),
            "probeTimeout": timeout,
            "propagationMean": PROPAGATION_MEAN,
            "propagationWorst": PROPAGATION_WORST,
            "ttl": ttl,
        },
        formula=f"I + N*I + t + 10 + TTL = {interval:g} + {failures}*{interval:g} + {timeout:g} + 10 + {ttl:g}",
        not_included=NOT_INCLUDED,
    )
