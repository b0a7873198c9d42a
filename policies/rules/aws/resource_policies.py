"""Policies that stand at a resource: by what kind of condition they let somebody in. Facts: IAM user guide."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, Unjudged, bad_if, rule
from policies.reading import iam
from policies.reading.callers import EXCLUDING, narrowed
from policies.reading.values import all_of, negated

HOLDERS = (
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:backup/vaultPolicy:VaultPolicy",
)


@rule(
    "policies-require-who",
    on=HOLDERS,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 AC-3",),
    remedy="Say who is let in, with StringEquals, ArnLike or IpAddress; keep others out by a statement that denies",
)
def require_who(r: Resource) -> Iterator[Outcome]:
    """A condition that only keeps somebody out leaves everybody else in, and those who have no such key."""
    if iam.unknown_parts(r.at("policy")):
        yield Unjudged("policy")
    for one in iam.statements(r.at("policy"), "policy"):
        if one.allows:
            only = all_of([one.anybody(), negated(narrowed(one)), narrowed(one, EXCLUDING)])
            yield from bad_if(only, one.path, "lets in everybody but whom its condition names")
