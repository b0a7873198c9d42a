"""Who may come through the bastion and how, and what the bastion itself may do: plain functions of plain values (OOB-33)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from components.clouds.aws.documents import Statement
from components.clouds.aws.kubeconfig import BASTION_TAG
from components.clouds.aws.tunnel import DOCUMENT

IDLE_MINUTES = 20
LONGEST_MINUTES = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What the policies name: the environment, its session document and log group, its cluster, and the key of sessions."""

    account: str
    region: str
    environment: str
    document: str
    log_group: str
    cluster: str

    @property
    def log_group_arn(self) -> str:
        return f"arn:aws:logs:{self.region}:{self.account}:log-group:{self.log_group}"


def session_document(way: Way, key: str) -> str:
    """How a shell on the bastion is: encrypted end to end under our key, recorded line by line, ended when idle.

    A document of its own, and not the account's preferences (SSM-SessionManagerRunShell): there is one of those in an
    account, and a drill beside the live environment would overwrite it and take it away with itself.
    """
    return json.dumps(
        {
            "schemaVersion": "1.0",
            "description": f"Shell on the bastion of {way.environment}, encrypted and recorded",
            "sessionType": "Standard_Stream",
            "inputs": {
                "kmsKeyId": key,
                "cloudWatchLogGroupName": way.log_group,
                "cloudWatchEncryptionEnabled": True,
                "cloudWatchStreamingEnabled": True,
                "s3BucketName": "",
                "s3KeyPrefix": "",
                "s3EncryptionEnabled": True,
                "idleSessionTimeout": str(IDLE_MINUTES),
                "maxSessionDuration": str(LONGEST_MINUTES),
                "runAsEnabled": False,
                "runAsDefaultUser": "",
                "shellProfile": {"linux": "", "windows": ""},
            },
        },
        sort_keys=True,
    )


def instance_statements(way: Way, key: str) -> list[Statement]:
    """What Session Manager's agent needs. AWS's own policy for it would let the machine read every parameter of the account."""
    return [
        {
            "Sid": "AnswerSessionManager",
            "Effect": "Allow",
            "Action": [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            "Resource": "*",  # a channel is no resource that could be named, and an agent can only report for itself
        },
        {
            "Sid": "RecordSessions",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": [way.log_group_arn, f"{way.log_group_arn}:*"],
        },
        {
            "Sid": "SeeThatTheRecordIsEncrypted",
            "Effect": "Allow",
            "Action": "logs:DescribeLogGroups",
            "Resource": f"arn:aws:logs:{way.region}:{way.account}:log-group:*",  # asked for all groups, answered by name
        },
        {"Sid": "DecryptSessions", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": key},
    ]


def user_statements(way: Way, key: str) -> list[Statement]:
    """What a person needs to come through, with a second factor, to this bastion and by these two documents only (OOB-103).

    AWS sets `aws:MultiFactorAuthPresent` where it saw the second factor itself: for users of the account and roles that they
    assume. People who sign in through IAM Identity Center show theirs there, and need this policy without that condition.
    """
    second_factor = {"aws:MultiFactorAuthPresent": "true"}
    return [
        {
            "Sid": "ThisBastion",
            "Effect": "Allow",
            "Action": "ssm:StartSession",
            "Resource": f"arn:aws:ec2:{way.region}:{way.account}:instance/*",
            "Condition": {
                "StringEquals": {f"ssm:resourceTag/{BASTION_TAG}": way.environment},
                "Bool": second_factor,
                # Without it a session that names no document would use the account's unrecorded default.
                "BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"},
            },
        },
        {
            "Sid": "TheseDocuments",
            "Effect": "Allow",
            "Action": "ssm:StartSession",
            "Resource": [
                f"arn:aws:ssm:{way.region}:{way.account}:document/{way.document}",
                f"arn:aws:ssm:{way.region}::document/{DOCUMENT}",
            ],
            "Condition": {"Bool": second_factor},
        },
        {
            "Sid": "TheirOwnSessions",
            "Effect": "Allow",
            "Action": ["ssm:ResumeSession", "ssm:TerminateSession"],
            "Resource": [
                f"arn:aws:ssm:{way.region}:{way.account}:session/${{aws:userid}}-*",
                f"arn:aws:ssm:{way.region}:{way.account}:session/${{aws:username}}-*",
            ],
        },
        {
            "Sid": "FindTheBastion",
            "Effect": "Allow",
            "Action": ["ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:GetConnectionStatus"],
            "Resource": "*",  # these list, and AWS lists all or nothing
        },
        {
            "Sid": "FindTheCluster",
            "Effect": "Allow",
            "Action": "eks:DescribeCluster",
            "Resource": f"arn:aws:eks:{way.region}:{way.account}:cluster/{way.cluster}",
        },
        {"Sid": "EncryptSessions", "Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": key},
    ]


def by_hand(way: Way) -> str:
    """The command for a recorded shell, for when this program is not at hand."""
    find = (
        f"aws ec2 describe-instances --region {way.region} "
        f"--filters Name=tag:{BASTION_TAG},Values={way.environment} Name=instance-state-name,Values=running "
        "--query 'Reservations[0].Instances[0].InstanceId' --output text"
    )
    return f'aws ssm start-session --region {way.region} --document-name {way.document} --target "$({find})"'
