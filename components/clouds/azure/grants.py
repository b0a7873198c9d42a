"""An identity for each workload, taken by its service account alone (OOB-123)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureCluster, AzureDatabase, AzureGrants, AzureKeys, AzureObjects, Context
from components.contract import GrantsSpec
from components.options import child


class Grants(ComponentResource):
    """An identity for each workload, taken by its service account alone (OOB-123)."""

    outputs: AzureGrants

    def __init__(
        self,
        name: str,
        context: Context,
        spec: GrantsSpec,
        keys: AzureKeys,
        cluster: AzureCluster,
        database: AzureDatabase,
        objects: AzureObjects,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Grants", name, None, child(parent))
        raise NotImplementedError("grants")
