"""Key Vaults, keys, groups that hold data, workspace and archive (OOB-104, OOB-114)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureKeys, Context
from components.options import child


class Keys(ComponentResource):
    """Key Vaults, keys, groups that hold data, workspace and archive (OOB-104, OOB-114)."""

    outputs: AzureKeys

    def __init__(self, name: str, context: Context, parent: Resource) -> None:
        super().__init__("oob:azure:Keys", name, None, child(parent))
        raise NotImplementedError("keys")
