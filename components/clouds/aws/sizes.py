"""What small, medium and large mean on AWS: one frozen table that every role here reads (OOB-45, OOB-60, AWS-48, AWS-56)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.sections import Size

REQUESTS_PER_PERSON = 300  # in five minutes: the first page without a cache takes about 150, the rest is for work


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """One size. Node counts are for the whole cluster; `per_zone` spreads them over groups of one zone each."""

    users: int
    nat_per_zone: bool  # one NAT gateway is a single zone's fate; 50 people accept that, an organisation does not (AWS-08)
    node_type: str  # x86 (AWS-56)
    nodes_min: int
    nodes_desired: int
    nodes_max: int  # above the minimum, so that the autoscaler has room (OOB-60)
    node_volume_gib: int  # data volume, at least 30 (AWS-58)
    bastion_type: str
    database_class: str  # AWS-48
    database_readers: int  # at least one, in another zone than the writer (OOB-64, AWS-49)
    database_storage: str  # aurora-iopt1: no charge per request, storage and instances cost more (AWS-47)
    max_connections: int  # above replicas times pool, also while two generations of servers overlap (PREP-104)
    work_mem_kilobytes: int  # a sort or a hash may take as much, several times in one query (PREP-104)


SIZES: Mapping[Size, Sizing] = MappingProxyType(
    {
        Size.SMALL: Sizing(
            users=50,
            nat_per_zone=False,
            node_type="t3.large",
            nodes_min=2,
            nodes_desired=2,
            nodes_max=4,
            node_volume_gib=50,
            bastion_type="t3.micro",
            # Burstable: idle nearly always, which is what an out-of-band system of 50 people is.
            database_class="db.t4g.medium",
            database_readers=1,
            database_storage="aurora-iopt1",
            max_connections=250,
            work_mem_kilobytes=4096,
        ),
        Size.MEDIUM: Sizing(
            users=500,
            nat_per_zone=True,
            node_type="m6i.large",
            nodes_min=3,
            nodes_desired=3,
            nodes_max=6,
            node_volume_gib=80,
            bastion_type="t3.micro",
            database_class="db.r6i.large",
            database_readers=1,
            database_storage="aurora-iopt1",
            max_connections=1000,
            work_mem_kilobytes=8192,
        ),
        Size.LARGE: Sizing(
            users=5000,
            nat_per_zone=True,
            node_type="m6i.xlarge",
            nodes_min=4,
            nodes_desired=4,
            nodes_max=9,
            node_volume_gib=100,
            bastion_type="t3.micro",
            database_class="db.r6i.xlarge",
            database_readers=2,
            database_storage="aurora-iopt1",
            max_connections=2500,
            work_mem_kilobytes=16384,
        ),
    }
)


def requests_per_address(size: Size, asked: int | None) -> int:
    """What one address may ask for in five minutes: what the stack says, or enough for all people of the size behind it."""
    return REQUESTS_PER_PERSON * SIZES[size].users if asked is None else asked


def per_zone(count: int, zones: int) -> int:
    """`count` nodes spread over groups of one zone each: rounded up, so that no zone stays empty."""
    return -(-count // zones)
