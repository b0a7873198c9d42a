"""How each EKS add-on is configured, and what those that call AWS may do. Plain functions of plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from components.clouds.aws import addon_versions as addon
from components.clouds.aws.documents import Statement

# Volumes and snapshots of this cluster carry this tag, so that rights to them can be narrowed by it.
CLUSTER_TAG = "oob:cluster"
# The log groups that Fluent Bit writes to; it takes their names from the cluster's.
CONTAINER_LOGS = ("application", "dataplane", "host")


def configuration(name: str, cluster: str, volume_tags: Mapping[str, str]) -> str | None:
    """What is set differently from an add-on's defaults, as JSON; None if nothing is."""
    found = _configurations(cluster, volume_tags).get(name)
    return None if found is None else json.dumps(found, sort_keys=True)


def _configurations(cluster: str, volume_tags: Mapping[str, str]) -> dict[str, Mapping[str, object]]:
    off = {"enabled": False}
    return {
        addon.VPC_CNI: {
            # Off by default; without it every network policy is accepted and none is enforced (OOB-101).
            "enableNetworkPolicy": "true",
            "nodeAgent": {"enablePolicyEventLogs": "true"},
            # `strict` would close a pod until its policies have come. It closes CoreDNS and the controllers as well, before
            # anything could open them, so a new cluster never gets ready. The price: a pod's first second or so is open.
            "env": {"NETWORK_POLICY_ENFORCING_MODE": "standard"},
        },
        addon.COREDNS: {"replicaCount": 2},
        addon.EBS_CSI: {"controller": {"extraVolumeTags": {**volume_tags, CLUSTER_TAG: cluster}}},
        addon.LOGS: {
            # Container logs only (AWS-93). Metrics are Prometheus' part here; AWS bills each of its own again.
            "containerLogs": {"enabled": True},
            "containerInsights": off,
            "applicationSignals": off,
            "kubeStateMetrics": off,
            "nodeExporter": off,
            "dcgmExporter": off,
            "neuronMonitor": off,
            "agents": [],  # with nothing to collect the agent finds no configuration and restarts for ever
        },
    }


def log_group_names(cluster: str) -> tuple[str, ...]:
    """Where containers, node agents and node journals are logged."""
    return tuple(f"/aws/containerinsights/{cluster}/{part}" for part in CONTAINER_LOGS)


def log_statements(account: str, region: str, cluster: str) -> Sequence[Statement]:
    """Fluent Bit writes to the groups that were made for it, and to nothing else."""
    groups = [f"arn:aws:logs:{region}:{account}:log-group:{name}" for name in log_group_names(cluster)]
    return [
        {
            "Sid": "ContainerLogs",
            "Effect": "Allow",
            # CreateLogGroup is asked before the first line and answered with "exists already".
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": [*groups, *(f"{group}:*" for group in groups)],
        }
    ]


def volume_key_statements(key_arn: str, region: str) -> Sequence[Statement]:
    """What the EBS driver needs to make and attach volumes under our own key, through EC2 only."""
    through = {"kms:ViaService": f"ec2.{region}.amazonaws.com"}
    use = [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ]
    return [
        {
            "Sid": "EncryptVolumes",
            "Effect": "Allow",
            "Action": use,
            "Resource": key_arn,
            "Condition": {"StringEquals": through},
        },
        {
            "Sid": "LetMachinesUseTheirVolumes",
            "Effect": "Allow",
            "Action": "kms:CreateGrant",
            "Resource": key_arn,
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringEquals": through},
        },
    ]


def cluster_key_statements(key_arn: str) -> Sequence[Statement]:
    """What EKS needs to encrypt Kubernetes secrets under our own key (OOB-76)."""
    actions = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"]
    return [{"Sid": "EncryptSecrets", "Effect": "Allow", "Action": actions, "Resource": key_arn}]


def autoscaler_statements(account: str, region: str, cluster: str) -> Sequence[Statement]:
    """The node autoscaler looks around in the account and changes this cluster's scaling groups only (OOB-60)."""
    return [
        {
            "Sid": "LookAround",
            "Effect": "Allow",
            "Action": [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            "Resource": "*",  # none of these takes a resource: AWS lists all or nothing
        },
        {
            "Sid": "ReadLabelsOfEmptyGroups",
            "Effect": "Allow",
            "Action": "eks:DescribeNodegroup",
            "Resource": f"arn:aws:eks:{region}:{account}:nodegroup/{cluster}/*",
        },
        {
            "Sid": "ChangeItsOwnGroups",
            "Effect": "Allow",
            "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            "Resource": f"arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/eks-*",
            # EKS puts this tag on the scaling group of every managed node group.
            "Condition": {"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}},
        },
    ]
