"""Sign-in at Cognito. Facts: Cognito developer guide; NIST SP 800-63B."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, must, must_have, must_not, rule
from policies.reading.values import at_least, is_true, one_of, plain_http
from policies.settings import Profile

POOL = "aws:cognito/userPool:UserPool"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"


@rule(
    "sign-in-second-factor",
    on=POOL,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 IA-2(1)",),
    remedy="Set mfaConfiguration to ON",
)
def second_factor(r: Resource) -> Iterator[Outcome]:
    """Nobody signs in with a password alone."""
    yield from must(r, "mfaConfiguration", one_of("ON"), "leaves the second factor to the user")


@rule(
    "sign-in-password-length",
    on=POOL,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 IA-5(1)",),
    remedy="Set passwordPolicy.minimumLength to 14 or more",
)
def password_length(r: Resource) -> Iterator[Outcome]:
    """Passwords have 14 characters at least."""
    yield from must(r, "passwordPolicy.minimumLength", at_least(14), "is less than 14")


@rule(
    "sign-in-by-invitation",
    on=POOL,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-2",),
    remedy="Set adminCreateUserConfig.allowAdminCreateUserOnly to true",
)
def by_invitation(r: Resource) -> Iterator[Outcome]:
    """Nobody makes an account for himself."""
    yield from must(r, "adminCreateUserConfig.allowAdminCreateUserOnly", is_true, "is off")


@rule(
    "sign-in-deletion-protection",
    on=POOL,
    severity=Severity.MEDIUM,
    remedy="Set deletionProtection to ACTIVE",
    profile=Profile.PRODUCTION,
)
def deletion_protection(r: Resource) -> Iterator[Outcome]:
    """The pool of users cannot be deleted by accident."""
    yield from must(r, "deletionProtection", one_of("ACTIVE"), "is off")


@rule(
    "sign-in-code-flow",
    on=CLIENT,
    severity=Severity.HIGH,
    frameworks=("RFC 9700",),
    remedy="Allow the flow 'code' alone, with a client secret",
)
def code_flow(r: Resource) -> Iterator[Outcome]:
    """Tokens never travel in a URL."""
    yield from must_not(r, "allowedOauthFlows[*]", one_of("implicit"), "hands out tokens in a URL")
    yield from must_not(r, "callbackUrls[*]", plain_http, "is plain HTTP")


@rule(
    "sign-in-stolen-passwords-blocked",
    on="aws:cognito/riskConfiguration:RiskConfiguration",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-5(1)",),
    remedy="Set compromisedCredentialsRiskConfiguration.actions.eventAction to BLOCK",
)
def stolen_passwords_blocked(r: Resource) -> Iterator[Outcome]:
    """Passwords that are known to be stolen are refused."""
    yield from must(r, "compromisedCredentialsRiskConfiguration.actions.eventAction", one_of("BLOCK"), "lets them through")


@rule(
    "sign-in-issuers-narrow",
    on="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-9",),
    remedy="List the audiences in clientIdLists, without patterns",
)
def issuers_narrow(r: Resource) -> Iterator[Outcome]:
    """An issuer whose tokens count here is listened to for named audiences alone."""
    yield from must_have(r, "clientIdLists", "is not given")
    yield from must_not(r, "clientIdLists[*]", lambda v: isinstance(v, str) and "*" in v, "is a pattern")
