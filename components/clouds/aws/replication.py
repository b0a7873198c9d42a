"""Copies of files and backups in the second region, within fifteen minutes and measured (OOB-69, PREP-108).

Deletions are not copied: what is deleted here, by mistake or by an attacker, stays there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws.bucket import Bucket
from components.clouds.aws.documents import Statement, assumable_by, document
from components.clouds.aws.handles import Context
from components.options import child

RULE = "everything"
MINUTES = 15  # the only value that replication time control knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A bucket and its copy, by resource and by name."""

    source: Bucket
    target: Bucket
    source_arn: str
    target_arn: str


class Replication(ComponentResource):
    """One role for S3, and a rule for each pair of buckets."""

    def __init__(
        self, name: str, context: Context, pairs: Mapping[str, Pair], keys: tuple[Input[str], Input[str]], parent: Resource
    ) -> None:
        super().__init__("oob:aws:Replication", name, None, child(parent))
        source_key, target_key = keys
        role = aws.iam.Role(
            f"{name}-role",
            description="S3 copies objects to the second region",
            assume_role_policy=assumable_by("s3.amazonaws.com"),
            permissions_boundary=context.settings.permissions_boundary,
            opts=child(self, context.main),
        )
        arns = [(pair.source_arn, pair.target_arn) for pair in pairs.values()]
        regions = (context.region, context.settings.replica_region)
        # Apart from the keys, whose ARNs nobody knows beforehand, so that a plan shows the rest.
        rights = aws.iam.RolePolicy(f"{name}-rights", role=role.name, policy=rights_of(arns), opts=child(self, context.main))
        key_rights = aws.iam.RolePolicy(
            f"{name}-key-rights",
            role=role.name,
            policy=Output.all(source_key, target_key).apply(lambda found: key_rights_of(arns, regions, (found[0], found[1]))),
            opts=child(self, context.main),
        )
        for label, pair in pairs.items():
            aws.s3.BucketReplicationConfig(
                f"{name}-{label}",
                bucket=pair.source.bucket,
                role=role.arn,
                rules=[
                    {
                        "id": RULE,
                        "status": "Enabled",
                        "priority": 1,
                        "filter": {"prefix": ""},
                        "delete_marker_replication": {"status": "Disabled"},
                        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                        "destination": {
                            "bucket": pair.target.arn,
                            "encryption_configuration": {"replica_kms_key_id": target_key},
                            "metrics": {"status": "Enabled", "event_threshold": {"minutes": MINUTES}},
                            "replication_time": {"status": "Enabled", "time": {"minutes": MINUTES}},
                        },
                    }
                ],
                opts=child(self, context.main, depends_on=[pair.source.versioned, pair.target.versioned, rights, key_rights]),
            )
        self.register_outputs({})


def rights_of(arns: Sequence[tuple[str, str]]) -> str:
    """What the role may do: read versions in the sources, write copies to the targets."""
    sources, targets = [source for source, _ in arns], [target for _, target in arns]
    return document(
        [
            {
                "Sid": "LookUpWhatToCopy",
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                "Resource": sources,
            },
            {
                "Sid": "ReadVersions",
                "Effect": "Allow",
                "Action": [
                    "s3:GetObjectLegalHold",
                    "s3:GetObjectRetention",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                "Resource": [f"{arn}/*" for arn in sources],
            },
            {
                "Sid": "WriteCopies",
                "Effect": "Allow",
                "Action": ["s3:ReplicateObject", "s3:ReplicateTags"],
                "Resource": [f"{arn}/*" for arn in targets],
            },
        ]
    )


def key_rights_of(arns: Sequence[tuple[str, str]], regions: tuple[str, str], keys: tuple[str, str]) -> str:
    """Which keys it may use for that, through S3 and for these buckets only."""
    sources, targets = [source for source, _ in arns], [target for _, target in arns]
    return document(
        [
            _key("DecryptHere", ["kms:Decrypt"], keys[0], regions[0], sources),
            _key("EncryptThere", ["kms:Encrypt", "kms:GenerateDataKey"], keys[1], regions[1], targets),
        ]
    )


def _key(sid: str, actions: list[str], key: str, region: str, buckets: Sequence[str]) -> Statement:
    """The encryption context is the bucket where a bucket key is used, and the object where not."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": actions,
        "Resource": key,
        "Condition": {
            "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [*buckets, *(f"{arn}/*" for arn in buckets)]},
        },
    }
