"""The stack file as typed values. `parse` is pure; only `load` touches pulumi.Config (design rule)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pulumi
from pydantic import ValidationError

from components import checks, clouds, roster
from components.faults import ConfigError, Fault, shown, translate
from components.schema import Email, Section, Slug
from components.sections import (
    Access,
    Alerts,
    Backup,
    Banner,
    Dns,
    Drill,
    Egress,
    Identity,
    Images,
    Mattermost,
    Mode,
    Posture,
    Primary,
    Rotation,
    Site,
    Size,
    Smtp,
    State,
    Waiver,
)
from components.timing import FailoverTiming

KEY = "oob:stack"


class CloudSettings(Section):
    """Base of every cloud's own block. A folder under components/clouds brings one subclass named `Settings`."""

    def faults(self, stack: Stack) -> list[Fault]:
        """What this cloud refuses of the whole stack; paths as in the file."""
        raise NotImplementedError

    def failover(self, dns: Dns) -> FailoverTiming:
        """How long this cloud's DNS takes to send people to the out-of-band environment."""
        raise NotImplementedError

    def kubernetes_version(self) -> str:
        """The minor version of the cluster, like '1.36'."""
        raise NotImplementedError

    def postgres_version(self) -> str:
        """The version of the database engine, like '17.9'."""
        raise NotImplementedError


class Stack(Section):
    """One environment. The cloud's own block is parsed apart and kept beside it in `Settings`."""

    cloud: str
    organisation: Slug
    mode: Mode = Mode.LIVE
    size: Size = Size.MEDIUM
    posture: Posture = Posture.HOT
    owner: Email
    site: Site
    primary: Primary
    access: Access
    egress: Egress = Egress()
    mattermost: Mattermost = Mattermost()
    identity: Identity
    dns: Dns = Dns()
    backup: Backup = Backup()
    alerts: Alerts
    smtp: Smtp | None = None
    banner: Banner | None = None
    images: Images = Images()
    rotation: Rotation = Rotation()
    state: State | None = None
    drill: Drill | None = None
    waivers: dict[str, Waiver] = {}

    @property
    def disposable(self) -> bool:
        """True for a drill: nothing protected, nothing retained, nothing that can lock."""
        return self.mode is Mode.DRILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Secret keys of the stack file, each an Output that stays secret; None where the settings do not ask for it."""

    licence: pulumi.Output[str] | None = None
    smtp_password: pulumi.Output[str] | None = None
    oidc_client_secret: pulumi.Output[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the program is built from."""

    stack: Stack
    cloud: CloudSettings
    roster: roster.Roster


def required_secrets(stack: Stack) -> dict[str, str]:
    """The secret keys that this stack needs, with the setting that asks for each."""
    found: dict[str, str] = {}
    if stack.mattermost.licensed:
        found["licence"] = "mattermost.licensed is true"
    if stack.smtp is not None:
        found["smtpPassword"] = "smtp is given"
    if stack.identity.provider == "oidc":
        found["oidcClientSecret"] = "identity.provider is oidc"
    return found


def parse(value: object, *, secrets: frozenset[str], folder: Path, source: str = KEY) -> Settings:
    """Settings from the plain value of `oob:stack`. `secrets` names the secret keys present, `folder` holds the roster.

    Raises ConfigError with every fault at once; no network, no cloud SDK.
    """
    if not isinstance(value, Mapping) or not value:
        raise ConfigError(source, [Fault("oob:stack", f"{shown(value)} is not a block of settings; start from example.yaml")])
    block = {str(key): inner for key, inner in cast("Mapping[object, object]", value).items()}
    faults: list[Fault] = []
    cloud_name, cloud_block = _cloud_block(block, faults)
    stack = _stack(block, faults)
    section = _section(cloud_name, cloud_block, faults) if cloud_name else None
    people: roster.Roster | None = None
    if stack is not None:
        people, unread = roster.read(folder / stack.identity.roster, "identity.roster")
        faults += unread
        faults += checks.all_faults(stack)
        faults += [
            Fault(f"oob:{key}", f"secret required, because {why}; set it with `pulumi config set --secret oob:{key}`")
            for key, why in required_secrets(stack).items()
            if key not in secrets
        ]
        if section is not None:
            faults += section.faults(stack)
            faults += checks.failover_faults(stack, section.failover(stack.dns))
    if faults or stack is None or section is None or people is None:
        raise ConfigError(source, faults)
    return Settings(stack=stack, cloud=section, roster=people)


def _cloud_block(block: dict[str, object], faults: list[Fault]) -> tuple[str | None, object]:
    """Take every cloud's block out of `block`; give back the chosen cloud and its block."""
    legal = clouds.available()
    given = {name: block.pop(name) for name in legal if name in block}
    chosen = block.get("cloud")
    for name in given:
        if name != chosen and chosen in legal:
            faults.append(Fault(name, f"given, but cloud is {chosen!r}; remove this block"))
    if not isinstance(chosen, str) or chosen not in legal:
        if "cloud" in block:
            faults.append(Fault("cloud", f"{shown(chosen)} is not one of {', '.join(legal)}"))
        return None, None
    if chosen not in given:
        faults.append(Fault(chosen, f"required, because cloud is {chosen!r}, but not given"))
        return None, None
    return chosen, given[chosen]


def _stack(block: dict[str, object], faults: list[Fault]) -> Stack | None:
    try:
        return Stack.model_validate(block)
    except ValidationError as invalid:
        faults += translate(invalid, Stack)
        return None


def _section(name: str, block: object, faults: list[Fault]) -> CloudSettings | None:
    model = clouds.settings(name)
    try:
        return model.model_validate(block)
    except ValidationError as invalid:
        faults += translate(invalid, model, name)
        return None


def load(folder: Path) -> tuple[Settings, Secrets]:
    """Settings and secrets of the running stack. Raises ConfigError; `folder` is where the roster lies."""
    config = pulumi.Config("oob")
    names = {"licence": "licence", "smtpPassword": "smtp_password", "oidcClientSecret": "oidc_client_secret"}
    values = {key: config.get_secret(key) for key in names}
    present = frozenset(key for key, secret in values.items() if secret is not None)
    parsed = parse(config.get_object("stack"), secrets=present, folder=folder)
    wanted = required_secrets(parsed.stack)
    return parsed, Secrets(**{field: values[key] for key, field in names.items() if key in wanted})
