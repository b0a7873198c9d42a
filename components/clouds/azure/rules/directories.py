"""Subscription, directory and locations: nothing is the primary's (OOB-91, OOB-95, C-25), and copies lie elsewhere (OOB-69)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from components.clouds.azure.identifiers import subscription_of, tenants_in
from components.clouds.azure.locations import PAIRS
from components.declared import IDENTIFIERS, entries
from components.faults import Fault
from components.hosts import under
from components.salvage import numbered, readable

if TYPE_CHECKING:
    from components.clouds.azure.settings import Settings
    from components.settings import Stack

BREAK_GLASS = 2  # OOB-94


def primary_subscriptions(stack: Stack) -> dict[str, str]:
    """Subscriptions of the primary, each with the setting that says so: listed, or named in a resource id of the primary."""
    found: dict[str, str] = {}
    for path, entry in entries(stack.primary, *(name for name in IDENTIFIERS if name != "tenants")):
        subscription = subscription_of(entry)
        if subscription is not None:
            found.setdefault(subscription, path)
    return found


def primary_tenants(stack: Stack) -> dict[str, str]:
    """Directories of the primary, each with the setting that says so: listed, or named in an issuer of the primary."""
    found: dict[str, str] = {}
    for path, entry in entries(stack.primary, "tenants", "issuers"):
        for tenant in sorted(tenants_in(entry)):
            found.setdefault(tenant, path)
    return found


def own_subscription(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """OOB-95."""
    said = primary_subscriptions(stack).get(settings.subscription)
    if said is not None:
        why = f"'{settings.subscription}' is a subscription of the primary ({said})"
        yield Fault("azure.subscription", why, "use a subscription of its own, homed in the secondary directory")


def own_tenant(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """OOB-91, C-25: administrators and people must not come from the primary's directory."""
    said = primary_tenants(stack).get(settings.tenant)
    if said is not None:
        why = f"'{settings.tenant}' is a directory of the primary ({said})"
        yield Fault("azure.tenant", why, "make a second workforce tenant, move the subscription there, and give its id")


def own_domain(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """OOB-92: a name under the primary's domain could be federated with it, and is lost with it."""
    for index, domain in numbered(stack.primary.domains):
        if under(settings.tenant_domain, domain):
            why = f"'{settings.tenant_domain}' lies under '{domain}' (primary.domains[{index}])"
            yield Fault("azure.tenantDomain", why, "use the directory's own name, like acmeoob.onmicrosoft.com")


def given_ids(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every resource id that the block leans on, with its path."""
    zones = lambda: settings.network.private_zones  # noqa: E731 read late: the block may be faulty
    certificate = lambda: settings.edge.certificate  # noqa: E731
    single: tuple[tuple[str, Callable[[], str | None]], ...] = (
        ("azure.network.privateZones.database", lambda: zones().database),
        ("azure.network.privateZones.blob", lambda: zones().blob),
        ("azure.network.privateZones.vault", lambda: zones().vault),
        ("azure.network.privateZones.registry", lambda: zones().registry),
        ("azure.network.privateZones.cluster", lambda: zones().cluster),
        ("azure.edge.certificate.identity", lambda: found.identity if (found := certificate()) else None),
    )
    yield from ((path, text) for path, text in readable(*single) if text is not None)


def ids_apart(settings: Settings, stack: Stack) -> Iterator[Fault]:
    taken = primary_subscriptions(stack)
    for path, text in given_ids(settings):
        subscription = subscription_of(text)
        if subscription in taken:
            why = f"'{text}' lies in a subscription of the primary ({taken[subscription]})"
            yield Fault(path, why, "use one that survives the primary")


ZONES: Mapping[str, str] = MappingProxyType(
    {
        "database": r"([a-z0-9-]+\.)+postgres\.database\.azure\.com",
        "blob": r"privatelink\.blob\.core\.windows\.net",
        "vault": r"privatelink\.vaultcore\.azure\.net",
        "registry": r"privatelink\.azurecr\.io",
        "cluster": r"([a-z0-9-]+\.)?privatelink\.{location}\.azmk8s\.io",
    }
)  # "Azure Private Endpoint private DNS zone values"; "Create a private AKS cluster", custom zones


def zones_of_their_services(settings: Settings) -> Iterator[Fault]:
    """A zone of another service would be filled with names that nobody asks for, and the service not be found."""
    zones = lambda: settings.network.private_zones  # noqa: E731 read late: the block may be faulty
    given: tuple[tuple[str, Callable[[], str | None]], ...] = (
        ("database", lambda: zones().database),
        ("blob", lambda: zones().blob),
        ("vault", lambda: zones().vault),
        ("registry", lambda: zones().registry),
        ("cluster", lambda: zones().cluster),
    )
    for service, text in readable(*given):
        wanted = ZONES[service].replace("{location}", settings.location)
        name = text.rpartition("/")[2] if text else None
        if name is not None and not re.fullmatch(wanted, name):
            shown = re.sub(r"\(.*?\)[+?]", "", wanted).replace("\\", "")
            why = f"'{name}' is not the zone of that service"
            yield Fault(f"azure.network.privateZones.{service}", why, f"give the id of a zone {shown}, or leave it out")


def break_glass(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """OOB-94: Conditional Access without exclusions can lock everybody out."""
    found = settings.break_glass
    if stack.identity.provider == "managed" and not stack.disposable and len(set(found)) < BREAK_GLASS:
        why = f"{len(set(found))} given, but Conditional Access must leave out {BREAK_GLASS} accounts"
        yield Fault("azure.breakGlass", why, "give the object ids of two accounts of the directory, kept in a safe")


def known_location(settings: Settings) -> Iterator[Fault]:
    if settings.location not in PAIRS:
        known = ", ".join(sorted(PAIRS))
        yield Fault("azure.location", f"'{settings.location}' has no three zones and paired location", f"use one of {known}")


def paired_location(settings: Settings) -> Iterator[Fault]:
    """OOB-69."""
    pair = PAIRS.get(settings.location)
    if pair is not None and settings.replica_location != pair:
        why = f"'{settings.replica_location}' is not the pair of azure.location '{settings.location}'"
        yield Fault("azure.replicaLocation", why, f"use '{pair}': geo-redundant storage and database backups go there alone")


def entra_in_reach(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """Pods get their tokens from Entra, which has no private endpoint."""
    del settings
    if stack.egress.mode == "none":
        why = "'none' cuts pods off from Entra, which gives them their identity for storage and database"
        yield Fault("egress.mode", why, "set egress.mode: filtered, which opens that and the registries alone")


def probes_from_outside(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """Traffic Manager has no probe of our own making, which could stand inside a network."""
    del settings
    if stack.dns.probe == "synthetic":
        why = "'synthetic' needs a probe from inside, and Traffic Manager asks from the internet only"
        yield Fault("dns.probe", why, "set dns.probe: public, and let the primary answer its ping path")


def shared_locations(settings: Settings, stack: Stack) -> Iterator[str]:
    """Locations in which the primary runs as well."""
    for path, location in (("azure.location", settings.location), ("azure.replicaLocation", settings.replica_location)):
        if location in stack.primary.regions:
            yield f"{path} {location} is one of primary.regions: a failure of that location takes both"


OWN = (known_location, paired_location, zones_of_their_services)
ACROSS = (own_subscription, own_tenant, own_domain, ids_apart, break_glass, entra_in_reach, probes_from_outside)
