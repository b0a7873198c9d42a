"""The latch that moves people: one object in a bucket of this account, seen by an inverted health check (ADR 0006).

While `standby-takes-over` is absent, S3 answers health checkers with an error, the inverted check is healthy, and names lead to
the primary. Putting the object makes it unhealthy, Route 53 withdraws the primary record, and nothing but deleting the object
brings it back. Both are calls to S3's data plane; no Pulumi, no Route 53 API, no person with rights on the zone is needed.
If S3 cannot be reached the checkers fail, so the latch stays open in favour of the primary.

Two things follow from Route 53, which takes a new inverted check for unhealthy until it has data: in the minute after the first
`up` names already lead here, and changing `dns.intervalSeconds`, which makes a new check, moves people for about a minute.

Health checkers come without credentials. So this one object may be read from their addresses, by name; S3 does not count such
a policy as public, and all four blocks of public access stay on. It is encrypted with S3's own key because a reader without
credentials could not use one of ours; the object is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.clouds.aws.bucket import BucketSpec
from components.clouds.aws.bucket_lifecycle import unfinished
from components.clouds.aws.documents import deny_plain_transport, document
from components.clouds.aws.handles import Context
from components.clouds.aws.health_checkers import HEALTH_CHECKERS
from components.naming import S3_BUCKET, physical

if TYPE_CHECKING:
    from pulumi_aws.s3 import BucketLifecycleConfigurationRuleArgsDict as Rule

KEY = "standby-takes-over"
HISTORY_DAYS = 365  # when it was set and released, for as long as other audit logs (OOB-122)


def bucket_name(context: Context) -> str:
    """Known before anything exists, so that it can be printed on a card."""
    return physical(S3_BUCKET, context.environment.name, "latch", context.account, context.region)


def policy(bucket: str) -> str:
    """TLS only; and for health checkers, the one object."""
    arn = f"arn:aws:s3:::{bucket}"
    return document(
        [
            deny_plain_transport("s3:*", [arn, f"{arn}/*"]),
            {
                "Sid": "HealthCheckersSeeTheLatch",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"{arn}/{KEY}",
                "Condition": {"IpAddress": {"aws:SourceIp": list(HEALTH_CHECKERS)}},
            },
        ]
    )


def specification(context: Context) -> BucketSpec:
    """The bucket of the latch. The object itself never expires: nothing but a person releases it."""
    name = bucket_name(context)
    history: Rule = {
        "id": "history",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "noncurrent_version_expiration": {"noncurrent_days": HISTORY_DAYS},
    }
    return BucketSpec(
        name=name,
        key=None,
        policy=policy(name),
        rules=[unfinished(), history],
        disposable=context.environment.disposable,
    )


def host(bucket: str, region: str) -> str:
    """Where health checkers look for the object."""
    return f"{bucket}.s3.{region}.amazonaws.com"


def set_command(bucket: str, region: str) -> str:
    """Moves people here."""
    return f"aws s3api put-object --bucket {bucket} --key {KEY} --region {region}"


def release_command(bucket: str, region: str) -> str:
    """Moves people back to the primary, as a planned step after both sides have been reconciled."""
    return f"aws s3api delete-object --bucket {bucket} --key {KEY} --region {region}"
