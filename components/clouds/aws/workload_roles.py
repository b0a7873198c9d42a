"""Roles that one service account of the cluster may take, and no other (OOB-71, OOB-72). IRSA: no access key anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.clouds.aws.documents import Statement, document
from components.clouds.aws.handles import Context
from components.contract import ServiceAccount, WorkloadIdentity

AUDIENCE = "sts.amazonaws.com"
SESSION_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The cluster as IAM knows it: its OpenID provider, and the issuer without https://."""

    arn: Output[str]
    host: Output[str]


def trust(issuer_arn: str, issuer_host: str, account: ServiceAccount) -> str:
    """Lets exactly one service account in, with a token that was made for AWS and for nobody else."""
    return document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Federated": issuer_arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{issuer_host}:aud": AUDIENCE,
                        f"{issuer_host}:sub": f"system:serviceaccount:{account.namespace}:{account.name}",
                    }
                },
            }
        ]
    )


def workload_role(
    name: str, context: Context, issuer: Issuer, account: ServiceAccount, description: str, opts: ResourceOptions
) -> aws.iam.Role:
    """A role for one service account, bounded where the stack says so. What it may do is attached apart."""
    return aws.iam.Role(
        name,
        description=f"{context.environment.name}: {description}",
        assume_role_policy=Output.all(issuer.arn, issuer.host).apply(lambda found: trust(found[0], found[1], account)),
        max_session_duration=SESSION_SECONDS,
        permissions_boundary=context.settings.permissions_boundary,
        opts=opts,
    )


def allow(name: str, role: aws.iam.Role, statements: Input[Sequence[Statement]], opts: ResourceOptions) -> aws.iam.RolePolicy:
    """What a role may do, as a policy of its own."""
    text = Output.from_input(statements).apply(document)
    return aws.iam.RolePolicy(name, role=role.name, policy=text, opts=opts)


def attach(name: str, role: aws.iam.Role, policy: str, opts: ResourceOptions) -> aws.iam.RolePolicyAttachment:
    """A policy that AWS writes and keeps up to date, by its path and name, like service-role/AmazonEBSCSIDriverPolicy."""
    return aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}", opts=opts)


def annotations_of(role: aws.iam.Role) -> dict[str, Input[str]]:
    """What makes pods of a service account take the role, through the endpoint of their own region."""
    return {"eks.amazonaws.com/role-arn": role.arn, "eks.amazonaws.com/sts-regional-endpoints": "true"}


def identity(role: aws.iam.Role) -> WorkloadIdentity:
    """The role as the platform is told of it."""
    return WorkloadIdentity(annotations=annotations_of(role))
