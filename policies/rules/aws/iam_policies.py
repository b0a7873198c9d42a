"""What an IAM policy may allow. Facts: IAM user guide; service authorization reference; CIS AWS 1.16."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policies.model import Level, Outcome, Resource, Severity, Unjudged, bad_if, must_not, rule
from policies.reading import iam
from policies.reading.values import UNKNOWN, Test, Truth, Value, all_of, any_of, asked
from policies.rules.aws.iam_actions import (
    ESCALATING,
    ESCALATING_TOGETHER,
    EXPOSING,
    MANAGING,
    MANAGING_BY_NAME,
    READING,
    READS_BY_NAME,
    WITHOUT_RESOURCE,
    WRITING,
)

DOCUMENTS = {
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
    "aws:iam/role:Role": "inlinePolicies[*].policy",
}
POLICIES = tuple(DOCUMENTS)
# Ways to more rights than one was given, each alone or with what is usually there.


def allowed(r: Resource) -> list[iam.Statement]:
    """Statements that allow something."""
    return [one for document in r.read(_allowed) for one in document]


def _allowed(r: Resource) -> list[list[iam.Statement]]:
    """The same by document: a role holds several."""
    return [[one for one in iam.statements(seen.value, seen.path) if one.allows] for seen in r.each(DOCUMENTS[r.type])]


def not_known(r: Resource) -> list[Unjudged]:
    """A note when the document is not known yet."""
    return r.read(_not_known)


def _not_known(r: Resource) -> list[Unjudged]:
    return [Unjudged(seen.path) for seen in r.each(DOCUMENTS[r.type]) if iam.unknown_parts(seen.value)]


def any_action(statement: iam.Statement, wanted: Iterable[str]) -> Truth:
    """Whether the statement covers one of these actions."""
    return any_of(statement.action(one) for one in wanted)


def _named(statement: iam.Statement, test: Test) -> Truth:
    """Whether one of its actions, as it is written, passes the test."""
    return any_of(asked(test, given) for given in statement.actions)


def _manages(action: Value) -> bool:
    return isinstance(action, str) and MANAGING_BY_NAME.fullmatch(action) is not None


def _writes(action: Value) -> bool:
    """An action that changes something and can be limited to a resource."""
    return _limitable(action) and isinstance(action, str) and READS_BY_NAME.match(action) is None


@rule(
    "iam-no-full-administration",
    on=POLICIES,
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 1.16", "FSBP IAM.1", "NIST 800-53 AC-6"),
    remedy="Name the actions and the resources",
)
def no_full_administration(r: Resource) -> Iterator[Outcome]:
    """No policy allows everything on everything."""
    yield from not_known(r)
    for one in allowed(r):
        yield from bad_if(all_of([one.every_action(), one.everywhere()]), one.path, "allows everything on everything")


@rule(
    "iam-no-star-action",
    on=POLICIES,
    severity=Severity.HIGH,
    frameworks=("FSBP IAM.1", "NIST 800-53 AC-6"),
    remedy="Name the actions",
)
def no_star_action(r: Resource) -> Iterator[Outcome]:
    """No statement allows every action."""
    yield from not_known(r)
    for one in allowed(r):
        yield from bad_if(one.every_action(), one.path, "allows every action")


@rule(
    "iam-allow-names-actions",
    on=POLICIES,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Name what is allowed; leave NotAction and NotResource to statements that deny",
)
def allow_names_actions(r: Resource) -> Iterator[Outcome]:
    """No statement allows everything but a few things: what is new tomorrow would be allowed too."""
    yield from not_known(r)
    for one in allowed(r):
        yield from bad_if(bool(one.not_actions or one.not_resources), one.path, "allows whatever it does not name")


@rule(
    "iam-no-iam-administration",
    on=POLICIES,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Name the IAM actions that are needed, and the roles",
)
def no_iam_administration(r: Resource) -> Iterator[Outcome]:
    """No policy gives all of IAM on everything."""
    yield from not_known(r)
    for one in allowed(r):
        yield from bad_if(all_of([one.every_action_of("iam"), one.everywhere()]), one.path, "allows all of IAM")


@rule(
    "iam-no-privilege-escalation",
    on=POLICIES,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Leave these actions to administrators, or name the role or user they are for",
)
def no_privilege_escalation(r: Resource) -> Iterator[Outcome]:
    """No policy lets its holder give itself more rights."""
    yield from not_known(r)
    for one in allowed(r):
        if not one.not_actions:
            yield from bad_if(
                all_of([any_action(one, ESCALATING), one.everywhere()]), one.path, "allows its holder to give itself more rights"
            )
    for document in r.read(_allowed):
        wide = [one for one in document if not one.conditional and not one.not_actions and one.everywhere() is not False]
        if wide:
            together = any_of(
                all_of(any_of(all_of([one.everywhere(), one.action(action)]) for one in wide) for action in way)
                for way in ESCALATING_TOGETHER
            )
            yield from bad_if(
                together, wide[0].path, "allows its holder, with what else it allows, to start what has more rights"
            )


@rule(
    "iam-no-credential-exposure",
    on=POLICIES,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-5",),
    remedy="Leave out actions that answer with a credential, or name the one resource they are for",
)
def no_credential_exposure(r: Resource) -> Iterator[Outcome]:
    """No policy hands out credentials of everything."""
    yield from not_known(r)
    for one in allowed(r):
        if not one.conditional and not one.not_actions:
            yield from bad_if(all_of([any_action(one, EXPOSING), one.everywhere()]), one.path, "allows to obtain credentials")


@rule(
    "iam-no-data-exfiltration",
    on=POLICIES,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-4",),
    remedy="Name the buckets, parameters and secrets",
)
def no_data_exfiltration(r: Resource) -> Iterator[Outcome]:
    """No policy reads every bucket, parameter or secret."""
    yield from not_known(r)
    for one in allowed(r):
        if not one.conditional and not one.not_actions:
            yield from bad_if(
                all_of([any_action(one, READING), one.everywhere()]), one.path, "allows to read all stored data or secrets"
            )


@rule(
    "iam-no-permissions-management",
    on=POLICIES,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Name the resources, or add a condition",
)
def no_permissions_management(r: Resource) -> Iterator[Outcome]:
    """No policy changes permissions of everything without a condition."""
    yield from not_known(r)
    for one in allowed(r):
        if not one.conditional and not one.not_actions:
            yield from bad_if(
                all_of([any_of([any_action(one, MANAGING), _named(one, _manages)]), one.everywhere()]),
                one.path,
                "allows to change permissions of everything",
            )


@rule(
    "iam-no-unconstrained-writes",
    on=POLICIES,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Name the resources, or add a condition",
)
def no_unconstrained_writes(r: Resource) -> Iterator[Outcome]:
    """No policy changes or deletes everything of a kind without a condition."""
    yield from not_known(r)
    for one in allowed(r):
        if not one.conditional and not one.not_actions:
            yield from bad_if(
                all_of([any_of([any_action(one, WRITING), _named(one, _writes)]), one.everywhere()]),
                one.path,
                "allows to change everything of a kind",
            )


# Actions that know no resource: the service authorization reference lists no resource type for them, so '*' is the only form.


@rule(
    "iam-resources-named",
    on=POLICIES,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Name the resources; only actions that know no resource take '*'",
)
def resources_named(r: Resource) -> Iterator[Outcome]:
    """Actions that can be limited to a resource are."""
    yield from not_known(r)
    for one in allowed(r):
        if one.conditional:
            continue
        limitable = any_of(UNKNOWN if given is UNKNOWN else _limitable(given) for given in one.actions)
        yield from bad_if(
            all_of([limitable, one.everywhere()]), one.path, "speaks about everything although its actions know resources"
        )


def _limitable(action: Value) -> bool:
    """Named actions that know no resource are not; a pattern is, unless the whole service is without resources."""
    if not isinstance(action, str):
        return False
    covering = [pattern for pattern in WITHOUT_RESOURCE if iam.covers(pattern, action)]
    return not any(pattern.endswith(":*") for pattern in covering) if "*" in action else not covering


@rule(
    "iam-no-administrator-policy",
    on=(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/role:Role",
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
        "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
    ),
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 1.16", "FSBP IAM.1"),
    remedy="Attach a policy with the rights that are needed",
)
def no_administrator_policy(r: Resource) -> Iterator[Outcome]:
    """The managed policy AdministratorAccess is attached to nobody."""

    def is_it(value: Value) -> bool:
        return isinstance(value, str) and value.endswith(":policy/AdministratorAccess")

    for path in ("policyArn", "policyArns[*]", "managedPolicyArns[*]", "managedPolicyArn"):
        yield from must_not(r, path, is_it, "gives every right")


@rule(
    "iam-no-rights-of-users",
    on=(
        "aws:iam/userPolicy:UserPolicy",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
    ),
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 1.15", "FSBP IAM.2"),
    remedy="Attach to a group or a role",
)
def no_rights_of_users(r: Resource) -> Iterator[Outcome]:
    """Rights belong to groups and roles, not to single users."""
    for path in ("user", "users[*]"):
        yield from bad_if(
            any_of(asked(lambda v: v is not None, seen.value) for seen in r.each(path)), path, "gives rights to a single user"
        )


@rule(
    "iam-no-users",
    on="aws:iam/user:User",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 IA-2",),
    remedy="Let people and programs assume roles",
    level=Level.ADVISORY,
)
def no_users(r: Resource) -> Iterator[Outcome]:
    """There are no IAM users with keys of their own."""
    yield from bad_if(True, "name", f"is a {r.type.rpartition(':')[2].lower()} of IAM")
