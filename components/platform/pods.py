"""What pods of several parts have in common: labels that open a flow, security contexts, the local administration socket.

A pod says by a label what it must reach; `network_policies` lets exactly those pods out. Without a label: DNS only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from components.labels import Labels, kubernetes_labels

Reach = Literal["kubernetes", "database", "https", "mattermost"]
"""kubernetes: its API. database: 5432. https: object store, identity provider and token service. mattermost: 8065."""


def reaches(*targets: Reach) -> dict[str, str]:
    """Pod labels that let a pod out to `targets` (flows.py has the table)."""
    return {f"oob.example/reaches-{target}": "true" for target in targets}


def object_labels(labels: Labels, component: str) -> dict[str, str]:
    """Labels for objects of a part: the common set with `component` in it."""
    return kubernetes_labels(labels, component)


# Pod Security level `restricted`, https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted (PREP-65).
CONTAINER_SECURITY: dict[str, object] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def pod_security(user: int, group: int | None = None) -> dict[str, object]:
    """The security context of a pod that runs as `user` and may write to its volumes as `group`."""
    group = user if group is None else group
    return {
        "fsGroup": group,
        "fsGroupChangePolicy": "OnRootMismatch",
        "runAsGroup": group,
        "runAsNonRoot": True,
        "runAsUser": user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def spreading(labels: Mapping[str, str]) -> list[dict[str, object]]:
    """Over zones, then over nodes; a lost zone must not keep the rest from starting (OOB-59, OOB-129)."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def apart(labels: Mapping[str, str]) -> dict[str, object]:
    """Never two on one node while another node is free."""
    term = {"labelSelector": {"matchLabels": dict(labels)}, "topologyKey": "kubernetes.io/hostname"}
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]}}


MATTERMOST_USER = 2000  # user and group of the image (AWS-65)

# The server's own administration socket, shared inside the pod only: mmctl --local of the accounts sidecar (OOB-28, AWS-74).
LOCAL_SOCKET_VOLUME = "local-socket"
LOCAL_SOCKET_FOLDER = "/var/tmp"  # noqa: S108 where mmctl looks by itself; an emptyDir of this pod alone
LOCAL_SOCKET = f"{LOCAL_SOCKET_FOLDER}/mattermost_local.socket"
