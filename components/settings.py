"""The stack file as typed values. `parse` is pure; only `load` touches pulumi.Config (design rule)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, cast

import pulumi
from pydantic import Field

from components import checks, clouds, roster, salvage
from components.checks.subject import Subject
from components.choice import choose
from components.faults import ConfigError, Fault, shown
from components.schema import Email, Section, Slug
from components.sections import (
    Access,
    Alerts,
    Backup,
    Banner,
    Dns,
    Drill,
    Egress,
    Foundations,
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
    today,
)
from components.timing import FailoverTiming

KEY = "oob:stack"


class CloudSettings(Section):
    """Base of every cloud's own block. A folder under components/clouds brings one subclass named `Settings`."""

    native_object_store: ClassVar[bool] = False
    """Whether Mattermost must speak the cloud's own object-store protocol, which only newer servers do (C-16)."""

    def rules(self) -> Iterable[Callable[[Stack], Iterable[Fault]]]:
        """What this cloud refuses of the whole stack, one rule each; paths as in the file.

        Block and stack may be salvaged from faulty ones: a rule that reads a faulty setting is given up there.
        """
        raise NotImplementedError

    def faults(self, stack: Stack) -> list[Fault]:
        """What the rules find."""
        return salvage.judge(self.rules(), stack)

    def notices(self, stack: Stack, on: date) -> Iterable[str]:
        """What a person should know although nothing is wrong, one sentence each."""
        del stack, on
        return ()

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
    """One out-of-band environment: what is set in the same words on every cloud."""

    cloud: str
    """The cloud to build on. Its own block stands beside, under the same name."""
    organisation: Slug
    """Whose environment this is; it becomes a label on everything."""
    mode: Mode = Mode.LIVE
    size: Size = Size.MEDIUM
    posture: Posture = Posture.HOT
    owner: Email
    """Who answers for this environment."""
    site: Site
    primary: Primary
    foundations: Foundations = Foundations()
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
    waivers: dict[str, Waiver] = Field(default={})
    """Rules that are set aside in the open, by the rule's name."""

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
    return {key: why for key, (why, asked) in checks.application.SECRETS.items() if asked(stack)}


def parse(value: object, *, secrets: frozenset[str], folder: Path, source: str = KEY, on: date | None = None) -> Settings:
    """Settings from the plain value of `oob:stack`. `secrets` names the secret keys present, `folder` holds the roster.

    Raises ConfigError with every fault at once; no network, no cloud SDK. `on` is the day to judge on, today if None.
    """
    if not isinstance(value, Mapping) or not value:
        given = "empty" if not value else f"{shown(cast('object', value))} stands where a block of settings belongs"
        raise ConfigError(source, [Fault("oob:stack", given, "start from components/clouds/<cloud>/example.yaml")])
    block = {str(key): inner for key, inner in cast("Mapping[object, object]", value).items()}
    choice = choose(block, Stack, clouds.available())
    reading = salvage.read(Stack, choice.rest, also=choice.also)
    section = salvage.read(clouds.settings(choice.cloud), choice.block, choice.cloud) if choice.cloud else None
    faults = [*choice.faults, *choice.own(reading.faults), *(section.faults if section else ())]
    people: roster.Roster | None = None
    if reading.section is not None:
        stack = reading.section
        for _, name in salvage.readable(("identity.roster", lambda: stack.identity.roster)):
            people, unread = roster.read(folder / name, "identity.roster")
            faults += unread
        own = section.section if section else None
        faults += checks.all_faults(Subject(stack=stack, section=own, secrets=secrets, on=on or today()))
    if faults or reading.section is None or section is None or section.section is None or people is None:
        raise ConfigError(source, faults)
    return Settings(stack=reading.section, cloud=section.section, roster=people)


def load(folder: Path) -> tuple[Settings, Secrets]:
    """Settings and secrets of the running stack. Raises ConfigError; `folder` is where the roster lies."""
    config = pulumi.Config("oob")
    names = {"licence": "licence", "smtpPassword": "smtp_password", "oidcClientSecret": "oidc_client_secret"}
    values = {key: config.get_secret(key) for key in names}
    present = frozenset(key for key, secret in values.items() if secret is not None)
    parsed = parse(config.get_object("stack"), secrets=present, folder=folder)
    wanted = required_secrets(parsed.stack)
    return parsed, Secrets(**{field: values[key] for key, field in names.items() if key in wanted})
