"""Keys. Facts: KMS developer guide, CIS AWS 3.6."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import At, Finding, Graph, Outcome, Resource, Severity, bad_if, must_not, rule, stack_rule
from policies.reading.callers import open_to_the_world
from policies.reading.values import UNKNOWN, NotYetKnown, Value, all_of, asked, at_least, is_false, is_true, negated, present
from policies.settings import Profile

KEY = "aws:kms/key:Key"
REPLICA = "aws:kms/replicaKey:ReplicaKey"


def _symmetric(spec: Value) -> bool:
    if spec is UNKNOWN:
        raise NotYetKnown
    return spec is None or spec == "SYMMETRIC_DEFAULT"


@rule(
    "kms-rotation",
    on=KEY,
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 3.6", "FSBP KMS.4", "NIST 800-53 SC-12"),
    remedy="Set enableKeyRotation to true",
)
def rotation(r: Resource) -> Iterator[Outcome]:
    """Symmetric keys are rotated every year; others cannot be."""
    off = negated(asked(is_true, r.at("enableKeyRotation")))
    at_hand = not present(r.at("customKeyStoreId"))  # KMS rotates no key whose material it does not keep itself
    yield from bad_if(all_of([at_hand, off, asked(_symmetric, r.at("customerMasterKeySpec"))]), "enableKeyRotation", "is off")


@rule(
    "kms-enabled",
    on=(KEY, REPLICA),
    severity=Severity.MEDIUM,
    remedy="Leave isEnabled out or true",
)
def enabled(r: Resource) -> Iterator[Outcome]:
    """Keys can be used."""
    for path in ("isEnabled", "enabled"):
        yield from must_not(r, path, is_false, "is off")


@rule(
    "kms-policy-not-public",
    on=(KEY, REPLICA, "aws:kms/keyPolicy:KeyPolicy"),
    severity=Severity.CRITICAL,
    frameworks=("FSBP KMS.5", "NIST 800-53 AC-3"),
    remedy="Name principals, or narrow the statement by account",
)
def policy_not_public(r: Resource) -> Iterator[Outcome]:
    """No key can be used by anybody."""
    yield from open_to_the_world(r, "policy", "allows everybody")


@rule(
    "kms-deletion-window",
    on=(KEY, REPLICA),
    severity=Severity.MEDIUM,
    frameworks=("FSBP KMS.3",),
    remedy="Leave deletionWindowInDays out (30 days), or set it to 30",
    profile=Profile.PRODUCTION,
)
def deletion_window(r: Resource) -> Iterator[Outcome]:
    """A key that somebody deletes can be had back for a month."""
    yield from must_not(r, "deletionWindowInDays", lambda v: v is not None and not at_least(30)(v), "is less than 30 days")


@stack_rule(
    "kms-policy-given",
    on=KEY,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 AC-3",),
    remedy="Give the key a policy; the default leaves everything to IAM policies of the account",
)
def policy_given(graph: Graph) -> Iterator[At]:
    """Every key has a policy of its own."""
    for key in graph.of(KEY):
        if not present(key.at("policy")) and not graph.companions(key, "aws:kms/keyPolicy:KeyPolicy", by="keyId"):
            yield At(key, Finding("policy", "is not given"))
