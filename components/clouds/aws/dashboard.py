"""One page for the whole environment: what is wrong now, where people are sent, and every number that has an alarm (OOB-124)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.clouds.aws.alarms import Alarm, Place
from components.naming import Kind

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
DASHBOARD = Kind(longest=255)
COLUMNS = 24  # of CloudWatch's grid
CHART = (6, 5)  # columns and rows of one chart: four side by side
HEADING_ROWS = 1

TITLES: Mapping[str, str] = {
    "names": "Where people are sent: health checks and the latch (a check is well at 1)",
    "edge": "Edge: load balancer, certificate, firewall",
    "cluster": "Cluster",
    "database": "Database",
    "backup": "Backups and copies: each line must keep coming",
    "access": "Rights, secrets and emergency accounts: each line should stay at zero",
    "threats": "Threats and trouble at AWS",
    "network": "Network",
    "route": "The alarm route itself",
}
INTRODUCTION = (
    "# Out-of-band Mattermost: {0}\n"
    "The names move by the latch only. The commands are the stack outputs `setLatch` and `releaseLatch`; "
    "the direct name never moves (`directUrl`)."
)

Widget = dict[str, object]


def body(environment: str, account: str, regions: Mapping[Place, str], rows: Sequence[tuple[Alarm, str]]) -> dict[str, object]:
    """The dashboard as CloudWatch wants it. `rows` are alarms with their physical names; inputs may still be unknown."""
    widgets: list[Widget] = [_widget("text", 0, 0, COLUMNS, 2, {"markdown": INTRODUCTION.format(environment)})]
    top = 2
    for place, region in regions.items():
        arns = [f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}" for row, name in rows if row.place is place]
        if arns:
            height = 2 + len(arns) // 4
            widgets.append(_widget("alarm", 0, top, COLUMNS, height, {"title": f"Alarms in {region}", "alarms": arns}))
            top += height
    for subject, title in TITLES.items():
        charts = [row for row, _ in rows if row.subject == subject]
        if not charts:
            continue
        widgets.append(_widget("text", 0, top, COLUMNS, HEADING_ROWS, {"markdown": f"## {title}"}))
        top += HEADING_ROWS
        width, height = CHART
        for index, row in enumerate(charts):
            down, across = divmod(index, COLUMNS // width)
            widgets.append(_widget("metric", across * width, top + down * height, width, height, chart(row, regions[row.place])))
        top += height * -(-len(charts) // (COLUMNS // width))
    return {"widgets": widgets}


def chart(row: Alarm, region: str) -> dict[str, object]:
    """The alarm's metrics over time, with its threshold across them."""
    if row.query is None:
        dimensions = [part for pair in row.dimensions.items() for part in pair]
        lines: list[object] = [[row.namespace, metric, *dimensions] for metric in (row.metric, *row.beside.values())]
    else:
        lines = [[{"expression": row.query, "label": row.metric, "id": "q1"}]]
    return {
        "title": row.name,
        "region": region,
        "view": "timeSeries",
        "stat": row.statistic,
        "period": row.period,
        "metrics": lines,
        "annotations": {"horizontal": [{"label": "alarm", "value": row.threshold}]},
    }


def _widget(kind: str, x: int, y: int, width: int, height: int, properties: Mapping[str, object]) -> Widget:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def address(region: str, name: str) -> str:
    """Where to open it."""
    return f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{name}"
