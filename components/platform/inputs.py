"""What the platform is given: settings, and the outputs of the roles around it."""

from __future__ import annotations

from dataclasses import dataclass

from components.authority import Authority
from components.contract import (
    ClusterOutputs,
    DatabaseOutputs,
    Environment,
    GrantsOutputs,
    IdentityOutputs,
    NetworkOutputs,
    ObjectsOutputs,
)
from components.credentials import Credentials
from components.roster import Roster
from components.settings import Secrets, Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformInputs:
    """`identity` is None when people sign in with local accounts and MFA."""

    environment: Environment
    stack: Stack
    secrets: Secrets
    roster: Roster
    authority: Authority
    credentials: Credentials
    cluster: ClusterOutputs
    network: NetworkOutputs
    database: DatabaseOutputs
    objects: ObjectsOutputs
    grants: GrantsOutputs
    identity: IdentityOutputs | None
