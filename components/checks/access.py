"""Who gets in and what gets out (OOB-21, C-02, C-03)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from components.checks.subject import Subject
from components.faults import Fault
from components.hosts import under
from components.networks import AnyNetwork, overlaps
from components.salvage import numbered

# An allow-list entry wider than these is open access in all but name (C-02).
WIDEST_ALLOWED_PREFIX = 8
WIDEST_ALLOWED_PREFIX_V6 = 24


def is_wide(network: AnyNetwork) -> bool:
    """Whether a network is so wide that listing it means letting in the internet."""
    return network.prefixlen < (WIDEST_ALLOWED_PREFIX if isinstance(network, IPv4Network) else WIDEST_ALLOWED_PREFIX_V6)


def not_the_internet(subject: Subject) -> Iterator[Fault]:
    access = subject.stack.access
    for index, network in numbered(access.allowed_cidrs):
        if is_wide(network) and access.open_to_all is None:
            fix = "list real networks, or set access.openToAll with until and reason"
            yield Fault(f"access.allowedCidrs[{index}]", f"'{network}' lets in the internet", fix)


def not_through_the_primary(subject: Subject) -> Iterator[Fault]:
    for index, network in numbered(subject.stack.access.allowed_cidrs):
        for inner, cidr in numbered(subject.stack.primary.cidrs):
            if overlaps(network, cidr) and not is_wide(network):
                yield Fault(
                    f"access.allowedCidrs[{index}]",
                    f"'{network}' overlaps '{cidr}' (primary.cidrs[{inner}])",
                    "list networks that people can use when that one is down",
                )


def open_for_a_while(subject: Subject) -> Iterator[Fault]:
    opened = subject.stack.access.open_to_all
    if opened is not None and opened.until < subject.on:
        yield Fault("access.openToAll.until", f"{opened.until} has passed", "remove openToAll, or set a new end")


def primary_is_not_everything(subject: Subject) -> Iterator[Fault]:
    for index, cidr in numbered(subject.stack.primary.cidrs):
        if cidr.prefixlen == 0:
            yield Fault(f"primary.cidrs[{index}]", f"'{cidr}' is the whole internet", "list the primary's own networks")


def closed_needs_a_mirror(subject: Subject) -> Iterator[Fault]:
    if subject.stack.egress.mode == "none" and subject.stack.images.mirror is None:
        yield Fault("egress.mode", "'none' leaves no way to public image registries", "set images.mirror to a registry inside")


def closed_has_no_mail(subject: Subject) -> Iterator[Fault]:
    if subject.stack.egress.mode == "none" and subject.stack.smtp is not None:
        yield Fault("smtp", "given, but egress.mode 'none' lets no mail out", "remove this block, or set egress.mode: filtered")


def closed_signs_in_locally(subject: Subject) -> Iterator[Fault]:
    stack = subject.stack
    if stack.egress.mode == "none" and stack.identity.provider != "local":
        why = f"'none' cuts Mattermost off from its identity provider (identity.provider '{stack.identity.provider}')"
        yield Fault("egress.mode", why, "set egress.mode: filtered, or identity.provider: local")


def domains_are_for_filtered(subject: Subject) -> Iterator[Fault]:
    egress = subject.stack.egress
    if egress.domains and egress.mode != "filtered":
        why = f"given, but egress.mode is '{egress.mode}', which does not read them"
        yield Fault("egress.domains", why, "remove them, or set egress.mode: filtered")


def not_to_the_primary(subject: Subject) -> Iterator[Fault]:
    for index, pattern in numbered(subject.stack.egress.domains):
        for inner, domain in numbered(subject.stack.primary.domains):
            below = pattern.startswith("*.") and under(domain, pattern.removeprefix("*."))
            if under(pattern.removeprefix("*."), domain) or below:
                why = f"'{pattern}' reaches '{domain}' (primary.domains[{inner}])"
                yield Fault(f"egress.domains[{index}]", why, "remove it: nothing here may need the primary")


RULES = (
    not_the_internet,
    not_through_the_primary,
    open_for_a_while,
    primary_is_not_everything,
    closed_needs_a_mirror,
    closed_has_no_mail,
    closed_signs_in_locally,
    domains_are_for_filtered,
    not_to_the_primary,
)
