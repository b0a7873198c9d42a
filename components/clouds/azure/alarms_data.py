"""Rows of the alarm table: is the data well (PREP-100, OOB-69). Plain functions of ids.

Metrics: "Supported metrics for Microsoft.DBforPostgreSQL/flexibleServers" and "for Microsoft.Storage/storageAccounts".
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Input

from components.clouds.azure import queries
from components.clouds.azure.alarms import DAY, Alarm, Metric, Query, Side
from components.clouds.azure.sizes import SIZES
from components.sections import Size

SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
ACCOUNT = "Microsoft.Storage/storageAccounts"
ENDED = "Microsoft.Logic/workflows/workflowRunCompleted"
BUSY = 80  # percent
FULL = 0.8  # of the connections that the parameters allow
ANSWERED = 99  # percent of calls


def database(server: Input[str], size: Size) -> list[Alarm]:
    """Load, space and connections of the server (PREP-100)."""

    def measured(metric: str, side: Side, threshold: float, minutes: int, aggregation: str = "Average") -> Metric:
        return Metric(
            scope=server,
            namespace=SERVER,
            metric=metric,
            side=side,
            threshold=threshold,
            minutes=minutes,
            aggregation=aggregation,
        )

    busy = f"has been above {BUSY} % for a quarter of an hour"
    return [
        Alarm(
            name="database-down",
            means="The database does not answer Azure's own question.",
            first="look at the server's page Resource health; a standby takes over within two minutes.",
            rows=("AWS-94", "PREP-100", "OOB-64"),
            subject="database",
            source=measured("is_db_alive", Side.BELOW, 1, 5, "Maximum"),
            running=True,
            drill=True,
            severity=0,
        ),
        Alarm(
            name="database-cpu",
            means=f"The database's processor {busy}.",
            first="look in PGSQLServerLogs for statements that took longer than a second.",
            rows=("AWS-94", "PREP-100"),
            subject="database",
            source=measured("cpu_percent", Side.ABOVE, BUSY, 15),
            running=True,
            drill=True,
        ),
        Alarm(
            name="database-memory",
            means="The database has hardly any memory left.",
            first="look at the number of connections and at large sorts; a larger size is a restart.",
            rows=("AWS-94", "PREP-100"),
            subject="database",
            source=measured("memory_percent", Side.ABOVE, 95, 15),
        ),
        Alarm(
            name="database-volume",
            means=f"More than {BUSY} % of the database's disk are used; it grows by itself, once, to twice its size.",
            first="look for the largest tables; check that nothing writes without end.",
            rows=("AWS-94", "PREP-100"),
            subject="database",
            source=measured("storage_percent", Side.ABOVE, BUSY, 60, "Maximum"),
        ),
        Alarm(
            name="database-speed",
            means="The disk of the database does as many operations as it may: writing takes long.",
            first="look in PGSQLServerLogs for slow statements and for checkpoints that take long.",
            rows=("PREP-100",),
            subject="database",
            source=measured("disk_iops_consumed_percentage", Side.ABOVE, 95, 15),
        ),
        Alarm(
            name="database-connections",
            means="Four fifths of the connections that the database allows are taken.",
            first="count them by client address; restart what leaks them.",
            rows=("AWS-94", "PREP-100", "PREP-104"),
            subject="database",
            source=measured("active_connections", Side.ABOVE, FULL * SIZES[size].max_connections, 15, "Maximum"),
        ),
        Alarm(
            name="database-deadlocks",
            means="Transactions block each other again and again.",
            first="read the database's log for the statements involved.",
            rows=("PREP-100",),
            subject="database",
            source=measured("deadlocks", Side.ABOVE, 30, 15, "Total"),
        ),
    ]


def stores(accounts: Mapping[str, Input[str]]) -> list[Alarm]:
    """Accounts by what they hold. How far the copy in the second location is behind, Azure measures for nobody to watch."""
    return [
        Alarm(
            name=f"store-unwell-{label}",
            means=f"The store of {label} does not answer every call.",
            first="look at the page Service Health, and in StorageBlobLogs for what fails.",
            rows=("OOB-69", "PREP-108"),
            subject="backup",
            source=Metric(
                scope=account, namespace=ACCOUNT, metric="Availability", side=Side.BELOW, threshold=ANSWERED, minutes=15
            ),
        )
        for label, account in accounts.items()
    ]


def secret_age(workflow: str, days: int) -> list[Alarm]:
    """Whether a secret is too old, or nobody looks any more (OOB-125): the workflow that looks fails then.

    Its runs are counted in the log: a rule on a metric says nothing while no number comes, which is what silence is. Columns of
    AzureDiagnostics are there once a line had them.
    """
    succeeded = (
        f'OperationName == "{ENDED}" and column_ifexists("resource_workflowName_s", "") =~ "{workflow}"'
        ' and column_ifexists("status_s", "") == "Succeeded"'
    )
    return [
        Alarm(
            name="secrets-old",
            means=f"A secret is older than {days} days, or its age is no longer measured.",
            first="raise rotation.generation in the stack file and deploy; if all are young, look at the workflow's runs.",
            rows=("OOB-125",),
            subject="access",
            source=Query(
                text=queries.count("AzureDiagnostics", succeeded), minutes=DAY, side=Side.BELOW, threshold=1, counted=queries.SEEN
            ),
        )
    ]
