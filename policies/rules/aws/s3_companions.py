"""What belongs to a bucket and is a resource of its own: blocks, encryption, versions, logs, lifecycle, copies."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import At, Graph, Level, Resource, Severity, about, stack_rule
from policies.reading.values import (
    UNKNOWN,
    Seen,
    Truth,
    Value,
    all_of,
    any_of,
    asked,
    is_true,
    listed,
    negated,
    one_of,
    peek,
    present,
)

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
ACL = "aws:s3/bucketAcl:BucketAcl"


def _companion(graph: Graph, bucket: Resource, kind: str, test: Truth | None = None) -> Truth:
    return any_of(True if test is None else test for _ in graph.companions(bucket, kind, by="bucket"))


def _inside(bucket: Resource, *paths: str) -> list[Seen]:
    """What a bucket says itself: a Bucket in blocks, a BucketV2 in lists of them."""
    return [seen for path in paths for seen in bucket.each(path)]


def _told(bucket: Resource, verdict: Truth, says: str) -> Iterator[At]:
    yield from about(bucket, negated(verdict), "", says)


@stack_rule(
    "s3-has-public-access-block",
    on=BUCKETS,
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 2.1.4", "FSBP S3.8"),
    remedy="Add a BucketPublicAccessBlock with all four blocks on",
)
def has_public_access_block(graph: Graph) -> Iterator[At]:
    """Every bucket has its public access blocked; that all four blocks are on is asked of the block itself."""
    for bucket in graph.of(*BUCKETS):
        blocked = any_of(
            all_of(asked(is_true, one.at(key)) for key in ("blockPublicAcls", "blockPublicPolicy"))
            for one in graph.companions(bucket, BLOCK, by="bucket")
        )
        yield from _told(bucket, blocked, "has no block of public access")


def _granted(graph: Graph, bucket: Resource, canned: tuple[str, ...], permissions: tuple[str, ...]) -> Truth:
    """Whether an ACL, the bucket's own or one beside it, gives everybody one of these permissions."""
    answers: list[Truth] = []
    for one, grants in (
        (bucket, "grants[*]"),
        *((acl, "accessControlPolicy.grants[*]") for acl in graph.companions(bucket, ACL, by="bucket")),
    ):
        answers.append(asked(one_of(*canned), one.at("acl")))
        for seen in one.each(grants):
            everybody = any_of(asked(_everybody, peek(seen.value, key)) for key in ("uri", "grantee.uri"))
            given = [*listed_permissions(seen.value), peek(seen.value, "permission")]
            answers.append(all_of([everybody, any_of(asked(one_of(*permissions), value) for value in given)]))
    return any_of(answers)


def listed_permissions(grant: Value) -> list[Value]:
    """The permissions of a grant in its old form, which lists them."""
    given = peek(grant, "permissions")
    return [UNKNOWN] if given is UNKNOWN else listed(given)


@stack_rule(
    "s3-no-public-read",
    on=BUCKETS,
    severity=Severity.CRITICAL,
    frameworks=("FSBP S3.2",),
    remedy="Remove the ACL",
)
def no_public_read(graph: Graph) -> Iterator[At]:
    """No ACL lets the world read a bucket."""
    for bucket in graph.of(*BUCKETS):
        opened = _granted(
            graph,
            bucket,
            ("public-read", "public-read-write", "authenticated-read", "website"),
            ("READ", "READ_ACP", "FULL_CONTROL"),
        )
        yield from _told(bucket, negated(opened), "can be read by the world")


@stack_rule(
    "s3-no-public-write",
    on=BUCKETS,
    severity=Severity.CRITICAL,
    frameworks=("FSBP S3.3",),
    remedy="Remove the ACL",
)
def no_public_write(graph: Graph) -> Iterator[At]:
    """No ACL lets the world write to a bucket."""
    for bucket in graph.of(*BUCKETS):
        opened = _granted(graph, bucket, ("public-read-write",), ("WRITE", "WRITE_ACP", "FULL_CONTROL"))
        yield from _told(bucket, negated(opened), "can be written by the world")


def _everybody(value: Value) -> bool:
    return isinstance(value, str) and value.endswith(("/AllUsers", "/AuthenticatedUsers"))


@stack_rule(
    "s3-has-versioning",
    on=BUCKETS,
    severity=Severity.HIGH,
    frameworks=("FSBP S3.14", "NIST 800-53 CP-9"),
    remedy="Add a BucketVersioning with status Enabled",
)
def has_versioning(graph: Graph) -> Iterator[At]:
    """Every bucket keeps versions."""
    for bucket in graph.of(*BUCKETS):
        kept = any_of(
            [
                *(asked(is_true, seen.value) for seen in _inside(bucket, "versioning.enabled", "versionings[*].enabled")),
                *(
                    asked(one_of("Enabled"), one.at("versioningConfiguration.status"))
                    for one in graph.companions(bucket, VERSIONING, by="bucket")
                ),
            ]
        )
        yield from _told(bucket, kept, "keeps no versions")


def _algorithms(graph: Graph, bucket: Resource) -> Iterator[Value]:
    path = "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm"
    for one in graph.companions(bucket, ENCRYPTION, by="bucket"):
        for seen in one.each(path):
            yield seen.value
    for own in _inside(
        bucket,
        "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault",
        "serverSideEncryptionConfigurations[*].rules[*].applyServerSideEncryptionByDefaults[*]",
    ):
        if present(own.value):
            yield peek(own.value, "sseAlgorithm")


@stack_rule(
    "s3-encryption-is-one",
    on=BUCKETS,
    severity=Severity.HIGH,
    frameworks=("FSBP S3.4", "NIST 800-53 SC-28"),
    remedy="Add a BucketServerSideEncryptionConfiguration",
)
def has_encryption(graph: Graph) -> Iterator[At]:
    """No bucket states an encryption that is none; where nothing is stated S3 encrypts with keys of its own."""
    for bucket in graph.of(*BUCKETS):
        known = all_of(asked(one_of("AES256", "aws:kms", "aws:kms:dsse"), one) for one in _algorithms(graph, bucket))
        yield from _told(bucket, known, "states an encryption that is none")


@stack_rule(
    "s3-has-own-key",
    on=BUCKETS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP S3.17",),
    remedy="Encrypt with aws:kms and a key of this stack; where a load balancer writes its logs this is not possible",
    level=Level.ADVISORY,
)
def has_own_key(graph: Graph) -> Iterator[At]:
    """Every bucket is encrypted with a key of our own."""
    for bucket in graph.of(*BUCKETS):
        yield from _told(
            bucket,
            any_of(asked(one_of("aws:kms", "aws:kms:dsse"), one) for one in _algorithms(graph, bucket)),
            "uses the service's key",
        )


@stack_rule(
    "s3-has-lifecycle",
    on=BUCKETS,
    severity=Severity.LOW,
    frameworks=("FSBP S3.13",),
    remedy="Add a BucketLifecycleConfiguration with an enabled rule",
)
def has_lifecycle(graph: Graph) -> Iterator[At]:
    """Every bucket says when what it holds may go."""
    for bucket in graph.of(*BUCKETS):
        ruled = any_of(
            [
                any_of(asked(is_true, seen.value) for seen in bucket.each("lifecycleRules[*].enabled")),
                any_of(
                    negated(asked(one_of("Disabled"), seen.value))
                    for one in graph.companions(bucket, LIFECYCLE, by="bucket")
                    for seen in one.each("rules[*].status")
                ),
            ]
        )
        yield from _told(bucket, ruled, "has no lifecycle rule in force")


@stack_rule(
    "s3-has-access-log",
    on=BUCKETS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP S3.9", "NIST 800-53 AU-2"),
    remedy="Add a BucketLogging, or data events of the trail",
    level=Level.ADVISORY,
)
def has_access_log(graph: Graph) -> Iterator[At]:
    """Every bucket writes down who asked for what, except those that receive such logs."""
    targets = {bucket.urn for bucket in graph.of(*BUCKETS) if _receives_logs(graph, bucket)}
    for bucket in graph.of(*BUCKETS):
        if bucket.urn not in targets:
            logged = any_of([present(bucket.at("logging")) or present(bucket.at("loggings")), _companion(graph, bucket, LOGGING)])
            yield from _told(bucket, logged, "writes no access log")


def _receives_logs(graph: Graph, bucket: Resource) -> bool:
    return bool(
        graph.companions(bucket, LOGGING, "aws:lb/loadBalancer:LoadBalancer", "aws:cloudtrail/trail:Trail", by="targetBucket")
    ) or any(
        bucket.urn in one.property_depends.get("accessLogs", frozenset()) for one in graph.of("aws:lb/loadBalancer:LoadBalancer")
    )


@stack_rule(
    "s3-has-copies",
    on=BUCKETS,
    severity=Severity.MEDIUM,
    frameworks=("FSBP S3.7", "NIST 800-53 CP-9"),
    remedy="Add a BucketReplicationConfig to a bucket of ours in another Region where the data must survive one",
    level=Level.ADVISORY,
)
def has_copies(graph: Graph) -> Iterator[At]:
    """Every bucket is copied elsewhere, except the copies."""
    for bucket in graph.of(*BUCKETS):
        if any(bucket.urn in one.property_depends.get("rules", frozenset()) for one in graph.of(REPLICATION)):
            continue
        copied = any_of(
            [
                *(
                    asked(one_of("Enabled"), seen.value)
                    for seen in _inside(
                        bucket, "replicationConfiguration.rules[*].status", "replicationConfigurations[*].rules[*].status"
                    )
                ),
                any_of(
                    asked(one_of("Enabled"), seen.value)
                    for one in graph.companions(bucket, REPLICATION, by="bucket")
                    for seen in one.each("rules[*].status")
                ),
            ]
        )
        yield from _told(bucket, copied, "is copied nowhere")
