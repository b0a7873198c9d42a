"""The roster: who is authorised before anything happens (OOB-14, OOB-106). A YAML file beside the stack file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field

from components import documents, salvage
from components.faults import Fault, shown
from components.schema import Email, Phone, Section, Text, Username

Group = Literal["incident-response", "business-continuity", "administrators"]


class Person(Section):
    """One authorised person."""

    username: Username
    """The name to sign in with, at the identity provider and in Mattermost."""
    name: Text
    """The name that others see."""
    email: Email
    """Where invitations and password resets go."""
    phone: Phone | None = None
    """For messages to this person alone."""
    groups: tuple[Group, ...] = Field(min_length=1)
    """What this person is there for."""


class Roster(Section):
    """Everybody who may sign in."""

    people: tuple[Person, ...] = Field(min_length=2)
    """One entry a person."""


def everybody_once(roster: Roster) -> Iterator[Fault]:
    """Two entries with one name would be one account."""
    first: dict[str, str] = {}
    for index, person in salvage.numbered(roster.people):
        here = f"people[{index}]"
        for path, value in salvage.readable(
            (f"{here}.username", lambda person=person: person.username),
            (f"{here}.email", lambda person=person: person.email.casefold()),
            (f"{here}.phone", lambda person=person: person.phone or ""),
        ):
            if value in first:
                yield Fault(path, f"{shown(value)} is {first[value]} already", "give everybody a name and addresses of their own")
            elif value:
                first[value] = path


def every_group_has_somebody(roster: Roster) -> Iterator[Fault]:
    """Both audiences (OOB-08), and somebody who may administer. Not judged while an entry is faulty: it may be the one."""
    present = {group for person in roster.people for group in person.groups}
    if isinstance(roster.people, salvage.Sparse) or any(isinstance(person.groups, salvage.Sparse) for person in roster.people):
        return
    for group in get_args(Group):
        if group not in present:
            yield Fault("people", f"nobody is in the group '{group}'", f"add '{group}' to the groups of at least one person")


RULES = (everybody_once, every_group_has_somebody)


def read(path: Path, label: str) -> tuple[Roster | None, list[Fault]]:
    """The roster at `path`, or the faults found in it; `label` is the setting that named the file."""
    document = documents.read(path)
    if document.faults:
        return None, [_elsewhere(label, path, fault) for fault in document.faults]
    if document.value is None:
        return None, [Fault(label, f"{shown(path.name)} is empty", "start from stacks/roster.example.yaml")]
    reading = salvage.read(Roster, document.value, f"{path.name}: ")
    faults = list(reading.faults)
    if reading.section is not None:
        faults += [Fault(f"{path.name}: {fault.path}", fault.why, fault.fix) for fault in salvage.judge(RULES, reading.section)]
    return (None, faults) if faults else (reading.section, [])


def _elsewhere(label: str, path: Path, fault: Fault) -> Fault:
    """A file that cannot be opened is the setting's fault; what stands in it is the file's."""
    return Fault(label if fault.path == "file" else f"{path.name}: {fault.path}", fault.why, fault.fix)
