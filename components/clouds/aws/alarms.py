"""What an alarm is: one row of a table, and the function that makes the CloudWatch alarm of it (AWS-94, PREP-101).

The tables are beside this file: `alarms_serving.py`, `alarms_cluster.py` and `alarms_data.py` for metrics, `trail_rules.py` for
the audit trail, `happenings.py` for events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pulumi_aws as aws
from pulumi import Input, Output, ProviderResource, Resource

from components.alarms import described
from components.clouds.aws.handles import Context
from components.contract import Environment
from components.naming import Kind, physical
from components.options import child

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
ALARM = Kind(longest=255)
LONGEST_DESCRIPTION = 1024
HOUR, DAY = 3600, 86400
LONGEST_WINDOW = {"short": DAY, "hourly": 7 * DAY}  # of all periods together, for periods below and from an hour


class Place(StrEnum):
    """Where a metric is published, and so where its alarm and its topic must be."""

    MAIN = "main"
    REPLICA = "replica"  # replication is measured at the destination
    WORLD = "world"  # us-east-1, for Route 53's health checks


class Missing(StrEnum):
    """What no data means: that something stopped, that nothing happened, or nothing at all."""

    BREACHING = "breaching"
    FINE = "notBreaching"
    UNCHANGED = "ignore"


class Side(StrEnum):
    """On which side of the threshold the alarm is."""

    ABOVE = "GreaterThanThreshold"
    BELOW = "LessThanThreshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm as plain values; only dimensions and `query` may wait for what they name.

    `query` is a Metrics Insights query instead of a metric, for what is one metric per resource made elsewhere.
    `expression` judges the metric, called `this` in it, together with those `beside` it: same namespace, dimensions, statistic.
    An `event` does not become well by itself, so no all-clear is sent for it. `running` says that it makes sense only
    while the application runs, `drill` that a drill has it too.
    """

    name: str
    means: str
    first: str
    rows: tuple[str, ...]
    subject: str
    namespace: str
    metric: str
    side: Side
    threshold: float
    period: int
    statistic: str = "Sum"  # or a percentile, like p95
    dimensions: Mapping[str, Input[str]] = field(default_factory=dict[str, Input[str]])
    query: Input[str] | None = None
    expression: str | None = None
    beside: Mapping[str, str] = field(default_factory=dict[str, str])  # metrics by what the expression calls them
    periods: int = 1
    missing: Missing = Missing.FINE
    place: Place = Place.MAIN
    event: bool = False
    running: bool = False
    drill: bool = False
    quiet_minutes: int | None = None  # after creation, until what is waited for can have come

    @property
    def description(self) -> str:
        """What a person reads in the message: what it means, what to do first, why it exists."""
        return described(self.means, self.first, self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Where the alarms of one place are made, and whom they tell; no topic in a drill, which wakes nobody."""

    provider: ProviderResource
    topic: Output[str] | None


def alarm_name(environment: Environment, row: str) -> str:
    """The physical name: outputs, dashboard and composite alarms must know it before it exists."""
    return physical(ALARM, environment.name, row)


def make(name: str, row: Alarm, context: Context, wiring: Wiring, parent: Resource) -> Resource:
    """The CloudWatch alarm of a row. `name` is the logical name of the component that it belongs to."""
    topics = [] if wiring.topic is None else [wiring.topic]
    metric_queries = _queries(row)
    percentile = row.statistic if row.statistic.startswith("p") else None
    direct = metric_queries is None
    return aws.cloudwatch.MetricAlarm(
        f"{name}-{row.name}",
        name=alarm_name(context.environment, row.name),
        alarm_description=row.description,
        namespace=row.namespace if direct else None,
        metric_name=row.metric if direct else None,
        dimensions=row.dimensions if direct else None,
        statistic=row.statistic if direct and percentile is None else None,
        extended_statistic=percentile if direct else None,
        period=row.period if direct else None,
        metric_queries=metric_queries,
        comparison_operator=row.side.value,
        threshold=row.threshold,
        evaluation_periods=row.periods,
        datapoints_to_alarm=row.periods,
        treat_missing_data=row.missing.value,
        warm_up_configuration=(None if row.quiet_minutes is None else {"warm_up_period_duration_in_minutes": row.quiet_minutes}),
        alarm_actions=topics,
        ok_actions=[] if row.event else topics,
        tags={"oob:requirements": " ".join(row.rows)},
        opts=child(parent, wiring.provider),
    )


def _queries(row: Alarm) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] | None:
    """What is asked of CloudWatch where it is not one metric alone; None where it is."""
    if row.query is not None:
        return [{"id": "q1", "expression": row.query, "period": row.period, "label": row.metric, "return_data": True}]
    if row.expression is None:
        return None
    terms: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": name,
            "metric": {
                "namespace": row.namespace,
                "metric_name": metric,
                "dimensions": row.dimensions,
                "stat": row.statistic,
                "period": row.period,
            },
            "return_data": False,
        }
        for name, metric in ({"this": row.metric} | dict(row.beside)).items()
    ]
    return [*terms, {"id": "verdict", "expression": row.expression, "label": row.name, "return_data": True}]
