"""DNS: zones, records, domains. Facts: Route 53 developer guide; FSBP Route53.2."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import At, Finding, Graph, Level, Outcome, Resource, Severity, about, bad_if, must_not, rule, stack_rule
from policies.reading.values import asked, at_most, is_false, one_of, present
from policies.settings import Profile

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"


@rule(
    "domains-locked",
    on="aws:route53domains/registeredDomain:RegisteredDomain",
    severity=Severity.HIGH,
    remedy="Leave transferLock out or true",
)
def domains_locked(r: Resource) -> Iterator[Outcome]:
    """A domain cannot be moved away by whoever gets into the registrar."""
    yield from must_not(r, "transferLock", is_false, "is off")


@rule(
    "names-change-fast",
    on=RECORD,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-10",),
    remedy="Set ttl to 60 or less for a failover record",
)
def names_change_fast(r: Resource) -> Iterator[Outcome]:
    """A record that fails over is not kept longer than a minute."""
    if present(r.at("failoverRoutingPolicies")) and r.at("ttl") is not None:
        yield from must_not(r, "ttl", lambda v: not at_most(60)(v), "is more than a minute")


@rule(
    "names-failover-checked",
    on=RECORD,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-10",),
    profile=Profile.PRODUCTION,
    remedy="Give healthCheckId to the primary record",
)
def names_failover_checked(r: Resource) -> Iterator[Outcome]:
    """A primary record has a health check, without which it never fails over."""
    if not present(r.at("healthCheckId")):
        for seen in r.each("failoverRoutingPolicies[*].type"):
            yield from bad_if(asked(one_of("PRIMARY"), seen.value), "healthCheckId", "is not given")


def _private(zone: Resource) -> bool:
    return present(zone.at("vpcs"))


@stack_rule(
    "zones-log-queries",
    on=ZONE,
    severity=Severity.LOW,
    frameworks=("FSBP Route53.2",),
    level=Level.ADVISORY,
    remedy="Add a QueryLog; its log group must lie in us-east-1",
)
def zones_log_queries(graph: Graph) -> Iterator[At]:
    """Every public zone writes down what it is asked."""
    for zone in graph.of(ZONE):
        if not _private(zone) and not graph.companions(zone, "aws:route53/queryLog:QueryLog", by="zoneId"):
            yield At(zone, Finding("", "writes down no queries"))


@stack_rule(
    "zones-signed",
    on=ZONE,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-20",),
    level=Level.ADVISORY,
    remedy="Add a KeySigningKey and HostedZoneDnsSec, once the parent zone can carry the DS record",
)
def zones_signed(graph: Graph) -> Iterator[At]:
    """Every public zone is signed, or has a key to sign with."""
    for zone in graph.of(ZONE):
        if not _private(zone):
            signing = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
            keys = graph.companions(zone, "aws:route53/keySigningKey:KeySigningKey", by="hostedZoneId")
            by_key = [one for key in keys for one in graph.companions(key, signing, by="hostedZoneId")]
            active = [key for key in keys if asked(one_of("INACTIVE"), key.at("status")) is not True]
            signed = active or [
                one
                for one in (*graph.companions(zone, signing, by="hostedZoneId"), *by_key)
                if asked(one_of("NOT_SIGNING"), one.at("signingStatus")) is not True
            ]
            if not signed:
                yield At(zone, Finding("", "is not signed"))


@stack_rule(
    "records-point-at-ours",
    on=RECORD,
    severity=Severity.MEDIUM,
    remedy="Point at an address or a balancer of this stack, by alias or reference",
)
def records_point_at_ours(graph: Graph) -> Iterator[At]:
    """An address record points at something that this stack holds, so that nobody else can take the address."""
    addresses = {one.urn for one in graph.of("aws:ec2/eip:Eip", "aws:ec2/instance:Instance", "aws:lb/*", "aws:cloudfront/*")}
    for record in graph.of(RECORD):
        named = record.property_depends.get("records", frozenset()) if record.property_depends else record.depends_on
        given = record.at("records")
        if not present(record.at("aliases")) and present(given) and not addresses & named:
            yield from about(
                record, asked(one_of("A", "AAAA"), record.at("type")), "records", "is an address that nothing here holds"
            )
