"""What a look at a deployed cloud brings: things that lead somewhere, with their settings, and what could not be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One thing as the cloud describes it. `link` is set for what joins networks or accounts whatever it names (OOB-05)."""

    what: str
    name: str
    settings: Mapping[str, object]
    link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A question that got no answer. Never to be counted as a good one."""

    what: str
    why: str
