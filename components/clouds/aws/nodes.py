"""The cluster's machines: Bottlerocket in private subnets, one managed group a zone (OOB-59, OOB-60, OOB-121, AWS-55 to AWS-58).

A group of its own for every zone lets the autoscaler bring a node where a pod needs it, and makes the scaling groups known
one by one, so that the load balancer can target them.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions

from components.clouds.aws.documents import assumable_by
from components.clouds.aws.handles import AwsKeys, AwsNetwork, Context
from components.clouds.aws.sizes import SIZES, Sizing, per_zone
from components.clouds.aws.workload_roles import attach
from components.labels import cloud_tags
from components.options import child
from components.sections import Posture

AMI_TYPE = "BOTTLEROCKET_x86_64"  # the Mattermost operator's image exists for amd64 only
SYSTEM_DEVICE, DATA_DEVICE = "/dev/xvda", "/dev/xvdb"  # Bottlerocket's own two disks
SYSTEM_GIB = 4  # what the image itself has; images and pods live on the data disk
OPEN_FILES, OPEN_FILES_HARD = 65536, 1048576  # AWS-72 asks for 49152 at least
# What a node may do itself (OOB-70): join, and pull images. Addresses for pods, disks and logs are the business of the
# add-ons' own roles.
NODE_POLICIES = {"worker": "AmazonEKSWorkerNodePolicy", "registry": "AmazonEC2ContainerRegistryPullOnly"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many nodes a group has."""

    least: int
    wanted: int
    most: int


def user_data() -> str:
    """Bottlerocket's settings. EKS adds the cluster's own to these (https://bottlerocket.dev/en/os/latest/api/settings/)."""
    return f"""\
[settings.kernel]
lockdown = "integrity"

[settings.host-containers.admin]
enabled = false

[settings.host-containers.control]
enabled = false

[settings.kubernetes]
seccomp-default = true

[settings.oci-defaults.resource-limits.max-open-files]
soft-limit = {OPEN_FILES}
hard-limit = {OPEN_FILES_HARD}

[settings.metrics]
send-metrics = false
"""


def counts(sizing: Sizing, posture: Posture, zones: int) -> tuple[Counts, ...]:
    """Nodes of each zone's group. Warm and cold start small and leave the room to grow; a cold one lives in a single zone."""
    least, wanted, most = (per_zone(count, zones) for count in (sizing.nodes_min, sizing.nodes_desired, sizing.nodes_max))
    match posture:
        case Posture.HOT:
            return (Counts(least=least, wanted=wanted, most=most),) * zones
        case Posture.WARM:
            return (Counts(least=1, wanted=1, most=most),) * zones
        case Posture.COLD:
            first, others = Counts(least=1, wanted=1, most=most), Counts(least=0, wanted=0, most=most)
            return (first, *(others,) * (zones - 1))


class Nodes(ComponentResource):
    """Role, launch template and groups. `scaling_group_names` stand in the order of the zones."""

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AwsKeys,
        network: AwsNetwork,
        cluster: aws.eks.Cluster,
        group_id: Input[str],
        parent: Resource,
        *,
        after: Sequence[Resource],
    ) -> None:
        super().__init__("oob:aws:Nodes", name, None, child(parent))
        self._name, self._context = name, context
        self._sizing = SIZES[context.environment.size]
        self._tags = cloud_tags(context.environment.labels, context.settings.tags)
        role, granted = self._role()
        template = self._template(keys.main["volumes"], group_id)
        planned = counts(self._sizing, context.environment.posture, len(network.zone_names))
        groups = [
            self._group(number, cluster, role, template, subnet_id, count, [*granted, *after])
            for number, (subnet_id, count) in enumerate(zip(network.application_subnet_ids, planned, strict=True), 1)
        ]
        self.role_arn = role.arn
        self.scaling_group_names: tuple[Output[str], ...] = tuple(
            group.resources.apply(lambda found: str((found[0].autoscaling_groups or [])[0].name)) for group in groups
        )
        self.register_outputs({})

    def _role(self) -> tuple[aws.iam.Role, list[Resource]]:
        role = aws.iam.Role(
            f"{self._name}-role",
            description=f"{self._context.environment.name}: what a node of the cluster may do",
            assume_role_policy=assumable_by("ec2.amazonaws.com"),
            permissions_boundary=self._context.settings.permissions_boundary,
            opts=child(self, self._context.main),
        )
        options = child(self, self._context.main)
        granted: list[Resource] = [
            attach(f"{self._name}-{what}", role, policy, options) for what, policy in NODE_POLICIES.items()
        ]
        return role, granted

    def _template(self, key: Output[str], group_id: Input[str]) -> aws.ec2.LaunchTemplate:
        """IMDSv2 with one hop, so that no pod reaches it; encrypted disks; no public address (OOB-70, AWS-57, AWS-58)."""
        named = self._tags | {"Name": f"{self._context.environment.name}-node"}
        return aws.ec2.LaunchTemplate(
            f"{self._name}-template",
            description=f"{self._context.environment.name}: nodes of the cluster",
            update_default_version=True,
            instance_type=self._sizing.node_type,
            user_data=base64.b64encode(user_data().encode()).decode(),
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            monitoring={"enabled": True},
            block_device_mappings=[
                _disk(SYSTEM_DEVICE, SYSTEM_GIB, key),
                _disk(DATA_DEVICE, self._sizing.node_volume_gib, key),
            ],
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "false",
                    "delete_on_termination": "true",
                    "security_groups": [group_id],
                }
            ],
            tag_specifications=[{"resource_type": kind, "tags": named} for kind in ("instance", "volume", "network-interface")],
            opts=child(self, self._context.main),
        )

    def _group(
        self,
        number: int,
        cluster: aws.eks.Cluster,
        role: aws.iam.Role,
        template: aws.ec2.LaunchTemplate,
        subnet_id: Output[str],
        count: Counts,
        after: Sequence[Resource],
    ) -> aws.eks.NodeGroup:
        options = ResourceOptions.merge(
            child(self, self._context.main, depends_on=after),
            ResourceOptions(ignore_changes=["scalingConfig.desiredSize"]),  # the autoscaler decides it from then on
        )
        return aws.eks.NodeGroup(
            f"{self._name}-{number}",
            cluster_name=cluster.name,
            node_role_arn=role.arn,
            subnet_ids=[subnet_id],
            version=self._context.environment.kubernetes_version,
            release_version=self._context.settings.cluster.node_release,
            ami_type=AMI_TYPE,
            capacity_type="ON_DEMAND",
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            scaling_config={"min_size": count.least, "desired_size": count.wanted, "max_size": count.most},
            update_config={"max_unavailable": 1},
            node_repair_config={"enabled": True},  # AWS-73
            labels={f"oob.example/{key}": value for key, value in self._context.environment.labels.pairs().items()},
            opts=options,
        )


def _disk(device: str, gib: int, key: Output[str]) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgsDict:
    return {
        "device_name": device,
        "ebs": {
            "volume_size": gib,
            "volume_type": "gp3",
            "encrypted": "true",
            "kms_key_id": key,
            "delete_on_termination": "true",
        },
    }
