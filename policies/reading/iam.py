"""IAM policy documents: JSON text or objects, one statement or many, text or list everywhere. Facts: IAM policy grammar (AWS)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from policies.reading.values import UNKNOWN, Truth, Unknown, Value, any_of, from_plain, listed

NO_MARKS: frozenset[str] = frozenset()
_ACCOUNT = re.compile(r"\d{12}")
_ANY_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\*(:|$)")
_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")
# Nothing is called so; a pattern that covers it covers everything of that form.
_NOBODY_S_ACTION = "~:~"
_NOBODY_S_ARNS = ("arn:aws:~:~:~:~", "arn:aws-cn:~:~:~:~", "arn:aws-us-gov:~:~:~:~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. Lists keep UNKNOWN where an element is not known yet."""

    path: str
    allows: bool
    actions: list[Value]
    not_actions: list[Value]
    resources: list[Value]
    not_resources: list[Value]
    principals: list[tuple[str, Value]]
    """(kind, who): kind is AWS, Service, Federated, CanonicalUser or '*'."""
    not_principals: list[tuple[str, Value]]
    conditions: Value

    @property
    def conditional(self) -> bool:
        """Whether it holds only under conditions."""
        return self.conditions is UNKNOWN or bool(self.conditions)

    def action(self, wanted: str) -> Truth:
        """Whether it speaks about this action, by its name or by a pattern that covers it."""
        if self.not_actions:
            return any_of([_none_covers(self.not_actions, wanted)])
        return any_of(UNKNOWN if given is UNKNOWN else covers(given, wanted) for given in self.actions)

    def everywhere(self) -> Truth:
        """Whether it holds for every resource."""
        if self.not_resources:
            return True
        return any_of(UNKNOWN if given is UNKNOWN else _every_resource(given) for given in self.resources)

    def every_action(self) -> Truth:
        """Whether one of its actions stands for all actions of all services."""
        return any_of(UNKNOWN if given is UNKNOWN else covers(given, _NOBODY_S_ACTION) for given in self.actions)

    def every_action_of(self, service: str) -> Truth:
        """The same for all actions of one service."""
        return any_of(UNKNOWN if given is UNKNOWN else covers(given, f"{service}:~") for given in self.actions)

    def anybody(self) -> Truth:
        """Whether everybody in the world is meant."""
        if self.not_principals:
            return True
        return any_of(
            UNKNOWN
            if who is UNKNOWN
            else isinstance(who, str) and (who == "*" or (kind == "AWS" and _ANY_ACCOUNT.match(who) is not None))
            for kind, who in self.principals
        )

    def keys_asked(self) -> set[str]:
        """Condition keys in lower case."""
        found: set[str] = set()
        if isinstance(self.conditions, dict):
            for test in self.conditions.values():
                if isinstance(test, dict):
                    found |= {key.lower() for key in test}
        return found

    def asks(self, key: str) -> Iterator[tuple[str, Value]]:
        """(operator in lower case, value) of every condition on this key."""
        if isinstance(self.conditions, dict):
            for operator, test in self.conditions.items():
                if isinstance(test, dict):
                    for name, values in test.items():
                        if name.lower() == key.lower():
                            for value in listed(values):
                                yield operator.lower(), value


def _none_covers(given: list[Value], wanted: str) -> Truth:
    answer = any_of(UNKNOWN if one is UNKNOWN else covers(one, wanted) for one in given)
    return UNKNOWN if isinstance(answer, Unknown) else not answer


def covers(given: Value, wanted: str) -> bool:
    """Whether an action as written (`s3:Get*`) covers an action; letters count in any case."""
    return isinstance(given, str) and _covers(given, wanted)


@cache
def _covers(given: str, wanted: str) -> bool:
    return fnmatchcase(wanted.lower(), given.lower())


def _every_resource(given: Value) -> bool:
    return isinstance(given, str) and any(fnmatchcase(arn, given) for arn in _NOBODY_S_ARNS)


def document(value: Value) -> Value:
    """The document as an object: from JSON text, or as it is. None for what is neither; UNKNOWN stays UNKNOWN."""
    return _decoded(value) if isinstance(value, str) else value


@cache
def _decoded(text: str) -> Value:
    try:
        return from_plain(json.loads(text), NO_MARKS)
    except ValueError:
        return None


def statements(value: Value, path: str) -> Iterator[Statement]:
    """Every statement of a document. Nothing for what is no document; ask `unreadable` first whether it is known."""
    decoded = document(value)
    if not isinstance(decoded, dict):
        return
    for index, given in enumerate(listed(decoded.get("Statement"))):
        if isinstance(given, dict):
            effect = given.get("Effect", "Allow")
            yield Statement(
                path=f"{path}.Statement[{index}]",
                allows=not (isinstance(effect, str) and effect.lower() == "deny"),
                actions=listed(given.get("Action")),
                not_actions=listed(given.get("NotAction")),
                resources=listed(given.get("Resource")),
                not_resources=listed(given.get("NotResource")),
                principals=list(_principals(given.get("Principal"))),
                not_principals=list(_principals(given.get("NotPrincipal"))),
                conditions=given.get("Condition"),
            )


def unknown_parts(value: Value) -> bool:
    """Whether the document, or one of its statements, is not known yet as a whole."""
    decoded = document(value)
    if decoded is UNKNOWN:
        return True
    if not isinstance(decoded, dict):
        return False
    return any(given is UNKNOWN for given in listed(decoded.get("Statement")))


def _principals(given: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(given, dict):
        for kind, who in given.items():
            for one in listed(who):
                yield kind, one
    else:
        for one in listed(given):
            yield ("*" if isinstance(one, str) and one == "*" else "AWS"), one


def whole_account(who: Value) -> str | None:
    """The account number when a principal names a whole account, else None."""
    if not isinstance(who, str):
        return None
    if _ACCOUNT.fullmatch(who):
        return who
    found = _ROOT.fullmatch(who)
    return found[1] if found else None
