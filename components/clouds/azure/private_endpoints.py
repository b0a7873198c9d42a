"""A private endpoint: an address in our own network for one service of Azure, found by its name in a private zone."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Input, Resource
from pulumi_azure_native import network

from components.clouds.azure import names
from components.clouds.azure.handles import Context, Group
from components.options import child


def private_endpoint(
    name: str,
    context: Context,
    parent: Resource,
    *,
    purpose: str,
    service: str,
    target_id: Input[str],
    home: Group,
    subnet_id: Input[str],
    zone_id: Input[str],
    zones_ready: Sequence[Resource],
) -> tuple[Resource, ...]:
    """The endpoint and its entry in the zone; both must be there before anybody can connect.

    `purpose` takes part in the physical name; `service` is the sub-resource that is reached, such as blob or vault.
    """
    environment = context.environment.name
    endpoint = network.PrivateEndpoint(
        name,
        private_endpoint_name=names.general(environment, purpose, service),
        custom_network_interface_name=names.general(environment, purpose, service, "nic"),
        resource_group_name=home.name,
        location=home.location,
        subnet={"id": subnet_id},
        private_link_service_connections=[{"name": service, "private_link_service_id": target_id, "group_ids": [service]}],
        opts=child(parent, context.main, depends_on=list(zones_ready)),
    )
    entry = network.PrivateDnsZoneGroup(
        f"{name}-entry",
        private_dns_zone_group_name="default",
        private_endpoint_name=endpoint.name,
        resource_group_name=home.name,
        private_dns_zone_configs=[{"name": service, "private_dns_zone_id": zone_id}],
        opts=child(parent, context.main),
    )
    return (endpoint, entry)
