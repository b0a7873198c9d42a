"""Whom a policy of a resource lets in: everybody, or callers that somebody has named. Facts: IAM global condition keys (AWS)."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Unjudged, bad_if
from policies.reading import iam
from policies.reading.values import UNKNOWN, NotYetKnown, Truth, Value, all_of, any_of, asked, negated

# Conditions that leave only callers from known accounts, networks or resources (IAM global condition keys).
NARROWING = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:userid",
    "aws:sourceowner",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
)
# Operators that a request without the key, or with another value, does not pass.
REQUIRING = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"})
# Operators that keep somebody out, and let in everybody else and what lacks the key.
EXCLUDING = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress"}
)


def narrowed(statement: iam.Statement, by: frozenset[str] = REQUIRING) -> Truth:
    """Whether a condition with one of these operators leaves only callers that somebody has named.

    A value that stands for everybody names nobody, alone or beside others. `...IfExists`, `ForAllValues:` and `Null` are none
    of the operators: they let through what lacks the key.
    """
    if statement.conditions is UNKNOWN:
        return UNKNOWN
    by_test: dict[tuple[str, str], list[Value]] = {}
    for key in statement.keys_asked():
        if key in NARROWING or key.startswith("aws:principaltag/"):
            for operator, value in statement.asks(key):
                by_test.setdefault((operator.removeprefix("foranyvalue:"), key), []).append(value)
    return any_of(
        all_of(negated(asked(_everybody, value)) for value in values)
        for (operator, _), values in by_test.items()
        if operator in by
    )


def _everybody(value: Value) -> bool:
    """Whether a condition's value stands for everybody: `*`, every network, or an ARN of any account."""
    if value is UNKNOWN:
        raise NotYetKnown
    if not isinstance(value, str):
        return True
    parts = value.split(":")
    any_account = parts[0] == "arn" and len(parts) > 4 and "*" in parts[4]
    return value.strip("*") == "" or value in ("0.0.0.0/0", "::/0") or any_account or value in ("arn:*", "arn:aws:*")


def open_to_the_world(r: Resource, path: str, says: str) -> Iterator[Outcome]:
    """A finding for each statement of the policy at `path` that lets anybody in and says nothing about who.

    One that only keeps somebody out is another rule's: `policies-require-who`.
    """
    value = r.at(path)
    if iam.unknown_parts(value):
        yield Unjudged(path)
    for one in iam.statements(value, path):
        if one.allows:
            yield from bad_if(all_of([one.anybody(), negated(narrowed(one, REQUIRING | EXCLUDING))]), one.path, says)
