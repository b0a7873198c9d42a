"""The roster: who is authorised before anything happens (OOB-14, OOB-106). A YAML file beside the stack file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, field_validator

from components.faults import Fault, refuse, shown, translate
from components.schema import Email, Phone, Section, Text

Group = Literal["incident-response", "business-continuity", "administrators"]


class Person(Section):
    """One authorised person. `username` is the sign-in name at the identity provider and in Mattermost."""

    username: str = Field(pattern=r"^[a-z][a-z0-9._-]{2,21}$")
    name: Text
    email: Email
    phone: Phone | None = None
    groups: tuple[Group, ...] = Field(min_length=1)


class Roster(Section):
    """Everybody who may sign in; both audiences must be there (OOB-08)."""

    people: tuple[Person, ...] = Field(min_length=2)

    @field_validator("people")
    @classmethod
    def _distinct(cls, people: tuple[Person, ...]) -> tuple[Person, ...]:
        for kind, values in (("username", [p.username for p in people]), ("email", [p.email.lower() for p in people])):
            twice = [value for value, count in Counter(values).items() if count > 1]
            if twice:
                raise refuse(f"{kind} {', '.join(map(shown, twice))} occurs more than once")
        return people


def read(path: Path, label: str) -> tuple[Roster | None, list[Fault]]:
    """The roster at `path`, or the faults found in it; `label` is the setting that named the file."""
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None, [Fault(label, f"{shown(path.name)} does not exist beside the stack files; write the roster there")]
    except (OSError, UnicodeDecodeError) as problem:
        return None, [Fault(label, f"{shown(path.name)} cannot be read as text: {problem.__class__.__name__}")]
    try:
        return Roster.model_validate(yaml.safe_load(content)), []
    except yaml.YAMLError:
        return None, [Fault(label, f"{shown(path.name)} is not valid YAML")]
    except ValidationError as invalid:
        return None, translate(invalid, Roster, f"{path.name}: ")
