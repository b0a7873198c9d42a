"""What holds data is protected in an environment, and in a drill nothing is."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Finding, Outcome, Resource, Severity, bad_if, must, rule
from policies.reading.values import asked, is_true, one_of, present
from policies.settings import Profile

STATEFUL = (
    "aws:backup/vault:Vault",
    "aws:cognito/userPool:UserPool",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:route53/zone:Zone",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:secretsmanager/secret:Secret",
    "azure-native:dataprotection:BackupVault",
    "azure-native:dbforpostgresql:Server",
    "azure-native:keyvault:Key",
    "azure-native:keyvault:Vault",
    "azure-native:network:Zone",
    "azure-native:dns:Zone",
    "azure-native:storage:StorageAccount",
    "azure-native:storage:BlobContainer",
    "kubernetes:postgresql.cnpg.io/*:Cluster",
)


@rule(
    "data-protected",
    on=STATEFUL,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9", "NIST 800-53 SC-28"),
    remedy="Make its options with options.stateful, which sets protect",
    profile=Profile.PRODUCTION,
)
def data_protected(r: Resource) -> Iterator[Outcome]:
    """What holds data cannot be deleted by a change of the program."""
    if not r.protect:
        yield Finding("", "holds data and is not protected")


@rule(
    "drill-nothing-protected",
    on="*",
    severity=Severity.HIGH,
    remedy="Make its options with options.stateful and disposable",
    profile=Profile.DRILL,
)
def drill_nothing_protected(r: Resource) -> Iterator[Outcome]:
    """A drill is destroyed whole: nothing in it is protected."""
    yield from bad_if(r.protect, "", "is protected, and would stay after the drill")


LOCKING = (
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration*",
    "azure-native:authorization:ManagementLock*",
    "azure-native:storage:BlobContainerImmutabilityPolicy",
)


@rule(
    "drill-nothing-locks",
    on=LOCKING,
    severity=Severity.CRITICAL,
    remedy="Leave it out of drills: backup.objectLock none, backup.vaultLock false",
    profile=Profile.DRILL,
)
def drill_nothing_locks(r: Resource) -> Iterator[Outcome]:
    """A drill makes no lock, which nobody could take away afterwards."""
    yield from bad_if(bool(r.type), "", "locks what it stands for, perhaps for ever")


@rule(
    "drill-no-locks-inside",
    on=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketV2:BucketV2",
        "azure-native:storage:*",
        "azure-native:dataprotection:BackupVault",
        "azure-native:keyvault:Vault",
    ),
    severity=Severity.CRITICAL,
    remedy="Leave object lock, immutability and purge protection out of drills",
    profile=Profile.DRILL,
)
def drill_no_locks_inside(r: Resource) -> Iterator[Outcome]:
    """Nothing in a drill has a lock among its own settings."""
    for path in ("objectLockEnabled", "immutableStorageWithVersioning.enabled", "properties.enablePurgeProtection"):
        yield from bad_if(asked(is_true, r.at(path)), path, "locks, and would stay after the drill")
    for path in ("properties.securitySettings.immutabilitySettings.state",):
        yield from bad_if(asked(one_of("Locked"), r.at(path)), path, "locks for ever")


@rule(
    "drill-destroyable",
    on=(
        "aws:rds/cluster:Cluster",
        "aws:s3/bucket:Bucket",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:cognito/userPool:UserPool",
        "aws:eks/cluster:Cluster",
    ),
    severity=Severity.HIGH,
    remedy="Set deletionProtection false, skipFinalSnapshot and forceDestroy true in drills",
    profile=Profile.DRILL,
)
def drill_destroyable(r: Resource) -> Iterator[Outcome]:
    """Everything in a drill goes with one destroy."""
    for path in ("deletionProtection", "enableDeletionProtection"):
        yield from bad_if(asked(lambda v: is_true(v) or one_of("ACTIVE")(v), r.at(path)), path, "keeps it from being destroyed")
    if r.type == "aws:rds/cluster:Cluster":
        yield from must(r, "skipFinalSnapshot", is_true, "would leave a snapshot behind")
    if r.type == "aws:s3/bucket:Bucket":
        yield from must(r, "forceDestroy", is_true, "cannot be destroyed with objects in it")


@rule(
    "drill-restores-a-full-copy",
    on="aws:rds/cluster:Cluster",
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 CP-4",),
    remedy="Name one source: snapshotIdentifier, or restoreToPointInTime with restoreType full-copy and restoreToTime",
    profile=Profile.DRILL,
)
def drill_restores_a_full_copy(r: Resource) -> Iterator[Outcome]:
    """A drill restores from a backup, to a stated moment: a clone shares the live storage and proves nothing."""
    sources = [path for path in ("snapshotIdentifier", "restoreToPointInTime") if present(r.at(path))]
    if len(sources) != 1:
        yield Finding("restoreToPointInTime", "does not name exactly one source to restore from")
    if present(r.at("restoreToPointInTime")):
        yield from must(r, "restoreToPointInTime.restoreType", one_of("full-copy"), "clones instead of restoring")
        yield from bad_if(
            asked(is_true, r.at("restoreToPointInTime.useLatestRestorableTime")),
            "restoreToPointInTime.useLatestRestorableTime",
            "takes the latest moment, which may already hold what the drill must not find",
        )
        if not present(r.at("restoreToPointInTime.restoreToTime")):
            yield Finding("restoreToPointInTime.restoreToTime", "is not given")


@rule(
    "drill-source-read-only",
    on="kubernetes:velero.io/*:BackupStorageLocation",
    severity=Severity.CRITICAL,
    remedy="Set spec.accessMode to ReadOnly",
    profile=Profile.DRILL,
)
def drill_source_read_only(r: Resource) -> Iterator[Outcome]:
    """A drill cannot write to the backups that it restores from."""
    yield from must(r, "spec.accessMode", one_of("ReadOnly"), "may write to the backups of the environment")
