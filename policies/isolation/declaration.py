"""What the stack file declares of the primary, entry by entry, each with the kind of thing that it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from components.hosts import under

KINDS: dict[str, str] = {
    "accounts": "account",
    "subscriptions": "subscription",
    "tenants": "tenant",
    "organisations": "organisation",
    "regions": "region",
    "domains": "domain",
    "dnsZones": "dnsZone",
    "issuers": "issuer",
    "cidrs": "cidr",
    "registries": "registry",
    "keys": "key",
    "certificates": "certificate",
    "alertEndpoints": "alertEndpoint",
    "ciSystems": "ciSystem",
    "stateBackends": "stateBackend",
    "secretStores": "secretStore",
}
"""Settings below `primary:` and the kind that a finding names."""

ENDPOINT = "endpoint"
PING_PATH = "/api/v4/system/ping"

SHARED_FATE_KINDS = frozenset({"region"})
"""Kinds that no resource depends on by being named: sharing one is a risk, told apart from dependencies."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One declared value, as it stands in the stack file."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The primary. `endpoint_host` and `endpoint_path` are what its health check asks; `failover_name` is the name people use."""

    entries: tuple[Entry, ...]
    endpoint_host: str
    endpoint_path: str
    failover_name: str

    @property
    def empty(self) -> bool:
        """True if nothing is declared that a resource could depend on."""
        return not self.entries


def declared(primary: Mapping[str, object], failover_name: str) -> Declaration:
    """The declaration in a `primary:` block as the stack file spells it (camelCase). Entries of unknown lists are left out."""
    entries: list[Entry] = []
    for setting, kind in KINDS.items():
        listed = primary.get(setting)
        if isinstance(listed, Sequence) and not isinstance(listed, str):
            entries += [Entry(kind, str(value)) for value in cast("Sequence[object]", listed)]
    host, path = _endpoint(primary.get("endpoint"))
    if host and not any(under(host, entry.value) for entry in entries if entry.kind == "domain"):
        entries.append(Entry(ENDPOINT, host))
    return Declaration(
        entries=tuple(dict.fromkeys(entries)),
        endpoint_host=host,
        endpoint_path=path,
        failover_name=failover_name,
    )


def _endpoint(block: object) -> tuple[str, str]:
    """Host and path that the health check asks; '' and the path of Mattermost where they are not given."""
    if not isinstance(block, Mapping):
        return "", PING_PATH
    asked = cast("Mapping[str, object]", block)
    return str(asked.get("host", "")), str(asked.get("path", PING_PATH))
