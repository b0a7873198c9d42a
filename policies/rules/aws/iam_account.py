"""The account's own settings: passwords, keys, encryption and sharing by default. Facts: CIS AWS Foundations 1.x and 2.x."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, must, must_not, rule
from policies.reading.values import at_least, is_false, is_true, one_of

PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"


@rule(
    "iam-password-length",
    on=PASSWORDS,
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 1.8", "FSBP IAM.7"),
    remedy="Set minimumPasswordLength to 14 or more",
)
def password_length(r: Resource) -> Iterator[Outcome]:
    """Passwords have 14 characters at least."""
    yield from must(r, "minimumPasswordLength", at_least(14), "is less than 14")


@rule(
    "iam-password-reuse",
    on=PASSWORDS,
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 1.9", "FSBP IAM.7"),
    remedy="Set passwordReusePrevention to 24",
)
def password_reuse(r: Resource) -> Iterator[Outcome]:
    """The last 24 passwords cannot be used again."""
    yield from must(r, "passwordReusePrevention", at_least(24), "is less than 24")


@rule(
    "iam-password-lowercase",
    on=PASSWORDS,
    severity=Severity.LOW,
    frameworks=("FSBP IAM.7",),
    remedy="Set requireLowercaseCharacters to true",
)
def password_lowercase(r: Resource) -> Iterator[Outcome]:
    """Passwords hold a small letter."""
    yield from must(r, "requireLowercaseCharacters", is_true, "is off")


@rule(
    "iam-password-uppercase",
    on=PASSWORDS,
    severity=Severity.LOW,
    frameworks=("FSBP IAM.7",),
    remedy="Set requireUppercaseCharacters to true",
)
def password_uppercase(r: Resource) -> Iterator[Outcome]:
    """Passwords hold a capital letter."""
    yield from must(r, "requireUppercaseCharacters", is_true, "is off")


@rule(
    "iam-password-numbers", on=PASSWORDS, severity=Severity.LOW, frameworks=("FSBP IAM.7",), remedy="Set requireNumbers to true"
)
def password_numbers(r: Resource) -> Iterator[Outcome]:
    """Passwords hold a digit."""
    yield from must(r, "requireNumbers", is_true, "is off")


@rule(
    "iam-password-symbols", on=PASSWORDS, severity=Severity.LOW, frameworks=("FSBP IAM.7",), remedy="Set requireSymbols to true"
)
def password_symbols(r: Resource) -> Iterator[Outcome]:
    """Passwords hold a symbol."""
    yield from must(r, "requireSymbols", is_true, "is off")


@rule(
    "iam-no-root-keys",
    on="aws:iam/accessKey:AccessKey",
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 1.4", "FSBP IAM.4"),
    remedy="Make keys for roles, never for root",
)
def no_root_keys(r: Resource) -> Iterator[Outcome]:
    """The account's root has no access key."""
    yield from must_not(r, "user", one_of("root"), "makes a key for root")


@rule(
    "ebs-encrypted-by-default",
    on="aws:ebs/encryptionByDefault:EncryptionByDefault",
    severity=Severity.HIGH,
    frameworks=("FSBP EC2.7", "NIST 800-53 SC-28"),
    remedy="Set enabled to true",
)
def ebs_encrypted_by_default(r: Resource) -> Iterator[Outcome]:
    """New disks are encrypted whatever a program forgets."""
    yield from must_not(r, "enabled", is_false, "is off")


@rule(
    "ebs-snapshots-not-shared",
    on="aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    severity=Severity.HIGH,
    frameworks=("FSBP EC2.182",),
    remedy="Set state to block-all-sharing",
)
def ebs_snapshots_not_shared(r: Resource) -> Iterator[Outcome]:
    """Snapshots of disks cannot be made public."""
    yield from must(r, "state", one_of("block-all-sharing"), "leaves snapshots to be shared with everybody")


@rule(
    "guardduty-on",
    on="aws:guardduty/detector:Detector",
    severity=Severity.MEDIUM,
    frameworks=("FSBP GuardDuty.1", "NIST 800-53 SI-4"),
    remedy="Leave enable out or true",
)
def guardduty_on(r: Resource) -> Iterator[Outcome]:
    """Threat detection runs."""
    yield from must_not(r, "enable", is_false, "is off")
