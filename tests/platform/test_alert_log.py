"""From a firing alert to a line that the watch can find: the script is run and asked over HTTP, the objects are checked.

Not proved: that Alertmanager reads its configuration, and that a cloud's log collector carries the line.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from pulumi import Resource

from components.platform import alert_log, jobs, names
from components.platform.flows import table
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.monitoring import Monitoring
from components.platform.monitoring_rules import WATCHDOG
from components.platform.network_policies import specification
from components.platform.scripts import alert_log as script
from ops.plan.recorder import Recording
from tests.platform import made_up


def alert(name: str, status: str = "firing", **labels: str) -> dict[str, Any]:
    """One alert as Alertmanager's webhook describes it (prometheus.io/docs/alerting/latest/configuration/#webhook_config)."""
    return {
        "status": status,
        "labels": {"alertname": name, "severity": "fault"} | labels,
        "annotations": {"summary": "Look at the pods."},
        "startsAt": "2026-11-24T02:05:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "f",
    }


def message(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {"version": "4", "groupKey": "{}", "status": "firing", "receiver": "alert-log", "alerts": list(alerts)}


ENVIRONMENT = {"PORT": "0", "EVENT": "the-marker", "ALIVE": "still-here", "WATCHDOG": WATCHDOG}


class Running:
    """The script as the container starts it; `say` posts a body, `heard` ends it and gives what it printed."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", str(jobs.SCRIPTS / "alert_log.py")]
        self._process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        self._port = int(self._process.stderr.readline().split()[-1])

    def say(self, body: bytes, method: str = "POST", path: str = "/") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, body=body)
            return connection.getresponse().status
        finally:
            connection.close()

    def heard(self) -> list[dict[str, Any]]:
        self._process.terminate()
        out, _ = self._process.communicate(timeout=20)
        assert self._process.returncode == 0, "it must end by itself when the pod ends"
        return [json.loads(line) for line in out.splitlines()]

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@contextmanager
def running() -> Generator[Running]:
    started = Running()
    try:
        yield started
    finally:
        started.kill()


def test_each_firing_alert_is_one_line_and_what_is_over_is_none() -> None:
    with running() as log:
        assert log.say(b"", "GET") == 200
        sent = message(
            alert("JobFailed", job_name="dump-1", namespace="backup"), alert("Old", "resolved"), alert("ClusterUnwell")
        )
        assert log.say(json.dumps(sent).encode()) == 204
        first, second = log.heard()
    assert first == {
        "event": "the-marker",
        "alert": "JobFailed",
        "summary": "Look at the pods.",
        "since": "2026-11-24T02:05:00Z",
        "where": {"namespace": "backup", "job_name": "dump-1"},
    }
    assert second["alert"] == "ClusterUnwell"


def test_the_alert_that_always_fires_is_a_sign_of_life_and_no_alarm() -> None:
    with running() as log:
        assert log.say(json.dumps(message(alert(WATCHDOG), alert("JobFailed"))).encode()) == 204
        assert [line["event"] for line in log.heard()] == ["still-here", "the-marker"]


@pytest.mark.parametrize(
    "body", [b"", b"not JSON", b"[]", b'{"version":"4"}', b'{"version":"3","alerts":[]}', b'{"version":"4","alerts":["x"]}']
)
def test_anything_else_is_refused_and_the_next_alert_is_still_heard(body: bytes) -> None:
    with running() as log:
        assert log.say(body) == 400
        assert log.say(json.dumps(message(alert("JobFailed"))).encode()) == 204
        assert [line["alert"] for line in log.heard()] == ["JobFailed"]


def test_a_long_text_cannot_break_the_line() -> None:
    (line,) = script.lines(message(alert("x\n" * 2000)), "m", {})
    assert "\n" not in line
    assert len(line) < 3000


def recorded(*changes: made_up.Block) -> Recording:
    def build(inputs: PlatformInputs, images: Images, parent: Resource) -> None:
        alerts = alert_log.AlertLog("alert-log", inputs, images, parent)
        Monitoring("monitoring", inputs, images, parent, depends_on=alerts.ready)

    return made_up.recorded(build, *changes)


def test_the_pod_is_legal_restricted_and_carries_the_marker() -> None:
    recording = recorded()
    assert made_up.check_schemas(recording) == 5
    pod = made_up.named(recording, "Deployment", "alert-log", names.MONITORING_NAMESPACE)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    given = {each["name"]: each["value"] for each in container["env"]}
    assert (given["EVENT"], given["ALIVE"]) == (names.IN_CLUSTER_ALERT, names.ALERT_PATH_ALIVE)
    assert given["WATCHDOG"] == WATCHDOG


def test_prometheus_tells_alertmanager_and_alertmanager_this_pod_alone() -> None:
    recording = recorded()
    values = made_up.release(recording, "kube-prometheus-stack")["values"]
    assert "disableAlerting" not in values["prometheus"]["prometheusSpec"]
    assert values["alertmanager"]["enabled"] is True
    found = values["alertmanager"]["config"]
    (receiver,) = found["receivers"]
    assert found["route"]["receiver"] == receiver["name"]
    assert found["inhibit_rules"] == [], "the chart's own would hold back what is told here"
    (watchdog,) = found["route"]["routes"]
    assert watchdog["receiver"] == receiver["name"], "the chart's own route would end at a receiver that is not here"
    assert watchdog["matchers"] == [f'alertname = "{WATCHDOG}"']
    assert watchdog["repeat_interval"] == "5m"
    (group,) = values["additionalPrometheusRulesMap"]["oob"]["groups"]
    (always,) = [rule for rule in group["rules"] if rule["alert"] == WATCHDOG]
    assert (always["expr"], always.get("for")) == ("vector(1)", None)
    (hook,) = receiver["webhook_configs"]
    service = made_up.named(recording, "Service", "alert-log")
    (port,) = service["spec"]["ports"]
    assert hook["url"] == f"http://alert-log.{service['metadata']['namespace']}.svc:{port['port']}/"
    labels = made_up.named(recording, "Deployment", "alert-log")["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()


def test_the_flows_let_alertmanager_reach_it_and_nobody_from_elsewhere() -> None:
    rows = [
        row
        for row in table(made_up.stack(), made_up.NETWORK, made_up.cluster_outputs())
        if row.namespace == names.MONITORING_NAMESPACE
    ]
    (entry,) = [specification(row) for row in rows if row.direction == "Ingress"]
    (peer,) = entry["ingress"][0]["from"]
    assert peer == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": names.MONITORING_NAMESPACE}}}
    assert any(row.name == "inside-out" for row in rows)


def test_the_image_takes_mirror_and_digest() -> None:
    digest = "sha256:" + "7" * 64
    changed = recorded({"images": {"mirror": "registry.oob.example", "digests": {"python": digest, "alertmanager": digest}}})
    pod = made_up.named(changed, "Deployment", "alert-log")["spec"]["template"]["spec"]["containers"][0]
    assert pod["image"].startswith("registry.oob.example/")
    assert pod["image"].endswith(f"@{digest}")
    image = made_up.release(changed, "kube-prometheus-stack")["values"]["alertmanager"]["alertmanagerSpec"]["image"]
    assert (image["registry"], image["sha"]) == ("registry.oob.example", "7" * 64)
