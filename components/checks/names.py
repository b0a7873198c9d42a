"""The names lie in their zone, differ from each other, and none of them is the primary's (OOB-37)."""

from __future__ import annotations

from collections.abc import Iterator

from components.checks.subject import Subject
from components.faults import Fault
from components.hosts import under
from components.salvage import numbered, readable

_ELSEWHERE = "use a name in a zone with its own registrar and account"


def in_the_zone(subject: Subject) -> Iterator[Fault]:
    site = subject.stack.site
    zone = site.zone
    for path, host in readable(("site.host", lambda: site.host), ("site.directHost", lambda: site.direct_host)):
        if not under(host, zone) or host == zone:
            first = "chat" if path == "site.host" else "direct"
            yield Fault(path, f"'{host}' is not a name below site.zone '{zone}'", f"choose one like {first}.{zone}")


def two_names(subject: Subject) -> Iterator[Fault]:
    site = subject.stack.site
    if site.host == site.direct_host:
        yield Fault("site.directHost", f"'{site.direct_host}' equals site.host", "give a second name, one that never moves")


def zone_apart(subject: Subject) -> Iterator[Fault]:
    zone = subject.stack.site.zone
    for index, domain in numbered(subject.stack.primary.domains):
        if under(zone, domain):
            yield Fault("site.zone", f"'{zone}' lies under '{domain}' (primary.domains[{index}])", _ELSEWHERE)
        elif under(domain, zone):
            yield Fault("site.zone", f"'{zone}' holds '{domain}' (primary.domains[{index}])", _ELSEWHERE)


def hosts_apart(subject: Subject) -> Iterator[Fault]:
    """Only for a host that is not in the zone anyway: the zone's own fault says it for those below it."""
    site = subject.stack.site
    zone = next((zone for _, zone in readable(("site.zone", lambda: site.zone))), None)
    for path, host in readable(("site.host", lambda: site.host), ("site.directHost", lambda: site.direct_host)):
        for index, domain in numbered(subject.stack.primary.domains):
            said = zone is not None and under(host, zone) and under(zone, domain)
            if under(host, domain) and not said:
                yield Fault(path, f"'{host}' lies under '{domain}' (primary.domains[{index}])", _ELSEWHERE)


def endpoint_apart(subject: Subject) -> Iterator[Fault]:
    endpoint, site = subject.stack.primary.endpoint.host, subject.stack.site
    for path, name in readable(
        ("site.zone", lambda: site.zone), ("site.host", lambda: site.host), ("site.directHost", lambda: site.direct_host)
    ):
        above = any(under(endpoint, domain) and under(domain, name) for domain in subject.stack.primary.domains)
        if under(endpoint, name) and not above:
            fix = "give the primary system's own host name, or the check would watch itself"
            yield Fault("primary.endpoint.host", f"'{endpoint}' is {path} '{name}' or lies below it", fix)
            return


RULES = (in_the_zone, two_names, zone_apart, hosts_apart, endpoint_apart)
