"""Buckets for files, backups and logs, and how Mattermost, Velero and the jobs reach them (OOB-54 to OOB-56, OOB-65 to OOB-69).

A drill makes throwaway buckets of its own and only reads the environment's: its files as of a moment, its backups as they are.
Those must lie in the region in which the drill runs; the copies in the second region are there for a drill in that region.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws import bucket_lifecycle, bucket_policies
from components.clouds.aws.bucket import Bucket, BucketSpec, Lock, lock_of
from components.clouds.aws.bucket_policies import ACCESS_LOGS, Home, arn_of
from components.clouds.aws.handles import AwsKeys, AwsNetwork, AwsObjects, Context
from components.clouds.aws.replication import Pair, Replication
from components.contract import BackupLocation, FileStore, ObjectsSpec, TransferTarget
from components.naming import S3_BUCKET, physical
from components.options import child
from components.sections import Backup

VELERO_PREFIX = "velero"
VELERO_PLUGIN = "velero-plugin-for-aws"
REPLICATED = ("files", "backups")
LOGGED = ("files", "backups")  # buckets whose requests are logged


class Objects(ComponentResource):
    """The buckets. `outputs` are the ways to them; nobody is let in here, that is for the roles of the workloads."""

    def __init__(
        self, name: str, context: Context, spec: ObjectsSpec, keys: AwsKeys, network: AwsNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:aws:Objects", name, None, child(parent))
        self._name, self._context, self._keys = name, context, keys
        self._disposable = context.environment.disposable
        self._home = Home(account=context.account, region=context.region, environment=context.environment.name)
        made = self._buckets(spec.backup)
        self._access_logs(made)
        replicas = {} if self._disposable else self._replicas(spec.backup, made)
        self.outputs = self._outputs(spec, made, replicas, network.bucket_host or endpoint(context.region))
        self.register_outputs({})

    def _name_of(self, purpose: str) -> str:
        """Bucket names are one space for the whole world, and drills, people and policies must know them beforehand."""
        return physical(S3_BUCKET, self._context.environment.name, self._context.account, purpose)

    def _buckets(self, backup: Backup) -> dict[str, Bucket]:
        key, lock = self._keys.main["objects"], self._lock(backup)
        names = {purpose: self._name_of(purpose) for purpose in ("files", "backups", "plain-logs")}
        specs = {
            "files": BucketSpec(
                name=names["files"],
                key=key,
                policy=bucket_policies.sealed(names["files"], self._home),
                rules=bucket_lifecycle.files(backup),
                disposable=self._disposable,
            ),
            "backups": BucketSpec(
                name=names["backups"],
                key=key,
                policy=bucket_policies.sealed(names["backups"], self._home, locked=lock is not None),
                rules=bucket_lifecycle.backups(backup),
                lock=lock,
                disposable=self._disposable,
            ),
            # Load balancers and buckets can write their access logs under S3's own key only, and only without a lock.
            "plain-logs": BucketSpec(
                name=names["plain-logs"],
                key=None,
                policy=bucket_policies.plain_logs(names["plain-logs"], self._home),
                rules=bucket_lifecycle.logs(),
                disposable=self._disposable,
            ),
        }
        return {purpose: Bucket(f"{self._name}-{purpose}", spec, self._context.main, self) for purpose, spec in specs.items()}

    def _lock(self, backup: Backup) -> Lock | None:
        return lock_of(backup, disposable=self._disposable)

    def _access_logs(self, made: Mapping[str, Bucket]) -> None:
        """Every request to a bucket with data in it is written down (PREP-111). Copies have none: logs stay in their region."""
        for purpose in LOGGED:
            aws.s3.BucketLogging(
                f"{self._name}-{purpose}-access-log",
                bucket=made[purpose].bucket,
                target_bucket=made["plain-logs"].bucket,
                target_prefix=f"{ACCESS_LOGS}/{purpose}/",
                target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
                opts=child(self, self._context.main, depends_on=[made["plain-logs"]]),
            )

    def _replicas(self, backup: Backup, made: Mapping[str, Bucket]) -> dict[str, Bucket]:
        """The copies: encrypted with that region's key, and locked like what they are copies of."""
        region = self._context.settings.replica_region
        home = Home(account=self._context.account, region=region, environment=self._context.environment.name)
        rules = {"files": bucket_lifecycle.files(backup), "backups": bucket_lifecycle.backups(backup)}
        locks = {"files": None, "backups": self._lock(backup)}
        copies: dict[str, Bucket] = {}
        pairs: dict[str, Pair] = {}
        for purpose in REPLICATED:
            bucket = self._name_of(f"{purpose}-replica")
            spec = BucketSpec(
                name=bucket,
                key=self._keys.replica["objects"],
                policy=bucket_policies.sealed(bucket, home, locked=locks[purpose] is not None),
                rules=rules[purpose],
                lock=locks[purpose],
                disposable=self._disposable,
            )
            copies[purpose] = Bucket(f"{self._name}-{purpose}-replica", spec, self._context.replica, self)
            pairs[purpose] = Pair(
                source=made[purpose],
                target=copies[purpose],
                source_arn=arn_of(self._name_of(purpose)),
                target_arn=arn_of(bucket),
            )
        keys = (self._keys.main["objects"], self._keys.replica["objects"])
        Replication(f"{self._name}-replication", self._context, pairs, keys, self)
        return copies

    def _outputs(
        self, spec: ObjectsSpec, made: Mapping[str, Bucket], replicas: Mapping[str, Bucket], host: Input[str]
    ) -> AwsObjects:
        region, restore = self._context.region, spec.restore
        key = self._keys.main["objects"]
        files, backups = made["files"].bucket, made["backups"].bucket
        location = {"region": region} if restore else {"region": region, "kmsKeyId": key}
        return AwsObjects(
            files=FileStore(url=host, bucket=files, env=file_variables(files, region, host)),
            velero=BackupLocation(
                provider="aws",
                plugin=VELERO_PLUGIN,
                bucket=restore.backups if restore else backups,
                prefix=VELERO_PREFIX,
                config=location,
                read_only=restore is not None,
            ),
            transfer=TransferTarget(env=remote_variables(region, key), path=backups),
            file_copies=TransferTarget(env=remote_variables(region, key), path=files) if restore else None,
            source=TransferTarget(env=source_variables(region, restore.as_of), path=Output.from_input(restore.files))
            if restore
            else None,
            files_arn=made["files"].arn,
            files_name=files,
            backups_arn=made["backups"].arn,
            backups_name=backups,
            plain_logs_name=made["plain-logs"].bucket,
            plain_logs_arn=made["plain-logs"].arn,
            source_arns=(arn_of(restore.files), arn_of(restore.backups)) if restore else (),
            source_key_arn=restore.key if restore else None,
            export_source=state_bucket(spec.state_backend),
            state=state_target(spec.state_backend, region),
            replica_names={purpose: bucket.bucket for purpose, bucket in replicas.items()},
        )


def endpoint(region: str) -> str:
    """S3 in this region; the gateway endpoint of the network leads there without the internet."""
    return f"s3.{region}.amazonaws.com"


def file_variables(bucket: Input[str], region: str, host: Input[str]) -> dict[str, Input[str]]:
    """What Mattermost's driver reads (PREP-113). Empty keys mean the pod's own identity.

    `host` is S3's name in the region, which the driver turns into the one for both kinds of addresses (s3.dualstack.REGION), or
    the name of an interface endpoint, which it leaves alone (getS3Endpoint in minio-go, which it is built on).
    AMAZONS3SSE stays false: it would ask for S3's own key, which the bucket's policy refuses. The bucket encrypts with ours.
    """
    settings: dict[str, Input[str]] = {
        "DRIVERNAME": "amazons3",
        "AMAZONS3BUCKET": bucket,
        "AMAZONS3REGION": region,
        "AMAZONS3ENDPOINT": host,
        "AMAZONS3PATHPREFIX": "",
        "AMAZONS3ACCESSKEYID": "",
        "AMAZONS3SECRETACCESSKEY": "",
        "AMAZONS3SSL": "true",
        "AMAZONS3SIGNV2": "false",
        "AMAZONS3SSE": "false",
    }
    return {f"MM_FILESETTINGS_{key}": value for key, value in settings.items()}


def remote_variables(region: str, key: Input[str]) -> dict[str, Input[str]]:
    """An rclone remote that signs with the pod's own identity. It must know of the key: else it takes ETags for checksums."""
    return {
        "RCLONE_CONFIG_OOB_TYPE": "s3",
        "RCLONE_CONFIG_OOB_PROVIDER": "AWS",
        "RCLONE_CONFIG_OOB_ENV_AUTH": "true",
        "RCLONE_CONFIG_OOB_REGION": region,
        "RCLONE_CONFIG_OOB_LOCATION_CONSTRAINT": region,
        "RCLONE_CONFIG_OOB_SERVER_SIDE_ENCRYPTION": "aws:kms",
        "RCLONE_CONFIG_OOB_SSE_KMS_KEY_ID": key,
        "RCLONE_CONFIG_OOB_NO_CHECK_BUCKET": "true",  # neither look for the bucket nor try to make it: no right to
    }


def source_variables(region: str, as_of: str) -> dict[str, Input[str]]:
    """The environment's files as they were at `as_of`. With VERSION_AT rclone itself refuses to write (ADR 0013)."""
    return {
        "RCLONE_CONFIG_OOB_TYPE": "s3",
        "RCLONE_CONFIG_OOB_PROVIDER": "AWS",
        "RCLONE_CONFIG_OOB_ENV_AUTH": "true",
        "RCLONE_CONFIG_OOB_REGION": region,
        "RCLONE_CONFIG_OOB_SERVER_SIDE_ENCRYPTION": "aws:kms",
        "RCLONE_CONFIG_OOB_NO_CHECK_BUCKET": "true",
        "RCLONE_CONFIG_OOB_VERSION_AT": as_of,
    }


def state_target(backend: str | None, region: str) -> TransferTarget | None:
    """How the scheduled export reads the state (OOB-66). None if it lies elsewhere than in S3."""
    if backend is None or state_bucket(backend) is None:
        return None
    return TransferTarget(env=state_variables(backend, region), path=Output.from_input(state_folder(backend)))


def state_folder(backend: str) -> str:
    """The bucket and the folder above `.pulumi` of a state address."""
    address = urlsplit(backend)
    return f"{address.netloc}{address.path}".rstrip("/")


def state_variables(backend: str, region: str) -> dict[str, Input[str]]:
    """An rclone remote in the region that the address names, or in `region` if it names none."""
    return {
        "RCLONE_CONFIG_OOB_TYPE": "s3",
        "RCLONE_CONFIG_OOB_PROVIDER": "AWS",
        "RCLONE_CONFIG_OOB_ENV_AUTH": "true",
        "RCLONE_CONFIG_OOB_REGION": parse_qs(urlsplit(backend).query).get("region", [region])[0],
        "RCLONE_CONFIG_OOB_NO_CHECK_BUCKET": "true",
    }


def state_bucket(backend: str | None) -> str | None:
    """The bucket of a Pulumi state address such as s3://bucket/folder?region=eu-central-1; None if it lies elsewhere."""
    if backend is None:
        return None
    address = urlsplit(backend)
    return address.netloc or None if address.scheme == "s3" else None
