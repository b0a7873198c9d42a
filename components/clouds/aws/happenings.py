"""Events that must come, and events that must not: one EventBridge rule each, counted by CloudWatch (OOB-52, OOB-66, OOB-124).

EventBridge counts what a rule matches; the alarm is on that number. So a backup's age needs no job that measures it, and one
that dies cannot hide it: silence is the alarm. Nothing is sent from a rule to a topic directly, because a topic's policy
cannot be limited to this account for EventBridge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws.alarms import Alarm, Missing, Place, Side
from components.clouds.aws.documents import document
from components.clouds.aws.handles import Context
from components.naming import LOG_GROUP, Kind, physical
from components.options import child

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
POLICY = Kind(longest=100)
SLICES = 5  # of an interval: an alarm comes at twice the interval, late by no more than one slice
LONGEST_QUIET = 2880  # minutes; https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html

Pattern = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One kind of event. With `every_minutes` its absence for twice that long is the alarm; without, each one is."""

    name: str
    pattern: Pattern
    means: str
    first: str
    rows: tuple[str, ...]
    subject: str = "backup"
    every_minutes: int | None = None
    place: Place = Place.MAIN
    running: bool = False

    def alarm(self, rule: Input[str]) -> Alarm:
        """The row of the alarm table that counts this rule's matches."""
        every = self.every_minutes
        return Alarm(
            name=self.name,
            means=self.means,
            first=self.first,
            rows=self.rows,
            subject=self.subject,
            namespace="AWS/Events",
            metric="MatchedEvents",
            dimensions={"RuleName": rule},
            side=Side.ABOVE if every is None else Side.BELOW,
            threshold=0 if every is None else 1,
            period=300 if every is None else every * 60 // SLICES,
            periods=1 if every is None else 2 * SLICES,
            missing=Missing.FINE if every is None else Missing.BREACHING,
            event=every is None,
            running=self.running,
            place=self.place,
            quiet_minutes=None if every is None else min(3 * every, LONGEST_QUIET),
        )


def created(bucket: Input[str], key: Input[str]) -> Pattern:
    """An object was written; `*` in the key stands for anything."""
    detail = {"bucket": {"name": [bucket]}, "object": {"key": [{"wildcard": key}]}}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def erased(buckets: Sequence[Input[str]]) -> Pattern:
    """A version was deleted for good by somebody; not by lifecycle, and not merely hidden by a delete marker."""
    detail = {"bucket": {"name": list(buckets)}, "deletion-type": ["Permanently Deleted"], "reason": ["DeleteObject"]}
    return {"source": ["aws.s3"], "detail-type": ["Object Deleted"], "detail": detail}


def backup_job(vault: Input[str], *states: str) -> Pattern:
    """A job of AWS Backup into this vault came to one of these states."""
    detail = {"backupVaultName": [vault], "state": list(states)}
    return {"source": ["aws.backup"], "detail-type": ["Backup Job State Change"], "detail": detail}


def copy_failed() -> Pattern:
    """A copy to another region or account failed, whichever vault it came from."""
    return {"source": ["aws.backup"], "detail-type": ["Copy Job State Change"], "detail": {"state": ["FAILED"]}}


def finding(least_severity: int) -> Pattern:
    """GuardDuty found something of that severity or worse."""
    detail = {"severity": [{"numeric": [">=", least_severity]}]}
    return {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], "detail": detail}


def database_event(identifiers: Sequence[Input[str]], *categories: str) -> Pattern:
    """Something happened to one of these: a database cluster, its instances."""
    detail = {"SourceIdentifier": list(identifiers), "EventCategories": list(categories)}
    return {"source": ["aws.rds"], "detail-type": ["RDS DB Cluster Event", "RDS DB Instance Event"], "detail": detail}


def provider_trouble() -> Pattern:
    """AWS says that one of its services has a problem which touches this account (OOB-02)."""
    return {"source": ["aws.health"], "detail-type": ["AWS Health Event"], "detail": {"eventTypeCategory": ["issue"]}}


class Happenings(ComponentResource):
    """Rules, and in each region a log group that keeps what they matched. `alarms` are the rows to watch them by."""

    def __init__(
        self,
        name: str,
        context: Context,
        table: Sequence[Happening],
        keys: Mapping[Place, Output[str]],
        log_days: int,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Happenings", name, None, child(parent))
        providers = {Place.MAIN: context.main, Place.REPLICA: context.replica, Place.WORLD: context.world}
        record: dict[Place, Output[str]] = {}
        for place in dict.fromkeys(happening.place for happening in table):
            group = aws.cloudwatch.LogGroup(
                f"{name}-{place.value}",
                name=f"/aws/events/{physical(LOG_GROUP, context.environment.name, name)}",
                retention_in_days=log_days,
                kms_key_id=keys[place],
                opts=child(self, providers[place]),
            )
            aws.cloudwatch.LogResourcePolicy(
                f"{name}-{place.value}-policy",
                policy_name=physical(POLICY, context.environment.name, name),
                policy_document=group.arn.apply(log_policy),
                opts=child(self, providers[place]),
            )
            record[place] = group.arn
        self.alarms: list[Alarm] = []
        for happening in table:
            rule = aws.cloudwatch.EventRule(
                f"{name}-{happening.name}",
                description=happening.means[:512],
                event_pattern=Output.json_dumps(happening.pattern, sort_keys=True),
                opts=child(self, providers[happening.place]),
            )
            aws.cloudwatch.EventTarget(
                f"{name}-{happening.name}-record",
                rule=rule.name,
                arn=record[happening.place],
                opts=child(self, providers[happening.place]),
            )
            self.alarms.append(happening.alarm(rule.name))
        self.register_outputs({})


def log_policy(group_arn: str) -> str:
    """What lets EventBridge write to the log group, for rules of the same region and account only."""
    region, account = group_arn.split(":")[3:5]
    services = {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    return document(
        [
            {"Effect": "Allow", "Principal": services, "Action": "logs:CreateLogStream", "Resource": f"{group_arn}:*"},
            {
                "Effect": "Allow",
                "Principal": services,
                "Action": "logs:PutLogEvents",
                "Resource": f"{group_arn}:*:*",
                "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{region}:{account}:rule/*"}},
            },
        ]
    )
