"""The sections of a stack file that mean the same on every cloud. Sources of the limits stand at the fields."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from components.faults import refuse
from components.schema import (
    Day,
    Digest,
    Email,
    HostName,
    HostPattern,
    HttpsUrl,
    Network,
    Phone,
    Section,
    Slug,
    Text,
    Version,
)


class Size(StrEnum):
    """For how many users the environment is built: small 50, medium 500, large 5,000."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Posture(StrEnum):
    """How much runs while nothing is wrong: hot serves at once, warm keeps one replica, cold keeps only the data."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class Mode(StrEnum):
    """`live` is the environment itself; `drill` is a sealed, disposable restore of one."""

    LIVE = "live"
    DRILL = "drill"


class Site(Section):
    """The names under which people reach the environment. `host` fails over; `directHost` never moves (OOB-37)."""

    host: HostName
    direct_host: HostName
    zone: HostName
    zone_delegated: bool = True


class PrimaryEndpoint(Section):
    """What the health check watches on the primary system, and where users are sent while it is well."""

    host: HostName
    path: Text = "/api/v4/system/ping"


class Primary(Section):
    """The systems that this environment must outlive, and so must not depend on (OOB-01)."""

    endpoint: PrimaryEndpoint
    accounts: tuple[Text, ...] = ()
    subscriptions: tuple[Text, ...] = ()
    tenants: tuple[Text, ...] = ()
    organisations: tuple[Text, ...] = ()
    regions: tuple[Text, ...] = ()
    domains: tuple[HostName, ...] = Field(min_length=1)
    dns_zones: tuple[Text, ...] = ()
    issuers: tuple[HttpsUrl, ...] = Field(min_length=1)
    cidrs: tuple[Network, ...] = Field(min_length=1)
    registries: tuple[HostName, ...] = ()
    keys: tuple[Text, ...] = ()
    certificates: tuple[Text, ...] = ()
    alert_endpoints: tuple[Text, ...] = ()
    ci_systems: tuple[HostName, ...] = ()
    state_backends: tuple[Text, ...] = ()
    secret_stores: tuple[Text, ...] = ()


class OpenAccess(Section):
    """Permission to let in any address for a while (C-02): refused without an end."""

    until: Day
    reason: Text


class Access(Section):
    """Who may connect at all: networks of people, never of health checkers (OOB-21)."""

    allowed_cidrs: tuple[Network, ...] = Field(min_length=1, max_length=50)
    open_to_all: OpenAccess | None = None


class Egress(Section):
    """What the private network may reach: nothing, listed domains only, or the internet by NAT (AWS-08, C-03)."""

    mode: Literal["none", "filtered", "nat"] = "filtered"
    domains: tuple[HostPattern, ...] = Field(default=(), max_length=200)


class Mattermost(Section):
    """The application. Without a licence there is one replica, no cluster, no audit log (PREP-04)."""

    version: Version = "12.1.0"
    operator_version: Version = "1.25.9"
    licensed: bool = True
    replicas: int | None = Field(default=None, ge=0, le=6)
    max_upload_megabytes: int = Field(default=50, ge=1, le=500)
    private: bool = True  # every privacy and air-gap setting, as one switch (AIR-40 and following)
    teams: tuple[Slug, ...] = ("incident-response", "business-continuity")


class ExternalOidc(Section):
    """An OpenID Connect provider that already exists, independent of the primary (OOB-26)."""

    issuer: HttpsUrl
    client_id: Text


class Identity(Section):
    """The secondary identity provider. `managed` is the cloud's own; `oidc` is one given by address."""

    provider: Literal["managed", "oidc", "local"] = "managed"
    oidc: ExternalOidc | None = None
    roster: Text

    @model_validator(mode="after")
    def _block_fits(self) -> Identity:
        if (self.provider == "oidc") != (self.oidc is not None):
            raise refuse("provider: oidc and the block oidc: (issuer, clientId) go together; give both or neither")
        return self


class Dns(Section):
    """Health checks and failover records. Interval and threshold are Route 53's and Traffic Manager's (drills 7.2)."""

    ttl_seconds: int = Field(default=60, ge=1, le=60)  # OOB-107
    interval_seconds: Literal[10, 30] = 10
    failure_threshold: int = Field(default=3, ge=1, le=10)
    probe: Literal["public", "synthetic"] = "public"
    target_seconds: int = Field(default=180, ge=30, le=3600)


class Backup(Section):
    """How often and how long. 35 days is the longest that managed PostgreSQL keeps (platform section 7, 8)."""

    retention_days: int = Field(default=35, ge=7, le=35)
    rpo_minutes: int = Field(default=60, ge=15, le=1440)
    kubernetes_interval_minutes: int = Field(default=60, ge=15, le=1440)
    dump_interval_minutes: int = Field(default=60, ge=15, le=1440)
    archive_days: int = Field(default=365, ge=35, le=3650)
    object_lock: Literal["none", "governance", "compliance"] = "governance"
    lock_days: int = Field(default=30, ge=1, le=365)
    vault_lock: bool = False  # irreversible: platform T9


class Alerts(Section):
    """Where alarms go: outside the primary (OOB-124). At least one phone, because mail may be what has failed."""

    emails: tuple[Email, ...] = Field(min_length=1)
    phones: tuple[Phone, ...] = Field(min_length=1)
    monthly_budget: int = Field(default=2000, ge=1)  # in the account's billing currency


class Smtp(Section):
    """Outgoing mail; never the primary's (PREP-17). The password is the secret key oob:smtpPassword."""

    host: HostName
    port: Literal[465, 587] = 587
    username: Text
    sender: Email


class Banner(Section):
    """A banner over every page, not dismissible (PREP-49)."""

    text: Text
    colour: str = Field(default="#8B0000", pattern="^#[0-9A-Fa-f]{6}$")


class Images(Section):
    """Where images come from: a mirror instead of the public registries, and digests by component name."""

    mirror: Text | None = None
    digests: dict[str, Digest] = {}
    operator_crds: Text | None = None  # a path or address instead of the public one, for closed networks


class Rotation(Section):
    """Secrets: a higher generation makes new ones at the next `up`; older than maxAgeDays is an alarm (OOB-125)."""

    generation: int = Field(default=1, ge=1)
    max_age_days: int = Field(default=90, ge=1, le=365)


class State(Section):
    """The Pulumi state backend of this stack, so that its state can be exported on schedule (OOB-66)."""

    backend: Text


class Waiver(Section):
    """A rule set aside in the open: why, by whom, until when."""

    reason: Text
    owner: Email
    expires: Day


class DatabaseSource(Section):
    """Either a named snapshot, or a cluster and an explicit point in time; never 'latest' (drills 2, S8)."""

    snapshot: Text | None = None
    cluster: Text | None = None
    point_in_time: Text | None = Field(default=None, pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    @model_validator(mode="after")
    def _one_source(self) -> DatabaseSource:
        by_point = (self.cluster is not None, self.point_in_time is not None)
        if by_point not in ((False, False), (True, True)) or (self.snapshot is not None) == all(by_point):
            raise refuse("give either snapshot, or cluster and pointInTime together")
        return self


class ObjectsSource(Section):
    """The buckets a drill reads: files and backups of the environment, or their replicas, as of a moment >= the database."""

    files: Text
    backups: Text
    key: Text | None = None  # the encryption key that may decrypt them
    as_of: Text = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


class Drill(Section):
    """A sealed restore: what is restored, and when the copy expires (drills 1.3)."""

    id: Slug
    expires: Day
    source_stack: Slug
    database: DatabaseSource
    objects: ObjectsSource
    velero_backup: Text


def today() -> date:
    """Today in UTC; one place, so that a test can set another day."""
    from datetime import UTC, datetime

    return datetime.now(UTC).date()
