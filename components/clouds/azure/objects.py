"""Storage accounts for files and backups (OOB-88 to OOB-90)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureKeys, AzureNetwork, AzureObjects, Context
from components.contract import ObjectsSpec
from components.options import child


class Objects(ComponentResource):
    """Storage accounts for files and backups (OOB-88 to OOB-90)."""

    outputs: AzureObjects

    def __init__(
        self, name: str, context: Context, spec: ObjectsSpec, keys: AzureKeys, network: AzureNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:azure:Objects", name, None, child(parent))
        raise NotImplementedError("objects")
