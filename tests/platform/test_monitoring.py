"""Monitoring inside the cluster. Not proved: that a rule's expression matches real series."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from components.platform import names
from components.platform.flows import table
from components.platform.monitoring import PROMETHEUS_ADDRESS, Monitoring, dashboards
from components.platform.monitoring_rules import TARGETS, WATCHDOG, faults
from tests.platform import made_up
from tests.platform.made_up import Block


@cache
def _values(text: str) -> Any:
    recording = made_up.recorded(
        lambda inputs, images, parent: Monitoring("monitoring", inputs, images, parent), *json.loads(text)
    )
    assert made_up.check_schemas(recording) == 2
    return made_up.release(recording, "kube-prometheus-stack")["values"]


def values(*changes: Block) -> Any:
    return _values(json.dumps(changes))


def test_servers_are_scraped_on_the_metrics_port_and_nowhere_on_8065() -> None:
    monitors = {item["name"]: item for item in values()["prometheus"]["additionalPodMonitors"]}
    assert set(monitors) == {target.name for target in TARGETS}
    (endpoint,) = monitors["mattermost"]["podMetricsEndpoints"]
    assert endpoint["port"] == "metrics"
    assert monitors["mattermost"]["selector"] == {"matchLabels": {"app": "mattermost"}}
    assert not [target for target in TARGETS if target.port == "app"]


def test_every_target_s_namespace_lets_prometheus_in() -> None:
    found = table(made_up.stack(), made_up.NETWORK, made_up.cluster_outputs())
    open_to_prometheus = {row.namespace for row in found if row.name == "metrics"}
    assert {target.namespace for target in TARGETS} == open_to_prometheus


def test_nothing_is_sent_out_of_the_cluster() -> None:
    found = values()
    hooks = [hook["url"] for receiver in found["alertmanager"]["config"]["receivers"] for hook in receiver["webhook_configs"]]
    assert hooks == [f"http://alert-log.{names.MONITORING_NAMESPACE}.svc:8080/"]
    assert all(set(receiver) == {"name", "webhook_configs"} for receiver in found["alertmanager"]["config"]["receivers"])
    assert "remoteWrite" not in found["prometheus"]["prometheusSpec"]
    ini = found["grafana"]["grafana.ini"]
    assert ini["analytics"] == {"check_for_updates": False, "check_for_plugin_updates": False, "reporting_enabled": False}
    assert ini["plugins"]["preinstall_disabled"] is True


def test_what_restricted_pods_cannot_be_is_off() -> None:
    assert values()["nodeExporter"] == {"enabled": False}
    assert values()["grafana"]["initChownData"] == {"enabled": False}


def test_grafana_signs_in_with_a_generated_password_and_reads_files_only() -> None:
    found = values()["grafana"]
    assert found["admin"]["existingSecret"] == "grafana"
    assert "adminPassword" not in found
    assert found["sidecar"] == {"dashboards": {"enabled": False}, "datasources": {"enabled": False}}
    assert found["rbac"] == {"create": False}
    (source,) = found["datasources"]["datasources.yaml"]["datasources"]
    assert source["url"] == PROMETHEUS_ADDRESS
    assert names.MONITORING_NAMESPACE in PROMETHEUS_ADDRESS


def test_dashboards_are_files_that_use_the_provisioned_source() -> None:
    assert set(dashboards()) == {"performance.json", "readiness.json"}
    for text in dashboards().values():
        board = json.loads(text)
        assert board["editable"] is False
        numbers = [panel["id"] for panel in board["panels"]]
        assert len(numbers) == len(set(numbers))
        for panel in board["panels"]:
            assert panel["datasource"]["uid"] == "prometheus"
            assert all(target["expr"] for target in panel["targets"])


def test_metrics_are_kept_within_the_room_that_they_have() -> None:
    spec = values({"size": "large"})["prometheus"]["prometheusSpec"]
    assert (spec["retention"], spec["retentionSize"]) == ("15d", "16GB")
    assert spec["storageSpec"] == {"emptyDir": {"sizeLimit": "32Gi"}}


@pytest.mark.parametrize("replicas", [0, 1, 3])
def test_every_fault_says_what_to_do_and_no_server_is_missed_when_none_is_wanted(replicas: int) -> None:
    found = faults(replicas, 60)
    assert len({fault.name for fault in found}) == len(found)
    assert all(fault.hint.endswith(".") and fault.minutes > 0 for fault in found)
    assert ("ServersMissing" in {fault.name for fault in found}) == bool(replicas)


def test_an_old_backup_is_one_of_more_than_two_intervals() -> None:
    (old,) = [fault for fault in faults(1, 30) if fault.name == "KubernetesBackupOld"]
    assert old.expression.endswith("> 3600")
    rules = values()["additionalPrometheusRulesMap"]["oob"]["groups"][0]["rules"]
    assert {rule["alert"] for rule in rules} == {WATCHDOG, *(fault.name for fault in faults(2, 60))}


def test_images_take_mirror_and_digest() -> None:
    sha = "4" * 64
    change = {"images": {"mirror": "registry.oob.example", "digests": {"prometheus": f"sha256:{sha}"}}}
    image = values(change)["prometheus"]["prometheusSpec"]["image"]
    assert image == {
        "registry": "registry.oob.example",
        "repository": "prometheus/prometheus",
        "tag": "v3.14.0-distroless",
        "sha": sha,
    }
