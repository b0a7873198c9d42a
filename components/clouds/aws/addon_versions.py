"""Which version of each EKS add-on goes with which Kubernetes. Plain data; AWS is not asked.

AWS publishes builds of these nearly every week and says which ones fit only through its API, so no list can be checked
without an account. These are what running clusters of that version had in October and November 2026, read in public
repositories; all of them together have not been tried here. `aws eks describe-addon-versions --kubernetes-version 1.36
--addon-name NAME` is the authority: where it disagrees, `aws.cluster.addonVersions` in the stack file wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

VERSION = re.compile(r"v\d+\.\d+\.\d+-eksbuild\.\d+")

VPC_CNI = "vpc-cni"
KUBE_PROXY = "kube-proxy"
COREDNS = "coredns"
EBS_CSI = "aws-ebs-csi-driver"
SNAPSHOTS = "snapshot-controller"
METRICS = "metrics-server"
LOGS = "amazon-cloudwatch-observability"

PINNED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "1.35": MappingProxyType(
            {
                VPC_CNI: "v1.23.2-eksbuild.1",
                KUBE_PROXY: "v1.35.3-eksbuild.29",
                COREDNS: "v1.14.6-eksbuild.4",
                EBS_CSI: "v1.65.0-eksbuild.1",
                SNAPSHOTS: "v8.6.0-eksbuild.6",
                METRICS: "v0.9.0-eksbuild.7",
                LOGS: "v6.4.0-eksbuild.1",
            }
        ),
        "1.36": MappingProxyType(
            {
                VPC_CNI: "v1.23.2-eksbuild.1",
                KUBE_PROXY: "v1.36.0-eksbuild.45",
                COREDNS: "v1.14.7-eksbuild.11",
                EBS_CSI: "v1.66.0-eksbuild.1",
                SNAPSHOTS: "v8.6.0-eksbuild.8",
                METRICS: "v0.9.0-eksbuild.11",
                LOGS: "v6.7.0-eksbuild.1",
            }
        ),
    }
)
NAMES = tuple(PINNED["1.36"])


def versions(kubernetes: str, chosen: Mapping[str, str]) -> Mapping[str, str]:
    """The version of every add-on: the pinned ones, with those of the stack file over them. KeyError for an unknown minor."""
    return dict(PINNED[kubernetes]) | dict(chosen)
