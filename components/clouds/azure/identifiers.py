"""Identifiers of Azure as types: subscriptions, directories, groups, locations, resource ids."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, StrictStr

from components.faults import refuse, shown
from components.schema import Kind, matching

GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
LOCATION = r"[a-z]{4,30}\d?"
_RESOURCE = re.compile(rf"/subscriptions/({GUID})(/resourceGroups/[^/]+)?(/.*)?", re.IGNORECASE)
_REGISTRY = re.compile(r"([a-z0-9]{5,50})\.azurecr\.io(/.*)?")
_GROUP_FIX = "1 to 90 letters, digits, dots, hyphens, underscores and parentheses, no dot at the end"
_GUID_FIX = "its 36 characters in lower case, like 11111111-2222-3333-4444-555555555555"


def _guid(value: object) -> object:
    """One spelling only, so that two that mean the same compare equal."""
    if isinstance(value, str) and not re.fullmatch(GUID, value):
        bare = value.strip().strip("{}").lower()
        fix = f"write it as '{bare}'" if re.fullmatch(GUID, bare) else f"write {_GUID_FIX}"
        raise refuse(f"{shown(value)} is not an identifier in its one spelling", fix)
    return value


def _zone_id(value: str) -> str:
    if re.fullmatch(
        rf"/subscriptions/{GUID}/resourceGroups/[^/\s]+/providers/Microsoft\.Network/privateDnsZones/[a-z0-9.-]+", value
    ):
        return value
    raise refuse(
        f"{shown(value)} is not the id of a private DNS zone",
        "write it like /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Network/privateDnsZones/<zone>",
    )


def _secret_url(value: str) -> str:
    if re.fullmatch(r"https://[a-z0-9-]{3,24}\.vault\.azure\.net/secrets/[A-Za-z0-9-]{1,127}", value):
        return value
    raise refuse(
        f"{shown(value)} is not a certificate of a Key Vault without its version",
        "write it like https://<vault>.vault.azure.net/secrets/<certificate>, so that renewals are followed",
    )


def _identity_id(value: str) -> str:
    expression = (
        rf"/subscriptions/{GUID}/resourceGroups/[^/\s]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[\w-]+"
    )
    if re.fullmatch(expression, value):
        return value
    raise refuse(
        f"{shown(value)} is not the id of a user-assigned identity",
        "write it like /subscriptions/<id>/resourceGroups/<name>/providers"
        "/Microsoft.ManagedIdentity/userAssignedIdentities/<name>",
    )


Guid = Annotated[StrictStr, BeforeValidator(_guid), Kind(_GUID_FIX, matching(GUID, "an identifier", _GUID_FIX), GUID)]
Location = Annotated[
    StrictStr,
    Kind("a location, like germanywestcentral", matching(LOCATION, "a location", "one like germanywestcentral"), LOCATION),
]
GroupName = Annotated[StrictStr, Kind(_GROUP_FIX, matching(r"[\w().-]{0,89}[\w()-]", "the name of a resource group", _GROUP_FIX))]
ZoneId = Annotated[StrictStr, Kind("the resource id of a private DNS zone", _zone_id, "/subscriptions/.+")]
SecretUrl = Annotated[StrictStr, Kind("the address of a certificate in a Key Vault", _secret_url, "https://.+")]
IdentityId = Annotated[StrictStr, Kind("the resource id of a user-assigned identity", _identity_id, "/subscriptions/.+")]


def subscription_of(text: str) -> str | None:
    """The subscription in a resource id, or the text itself if it is one; None for anything else."""
    if re.fullmatch(GUID, text.strip().lower()):
        return text.strip().lower()
    found = _RESOURCE.fullmatch(text.strip())
    return found[1].lower() if found else None


def tenants_in(issuer: str) -> frozenset[str]:
    """Directories that an issuer's address names, as Entra writes them."""
    return frozenset(re.findall(GUID, issuer.lower()))


def registry_of(mirror: str) -> str | None:
    """The name of an Azure container registry; None for any other registry."""
    found = _REGISTRY.fullmatch(mirror)
    return found[1] if found else None
