"""Rows of the alarm table: is the data well, and is it copied (PREP-100, OOB-69). Plain functions of names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pulumi import Input

from components.clouds.aws.alarms import DAY, HOUR, Alarm, Missing, Place, Side
from components.clouds.aws.sizes import SIZES
from components.sections import Size

RDS = "AWS/RDS"
GIB = 1024**3
FULL = 0.8  # of the connections that the parameter group allows
# Above this the database is far beyond the users that the size is for, or something writes without end.
VOLUME_GIB: Mapping[Size, int] = MappingProxyType({Size.SMALL: 100, Size.MEDIUM: 500, Size.LARGE: 2000})
LATE_SECONDS = HOUR


def database(cluster: Input[str], size: Size) -> list[Alarm]:
    """Load, space, connections, lag and speed of the Aurora cluster (PREP-100)."""
    whole = {"DBClusterIdentifier": cluster}
    writer = {"DBClusterIdentifier": cluster, "Role": "WRITER"}
    return [
        Alarm(
            name="database-cpu",
            means="The database's writer has been busy above 80 % for a quarter of an hour.",
            first="look for the heaviest statement in Performance Insights.",
            rows=("AWS-94", "PREP-100"),
            subject="database",
            namespace=RDS,
            metric="CPUUtilization",
            dimensions=writer,
            statistic="Average",
            side=Side.ABOVE,
            threshold=80,
            period=300,
            periods=3,
            missing=Missing.BREACHING,
            running=True,
            drill=True,
            quiet_minutes=60,
        ),
        Alarm(
            name="database-memory",
            means="A database instance has hardly any memory left.",
            first="look at the number of connections and at large sorts; a larger size is a restart.",
            rows=("AWS-94", "PREP-100"),
            subject="database",
            namespace=RDS,
            metric="FreeableMemory",
            dimensions=whole,
            statistic="Minimum",
            side=Side.BELOW,
            threshold=GIB // 4,
            period=300,
            periods=3,
        ),
        Alarm(
            name="database-local-storage",
            means="A database instance runs out of local space for temporary files and logs.",
            first="look for large sorts and for a log level left too high.",
            rows=("AWS-94", "PREP-100"),
            subject="database",
            namespace=RDS,
            metric="FreeLocalStorage",
            dimensions=whole,
            statistic="Minimum",
            side=Side.BELOW,
            threshold=4 * GIB,
            period=300,
            periods=3,
        ),
        Alarm(
            name="database-volume",
            means=f"The database holds more than {VOLUME_GIB[size]} GiB, much more than its size is for.",
            first="look for the largest tables; check that nothing writes without end.",
            rows=("AWS-94", "PREP-100"),
            subject="database",
            namespace=RDS,
            metric="VolumeBytesUsed",
            dimensions=whole,
            statistic="Maximum",
            side=Side.ABOVE,
            threshold=VOLUME_GIB[size] * GIB,
            period=HOUR,
        ),
        Alarm(
            name="database-connections",
            means="Four fifths of the connections that a database instance allows are taken.",
            first="count them by client address; restart what leaks them.",
            rows=("AWS-94", "PREP-100", "PREP-104"),
            subject="database",
            namespace=RDS,
            metric="DatabaseConnections",
            dimensions=whole,
            statistic="Maximum",
            side=Side.ABOVE,
            threshold=FULL * SIZES[size].max_connections,
            period=300,
            periods=2,
        ),
        Alarm(
            name="database-lag",
            means="A reader is more than two seconds behind: reads are old, and a failover would take longer.",
            first="look at the writer's load and at long transactions on the reader.",
            rows=("AWS-94", "PREP-100", "OOB-64"),
            subject="database",
            namespace=RDS,
            metric="AuroraReplicaLag",
            dimensions=whole,
            statistic="Maximum",
            side=Side.ABOVE,
            threshold=2000,  # milliseconds
            period=60,
            periods=5,
        ),
        Alarm(
            name="database-commits",
            means="Writing takes long: a commit needs more than a fifth of a second on average.",
            first="look at the waits in Performance Insights.",
            rows=("PREP-100",),
            subject="database",
            namespace=RDS,
            metric="CommitLatency",
            dimensions=writer,
            statistic="Average",
            side=Side.ABOVE,
            threshold=200,  # milliseconds
            period=300,
            periods=3,
        ),
        Alarm(
            name="database-deadlocks",
            means="Transactions block each other again and again.",
            first="read the database's log for the statements involved.",
            rows=("PREP-100",),
            subject="database",
            namespace=RDS,
            metric="Deadlocks",
            dimensions=writer,
            statistic="Average",
            side=Side.ABOVE,
            threshold=0.1,  # per second
            period=300,
            periods=3,
        ),
    ]


def replication(pairs: Mapping[str, tuple[Input[str], Input[str]]], rule: str) -> list[Alarm]:
    """Copies to the second region, by bucket and its copy: failures are measured where they come from, delay where they go
    (OOB-69, PREP-108).
    """
    found: list[Alarm] = []
    for label, (source, target) in pairs.items():
        dimensions = {"SourceBucket": source, "DestinationBucket": target, "RuleId": rule}
        found += [
            Alarm(
                name=f"replication-failed-{label}",
                means=f"Objects of the {label} bucket could not be copied to the second region.",
                first="look at the replication role and at the keys of both regions.",
                rows=("OOB-69", "PREP-108"),
                subject="backup",
                namespace="AWS/S3",
                metric="OperationsFailedReplication",
                dimensions=dimensions,
                side=Side.ABOVE,
                threshold=0,
                period=300,
            ),
            Alarm(
                name=f"replication-late-{label}",
                means=f"The second region is more than an hour behind with the {label} bucket.",
                first="look for failed copies and at the state of both regions.",
                rows=("OOB-69", "PREP-108"),
                subject="backup",
                namespace="AWS/S3",
                metric="ReplicationLatency",
                dimensions=dimensions,
                statistic="Maximum",
                side=Side.ABOVE,
                threshold=LATE_SECONDS,
                period=300,
                periods=3,
                place=Place.REPLICA,
            ),
        ]
    return found


def secret_age(namespace: str, metric: str, days: int) -> list[Alarm]:
    """The oldest secret's age, and whether anybody still measures it (OOB-125)."""
    return [
        Alarm(
            name="secrets-old",
            means=f"A secret is older than {days} days, or its age is no longer measured.",
            first="raise rotation.generation in the stack file and deploy; if a secret is young, look at the measuring function.",
            rows=("OOB-125",),
            subject="access",
            namespace=namespace,
            metric=metric,
            statistic="Maximum",
            side=Side.ABOVE,
            threshold=days,
            period=DAY,
            missing=Missing.BREACHING,
            quiet_minutes=24 * 60,
        )
    ]
