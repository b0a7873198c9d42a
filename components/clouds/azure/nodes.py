"""The cluster's machines: one pool for AKS's own pods over three zones, and one for ours in each zone (OOB-80, OOB-99).

A pool for every zone lets the autoscaler bring a node where a pod needs it, and leaves two when a zone is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Input, Resource, ResourceOptions
from pulumi_azure_native import containerservice

from components.clouds.azure.handles import AzureNetwork, Context, Group
from components.clouds.azure.sizes import SIZES, Sizing
from components.labels import cloud_tags, kubernetes_labels
from components.options import child
from components.sections import Posture

if TYPE_CHECKING:
    from pulumi_azure_native.containerservice import AgentPoolSecurityProfileArgsDict as Security
    from pulumi_azure_native.containerservice import AgentPoolUpgradeSettingsArgsDict as Upgrade
    from pulumi_azure_native.containerservice import LocalDNSProfileArgsDict as LocalNames
    from pulumi_azure_native.containerservice import ManagedClusterAgentPoolProfileArgsDict as SystemPool

ZONES = ("1", "2", "3")
SYSTEM_ONLY = "CriticalAddonsOnly=true:NoSchedule"  # AKS's own pods tolerate it, and nothing of ours does
MAX_PODS = 110  # what the overlay gives addresses for without asking for more


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Between how many nodes the autoscaler keeps a pool."""

    least: int
    most: int


def counts(sizing: Sizing, posture: Posture) -> tuple[Counts, ...]:
    """Nodes of each zone's pool. Warm and cold start small and leave the room to grow; a cold one lives in a single zone."""
    least, most = (-(-count // len(ZONES)) for count in (sizing.nodes_min, sizing.nodes_max))
    match posture:
        case Posture.HOT:
            return (Counts(least=least, most=most),) * len(ZONES)
        case Posture.WARM:
            return (Counts(least=1, most=most),) * len(ZONES)
        case Posture.COLD:
            return (Counts(least=1, most=most), *(Counts(least=0, most=most),) * (len(ZONES) - 1))


def system_counts(sizing: Sizing, posture: Posture) -> Counts:
    """Nodes of the system pool; a cold environment makes do with one."""
    return Counts(least=1 if posture is Posture.COLD else sizing.system_min, most=sizing.system_max)


def hardened() -> Security:
    """A verified start, a virtual TPM, and no SSH (OOB-99)."""
    return {"enable_secure_boot": True, "enable_vtpm": True, "ssh_access": containerservice.AgentPoolSSHAccess.DISABLED}


def upgraded() -> Upgrade:
    """A third more nodes during an upgrade, at least one, before an old one goes."""
    return {"max_surge": "33%", "drain_timeout_in_minutes": 30}


def local_names() -> LocalNames:
    """No resolver on the nodes: network policies let pods ask the cluster's own and no other."""
    return {"mode": containerservice.LocalDNSMode.DISABLED}


def system_pool(context: Context, network: AzureNetwork, version: str) -> SystemPool:
    """The pool without which no cluster can be made; it belongs to the cluster's own definition."""
    sizing = SIZES[context.environment.size]
    found = system_counts(sizing, context.environment.posture)
    return {
        "name": "system",
        "mode": containerservice.AgentPoolMode.SYSTEM,
        "type": containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "os_type": containerservice.OSType.LINUX,
        "os_sku": context.settings.cluster.node_os,
        "vm_size": sizing.system_type,
        "orchestrator_version": version,
        "availability_zones": list(ZONES),
        "enable_auto_scaling": True,
        "count": found.least,
        "min_count": found.least,
        "max_count": found.most,
        "max_pods": MAX_PODS,
        "os_disk_type": containerservice.OSDiskType.MANAGED,
        "os_disk_size_gb": sizing.node_disk_gib,
        "vnet_subnet_id": network.node_subnet_id,
        "enable_encryption_at_host": True,
        "enable_node_public_ip": False,
        "node_taints": [SYSTEM_ONLY],
        "node_labels": node_labels(context),
        "security_profile": hardened(),
        "upgrade_settings": upgraded(),
        "local_dns_profile": local_names(),
        # Not a resource, so the stack's transformation does not reach it.
        "tags": cloud_tags(context.environment.labels, context.settings.tags),
    }


def node_labels(context: Context) -> Mapping[str, str]:
    """The labels of the stack."""
    return kubernetes_labels(context.environment.labels)


class Nodes(ComponentResource):
    """The pools that the platform runs on, one after the other: a cluster takes one change at a time."""

    def __init__(
        self,
        name: str,
        context: Context,
        network: AzureNetwork,
        home: Group,
        cluster: containerservice.ManagedCluster,
        version: str,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Nodes", name, None, child(parent))
        self._name, self._context, self._network, self._home = name, context, network, home
        last: Resource | None = None
        for zone, found in zip(ZONES, counts(SIZES[context.environment.size], context.environment.posture), strict=True):
            last = self._pool(zone, found, cluster.name, version, last)
        self.register_outputs({})

    def _pool(
        self, zone: str, found: Counts, cluster_name: Input[str], version: str, after: Resource | None
    ) -> containerservice.AgentPool:
        context, sizing = self._context, SIZES[self._context.environment.size]
        return containerservice.AgentPool(
            f"{self._name}-zone-{zone}",
            agent_pool_name=f"zone{zone}",
            resource_name_=cluster_name,
            resource_group_name=self._home.name,
            mode=containerservice.AgentPoolMode.USER,
            type=containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
            os_type=containerservice.OSType.LINUX,
            os_sku=context.settings.cluster.node_os,
            vm_size=sizing.node_type,
            orchestrator_version=version,
            availability_zones=[zone],
            enable_auto_scaling=True,
            count=found.least,
            min_count=found.least,
            max_count=found.most,
            max_pods=MAX_PODS,
            os_disk_type=containerservice.OSDiskType.MANAGED,
            os_disk_size_gb=sizing.node_disk_gib,
            vnet_subnet_id=self._network.node_subnet_id,
            enable_encryption_at_host=True,
            enable_node_public_ip=False,
            node_labels=node_labels(context),
            security_profile=hardened(),
            upgrade_settings=upgraded(),
            local_dns_profile=local_names(),
            opts=ResourceOptions.merge(
                child(self, context.main, depends_on=[after] if after else []),
                ResourceOptions(ignore_changes=["count"]),  # the autoscaler decides it from then on
            ),
        )
