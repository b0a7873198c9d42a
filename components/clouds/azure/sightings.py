"""What somebody may have joined to the environment by hand: peerings, delegations, foreign rights, federation, copies.

Reads only, through `az rest` and the sign-in that it keeps; the role Reader on the subscription is enough. Each question that is
refused is told as such, and the others are asked all the same. Not asked: what the directory itself trusts (guests, cross-tenant
access, federated domains), which Resource Manager does not know; docs/isolation.md says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from components.clouds.azure.preflight import Ask, NoAnswerError, az
from components.clouds.azure.settings import Settings
from components.settings import CloudSettings
from components.sightings import Sighting, Unseen

MANAGER = "https://management.azure.com"
PAGES = 1000  # more than any list has; a list that goes on is told as not seen
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One list. `path` is below the subscription; `link` for what joins networks or rights whatever it leads to (OOB-05)."""

    what: str
    path: str
    version: str
    more: str = ""
    link: bool = False


_OF_SUBSCRIPTION = (
    _Question(what="route table", path="Microsoft.Network/routeTables", version="2024-05-01"),
    _Question(what="private endpoint", path="Microsoft.Network/privateEndpoints", version="2024-05-01"),
    _Question(what="Traffic Manager profile", path="Microsoft.Network/trafficmanagerprofiles", version="2022-04-01"),
    _Question(what="ExpressRoute circuit", path="Microsoft.Network/expressRouteCircuits", version="2024-05-01", link=True),
    _Question(what="virtual hub", path="Microsoft.Network/virtualHubs", version="2024-05-01", link=True),
    _Question(
        what="delegation of the subscription to another directory",
        path="Microsoft.ManagedServices/registrationAssignments",
        version="2022-10-01",
        more="&$expandRegistrationDefinition=true",
        link=True,
    ),
)
_NETWORKS = _Question(what="virtual network", path="Microsoft.Network/virtualNetworks", version="2024-05-01")
_RIGHTS = _Question(what="role assignment", path="Microsoft.Authorization/roleAssignments", version="2022-04-01")
_ZONES = _Question(what="DNS zone", path="Microsoft.Network/dnsZones", version="2018-05-01")
_IDENTITIES = _Question(what="managed identity", path="Microsoft.ManagedIdentity/userAssignedIdentities", version="2023-01-31")
_ACCOUNTS = _Question(what="storage account", path="Microsoft.Storage/storageAccounts", version="2023-05-01")
_VAULTS = _Question(what="key vault", path="Microsoft.KeyVault/vaults", version="2023-07-01")


def sightings(section: CloudSettings, ask: Ask = az) -> Iterator[Sighting | Unseen]:
    """Everything that leads somewhere. `ask` is az, or a test's own."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    look = _Look(section, ask)
    strange = look.directory()
    if strange is not None:
        yield strange
        return
    for question in _OF_SUBSCRIPTION:
        yield from look.at(question)
    for network in look.at(_NETWORKS):
        yield network
        if isinstance(network, Sighting):
            for peering in _below(network.settings, "virtualNetworkPeerings"):
                yield Sighting(what="peering", name=str(peering.get("id", "")), settings=peering, link=True)
    yield from look.connections()
    for right in look.at(_RIGHTS):
        foreign = isinstance(right, Sighting) and _properties(right.settings).get("principalType") == "ForeignGroup"
        yield _as_link(right) if foreign and isinstance(right, Sighting) else right
    for question, inside, what, version in (
        (_ZONES, "all", "record", "2018-05-01"),
        (_IDENTITIES, "federatedIdentityCredentials", "federated credential", "2023-01-31"),
        (_ACCOUNTS, "objectReplicationPolicies", "object replication", "2023-05-01"),
    ):
        for found in look.at(question):
            yield found
            if isinstance(found, Sighting):
                yield from look.callers(found)
                yield from (look.copied(one) for one in look.inside(found, inside, what, version))
    for vault in look.at(_VAULTS):
        yield vault
        if isinstance(vault, Sighting):
            yield from look.callers(vault)


def _properties(entry: Entry) -> Entry:
    return cast("Entry", entry.get("properties") or {})


def _below(entry: Entry, name: str) -> list[Entry]:
    return cast("list[Entry]", _properties(entry).get(name) or [])


def _as_link(one: Sighting) -> Sighting:
    return Sighting(what=one.what, name=one.name, settings=one.settings, link=True)


class _Look:
    """Asks, and turns every refusal into Unseen."""

    def __init__(self, section: Settings, ask: Ask) -> None:
        self._section, self._ask = section, ask
        self._own = f"/subscriptions/{section.subscription}/".lower()

    def directory(self) -> Unseen | None:
        """None when the sign-in is in the directory that the stack names."""
        try:
            account = cast("Entry", self._ask(("account", "show", "--subscription", self._section.subscription)))
        except NoAnswerError as problem:
            return Unseen(what="everything in the cloud", why=str(problem))
        given = str(account.get("tenantId", "")).lower()
        if given == self._section.tenant:
            return None
        return Unseen(what="everything in the cloud", why=f"the sign-in is in {given}, the stack says {self._section.tenant}")

    def at(self, question: _Question) -> Iterator[Sighting | Unseen]:
        """Every entry of a list of the subscription."""
        address = f"{MANAGER}{self._own}providers/{question.path}?api-version={question.version}{question.more}"
        yield from self._list(question.what, address, question.link)

    def inside(self, found: Sighting, name: str, what: str, version: str) -> Iterator[Sighting | Unseen]:
        """Every entry of a list of one resource, which is named by its id."""
        yield from self._list(what, f"{MANAGER}{found.name}/{name}?api-version={version}", False, f"{what} of {found.name}")

    def connections(self) -> Iterator[Sighting | Unseen]:
        """VPN and ExpressRoute connections: they have no list of a subscription but that of all resources."""
        only = "$filter=resourceType%20eq%20'Microsoft.Network/connections'"
        address = f"{MANAGER}{self._own}resources?api-version=2021-04-01&{only}"
        yield from self._list("network connection", address, True)

    def callers(self, found: Sighting) -> Iterator[Sighting]:
        """Private endpoints of other subscriptions that were let in to a resource."""
        for one in _below(found.settings, "privateEndpointConnections"):
            endpoint = str(cast("Entry", _properties(one).get("privateEndpoint") or {}).get("id", ""))
            if not endpoint.lower().startswith(self._own):
                yield Sighting(what=f"private endpoint at {found.name}", name=endpoint or "unnamed", settings=one, link=True)

    def copied(self, one: Sighting | Unseen) -> Sighting | Unseen:
        """A copy to an account of another subscription is a link. An account named without its path cannot be told apart."""
        if isinstance(one, Unseen) or one.what != "object replication":
            return one
        ends = [str(_properties(one.settings).get(end, "")).lower() for end in ("sourceAccount", "destinationAccount")]
        return _as_link(one) if any(end.startswith("/subscriptions/") and not end.startswith(self._own) for end in ends) else one

    def _list(self, what: str, address: str, link: bool, where: str = "") -> Iterator[Sighting | Unseen]:
        """Page after page. Only addresses of the manager are followed."""
        for _ in range(PAGES):
            try:
                answer = cast("Entry", self._ask(("rest", "--method", "get", "--url", address)))
            except NoAnswerError as problem:
                yield Unseen(what=where or what, why=str(problem))
                return
            for entry in cast("list[Entry]", answer.get("value") or []):
                yield Sighting(what=what, name=str(entry.get("id", "")), settings=entry, link=link)
            address = str(answer.get("nextLink") or "")
            if not address:
                return
            if not address.startswith(f"{MANAGER}/"):
                break
        yield Unseen(what=where or what, why="the list goes on where it cannot be followed")
