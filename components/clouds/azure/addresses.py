"""How the network is cut into subnets, and which addresses are fixed beforehand: arithmetic on plain networks."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

TENTH_HOST = 10  # Azure keeps the first four addresses of a subnet and the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Subnets by tier, and the fixed address of the ingress controller's internal load balancer.

    The upper half is the nodes'; the lower half is cut into eight, one for each tier.
    """

    nodes: IPv4Network
    gateway: IPv4Network  # the application gateway's alone; /24 is what its largest size asks for
    endpoints: IPv4Network
    ingress: IPv4Network  # holds the internal load balancer's frontend, and nothing else
    database: IPv4Network  # delegated to flexible servers
    bastion: IPv4Network  # AzureBastionSubnet, /26 at least
    jump: IPv4Network
    firewall: IPv4Network  # AzureFirewallSubnet, /26 at least
    firewall_management: IPv4Network  # AzureFirewallManagementSubnet, /26
    ingress_address: str


def plan(cidr: IPv4Network) -> Plan:
    """The subnets of a network from /16 to /20. ValueError for another size."""
    if not 16 <= cidr.prefixlen <= 20:
        raise ValueError(f"{cidr} is not from /16 to /20")
    lower, nodes = cidr.subnets(prefixlen_diff=1)
    cuts = list(lower.subnets(prefixlen_diff=3))  # eight: /20 each in a /16, /24 each in a /20
    small = list(cuts[7].subnets(new_prefix=26))
    ingress = next(cuts[3].subnets(new_prefix=27))
    return Plan(
        nodes=nodes,
        gateway=next(cuts[0].subnets(new_prefix=24)),
        endpoints=next(cuts[1].subnets(new_prefix=24)),
        database=next(cuts[2].subnets(new_prefix=24)),
        ingress=ingress,
        jump=next(cuts[4].subnets(new_prefix=27)),
        bastion=small[0],
        firewall=small[1],
        firewall_management=small[2],
        ingress_address=str(ingress[TENTH_HOST]),
    )
