"""The trail and log groups. Facts: CloudTrail user guide; CIS AWS 3.x."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import At, Finding, Graph, Level, Outcome, Resource, Severity, must, must_have, must_not, rule, stack_rule
from policies.reading.values import at_least, is_false, is_true, number, present, services_key
from policies.settings import Profile

TRAIL = "aws:cloudtrail/trail:Trail"
LOGS = "aws:cloudwatch/logGroup:LogGroup"


@rule(
    "trail-all-regions",
    on=TRAIL,
    severity=Severity.HIGH,
    frameworks=("CIS AWS 3.1", "FSBP CloudTrail.1", "NIST 800-53 AU-12"),
    remedy="Set isMultiRegionTrail to true",
)
def all_regions(r: Resource) -> Iterator[Outcome]:
    """The trail covers every Region."""
    yield from must(r, "isMultiRegionTrail", is_true, "is off")


@rule("trail-on", on=TRAIL, severity=Severity.CRITICAL, frameworks=("CIS AWS 3.1",), remedy="Leave enableLogging out or true")
def on(r: Resource) -> Iterator[Outcome]:
    """The trail is written."""
    yield from must_not(r, "enableLogging", is_false, "is off")


@rule(
    "trail-global-events",
    on=TRAIL,
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 3.1",),
    remedy="Leave includeGlobalServiceEvents out or true",
)
def global_events(r: Resource) -> Iterator[Outcome]:
    """The trail holds what happens in IAM and the other global services."""
    yield from must_not(r, "includeGlobalServiceEvents", is_false, "is off")


@rule(
    "trail-validated",
    on=TRAIL,
    severity=Severity.HIGH,
    frameworks=("CIS AWS 3.2", "FSBP CloudTrail.4", "NIST 800-53 AU-9"),
    remedy="Set enableLogFileValidation to true",
)
def validated(r: Resource) -> Iterator[Outcome]:
    """A changed log can be told from the one that was written."""
    yield from must(r, "enableLogFileValidation", is_true, "is off")


@rule(
    "trail-own-key",
    on=(TRAIL, "aws:cloudtrail/eventDataStore:EventDataStore"),
    severity=Severity.HIGH,
    frameworks=("CIS AWS 3.5", "FSBP CloudTrail.2"),
    remedy="Set kmsKeyId to a key of this stack",
)
def own_key(r: Resource) -> Iterator[Outcome]:
    """The trail is encrypted with a key of our own."""
    yield from must_have(r, "kmsKeyId", "is not given")
    yield from must_not(r, "kmsKeyId", services_key, "is the service's key")


@rule(
    "trail-topic",
    on=TRAIL,
    severity=Severity.LOW,
    remedy="Set snsTopicName where somebody reads each delivery",
    level=Level.ADVISORY,
)
def topic(r: Resource) -> Iterator[Outcome]:
    """Each delivery of the trail is announced."""
    yield from must_have(r, "snsTopicName", "is not given")


@stack_rule(
    "trail-to-log-group",
    on=TRAIL,
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 3.4", "FSBP CloudTrail.5", "NIST 800-53 SI-4"),
    remedy="Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn, so that alarms can read it, or send its events to rules",
)
def to_log_group(graph: Graph) -> Iterator[At]:
    """The trail reaches the place where alarms are made."""
    for trail in graph.of(TRAIL):
        if not present(trail.at("cloudWatchLogsGroupArn")):
            yield At(trail, Finding("cloudWatchLogsGroupArn", "is not given"))


@rule(
    "logs-kept-for-a-while",
    on=LOGS,
    severity=Severity.LOW,
    frameworks=("FSBP CloudWatch.16",),
    remedy="Set retentionInDays",
)
def kept_for_a_while(r: Resource) -> Iterator[Outcome]:
    """Every log group says how long it keeps what it holds."""
    yield from must_have(r, "retentionInDays", "is not given")


@rule(
    "logs-kept-a-year",
    on=LOGS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP CloudWatch.16", "NIST 800-53 AU-11"),
    remedy="Set retentionInDays to 365 or more, or to 0 for ever",
    profile=Profile.PRODUCTION,
)
def kept_a_year(r: Resource) -> Iterator[Outcome]:
    """Production keeps its logs for a year."""
    yield from must(r, "retentionInDays", lambda v: number(v) == 0 or at_least(365)(v), "is less than a year")


@rule(
    "logs-own-key",
    on=LOGS,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-28",),
    remedy="Set kmsKeyId to a key of this stack",
)
def logs_own_key(r: Resource) -> Iterator[Outcome]:
    """Logs are encrypted with a key of our own."""
    yield from must_have(r, "kmsKeyId", "is not given")
