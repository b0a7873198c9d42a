"""Who may do what with each encryption key (OOB-76, OOB-114, OOB-123). Plain text from plain values.

Administering and using a key are apart: the account administers, and IAM decides who in it; using goes through the service
that the key is for, so that nobody decrypts by calling KMS directly. `kms:*` is given to nobody.

The lock-out risk: a key whose policy forgets the account can be administered by nobody, not even by root or AWS support, and
what it encrypted is lost with it. So every policy starts with the account, and `kms:PutKeyPolicy` is among its actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from components.clouds.aws.documents import Statement, document

Condition: TypeAlias = Mapping[str, Mapping[str, object]]

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
)
USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
ENVELOPE = ("kms:Decrypt", "kms:GenerateDataKey")  # what a service needs to encrypt messages for us

MALWARE_SCAN = "malware-protection.guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDutyMalwareProtection"

# What may publish to the alarm topics: alarms, events, backup jobs, the budget.
PUBLISHERS = ("backup.amazonaws.com", "budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com")

# Which services people and roles of the account use a key through.
SERVICES = {
    "volumes": ("ec2",),
    "database": ("rds", "backup"),
    "objects": ("s3",),
    "logs": ("s3",),
    "secrets": ("secretsmanager", "rds"),  # rds: it keeps the database administrator's password there
    "backup": ("backup", "rds"),
    "alerts": ("sns",),
}
# Those that hand the key on to a machine of their own by a grant.
GRANTING = {"volumes": ("ec2",), "database": ("rds", "backup"), "secrets": ("secretsmanager", "rds"), "backup": ("backup", "rds")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a key lives and whom it serves. `regions` are those whose services may call it: its own, and its copy's."""

    account: str
    region: str
    regions: tuple[str, ...]
    copy_account: str | None = None  # a second account that receives copies of the database's backups

    @property
    def root(self) -> str:
        return f"arn:aws:iam::{self.account}:root"

    def hosts(self, services: Sequence[str]) -> list[str]:
        """The names under which services call KMS, as `kms:ViaService` spells them."""
        return [f"{service}.{region}.amazonaws.com" for service in services for region in self.regions]


def policy(purpose: str, reach: Reach) -> str:
    """The policy of the key for `purpose` (handles.PURPOSES). KeyError for a purpose that nobody planned."""
    return document(_statements(purpose, reach))


def _statements(purpose: str, reach: Reach) -> Iterator[Statement]:
    yield _statement("AdministeredByTheAccount", {"AWS": reach.root}, ADMINISTRATION)
    if purpose == "cluster":
        yield _cluster(reach)
        return
    yield _through(reach, SERVICES[purpose])
    if purpose in GRANTING:
        yield _grants(reach, GRANTING[purpose])
    match purpose:
        case "volumes":
            yield from _by_service_role(reach, "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", "Autoscaling")
            # GuardDuty reads a suspicious machine's disks from a snapshot, and hands the key on to the account that scans it.
            yield from _by_service_role(reach, MALWARE_SCAN, "TheMalwareScan", ("kms:DescribeKey",))
        case "backup":
            yield from _by_service_role(reach, "backup.amazonaws.com/AWSServiceRoleForBackup", "Backup")
        case "logs":
            yield _log_groups(reach)
            yield from _trail(reach)
            yield _sessions(reach)
        case "alerts":
            yield _alarms(reach)
        case _:
            pass
    if purpose in ("database", "backup") and reach.copy_account is not None:
        yield from _copies(reach.copy_account)


def _statement(sid: str, principal: object, actions: Sequence[str], condition: Condition | None = None) -> Statement:
    # In a key's policy the resource `*` is this key and no other.
    found: dict[str, object] = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*"}
    return found if condition is None else found | {"Condition": condition}


def _through(reach: Reach, services: Sequence[str]) -> Statement:
    """Use by people and roles of the account whom IAM allows it, through these services only."""
    condition: Condition = {"StringEquals": {"kms:CallerAccount": reach.account, "kms:ViaService": reach.hosts(services)}}
    return _statement("UsedThroughItsServices", {"AWS": reach.root}, USE, condition)


def _grants(reach: Reach, services: Sequence[str]) -> Statement:
    condition: Condition = {
        "Bool": {"kms:GrantIsForAWSResource": "true"},
        "StringEquals": {"kms:CallerAccount": reach.account, "kms:ViaService": reach.hosts(services)},
    }
    return _statement("HandedOnToItsServices", {"AWS": reach.root}, ["kms:CreateGrant"], condition)


def _cluster(reach: Reach) -> Statement:
    """EKS calls as the cluster's role and as whoever makes the cluster, and supports neither `kms:ViaService` nor
    `kms:GrantIsForAWSResource` there (EKS user guide, "Enabling secret encryption"); IAM narrows it to those two.
    """
    actions = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants")
    return _statement("UsedByTheCluster", {"AWS": reach.root}, actions, {"StringEquals": {"kms:CallerAccount": reach.account}})


def _by_service_role(reach: Reach, role: str, label: str, actions: Sequence[str] = USE) -> Iterator[Statement]:
    """A service-linked role, whose own policy cannot be changed, so the key must name it.

    By a condition, because a policy that names a role as principal is refused before the role exists, and AWS makes this
    one when its service is first used in the account.
    """
    who: dict[str, Mapping[str, object]] = {
        "StringEquals": {"kms:CallerAccount": reach.account},
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{reach.account}:role/aws-service-role/{role}"},
    }
    yield _statement(f"UsedBy{label}", {"AWS": "*"}, actions, who)
    yield _statement(
        f"HandedOnBy{label}", {"AWS": "*"}, ["kms:CreateGrant"], who | {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    )


def _log_groups(reach: Reach) -> Statement:
    groups = f"arn:aws:logs:{reach.region}:{reach.account}:log-group:*"
    return _statement(
        "LogGroupsOfThisAccount",
        {"Service": f"logs.{reach.region}.amazonaws.com"},
        USE,
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def _trail(reach: Reach) -> Iterator[Statement]:
    """CloudTrail of this account and region (OOB-122)."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    trail = {"aws:SourceArn": f"arn:aws:cloudtrail:{reach.region}:{reach.account}:trail/*"}
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{reach.account}:trail/*"}
    yield _statement("TrailOfThisAccount", service, ["kms:GenerateDataKey"], {"ArnLike": trail, "StringLike": context})
    yield _statement("TrailLooksUpTheKey", service, ["kms:DescribeKey"], {"ArnLike": trail})


def _sessions(reach: Reach) -> Statement:
    """Sessions through the bastion: the client and the machine call KMS themselves, each with the session's number."""
    condition: Condition = {
        "StringEquals": {"kms:CallerAccount": reach.account},
        "Null": {"kms:EncryptionContext:aws:ssm:SessionId": "false"},
    }
    return _statement("EncryptedSessions", {"AWS": reach.root}, ENVELOPE, condition)


def _alarms(reach: Reach) -> Statement:
    """Services that publish to our topics. By the topic that SNS puts into the encryption context, because EventBridge
    sends no source account; which alarm may publish to which topic is the topic's own policy.
    """
    topics = f"arn:aws:sns:{reach.region}:{reach.account}:*"
    return _statement(
        "AlarmsToOurTopics",
        {"Service": list(PUBLISHERS)},
        ENVELOPE,
        {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
    )


def _copies(account: str) -> Iterator[Statement]:
    """A second account that copies the database's snapshots into its own vault must be able to read them."""
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    yield _statement("CopiedToTheSecondAccount", root, USE)
    yield _statement("HandedOnInTheSecondAccount", root, ["kms:CreateGrant"], {"Bool": {"kms:GrantIsForAWSResource": "true"}})
