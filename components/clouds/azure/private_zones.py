"""Private DNS zones: names of Azure's services inside the network lead to private addresses, and to nothing if there is none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pulumi import ComponentResource, Input, Output, Resource
from pulumi_azure_native import privatedns

from components.clouds.azure.handles import Context, Group
from components.clouds.azure.settings import PrivateZones as Given
from components.options import child

# "Azure Private Endpoint private DNS zone values". A flexible server takes any zone that ends like this one.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "database": "privatelink.postgres.database.azure.com",
        "blob": "privatelink.blob.core.windows.net",
        "vault": "privatelink.vaultcore.azure.net",
        "registry": "privatelink.azurecr.io",
        "cluster": "privatelink.{location}.azmk8s.io",
    }
)
# A vault of certificates, a registry, or an account in which a service of Azure's own keeps something may have private endpoints
# elsewhere. Its public name then leads into our zone, which does not know it, and only by asking outside again is it found. The
# others hold nothing but our own.
OTHERS_TOO = ("blob", "registry", "vault")


def given(zones: Given) -> dict[str, str]:
    """Zones of somebody else's, by service."""
    found = {
        "database": zones.database,
        "blob": zones.blob,
        "vault": zones.vault,
        "registry": zones.registry,
        "cluster": zones.cluster,
    }
    return {service: zone for service, zone in found.items() if zone is not None}


class PrivateZones(ComponentResource):
    """`ids` of zones by service: those of the settings, new ones for the rest. `ready` are the links of these to the network."""

    def __init__(self, name: str, context: Context, home: Group, network_id: Input[str], parent: Resource) -> None:
        super().__init__("oob:azure:PrivateZones", name, None, child(parent))
        self._name, self._context, self._home = name, context, home
        theirs = given(context.settings.network.private_zones)
        self.ids: dict[str, Output[str]] = {}
        links: list[Resource] = []
        for service, text in NAMES.items():
            if service in theirs:
                self.ids[service] = Output.from_input(theirs[service])
                continue
            zone = self._zone(service, text.format(location=context.location))
            self.ids[service] = zone.id
            links.append(self._link(service, zone, network_id))
        self.ready: tuple[Resource, ...] = tuple(links)
        self.register_outputs({})

    def _zone(self, service: str, text: str) -> privatedns.PrivateZone:
        return privatedns.PrivateZone(
            f"{self._name}-{service}",
            private_zone_name=text,
            resource_group_name=self._home.name,
            location="global",
            opts=child(self, self._context.main),
        )

    def _link(self, service: str, zone: privatedns.PrivateZone, network_id: Input[str]) -> privatedns.VirtualNetworkLink:
        return privatedns.VirtualNetworkLink(
            f"{self._name}-{service}-link",
            virtual_network_link_name="network",
            private_zone_name=zone.name,
            resource_group_name=self._home.name,
            location="global",
            virtual_network={"id": network_id},
            registration_enabled=False,
            resolution_policy="NxDomainRedirect" if service in OTHERS_TOO else "Default",
            opts=child(self, self._context.main),
        )
