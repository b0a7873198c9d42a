"""What each workload may do in AWS, as plain functions of plain values (OOB-71 to OOB-73, OOB-77).

Names of objects may be listed per bucket, not per prefix: S3 answers "not found" only to whoever may list the whole bucket,
and rclone and Velero take its other answer for a failure. What an object holds is given by prefix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.clouds.aws.documents import Statement

VELERO = ("velero",)
TRANSFER = ("dumps", "exports", "heartbeat")  # what the jobs write below the bucket for backups
STATE = ".pulumi"

LIST = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
WRITE = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject")
READ = ("s3:GetObject",)
DELETE = ("s3:DeleteObject",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the environment is."""

    account: str
    region: str


def mattermost(place: Place, files: str, key: str) -> list[Statement]:
    """Files in the one bucket, and the key under which they lie."""
    return [
        _list("ListFiles", [files]),
        _objects("Files", (*READ, *WRITE, *DELETE), [f"{files}/*"]),
        _use("EncryptFiles", place, key, [files], writes=True),
    ]


def velero(place: Place, backups: str, key: str) -> list[Statement]:
    """Backups of Kubernetes objects below their own prefix. No right to disks: nothing of value lies on one."""
    return [
        _list("ListBackups", [backups]),
        _objects("Backups", (*READ, *WRITE, *DELETE), _below(backups, VELERO)),
        _use("EncryptBackups", place, key, [backups], writes=True),
    ]


def velero_in_a_drill(place: Place, sources: Sequence[str], key: str | None) -> list[Statement]:
    """The same backups, to read and to read only (ADR 0013)."""
    return [
        _list("ListSources", sources),
        _objects("ReadSources", READ, [arn for source in sources for arn in _below(source, VELERO)]),
        _use("DecryptSources", place, key, sources, writes=False),
    ]


def transfer(place: Place, backups: str, key: str) -> list[Statement]:
    """Dumps, exports and markers: added and read back, never deleted. Whoever takes over these jobs cannot undo a backup."""
    return [
        _list("ListBackups", [backups]),
        _objects("AddCopies", (*READ, *WRITE), _below(backups, TRANSFER)),
        _use("EncryptCopies", place, key, [backups], writes=True),
    ]


def transfer_in_a_drill(place: Place, sources: Sequence[str], source_key: str | None, files: str, key: str) -> list[Statement]:
    """What a drill restores files with: the sources as they were at a moment, to read; its own throwaway bucket, to fill."""
    return [
        _list("ListSources", sources, versions=True),
        _objects("ReadSources", (*READ, "s3:GetObjectVersion"), [f"{source}/*" for source in sources]),
        _use("DecryptSources", place, source_key, sources, writes=False),
        _list("ListFiles", [files]),
        _objects("FillFiles", (*READ, *WRITE), [f"{files}/*"]),
        _use("EncryptFiles", place, key, [files], writes=True),
    ]


def state(place: Place, bucket: str) -> list[Statement]:
    """The program's own state, to keep a copy beside the backups (OOB-66). Its secrets are encrypted by the state itself."""
    arn = f"arn:aws:s3:::{bucket}"
    return [
        _list("ListState", [arn]),
        _objects("ReadState", READ, [f"{arn}/{STATE}/*", f"{arn}/*/{STATE}/*"]),
        _use("DecryptState", place, None, [arn], writes=False),
    ]


def sign_in_settings(place: Place, stack: str) -> list[Statement]:
    """The identity provider's settings, to keep a copy beside the backups (OOB-66): none of these answers holds a secret.

    The pool is known by the stack's tag, because it is made after the roles.
    """
    return [
        {
            "Sid": "ReadSignInSettings",
            "Effect": "Allow",
            "Action": [
                "cognito-idp:DescribeUserPool",
                "cognito-idp:GetUserPoolMfaConfig",
                "cognito-idp:ListGroups",
                "cognito-idp:ListUserPoolClients",
            ],
            "Resource": f"arn:aws:cognito-idp:{place.region}:{place.account}:userpool/*",
            "Condition": {"StringEquals": {"aws:ResourceTag/oob:stack": stack}},
        }
    ]


def bootstrap(place: Place, secret: str, key: str) -> list[Statement]:
    """The database administrator's password, and no other secret (PREP-87)."""
    return [
        {
            "Sid": "ReadTheAdministratorsPassword",
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": secret,
        },
        {
            "Sid": "DecryptThatSecret",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": key,
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": f"secretsmanager.{place.region}.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": secret,
                }
            },
        },
    ]


def _below(bucket: str, prefixes: Sequence[str]) -> list[str]:
    return [f"{bucket}/{prefix}/*" for prefix in prefixes]


def _list(sid: str, buckets: Sequence[str], *, versions: bool = False) -> Statement:
    actions = [*LIST, "s3:ListBucketVersions"] if versions else list(LIST)
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(buckets)}


def _objects(sid: str, actions: Sequence[str], resources: Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}


def _use(sid: str, place: Place, key: str | None, buckets: Sequence[str], *, writes: bool) -> Statement:
    """A key for the objects of these buckets, through S3 only. Without a key, any of the account under which they lie."""
    actions = ["kms:Decrypt", "kms:GenerateDataKey"] if writes else ["kms:Decrypt"]
    of_these = [arn for bucket in buckets for arn in (bucket, f"{bucket}/*")]  # a bucket's own key names only the bucket
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": actions,
        "Resource": key or f"arn:aws:kms:{place.region}:{place.account}:key/*",
        "Condition": {
            "StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": of_these},
        },
    }
