"""A bucket as every bucket here is: private, versioned, encrypted, owned by one account, cleaned up (OOB-54, OOB-55, OOB-68)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ProviderResource, Resource

from components.clouds.aws.bucket_policies import arn_of
from components.options import child, stateful
from components.sections import Backup

if TYPE_CHECKING:
    from pulumi_aws.s3 import BucketLifecycleConfigurationRuleArgsDict as Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How long an object cannot be deleted: GOVERNANCE lets chosen people lift it, COMPLIANCE nobody, not even root."""

    mode: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSpec:
    """`key` is the ARN of the encryption key, None for S3's own (only where a writer supports no other).

    `bucket_key` saves a call to KMS for each object (OOB-114). KMS then sees the bucket only, and nothing that the writer says
    of itself: not for a writer whom the key knows by that.
    """

    name: str
    key: Input[str] | None
    policy: str
    rules: Sequence[Rule]
    disposable: bool
    lock: Lock | None = None
    bucket_key: bool = True


def lock_of(backup: Backup, *, disposable: bool) -> Lock | None:
    """The lock of the bucket for backups, as the stack file asks for it. A drill locks nothing (ADR 0013)."""
    if disposable or backup.object_lock == "none":
        return None
    return Lock(mode=backup.object_lock.upper(), days=backup.lock_days)


class Bucket(ComponentResource):
    """A bucket with all that belongs to it. Its data outlive everything else: protected, but for a drill's."""

    def __init__(self, name: str, spec: BucketSpec, provider: ProviderResource, parent: Resource) -> None:
        super().__init__("oob:aws:Bucket", name, None, child(parent))
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=spec.name,
            # Decided at birth: a lock that is added later makes a new bucket, which the protection refuses.
            object_lock_enabled=spec.lock is not None,
            force_destroy=spec.disposable,
            opts=stateful(child(self, provider), disposable=spec.disposable),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=child(self, provider),
        )
        blocked = aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child(self, provider),
        )
        self.versioned = aws.s3.BucketVersioning(
            f"{name}-versions", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=child(self, provider)
        )
        self._encrypted(name, bucket.bucket, spec, provider)
        # S3 refuses two changes of a bucket's access at once.
        policy = aws.s3.BucketPolicy(
            f"{name}-policy", bucket=bucket.bucket, policy=spec.policy, opts=child(self, provider, depends_on=[blocked])
        )
        # By way of the policy: load balancers, trails and replication try at once whether they may write.
        self.bucket: Output[str] = policy.bucket
        # From the name, so that a plan can show who may reach which bucket before any exists.
        self.arn: Output[str] = policy.bucket.apply(arn_of)
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle", bucket=bucket.bucket, rules=spec.rules, opts=child(self, provider, depends_on=[self.versioned])
        )
        if spec.lock is not None:
            aws.s3.BucketObjectLockConfiguration(
                f"{name}-lock",
                bucket=bucket.bucket,
                rule={"default_retention": {"mode": spec.lock.mode, "days": spec.lock.days}},
                opts=child(self, provider, depends_on=[self.versioned]),
            )
        self.register_outputs({})

    def _encrypted(self, name: str, bucket: Output[str], spec: BucketSpec, provider: ProviderResource) -> None:
        """Encryption of whatever arrives without naming any."""
        key = spec.key
        default: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict
        default = {"sse_algorithm": "AES256"} if key is None else {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": default,
                    "bucket_key_enabled": key is not None and spec.bucket_key,
                    "blocked_encryption_types": ["SSE-C"],
                }
            ],
            opts=child(self, provider),
        )
