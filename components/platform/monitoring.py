"""Prometheus, Alertmanager and Grafana, reached through the bastion only (AWS-88, AWS-90 to AWS-92, OOB-124, AIR-32).

People are woken by the watch around the cluster, which goes on when the cluster is what failed. What only Prometheus can see
reaches it as a line in a log (`alert_log.py`), so there is one list of whom to tell. PostgreSQL's own numbers come from that
watch too: an exporter would need rights in the database (AWS-89). Metrics are kept for days, in the pod: what must last is in
logs and backups. The node exporter is off, because it needs the host; its numbers come from the kubelet.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.options import child
from components.platform import alert_log, names
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.monitoring_rules import faults, pod_monitors, rule_groups
from components.platform.pods import object_labels
from components.platform.releases import release
from components.platform.sizes import CONTROLLER, HELPER, PROMETHEUS, SIZES, Sizing, replicas

DASHBOARDS = Path(__file__).parent / "dashboards"
DASHBOARD_FOLDER = "/var/lib/grafana/dashboards/oob"
DASHBOARD_MAP = "dashboards"
GRAFANA_SECRET = "grafana"  # noqa: S105 a name
GRAFANA_USER = "admin"
STEM = "monitoring"  # of the objects' names
PROMETHEUS_ADDRESS = f"http://{STEM}-prometheus.{names.MONITORING_NAMESPACE}.svc:9090"


def dashboards() -> dict[str, str]:
    """The shipped dashboards by file name (AWS-92)."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(DASHBOARDS.glob("*.json"))}


def image(images: Images, name: str) -> dict[str, str]:
    """An image as this chart and its parts want it."""
    reference = images[name]
    sha = {"sha": reference.digest.removeprefix("sha256:")} if reference.digest else {}
    return {"registry": reference.registry, "repository": reference.repository, "tag": reference.tag} | sha


def prometheus(images: Images, sizing: Sizing) -> Manifest:
    """One Prometheus. It tells Alertmanager beside it, and has no way to send anything out."""
    return {
        "additionalPodMonitors": pod_monitors(),
        "prometheusSpec": {
            "image": image(images, "prometheus"),
            "replicas": 1,
            "retention": f"{sizing.metrics_days}d",
            "retentionSize": sizing.metrics_storage.replace("Gi", "GB"),
            "resources": PROMETHEUS.block(),
            "storageSpec": {"emptyDir": {"sizeLimit": _twice(sizing.metrics_storage)}},
            "walCompression": True,
        },
    }


def alertmanager(images: Images) -> Manifest:
    """One Alertmanager, which knows one receiver. What it forgets when its pod moves, Prometheus tells it again."""
    return {
        "enabled": True,
        "serviceAccount": {"create": True, "automountServiceAccountToken": False},
        "config": alert_log.routing(),
        "alertmanagerSpec": {
            "image": image(images, "alertmanager"),
            "replicas": 1,
            "automountServiceAccountToken": False,
            "resources": HELPER.block(),
        },
    }


def _twice(quantity: str) -> str:
    """Room for the write-ahead log beside the blocks, so that the bound on the blocks is met first."""
    return f"{2 * int(quantity.removesuffix('Gi'))}Gi"


def grafana(images: Images) -> Manifest:
    """Grafana with its data source and dashboards as files; it asks nobody outside, and no sidecar reads the cluster."""
    source: Manifest = {
        "name": "Prometheus",
        "uid": "prometheus",
        "type": "prometheus",
        "access": "proxy",
        "url": PROMETHEUS_ADDRESS,
        "isDefault": True,
        "editable": False,
    }
    provider: Manifest = {
        "name": "oob",
        "type": "file",
        "disableDeletion": True,
        "allowUiUpdates": False,
        "options": {"path": DASHBOARD_FOLDER},
    }
    return {
        "image": image(images, "grafana"),
        "admin": {"existingSecret": GRAFANA_SECRET, "userKey": "admin-user", "passwordKey": "admin-password"},
        "rbac": {"create": False},
        "serviceAccount": {"create": True, "automountServiceAccountToken": False, "autoMount": False},
        "automountServiceAccountToken": False,
        "testFramework": {"enabled": False},
        "initChownData": {"enabled": False},
        "defaultDashboardsEnabled": False,
        "sidecar": {"dashboards": {"enabled": False}, "datasources": {"enabled": False}},
        "datasources": {"datasources.yaml": {"apiVersion": 1, "datasources": [source]}},
        "dashboardProviders": {"dashboardproviders.yaml": {"apiVersion": 1, "providers": [provider]}},
        "dashboardsConfigMaps": {"oob": DASHBOARD_MAP},
        "resources": CONTROLLER.block(),
        "grafana.ini": {
            "analytics": {"check_for_updates": False, "check_for_plugin_updates": False, "reporting_enabled": False},
            "auth.anonymous": {"enabled": False},
            "news": {"news_feed_enabled": False},
            "plugins": {"plugin_admin_enabled": False, "preinstall_disabled": True},
            "security": {"disable_gravatar": True, "cookie_secure": False},
            "snapshots": {"external_enabled": False},
            "users": {"allow_sign_up": False},
        },
    }


def values(images: Images, sizing: Sizing, servers: int, backup_minutes: int) -> Manifest:
    """Chart values: what is used, and off what only a control plane of one's own would answer."""
    off = {"enabled": False}
    return {
        "fullnameOverride": STEM,
        "crds": {"enabled": True},
        "defaultRules": {"create": False},
        "additionalPrometheusRulesMap": {"oob": {"groups": rule_groups(faults(servers, backup_minutes))}},
        "alertmanager": alertmanager(images),
        "kubeApiServer": off,
        "kubeControllerManager": off,
        "coreDns": off,
        "kubeEtcd": off,
        "kubeScheduler": off,
        "kubeProxy": off,
        "nodeExporter": off,
        "kubelet": {"enabled": True},
        "kubeStateMetrics": {"enabled": True},
        "kube-state-metrics": {
            "image": image(images, "kube-state-metrics"),
            "resources": CONTROLLER.block(),
            # Nothing it needs lies in Secrets or ConfigMaps, so it may not read them.
            "collectors": [
                "cronjobs",
                "deployments",
                "jobs",
                "namespaces",
                "nodes",
                "poddisruptionbudgets",
                "pods",
                "replicasets",
                "resourcequotas",
                "statefulsets",
            ],
        },
        "prometheusOperator": {
            "image": image(images, "prometheus-operator"),
            "thanosImage": image(images, "thanos"),
            "admissionWebhooks": off,
            "tls": off,
            "resources": CONTROLLER.block(),
            "prometheusConfigReloader": {
                "image": image(images, "prometheus-config-reloader"),
                "resources": HELPER.block(),
            },
        },
        "prometheus": prometheus(images, sizing),
        "grafana": grafana(images),
    }


class Monitoring(ComponentResource):
    """`ready` is the running stack."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Monitoring", name, None, child(parent, depends_on=depends_on))
        labels = object_labels(inputs.environment.labels, "monitoring")
        secret = kubernetes.core.v1.Secret(
            f"{name}-grafana",
            type="Opaque",
            metadata={"name": GRAFANA_SECRET, "namespace": names.MONITORING_NAMESPACE, "labels": labels},
            string_data={"admin-user": GRAFANA_USER, "admin-password": inputs.credentials.grafana_password},
            opts=child(self),
        )
        shown = kubernetes.core.v1.ConfigMap(
            f"{name}-dashboards",
            metadata={"name": DASHBOARD_MAP, "namespace": names.MONITORING_NAMESPACE, "labels": labels},
            data=dashboards(),
            opts=child(self),
        )
        self.ready: Resource = release(
            f"{name}-release",
            "kube-prometheus-stack",
            names.MONITORING_NAMESPACE,
            values(
                images,
                SIZES[inputs.environment.size],
                replicas(inputs.environment, inputs.stack.mattermost),
                inputs.stack.backup.kubernetes_interval_minutes,
            ),
            child(self, depends_on=[secret, shown, *depends_on]),
        )
        self.register_outputs({})
