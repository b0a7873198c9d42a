"""Load balancers, listeners, target groups, certificates. Facts: Elastic Load Balancing user guides; FSBP ELB controls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.model import (
    At,
    Graph,
    Level,
    Outcome,
    Resource,
    Severity,
    about,
    bad_if,
    must,
    must_not,
    rule,
    stack_rule,
)
from policies.reading.values import (
    Truth,
    Value,
    all_of,
    any_of,
    asked,
    is_false,
    is_true,
    negated,
    number,
    one_of,
    peek,
)
from policies.settings import Profile

BALANCERS = ("aws:lb/loadBalancer:LoadBalancer",)
LISTENERS = ("aws:lb/listener:Listener",)
TARGETS = ("aws:lb/targetGroup:TargetGroup",)
CERTIFICATE = "aws:acm/certificate:Certificate"
# Policies that take TLS 1.2 and newer alone (ELB: security policies).
MODERN = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-)")
# Of these, the ones with ciphers that give no forward secrecy or use CBC with SHA-1.
WEAK = re.compile(
    r"ELBSecurityPolicy-(2016-08|FS-2018-06|TLS13-1-[01]-.*|TLS-1-[01]-.*|FS-1-1-.*|2015-.*|TLS-1-2-Ext-.*|TLS13-1-2-Ext[01]-.*)$"
)


def _kind(r: Resource) -> Value:
    return "application" if r.at("loadBalancerType") is None else r.at("loadBalancerType")


@rule(
    "lb-drops-bad-headers",
    on=BALANCERS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP ELB.4",),
    remedy="Set dropInvalidHeaderFields to true",
)
def drops_bad_headers(r: Resource) -> Iterator[Outcome]:
    """Headers that are no HTTP are dropped."""
    off = negated(asked(is_true, r.at("dropInvalidHeaderFields")))
    yield from bad_if(all_of([asked(one_of("application"), _kind(r)), off]), "dropInvalidHeaderFields", "is off")


@rule(
    "lb-deletion-protection",
    on=BALANCERS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP ELB.6",),
    remedy="Set enableDeletionProtection to true",
    profile=Profile.PRODUCTION,
)
def deletion_protection(r: Resource) -> Iterator[Outcome]:
    """A load balancer cannot be deleted by accident."""
    yield from must(r, "enableDeletionProtection", is_true, "is off")


@rule("lb-cross-zone", on=BALANCERS, severity=Severity.LOW, remedy="Set enableCrossZoneLoadBalancing to true")
def cross_zone(r: Resource) -> Iterator[Outcome]:
    """Network and gateway load balancers use targets of all zones; application ones always do."""
    off = negated(asked(is_true, r.at("enableCrossZoneLoadBalancing")))
    yield from bad_if(all_of([asked(one_of("network", "gateway"), _kind(r)), off]), "enableCrossZoneLoadBalancing", "is off")


@rule(
    "lb-desync",
    on=BALANCERS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP ELB.12",),
    remedy="Leave desyncMitigationMode out, or strictest",
)
def desync(r: Resource) -> Iterator[Outcome]:
    """Requests that servers may read in two ways are refused."""
    yield from must_not(r, "desyncMitigationMode", one_of("monitor"), "lets ambiguous requests through")


@rule(
    "lb-access-log",
    on=BALANCERS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP ELB.5", "NIST 800-53 AU-2"),
    remedy="Set accessLogs.bucket and accessLogs.enabled",
)
def access_log(r: Resource) -> Iterator[Outcome]:
    """A load balancer writes down every request."""
    yield from must(r, "accessLogs.enabled", is_true, "is off")


def _redirects(entry: Value) -> Truth:
    return all_of([asked(one_of("redirect"), peek(entry, "type")), asked(one_of("HTTPS"), peek(entry, "redirect.protocol"))])


def _is_secure(r: Resource) -> Truth:
    """Whether a listener speaks TLS, or is none of HTTP, or does nothing but send people to HTTPS."""
    protocol = r.at("protocol")
    if protocol is None:
        encrypted = asked(lambda v: number(v) != 80, r.at("port"))
    else:
        encrypted = asked(one_of("HTTPS", "TLS", "TCP", "UDP", "TCP_UDP", "GENEVE"), protocol)
    if encrypted is True:
        return True
    actions = [seen.value for seen in r.each("defaultActions[*]")]
    return any_of([encrypted, all_of(_redirects(one) for one in actions) if actions else False])


@rule(
    "lb-https",
    on=LISTENERS,
    severity=Severity.HIGH,
    frameworks=("FSBP ELB.1", "NIST 800-53 SC-8"),
    remedy="Serve HTTPS, and on port 80 nothing but a redirect",
)
def https(r: Resource) -> Iterator[Outcome]:
    """No listener serves plain HTTP; sending people to HTTPS is all it may do."""
    yield from bad_if(negated(_is_secure(r)), "protocol", "serves plain HTTP")


def _encrypts(r: Resource) -> Truth:
    on_443 = all_of([r.at("protocol") is None, asked(lambda v: number(v) == 443, r.at("port"))])
    return any_of([asked(one_of("HTTPS", "TLS"), r.at("protocol")), on_443])


@rule(
    "lb-modern-tls",
    on=LISTENERS,
    severity=Severity.HIGH,
    frameworks=("FSBP ELB.17", "NIST 800-53 SC-8"),
    remedy="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-Res-2021-06 or another without TLS 1.0 and 1.1",
)
def modern_tls(r: Resource) -> Iterator[Outcome]:
    """TLS is 1.2 or newer."""
    if _encrypts(r) is True:
        yield from must(
            r, "sslPolicy", lambda v: isinstance(v, str) and MODERN.match(v) is not None, "still takes TLS 1.0 or 1.1"
        )
    else:
        yield from bad_if(negated(_is_secure(r)), "protocol", "has no TLS")


@rule(
    "lb-strong-ciphers",
    on=LISTENERS,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-13",),
    remedy="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
)
def strong_ciphers(r: Resource) -> Iterator[Outcome]:
    """TLS uses ciphers with forward secrecy alone."""
    strong = asked(lambda v: isinstance(v, str) and MODERN.match(v) is not None and not WEAK.match(v), r.at("sslPolicy"))
    yield from bad_if(all_of([_encrypts(r), negated(strong)]), "sslPolicy", "takes weak ciphers")


@rule(
    "lb-targets-checked", on=TARGETS, severity=Severity.MEDIUM, frameworks=("FSBP ELB.1",), remedy="Give healthCheck with a path"
)
def targets_checked(r: Resource) -> Iterator[Outcome]:
    """Targets that speak HTTP are asked for a page whether they are well."""
    web = asked(one_of("HTTP", "HTTPS"), r.at("protocol"))
    off = asked(is_false, r.at("healthCheck.enabled"))
    asks = asked(lambda v: isinstance(v, str) and bool(v), r.at("healthCheck.path"))
    yield from bad_if(all_of([web, any_of([off, negated(asks)])]), "healthCheck", "asks for no page, or is off")


@rule(
    "lb-targets-encrypted",
    on=TARGETS,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Set protocol to HTTPS or TLS",
)
def targets_encrypted(r: Resource) -> Iterator[Outcome]:
    """What the load balancer sends on is encrypted too."""
    yield from must_not(r, "protocol", one_of("HTTP"), "is plain HTTP")


@stack_rule(
    "lb-no-plain-way",
    on=TARGETS,
    severity=Severity.HIGH,
    frameworks=("FSBP ELB.1", "NIST 800-53 SC-8"),
    remedy="Serve HTTPS, and speak HTTPS to the targets",
)
def no_plain_way(graph: Graph) -> Iterator[At]:
    """No request goes the whole way in plain HTTP: targets that speak it stand behind listeners that do not."""
    for targets in graph.of(*TARGETS):
        listeners = [one for one in graph.of(*LISTENERS) if graph.refers(one, targets, "defaultActions[*].targetGroupArn")]
        encrypted = all_of(_encrypts(one) for one in listeners) if listeners else False
        plain = all_of([asked(one_of("HTTP"), targets.at("protocol")), negated(encrypted)])
        yield from about(targets, plain, "protocol", "is plain HTTP, and nothing in front of it encrypts")


@stack_rule(
    "lb-listeners-say-protocol",
    on=LISTENERS,
    severity=Severity.MEDIUM,
    remedy="Give protocol and sslPolicy",
)
def listeners_say_protocol(graph: Graph) -> Iterator[At]:
    """Every listener says what it speaks; those of a gateway cannot."""
    for balancer in graph.of(*BALANCERS):
        for listener in graph.companions(balancer, *LISTENERS, by="loadBalancerArn"):
            if listener.at("protocol") is None and listener.at("port") is None:
                yield from about(listener, negated(asked(one_of("gateway"), _kind(balancer))), "protocol", "is not given")


@rule("acm-logged", on=CERTIFICATE, severity=Severity.LOW, remedy="Leave certificate transparency logging on")
def acm_logged(r: Resource) -> Iterator[Outcome]:
    """Certificates are written to the public logs, without which browsers refuse them."""
    yield from must_not(r, "options.certificateTransparencyLoggingPreference", one_of("DISABLED"), "is off")


@rule("acm-no-wildcard", on=CERTIFICATE, severity=Severity.MEDIUM, remedy="Name the hosts")
def acm_no_wildcard(r: Resource) -> Iterator[Outcome]:
    """No certificate stands for every name of a domain."""
    for path in ("domainName", "subjectAlternativeNames[*]"):
        yield from must_not(r, path, lambda v: isinstance(v, str) and "*" in v, "stands for every name below a domain")


@stack_rule(
    "lb-redirects-to-https",
    on=BALANCERS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP ELB.1",),
    remedy="Let the listener on port 80 redirect to HTTPS",
    level=Level.ADVISORY,
)
def redirects_to_https(graph: Graph) -> Iterator[At]:
    """Who comes by HTTP is sent to HTTPS."""
    for balancer in graph.of(*BALANCERS):
        for listener in graph.companions(balancer, *LISTENERS, by="loadBalancerArn"):
            verdict = _is_secure(listener)
            yield from about(balancer, negated(verdict), "", "serves plain HTTP by one of its listeners")
