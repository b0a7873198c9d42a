"""Namespaces: one per concern, Pod Security level `restricted` in each, quota, limits, no token by default (OOB-100, OOB-123).

Every pod of this project runs under `restricted`. Velero's node agent and the node exporter could not; both stay off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import Entry, Environment, InternalAddress
from components.labels import kubernetes_labels
from components.options import child
from components.platform import names
from components.platform.flows import NAMESPACES
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.sizes import SIZES
from components.sections import Size

MOST_REPLICAS = 6  # the setting's own limit
_QUANTITY = re.compile(r"^(\d+)(m|Ki|Mi|Gi)?$")

Level = Literal["restricted", "baseline", "privileged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a namespace may hold: pods, and the memory that they may ask for together; a way in only for the ingress."""

    pods: int
    memory: str
    node_ports: int = 0
    load_balancers: int = 0


def times(quantity: str, factor: int) -> str:
    """A Kubernetes quantity multiplied: 250m by 8 is 2000m. ValueError for a form that this project does not write."""
    found = _QUANTITY.match(quantity)
    if found is None:
        raise ValueError(f"{quantity!r} is not a quantity like 250m or 2Gi")
    return f"{int(found[1]) * factor}{found[2] or ''}"


def rooms(size: Size, entry: Entry) -> dict[str, Room]:
    """Every namespace with its room. The application's covers all servers, one more while rolling, and the upgrade job."""
    sizing = SIZES[size]
    ingress_pods = 2 * sizing.ingress_replicas + 1
    return {
        names.MATTERMOST_NAMESPACE: Room(pods=16, memory=times(sizing.mattermost.memory, MOST_REPLICAS + 3)),
        names.OPERATOR_NAMESPACE: Room(pods=4, memory="2Gi"),
        names.INGRESS_NAMESPACE: Room(
            pods=ingress_pods,
            memory=times(sizing.ingress.memory, ingress_pods),
            node_ports=1,
            load_balancers=1 if isinstance(entry, InternalAddress) else 0,
        ),
        names.CERTIFICATES_NAMESPACE: Room(pods=12, memory="4Gi"),
        names.VELERO_NAMESPACE: Room(pods=12, memory="6Gi"),
        names.BACKUP_NAMESPACE: Room(pods=30, memory="8Gi"),
        names.MONITORING_NAMESPACE: Room(pods=12, memory="8Gi"),
    }


def namespace_labels(environment: Environment, level: Level = "restricted") -> dict[str, str]:
    """The common labels and the Pod Security level, at the rules of the cluster's own version so that none changes unseen."""
    version = f"v{environment.kubernetes_version}"
    modes = {
        f"pod-security.kubernetes.io/{mode}{part}": value
        for mode in ("enforce", "audit", "warn")
        for part, value in (("", level), ("-version", version))
    }
    return kubernetes_labels(environment.labels) | modes


def quota(room: Room) -> Manifest:
    """No volume claim, and a LoadBalancer service only where the edge needs that one: nothing else is made outside (OOB-05)."""
    return {
        "hard": {
            "pods": str(room.pods),
            "requests.memory": room.memory,
            "services.loadbalancers": str(room.load_balancers),
            "services.nodeports": str(room.node_ports),
            "persistentvolumeclaims": "0",
        }
    }


def limits() -> Manifest:
    """What a container gets that asks for nothing: some charts leave containers without."""
    return {
        "limits": [
            {
                "type": "Container",
                "default": {"memory": "512Mi"},
                "defaultRequest": {"cpu": "20m", "memory": "64Mi"},
            }
        ]
    }


class Namespaces(ComponentResource):
    """`made` are the namespaces by name; `ready` what must exist before the first pod of any."""

    def __init__(self, name: str, inputs: PlatformInputs, parent: Resource, *, depends_on: Sequence[Resource] = ()) -> None:
        super().__init__("oob:platform:Namespaces", name, None, child(parent, depends_on=depends_on))
        common = kubernetes_labels(inputs.environment.labels)
        self.made: dict[str, Resource] = {}
        self.ready: list[Resource] = []
        room = rooms(inputs.environment.size, inputs.cluster.ingress)
        for namespace in NAMESPACES:
            made = kubernetes.core.v1.Namespace(
                f"{name}-{namespace}",
                metadata={"name": namespace, "labels": namespace_labels(inputs.environment)},
                opts=child(self),
            )
            inside = child(self, depends_on=[made])
            self.made[namespace] = made
            self.ready += [
                kubernetes.core.v1.ResourceQuota(
                    f"{name}-{namespace}-quota",
                    metadata={"name": "quota", "namespace": namespace, "labels": common},
                    spec=quota(room[namespace]),
                    opts=inside,
                ),
                kubernetes.core.v1.LimitRange(
                    f"{name}-{namespace}-limits",
                    metadata={"name": "defaults", "namespace": namespace, "labels": common},
                    spec=limits(),
                    opts=inside,
                ),
                # Kubernetes makes this account itself, so it can only be patched (OOB-123).
                kubernetes.core.v1.ServiceAccountPatch(
                    f"{name}-{namespace}-default-account",
                    metadata={"name": "default", "namespace": namespace},
                    automount_service_account_token=False,
                    opts=inside,
                ),
            ]
        self.register_outputs({})
