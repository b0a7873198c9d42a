"""AKS: a private API, people let in by the secondary directory, everything logged (OOB-79 to OOB-81, OOB-99, OOB-122).

The API answers at a private address among the nodes and under a name of a private zone. Nobody signs in but with the directory
of the stack: accounts of the cluster's own are off, and so is the detour by which the Resource Manager runs commands inside
(OOB-32).
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from pulumi import ComponentResource, InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi_azure_native import containerservice, managedidentity

from components.clouds.azure import cluster_policies, container_logs, names
from components.clouds.azure.addresses import TENTH_HOST
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.disk_encryption import disk_encryption
from components.clouds.azure.handles import AzureCluster, AzureKeys, AzureNetwork, Context
from components.clouds.azure.kubeconfig import authority_of, kubeconfig
from components.clouds.azure.nodes import Nodes, system_pool
from components.clouds.azure.roles import grant
from components.contract import ClusterSpec, InternalAddress
from components.options import child
from components.tunnel import local_port

# Every category of the control plane. `kube-audit` holds what `kube-audit-admin` would repeat.
LOG_CATEGORIES = (
    "kube-apiserver",
    "kube-audit",
    "kube-controller-manager",
    "kube-scheduler",
    "cluster-autoscaler",
    "cloud-controller-manager",
    "guard",
    "csi-azuredisk-controller",
    "csi-snapshot-controller",
)
IMAGES_CLEANED_HOURS = 48
# Windows for upgrades, in UTC: the control plane and the pools on one night, the nodes' images on another.
WINDOW_START, WINDOW_HOURS = "01:00", 4
WINDOWS = {"aksManagedAutoUpgradeSchedule": "Tuesday", "aksManagedNodeOSUpgradeSchedule": "Thursday"}
KUBELET = "kubeletidentity"  # the key under which AKS reports the nodes' identity
BALANCER = "service.beta.kubernetes.io/azure-load-balancer"  # annotations of AKS's controller for load balancers


def entry(address: str, subnet_name: str) -> InternalAddress:
    """The ingress controller behind a load balancer inside the network, at the address that the edge knows beforehand."""
    return InternalAddress(
        address=address,
        annotations={
            f"{BALANCER}-internal": "true",
            f"{BALANCER}-ipv4": address,
            f"{BALANCER}-internal-subnet": subnet_name,
        },
    )


def name_service(services: IPv4Network) -> str:
    """The address of the cluster's own name service: the tenth of the services' range."""
    return str(services[TENTH_HOST])


class Cluster(ComponentResource):
    """The cluster with its pools, rights and logs. `outputs.identifier` is the cluster's name, as plain text."""

    def __init__(
        self, name: str, context: Context, spec: ClusterSpec, keys: AzureKeys, network: AzureNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:azure:Cluster", name, None, child(parent))
        self._name, self._context, self._keys, self._network = name, context, keys, network
        environment, home = context.environment.name, network.runtime
        self._physical = names.cluster(environment)
        disks = disk_encryption(f"{name}-disks", context, self, home, keys.keys.get("cluster"))
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_name_=names.identity(environment, "cluster"),
            resource_group_name=home.name,
            location=home.location,
            opts=self._options(),
        )
        rights = self._rights(identity.principal_id, disks.id if disks else None)
        cluster = self._cluster(spec, identity, disks.id if disks else None, rights)
        self._administrators(cluster.id)
        self._windows(cluster)
        Nodes(f"{name}-nodes", context, network, home, cluster, spec.kubernetes_version, self)
        container_logs.collect(f"{name}-containers", context, self, home, keys, cluster.id)
        diagnose(f"{name}-log", context, self, cluster.id, keys, categories=LOG_CATEGORIES)
        self.outputs = AzureCluster(
            kubeconfig=self._kubeconfig(cluster),
            identifier=self._physical,
            service_cidr=str(context.settings.cluster.service_cidr),
            ingress=entry(network.ingress_address, network.ingress_subnet_name),
            webhook_callers=cluster_policies.CALLERS,
            native_policies=(cluster_policies.nodes_metrics(),),
            ready=(self,),
            name=self._physical,
            id=cluster.id,
            group_name=home.name,
            private_fqdn=cluster.private_fqdn,
            issuer_url=_issuer(cluster),
            control_plane_principal_id=identity.principal_id,
            kubelet_principal_id=cluster.identity_profile.apply(lambda found: str((found or {})[KUBELET].object_id)),
            node_group_name=names.node_resource_group(environment),
            disk_encryption_set_id=disks.id if disks else None,
        )
        self.register_outputs({})

    def _options(self, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        return child(self, self._context.main, depends_on=list(depends_on))

    def _rights(self, principal_id: Output[str], disks_id: Output[str] | None) -> list[Resource]:
        """What the control plane needs before it can be made: the network, the API's zone, and the disks' key."""
        context = self._context
        wanted = {
            # Joins nodes, the API and internal load balancers to subnets, and reads their addresses.
            "network": (self._network.network_id, "Network Contributor"),
            "names": (self._network.zone_ids["cluster"], "Private DNS Zone Contributor"),
        }
        if disks_id is not None:
            wanted["disks-access"] = (disks_id, "Reader")
        return [
            grant(f"{self._name}-{what}", context, self, scope=scope, principal_id=principal_id, role=role)
            for what, (scope, role) in wanted.items()
        ]

    def _cluster(
        self,
        spec: ClusterSpec,
        identity: managedidentity.UserAssignedIdentity,
        disks_id: Output[str] | None,
        rights: Sequence[Resource],
    ) -> containerservice.ManagedCluster:
        context, settings, network = self._context, self._context.settings.cluster, self._network
        services = settings.service_cidr
        if not isinstance(services, IPv4Network):
            raise TypeError(f"settings let a range through that is not IPv4: {services}")
        return containerservice.ManagedCluster(
            f"{self._name}-aks",
            resource_name_=self._physical,
            resource_group_name=network.runtime.name,
            location=network.runtime.location,
            node_resource_group=names.node_resource_group(context.environment.name),
            # Nobody changes nodes or their load balancer but through AKS.
            node_resource_group_profile={"restriction_level": containerservice.RestrictionLevel.READ_ONLY},
            kubernetes_version=spec.kubernetes_version,
            dns_prefix=names.dns_prefix(context.environment.name),
            sku={"name": containerservice.ManagedClusterSKUName.BASE, "tier": containerservice.ManagedClusterSKUTier.STANDARD},
            support_plan=containerservice.KubernetesSupportPlan.KUBERNETES_OFFICIAL,
            identity={
                "type": containerservice.ResourceIdentityType.USER_ASSIGNED,
                "user_assigned_identities": [identity.id],
            },
            enable_rbac=True,
            disable_local_accounts=True,
            aad_profile={
                "managed": True,
                "enable_azure_rbac": True,
                "admin_group_object_ids": list(settings.administrators),
                "tenant_id": context.tenant,
            },
            api_server_access_profile={
                "enable_private_cluster": True,
                "enable_private_cluster_public_fqdn": False,
                "private_dns_zone": network.zone_ids["cluster"],
                "disable_run_command": True,
            },
            network_profile={
                "network_plugin": containerservice.NetworkPlugin.AZURE,
                "network_plugin_mode": containerservice.NetworkPluginMode.OVERLAY,
                "network_dataplane": containerservice.NetworkDataplane.CILIUM,
                "network_policy": containerservice.NetworkPolicy.CILIUM,
                "pod_cidr": str(settings.pod_cidr),
                "service_cidr": str(services),
                "dns_service_ip": name_service(services),
                "outbound_type": network.outbound,
                "load_balancer_sku": containerservice.LoadBalancerSku.STANDARD,
            },
            agent_pool_profiles=[system_pool(context, network, spec.kubernetes_version)],
            auto_scaler_profile={
                "balance_similar_node_groups": "true",
                "expander": containerservice.Expander.LEAST_WASTE,
                "skip_nodes_with_local_storage": "false",  # caches and scratch space are no reason to keep a node
                "skip_nodes_with_system_pods": "false",
            },
            auto_upgrade_profile={
                "upgrade_channel": containerservice.UpgradeChannel.PATCH,
                "node_os_upgrade_channel": containerservice.NodeOSUpgradeChannel.NODE_IMAGE,
            },
            disk_encryption_set_id=disks_id,
            oidc_issuer_profile={"enabled": True},
            security_profile={
                "workload_identity": {"enabled": True},
                "defender": {
                    "log_analytics_workspace_resource_id": self._keys.workspace_id,
                    "security_monitoring": {"enabled": True},
                },
                "image_cleaner": {"enabled": True, "interval_hours": IMAGES_CLEANED_HOURS},
            },
            addon_profiles={
                container_logs.AGENT: {
                    "enabled": True,
                    "config": {"logAnalyticsWorkspaceResourceID": self._keys.workspace_id, "useAADAuth": "true"},
                }
            },
            storage_profile={
                "disk_csi_driver": {"enabled": True},
                "snapshot_controller": {"enabled": True},
                "file_csi_driver": {"enabled": False},
                "blob_csi_driver": {"enabled": False},
            },
            opts=ResourceOptions.merge(
                self._options([*rights, *network.egress_ready, *network.zones_ready]),
                # The autoscaler decides it from then on.
                ResourceOptions(ignore_changes=["agentPoolProfiles[0].count"]),
            ),
        )

    def _administrators(self, cluster_id: Output[str]) -> None:
        """Groups of the directory, by Azure's roles. Who runs `up` must be in one of them (OOB-81)."""
        for group in self._context.settings.cluster.administrators:
            for what, role in (
                ("administers", "Azure Kubernetes Service RBAC Cluster Admin"),
                ("signs-in", "Azure Kubernetes Service Cluster User Role"),
            ):
                grant(
                    f"{self._name}-{group}-{what}",
                    self._context,
                    self,
                    scope=cluster_id,
                    principal_id=group,
                    role=role,
                    kind="Group",
                )

    def _windows(self, cluster: containerservice.ManagedCluster) -> None:
        """When AKS may upgrade by itself; without them it would at any hour."""
        for window, day in WINDOWS.items():
            containerservice.MaintenanceConfiguration(
                f"{self._name}-{window}",
                config_name=window,
                resource_name_=cluster.name,
                resource_group_name=self._network.runtime.name,
                maintenance_window={
                    "schedule": {"weekly": {"day_of_week": day, "interval_weeks": 1}},
                    "start_time": WINDOW_START,
                    "duration_hours": WINDOW_HOURS,
                    "utc_offset": "+00:00",
                },
                opts=self._options(),
            )

    def _kubeconfig(self, cluster: containerservice.ManagedCluster) -> Output[str]:
        """Asks Azure for the API's certificate authority, which no resource gives, once the cluster exists and not before."""
        context = self._context
        credentials = containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=names.resource_group(context.environment.name, "runtime"),  # the cluster alone is waited for
            resource_name=cluster.name,
            opts=InvokeOutputOptions(parent=self, provider=context.main),
        )
        authority = credentials.apply(lambda found: authority_of(found.kubeconfigs[0].value))
        return Output.all(cluster.private_fqdn, authority).apply(
            lambda found: kubeconfig(
                cluster=self._physical,
                tenant=context.tenant,
                host=found[0],
                authority=found[1],
                port=local_port(context.environment.name),
            )
        )


def _issuer(cluster: containerservice.ManagedCluster) -> Output[str]:
    """The issuer's address, unknown in a plan: Azure adds it to a block that is given, so the id tells whether it is there."""
    profile = cluster.oidc_issuer_profile
    return cluster.id.apply(lambda _: profile.apply(lambda found: str(found.issuer_url) if found else ""))
