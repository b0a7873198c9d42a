"""Address ranges: of the right form and size, apart from the primary's and from each other, and able to match."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING

from components.faults import Fault
from components.networks import PRIVATE_V4, AnyNetwork, is_private, overlaps, within
from components.salvage import numbered, readable

if TYPE_CHECKING:
    from components.clouds.azure.settings import Settings
    from components.settings import Stack

# path, widest and narrowest prefix. Below /20 the subnets of addresses.py no longer fit; pods take a /24 for each node.
NETWORK = ("azure.network.cidr", 16, 20)
SERVICES = ("azure.cluster.serviceCidr", 12, 24)
PODS = ("azure.cluster.podCidr", 10, 18)
_PRIVATE = "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"


def given(settings: Settings) -> list[tuple[tuple[str, int, int], AnyNetwork]]:
    """The three ranges, as far as they can be read."""
    found = readable(
        (NETWORK[0], lambda: settings.network.cidr),
        (SERVICES[0], lambda: settings.cluster.service_cidr),
        (PODS[0], lambda: settings.cluster.pod_cidr),
    )
    limits = {limit[0]: limit for limit in (NETWORK, SERVICES, PODS)}
    return [(limits[path], cidr) for path, cidr in found]


def range_forms(settings: Settings) -> Iterator[Fault]:
    for (path, widest, narrowest), cidr in given(settings):
        if not isinstance(cidr, IPv4Network):
            yield Fault(path, f"'{cidr}' is IPv6, which this network does without", "give an IPv4 network")
        elif not widest <= cidr.prefixlen <= narrowest:
            size = "wide" if cidr.prefixlen < widest else "narrow"
            yield Fault(path, f"'{cidr}' is too {size}", f"give one from /{widest} to /{narrowest}")
        elif not any(within(cidr, private) for private in PRIVATE_V4):
            yield Fault(path, f"'{cidr}' is not private", f"give one within {_PRIVATE}")


def ranges_from_each_other(settings: Settings) -> Iterator[Fault]:
    for ((first, _, _), one), ((second, _, _), other) in combinations(given(settings), 2):
        if overlaps(one, other):
            yield Fault(second, f"'{other}' overlaps {first} '{one}'", "choose a range of its own")


def ranges_apart(settings: Settings, stack: Stack) -> Iterator[Fault]:
    for (path, _, _), cidr in given(settings):
        for index, other in numbered(stack.primary.cidrs):
            if overlaps(cidr, other) and other.prefixlen > 0:
                yield Fault(
                    path, f"'{cidr}' overlaps '{other}' (primary.cidrs[{index}])", "choose a range that the primary does not use"
                )


def reachable_list(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """An entry that can never match would leave people outside on the day."""
    del settings
    for index, network in numbered(stack.access.allowed_cidrs):
        path = f"access.allowedCidrs[{index}]"
        if not isinstance(network, IPv4Network):
            yield Fault(path, f"'{network}' is IPv6, which the application gateway does not serve here", "list IPv4 networks")
        elif is_private(network):
            yield Fault(
                path, f"'{network}' is private and never reaches a gateway that faces the internet", "list public addresses"
            )


OWN = (range_forms, ranges_from_each_other)
ACROSS = (ranges_apart, reachable_list)
