"""The database. Facts: Aurora and RDS user guides, FSBP RDS controls."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.values import (
    Value,
    all_of,
    asked,
    at_least,
    is_false,
    is_true,
    negated,
    number,
    one_of,
    present,
    services_key,
)
from policies.settings import Profile

CLUSTER = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
INSTANCE = "aws:rds/instance:Instance"
SNAPSHOTS = ("aws:rds/clusterSnapshot:ClusterSnapshot", "aws:rds/snapshot:Snapshot")
MOST_DAYS = 35


@rule(
    "rds-storage-encrypted",
    on=(CLUSTER, INSTANCE, "aws:rds/globalCluster:GlobalCluster"),
    severity=Severity.CRITICAL,
    frameworks=("FSBP RDS.3", "FSBP RDS.27", "NIST 800-53 SC-28"),
    remedy="Set storageEncrypted to true; it cannot be changed later",
)
def storage_encrypted(r: Resource) -> Iterator[Outcome]:
    """Storage is encrypted. Serverless v1 and copies of an encrypted source always are."""
    sources = ("sourceDbClusterIdentifier", "replicateSourceDb", *(("globalClusterIdentifier",) if r.type == CLUSTER else ()))
    if any(present(r.at(path)) for path in sources) and r.at("storageEncrypted") is None:
        return
    always = asked(one_of("serverless"), r.at("engineMode"))
    off = negated(asked(is_true, r.at("storageEncrypted")))
    yield from bad_if(all_of([off, negated(always)]), "storageEncrypted", "is off")


@rule(
    "rds-own-key",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-12",),
    remedy="Set kmsKeyId to a key of this stack: snapshots under the service's key cannot be shared or copied away",
)
def own_key(r: Resource) -> Iterator[Outcome]:
    """Storage is encrypted with a key of our own."""
    yield from must_have(r, "kmsKeyId", "is not given")
    yield from must_not(r, "kmsKeyId", services_key, "is the service's key")


@rule(
    "rds-snapshots-encrypted",
    on="aws:rds/clusterSnapshot:ClusterSnapshot",
    severity=Severity.HIGH,
    frameworks=("FSBP RDS.4",),
    remedy="Snapshot an encrypted cluster",
)
def snapshots_encrypted(r: Resource) -> Iterator[Outcome]:
    """Snapshots are encrypted, as their cluster is."""
    yield from must_not(r, "storageEncrypted", is_false, "is off")


@rule(
    "rds-copies-own-key",
    on=(
        "aws:rds/snapshotCopy:SnapshotCopy",
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    ),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9(8)",),
    remedy="Set kmsKeyId to a key in the target Region",
)
def copies_own_key(r: Resource) -> Iterator[Outcome]:
    """Copies of snapshots and replicated backups are encrypted with a key of our own."""
    yield from must_have(r, "kmsKeyId", "is not given")
    yield from must_not(r, "kmsKeyId", services_key, "is the service's key")


@rule(
    "rds-snapshots-not-public",
    on=SNAPSHOTS,
    severity=Severity.CRITICAL,
    frameworks=("FSBP RDS.1",),
    remedy="Share with account numbers, never with 'all'",
)
def snapshots_not_public(r: Resource) -> Iterator[Outcome]:
    """No snapshot is public."""
    yield from must_not(r, "sharedAccounts[*]", one_of("all"), "shares the snapshot with everybody")


@rule(
    "rds-not-public",
    on=(MEMBER, INSTANCE),
    severity=Severity.CRITICAL,
    frameworks=("FSBP RDS.2", "NIST 800-53 SC-7"),
    remedy="Set publiclyAccessible to false",
)
def not_public(r: Resource) -> Iterator[Outcome]:
    """The database has no public address."""
    yield from must_not(r, "publiclyAccessible", is_true, "gives the database a public address")


@rule(
    "rds-in-private-subnets",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("FSBP RDS.18",),
    remedy="Set dbSubnetGroupName to a group of private subnets",
)
def in_private_subnets(r: Resource) -> Iterator[Outcome]:
    """The database lies in a subnet group of this stack."""
    yield from must_have(r, "dbSubnetGroupName", "is not given, so the default network is used")


def _kept_long_enough(value: Value) -> bool:
    days = number(value)
    return value is None or (days is not None and 1 <= days <= MOST_DAYS)


@rule(
    "rds-backups-kept",
    on=(CLUSTER, INSTANCE),
    severity=Severity.HIGH,
    frameworks=("FSBP RDS.11", "NIST 800-53 CP-9"),
    remedy="Set backupRetentionPeriod between 1 and 35",
)
def backups_kept(r: Resource) -> Iterator[Outcome]:
    """Automated backups are on and within what the service keeps."""
    yield from must(r, "backupRetentionPeriod", _kept_long_enough, "is outside 1 to 35 days")


@rule(
    "rds-backups-kept-in-production",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Set backupRetentionPeriod to 7 or more; 35 is the most",
    profile=Profile.PRODUCTION,
)
def backups_kept_in_production(r: Resource) -> Iterator[Outcome]:
    """Production can be restored to any moment of the last week at least; the service's default is one day."""
    yield from must(r, "backupRetentionPeriod", at_least(7), "is less than a week")


@rule(
    "rds-deletion-protection",
    on=(CLUSTER, INSTANCE),
    severity=Severity.HIGH,
    frameworks=("FSBP RDS.7", "FSBP RDS.8"),
    remedy="Set deletionProtection to true",
    profile=Profile.PRODUCTION,
)
def deletion_protection(r: Resource) -> Iterator[Outcome]:
    """The database cannot be deleted by accident."""
    yield from must(r, "deletionProtection", is_true, "is off")


@rule(
    "rds-final-snapshot",
    on=CLUSTER,
    severity=Severity.HIGH,
    remedy="Leave skipFinalSnapshot out or false, and name finalSnapshotIdentifier",
    profile=Profile.PRODUCTION,
)
def final_snapshot(r: Resource) -> Iterator[Outcome]:
    """Whoever deletes the database in spite of all leaves a last snapshot."""
    yield from must_not(r, "skipFinalSnapshot", is_true, "would delete without a last snapshot")


@rule(
    "rds-iam-authentication",
    on=(CLUSTER, INSTANCE),
    severity=Severity.MEDIUM,
    frameworks=("FSBP RDS.10", "FSBP RDS.12"),
    remedy="Set iamDatabaseAuthenticationEnabled to true",
    profile=Profile.PRODUCTION,
)
def iam_authentication(r: Resource) -> Iterator[Outcome]:
    """Programs may sign in with short-lived tokens."""
    yield from must(r, "iamDatabaseAuthenticationEnabled", is_true, "is off")
