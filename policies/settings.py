"""What a pack is told besides the resources: which profile it judges by, the drill's record, what is set aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TypeVar, cast

_Read = TypeVar("_Read")


class Profile(StrEnum):
    """What kind of stack is judged: an environment that people rely on, or a copy that is destroyed again."""

    PRODUCTION = "production"
    DRILL = "drill"


class SettingsError(ValueError):
    """A configuration that cannot be used. `faults` holds every one of them, each with its path and what to do."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A rule set aside in the open. `resource` is a pattern (`*`, `?`) for the URN or the name."""

    rule: str
    resource: str = "*"
    reason: str
    owner: str
    expires: date

    def covers(self, rule: str, urn: str) -> bool:
        """Whether it speaks about this finding."""
        return rule == self.rule and (fnmatchcase(urn, self.resource) or fnmatchcase(urn.rpartition("::")[2], self.resource))


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDrill:
    """The newest drill that counts: its verdict, its day, and the digest of its signed report."""

    verdict: str
    day: date
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Break glass: why a stale drill does not block, until when."""

    reason: str
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The pack's configuration, checked. The defaults are those of an environment about which nothing was said."""

    profile: Profile = Profile.PRODUCTION
    primary: Mapping[str, object] = field(default_factory=dict[str, object])
    """The `primary:` block of the stack file."""
    failover_name: str = ""
    """The name that people use, which points at the primary while that is well."""
    waivers: tuple[Waiver, ...] = ()
    allowed_stack_references: tuple[str, ...] = ()
    allowed_reads: tuple[str, ...] = ()
    drill_required: bool = False
    """Whether a production stack must show a drill that passed. On as soon as `lastDrill` or `drillRequired` is given."""
    last_drill: LastDrill | None = None
    drill_exemption: Exemption | None = None
    production_names: tuple[str, ...] = ()
    """In a drill: names of the production stack, which nothing here may carry."""
    today: date = field(default_factory=date.today)

    _readings: dict[object, object] = field(default_factory=dict[object, object], init=False, repr=False, compare=False)

    def read(self, reading: Callable[[Settings], _Read]) -> _Read:
        """What a reading makes of these settings, made once however many rules ask."""
        try:
            return cast("_Read", self._readings[reading])
        except KeyError:
            made = self._readings[reading] = reading(self)
            return made
