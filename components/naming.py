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


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
S3_BUCKET = Kind(longest=63)
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
LOAD_BALANCER = Kind(longest=32)
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
KUBERNETES_LABEL = Kind(longest=63)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
IAM_ROLE = Kind(longest=64)


def environment(stack_name: str, drill_id: str | None) -> str:
    """The physical prefix of a stack, unique per account: drills start with drill- (drills.md S7)."""
    return f"drill-{drill_id}" if drill_id is not None else f"oob-{stack_name}"


def physical(kind: Kind, *parts: str) -> str:
    """A legal name for `parts`: readable at the front, distinct at the end. ValueError if nothing legal is left."""
    digest = sha256("\0".join(parts).encode()).hexdigest()[:DIGEST_LENGTH]
    human = re.sub(f"[^{kind.legal}]", "", kind.joint.join(parts).lower())
    if kind.joint:
        human = human[: kind.longest - len(kind.joint) - len(digest)].strip(kind.joint)
    else:
        human = human[: kind.longest - len(digest)]
    if not human:
        raise ValueError(f"no legal character in {parts!r} for {kind}")
    return f"{human}{kind.joint}{digest}"
