"""Alarms, diagnostic settings, budget, workbook (OOB-97, OOB-122, OOB-124)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import (
    AzureCluster,
    AzureDatabase,
    AzureEdge,
    AzureKeys,
    AzureNetwork,
    AzureObjects,
    AzureZone,
    Context,
)
from components.contract import Watched, WatchOutputs, WatchSpec
from components.options import child


class Watch(ComponentResource):
    """Alarms, diagnostic settings, budget, workbook (OOB-97, OOB-122, OOB-124)."""

    outputs: WatchOutputs

    def __init__(
        self,
        name: str,
        context: Context,
        spec: WatchSpec,
        watched: Watched[AzureKeys, AzureNetwork, AzureObjects, AzureDatabase, AzureCluster, AzureZone, AzureEdge],
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Watch", name, None, child(parent))
        raise NotImplementedError("watch")
