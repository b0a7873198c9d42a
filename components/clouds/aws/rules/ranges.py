"""Address ranges: of the right form and size, apart from the primary's, and able to match (AWS-02, AWS-03, OOB-32)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from components.checks import access
from components.faults import Fault
from components.networks import PRIVATE_V4, AnyNetwork, is_private, overlaps, within
from components.salvage import numbered

if TYPE_CHECKING:
    from components.clouds.aws.settings import Settings
    from components.settings import Stack

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html; below /20 three zones no longer fit
WIDEST_VPC, NARROWEST_VPC = 16, 20
# https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
WIDEST_SERVICES, NARROWEST_SERVICES = 12, 24

_PRIVATE = "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"


def vpc_range(settings: Settings) -> Iterator[Fault]:
    cidr = settings.network.cidr
    if not isinstance(cidr, IPv4Network):
        yield Fault("aws.network.cidr", f"'{cidr}' is IPv6, which the VPC does without (AWS-03)", "give an IPv4 network")
    elif not WIDEST_VPC <= cidr.prefixlen <= NARROWEST_VPC:
        why = f"'{cidr}' is too {_wide(cidr, WIDEST_VPC)}"
        yield Fault("aws.network.cidr", why, f"give one from /{WIDEST_VPC} to /{NARROWEST_VPC}")
    elif not any(within(cidr, private) for private in PRIVATE_V4):
        yield Fault("aws.network.cidr", f"'{cidr}' is not private", f"give one within {_PRIVATE}")


def _wide(cidr: AnyNetwork, widest: int) -> str:
    return "wide" if cidr.prefixlen < widest else "narrow"


def vpc_apart(settings: Settings, stack: Stack) -> Iterator[Fault]:
    yield from _apart("aws.network.cidr", settings.network.cidr, stack)


def _apart(path: str, cidr: AnyNetwork, stack: Stack) -> Iterator[Fault]:
    for index, other in numbered(stack.primary.cidrs):
        if overlaps(cidr, other) and other.prefixlen > 0:
            why = f"'{cidr}' overlaps '{other}' (primary.cidrs[{index}])"
            yield Fault(path, why, "choose a range that the primary does not use")


def service_range(settings: Settings) -> Iterator[Fault]:
    cidr, path = settings.cluster.service_cidr, "aws.cluster.serviceCidr"
    if not isinstance(cidr, IPv4Network):
        yield Fault(path, f"'{cidr}' is IPv6, which the VPC does without (AWS-03)", "give an IPv4 network")
    elif not WIDEST_SERVICES <= cidr.prefixlen <= NARROWEST_SERVICES:
        why = f"'{cidr}' is too {_wide(cidr, WIDEST_SERVICES)}"
        yield Fault(path, why, f"give one from /{WIDEST_SERVICES} to /{NARROWEST_SERVICES}")
    elif not any(within(cidr, private) for private in PRIVATE_V4):
        yield Fault(path, f"'{cidr}' is not private", f"give one within {_PRIVATE}")


def services_apart(settings: Settings, stack: Stack) -> Iterator[Fault]:
    path = "aws.cluster.serviceCidr"
    yield from _apart(path, settings.cluster.service_cidr, stack)
    if overlaps(settings.cluster.service_cidr, settings.network.cidr):
        why = f"'{settings.cluster.service_cidr}' overlaps aws.network.cidr '{settings.network.cidr}'"
        yield Fault(path, why, "choose a range outside the VPC")


def endpoint_list(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """OOB-32: opened to real networks only, and not to the primary's."""
    for index, network in numbered(settings.cluster.public_endpoint_cidrs):
        path = f"aws.cluster.publicEndpointCidrs[{index}]"
        if not isinstance(network, IPv4Network):
            yield Fault(path, f"'{network}' is IPv6, which the endpoint does not speak", "list IPv4 networks")
        elif access.is_wide(network):
            yield Fault(path, f"'{network}' opens the cluster's API to the internet", "list real networks, or none")
        elif is_private(network):  # EKS refuses it: https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html
            why = f"'{network}' is private and never reaches an endpoint that faces the internet"
            yield Fault(path, why, "list public addresses, or none: from inside the API always answers")
        else:
            for inner, other in numbered(stack.primary.cidrs):
                if overlaps(network, other):
                    why = f"'{network}' overlaps '{other}' (primary.cidrs[{inner}])"
                    yield Fault(path, why, "list networks that administrators can use when that one is down")


def reachable_list(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """An entry that can never match would leave people outside on the day."""
    for index, network in numbered(stack.access.allowed_cidrs):
        path = f"access.allowedCidrs[{index}]"
        if not isinstance(network, IPv4Network):
            yield Fault(path, f"'{network}' is IPv6, which the load balancer does not speak (AWS-03)", "list IPv4 networks")
        elif is_private(network) and settings.edge.scheme == "internet-facing":
            why = f"'{network}' is private and never reaches a load balancer that faces the internet"
            yield Fault(path, why, "list public addresses, or set aws.edge.scheme: internal")


OWN = (vpc_range, service_range)
ACROSS = (vpc_apart, services_apart, endpoint_list, reachable_list)
