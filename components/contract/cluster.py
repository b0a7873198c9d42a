"""The Kubernetes cluster, the rights of its pods, and the way in for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pulumi import Input, Output, Resource

from components.contract.environment import INGRESS_NODE_PORT
from components.sections import Size
from components.versions import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSpec:
    kubernetes_version: str
    size: Size
    log_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePort:
    """The edge reaches the ingress controller on one fixed port of every node."""

    port: int = INGRESS_NODE_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalAddress:
    """The edge reaches the ingress controller at one fixed private address, which a Service of type LoadBalancer holds.

    `annotations` make the cloud's controller give that Service this address, inside the network and nowhere else.
    """

    address: str
    annotations: Mapping[str, str]


Entry: TypeAlias = NodePort | InternalAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class PodPeer:
    """Pods of the cluster itself, by namespace and labels."""

    namespace: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NativePolicy:
    """A network policy in the dialect of this cluster's data plane, for what the standard one cannot say there."""

    name: str
    namespace: str
    api_version: str
    kind: str
    spec: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelmAddon:
    """A chart that this cloud needs in every cluster (a node autoscaler); installed by the platform without asking why."""

    name: str
    chart: Chart
    namespace: str
    values: Mapping[str, Input[object]]
    image: str | None = None  # a name in versions.IMAGES, to be given as the values image.repository and image.tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOutputs:
    """A cluster whose API answers at `kubeconfig`. `identifier` is a plain string that never changes: another one
    would mean another cluster, and replace everything in it.

    `ready` is what objects in the cluster need before they can run and until they are gone: nodes, network, name service.
    It is apart from `kubeconfig`, so that a new node does not make the kubeconfig unknown.
    `webhook_callers` are the pods through which the Kubernetes API calls into the cluster, where it does not call from the
    application's addresses itself. `native_policies` open what a standard network policy cannot name there, like the nodes.
    """

    kubeconfig: Output[str]
    identifier: str
    service_cidr: str
    ingress: Entry
    webhook_callers: tuple[PodPeer, ...] = ()
    native_policies: tuple[NativePolicy, ...] = ()
    ready: tuple[Resource, ...] = ()
    addons: tuple[HelmAddon, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    namespace: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsSpec:
    """The service accounts that need rights outside the cluster."""

    mattermost: ServiceAccount
    velero: ServiceAccount
    transfer: ServiceAccount  # dumps, exports, heartbeat attachments: writes below its prefixes only
    bootstrap: ServiceAccount  # reads the database administrator's credential, nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadIdentity:
    """What makes a pod carry a cloud identity: annotations of its service account, labels of the pod."""

    annotations: Mapping[str, Input[str]] = field(default_factory=dict[str, Input[str]])
    pod_labels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsOutputs:
    mattermost: WorkloadIdentity
    velero: WorkloadIdentity
    transfer: WorkloadIdentity
    bootstrap: WorkloadIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class BastionOutputs:
    """`ready` is what the Kubernetes provider waits for; `command` is what a person types."""

    ready: Resource
    command: Output[str]
