"""Who may do what with a bucket, whatever IAM allows (PREP-111, OOB-90's twin, TLS-01). Plain text, known before anything exists.

Which key encrypts is the bucket's own setting; here a caller is only kept from choosing another one. An exact key cannot stand
here before it exists, but only two keys of the account accept S3 at all: those for objects and for logs (key_policies.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.clouds.aws.documents import Statement, deny_plain_transport, deny_unless_ours, document

OLDEST_TLS = "1.2"
ENCRYPTION = "s3:x-amz-server-side-encryption"
KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
CALLERS_KEY = "s3:x-amz-server-side-encryption-customer-algorithm"
ACCESS_LOGS = "s3"  # prefix of the buckets' own access logs
CLOUDTRAIL = "cloudtrail.amazonaws.com"


def arn_of(bucket: str) -> str:
    """The ARN of a bucket: its name says it all."""
    return f"arn:aws:s3:::{bucket}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a bucket lies and whose it is."""

    account: str
    region: str
    environment: str


def sealed(bucket: str, home: Home, *, locked: bool = False) -> str:
    """For data under our own key: nobody from outside, TLS 1.2 at least, no other encryption than the bucket's."""
    return document([*_closed(bucket, home), *_our_encryption(bucket, home), *(_locked(bucket) if locked else ())])


def trail(bucket: str, home: Home, trail_arn: str) -> str:
    """For the audit trail: the same and locked, and CloudTrail may write for this one trail.

    CloudTrail itself decides how each file is encrypted: the log under the trail's key, and the digest that validates it, in
    older trails, under S3's own (CloudTrail user guide, "Encrypting log files"). Refusing those would end the validation.
    """
    closed = [*_closed(bucket, home), *_our_encryption(bucket, home, but_for=CLOUDTRAIL), *_locked(bucket)]
    of_the_trail = {"StringEquals": {"aws:SourceArn": trail_arn}}
    full_control = {"StringEquals": {"aws:SourceArn": trail_arn, "s3:x-amz-acl": "bucket-owner-full-control"}}
    written = f"{arn_of(bucket)}/AWSLogs/{home.account}/*"
    return document(
        [
            *closed,
            _service("TrailLooksAtTheBucket", CLOUDTRAIL, "s3:GetBucketAcl", arn_of(bucket), of_the_trail),
            _service("TrailWrites", CLOUDTRAIL, "s3:PutObject", written, full_control),
        ]
    )


def plain_logs(bucket: str, home: Home) -> str:
    """For access logs of load balancer and buckets, whose writers support keys of S3 only."""
    return document([*_closed(bucket, home), _load_balancer(bucket, home), _buckets(bucket, home)])


def _closed(bucket: str, home: Home) -> Iterator[Statement]:
    everything = [arn_of(bucket), f"{arn_of(bucket)}/*"]
    yield deny_plain_transport("s3:*", everything)
    yield {
        "Sid": "NoOutdatedTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": everything,
        "Condition": {"NumericLessThan": {"s3:TlsVersion": OLDEST_TLS}},
    }
    yield deny_unless_ours(home.account, "s3:*", everything)


def _our_encryption(bucket: str, home: Home, *, but_for: str | None = None) -> Iterator[Statement]:
    """A writer who names no encryption gets the bucket's; one who names any must name a key of this account and region.

    `but_for` is an AWS service that may choose S3's own. Whoever is no service has no such name, and is refused all the same.
    """
    ours = f"arn:aws:kms:{home.region}:{home.account}:key/*"
    yield _no_put(bucket, "NoKeyFromElsewhere", {"Null": {KEY: "false"}, "StringNotLike": {KEY: ours}})
    # Encryption without a key would be S3's own, or the account's default key for S3: both out of our hands.
    keyless: dict[str, dict[str, str]] = {"Null": {ENCRYPTION: "false", KEY: "true"}}
    if but_for is not None:
        keyless["StringNotEqualsIfExists"] = {"aws:PrincipalServiceName": but_for}
    yield _no_put(bucket, "NoEncryptionWithoutOurKey", keyless)
    yield _no_put(bucket, "NoKeyOfTheCaller", {"Null": {CALLERS_KEY: "false"}})


def _no_put(bucket: str, sid: str, condition: dict[str, dict[str, str]]) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"{arn_of(bucket)}/*",
        "Condition": condition,
    }


def _locked(bucket: str) -> Iterator[Statement]:
    """A lock in governance mode can be lifted early, by a person with a second factor."""
    yield {
        "Sid": "LocksAreLiftedWithASecondFactor",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:BypassGovernanceRetention",
        "Resource": f"{arn_of(bucket)}/*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }


def _service(
    sid: str, service: str, action: str, resources: str | Sequence[str], condition: dict[str, dict[str, str]]
) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resources,
        "Condition": condition,
    }


def _delivered(bucket: str, home: Home) -> list[str]:
    """Where AWS services put logs of this account: with or without a prefix."""
    arn = arn_of(bucket)
    return [f"{arn}/AWSLogs/{home.account}/*", f"{arn}/*/AWSLogs/{home.account}/*"]


def _load_balancer(bucket: str, home: Home) -> Statement:
    """Elastic Load Balancing's service principal, which replaced the account numbers by region and works in all of them."""
    balancers = f"arn:aws:elasticloadbalancing:{home.region}:{home.account}:loadbalancer/*"
    return _service(
        "LoadBalancerLogs",
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "s3:PutObject",
        _delivered(bucket, home),
        {"ArnLike": {"aws:SourceArn": balancers}},
    )


def _buckets(bucket: str, home: Home) -> Statement:
    return _service(
        "BucketAccessLogs",
        "logging.s3.amazonaws.com",
        "s3:PutObject",
        f"{arn_of(bucket)}/{ACCESS_LOGS}/*",
        {
            "StringEquals": {"aws:SourceAccount": home.account},
            "ArnLike": {"aws:SourceArn": arn_of(f"{home.environment}-*")},
        },
    )
