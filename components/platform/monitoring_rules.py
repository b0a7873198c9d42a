"""What Prometheus watches inside the cluster and what counts as a fault: plain rows (PREP-100, PREP-101, AWS-71, TLS-36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.platform import names
from components.platform.flows import MATTERMOST_PODS
from components.platform.jobs import Manifest

WATCHDOG = "Watchdog"  # what kube-prometheus calls the alert that always fires
VELERO_PODS = {"app.kubernetes.io/name": "velero"}
CERTIFICATE_PODS = {"app.kubernetes.io/name": "cert-manager"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A rule: `expression` is true for `minutes` before it counts. `hint` says what to do."""

    name: str
    expression: str
    minutes: int
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Pods whose named port Prometheus reads; `ports` are names in the container, never 8065 (C-12)."""

    name: str
    namespace: str
    labels: dict[str, str]
    port: str


TARGETS = (
    Target(name="mattermost", namespace=names.MATTERMOST_NAMESPACE, labels=MATTERMOST_PODS, port="metrics"),
    Target(
        name="mattermost-operator",
        namespace=names.OPERATOR_NAMESPACE,
        labels={"app.kubernetes.io/name": "mattermost-operator"},
        port="metrics",
    ),
    Target(
        name="ingress",
        namespace=names.INGRESS_NAMESPACE,
        labels={"app.kubernetes.io/name": "nginx-ingress"},
        port="prometheus",
    ),
    Target(name="velero", namespace=names.VELERO_NAMESPACE, labels=VELERO_PODS, port="http-monitoring"),
    Target(name="certificates", namespace=names.CERTIFICATES_NAMESPACE, labels=CERTIFICATE_PODS, port="http-metrics"),
)


def faults(replicas: int, backup_minutes: int) -> tuple[Fault, ...]:
    """Faults of one environment. With no server wanted, no server is missed."""
    mattermost = names.MATTERMOST_NAMESPACE
    ours = f'namespace=~"{mattermost}|{names.INGRESS_NAMESPACE}|{names.VELERO_NAMESPACE}|{names.BACKUP_NAMESPACE}"'
    servers = (
        Fault(
            name="ServersMissing",
            expression=f'kube_deployment_status_replicas_available{{namespace="{mattermost}",'
            f'deployment="{names.MATTERMOST}"}} < {replicas}',
            minutes=5,
            hint="Fewer servers are ready than wanted: look at the pods and at their events.",
        ),
        Fault(
            name="ServersUnreachable",
            expression=f'absent(up{{namespace="{mattermost}",container="mattermost"}} == 1)',
            minutes=5,
            hint="No server gives metrics on port 8067.",
        ),
    )
    always = (
        Fault(
            name="ContainersRestarting",
            expression=f"increase(kube_pod_container_status_restarts_total{{{ours}}}[30m]) > 3",
            minutes=5,
            hint="A container starts again and again: read the end of its last log.",
        ),
        Fault(
            name="ClusterUnwell",
            expression="max(mattermost_cluster_cluster_health_score) > 4",
            minutes=10,
            hint="Servers lose each other's gossip on port 8074: look at High Availability in the System Console.",
        ),
        Fault(
            name="SignInsFailing",
            expression="sum(rate(mattermost_login_logins_fail_total[5m])) > 1",
            minutes=5,
            hint="Many sign-ins fail: an attack, or the identity provider is down and people try the wrong way in.",
        ),
        Fault(
            name="CertificateEnding",
            expression="certmanager_certificate_expiration_timestamp_seconds - time() < 30 * 24 * 3600",
            minutes=60,
            hint="A certificate inside the cluster was not renewed 120 days early: look at the Certificate and its issuer.",
        ),
        Fault(
            name="KubernetesBackupOld",
            expression=f"time() - max(velero_backup_last_successful_timestamp) > {2 * backup_minutes * 60}",
            minutes=5,
            hint="The newest Kubernetes backup is older than two intervals: velero backup get.",
        ),
        Fault(
            name="LicenceEnding",
            expression=f'kube_job_failed{{namespace="{names.BACKUP_NAMESPACE}",job_name=~"licence-.+",condition="true"}} == 1',
            minutes=5,
            hint="The licence ends within 30 days, or none is active: read the log of the job licence. Upload the new one in the "
            "System Console, set oob:licence to it, and delete the failed Job.",
        ),
        Fault(
            name="JobFailed",
            expression=f'kube_job_status_failed{{{ours},job_name!~"licence-.+"}} > 0',
            minutes=15,
            hint="A scheduled job failed: read its log, then delete the Job.",
        ),
    )
    return (*servers, *always) if replicas else always


def rule_groups(found: Sequence[Fault]) -> Manifest:
    """As a PrometheusRule wants it. The last rule is true for ever: when it is no longer heard, no other would be either."""
    rules: list[Manifest] = [
        {
            "alert": fault.name,
            "expr": fault.expression,
            "for": f"{fault.minutes}m",
            "labels": {"severity": "fault"},
            "annotations": {"summary": fault.hint},
        }
        for fault in found
    ]
    watchdog: Manifest = {
        "alert": WATCHDOG,
        "expr": "vector(1)",
        "labels": {"severity": "none"},
        "annotations": {"summary": "Alerts find their way out of the cluster; nothing is wrong."},
    }
    return [{"name": "oob", "rules": [*rules, watchdog]}]


def pod_monitors() -> list[Manifest]:
    """As the chart's list of further PodMonitors wants it."""
    return [
        {
            "name": target.name,
            "namespaceSelector": {"matchNames": [target.namespace]},
            "selector": {"matchLabels": target.labels},
            "podMetricsEndpoints": [{"port": target.port, "path": "/metrics", "interval": "30s"}],
        }
        for target in TARGETS
    ]
