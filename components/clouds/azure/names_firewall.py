"""Azure Firewall: the one way out in mode `filtered`, by name (C-03). What is not listed is refused, and the refusal is logged.

It reads the name in a TLS greeting and asks for that name's address itself, so that a client that lies about the name, or knows
only an address, gets nowhere: stronger than a filter of names alone. Mail has no such greeting; there the firewall opens the
addresses that it finds for the stack's own hosts.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from pulumi import ComponentResource, Input, Output, Resource
from pulumi_azure_native import network

from components.clouds.azure import names, registries
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.handles import AzureKeys, Context, Group
from components.clouds.azure.security_rules import MAIL
from components.contract import NetworkSpec
from components.options import child

ZONES = ("1", "2", "3")
FIRST_HOST = 4  # Azure keeps the first four addresses of a subnet; the firewall takes the next
CLUSTER_TAG = "AzureKubernetesService"  # Microsoft's own list of what nodes must reach


def of_azure(location: str) -> tuple[str, ...]:
    """Sign-in, management, monitoring, policy and threat detection of the cluster and the jump machine.

    Source: "Outbound network and FQDN rules for Azure Kubernetes Service (AKS) clusters". Entra and the Resource Manager have no
    private endpoint.
    """
    return (
        "*.cloud.defender.microsoft.com",
        "*.ingest.monitor.azure.com",
        "*.monitoring.azure.com",
        "*.ods.opinsights.azure.com",
        "*.oms.opinsights.azure.com",
        "data.policy.core.windows.net",
        "global.handler.control.monitor.azure.com",
        f"{location}.handler.control.monitor.azure.com",
        "login.microsoftonline.com",
        "management.azure.com",
        "packages.microsoft.com",
        "pas.windows.net",
        "store.policy.core.windows.net",
    )


def allowed(spec: NetworkSpec, location: str, replica: str) -> tuple[str, ...]:
    """Every name that may be reached, besides the cluster's own list."""
    found = (*of_azure(location), *registries.hosts(spec.images, (location, replica)), *spec.hosts, *spec.egress.domains)
    return tuple(sorted(set(found)))


def collections(
    sources: Sequence[str], listed: Sequence[str], mail: Sequence[str]
) -> list[network.FirewallPolicyFilterRuleCollectionArgs]:
    """Names over HTTPS, the cluster's own list, and mail to the stack's hosts. The policy refuses the rest by itself.

    Rules are of several kinds in one list, where the SDK translates the names of arguments only for its own classes.
    """
    https = network.FirewallPolicyRuleApplicationProtocolArgs(protocol_type="Https", port=443)
    named = [
        network.ApplicationRuleArgs(
            rule_type="ApplicationRule",
            name="cluster",
            protocols=[https],
            source_addresses=list(sources),
            fqdn_tags=[CLUSTER_TAG],
        ),
        network.ApplicationRuleArgs(
            rule_type="ApplicationRule",
            name="listed",
            protocols=[https],
            source_addresses=list(sources),
            target_fqdns=list(listed),
        ),
    ]
    post = network.NetworkRuleArgs(
        rule_type="NetworkRule",
        name="mail",
        ip_protocols=["TCP"],
        source_addresses=list(sources),
        destination_fqdns=list(mail),
        destination_ports=list(MAIL),
    )
    found = [_collection("mail", 100, [post])] if mail else []
    return [*found, _collection("names", 200, named)]


def _collection(
    name: str, priority: int, rules: Sequence[network.ApplicationRuleArgs | network.NetworkRuleArgs]
) -> network.FirewallPolicyFilterRuleCollectionArgs:
    return network.FirewallPolicyFilterRuleCollectionArgs(
        rule_collection_type="FirewallPolicyFilterRuleCollection",
        name=name,
        priority=priority,
        action=network.FirewallPolicyFilterRuleCollectionActionArgs(type="Allow"),
        rules=list(rules),
    )


def inner_address(configurations: Sequence[object] | None, subnet: IPv4Network) -> str:
    """The address that routes lead to: as the firewall says, or the first free one of its subnet while it is only planned."""
    for configuration in configurations or ():
        said = getattr(configuration, "private_ip_address", None)
        if isinstance(said, str):
            return said
    return str(subnet[FIRST_HOST])


class NamesFirewall(ComponentResource):
    """The firewall over three zones with its policy. `address` is where routes lead, `ready` what the way out consists of."""

    def __init__(
        self,
        name: str,
        context: Context,
        spec: NetworkSpec,
        keys: AzureKeys,
        *,
        home: Group,
        subnet: IPv4Network,
        subnet_id: Input[str],
        sources: Sequence[str],
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:NamesFirewall", name, None, child(parent))
        environment, options = context.environment.name, child(self, context.main)
        policy = network.FirewallPolicy(
            f"{name}-policy",
            firewall_policy_name=names.general(environment, "names"),
            resource_group_name=home.name,
            location=home.location,
            sku={"tier": "Standard"},
            threat_intel_mode="Deny",
            dns_settings={"enable_proxy": True},  # without it, names in rules for mail are not resolved
            insights={
                "is_enabled": True,
                "retention_days": spec.flow_log_days,
                "log_analytics_resources": {"default_workspace_id": {"id": keys.workspace_id}},
            },
            opts=options,
        )
        listed = allowed(spec, context.location, context.replica_location)
        rules = network.FirewallPolicyRuleCollectionGroup(
            f"{name}-rules",
            rule_collection_group_name="names",
            firewall_policy_name=policy.name,
            resource_group_name=home.name,
            priority=100,
            rule_collections=list(collections(sources, listed, spec.hosts)),
            opts=options,
        )
        public = public_address(f"{name}-address", context, self, home, "firewall")
        firewall = network.AzureFirewall(
            f"{name}-firewall",
            azure_firewall_name=names.general(environment, "firewall"),
            resource_group_name=home.name,
            location=home.location,
            zones=list(ZONES),
            sku={"name": "AZFW_VNet", "tier": "Standard"},
            firewall_policy={"id": policy.id},
            ip_configurations=[{"name": "outside", "public_ip_address": {"id": public.id}, "subnet": {"id": subnet_id}}],
            # A policy takes no change while a firewall takes it up, so its rules come first.
            opts=child(self, context.main, depends_on=[rules]),
        )
        diagnose(f"{name}-firewall-log", context, self, firewall.id, keys)
        diagnose(f"{name}-address-log", context, self, public.id, keys)
        self.id: Output[str] = firewall.id
        self.address: Output[str] = firewall.ip_configurations.apply(lambda found: inner_address(found, subnet))
        self.ready: tuple[Resource, ...] = (rules, firewall)
        self.register_outputs({})


def public_address(name: str, context: Context, parent: Resource, home: Group, purpose: str) -> network.PublicIPAddress:
    """An address for a way out, held by all three zones."""
    return network.PublicIPAddress(
        name,
        public_ip_address_name=names.general(context.environment.name, purpose, "address"),
        resource_group_name=home.name,
        location=home.location,
        sku={"name": "Standard", "tier": "Regional"},
        zones=list(ZONES),
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        opts=child(parent, context.main),
    )
