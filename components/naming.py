"""Physical names where something outside must know them; everything else is left to autonaming."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

DIGEST_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """What a service accepts as a name. `legal` is a regular-expression character class in lower case."""

    longest: int
    legal: str = "a-z0-9-"
    joint: str = "-"


# General-purpose buckets: "bucket naming rules" in the S3 user guide
S3_BUCKET = Kind(longest=63)
# "IAM and STS quotas" in the IAM user guide
IAM_ROLE = Kind(longest=64)
# CreateLogGroup in the CloudWatch Logs API reference; room is left for a path in front
LOG_GROUP = Kind(longest=400)


def environment(stack_name: str, drill_id: str | None) -> str:
    """The physical prefix of a stack, unique per account: drills start with drill- (ADR 0013)."""
    return f"drill-{drill_id}" if drill_id is not None else f"oob-{stack_name}"


def physical(kind: Kind, *parts: str) -> str:
    """A legal name for `parts`: readable at the front, distinct at the end. ValueError if nothing legal is left."""
    digest = sha256("\0".join(parts).encode()).hexdigest()[:DIGEST_LENGTH]
    human = re.sub(f"[^{kind.legal}]", "", kind.joint.join(parts).lower())
    if kind.joint:
        human = re.sub(f"{re.escape(kind.joint)}+", kind.joint, human)  # several services refuse two in a row
        human = human[: kind.longest - len(kind.joint) - len(digest)].strip(kind.joint)
    else:
        human = human[: kind.longest - len(digest)]
    if not human:
        raise ValueError(f"no legal character in {parts!r} for {kind}")
    return f"{human}{kind.joint}{digest}"
