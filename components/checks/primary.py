"""The declaration of the primary can be searched for: nothing misspelt, nothing so short that it would be found everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from components.checks.subject import Subject
from components.declared import IDENTIFIERS, entries
from components.faults import Fault, shown
from components.findings import nearest, path_of
from components.salvage import numbered
from components.sections import SHARED_FATE

SHORTEST = 6  # shorter texts stand in a plan by chance
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ACCOUNT_DIGITS = 12
# A text of such a length that is digits but for a few signs is meant as an account number: 1111222233O3.
_NEARLY, _FEWEST = range(10, 15), 9


def account_digits(subject: Subject) -> Iterator[Fault]:
    """An account number with a digit too few or too many would never be found in a plan, and everything would look well."""
    for index, account in numbered(subject.stack.primary.accounts):
        off = len(account) - _ACCOUNT_DIGITS
        if account.isdigit() and 0 < abs(off) <= 2:
            why = f"'{account}' has {len(account)} digits, and an account number has {_ACCOUNT_DIGITS}"
        elif not account.isdigit() and len(account) in _NEARLY and _FEWEST <= _digits(account) < _ACCOUNT_DIGITS:
            why = f"'{account}' is nearly an account number, but holds other signs than digits"
        else:
            continue
        yield Fault(f"primary.accounts[{index}]", why, "compare it with the primary's console and write it again, in quotes")


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def directory_ids(subject: Subject) -> Iterator[Fault]:
    """Subscriptions and tenants are GUIDs; a tenant may also be given by its domain."""
    for path, value in entries(subject.stack.primary, "subscriptions", "tenants"):
        named = path.startswith("primary.tenants") and "." in value
        if not _GUID.fullmatch(value) and not named:
            fix = "write its id like 3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b11"
            yield Fault(path, f"{shown(value)} is not an id of 32 hexadecimal digits in five groups", fix)


def long_enough(subject: Subject) -> Iterator[Fault]:
    ids = {"subscriptions", "tenants"}  # of these `directory_ids` asks more
    for path, value in entries(subject.stack.primary, *(name for name in IDENTIFIERS if name not in ids)):
        if len(value) < SHORTEST:
            why = f"{shown(value)} is so short that it would be found everywhere"
            yield Fault(path, why, f"give it in full, {SHORTEST} characters or more")


def addresses_are_whole(subject: Subject) -> Iterator[Fault]:
    for path, value in entries(subject.stack.primary, *IDENTIFIERS):
        try:
            urlsplit(value)
        except ValueError:
            yield Fault(path, f"{shown(value)} is no address that can be read", "close its brackets, or write it without any")


def zone_names(subject: Subject) -> Iterator[Fault]:
    """A zone is searched for by its id or by its name, as a plan writes one."""
    for path, value in entries(subject.stack.primary, "dns_zones"):
        name = value.removeprefix("*.").removesuffix(".")
        if name != value:
            yield Fault(path, f"{shown(value)} would not be found in a plan", f"write its id, or its name: {shown(name)}")


def known_risks(subject: Subject) -> Iterator[Fault]:
    for name in subject.stack.primary.accepted_risks:
        if name not in SHARED_FATE:
            near = nearest(name, SHARED_FATE)
            fix = f"did you mean {near}?" if near else f"use one of {', '.join(SHARED_FATE)}"
            yield Fault(path_of("primary.acceptedRisks", (name,)), f"'{name}' is no shared fate that is reported", fix)


RULES = (account_digits, directory_ids, long_enough, addresses_are_whole, zone_names, known_risks)
