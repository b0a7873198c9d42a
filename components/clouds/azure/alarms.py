"""What an alarm is: one row of a table, and the function that makes the alert rule of it (AWS-94, PREP-101).

The tables are beside this file: `alarms_serving.py`, `alarms_cluster.py` and `alarms_data.py` for what is measured,
`audit_rules.py` and `happenings.py` for what is written in logs, `activity_rules.py` for changes in the subscription.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from pulumi import Input, Output, Resource
from pulumi_azure_native import monitor

from components.alarms import described
from components.clouds.azure.handles import Context, Group
from components.contract import Environment
from components.naming import Kind, physical
from components.options import child

ALERT_RULE = Kind(longest=120)  # 128 and more by kind of rule
HOUR, DAY = 60, 24 * 60  # minutes
# What each kind of rule can look back over: "Create a metric alert rule" and "Create a log search alert rule", Azure Monitor.
METRIC_WINDOWS = (1, 5, 15, 30, HOUR, 6 * HOUR, 12 * HOUR, DAY)
QUERY_WINDOWS = (5, 10, 15, 30, 45, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR, 6 * HOUR, DAY, 2 * DAY)
PROBE_MINUTES = 5
GLOBAL = "global"


class Side(StrEnum):
    """On which side of the threshold the alarm is."""

    ABOVE = "GreaterThan"
    BELOW = "LessThan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number that Azure measures of one resource; `minutes` is the span over which it is taken together."""

    scope: Input[str]
    namespace: str
    metric: str
    side: Side
    threshold: float
    minutes: int
    aggregation: str = "Average"
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to the workspace. With `counted` a column is compared, else the number of lines found."""

    text: Input[str]
    minutes: int
    side: Side = Side.ABOVE
    threshold: float = 0
    counted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Changes in the subscription, or, without operations, whatever Azure itself reports under a category."""

    category: str
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An address that is asked from outside; an alarm if `failed` places at once get no good answer."""

    test_id: Input[str]
    component_id: Input[str]
    failed: int


Source: TypeAlias = Metric | Query | Activity | Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm as plain values; only ids in `source` may wait for what they name.

    An `event` does not become well by itself, so no all-clear is sent for it. `running` says that it makes sense only
    while the application runs, `drill` that a drill has it too. `severity` is Azure's, 0 the worst.
    """

    name: str
    means: str
    first: str
    rows: tuple[str, ...]
    subject: str
    source: Source
    event: bool = False
    running: bool = False
    drill: bool = False
    severity: int = 1

    @property
    def description(self) -> str:
        """What a person reads in the message: what it means, what to do first, why it exists."""
        return described(self.means, self.first, self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Where alarms are made, what is asked, and whom they tell; no group in a drill, which wakes nobody."""

    home: Group
    workspace_id: Input[str]
    group_id: Output[str] | None


def alarm_name(environment: Environment, row: str) -> str:
    """The physical name: outputs and reports must know it before it exists."""
    return physical(ALERT_RULE, environment.name, row)


def span(minutes: int) -> str:
    """A span as Azure writes it: PT5M, PT2H, P1D."""
    if minutes % DAY == 0:
        return f"P{minutes // DAY}D"
    return f"PT{minutes // HOUR}H" if minutes % HOUR == 0 else f"PT{minutes}M"


def at_least(minutes: int, allowed: Sequence[int]) -> int:
    """The shortest span of `allowed` that is not shorter; the longest where none is."""
    return next((window for window in allowed if window >= minutes), allowed[-1])


def make(name: str, row: Alarm, context: Context, wiring: Wiring, parent: Resource) -> Resource:
    """The alert rule of a row. `name` is the logical name of the component that it belongs to."""
    match row.source:
        case Metric():
            return _metric(name, row, row.source, context, wiring, parent)
        case Query():
            return _query(name, row, row.source, context, wiring, parent)
        case Activity():
            return _activity(name, row, row.source, context, wiring, parent)
        case Probe():
            return _probe(name, row, row.source, context, wiring, parent)


def _tags(row: Alarm) -> dict[str, str]:
    return {"oob:requirements": " ".join(row.rows)}


def _metric(name: str, row: Alarm, source: Metric, context: Context, wiring: Wiring, parent: Resource) -> Resource:
    minutes = at_least(source.minutes, METRIC_WINDOWS)
    criteria = monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
        odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        all_of=[
            monitor.MetricCriteriaArgs(
                criterion_type="StaticThresholdCriterion",
                name="first",
                metric_namespace=source.namespace,
                metric_name=source.metric,
                operator=source.side.value,
                threshold=source.threshold,
                time_aggregation=source.aggregation,
                dimensions=[
                    monitor.MetricDimensionArgs(name=dimension, operator="Include", values=list(values))
                    for dimension, values in source.dimensions.items()
                ],
                skip_metric_validation=True,  # some are only there once something was measured
            )
        ],
    )
    return _metric_alert(name, row, [source.scope], minutes, criteria, context, wiring, parent)


def _probe(name: str, row: Alarm, source: Probe, context: Context, wiring: Wiring, parent: Resource) -> Resource:
    criteria = monitor.WebtestLocationAvailabilityCriteriaArgs(
        odata_type="Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
        web_test_id=source.test_id,
        component_id=source.component_id,
        failed_location_count=source.failed,
    )
    return _metric_alert(name, row, [source.test_id, source.component_id], PROBE_MINUTES, criteria, context, wiring, parent)


def _metric_alert(
    name: str,
    row: Alarm,
    scopes: list[Input[str]],
    minutes: int,
    criteria: monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs | monitor.WebtestLocationAvailabilityCriteriaArgs,
    context: Context,
    wiring: Wiring,
    parent: Resource,
) -> Resource:
    return monitor.MetricAlert(
        f"{name}-{row.name}",
        rule_name=alarm_name(context.environment, row.name),
        resource_group_name=wiring.home.name,
        location=GLOBAL,
        description=row.description,
        severity=row.severity,
        enabled=True,
        auto_mitigate=not row.event,
        scopes=scopes,
        window_size=span(minutes),
        evaluation_frequency=span(1 if minutes <= 5 else 5 if minutes <= HOUR else HOUR),
        criteria=criteria,
        actions=[] if wiring.group_id is None else [{"action_group_id": wiring.group_id}],
        tags=_tags(row),
        opts=child(parent, context.main),
    )


def _query(name: str, row: Alarm, source: Query, context: Context, wiring: Wiring, parent: Resource) -> Resource:
    minutes = at_least(source.minutes, QUERY_WINDOWS)
    condition: monitor.ConditionArgsDict = {
        "query": source.text,
        "time_aggregation": "Total" if source.counted else "Count",
        "operator": source.side.value,
        "threshold": source.threshold,
        "failing_periods": {"number_of_evaluation_periods": 1, "min_failing_periods_to_alert": 1},
    }
    if source.counted:
        condition["metric_measure_column"] = source.counted
    return monitor.ScheduledQueryRule(
        f"{name}-{row.name}",
        rule_name=alarm_name(context.environment, row.name),
        resource_group_name=wiring.home.name,
        location=wiring.home.location,
        kind="LogAlert",
        display_name=alarm_name(context.environment, row.name),
        description=row.description,
        severity=row.severity,
        enabled=True,
        auto_mitigate=not row.event,
        scopes=[wiring.workspace_id],
        window_size=span(minutes),
        evaluation_frequency=span(5 if minutes <= HOUR else 15 if minutes < DAY else HOUR),
        criteria={"all_of": [condition]},
        skip_query_validation=True,  # a table is there once something was written to it
        actions={"action_groups": [] if wiring.group_id is None else [wiring.group_id]},
        tags=_tags(row),
        opts=child(parent, context.main),
    )


def _activity(name: str, row: Alarm, source: Activity, context: Context, wiring: Wiring, parent: Resource) -> Resource:
    conditions: list[monitor.AlertRuleAnyOfOrLeafConditionArgsDict] = [{"field": "category", "equals": source.category}]
    if source.operations:
        conditions.append({"any_of": [{"field": "operationName", "equals": operation} for operation in source.operations]})
        conditions.append({"field": "status", "equals": "Succeeded"})
    return monitor.ActivityLogAlert(
        f"{name}-{row.name}",
        activity_log_alert_name=alarm_name(context.environment, row.name),
        resource_group_name=wiring.home.name,
        location="Global",
        description=row.description,
        enabled=True,
        scopes=[f"/subscriptions/{context.subscription}"],
        condition={"all_of": conditions},
        actions={"action_groups": [] if wiring.group_id is None else [{"action_group_id": wiring.group_id}]},
        tags=_tags(row),
        opts=child(parent, context.main),
    )
