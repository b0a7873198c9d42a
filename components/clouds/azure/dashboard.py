"""One page for the whole environment: what is wrong now, and every number and question that has an alarm (OOB-124)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pulumi import Input

from components.clouds.azure.alarms import Alarm, Metric, Query

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "names": "Where people are sent: addresses, endpoints and the latch",
        "edge": "Edge: gateway, certificate, firewall",
        "cluster": "Cluster",
        "database": "Database",
        "backup": "Backups and stores: each line must keep coming",
        "access": "Rights, secrets and emergency accounts: each should stay empty",
        "threats": "Threats and trouble at Azure",
        "network": "Network",
    }
)
INTRODUCTION = (
    "# Out-of-band Mattermost: {0}\n"
    "The names move by the latch only. The commands are the stack outputs `setLatch` and `releaseLatch`; "
    "the direct name never moves (`directUrl`)."
)
ALERTS = (
    "alertsmanagementresources | where type == 'microsoft.alertsmanagement/alerts' "
    "| where properties.essentials.monitorCondition == 'Fired' "
    "| project Alarm = tostring(properties.essentials.alertRule), Since = tostring(properties.essentials.startDateTime) "
    "| order by Since desc"
)
AGGREGATIONS: Mapping[str, int] = MappingProxyType({"Total": 1, "Minimum": 2, "Maximum": 3, "Average": 4, "Count": 7})
DAY_MILLISECONDS = 86_400_000
_NAMESPACE = uuid.UUID("0e7b7a2f-6b35-4b3c-9d6e-5a1f7f0c2b11")  # made up once; only has to stay as it is

Item = dict[str, object]


def workbook_name(subscription: str, environment: str) -> str:
    """A workbook is named by a GUID: always the same for the same environment."""
    return str(uuid.uuid5(_NAMESPACE, f"{subscription}/{environment}"))


def body(environment: str, subscription: str, workspace_id: Input[str], rows: Sequence[Alarm]) -> dict[str, object]:
    """The page as a workbook wants it; inputs may still be unknown."""
    items: list[Item] = [
        {"type": 1, "name": "introduction", "content": {"json": INTRODUCTION.format(environment)}},
        _question("alarms", "Alarms now", ALERTS, 1, "microsoft.resourcegraph/resources", [f"/subscriptions/{subscription}"]),
    ]
    for subject, title in TITLES.items():
        shown = [item for row in rows if row.subject == subject and (item := _item(row, workspace_id))]
        if shown:
            items.append({"type": 1, "name": f"title-{subject}", "content": {"json": f"## {title}"}})
            items += shown
    return {"version": "Notebook/1.0", "items": items, "fallbackResourceIds": [workspace_id]}


def _item(row: Alarm, workspace_id: Input[str]) -> Item | None:
    match row.source:
        case Metric() as metric:
            return {
                "type": 10,
                "name": row.name,
                "customWidth": "33",
                "content": {
                    "version": "MetricsItem/2.0",
                    "chartId": f"chart-{row.name}",
                    "title": row.name,
                    "chartType": 2,
                    "size": 1,
                    "resourceType": metric.namespace.lower(),
                    "resourceIds": [metric.scope],
                    "metricScope": 0,
                    "timeContext": {"durationMs": DAY_MILLISECONDS},
                    "metrics": [
                        {
                            "namespace": metric.namespace.lower(),
                            "metric": f"{metric.namespace.lower()}--{metric.metric}",
                            "aggregation": AGGREGATIONS[metric.aggregation],
                        }
                    ],
                },
            }
        case Query() as query:
            return _question(
                row.name, row.name, query.text, 0, "microsoft.operationalinsights/workspaces", [workspace_id], width="33"
            )
        case _:
            return None


def _question(
    name: str, title: str, text: Input[str], kind: int, resource_type: str, resources: Sequence[Input[str]], width: str = "100"
) -> Item:
    return {
        "type": 3,
        "name": name,
        "customWidth": width,
        "content": {
            "version": "KqlItem/1.0",
            "title": title,
            "query": text,
            "size": 1,
            "queryType": kind,
            "resourceType": resource_type,
            "crossComponentResources": list(resources),
            "timeContext": {"durationMs": DAY_MILLISECONDS},
        },
    }


def address(tenant: str, workbook_id: str) -> str:
    """Where to open it."""
    return f"https://portal.azure.com/#@{tenant}/resource{workbook_id}/workbook"
