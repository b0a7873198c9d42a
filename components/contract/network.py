"""What may leave the network, and which address ranges the platform must know."""

from __future__ import annotations

from dataclasses import dataclass

from components.contract.environment import FLOW_LOG_DAYS
from components.sections import Egress, Images


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSpec:
    """What may leave the network. `images` says from where images come, `hosts` which names must be found in any mode."""

    egress: Egress
    images: Images
    hosts: tuple[str, ...] = ()
    flow_log_days: int = FLOW_LOG_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOutputs:
    """Address ranges that the platform's network policies need. Plain text CIDRs: decided before anything exists.

    `edge_cidrs` is where the edge's connections come from; `application_cidrs` holds the nodes and the private endpoints of
    other services; `database_cidrs` the database. `service_cidrs` is where every service of the cloud that pods call over HTTPS
    answers inside, so that no public address need be open to them; None where one of them answers at public addresses only.
    """

    cidr: str
    edge_cidrs: tuple[str, ...]
    application_cidrs: tuple[str, ...]
    database_cidrs: tuple[str, ...]
    service_cidrs: tuple[str, ...] | None = None
