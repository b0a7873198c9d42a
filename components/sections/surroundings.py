"""Where the environment stands: its names, what it must outlive, who gets in and what gets out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.schema import (
    Day,
    Email,
    Flag,
    HostName,
    HostPattern,
    HttpsUrl,
    Network,
    Prose,
    Section,
    Text,
    UrlPath,
)


class Site(Section):
    """The names under which people reach the environment (OOB-37)."""

    host: HostName
    """The name people use. It fails over between the primary system and this environment."""
    direct_host: HostName
    """A second name that always means this environment, so that people get in with no switch at all."""
    zone: HostName
    """The DNS zone that holds both names. It needs a registrar and an account that survive the primary."""
    zone_delegated: Flag = True
    """Whether the parent zone already points here. `false` builds everything without waiting for the public certificate."""


SHARED_FATE = (
    "organisation",
    "region",
    "registrar",
    "parentZone",
    "stateBackend",
    "alertChannel",
    "certificateAuthority",
    "imageRegistry",
)
"""Names under which shared fate with the primary is reported, and may be accepted."""


class PrimaryEndpoint(Section):
    """What the health check watches on the primary system, and where users are sent while it is well (OOB-35)."""

    host: HostName
    """The primary system's own host name, distinct from every name in `site`."""
    path: UrlPath = "/api/v4/system/ping"
    """What is asked for. It must answer 200, without a redirect."""


class Acceptance(Section):
    """A shared fate that is accepted in the open: why, by whom, until when."""

    reason: Prose
    """Why it is accepted."""
    owner: Email
    """Who answers for it."""
    expires: Day
    """The last day of it. From the next day on the risk counts again."""


class Primary(Section):
    """The systems that this environment must outlive, and so must not depend on (OOB-01)."""

    endpoint: PrimaryEndpoint
    accounts: tuple[Text, ...] = ()
    """Cloud accounts of the primary, each in quotes."""
    subscriptions: tuple[Text, ...] = ()
    """Cloud subscriptions of the primary."""
    tenants: tuple[Text, ...] = ()
    """Directory tenants of the primary."""
    organisations: tuple[Text, ...] = ()
    """Cloud organisations that the primary belongs to."""
    regions: tuple[Text, ...] = ()
    """Regions in which the primary runs. Sharing one is allowed, and pointed out."""
    domains: tuple[HostName, ...] = Field(min_length=1)
    """Domains that are lost with the primary. Nothing here may lie under one of them."""
    dns_zones: tuple[Text, ...] = ()
    """Identifiers of the primary's DNS zones."""
    issuers: tuple[HttpsUrl, ...] = Field(min_length=1)
    """Identity providers of the primary: the issuers that its sign-in tokens name."""
    cidrs: tuple[Network, ...] = Field(min_length=1)
    """Networks of the primary. Nothing here may overlap with one of them."""
    registries: tuple[HostName, ...] = ()
    """Container registries of the primary."""
    keys: tuple[Text, ...] = ()
    """Encryption keys of the primary."""
    certificates: tuple[Text, ...] = ()
    """Certificates of the primary and of its own authorities: ARNs, fingerprints, names."""
    alert_endpoints: tuple[Text, ...] = ()
    """Addresses to which the primary sends alarms: mail, pager, chat hooks."""
    ci_systems: tuple[HostName, ...] = ()
    """Build and deployment systems of the primary."""
    state_backends: tuple[Text, ...] = ()
    """Where the primary keeps its infrastructure state."""
    secret_stores: tuple[Text, ...] = ()
    """Vaults of the primary."""
    registrars: tuple[Text, ...] = ()
    """Registrars of the primary's domains, to be compared with foundations.registrar."""
    certificate_authorities: tuple[Text, ...] = ()
    """Public authorities that issue the primary's certificates, to be compared with foundations.certificateAuthority."""
    accepted_risks: dict[str, Acceptance] = Field(default={})
    """Shared fate that is accepted in the open, by its name in the isolation report: region, registrar and so on.

    When its last day is over the risk counts again.
    """


class Foundations(Section):
    """What this environment itself stands on outside its account, to be compared with the primary's (OOB-04, OOB-37)."""

    organisation: Text | None = None
    """The cloud organisation that its account belongs to."""
    registrar: Text | None = None
    """The registrar of site.zone."""
    certificate_authority: Text | None = None
    """Who issues the public certificate of site.host."""


class OpenAccess(Section):
    """Permission to let in any address for a while (C-02): refused without an end."""

    until: Day
    """The last day of it. A day that has passed is a fault."""
    reason: Prose
    """Why, for the record."""


class Access(Section):
    """Who may connect at all: networks of people, never of health checkers (OOB-21)."""

    allowed_cidrs: tuple[Network, ...] = Field(min_length=1, max_length=50)
    """Networks from which people connect. They must not be the primary's: those may be down with it."""
    open_to_all: OpenAccess | None = None
    """Allows entries wider than a /8, for a stated while."""


class Egress(Section):
    """What the private network may reach (C-03)."""

    mode: Literal["none", "filtered", "nat"] = "filtered"
    """none: nothing outside; filtered: listed names only; nat: the internet, by address translation."""
    domains: tuple[HostPattern, ...] = Field(default=(), max_length=200)
    """With `filtered`: names to reach besides those that the program needs itself."""
