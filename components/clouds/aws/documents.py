"""Policy documents as text, always in the same order, so that an unchanged policy is an unchanged input."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Statement: TypeAlias = Mapping[str, object]


def document(statements: Iterable[Statement]) -> str:
    """A policy of these statements, as JSON. They must hold plain values only, and never a secret."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def assumable_by(service: str, condition: Mapping[str, Mapping[str, object]] | None = None) -> str:
    """The trust policy of a role that one AWS service may take."""
    trust: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document([trust if condition is None else {**trust, "Condition": condition}])


def deny_unless_ours(account: str, actions: str, resources: str | list[str]) -> Statement:
    """Nobody of another account, not even when another policy lets them in; AWS services act for this account only."""
    return {
        "Sid": "NobodyOfAnotherAccount",
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": resources,
        "Condition": {
            "StringNotEquals": {"aws:PrincipalAccount": account},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},  # absent for an anonymous caller, who is denied too
        },
    }


def deny_plain_transport(actions: str, resources: str | list[str]) -> Statement:
    """No request without TLS (TLS-01)."""
    return {
        "Sid": "OnlyEncryptedTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
