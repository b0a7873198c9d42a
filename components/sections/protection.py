"""What keeps the environment reachable, recoverable and watched."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.schema import Backend, Day, Email, Flag, Phone, Prose, Section, Text, Whole


class Dns(Section):
    """Health checks and failover records. The limits are those of the managed services."""

    ttl_seconds: Whole = Field(default=60, ge=1, le=60)
    """How long resolvers may keep an answer (OOB-107)."""
    interval_seconds: Literal[10, 30] = 10
    """Seconds between two probes. It cannot be changed later."""
    failure_threshold: Whole = Field(default=3, ge=1, le=10)
    """Failed probes in a row until the primary counts as down."""
    probe: Literal["public", "synthetic"] = "public"
    """public: probes from the internet; synthetic: probes from inside, for endpoints that are not public (OOB-75)."""
    target_seconds: Whole = Field(default=180, ge=30, le=3600)
    """The time promised for moving people. The worst case that follows from the settings above must not be longer."""


class Backup(Section):
    """How often and how long. 35 days is the longest that managed PostgreSQL keeps (Aurora, Flexible Server)."""

    retention_days: Whole = Field(default=35, ge=7, le=35)
    """Days for which the database can be restored to any point in time (AWS-95)."""
    rpo_minutes: Whole = Field(default=60, ge=15, le=1440)
    """The most that may be lost. No interval below may be longer."""
    kubernetes_interval_minutes: Whole = Field(default=60, ge=15, le=1440)
    """Minutes between two backups of the cluster's objects (OOB-111)."""
    dump_interval_minutes: Whole = Field(default=60, ge=15, le=1440)
    """Minutes between two logical dumps of the database (OOB-52, OOB-112)."""
    archive_days: Whole = Field(default=365, ge=35, le=3650)
    """Days for which dumps, exports and copies are kept (PREP-99)."""
    object_lock: Literal["none", "governance", "compliance"] = "governance"
    """Write-once for backups. `compliance` cannot be lifted by anybody before its time is over."""
    lock_days: Whole = Field(default=30, ge=1, le=365)
    """Days for which an object stays locked."""
    vault_lock: Flag = False
    """Locks the backup vault for ever, once its days of grace are over. There is no way back."""


class Alerts(Section):
    """Where alarms go: outside the primary (OOB-124)."""

    emails: tuple[Email, ...] = Field(min_length=1)
    """Mail addresses that do not depend on the primary."""
    phones: tuple[Phone, ...] = Field(min_length=1)
    """Phones for short messages. At least one, because mail may be what has failed."""
    monthly_budget: Whole = Field(default=2000, ge=1)
    """Spending that raises an alarm, in the account's billing currency (OOB-96)."""


class Rotation(Section):
    """Generated secrets and their age (OOB-125)."""

    generation: Whole = Field(default=1, ge=1)
    """A higher number makes every generated secret anew at the next `up`."""
    max_age_days: Whole = Field(default=90, ge=1, le=365)
    """A secret older than this raises an alarm."""


class State(Section):
    """The Pulumi state of this stack, so that it can be exported on schedule (OOB-66)."""

    backend: Backend
    """Its address, as given to `pulumi login`."""


class Waiver(Section):
    """A rule set aside in the open: for what, why, by whom, until when."""

    resources: Text = "*"
    """Which resources: a pattern of * and ? for the URN or the name. Everything, when nothing is said."""
    reason: Prose
    """Why the rule is set aside."""
    owner: Email
    """Who answers for it."""
    expires: Day
    """The last day of it. A day that has passed is a fault."""
