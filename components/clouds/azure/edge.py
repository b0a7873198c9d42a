"""The application gateway and its firewall (OOB-19 to OOB-23)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureCluster, AzureEdge, AzureKeys, AzureNetwork, AzureObjects, AzureZone, Context
from components.contract import EdgeSpec
from components.options import child


class Edge(ComponentResource):
    """The application gateway and its firewall (OOB-19 to OOB-23)."""

    outputs: AzureEdge

    def __init__(
        self,
        name: str,
        context: Context,
        spec: EdgeSpec,
        keys: AzureKeys,
        network: AzureNetwork,
        cluster: AzureCluster,
        zone: AzureZone,
        objects: AzureObjects,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Edge", name, None, child(parent))
        raise NotImplementedError("edge")
