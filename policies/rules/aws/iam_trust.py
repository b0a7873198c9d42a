"""Who may take a role, and how sign-in from outside is narrowed. Facts: IAM user guide, "Confused deputy", "OIDC federation"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.model import Finding, Outcome, Resource, Severity, Unjudged, bad_if, rule
from policies.reading import iam
from policies.reading.values import UNKNOWN, Truth, Value, any_of, asked, listed, negated

ROLE = "aws:iam/role:Role"
PATH = "assumeRolePolicy"
GITHUB = "token.actions.githubusercontent.com"
# Claims of a subject that only the repository's owner can set; the others can be forged in somebody else's repository.
SAFE_FIRST_CLAIMS = (
    "repo",
    "repository",
    "repository_owner",
    "repository_owner_id",
    "repository_id",
    "job_workflow_ref",
    "enterprise",
    "enterprise_id",
)
_MARKS = re.compile(r"[*?]")


def trusting(r: Resource) -> Iterator[iam.Statement]:
    """Statements that let somebody take the role."""
    return (one for one in iam.statements(r.at(PATH), PATH) if one.allows)


def not_known(r: Resource) -> Iterator[Outcome]:
    """A note when the document is not known yet."""
    if iam.unknown_parts(r.at(PATH)):
        yield Unjudged(PATH)


@rule(
    "iam-trust-not-public",
    on=ROLE,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Name the service, role or identity provider that may take the role",
)
def trust_not_public(r: Resource) -> Iterator[Outcome]:
    """No role can be taken by anybody."""
    yield from not_known(r)
    for one in trusting(r):
        yield from bad_if(one.anybody(), one.path, "lets anybody take the role")


@rule(
    "iam-trust-not-whole-account",
    on=ROLE,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Name roles or users instead of the account, or narrow the statement by a condition on who or with which factor",
)
def trust_not_whole_account(r: Resource) -> Iterator[Outcome]:
    """No role can be taken by everybody in an account."""
    yield from not_known(r)
    for one in trusting(r):
        if not one.conditional:
            whole = any_of(
                UNKNOWN if who is UNKNOWN else iam.whole_account(who) is not None for kind, who in one.principals if kind == "AWS"
            )
            yield from bad_if(whole, one.path, "lets a whole account take the role")


@rule(
    "iam-trust-guarded-against-deputies",
    on=ROLE,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Add a condition on aws:SourceArn or aws:SourceAccount",
)
def trust_guarded_against_deputies(r: Resource) -> Iterator[Outcome]:
    """Services that act for many customers take a role for this account only."""
    yield from not_known(r)
    for one in trusting(r):
        deputies = any_of(UNKNOWN if who is UNKNOWN else _deputy(who) for kind, who in one.principals if kind == "Service")
        guarded = one.conditions is UNKNOWN or bool(one.keys_asked() & {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid"})
        if not guarded:
            yield from bad_if(deputies, one.path, "lets a service take the role for other customers too")


# Services for which AWS documents aws:SourceAccount in a trust policy.
DEPUTIES = ("cloudtrail", "config", "delivery.logs", "monitoring.rds", "scheduler", "vpc-flow-logs")


def _deputy(who: Value) -> bool:
    return isinstance(who, str) and who.removesuffix(".amazonaws.com") in DEPUTIES


def _federated_by(statement: iam.Statement, issuer: str) -> Truth:
    return any_of(
        UNKNOWN if who is UNKNOWN else isinstance(who, str) and issuer in who
        for kind, who in statement.principals
        if kind == "Federated"
    )


def _github_subject_bad(value: Value) -> bool:
    """Whether a required subject leaves room for repositories that are not ours."""
    if not isinstance(value, str):
        return True
    claim, colon, rest = value.partition(":")
    if not colon or claim not in SAFE_FIRST_CLAIMS:
        return True
    owner = rest.partition("/")[0].partition(":")[0]
    return not owner or bool(_MARKS.search(owner))


@rule(
    "iam-github-trust-narrow",
    on=ROLE,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 IA-9",),
    remedy=f"Require {GITHUB}:sub to begin with repo:OWNER/NAME of yours",
)
def github_trust_narrow(r: Resource) -> Iterator[Outcome]:
    """GitHub Actions may take a role only from repositories of ours."""
    yield from not_known(r)
    for one in trusting(r):
        by_github = _federated_by(one, GITHUB)
        if by_github is False:
            continue
        subjects = [
            found for key in one.keys_asked() if key.startswith(GITHUB) and key.endswith(":sub") for found in one.asks(key)
        ]
        loose = any_of(
            [
                not subjects,
                *(any_of([operator not in OPERATORS, asked(_github_subject_bad, value)]) for operator, value in subjects),
            ]
        )
        yield from bad_if(
            any_of([loose]) if by_github is True else UNKNOWN, one.path, "lets repositories of others take the role"
        )


OPERATORS = ("stringequals", "stringlike", "stringequalsignorecase", "foranyvalue:stringlike", "foranyvalue:stringequals")


@rule(
    "iam-workload-trust-narrow",
    on=ROLE,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 AC-6", "NIST 800-53 IA-9"),
    remedy="Require the whole subject system:serviceaccount:NAMESPACE:NAME and the audience sts.amazonaws.com",
)
def workload_trust_narrow(r: Resource) -> Iterator[Outcome]:
    """A role for a workload can be taken by its service account alone."""
    yield from not_known(r)
    for one in trusting(r):
        of_cluster = any_of(asked(_cluster_issuer, who) for kind, who in one.principals if kind == "Federated")
        if of_cluster is False:
            continue
        for claim in ("sub", "aud"):
            values = [
                (operator, value)
                for test, names in (one.conditions.items() if isinstance(one.conditions, dict) else ())
                if isinstance(names, dict)
                for key, given in names.items()
                if key.endswith(f":{claim}")
                for value in listed(given)
                for operator in (test.lower(),)
            ]
            exact = any_of(all_known(operator, value) for operator, value in values)
            verdict = negated(exact) if of_cluster is True else UNKNOWN
            yield from bad_if(verdict, one.path, f"does not say exactly which {claim} may take the role")


def all_known(operator: str, value: Value) -> Truth:
    """Whether a condition asks for exactly one value."""
    return asked(lambda v: operator == "stringequals" and isinstance(v, str) and not _MARKS.search(v), value)


def _cluster_issuer(who: Value) -> bool:
    return isinstance(who, str) and "oidc-provider/oidc.eks." in who


@rule(
    "iam-trust-document-readable",
    on=ROLE,
    severity=Severity.LOW,
    remedy="Give assumeRolePolicy as a JSON document",
)
def trust_document_readable(r: Resource) -> Iterator[Outcome]:
    """A role's trust is a document that can be read."""
    given = r.at(PATH)
    if given is UNKNOWN:
        yield Unjudged(PATH)
    if isinstance(given, str) and given.strip() and iam.document(given) is None:
        yield Finding(PATH, "is no JSON document")
