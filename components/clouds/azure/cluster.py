"""AKS (OOB-79 to OOB-81, OOB-99)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureCluster, AzureKeys, AzureNetwork, Context
from components.contract import ClusterSpec
from components.options import child


class Cluster(ComponentResource):
    """AKS (OOB-79 to OOB-81, OOB-99)."""

    outputs: AzureCluster

    def __init__(
        self, name: str, context: Context, spec: ClusterSpec, keys: AzureKeys, network: AzureNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:azure:Cluster", name, None, child(parent))
        raise NotImplementedError("cluster")
