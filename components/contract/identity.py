"""The second sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, Output

from components.roster import Roster
from components.sections import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySpec:
    site: Site
    roster: Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsExport:
    """How a job in the cluster fetches the settings of a managed service, to keep them beside the backups (OOB-66).

    A container of `image` (a name in versions.IMAGES) runs `command` with `env` under the transfer service account; it
    must leave one JSON document, without secrets, in the file named by the variable EXPORT_FILE.
    """

    image: str
    command: tuple[str, ...]
    env: Mapping[str, Input[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOutputs:
    """An OpenID Connect client for Mattermost. `issuer` without a trailing slash; `client_secret` is secret.

    `export` is None where the provider's settings are another party's to keep.
    """

    issuer: Output[str]
    client_id: Output[str]
    client_secret: Output[str]
    hosts: tuple[str, ...] = ()  # names that Mattermost must reach, for the egress list
    export: SettingsExport | None = None
