"""Buckets, one resource at a time. What belongs to a bucket but is a resource of its own is judged in s3_companions.py."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Level, Outcome, Resource, Severity, Unjudged, bad_if, must, must_have, must_not, rule
from policies.reading import iam
from policies.reading.callers import open_to_the_world
from policies.reading.values import (
    UNKNOWN,
    Truth,
    Value,
    all_of,
    any_of,
    asked,
    at_least,
    is_true,
    negated,
    one_of,
    peek,
    present,
    services_key,
)
from policies.settings import Profile

BLOCKS = ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")
ACCESS_POINT = "aws:s3/accessPoint:AccessPoint"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ACL = "aws:s3/bucketAcl:BucketAcl"
BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")


@rule(
    "s3-public-access-blocked",
    on=BLOCKS,
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 2.1.4", "FSBP S3.1", "FSBP S3.8", "NIST 800-53 AC-3"),
    remedy="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true",
)
def public_access_blocked(r: Resource) -> Iterator[Outcome]:
    """All four blocks of public access are on."""
    for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        yield from must(r, key, is_true, "is off")


@rule(
    "s3-access-point-blocked",
    on=ACCESS_POINT,
    severity=Severity.CRITICAL,
    frameworks=("FSBP S3.19",),
    remedy="Set all four of publicAccessBlockConfiguration to true, or leave it out",
)
def access_point_blocked(r: Resource) -> Iterator[Outcome]:
    """Access points let nobody in from outside; their default is to block everything."""
    block = r.at("publicAccessBlockConfiguration")
    if isinstance(block, dict):
        for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
            yield from must_not(r, f"publicAccessBlockConfiguration.{key}", lambda v: v is not None and not is_true(v), "is off")


@rule(
    "s3-no-public-acl",
    on=(*BUCKETS, ACL),
    severity=Severity.CRITICAL,
    frameworks=("FSBP S3.2", "FSBP S3.3", "NIST 800-53 AC-3"),
    remedy="Remove the ACL: ownership by the bucket's owner needs none",
)
def no_public_acl(r: Resource) -> Iterator[Outcome]:
    """No ACL gives the world access."""
    yield from must_not(
        r, "acl", one_of("public-read", "public-read-write", "authenticated-read", "website"), "gives the world access"
    )
    for path in ("grants[*].uri", "accessControlPolicy.grants[*].grantee.uri"):
        yield from must_not(
            r,
            path,
            lambda v: isinstance(v, str) and v.endswith(("/AllUsers", "/AuthenticatedUsers")),
            "grants access to everybody",
        )


@rule(
    "s3-acls-off",
    on="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    severity=Severity.MEDIUM,
    frameworks=("FSBP S3.12",),
    remedy="Set rule.objectOwnership to BucketOwnerEnforced",
)
def acls_off(r: Resource) -> Iterator[Outcome]:
    """The bucket's owner owns every object, and ACLs do nothing."""
    yield from must(r, "rule.objectOwnership", one_of("BucketOwnerEnforced"), "leaves ACLs in force")


@rule(
    "s3-policy-not-public",
    on=(*BUCKETS, POLICY),
    severity=Severity.CRITICAL,
    frameworks=("FSBP S3.2", "NIST 800-53 AC-3"),
    remedy="Name principals, or narrow the statement by account, organisation, network or source ARN",
)
def policy_not_public(r: Resource) -> Iterator[Outcome]:
    """No statement of a bucket's policy lets anybody in."""
    yield from open_to_the_world(r, "policy", "allows everybody")


@rule(
    "s3-tls-only",
    on=POLICY,
    severity=Severity.HIGH,
    frameworks=("CIS AWS 2.1.1", "FSBP S3.5", "NIST 800-53 SC-8"),
    remedy="Deny s3:* for everybody where aws:SecureTransport is false",
)
def tls_only(r: Resource) -> Iterator[Outcome]:
    """The bucket refuses requests without TLS."""
    value = r.at("policy")
    if iam.unknown_parts(value):
        yield Unjudged("policy")
        return
    denies = any_of(
        all_of(
            [
                one.anybody(),
                one.action("s3:GetObject"),
                one.action("s3:PutObject"),
                any_of(_holds_objects(given) for given in (one.resources or ["*"])),
                any_of(_insecure(one)),
            ]
        )
        for one in iam.statements(value, "policy")
        if not one.allows and (one.conditions is UNKNOWN or len(one.keys_asked()) == 1)
    )
    yield from bad_if(negated(denies), "policy", "has no statement that denies requests without TLS")


def _insecure(statement: iam.Statement) -> Iterator[Truth]:
    if statement.conditions is UNKNOWN:
        yield UNKNOWN
    for operator, value in statement.asks("aws:SecureTransport"):
        yield operator in ("bool", "boolifexists") and str(value).lower() == "false"


def _holds_objects(given: Value) -> Truth:
    """Whether a resource of a statement stands for the objects of a bucket, and not for the bucket alone."""
    return UNKNOWN if given is UNKNOWN else isinstance(given, str) and given.endswith("*")


@rule(
    "s3-object-lock",
    on=BUCKETS,
    severity=Severity.HIGH,
    frameworks=("FSBP S3.15", "NIST 800-53 CP-9"),
    remedy="Enable object lock in the bucket's own settings",
    level=Level.ADVISORY,
)
def object_lock(r: Resource) -> Iterator[Outcome]:
    """A bucket that speaks of object lock has it enabled."""
    if present(r.at("objectLockConfiguration")):
        yield from must(r, "objectLockConfiguration.objectLockEnabled", one_of("Enabled"), "is not enabled")


@rule(
    "s3-not-emptied",
    on=BUCKETS,
    severity=Severity.HIGH,
    remedy="Leave forceDestroy out",
    profile=Profile.PRODUCTION,
)
def not_emptied(r: Resource) -> Iterator[Outcome]:
    """A bucket with data in it cannot be destroyed."""
    yield from must_not(r, "forceDestroy", is_true, "would delete every object with the bucket")


@rule(
    "s3-own-key",
    on="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    severity=Severity.MEDIUM,
    frameworks=("FSBP S3.17", "NIST 800-53 SC-12"),
    remedy="Use aws:kms with a key of this stack; log targets of a load balancer take AES256 only",
    level=Level.ADVISORY,
)
def own_key(r: Resource) -> Iterator[Outcome]:
    """Objects are encrypted with a key of our own."""
    for found in r.each("rules[*].applyServerSideEncryptionByDefault"):
        own = asked(one_of("aws:kms", "aws:kms:dsse"), peek(found.value, "sseAlgorithm"))
        yield from bad_if(negated(own), found.path, "uses the service's key")


@rule(
    "s3-objects-own-key",
    on=("aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/objectCopy:ObjectCopy"),
    severity=Severity.MEDIUM,
    remedy="Set kmsKeyId to a key of this stack",
    level=Level.ADVISORY,
)
def objects_own_key(r: Resource) -> Iterator[Outcome]:
    """Objects and copies that a program makes are encrypted with a key of our own."""
    yield from must_have(r, "kmsKeyId", "is not given")
    yield from must_not(r, "kmsKeyId", services_key, "is the service's key")


@rule(
    "s3-failed-uploads-end",
    on="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    severity=Severity.LOW,
    remedy="Add an enabled rule for all objects with abortIncompleteMultipartUpload.daysAfterInitiation",
)
def failed_uploads_end(r: Resource) -> Iterator[Outcome]:
    """Uploads that were never finished are cleaned up in the whole bucket."""
    rules = list(r.each("rules[*]"))
    ends = any_of(
        all_of(
            [
                asked(one_of("Enabled"), peek(one.value, "status")),
                asked(at_least(1), peek(one.value, "abortIncompleteMultipartUpload.daysAfterInitiation")),
                asked(_whole_bucket, peek(one.value, "filter", {})),
                UNKNOWN if peek(one.value, "prefix") is UNKNOWN else not present(peek(one.value, "prefix")),
            ]
        )
        for one in rules
    )
    yield from bad_if(negated(ends), "rules", "never ends uploads that failed, or not in the whole bucket")


def _whole_bucket(given: Value) -> bool:
    return not isinstance(given, dict) or not any(value not in (None, "", {}, []) for value in given.values())


@rule(
    "s3-versioning-on",
    on="aws:s3/bucketVersioning:BucketVersioning",
    severity=Severity.HIGH,
    frameworks=("FSBP S3.14", "NIST 800-53 CP-9"),
    remedy="Set versioningConfiguration.status to Enabled",
)
def versioning_on(r: Resource) -> Iterator[Outcome]:
    """Overwritten and deleted objects can be had back."""
    yield from must(r, "versioningConfiguration.status", one_of("Enabled"), "is not enabled")


@rule(
    "s3-copies-encrypted",
    on="aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9(8)",),
    remedy="Set destination.encryptionConfiguration.replicaKmsKeyId to a key where the copy lies",
)
def copies_encrypted(r: Resource) -> Iterator[Outcome]:
    """Copies are encrypted with a key of our own that lies where they do."""
    yield from must_have(r, "rules[*].destination.encryptionConfiguration.replicaKmsKeyId", "is not given")
