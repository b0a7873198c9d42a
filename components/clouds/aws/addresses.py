"""The address plan of the VPC: which zone gets which subnet (AWS-02, AWS-05 to AWS-07). Pure arithmetic.

The range is cut into four quarters. The first three are the application subnets of zones one to three: EKS gives every pod
an address of its own, so these are as large as possible. The last quarter is cut into eighths: three public ones, for the
load balancer and NAT only, and three for the database. A /16 gives 16,382 usable addresses a zone to pods, a /20 still 1,019.

Nothing depends on how many zones are used, so that going from two zones to three moves no subnet (PREP-75).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.clouds.aws.identifiers import zone_letters
from components.contract import Unsupported

MOST_ZONES = 3
PUBLIC_BITS = 5  # an eighth of a quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One availability zone with its three subnets."""

    name: str
    public: IPv4Network
    application: IPv4Network
    database: IPv4Network


def plan(cidr: IPv4Network, region: str, zones: int) -> tuple[Zone, ...]:
    """The first `zones` zones of a region with their subnets. Unsupported if the region has fewer."""
    letters = zone_letters(region)
    if not 1 <= zones <= MOST_ZONES:
        raise ValueError(f"{zones} zones are not between 1 and {MOST_ZONES}")
    if zones > len(letters):
        offered = len(letters)
        raise Unsupported("network", "aws", f"{region} offers {offered} zones to an account; set aws.network.zones to {offered}")
    quarters = tuple(cidr.subnets(prefixlen_diff=2))
    eighths = tuple(quarters[MOST_ZONES].subnets(prefixlen_diff=PUBLIC_BITS - 2))
    return tuple(
        Zone(
            name=f"{region}{letters[index]}",
            application=quarters[index],
            public=eighths[index],
            database=eighths[MOST_ZONES + index],
        )
        for index in range(zones)
    )
