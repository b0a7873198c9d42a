"""The application and how people sign in to it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.schema import (
    Colour,
    Digest,
    Email,
    FileName,
    Flag,
    HostName,
    HttpsUrl,
    Prose,
    Registry,
    Release,
    Section,
    Slug,
    Text,
    Whole,
)


class Mattermost(Section):
    """The application. Without a licence there is one replica, no cluster, no audit log (PREP-04)."""

    version: Release = "12.1.0"
    """The server's version."""
    operator_version: Release = "1.25.9"
    """The operator's version."""
    licensed: Flag = True
    """Whether there is an Enterprise licence. If so, it is the secret key oob:licence."""
    replicas: Annotated[Whole, Field(ge=0, le=6)] | None = None
    """Servers side by side; left out, the size and the posture decide."""
    max_upload_megabytes: Whole = Field(default=50, ge=1, le=500)
    """The largest file a person may upload, for every hop on its way (PREP-151)."""
    private: Flag = True
    """Every privacy and air-gap setting of the application, as one switch (AIR-40 to AIR-46)."""
    teams: tuple[Slug, ...] = Field(default=("incident-response", "business-continuity"), min_length=1)
    """Teams that exist from the start, one for each audience (OOB-08)."""


class ExternalOidc(Section):
    """An OpenID Connect provider that already exists, independent of the primary (OOB-26)."""

    issuer: HttpsUrl
    """Its issuer; the discovery document lies below it. The client secret is the secret key oob:oidcClientSecret."""
    client_id: Text
    """The client that was registered there for this environment."""


class Identity(Section):
    """The secondary identity provider (OOB-24)."""

    provider: Literal["managed", "oidc", "local"] = "managed"
    """managed: the cloud's own; oidc: one given by address; local: accounts in Mattermost with enforced MFA."""
    oidc: ExternalOidc | None = None
    roster: FileName
    """The file beside the stack files that names everybody who may sign in (OOB-14)."""


class Smtp(Section):
    """Outgoing mail; never the primary's (PREP-17). The password is the secret key oob:smtpPassword."""

    host: HostName
    """The mail server."""
    port: Literal[465, 587] = 587
    """465 is TLS from the start, 587 is STARTTLS, which is then required."""
    username: Text
    """The name to sign in with at the mail server."""
    sender: Email
    """The address that mail comes from."""


class Banner(Section):
    """A banner over every page, not dismissible (PREP-49)."""

    text: Prose
    """What it says."""
    colour: Colour = "#8B0000"
    """Its background."""


class Images(Section):
    """Where container images come from."""

    mirror: Registry | None = None
    """A registry of your own that is used instead of every public one."""
    digests: dict[str, Digest] = Field(default={})
    """Digests by component name. `oob plan` says which are still missing."""
    operator_crds: Text | None = None
    """The operator's resource definitions, as a path or address, where the public one cannot be reached."""
