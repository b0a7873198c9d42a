"""Every version this project pins and what fits together. Facts: the projects' release pages, 2026-11."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Triple = tuple[int, int, int]


def triple(version: str) -> Triple:
    """'12.1' or '12.1.0' as (12, 1, 0). ValueError for anything else."""
    parts = [int(part) for part in version.split(".")]
    if not 1 <= len(parts) <= 3:
        raise ValueError(f"{version!r} is not a version")
    major, minor, patch = [*parts, 0, 0][:3]
    return major, minor, patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Mattermost release line: until when it gets fixes and the oldest PostgreSQL it runs on."""

    line: str
    newest: str
    ends: date
    esr: bool
    postgres_floor: int
    native_blob_store: bool


# Mattermost release pages, 2026-11; v12 needs PostgreSQL 15 (mattermost#37285); the native blob driver from 11.9 (PR #36498).
SERVERS = (
    Server(line="11.7", newest="11.7.15", ends=date(2027, 5, 15), esr=True, postgres_floor=14, native_blob_store=False),
    Server(line="11.11", newest="11.11.0", ends=date(2026, 12, 15), esr=False, postgres_floor=14, native_blob_store=True),
    Server(line="12.0", newest="12.0.2", ends=date(2027, 1, 15), esr=False, postgres_floor=15, native_blob_store=True),
    Server(line="12.1", newest="12.1.0", ends=date(2027, 2, 15), esr=False, postgres_floor=15, native_blob_store=True),
)

# Migration fault in these from 10.11.17 on.
REFUSED_SERVERS = ("11.7.0", "11.7.1", "11.7.2")

# PostgreSQL majors with their community end of life (postgresql.org/support/versioning).
POSTGRES = {15: date(2027, 11, 11), 16: date(2028, 11, 9), 17: date(2029, 11, 8), 18: date(2030, 11, 14)}

# Kubernetes minors that EKS and AKS both still serve in 2026-11, with the earlier of their two ends.
KUBERNETES = {"1.35": date(2027, 3, 27), "1.36": date(2027, 6, 30)}

# From this operator on, database.readinessCheck exists and v12 installations are supported (mattermost-operator releases).
OPERATOR_FLOOR: Triple = (1, 25, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A Helm chart pinned by version; `repository` is an https or oci address."""

    name: str
    version: str
    repository: str


CHARTS = {
    "cert-manager": Chart(name="cert-manager", version="v1.21.3", repository="oci://quay.io/jetstack/charts"),
    "mattermost-operator": Chart(name="mattermost-operator", version="1.0.5", repository="https://helm.mattermost.com"),
    "nginx-ingress": Chart(name="nginx-ingress", version="2.7.1", repository="oci://ghcr.io/nginx/charts"),
    "velero": Chart(name="velero", version="12.1.0", repository="https://vmware-tanzu.github.io/helm-charts"),
    "kube-prometheus-stack": Chart(
        name="kube-prometheus-stack", version="88.5.3", repository="oci://ghcr.io/prometheus-community/charts"
    ),
    # The newest chart still names 1.35.0; the image below follows the cluster (kubernetes/autoscaler#9866).
    "cluster-autoscaler": Chart(
        name="cluster-autoscaler", version="9.59.0", repository="https://kubernetes.github.io/autoscaler"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A container image by its public home and tag. Digests come from the stack file (`images.digests`)."""

    registry: str
    repository: str
    tag: str


IMAGES = {
    "mattermost": Image(registry="docker.io", repository="mattermost/mattermost-enterprise-edition", tag="12.1.0"),
    "mattermost-operator": Image(registry="docker.io", repository="mattermost/mattermost-operator", tag="v1.25.9"),
    "nginx-ingress": Image(registry="docker.io", repository="nginx/nginx-ingress", tag="5.6.1"),
    "cert-manager-controller": Image(registry="quay.io", repository="jetstack/cert-manager-controller", tag="v1.21.3"),
    "cert-manager-webhook": Image(registry="quay.io", repository="jetstack/cert-manager-webhook", tag="v1.21.3"),
    "cert-manager-cainjector": Image(registry="quay.io", repository="jetstack/cert-manager-cainjector", tag="v1.21.3"),
    # Named to the controller, which starts it for ACME challenges alone: never here.
    "cert-manager-acmesolver": Image(registry="quay.io", repository="jetstack/cert-manager-acmesolver", tag="v1.21.3"),
    "cert-manager-startupapicheck": Image(registry="quay.io", repository="jetstack/cert-manager-startupapicheck", tag="v1.21.3"),
    "prometheus-operator": Image(registry="quay.io", repository="prometheus-operator/prometheus-operator", tag="v0.93.1"),
    "prometheus-config-reloader": Image(
        registry="quay.io", repository="prometheus-operator/prometheus-config-reloader", tag="v0.93.1"
    ),
    # Named to the Prometheus operator, which starts it where long-term storage is asked for: never here.
    "thanos": Image(registry="quay.io", repository="thanos/thanos", tag="v0.42.4"),
    "prometheus": Image(registry="quay.io", repository="prometheus/prometheus", tag="v3.14.0-distroless"),
    "alertmanager": Image(registry="quay.io", repository="prometheus/alertmanager", tag="v0.34.0"),
    "kube-state-metrics": Image(registry="registry.k8s.io", repository="kube-state-metrics/kube-state-metrics", tag="v2.20.0"),
    "grafana": Image(registry="docker.io", repository="grafana/grafana", tag="13.2.0"),
    "velero": Image(registry="docker.io", repository="velero/velero", tag="v1.18.3"),
    "velero-plugin-for-aws": Image(registry="docker.io", repository="velero/velero-plugin-for-aws", tag="v1.14.3"),
    "velero-plugin-for-microsoft-azure": Image(
        registry="docker.io", repository="velero/velero-plugin-for-microsoft-azure", tag="v1.14.0"
    ),
    "cluster-autoscaler": Image(registry="registry.k8s.io", repository="autoscaling/cluster-autoscaler", tag="v1.36.1"),
    "kubectl": Image(registry="registry.k8s.io", repository="kubectl", tag="v1.36.3"),
    "postgres": Image(registry="docker.io", repository="library/postgres", tag="17.9"),
    "rclone": Image(registry="docker.io", repository="rclone/rclone", tag="1.75.2"),
    "aws-cli": Image(registry="public.ecr.aws", repository="aws-cli/aws-cli", tag="2.37.1"),
    "python": Image(registry="docker.io", repository="library/python", tag="3.13.14-slim-trixie"),
}

# The operator's custom resource definitions at the operator's own tag: the chart's are older, and Helm never upgrades them.
OPERATOR_CRDS = (
    "https://raw.githubusercontent.com/mattermost/mattermost-operator/{tag}/"
    "config/crd/bases/installation.mattermost.com_mattermosts.yaml"
)
