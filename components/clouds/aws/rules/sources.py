"""What a drill restores its database from: names that RDS takes, in the drill's own region (ADR 0013)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.clouds.aws.identifiers import ACCOUNT
from components.faults import Fault
from components.salvage import readable

if TYPE_CHECKING:
    from components.clouds.aws.settings import Settings
    from components.settings import Stack

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterFromSnapshot.html
# What RDS or AWS Backup made by themselves begins with rds: or awsbackup:.
_SNAPSHOT = re.compile(r"((rds|awsbackup):)?[A-Za-z][A-Za-z0-9-]{0,254}")
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html
_CLUSTER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}")


def drill_database(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """A snapshot by its name or its ARN, a cluster by its name. A recovery point of a vault is such a snapshot's ARN."""
    drill = stack.drill
    if drill is None:
        return
    region = settings.region
    for path, given in readable(
        ("drill.database.snapshot", lambda: drill.database.snapshot), ("drill.database.cluster", lambda: drill.database.cluster)
    ):
        if given is None:
            continue
        snapshot = path.endswith("snapshot")
        kind = "cluster-snapshot" if snapshot else "cluster"
        form = _SNAPSHOT if snapshot else _CLUSTER
        if form.fullmatch(given):
            continue
        arn = re.fullmatch(rf"arn:aws:rds:([a-z0-9-]+):{ACCOUNT}:{kind}:(.+)", given)
        if arn is None or not form.fullmatch(arn[2]):
            what = "a cluster snapshot" if snapshot else "an Aurora cluster"
            fix = f"give its name, or its ARN: arn:aws:rds:{region}:ACCOUNT:{kind}:NAME"
            more = "; a recovery point of Aurora in a vault is listed under that ARN" if snapshot else ""
            yield Fault(path, f"'{given}' is neither the name nor the ARN of {what}", f"{fix}{more}")
        elif arn[1] != region:
            why = f"'{given}' lies in '{arn[1]}', and a database is restored where its source lies: aws.region is '{region}'"
            yield Fault(path, why, "copy it to aws.region, or let the drill run there")


ACROSS = (drill_database,)
