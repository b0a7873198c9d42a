"""The way of an alert out of the cluster: Alertmanager tells a small pod, whose output the cloud's watch reads (PREP-101).

No address, token or mail server is given to anything inside the cluster: the watch around it knows whom to wake (OOB-124).

Who tells people that Prometheus, Alertmanager or this pod has stopped? An alert that always fires takes the whole way every few
minutes, and the watch rings when its line does not come (a dead man's switch).
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.options import child
from components.platform import jobs, names
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.monitoring_rules import WATCHDOG
from components.platform.pods import CONTAINER_SECURITY, pod_security

COMPONENT = "alert-log"
PORT = 8080
ADDRESS = f"http://{COMPONENT}.{names.MONITORING_NAMESPACE}.svc:{PORT}/"
SCRIPTS = ("alert_log.py",)
SELECTOR = {"app.kubernetes.io/name": COMPONENT}
REPEAT_HOURS = 4


def routing() -> jobs.Manifest:
    """Alertmanager's configuration: everything to the one receiver, again every four hours while it lasts.

    The chart lays this over its own: `routes` and `inhibit_rules` replace those, which name a receiver that is not here.
    """
    hook = {"url": ADDRESS, "send_resolved": False, "max_alerts": 0}
    return {
        "global": {"resolve_timeout": "5m"},
        "inhibit_rules": [],
        "route": {
            "receiver": COMPONENT,
            "group_by": ["alertname"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": f"{REPEAT_HOURS}h",
            "routes": [
                {
                    "receiver": COMPONENT,
                    "matchers": [f'alertname = "{WATCHDOG}"'],
                    "group_wait": "0s",
                    "group_interval": "1m",
                    # A notice is due when an interval of the group ends, so that this is met a little later and never missed.
                    "repeat_interval": f"{names.ALERT_PATH_MINUTES}m",
                }
            ],
        },
        "receivers": [{"name": COMPONENT, "webhook_configs": [hook]}],
        "templates": [],
    }


def specification(inputs: PlatformInputs, images: Images, script_digest: str) -> jobs.Manifest:
    """The Deployment's specification: one pod without rights, token or volume to write to."""
    labels = jobs.labels(inputs.environment, COMPONENT) | SELECTOR
    answers = {"httpGet": {"path": "/", "port": "alerts"}, "periodSeconds": 10, "timeoutSeconds": 5}
    return {
        "replicas": 1,
        "selector": {"matchLabels": SELECTOR},
        "template": {
            "metadata": {"labels": labels, "annotations": {"oob.example/scripts": script_digest}},
            "spec": {
                "serviceAccountName": "default",
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "securityContext": pod_security(jobs.USER),
                "containers": [
                    {
                        "name": COMPONENT,
                        "image": images["python"].text,
                        "command": ["python3", "-I", f"{jobs.SCRIPTS_FOLDER}/alert_log.py"],
                        "env": jobs.variables(
                            {
                                "ALIVE": names.ALERT_PATH_ALIVE,
                                "EVENT": names.IN_CLUSTER_ALERT,
                                "PORT": str(PORT),
                                "PYTHONDONTWRITEBYTECODE": "1",
                                "WATCHDOG": WATCHDOG,
                            }
                        ),
                        "ports": [{"name": "alerts", "containerPort": PORT}],
                        "readinessProbe": answers,
                        "livenessProbe": answers | {"initialDelaySeconds": 30, "failureThreshold": 6},
                        "resources": jobs.resources(cpu="10m", memory="32Mi", limit="128Mi", scratch="16Mi"),
                        "securityContext": CONTAINER_SECURITY,
                        "volumeMounts": [{"name": "scripts", "mountPath": jobs.SCRIPTS_FOLDER, "readOnly": True}],
                        "terminationMessagePolicy": "FallbackToLogsOnError",
                    }
                ],
                "volumes": [jobs.config_volume("scripts", COMPONENT)],
            },
        },
    }


def service_specification() -> jobs.Manifest:
    """Where Alertmanager finds the pod; inside the cluster only."""
    port = {"name": "alerts", "port": PORT, "targetPort": "alerts", "protocol": "TCP"}
    return {"type": "ClusterIP", "selector": SELECTOR, "ports": [port]}


class AlertLog(ComponentResource):
    """`ready` is the pod that takes alerts, and its Service."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:AlertLog", name, None, child(parent, depends_on=depends_on))
        labels = jobs.labels(inputs.environment, COMPONENT)
        metadata: jobs.Manifest = {"name": COMPONENT, "namespace": names.MONITORING_NAMESPACE, "labels": labels}
        content = jobs.scripts(*SCRIPTS)
        scripts = kubernetes.core.v1.ConfigMap(f"{name}-scripts", metadata=metadata, data=content, opts=child(self))
        pod = kubernetes.apps.v1.Deployment(
            f"{name}-pod",
            metadata=metadata,
            spec=specification(inputs, images, jobs.fingerprint(content)),
            opts=child(self, depends_on=[scripts, *depends_on]),
        )
        service = kubernetes.core.v1.Service(
            f"{name}-service",
            metadata=metadata,
            spec=service_specification(),
            opts=child(self),
        )
        self.ready: list[Resource] = [pod, service]
        self.register_outputs({})
