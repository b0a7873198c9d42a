"""Rules of the network security groups, tier by tier: what is named passes, everything else is refused. Plain data, no resources.

A group sees a packet as the subnet does: behind the internal load balancer the destination is still the load balancer's address,
and between pods of two nodes both ends are pods. Azure's own name service and metadata service are never held back by a group.
Prescribed rules: "Working with NSG access and Azure Bastion", "Application Gateway infrastructure configuration", "Azure CNI
Overlay networking" and "Network with private access for Azure Database for PostgreSQL" in the services' documentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi_azure_native import network

from components.clouds.azure.addresses import Plan

ANY = "*"
INTERNET, OWN_NETWORK, PROBES = "Internet", "VirtualNetwork", "AzureLoadBalancer"  # service tags
HTTPS, HTTP, SSH, POSTGRES, POOLER = "443", "80", "22", "5432", "6432"
REMOTE_DESKTOP = "3389"
BASTION_DATA = ("8080", "5701")  # between the instances of Azure Bastion
GATEWAY_MANAGER = "65200-65535"  # by which Azure manages an application gateway
MAIL = ("465", "587")
FIRST, STEP, LAST = 100, 10, 4096

Ends = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Something that passes. A service tag stands alone; ranges may be several."""

    name: str
    source: Ends
    destination: Ends
    ports: tuple[str, ...]
    protocol: str = "Tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What passes in and out of one subnet. `sealed_out` is False where the service does not run with outgoing refusals."""

    into: Sequence[Pass]
    out: Sequence[Pass] = ()
    sealed_out: bool = True


def tiers(plan: Plan, pods: str) -> Mapping[str, Tier]:
    """Each subnet's rules. Nodes leave on the ports of web and mail alone, by whichever way out (OOB-05)."""
    nodes, jump, endpoints = str(plan.nodes), str(plan.jump), str(plan.endpoints)
    gateway, ingress, database, bastion = str(plan.gateway), str(plan.ingress), str(plan.database), str(plan.bastion)
    entry = f"{plan.ingress_address}/32"
    inside = Pass(name="NodesAndPods", source=(nodes, pods), destination=(nodes, pods), ports=(ANY,), protocol=ANY)
    return {
        "nodes": Tier(
            into=(
                inside,
                Pass(name="GatewayToIngress", source=gateway, destination=entry, ports=(HTTPS,)),
                Pass(name="JumpToApi", source=jump, destination=nodes, ports=(HTTPS,)),
                Pass(name="LoadBalancerProbes", source=PROBES, destination=ANY, ports=(ANY,)),
            ),
            out=(
                inside,
                Pass(name="ToEndpoints", source=ANY, destination=endpoints, ports=(HTTPS,)),
                Pass(name="ToDatabase", source=ANY, destination=database, ports=(POSTGRES,)),
                Pass(name="ToOutside", source=ANY, destination=INTERNET, ports=(HTTPS, *MAIL)),
            ),
        ),
        "gateway": Tier(
            into=(
                Pass(name="People", source=INTERNET, destination=ANY, ports=(HTTPS, HTTP)),
                Pass(name="GatewayManager", source="GatewayManager", destination=ANY, ports=(GATEWAY_MANAGER,)),
                Pass(name="LoadBalancerProbes", source=PROBES, destination=ANY, ports=(ANY,), protocol=ANY),
            ),
            sealed_out=False,
        ),
        "ingress": Tier(into=(Pass(name="Gateway", source=gateway, destination=ingress, ports=(HTTPS,)),)),
        "endpoints": Tier(
            # The database reads its key in the vault, whose name leads here from everywhere in the network.
            into=(Pass(name="Clients", source=(nodes, jump, gateway, database), destination=endpoints, ports=(HTTPS,)),),
        ),
        "database": Tier(
            into=(
                Pass(name="Clients", source=(nodes, jump), destination=database, ports=(POSTGRES,)),
                Pass(name="Replication", source=database, destination=database, ports=(POSTGRES, POOLER)),
            ),
            out=(
                Pass(name="Replication", source=database, destination=database, ports=(POSTGRES, POOLER)),
                Pass(name="Journal", source=database, destination="Storage", ports=(HTTPS,)),
                Pass(name="SignIn", source=database, destination="AzureActiveDirectory", ports=(HTTPS,)),
                Pass(name="Keys", source=database, destination="AzureKeyVault", ports=(HTTPS,)),
                Pass(name="ToEndpoints", source=database, destination=endpoints, ports=(HTTPS,)),
            ),
        ),
        "bastion": Tier(
            into=(
                Pass(name="People", source=INTERNET, destination=ANY, ports=(HTTPS,)),
                Pass(name="GatewayManager", source="GatewayManager", destination=ANY, ports=(HTTPS,)),
                Pass(name="LoadBalancerProbes", source=PROBES, destination=ANY, ports=(HTTPS,)),
                Pass(name="Instances", source=OWN_NETWORK, destination=OWN_NETWORK, ports=BASTION_DATA, protocol=ANY),
            ),
            # Azure refuses a bastion whose group lacks one of these. Only the jump machine's group lets anything in on 22.
            out=(
                Pass(name="Machines", source=ANY, destination=OWN_NETWORK, ports=(SSH, REMOTE_DESKTOP)),
                Pass(name="AzureCloud", source=ANY, destination="AzureCloud", ports=(HTTPS,)),
                Pass(name="Instances", source=OWN_NETWORK, destination=OWN_NETWORK, ports=BASTION_DATA, protocol=ANY),
                Pass(name="Certificates", source=ANY, destination=INTERNET, ports=(HTTP,)),
            ),
        ),
        "jump": Tier(
            into=(Pass(name="Bastion", source=bastion, destination=jump, ports=(SSH,)),),
            out=(
                Pass(name="ToApi", source=jump, destination=nodes, ports=(HTTPS,)),
                Pass(name="ToEndpoints", source=jump, destination=endpoints, ports=(HTTPS,)),
                Pass(name="ToDatabase", source=jump, destination=database, ports=(POSTGRES,)),
                Pass(name="ToOutside", source=jump, destination=INTERNET, ports=(HTTPS,)),
            ),
        ),
    }


def rules(tier: Tier) -> list[network.SecurityRuleArgsDict]:
    """The rules of a group in the order in which they decide, with the refusal of everything else last."""
    found = [_rule(each, "Inbound", FIRST + STEP * number) for number, each in enumerate(tier.into)]
    found.append(_refuse("Inbound"))
    found += [_rule(each, "Outbound", FIRST + STEP * number) for number, each in enumerate(tier.out)]
    if tier.sealed_out:
        found.append(_refuse("Outbound"))
    return found


def _rule(each: Pass, direction: str, priority: int) -> network.SecurityRuleArgsDict:
    rule: network.SecurityRuleArgsDict = {
        "name": f"Allow{each.name}{direction}",
        "priority": priority,
        "direction": direction,
        "access": "Allow",
        "protocol": each.protocol,
        "source_port_range": ANY,
    }
    # Ranges go into the lists; a service tag and the star are taken in the single fields only.
    if isinstance(each.source, str):
        rule["source_address_prefix"] = each.source
    else:
        rule["source_address_prefixes"] = list(each.source)
    if isinstance(each.destination, str):
        rule["destination_address_prefix"] = each.destination
    else:
        rule["destination_address_prefixes"] = list(each.destination)
    if len(each.ports) == 1:
        rule["destination_port_range"] = each.ports[0]
    else:
        rule["destination_port_ranges"] = list(each.ports)
    return rule


def _refuse(direction: str) -> network.SecurityRuleArgsDict:
    return {
        "name": f"DenyAll{direction}",
        "priority": LAST,
        "direction": direction,
        "access": "Deny",
        "protocol": ANY,
        "source_port_range": ANY,
        "source_address_prefix": ANY,
        "destination_address_prefix": ANY,
        "destination_port_range": ANY,
    }
