"""Every rule with what it must refuse and what it must let pass, as changes of an example.

A refusal names the rule, the changes, and for each fault the path, words of the value and words of the remedy.
"""

from __future__ import annotations

from dataclasses import dataclass

DRILL = "aws-drill-example"
DIGEST = f"sha256:{'0' * 64}"
OIDC = {"issuer": "https://sso.other.example/realm", "clientId": "mattermost"}
SMTP = {"host": "mail.responders.example.net", "username": "oob", "sender": "oob@responders.example.net"}
WAIVER = {"reason": "the load balancer is replaced next week", "owner": "sre@responders.example.net", "expires": "2026-12-31"}
PRIMARY_ROLE = "arn:aws:iam::999988887777:role/administrators"
ECR = "444455556666.dkr.ecr.eu-central-1.amazonaws.com/oob"
OIDC_SECRETS = frozenset({"licence", "oidcClientSecret"})
SMTP_SECRETS = frozenset({"licence", "smtpPassword"})
NO_SECRETS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """`expected` is path, words of the value, words of the fix; empty for what must pass."""

    rule: str
    changes: dict[str, object]
    expected: tuple[tuple[str, str, str], ...] = ()
    of: str = "aws-example"
    secrets: frozenset[str] = frozenset({"licence"})

    def __str__(self) -> str:
        return f"{self.rule}:{'refused' if self.expected else 'passes'}:{','.join(self.changes)}"


def refused(rule: str, changes: dict[str, object], *expected: tuple[str, str, str], **more: object) -> Case:
    return Case(rule, changes, expected, **more)  # type: ignore[arg-type]


def passes(rule: str, changes: dict[str, object], **more: object) -> Case:
    return Case(rule, changes, (), **more)  # type: ignore[arg-type]
