"""EKS: a private API, people let in by name, everything logged and encrypted (OOB-32, OOB-58, OOB-76, OOB-122).

Nodes and API share the security group that EKS makes. It lets everything in from itself and nothing from elsewhere, and
everything out: what a node may reach beyond the VPC is decided by the network's way out, what a pod may reach by network
policies (AWS-18, AWS-19). The load balancer, the bastion and the database add their own rules to it or to themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource, ResourceOptions

from components.clouds.aws import addon_versions as addon
from components.clouds.aws import addons, autoscaler
from components.clouds.aws.documents import assumable_by
from components.clouds.aws.handles import AwsCluster, AwsKeys, AwsNetwork, Context
from components.clouds.aws.kubeconfig import cluster_name, kubeconfig
from components.clouds.aws.nodes import Nodes
from components.clouds.aws.workload_roles import AUDIENCE, Issuer, allow, attach, workload_role
from components.contract import ClusterSpec, NodePort, ServiceAccount
from components.labels import cloud_tags
from components.options import child, stateful
from components.tunnel import local_port

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ADMINISTRATOR_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
CNI_ACCOUNT = ServiceAccount(namespace="kube-system", name="aws-node")
EBS_ACCOUNT = ServiceAccount(namespace="kube-system", name="ebs-csi-controller-sa")
LOGS_ACCOUNT = ServiceAccount(namespace="amazon-cloudwatch", name="cloudwatch-agent")  # Fluent Bit runs under it too


def entry_names(principals: Sequence[str]) -> dict[str, str]:
    """A logical name for each administrator: the role's own name, with the account only where two accounts have that name."""
    plain = {arn: arn.split(":", 5)[5].replace("/", "-") for arn in principals}
    repeated = {name for name in plain.values() if list(plain.values()).count(name) > 1}
    return {arn: f"{name}-{arn.split(':')[4]}" if name in repeated else name for arn, name in plain.items()}


class Cluster(ComponentResource):
    """The cluster, its nodes and its add-ons. `outputs.identifier` is the cluster's name, as plain text."""

    def __init__(
        self, name: str, context: Context, spec: ClusterSpec, keys: AwsKeys, network: AwsNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:aws:Cluster", name, None, child(parent))
        self._name, self._context = name, context
        self._physical = cluster_name(context.environment.name)
        self._versions = addon.versions(spec.kubernetes_version, context.settings.cluster.addon_versions)
        cluster = self._cluster(spec, keys, network, self._logged(spec.log_days, keys))
        self._administrators(cluster)
        issuer = self._issuer(cluster)
        # With the ARN, because a plan knows what is asked of `vpc_config` and would take the group for missing.
        # Asked for before it is combined: `Output.all` hands on plain dictionaries.
        group = cluster.vpc_config.apply(lambda found: found.cluster_security_group_id)
        group_id = Output.all(cluster.arn, group).apply(lambda found: str(found[1]))
        before = [self._network_addon(cluster, issuer), self._addon(addon.KUBE_PROXY, cluster)]
        nodes = Nodes(f"{name}-nodes", context, keys, network, cluster, group_id, self, after=before)
        self._addons(cluster, issuer, keys, spec.log_days, nodes)
        scaler = self._role("autoscaler", issuer, autoscaler.ACCOUNT, "the node autoscaler")
        allow(
            f"{name}-autoscaler-rights",
            scaler,
            addons.autoscaler_statements(context.account, context.region, self._physical),
            self._options(),
        )
        authority = cluster.certificate_authority.apply(lambda found: str(found.data))
        private = not context.settings.cluster.public_endpoint_cidrs
        port = local_port(context.environment.name) if private else None
        self.outputs = AwsCluster(
            kubeconfig=Output.all(cluster.endpoint, authority).apply(
                lambda found: kubeconfig(
                    cluster=self._physical, region=context.region, endpoint=found[0], authority=found[1], port=port
                )
            ),
            identifier=self._physical,
            service_cidr=str(context.settings.cluster.service_cidr),
            ingress=NodePort(),
            ready=(self,),
            addons=(autoscaler.release(self._physical, context.region, scaler),),
            name=cluster.name,
            arn=cluster.arn,
            endpoint=cluster.endpoint,
            certificate_authority=authority,
            oidc_arn=issuer.arn,
            oidc_host=issuer.host,
            node_group_id=group_id,
            scaling_group_names=nodes.scaling_group_names,
            node_role_arn=nodes.role_arn,
        )
        self.register_outputs({})

    def _options(self, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        return child(self, self._context.main, depends_on=depends_on)

    def _log_group(self, what: str, path: str, days: int, keys: AwsKeys) -> aws.cloudwatch.LogGroup:
        """Made before its writer, who would otherwise make it without key and end. Audit trails are in it (OOB-122)."""
        return aws.cloudwatch.LogGroup(
            f"{self._name}-{what}",
            name=path,
            retention_in_days=days,
            kms_key_id=keys.main["logs"],
            opts=stateful(self._options(), disposable=self._context.environment.disposable),
        )

    def _logged(self, days: int, keys: AwsKeys) -> list[aws.cloudwatch.LogGroup]:
        """Where the control plane logs. A drill has none: EKS delivers the last lines after the cluster is gone, by a role of
        its own that makes the group anew, and it would be left behind (terraform-aws-eks#2446).
        """
        if self._context.environment.disposable:
            return []
        return [self._log_group("log", f"/aws/eks/{self._physical}/cluster", days, keys)]

    def _cluster(
        self, spec: ClusterSpec, keys: AwsKeys, network: AwsNetwork, log_groups: Sequence[aws.cloudwatch.LogGroup]
    ) -> aws.eks.Cluster:
        context, settings = self._context, self._context.settings.cluster
        role = aws.iam.Role(
            f"{self._name}-role",
            description=f"{context.environment.name}: what the control plane may do",
            assume_role_policy=assumable_by("eks.amazonaws.com"),
            permissions_boundary=context.settings.permissions_boundary,
            opts=self._options(),
        )
        granted: list[Resource] = [
            attach(f"{self._name}-control", role, "AmazonEKSClusterPolicy", self._options()),
            allow(
                f"{self._name}-encryption",
                role,
                keys.main["cluster"].apply(addons.cluster_key_statements),
                self._options(),
            ),
        ]
        open_to = [str(cidr) for cidr in settings.public_endpoint_cidrs]
        return aws.eks.Cluster(
            f"{self._name}-eks",
            name=self._physical,
            role_arn=role.arn,
            version=spec.kubernetes_version,
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=list(network.application_subnet_ids),
                endpoint_private_access=True,
                endpoint_public_access=bool(open_to),
                public_access_cidrs=open_to or None,
            ),
            # Nobody is let in by having made the cluster: access is what the stack file says, and only that (OOB-123).
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            # What EKS would install by itself could not be configured before it runs.
            bootstrap_self_managed_addons=False,
            kubernetes_network_config={"ip_family": "ipv4", "service_ipv4_cidr": str(settings.service_cidr)},
            enabled_cluster_log_types=list(LOG_TYPES) if log_groups else [],
            encryption_config={"provider": {"key_arn": keys.main["cluster"]}, "resources": ["secrets"]},
            deletion_protection=not context.environment.disposable,
            upgrade_policy={"support_type": "STANDARD"},
            zonal_shift_config={"enabled": True},
            opts=stateful(self._options([*granted, *log_groups]), disposable=context.environment.disposable),
        )

    def _administrators(self, cluster: aws.eks.Cluster) -> None:
        """Access entries (pulumi-eks#1493: never changeable later from the old way). Who runs `up` must be among them."""
        for arn, label in entry_names(self._context.settings.cluster.administrators).items():
            entry = aws.eks.AccessEntry(
                f"{self._name}-{label}", cluster_name=cluster.name, principal_arn=arn, type="STANDARD", opts=self._options()
            )
            aws.eks.AccessPolicyAssociation(
                f"{self._name}-{label}-administers",
                cluster_name=cluster.name,
                principal_arn=entry.principal_arn,
                policy_arn=ADMINISTRATOR_POLICY,
                access_scope={"type": "cluster"},
                opts=self._options([entry]),
            )

    def _issuer(self, cluster: aws.eks.Cluster) -> Issuer:
        """What lets service accounts take roles. IAM trusts AWS's own certificate authorities, so it needs no thumbprint."""
        address = cluster.identities.apply(lambda found: str((found[0].oidcs or [])[0].issuer))
        provider = aws.iam.OpenIdConnectProvider(
            f"{self._name}-issuer", url=address, client_id_lists=[AUDIENCE], opts=self._options()
        )
        return Issuer(arn=provider.arn, host=address.apply(lambda found: found.removeprefix("https://")))

    def _role(self, what: str, issuer: Issuer, account: ServiceAccount, description: str) -> aws.iam.Role:
        return workload_role(f"{self._name}-{what}-role", self._context, issuer, account, description, self._options())

    def _addon(
        self, name: str, cluster: aws.eks.Cluster, role: aws.iam.Role | None = None, after: Sequence[Resource] = ()
    ) -> aws.eks.Addon:
        volume_tags = cloud_tags(self._context.environment.labels)
        return aws.eks.Addon(
            f"{self._name}-{name}",
            cluster_name=cluster.name,
            addon_name=name,
            addon_version=self._versions[name],
            configuration_values=addons.configuration(name, self._physical, volume_tags),
            service_account_role_arn=role.arn if role is not None else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            opts=self._options(after),
        )

    def _network_addon(self, cluster: aws.eks.Cluster, issuer: Issuer) -> aws.eks.Addon:
        """Pod addresses and network policies: before any node, or the first pods come up without either."""
        role = self._role("network", issuer, CNI_ACCOUNT, "addresses for pods")
        # AWS's own policy: tags of network interfaces are not known beforehand, and it follows what the add-on calls.
        granted = attach(f"{self._name}-network-rights", role, "AmazonEKS_CNI_Policy", self._options())
        return self._addon(addon.VPC_CNI, cluster, role, [granted])

    def _addons(self, cluster: aws.eks.Cluster, issuer: Issuer, keys: AwsKeys, log_days: int, nodes: Nodes) -> None:
        """What needs nodes to run on, and is only then ready."""
        context = self._context
        self._addon(addon.COREDNS, cluster, after=[nodes])
        self._addon(addon.METRICS, cluster, after=[nodes])
        snapshots = self._addon(addon.SNAPSHOTS, cluster, after=[nodes])
        disks = self._role("disks", issuer, EBS_ACCOUNT, "disks for pods")
        region = context.region
        disk_rights = [
            attach(f"{self._name}-disks-rights", disks, "service-role/AmazonEBSCSIDriverPolicy", self._options()),
            allow(
                f"{self._name}-disks-key",
                disks,
                keys.main["volumes"].apply(lambda arn: addons.volume_key_statements(arn, region)),
                self._options(),
            ),
        ]
        self._addon(addon.EBS_CSI, cluster, disks, [nodes, snapshots, *disk_rights])
        logs = self._role("logs", issuer, LOGS_ACCOUNT, "container logs")
        log_rights = allow(
            f"{self._name}-logs-rights", logs, addons.log_statements(context.account, region, self._physical), self._options()
        )
        groups = [
            self._log_group(f"log-{part}", path, log_days, keys)
            for part, path in zip(addons.CONTAINER_LOGS, addons.log_group_names(self._physical), strict=True)
        ]
        self._addon(addon.LOGS, cluster, logs, [nodes, log_rights, *groups])
