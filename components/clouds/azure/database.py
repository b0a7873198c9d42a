"""Azure Database for PostgreSQL, flexible server (OOB-85 to OOB-87)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureDatabase, AzureKeys, AzureNetwork, Context
from components.contract import DatabaseSpec
from components.options import child


class Database(ComponentResource):
    """Azure Database for PostgreSQL, flexible server (OOB-85 to OOB-87)."""

    outputs: AzureDatabase

    def __init__(
        self, name: str, context: Context, spec: DatabaseSpec, keys: AzureKeys, network: AzureNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:azure:Database", name, None, child(parent))
        raise NotImplementedError("database")
