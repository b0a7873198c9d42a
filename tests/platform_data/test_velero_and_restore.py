"""Velero's release and a drill's restore, as they are registered: rights, schedule, read-only location, order, rewriting.

That Velero does with them what is meant is for the rehearsal and the drill; no Velero runs here.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pulumi import ComponentResource

from components.platform import names
from components.platform import restore_manifests as restoring
from components.platform.flows import NAMESPACES
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.restore import Restore
from components.platform.velero import Velero
from components.sections import Mode
from ops.plan.recorder import Registered
from tests.platform_data import made_up
from tests.platform_data.rendered import Json, containers, inputs_of, objects, recording, variables


def values(mode: Mode) -> Json:
    return inputs_of(made_up.of_type(recording(mode), "Release")["velero-release"])["values"]


def test_velero_has_no_key_no_disk_no_agent_and_no_cluster_administrator() -> None:
    found = values(Mode.LIVE)
    assert found["credentials"]["useSecret"] is False
    assert found["deployNodeAgent"] is False
    assert found["snapshotsEnabled"] is False
    assert found["rbac"] == {"create": False, "clusterAdministrator": False}
    assert found["serviceAccount"]["server"]["annotations"] == {"example/identity": "velero"}
    assert found["podSecurityContext"]["fsGroup"] == 1337
    assert found["podLabels"]["example/use"] == "true"
    assert found["kubectl"]["image"]["tag"] != ""
    assert "app.kubernetes.io/managed-by" not in found["labels"]


def test_a_plugin_that_wants_a_file_finds_it_in_a_secret_that_no_backup_takes_along() -> None:
    def build(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
        place = replace(inputs.objects.velero, credentials="PLACE=canary-location")
        Velero("velero", replace(inputs, objects=replace(inputs.objects, velero=place)), images, parent)

    found = made_up.recorded(build, Mode.LIVE)
    release = inputs_of(made_up.of_type(found, "Release")["velero-release"])
    assert release["values"]["credentials"] == {"useSecret": True, "existingSecret": "velero-location"}
    assert "canary-location" not in json.dumps(release)
    secret = inputs_of(made_up.of_type(found, "Secret")["velero-location"])
    assert secret["metadata"]["name"] == "velero-location"
    assert secret["metadata"]["labels"]["velero.io/exclude-from-backup"] == "true"


def test_the_schedule_covers_every_namespace_and_keeps_backups_as_long_as_the_stack_says() -> None:
    (schedule,) = values(Mode.LIVE)["schedules"].values()
    assert schedule["schedule"] == "17 * * * *"
    assert schedule["template"]["ttl"] == "840h0m0s"
    assert schedule["template"]["includedNamespaces"] == list(NAMESPACES)
    assert "customresourcedefinitions.apiextensions.k8s.io" in schedule["template"]["includedClusterScopedResources"]
    assert schedule["template"]["snapshotVolumes"] is False


def test_velero_may_read_exactly_what_it_backs_up() -> None:
    (reader,) = [inputs_of(found) for found, _ in objects(Mode.LIVE) if found.name == "velero-reader"]
    readable = {
        f"{kind}.{group}" if group else kind
        for rule in reader["rules"]
        for group in rule["apiGroups"]
        for kind in rule["resources"]
    }
    (schedule,) = values(Mode.LIVE)["schedules"].values()
    assert readable == set(schedule["template"]["includedNamespaceScopedResources"])
    bound = {content["metadata"]["namespace"] for found, content in objects(Mode.LIVE) if found.name.startswith("velero-reader-")}
    assert bound == set(NAMESPACES)


def test_in_a_drill_the_location_is_read_only_and_nothing_but_restoring_is_on() -> None:
    found = values(Mode.DRILL)
    (location,) = found["configuration"]["backupStorageLocation"]
    assert location["accessMode"] == "ReadOnly"
    assert found["schedules"] == {}
    disabled = set(found["configuration"]["disableControllers"].split(","))
    assert {"backup", "schedule", "gc", "backup-deletion"} <= disabled
    assert not {"restore", "backup-sync"} & disabled
    assert values(Mode.LIVE)["configuration"]["backupStorageLocation"][0]["accessMode"] == "ReadWrite"


def the_restore() -> Registered:
    return made_up.of_type(recording(Mode.DRILL), "Restore")["restore-objects-of-the-cluster"]


def test_a_restore_leaves_alone_what_this_program_declares() -> None:
    spec = inputs_of(the_restore())["spec"]
    declared = {content["metadata"]["namespace"] for _, content in objects(Mode.LIVE) if "namespace" in content["metadata"]}
    assert set(spec["namespaceMapping"].values()).isdisjoint(declared)
    assert spec["existingResourcePolicy"] == "none"
    assert spec["includeClusterResources"] is False
    assert "secrets" in spec["excludedResources"]
    assert set(spec["includedResources"]).isdisjoint(spec["excludedResources"])
    assert spec["backupName"] == made_up.DRILL["veleroBackup"]


def test_a_restore_waits_for_any_end_and_is_judged_by_a_job() -> None:
    waiting = inputs_of(the_restore())["metadata"]["annotations"]["pulumi.com/waitFor"]
    for phase in ("Completed", "PartiallyFailed", "Failed", "FailedValidation"):
        assert f"'{phase}'" in waiting
    check = made_up.of_type(recording(Mode.DRILL), "Job")["restore-check"]
    assert the_restore().urn in check.depends_on


def test_a_restore_begins_when_velero_runs_the_backup_is_known_and_the_database_is_ready() -> None:
    after = {urn.rpartition("::")[2] for urn in the_restore().depends_on}
    assert {"velero-release", "database-load-job", "restore-await", "restore-modifiers"} <= after
    jobs_made = made_up.of_type(recording(Mode.DRILL), "Job")
    for job, first in (
        ("database-load-job", "database-bootstrap-job"),
        ("restore-objects", "database-load-job"),
        ("restore-sign-ins", "database-load-job"),
    ):
        assert first in {urn.rpartition("::")[2] for urn in jobs_made[job].depends_on}, job


def test_the_restored_resource_is_rewritten_to_what_the_check_wants() -> None:
    rewriting = made_up.of_type(recording(Mode.DRILL), "ConfigMap")["restore-modifiers"]
    (rule,) = json.loads(inputs_of(rewriting)["data"]["modifiers.yaml"])["resourceModifierRules"]
    patched = json.loads(rule["mergePatches"][0]["patchData"])["spec"]
    check = inputs_of(made_up.of_type(recording(Mode.DRILL), "Job")["restore-check"])
    (container,) = containers(check["spec"]["template"])
    assert json.loads(variables(container)["WANTED"]) == patched
    assert patched["replicas"] == 0
    assert rule["conditions"]["namespaces"] == [names.MATTERMOST_NAMESPACE], "conditions look at the original namespace"


def test_nothing_can_run_where_things_are_restored_to() -> None:
    for namespace in restoring.RESTORED.values():
        quotas = [
            content["spec"]["hard"]["pods"]
            for _, content in objects(Mode.DRILL)
            if content["kind"] == "ResourceQuota" and content["metadata"]["namespace"] == namespace
        ]
        assert quotas == ["0"]
        policies = [
            content["spec"]
            for _, content in objects(Mode.DRILL)
            if content["kind"] == "NetworkPolicy" and content["metadata"]["namespace"] == namespace
        ]
        assert policies == [{"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}]


def test_a_restore_outside_a_drill_is_refused() -> None:
    def wrong(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
        Restore("restore", inputs, images, parent)

    with pytest.raises(Exception, match="belongs to a drill"):
        made_up.recorded(wrong, Mode.LIVE)
