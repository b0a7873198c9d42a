"""The node autoscaler: adds a node where a pod finds no room, takes away one that is not needed (OOB-60)."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import Input

from components.clouds.aws.workload_roles import annotations_of
from components.contract import HelmAddon, ServiceAccount
from components.versions import CHARTS, IMAGES

NAME = "cluster-autoscaler"
ACCOUNT = ServiceAccount(namespace="kube-system", name=NAME)
NOBODY = 65534


def release(cluster: str, region: str, role: aws.iam.Role) -> HelmAddon:
    """The chart as this cluster needs it. The scaling groups are found by the tags that EKS gives them."""
    image = IMAGES[NAME]
    values: dict[str, Input[object]] = {
        "cloudProvider": "aws",
        "awsRegion": region,
        "autoDiscovery": {"clusterName": cluster},
        "image": {"repository": f"{image.registry}/{image.repository}", "tag": image.tag},
        "replicaCount": 2,  # one works, elected; the other waits
        "rbac": {"serviceAccount": {"create": True, "name": ACCOUNT.name, "annotations": annotations_of(role)}},
        "extraArgs": {
            "balance-similar-node-groups": True,
            "expander": "least-waste",
            "skip-nodes-with-local-storage": False,  # caches and scratch space are no reason to keep a node
            "skip-nodes-with-system-pods": False,
            "aws-use-static-instance-list": True,
        },
        "resources": {"requests": {"cpu": "50m", "memory": "150Mi"}, "limits": {"memory": "400Mi"}},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": NOBODY,
            "runAsGroup": NOBODY,
            "fsGroup": NOBODY,  # may read the token of its service account
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containerSecurityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    return HelmAddon(name=NAME, chart=CHARTS[NAME], namespace=ACCOUNT.namespace, values=values, image=NAME)
