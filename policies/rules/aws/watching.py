"""What raises alarms and carries them, and what decides a failover. Facts: CloudWatch, SNS, Route 53 and GuardDuty guides."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, must, must_not, rule
from policies.reading.callers import open_to_the_world
from policies.reading.values import is_false, is_true, one_of


@rule(
    "alarms-act",
    on=(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        "aws:cloudwatch/eventRule:EventRule",
    ),
    severity=Severity.HIGH,
    frameworks=("FSBP CloudWatch.17", "NIST 800-53 SI-4"),
    remedy="Leave actionsEnabled out or true, and the state of a rule at ENABLED",
)
def alarms_act(r: Resource) -> Iterator[Outcome]:
    """An alarm that goes off tells somebody, and a rule that waits for an event is in force."""
    yield from must_not(r, "actionsEnabled", is_false, "is off")
    yield from must_not(r, "state", one_of("DISABLED"), "is off")


@rule(
    "topics-sent-encrypted",
    on="aws:sns/topicSubscription:TopicSubscription",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Use https, or another protocol",
)
def sent_encrypted(r: Resource) -> Iterator[Outcome]:
    """No alarm travels in plain HTTP."""
    yield from must_not(r, "protocol", one_of("http"), "is plain HTTP")


@rule(
    "health-checks-encrypted",
    on="aws:route53/healthCheck:HealthCheck",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8", "NIST 800-53 CP-10"),
    remedy="Use HTTPS or HTTPS_STR_MATCH, and leave disabled out",
)
def checks_encrypted(r: Resource) -> Iterator[Outcome]:
    """What decides a failover asks by HTTPS, and is in force: a disabled check always answers that all is well."""
    yield from must_not(r, "type", one_of("HTTP", "HTTP_STR_MATCH", "TCP"), "is answered by anybody on the way")
    yield from must_not(r, "disabled", is_true, "is on, so that the check answers that all is well")


@rule(
    "guardduty-features-on",
    on="aws:guardduty/detectorFeature:DetectorFeature",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SI-4",),
    remedy="Set status to ENABLED",
)
def features_on(r: Resource) -> Iterator[Outcome]:
    """Each part of the threat detection that is set up watches."""
    yield from must(r, "status", one_of("ENABLED"), "is not on")


@rule(
    "log-policies-not-public",
    on="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-3",),
    remedy="Name the service, and for whom it writes (aws:SourceAccount, aws:SourceArn)",
)
def log_policies_not_public(r: Resource) -> Iterator[Outcome]:
    """Nobody from outside writes into our logs, or reads them."""
    yield from open_to_the_world(r, "policyDocument", "allows everybody")


@rule(
    "names-firewall-closed",
    on="aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Leave firewallFailOpen out or DISABLED",
)
def names_firewall_closed(r: Resource) -> Iterator[Outcome]:
    """Names that the firewall cannot judge are not answered."""
    yield from must_not(r, "firewallFailOpen", one_of("ENABLED"), "answers what it cannot judge")
