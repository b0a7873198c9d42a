"""Secrets, parameters, topics, sessions: what is kept or sent in confidence. Facts: FSBP SecretsManager, SNS, SSM controls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import yaml

from policies.model import (
    At,
    Finding,
    Graph,
    Level,
    Outcome,
    Resource,
    Severity,
    Unjudged,
    bad_if,
    must,
    must_have,
    must_not,
    rule,
    stack_rule,
)
from policies.reading import iam
from policies.reading.callers import narrowed, open_to_the_world
from policies.reading.values import (
    UNKNOWN,
    NotYetKnown,
    Truth,
    Value,
    all_of,
    any_of,
    asked,
    from_plain,
    is_false,
    is_true,
    negated,
    number,
    one_of,
    peek,
    present,
    services_key,
)

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 a type
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
DOCUMENT = "aws:ssm/document:Document"
PARAMETER = "aws:ssm/parameter:Parameter"


@rule(
    "secrets-own-key",
    on=SECRET,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-12",),
    remedy="Set kmsKeyId to a key of this stack",
)
def own_key(r: Resource) -> Iterator[Outcome]:
    """Secrets are encrypted with a key of our own."""
    yield from must_have(r, "kmsKeyId", "is not given")
    yield from must_not(r, "kmsKeyId", services_key, "is the service's key")


@rule(
    "secrets-rotated-in-time",
    on=ROTATION,
    severity=Severity.MEDIUM,
    frameworks=("FSBP SecretsManager.4",),
    remedy="Set rotationRules to 90 days or less",
)
def rotated_in_time(r: Resource) -> Iterator[Outcome]:
    """A rotation happens within 90 days."""
    yield from must_not(r, "rotationRules.automaticallyAfterDays", lambda v: (number(v) or 0) > 90, "is more than 90 days")
    yield from must_not(r, "rotationRules.scheduleExpression", _too_slow, "is more than 90 days")


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _too_slow(value: Value) -> bool:
    if isinstance(value, str) and value.startswith("cron("):
        return _months_apart(value.removeprefix("cron(").rstrip(")").split()) > 3
    if not isinstance(value, str) or not value.startswith("rate("):
        return False
    count, _, unit = value.removeprefix("rate(").rstrip(")").partition(" ")
    days = {"day": 1.0, "hour": 1 / 24}.get(unit.rstrip("s"))
    return not count.isdigit() or days is None or int(count) * days > 90


def _months_apart(fields: list[str]) -> int:
    """The most months between two times of a cron expression: minutes, hours, day, month, weekday, year."""
    named = fields[3].lower().split(",") if len(fields) == 6 else []
    months = sorted({_MONTHS.index(one) if one in _MONTHS else int(one) - 1 for one in named if one in _MONTHS or one.isdigit()})
    if len(months) != len(named) or not months:
        return 1  # a range, a step or every month
    return max((later - earlier) % 12 or 12 for earlier, later in zip(months, [*months[1:], months[0]], strict=True))


@rule(
    "secrets-policy-not-public",
    on=("aws:secretsmanager/secretPolicy:SecretPolicy", SECRET),
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 AC-3",),
    remedy="Name principals",
)
def policy_not_public(r: Resource) -> Iterator[Outcome]:
    """No secret can be read by anybody."""
    yield from open_to_the_world(r, "policy", "allows everybody")
    yield from must_not(r, "blockPublicPolicy", is_false, "lets a public policy through")


@stack_rule(
    "secrets-rotate",
    on=SECRET,
    severity=Severity.LOW,
    frameworks=("FSBP SecretsManager.1",),
    level=Level.ADVISORY,
    remedy="Add a SecretRotation, or make the secret anew by rotation.generation when its age raises the alarm",
)
def rotate(graph: Graph) -> Iterator[At]:
    """Every secret is rotated by itself; where that is not possible its age is watched."""
    for secret in graph.of(SECRET):
        if not graph.companions(secret, ROTATION, by="secretId"):
            yield At(secret, Finding("", "is not rotated by itself"))


@rule(
    "parameters-encrypted",
    on=PARAMETER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-28",),
    remedy="Set type to SecureString",
)
def parameters_encrypted(r: Resource) -> Iterator[Outcome]:
    """Parameters are encrypted."""
    yield from must(r, "type", one_of("SecureString"), "is plain text")


@rule("parameters-own-key", on=PARAMETER, severity=Severity.MEDIUM, remedy="Set keyId to a key of this stack")
def parameters_own_key(r: Resource) -> Iterator[Outcome]:
    """Encrypted parameters use a key of our own."""
    if not present(r.at("keyId")):
        yield from bad_if(asked(one_of("SecureString"), r.at("type")), "keyId", "is not given")
    yield from must_not(r, "keyId", services_key, "is the service's key")


@rule(
    "topics-encrypted",
    on=TOPIC,
    severity=Severity.MEDIUM,
    frameworks=("FSBP SNS.1",),
    remedy="Set kmsMasterKeyId to a key of this stack",
)
def topics_encrypted(r: Resource) -> Iterator[Outcome]:
    """Alarms are encrypted while they wait."""
    yield from must_have(r, "kmsMasterKeyId", "is not given")


@rule(
    "topics-not-public",
    on=(TOPIC_POLICY, TOPIC),
    severity=Severity.HIGH,
    frameworks=("FSBP SNS.4",),
    remedy="Name principals, or the source account",
)
def topics_not_public(r: Resource) -> Iterator[Outcome]:
    """Nobody from outside can send or read alarms."""
    yield from open_to_the_world(r, "policy", "allows everybody")


@rule(
    "topics-of-one-account",
    on=TOPIC_POLICY,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-4",),
    remedy="Name principals of the topic's own account, and let services in for that account alone (aws:SourceAccount)",
)
def topics_of_one_account(r: Resource) -> Iterator[Outcome]:
    """No other account can send or read alarms, unless a condition says who of it."""
    arn, value = r.at("arn"), r.at("policy")
    if iam.unknown_parts(value):
        yield Unjudged("policy")
        return
    own = UNKNOWN if arn is UNKNOWN else _account(arn)
    for one in iam.statements(value, "policy"):
        if not one.allows:
            continue
        named = any_of(_foreign(who, own) for kind, who in one.principals if kind == "AWS")
        yield from bad_if(all_of([named, negated(narrowed(one))]), one.path, "lets another account in without a condition")
        if one.conditions is not UNKNOWN:
            for operator, other in _sources(one):
                outside = UNKNOWN if other is UNKNOWN or own is UNKNOWN else isinstance(other, str) and other != own
                yield from bad_if(
                    outside if "not" not in operator else False, one.path, "lets another account in by its condition"
                )


def _sources(statement: iam.Statement) -> Iterator[tuple[str, Value]]:
    for key in ("aws:SourceAccount", "aws:PrincipalAccount", "aws:SourceOwner"):
        yield from statement.asks(key)


def _foreign(who: Value, own: Value) -> Truth:
    if who is UNKNOWN:
        return UNKNOWN
    account = who if isinstance(who, str) and who.isdigit() else _account(who)
    if account is None:
        return False
    return UNKNOWN if own is UNKNOWN else account != own


def _account(arn: Value) -> str | None:
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[4] if len(parts) > 5 and parts[4].isdigit() else None


def session_inputs(r: Resource) -> Value:
    """Inputs of a Session Manager document; None for documents of another kind."""
    content = r.at("content")
    if content is UNKNOWN:
        raise NotYetKnown
    if not isinstance(content, str):
        return None
    try:
        read = cast("object", yaml.safe_load(content))
    except yaml.YAMLError:
        try:
            read = json.loads(content)
        except ValueError:
            return None
    document = from_plain(read, iam.NO_MARKS)
    return peek(document, "inputs") if peek(document, "sessionType") is not None else None


@rule(
    "sessions-encrypted",
    on=DOCUMENT,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Set inputs.kmsKeyId to a key of this stack",
)
def sessions_encrypted(r: Resource) -> Iterator[Outcome]:
    """What administrators type is encrypted with a key of our own on its way."""
    inputs = session_inputs(r)
    if isinstance(inputs, dict):
        yield from bad_if(
            UNKNOWN if inputs.get("kmsKeyId") is UNKNOWN else not present(inputs.get("kmsKeyId")),
            "content.inputs.kmsKeyId",
            "is not given",
        )


@rule(
    "sessions-recorded",
    on=DOCUMENT,
    severity=Severity.HIGH,
    frameworks=("FSBP SSM.6", "NIST 800-53 AU-14"),
    remedy="Name a log group with cloudWatchEncryptionEnabled, or a bucket with s3EncryptionEnabled",
)
def sessions_recorded(r: Resource) -> Iterator[Outcome]:
    """What administrators type is recorded, encrypted."""
    inputs = session_inputs(r)
    if not isinstance(inputs, dict):
        return
    kept = [
        (inputs.get("s3BucketName"), inputs.get("s3EncryptionEnabled")),
        (inputs.get("cloudWatchLogGroupName"), inputs.get("cloudWatchEncryptionEnabled")),
    ]
    named = [(place, encrypted) for place, encrypted in kept if present(place)]
    if not named:
        yield Finding("content.inputs", "names neither a log group nor a bucket")
    for _, encrypted in named:
        yield from bad_if(asked(lambda v: not is_true(v), encrypted), "content.inputs", "leaves a recording without encryption")


@rule(
    "documents-not-public",
    on=DOCUMENT,
    severity=Severity.HIGH,
    frameworks=("FSBP SSM.4",),
    remedy="Name account numbers in permissions.account_ids",
)
def documents_not_public(r: Resource) -> Iterator[Outcome]:
    """No document of ours is shared with everybody."""
    for key in ("accountIds", "account_ids"):
        yield from must_not(r, f"permissions.{key}", _names_all, "shares the document with everybody")


def _names_all(value: Value) -> bool:
    return isinstance(value, str) and "all" in (one.strip().lower() for one in value.split(","))
