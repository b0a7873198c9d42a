"""What every role knows of the whole, and the numbers that several of them share."""

from __future__ import annotations

from dataclasses import dataclass

from components.labels import Labels
from components.sections import Mode, Posture, Size

PING_PATH = "/api/v4/system/ping"
DUMP_NAME = "%Y%m%dT%H%M%SZ"  # what dumps are called, by the second in which they began, in UTC
INGRESS_NODE_PORT = 30443  # fixed, inside Kubernetes' default node-port range 30000-32767
FLOW_LOG_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What every role knows of the whole. `name` is the physical prefix, unique per stack; drills start with drill-.

    `source` is in a drill the name of the environment that is restored, and None otherwise.
    """

    name: str
    labels: Labels
    size: Size
    posture: Posture
    mode: Mode
    disposable: bool
    kubernetes_version: str
    postgres_version: str
    source: str | None = None
