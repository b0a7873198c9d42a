"""Every connection that the cluster's own pods may make, as a table. What is not in it is refused (OOB-20, OOB-101, TLS-32).

Rows are plain values; `network_policies` turns each into one NetworkPolicy. Selectors are labels, so the number of
servers may change without an edit (TLS-26). The platform's pods say by label what they must reach (pods.reaches).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Literal
from urllib.parse import urlsplit

from components.contract import ClusterOutputs, NetworkOutputs
from components.platform import names
from components.platform.pods import Reach, reaches
from components.settings import Stack

Direction = Literal["Ingress", "Egress"]
Protocol = Literal["TCP", "UDP"]

HTTPS = 443
API_PORTS = (443, 6443)
WEBHOOK_PORT = 10250  # of cert-manager, called by the API server
KUBELET_PORT = 10250
NGINX_METRICS = 9113
CERTIFICATE_METRICS = 9402
OPERATOR_METRICS = 8383
VELERO_METRICS = 8085

METADATA = "169.254.0.0/16"  # link-local: cloud metadata 169.254.169.254 and pod identity agents
# Never through a rule that means the internet: private, shared, loopback and this-network ranges.
NOT_PUBLIC = ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", METADATA, "172.16.0.0/12", "192.168.0.0/16")

MATTERMOST_PODS = {"app": "mattermost"}  # the operator's labels
UPDATE_PODS = {"app": names.UPDATE_JOB}
INGRESS_PODS = {"app.kubernetes.io/name": "nginx-ingress"}
PROMETHEUS_PODS = {"app.kubernetes.io/name": "prometheus"}
DNS_PODS = {"k8s-app": "kube-dns"}

NAMESPACES = (
    names.MATTERMOST_NAMESPACE,
    names.OPERATOR_NAMESPACE,
    names.INGRESS_NAMESPACE,
    names.CERTIFICATES_NAMESPACE,
    names.VELERO_NAMESPACE,
    names.BACKUP_NAMESPACE,
    names.MONITORING_NAMESPACE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    number: int
    protocol: Protocol = "TCP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pods:
    """Pods with `labels` (all if empty) in a namespace."""

    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """A range without its exceptions."""

    cidr: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One row. `pods` selects whom it opens (all of the namespace if empty); `ports` empty means every port."""

    name: str
    namespace: str
    pods: Mapping[str, str]
    direction: Direction
    peers: tuple[Pods | Addresses, ...]
    ports: tuple[Port, ...]
    requirement: str


def public(stack: Stack) -> Addresses:
    """The internet, less every private range and whatever belongs to the primary (OOB-01, OOB-05, AIR-01)."""
    primary = (str(network) for network in stack.primary.cidrs if isinstance(network, IPv4Network))
    return Addresses(cidr="0.0.0.0/0", without=tuple(dict.fromkeys((*NOT_PUBLIC, *primary))))


def issuer_port(stack: Stack) -> int:
    """The port of the identity provider that was given by address; a provider of the cloud answers on 443."""
    given = urlsplit(stack.identity.oidc.issuer).port if stack.identity.oidc else None
    return given or HTTPS


def ranges(cidrs: Sequence[str]) -> tuple[Addresses, ...]:
    """Address peers of whole ranges."""
    return tuple(Addresses(cidr=cidr) for cidr in cidrs)


def table(stack: Stack, network: NetworkOutputs, cluster: ClusterOutputs) -> tuple[Flow, ...]:
    """All rows. A drill has no way to mail, and public addresses only for what answers nowhere else (ADR 0013).

    A row without a peer is left out: in a NetworkPolicy, nobody listed means everybody.
    """
    rows = (
        *_names(),
        *_entry(network),
        *_application(stack, network),
        *_by_label(stack, network, cluster),
        *_interface_of_kubernetes(network, cluster),
        *_observation(network),
    )
    return tuple(row for row in rows if row.peers)


def _flow(
    name: str,
    namespace: str,
    pods: Mapping[str, str],
    direction: Direction,
    peers: Sequence[Pods | Addresses],
    ports: Sequence[int | Port],
    requirement: str,
) -> Flow:
    return Flow(
        name=name,
        namespace=namespace,
        pods=pods,
        direction=direction,
        peers=tuple(peers),
        ports=tuple(port if isinstance(port, Port) else Port(number=port) for port in ports),
        requirement=requirement,
    )


def _names() -> Iterator[Flow]:
    """Name resolution, for every pod."""
    for namespace in NAMESPACES:
        yield _flow(
            "names",
            namespace,
            {},
            "Egress",
            [Pods(namespace="kube-system", labels=DNS_PODS)],
            [Port(number=53), Port(number=53, protocol="UDP")],
            "OOB-101",
        )


def _entry(network: NetworkOutputs) -> Iterator[Flow]:
    """From the edge to the ingress controller, and on to the servers; nobody else reaches 8065 (PREP-35, PREP-53, C-13)."""
    ingress = Pods(namespace=names.INGRESS_NAMESPACE, labels=INGRESS_PODS)
    servers = Pods(namespace=names.MATTERMOST_NAMESPACE, labels=MATTERMOST_PODS)
    yield _flow("edge", names.INGRESS_NAMESPACE, INGRESS_PODS, "Ingress", ranges(network.edge_cidrs), [HTTPS], "PREP-34 PREP-52")
    yield _flow("application", names.INGRESS_NAMESPACE, INGRESS_PODS, "Egress", [servers], [names.APP_PORT], "PREP-35 PREP-135")
    yield _flow("proxy", names.MATTERMOST_NAMESPACE, MATTERMOST_PODS, "Ingress", [ingress], [names.APP_PORT], "PREP-53 C-13")


def _application(stack: Stack, network: NetworkOutputs) -> Iterator[Flow]:
    """Server to server: gossip on 8074, both protocols; 8075 is gone from current servers (PREP-37, TLS-25, C-05).

    And the identity provider, which answers at a public address, where the rule for HTTPS does not include it.
    """
    servers = Pods(namespace=names.MATTERMOST_NAMESPACE, labels=MATTERMOST_PODS)
    gossip = (Port(number=names.GOSSIP_PORT), Port(number=names.GOSSIP_PORT, protocol="UDP"))
    directions: tuple[tuple[str, Direction], ...] = (("gossip-in", "Ingress"), ("gossip-out", "Egress"))
    for name, direction in directions:
        yield _flow(name, names.MATTERMOST_NAMESPACE, MATTERMOST_PODS, direction, [servers], gossip, "PREP-37 PREP-55 TLS-25")
    port = issuer_port(stack)
    if stack.identity.provider != "local" and (port != HTTPS or network.service_cidrs is not None):
        yield _flow("identity", names.MATTERMOST_NAMESPACE, MATTERMOST_PODS, "Egress", [public(stack)], [port], "OOB-26")
    if stack.smtp is not None and not stack.disposable:
        yield _flow("mail", names.MATTERMOST_NAMESPACE, MATTERMOST_PODS, "Egress", [public(stack)], [stack.smtp.port], "PREP-41")


def _by_label(stack: Stack, network: NetworkOutputs, cluster: ClusterOutputs) -> Iterator[Flow]:
    """What pods ask for by a label. `https` also means private endpoints: they lie beside the nodes."""
    database = ranges(network.database_cidrs)
    inside = network.service_cidrs
    https = ranges(inside) if inside is not None else (public(stack), *ranges(network.application_cidrs))
    servers = (Pods(namespace=names.MATTERMOST_NAMESPACE, labels=MATTERMOST_PODS),)
    wanted: tuple[tuple[str, Reach, Sequence[Pods | Addresses], tuple[int, ...], str], ...] = (
        (names.MATTERMOST_NAMESPACE, "database", database, (names.DATABASE_PORT,), "PREP-39 PREP-54"),
        (names.MATTERMOST_NAMESPACE, "https", https, (HTTPS,), "PREP-105 OOB-26"),
        (names.MATTERMOST_NAMESPACE, "mattermost", servers, (names.APP_PORT,), "AWS-75"),
        (names.BACKUP_NAMESPACE, "database", database, (names.DATABASE_PORT,), "OOB-49 OOB-52 PREP-54"),
        (names.BACKUP_NAMESPACE, "https", https, (HTTPS,), "OOB-56"),
        (names.BACKUP_NAMESPACE, "mattermost", servers, (names.APP_PORT,), "OOB-07"),
        (names.VELERO_NAMESPACE, "https", https, (HTTPS,), "OOB-51"),
    )
    for namespace, target, peers, ports, requirement in wanted:
        yield _flow(f"to-{target}", namespace, reaches(target), "Egress", peers, ports, requirement)
    for namespace in (names.MATTERMOST_NAMESPACE, names.BACKUP_NAMESPACE, names.VELERO_NAMESPACE):
        yield _flow("to-kubernetes", namespace, reaches("kubernetes"), "Egress", _api(network, cluster), API_PORTS, "OOB-66")
    for namespace in (names.MATTERMOST_NAMESPACE, names.BACKUP_NAMESPACE):
        yield _flow(
            f"from-{namespace}",
            names.MATTERMOST_NAMESPACE,
            MATTERMOST_PODS,
            "Ingress",
            [Pods(namespace=namespace, labels=reaches("mattermost"))],
            [names.APP_PORT],
            "OOB-07 AWS-74",
        )


def _api(network: NetworkOutputs, cluster: ClusterOutputs) -> tuple[Addresses, ...]:
    """The Kubernetes API as pods see it: its service address, or, after translation, its address beside the nodes."""
    return ranges(tuple(dict.fromkeys((cluster.service_cidr, *network.application_cidrs))))


def _interface_of_kubernetes(network: NetworkOutputs, cluster: ClusterOutputs) -> Iterator[Flow]:
    """Controllers talk to the Kubernetes API; the API calls cert-manager's webhook, itself or through pods of its own."""
    for namespace, pods in (
        (names.OPERATOR_NAMESPACE, {}),
        (names.CERTIFICATES_NAMESPACE, {}),
        (names.INGRESS_NAMESPACE, INGRESS_PODS),
        (names.MONITORING_NAMESPACE, {}),
    ):
        yield _flow("kubernetes", namespace, pods, "Egress", _api(network, cluster), API_PORTS, "OOB-42 OOB-38")
    yield _flow(
        "webhook",
        names.CERTIFICATES_NAMESPACE,
        {"app.kubernetes.io/component": "webhook"},
        "Ingress",
        [
            *ranges(network.application_cidrs),
            *(Pods(namespace=caller.namespace, labels=caller.labels) for caller in cluster.webhook_callers),
        ],
        [WEBHOOK_PORT],
        "PREP-145",
    )


def _observation(network: NetworkOutputs) -> Iterator[Flow]:
    """Prometheus scrapes each part on its own port: 8067 of the servers, never 8065 (PREP-38, C-12, AWS-88)."""
    prometheus = Pods(namespace=names.MONITORING_NAMESPACE, labels=PROMETHEUS_PODS)
    targets: tuple[tuple[str, Mapping[str, str], int], ...] = (
        (names.MATTERMOST_NAMESPACE, MATTERMOST_PODS, names.METRICS_PORT),
        (names.OPERATOR_NAMESPACE, {}, OPERATOR_METRICS),
        (names.INGRESS_NAMESPACE, INGRESS_PODS, NGINX_METRICS),
        (names.CERTIFICATES_NAMESPACE, {}, CERTIFICATE_METRICS),
        (names.VELERO_NAMESPACE, {}, VELERO_METRICS),
    )
    for namespace, pods, port in targets:
        yield _flow("metrics", namespace, pods, "Ingress", [prometheus], [port], "PREP-38 OOB-124")
        yield _flow(
            f"scrape-{namespace}",
            names.MONITORING_NAMESPACE,
            PROMETHEUS_PODS,
            "Egress",
            [Pods(namespace=namespace, labels=pods)],
            [port],
            "AWS-88",
        )
    yield _flow(
        "scrape-nodes",
        names.MONITORING_NAMESPACE,
        PROMETHEUS_PODS,
        "Egress",
        ranges(network.application_cidrs),
        [KUBELET_PORT],
        "OOB-124",
    )
    inside = [Pods(namespace=names.MONITORING_NAMESPACE)]
    yield _flow("inside-in", names.MONITORING_NAMESPACE, {}, "Ingress", inside, [], "AWS-91")
    yield _flow("inside-out", names.MONITORING_NAMESPACE, {}, "Egress", inside, [], "AWS-91")
