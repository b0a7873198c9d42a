"""Alarms, mail, images and state do not go through the primary (OOB-124, OOB-04); nothing is listed twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

from components.checks.subject import Subject
from components.faults import Fault, shown
from components.findings import path_of
from components.hosts import of_address, of_email, under
from components.salvage import numbered, readable
from components.schema import Section


def _below_primary(subject: Subject, path: str, value: str, host: str, fix: str) -> Iterator[Fault]:
    for index, domain in numbered(subject.stack.primary.domains):
        if under(host, domain):
            yield Fault(path, f"'{value}' lies under '{domain}' (primary.domains[{index}])", fix)
            return


def alarms_survive(subject: Subject) -> Iterator[Fault]:
    for index, email in numbered(subject.stack.alerts.emails):
        fix = "use an address that survives the primary"
        yield from _below_primary(subject, f"alerts.emails[{index}]", email, of_email(email), fix)


def alarms_have_their_own_way(subject: Subject) -> Iterator[Fault]:
    alerts, taken = subject.stack.alerts, subject.stack.primary.alert_endpoints
    for path, given in readable(("alerts.emails", lambda: alerts.emails), ("alerts.phones", lambda: alerts.phones)):
        for index, address in numbered(given):
            for inner, other in numbered(taken):
                if address.casefold() == other.strip().casefold():
                    why = f"'{address}' takes the primary's alarms already (primary.alertEndpoints[{inner}])"
                    yield Fault(f"{path}[{index}]", why, "use an address that survives the primary")


def mail_survives(subject: Subject) -> Iterator[Fault]:
    smtp = subject.stack.smtp
    if smtp is None:
        return
    for path, value in readable(("smtp.host", lambda: smtp.host), ("smtp.sender", lambda: smtp.sender)):
        fix = "use a mail service that survives the primary"
        yield from _below_primary(subject, path, value, of_email(value), fix)


def mirror_is_not_the_primary(subject: Subject) -> Iterator[Fault]:
    mirror = subject.stack.images.mirror
    if mirror is None:
        return
    host, fix = of_address(mirror), "copy the images to a registry of your own"
    for index, registry in numbered(subject.stack.primary.registries):
        if under(host, registry):
            yield Fault("images.mirror", f"'{mirror}' is the primary's (primary.registries[{index}] '{registry}')", fix)
            return
    yield from _below_primary(subject, "images.mirror", mirror, host, fix)


def state_is_not_the_primary(subject: Subject) -> Iterator[Fault]:
    state = subject.stack.state
    if state is None:
        return
    backend, fix = state.backend, "keep this stack's state where it survives the primary"
    for index, other in numbered(subject.stack.primary.state_backends):
        if _store(backend) == _store(other):
            yield Fault("state.backend", f"{shown(backend)} is the primary's (primary.stateBackends[{index}])", fix)
            return
    host = of_address(backend)
    if "." in host:
        yield from _below_primary(subject, "state.backend", host, host, fix)


def _store(address: str) -> tuple[str, str]:
    """Scheme and host or bucket: two folders of one bucket are one store."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket that is not closed: `addresses_are_whole` tells it
        return "", address
    return parts.scheme.lower(), (parts.netloc.rpartition("@")[2] or parts.path).lower().rstrip("/")


def nothing_twice(subject: Subject) -> Iterator[Fault]:
    yield from duplicates(subject.stack)
    if subject.section is not None:
        yield from duplicates(subject.section, subject.stack.cloud)


def duplicates(section: Section, prefix: str = "") -> Iterator[Fault]:
    """Every entry of a list that stands in it before, in all lists of a section and of the blocks in it."""
    for name, field in type(section).model_fields.items():
        path = path_of(prefix, (field.alias or name,))
        for _, value in readable((path, lambda name=name: cast("object", getattr(section, name)))):
            if isinstance(value, Section):
                yield from duplicates(value, path)
            elif isinstance(value, tuple):
                yield from _twice(cast("tuple[object, ...]", value), path)


def _twice(entries: tuple[object, ...], path: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, entry in numbered(entries):
        if isinstance(entry, Section):
            yield from duplicates(entry, f"{path}[{index}]")
            continue
        text = str(entry).casefold() if "@" in str(entry) else str(entry)
        if text in first:
            yield Fault(f"{path}[{index}]", f"{shown(entry)} stands in {path}[{first[text]}] already", "remove one of them")
        first.setdefault(text, index)


RULES = (
    alarms_survive,
    alarms_have_their_own_way,
    mail_survives,
    mirror_is_not_the_primary,
    state_is_not_the_primary,
    nothing_twice,
)
