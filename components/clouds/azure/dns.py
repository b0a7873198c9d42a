"""Names: the public zone, the profile of Traffic Manager, the latch (OOB-82 to OOB-84, OOB-98)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureDns, AzureEdge, AzureZone, Context
from components.contract import DnsSpec
from components.options import child
from components.sections import Site


class Zone(ComponentResource):
    """The zone of the out-of-band names."""

    outputs: AzureZone

    def __init__(self, name: str, context: Context, site: Site, parent: Resource) -> None:
        super().__init__("oob:azure:Zone", name, None, child(parent))
        raise NotImplementedError("zone")


class Failover(ComponentResource):
    """Profiles, latch and records."""

    outputs: AzureDns

    def __init__(self, name: str, context: Context, spec: DnsSpec, zone: AzureZone, edge: AzureEdge, parent: Resource) -> None:
        super().__init__("oob:azure:Failover", name, None, child(parent))
        raise NotImplementedError("failover")
