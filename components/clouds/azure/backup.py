"""The backup vault (OOB-69, OOB-70)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureBackup, AzureDatabase, AzureKeys, AzureObjects, Context
from components.contract import BackupSpec
from components.options import child


class Backup(ComponentResource):
    """The backup vault (OOB-69, OOB-70)."""

    outputs: AzureBackup

    def __init__(
        self,
        name: str,
        context: Context,
        spec: BackupSpec,
        keys: AzureKeys,
        database: AzureDatabase,
        objects: AzureObjects,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Backup", name, None, child(parent))
        raise NotImplementedError("backup")
