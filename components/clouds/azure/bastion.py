"""Azure Bastion and the jump machine (OOB-30 to OOB-33)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureBastion, AzureCluster, AzureDatabase, AzureKeys, AzureNetwork, Context
from components.options import child


class Bastion(ComponentResource):
    """Azure Bastion and the jump machine (OOB-30 to OOB-33)."""

    outputs: AzureBastion

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AzureKeys,
        network: AzureNetwork,
        cluster: AzureCluster,
        database: AzureDatabase,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Bastion", name, None, child(parent))
        raise NotImplementedError("bastion")
