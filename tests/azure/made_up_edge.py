"""Made-up neighbours of the edge and of what watches it."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Output, Resource

from components.clouds.azure.handles import AzureZone
from components.sections import Access, Site
from tests.azure import made_up

ZONE = "acme-oob.example"
HOST, DIRECT = f"chat.{ZONE}", f"oob.{ZONE}"
PEOPLE = ("198.51.100.0/24", "192.0.2.128/25")


def text(value: str) -> Output[str]:
    return Output.from_input(value)


def zone(parent: Resource) -> AzureZone:
    """The public zone."""
    return AzureZone(
        name_servers=Output.from_input(["ns1-01.azure-dns.example"]),
        group=made_up.group("names"),
        zone_id=made_up.resource_id("names", "Microsoft.Network/dnsZones", ZONE),
        zone_name=text(ZONE),
        zone=parent,
    )


def site(delegated: bool = True) -> Site:
    return Site.model_validate({"host": HOST, "directHost": DIRECT, "zone": ZONE, "zoneDelegated": delegated})


def access(cidrs: Sequence[str] = PEOPLE, opened: str | None = None) -> Access:
    opening = {"openToAll": {"until": opened, "reason": "an incident far from home"}} if opened else {}
    return Access.model_validate({"allowedCidrs": list(cidrs), **opening})
