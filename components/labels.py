"""One label set for everything, checked against the narrowest dialect (Kubernetes label values)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What every resource says of itself (OOB-120 tier, AWS-11 management and billing, ADR 0013 drill id)."""

    stack: str
    organisation: str
    mode: str
    drill_id: str | None = None
    expires_at: str | None = None

    def pairs(self) -> dict[str, str]:
        """Neutral keys and values. ValueError naming the value that Kubernetes would refuse."""
        pairs = {
            "project": "oob",
            "stack": self.stack,
            "organisation": self.organisation,
            "mode": self.mode,
            "tier": "0",
            "managed-by": "pulumi",
        }
        if self.drill_id is not None:
            pairs["drill-id"] = self.drill_id
        if self.expires_at is not None:
            pairs["expires-at"] = self.expires_at
        for key, value in pairs.items():
            if not VALUE.fullmatch(value):
                raise ValueError(f"label {key}: {value!r} is not a legal label value (63 characters, letters, digits, . _ -)")
        return pairs


def cloud_tags(labels: Labels, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Tags for a cloud's resources, in the form `oob:key`; `drillId` and `expiresAt` stand alone for the sweeper.

    `extra` are somebody's own tags; none of them can take the place of one of these.
    """
    tags = dict(extra or {}) | {f"oob:{key}": value for key, value in labels.pairs().items()}
    if labels.drill_id is not None:
        tags["drillId"] = labels.drill_id
    if labels.expires_at is not None:
        tags["expiresAt"] = labels.expires_at
    return tags


def kubernetes_labels(labels: Labels, component: str | None = None) -> dict[str, str]:
    """Labels for objects in the cluster, under `oob.example/`, with the usual app.kubernetes.io pair in front."""
    found = {"app.kubernetes.io/part-of": "oob", "app.kubernetes.io/managed-by": "pulumi"}
    if component is not None:
        found["app.kubernetes.io/component"] = component
    return found | {f"oob.example/{key}": value for key, value in labels.pairs().items() if key != "managed-by"}
