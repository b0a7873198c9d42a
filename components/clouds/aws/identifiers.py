"""Account numbers, regions and ARNs of AWS as types, and what an ARN says of the account that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import BeforeValidator, StrictStr

from components.faults import refuse, shown
from components.schema import Kind, matching

ACCOUNT = r"[0-9]{12}"
# Commercial partition only: the others have endpoints, certificates and ARNs of their own.
REGION = r"(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|northwest|southeast|southwest)-[0-9]"
# Where a new account is not offered the zones a, b and c. Names are mapped per account only within these letters.
# us-west-1 offers two zones to an account, not always the same two: if these are wrong there, `up` stops at the first subnet.
_ZONE_LETTERS = {"ap-northeast-1": "acd", "ca-central-1": "abd", "us-west-1": "ac"}
_ANY_ARN = re.compile(rf"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:({ACCOUNT}):\S+")
_ASSUMED = re.compile(rf"arn:aws:sts::({ACCOUNT}):assumed-role/([^/]+)/.+")
_ECR = re.compile(rf"({ACCOUNT})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(/.*)?")


def zone_letters(region: str) -> str:
    """The letters of the availability zones that a region offers to an account, in the order in which they are used."""
    return _ZONE_LETTERS.get(region, "abc")


def _account(value: object) -> object:
    """The reader of YAML takes unquoted digits for a number, and a leading 0 for an octal one: 12 digits become others."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise refuse(f"{shown(value)} stands without quotes and so was read as a number", "write the 12 digits again, in quotes")
    if isinstance(value, str) and not re.fullmatch(ACCOUNT, value):
        bare = re.sub(r"[\s-]", "", value)
        fix = f"write it as '{bare}'" if re.fullmatch(ACCOUNT, bare) else "write its 12 digits, in quotes"
        raise refuse(f"{shown(value)} is not an AWS account number", fix)
    return value


def _arn(expression: str, name: str, example: str) -> Callable[[str], str]:
    compiled = re.compile(expression)

    def check(value: str) -> str:
        if compiled.fullmatch(value):
            return value
        assumed = _ASSUMED.fullmatch(value)
        if assumed and "role" in expression:
            fix = f"write the role itself: arn:aws:iam::{assumed[1]}:role/{assumed[2]}"
            raise refuse(f"{shown(value)} is a session of a role", fix)
        raise refuse(f"{shown(value)} is not the ARN of {name}", f"write it like {example}")

    return check


_PRINCIPAL = rf"arn:aws:iam::{ACCOUNT}:(role|user)/[A-Za-z0-9_+=,.@/-]+"
_BOUNDARY = rf"arn:aws:iam::({ACCOUNT}|aws):policy/[A-Za-z0-9_+=,.@/-]+"
_VAULT = rf"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:[a-zA-Z0-9_-]{{2,50}}"
_REGION_FIX = "one like eu-central-1"

Account = Annotated[
    StrictStr,
    BeforeValidator(_account),
    Kind("12 digits, in quotes", matching(ACCOUNT, "an AWS account number", "its 12 digits"), ACCOUNT),
]
Region = Annotated[
    StrictStr,
    Kind("a region, like eu-central-1", matching(REGION, "a region of AWS's commercial partition", _REGION_FIX), REGION),
]
Principal = Annotated[
    StrictStr,
    Kind(
        "the ARN of a role or user",
        _arn(_PRINCIPAL, "a role or user", "arn:aws:iam::111122223333:role/administrators"),
        "arn:aws:iam::.+",
    ),
]
Boundary = Annotated[
    StrictStr,
    Kind("the ARN of a policy", _arn(_BOUNDARY, "a policy", "arn:aws:iam::111122223333:policy/boundary"), "arn:aws:iam::.+"),
]
VaultArn = Annotated[
    StrictStr,
    Kind(
        "the ARN of a backup vault",
        _arn(_VAULT, "a backup vault", "arn:aws:backup:eu-north-1:111122223333:backup-vault:copies"),
        "arn:aws:backup:.+",
    ),
]


def account_of(arn: str) -> str | None:
    """The account number in an ARN of any partition; None for anything else."""
    found = _ANY_ARN.fullmatch(arn.strip())
    return found[1] if found else None


def registry_of(mirror: str) -> tuple[str, str] | None:
    """Account and region of a private ECR registry; None for any other registry."""
    found = _ECR.fullmatch(mirror)
    return (found[1], found[2]) if found else None
