"""The network: a subnet for each tier, each behind rules that refuse what is not named, and connected to nothing (OOB-05).

What leaves it is decided by `egress.mode`: `filtered` leads everything through Azure Firewall, which opens listed names;
`nat` through a NAT gateway, which opens whatever the network policies inside the cluster let out. `none` is refused by the
settings: pods get their tokens from Entra, which has no address inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_azure_native import network

from components.clouds.azure import names, security_rules
from components.clouds.azure.addresses import Plan, plan
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.groups import group
from components.clouds.azure.handles import AzureKeys, AzureNetwork, Context
from components.clouds.azure.names_firewall import NamesFirewall, public_address
from components.clouds.azure.network_logs import NetworkLogs
from components.clouds.azure.private_endpoints import private_endpoint
from components.clouds.azure.private_zones import PrivateZones
from components.contract import NetworkSpec
from components.options import child

ANYWHERE = "0.0.0.0/0"
BASTION_SUBNET, FIREWALL_SUBNET = "AzureBastionSubnet", "AzureFirewallSubnet"  # Azure finds them by these names
DELEGATED = "Microsoft.DBforPostgreSQL/flexibleServers"
WITH_A_WAY_OUT = ("nodes", "jump")
# Azure's own services in these have their own ways out, and do not run where the subnet takes them away.
MANAGED = ("gateway", "database", "bastion", "firewall")
OUTBOUND = {"filtered": "userDefinedRouting", "nat": "userAssignedNATGateway"}


def ranges(found: Plan, mode: str) -> dict[str, IPv4Network]:
    """Subnets by tier, in the order in which they are made."""
    subnets = {
        "nodes": found.nodes,
        "gateway": found.gateway,
        "endpoints": found.endpoints,
        "ingress": found.ingress,
        "database": found.database,
        "bastion": found.bastion,
        "jump": found.jump,
    }
    return ({"firewall": found.firewall} | subnets) if mode == "filtered" else subnets


class Network(ComponentResource):
    """Network, subnets, groups of rules, the way out, private zones and endpoints, logs. Ranges are plain text."""

    def __init__(self, name: str, context: Context, spec: NetworkSpec, keys: AzureKeys, parent: Resource) -> None:
        super().__init__("oob:azure:Network", name, None, child(parent))
        self._name, self._context, self._keys = name, context, keys
        cidr = context.settings.network.cidr
        if not isinstance(cidr, IPv4Network):
            raise TypeError(f"settings let a range through that is not IPv4: {cidr}")
        cut, mode = plan(cidr), spec.egress.mode
        self._home = group(name, context, self, "runtime", holds_data=False)
        self._network = self._virtual_network(cidr)
        self._last: Resource | None = None  # of the subnets made so far
        self._tiers = security_rules.tiers(cut, str(context.settings.cluster.pod_cidr))
        subnets: dict[str, network.Subnet] = {}
        firewall, table, nat = None, None, None
        if mode == "filtered":
            subnets["firewall"] = self._subnet("firewall", cut.firewall)
            firewall = NamesFirewall(
                f"{name}-names",
                context,
                spec,
                keys,
                home=self._home,
                subnet=cut.firewall,
                subnet_id=subnets["firewall"].id,
                sources=(str(cut.nodes), str(cut.jump)),
                parent=self,
            )
            table = self._table(firewall.address)
        else:
            nat = self._nat()
        for tier, block in ranges(cut, mode).items():
            if tier not in subnets:
                subnets[tier] = self._subnet(tier, block, table=table, nat=nat)
        zones = PrivateZones(f"{name}-zones", context, self._home, self._network.id, self)
        logs = NetworkLogs(f"{name}-logs", context, keys, spec.flow_log_days, self._network.id, self)
        vault_ready = self._endpoints(subnets["endpoints"].id, zones, logs.account_id)
        diagnose(f"{name}-log", context, self, self._network.id, keys)
        self.outputs = AzureNetwork(
            cidr=str(cidr),
            edge_cidrs=(str(cut.gateway),),
            application_cidrs=(str(cut.nodes), str(cut.endpoints), str(cut.ingress)),
            database_cidrs=(str(cut.database),),
            runtime=self._home,
            network_id=self._network.id,
            node_subnet_id=subnets["nodes"].id,
            ingress_subnet_name=self._subnet_name("ingress"),
            ingress_address=cut.ingress_address,
            gateway_subnet_id=subnets["gateway"].id,
            endpoint_subnet_id=subnets["endpoints"].id,
            database_subnet_id=subnets["database"].id,
            bastion_subnet_id=subnets["bastion"].id,
            jump_subnet_id=subnets["jump"].id,
            zone_ids=zones.ids,
            zones_ready=zones.ready,
            egress_ready=(*(firewall.ready if firewall else ()), subnets["nodes"], subnets["jump"]),
            outbound=OUTBOUND[mode],
            firewall_id=firewall.id if firewall else None,
            vault_ready=vault_ready,
        )
        self.register_outputs({})

    def _options(self, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        return child(self, self._context.main, depends_on=list(depends_on))

    def _general(self, *parts: str) -> str:
        return names.general(self._context.environment.name, *parts)

    def _virtual_network(self, cidr: IPv4Network) -> network.VirtualNetwork:
        """One range, Azure's own name service, no peering."""
        return network.VirtualNetwork(
            f"{self._name}-network",
            virtual_network_name=self._general("network"),
            resource_group_name=self._home.name,
            location=self._home.location,
            address_space={"address_prefixes": [str(cidr)]},
            opts=self._options(),
        )

    def _subnet_name(self, tier: str) -> str:
        return {"bastion": BASTION_SUBNET, "firewall": FIREWALL_SUBNET}.get(tier, self._general(tier))

    def _security_group(self, tier: str) -> network.NetworkSecurityGroup:
        made = network.NetworkSecurityGroup(
            f"{self._name}-{tier}-rules",
            network_security_group_name=self._general(tier, "rules"),
            resource_group_name=self._home.name,
            location=self._home.location,
            security_rules=list(security_rules.rules(self._tiers[tier])),
            opts=self._options(),
        )
        diagnose(f"{self._name}-{tier}-rules-log", self._context, self, made.id, self._keys, metrics=False)
        return made

    def _subnet(
        self,
        tier: str,
        block: IPv4Network,
        *,
        table: network.RouteTable | None = None,
        nat: network.NatGateway | None = None,
    ) -> network.Subnet:
        """One subnet after the other: a network takes one change at a time. The firewall's takes no group of rules."""
        leads_out = tier in WITH_A_WAY_OUT
        made = network.Subnet(
            f"{self._name}-{tier}",
            subnet_name=self._subnet_name(tier),
            virtual_network_name=self._network.name,
            resource_group_name=self._home.name,
            address_prefix=str(block),
            default_outbound_access=None if tier in MANAGED else False,
            network_security_group={"id": self._security_group(tier).id} if tier in self._tiers else None,
            route_table={"id": table.id} if table and leads_out else None,
            nat_gateway={"id": nat.id} if nat and leads_out else None,
            delegations=[{"name": "database", "service_name": DELEGATED}] if tier == "database" else None,
            # Rules hold for private endpoints as well, which by default they do not; routes around them make no sense here.
            private_endpoint_network_policies="NetworkSecurityGroupEnabled",
            opts=self._options([self._last] if self._last else []),
        )
        self._last = made
        return made

    def _table(self, address: Input[str]) -> network.RouteTable:
        """Everything outside the network goes to the firewall."""
        return network.RouteTable(
            f"{self._name}-routes",
            route_table_name=self._general("routes"),
            resource_group_name=self._home.name,
            location=self._home.location,
            disable_bgp_route_propagation=True,
            routes=[
                {
                    "name": "outside",
                    "address_prefix": ANYWHERE,
                    "next_hop_type": "VirtualAppliance",
                    "next_hop_ip_address": address,
                }
            ],
            opts=self._options(),
        )

    def _nat(self) -> network.NatGateway:
        """One gateway for all zones. Azure places it in one of them, and the way out is lost with that zone."""
        address = public_address(f"{self._name}-nat-address", self._context, self, self._home, "nat")
        diagnose(f"{self._name}-nat-address-log", self._context, self, address.id, self._keys)
        return network.NatGateway(
            f"{self._name}-nat",
            nat_gateway_name=self._general("nat"),
            resource_group_name=self._home.name,
            location=self._home.location,
            sku={"name": "Standard"},
            public_ip_addresses=[{"id": address.id}],
            opts=self._options(),
        )

    def _endpoints(self, subnet_id: Input[str], zones: PrivateZones, flows_id: Output[str]) -> tuple[Resource, ...]:
        """Ways to the vaults and to the accounts of logs, which answer nobody outside. Storage and the rest make their own.

        Returned are those of the vaults.
        """
        reached: dict[str, tuple[str, Input[str]]] = {
            "keys": ("vault", self._keys.key_vault_id),
            "secrets": ("vault", self._keys.secret_vault_id),
            "archive": ("blob", self._keys.archive_account_id),
            "flows": ("blob", flows_id),
        }
        ready: list[Resource] = []
        for purpose, (service, target) in reached.items():
            made = private_endpoint(
                f"{self._name}-endpoint-{purpose}",
                self._context,
                self,
                purpose=purpose,
                service=service,
                target_id=target,
                home=self._home,
                subnet_id=subnet_id,
                zone_id=zones.ids[service],
                zones_ready=zones.ready,
            )
            if service == "vault":
                ready += made
        return tuple(ready)
