"""What the data parts register: every object against Kubernetes' schema, locked-down pods, secrets, drill against live.

The schema says that the API would understand an object, not that it would do what is meant. Custom resources have none here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import kubernetes_validate
import pytest
from pulumi import ComponentResource

from components.contract import SettingsExport
from components.credentials import BREAK_GLASS_ACCOUNTS
from components.platform import accounts, exports, heartbeat, jobs, names
from components.platform.accounts import Accounts
from components.platform.exports import Exports
from components.platform.heartbeat import Heartbeat
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.sections import Mode, Posture
from tests.platform_data import made_up
from tests.platform_data.rendered import MODES, Json, build, containers, inputs_of, objects, pods, recording, variables

KUBERNETES = "1.36"


@pytest.mark.parametrize("mode", MODES)
def test_every_object_fits_the_schema_of_the_cluster(mode: Mode) -> None:
    checked = 0
    for _, content in objects(mode):
        if content["apiVersion"].startswith(("velero.io", "installation.")):
            continue
        kubernetes_validate.validate(content, KUBERNETES, strict=True)
        checked += 1
    assert checked > 20, mode


@pytest.mark.parametrize("mode", MODES)
def test_every_pod_meets_the_restricted_level_and_mounts_no_token_by_itself(mode: Mode) -> None:
    found = list(pods(mode))
    assert found
    for name, template in found:
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in containers(template):
            security = container["securityContext"]
            assert security["allowPrivilegeEscalation"] is False, name
            assert security["readOnlyRootFilesystem"] is True, name
            assert security["capabilities"] == {"drop": ["ALL"]}, name
            assert container["resources"]["limits"]["memory"], name
        for volume in spec["volumes"]:
            assert set(volume) & {"emptyDir", "configMap", "secret", "projected"}, volume
            if "emptyDir" in volume:
                assert volume["emptyDir"]["sizeLimit"], volume


@pytest.mark.parametrize("mode", MODES)
def test_every_mounted_volume_exists(mode: Mode) -> None:
    for name, template in pods(mode):
        volumes = {volume["name"] for volume in template["spec"]["volumes"]}
        for container in containers(template):
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes, (name, container["name"])


@pytest.mark.parametrize("mode", MODES)
def test_every_secret_and_config_map_that_a_pod_refers_to_is_made(mode: Mode) -> None:
    made = {
        (content["kind"], content["metadata"]["namespace"], content["metadata"]["name"])
        for _, content in objects(mode)
        if content["kind"] in {"Secret", "ConfigMap", "ServiceAccount"}
    }
    elsewhere = {("ConfigMap", names.BACKUP_NAMESPACE, "internal-authority-trust")}  # made with the certificates
    for found, content in objects(mode):
        if content["kind"] not in {"Job", "CronJob"}:
            continue
        space = content["metadata"]["namespace"]
        spec = content["spec"] if content["kind"] == "Job" else content["spec"]["jobTemplate"]["spec"]
        template = spec["template"]["spec"]
        wanted = {("ServiceAccount", space, template["serviceAccountName"])}
        for volume in template["volumes"]:
            if "secret" in volume:
                wanted.add(("Secret", space, volume["secret"]["secretName"]))
            if "configMap" in volume:
                wanted.add(("ConfigMap", space, volume["configMap"]["name"]))
        for container in containers(spec["template"]):
            wanted |= {("Secret", space, source["secretRef"]["name"]) for source in container.get("envFrom", [])}
            for variable in container["env"]:
                reference = variable.get("valueFrom", {}).get("secretKeyRef")
                if reference:
                    wanted.add(("Secret", space, reference["name"]))
        assert wanted - made - elsewhere <= {("ServiceAccount", space, "default")}, found.name


@pytest.mark.parametrize("mode", MODES)
def test_no_secret_value_stands_in_a_pod(mode: Mode) -> None:
    for name, template in pods(mode):
        assert "[secret]" not in json.dumps(template), name


def test_the_administrators_credential_is_fetched_and_never_part_of_the_program() -> None:
    (_, template) = next(item for item in pods(Mode.LIVE) if item[0] == "database-bootstrap-job")
    fetch, prepare, bootstrap = containers(template)
    assert fetch["command"] == ["fetch", "it"]
    (credential,) = [volume["emptyDir"] for volume in template["spec"]["volumes"] if volume["name"] == "credential"]
    assert credential["medium"] == "Memory"
    assert {"name": "CREDENTIAL_FILE", "value": "/credential/administrator.json"} in prepare["env"]
    assert "envFrom" not in bootstrap
    assert template["spec"]["serviceAccountName"] == names.BOOTSTRAP_ACCOUNT.name


@pytest.mark.parametrize("mode", MODES)
def test_every_connection_to_the_database_is_verified(mode: Mode) -> None:
    connecting = 0
    for name, template in pods(mode):
        for container in containers(template):
            found = variables(container)
            if "PGHOST" in found:
                connecting += 1
                assert found["PGSSLMODE"] == "verify-full", name
                assert found["PGSSLROOTCERT"] == jobs.TRUST_FILE, name
                assert {"name": "trust", "mountPath": jobs.TRUST_FOLDER, "readOnly": True} in container["volumeMounts"], name
    assert connecting >= 2


def test_a_higher_generation_is_another_bootstrap_job_and_another_token() -> None:
    later = made_up.recorded(build, stack_settings={"rotation": {"generation": 2}})
    job = made_up.of_type(later, "Job")["database-bootstrap-job"]
    assert inputs_of(job)["metadata"]["name"] == "database-bootstrap-2"
    assert heartbeat.token_description(1) != heartbeat.token_description(2)


def test_the_bootstrap_is_waited_for_and_repeated_after_a_failure() -> None:
    job = inputs_of(made_up.of_type(recording(Mode.LIVE), "Job")["database-bootstrap-job"])
    assert job["metadata"]["annotations"]["pulumi.com/replaceUnready"] == "true"
    assert "pulumi.com/skipAwait" not in job["metadata"]["annotations"]
    assert "ttlSecondsAfterFinished" not in job["spec"], "a job that disappears would be reported as drift"


def cron_jobs(mode: Mode) -> dict[str, Json]:
    return {found["metadata"]["name"]: found["spec"] for _, found in objects(mode) if found["kind"] == "CronJob"}


def test_a_live_environment_backs_itself_up_on_schedule_and_a_drill_writes_no_backup() -> None:
    live = cron_jobs(Mode.LIVE)
    assert live["dump"]["schedule"] == "7 * * * *"
    assert live["heartbeat"]["schedule"] == "0-59/5 * * * *"
    assert live["export"]["schedule"] == "37 * * * *"
    assert live["licence"]["schedule"] == "23 0 * * *"
    assert set(cron_jobs(Mode.DRILL)) == {"second-factor"}
    for spec in live.values():
        assert spec["concurrencyPolicy"] == "Forbid"
        assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] > 0
        assert spec["jobTemplate"]["spec"]["ttlSecondsAfterFinished"] > 0


def test_no_heartbeat_is_tried_while_no_server_runs() -> None:
    def suspended(posture: Posture) -> bool:
        def build(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
            Heartbeat("heartbeat", inputs, images, parent)

        found = made_up.recorded(build, environment=replace(made_up.environment(), posture=posture))
        return inputs_of(made_up.of_type(found, "CronJob")["heartbeat-schedule"])["spec"]["suspend"]

    assert suspended(Posture.COLD) is True, "each would fail after five minutes, and hide a failure that matters"
    assert suspended(Posture.WARM) is False
    assert suspended(Posture.HOT) is False


def test_only_the_containers_that_call_the_kubernetes_api_have_a_token() -> None:
    holding = {
        (name, container["name"])
        for mode in MODES
        for name, template in pods(mode)
        for container in containers(template)
        for volume in template["spec"]["volumes"]
        if "projected" in volume and any(mount["name"] == volume["name"] for mount in container["volumeMounts"])
    }
    assert holding == {
        ("heartbeat-schedule", "mark"),
        ("exports-schedule", "cluster"),
        ("restore-await", "await"),
        ("restore-check", "check"),
    }


@pytest.mark.parametrize("mode", MODES)
def test_pods_with_a_cloud_identity_carry_its_labels_and_only_those_accounts_are_annotated(mode: Mode) -> None:
    accounts_made = {
        content["metadata"]["name"]: content["metadata"].get("annotations", {})
        for _, content in objects(mode)
        if content["kind"] == "ServiceAccount"
    }
    assert accounts_made["transfer"] == {"example/identity": "transfer"}
    assert accounts_made["database-bootstrap"] == {"example/identity": "bootstrap"}
    for name, template in pods(mode):
        carries = template["metadata"]["labels"].get("example/use") == "true"
        assert carries == (template["spec"]["serviceAccountName"] in {"transfer", "database-bootstrap"}), name


def rules(mode: Mode) -> Iterator[tuple[str, Json]]:
    for found, content in objects(mode):
        if content["kind"] in {"Role", "ClusterRole"}:
            for rule in content["rules"]:
                yield found.name, rule


@pytest.mark.parametrize("mode", MODES)
def test_no_role_has_a_wildcard_and_none_may_give_rights_away(mode: Mode) -> None:
    found = list(rules(mode))
    assert found
    for name, rule in found:
        everything = [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]
        assert "*" not in everything, name
        assert not {"bind", "escalate", "impersonate"} & set(rule["verbs"]), name
        assert not {"pods/exec", "serviceaccounts/token"} & set(rule["resources"]), name


def test_the_heartbeat_may_change_one_config_map() -> None:
    (rule,) = [rule for name, rule in rules(Mode.LIVE) if name == "heartbeat-marker"]
    assert rule == {
        "apiGroups": [""],
        "resources": ["configmaps"],
        "resourceNames": ["oob-heartbeat"],
        "verbs": ["get", "patch"],
    }


def test_the_helper_runs_beside_the_server_without_any_seed() -> None:
    found: list[Accounts] = []

    def one(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
        found.append(Accounts("accounts", inputs, images, parent))

    recorded = made_up.recorded(one)
    made = found[0]
    sidecar = cast("Json", made.administration.sidecar)
    assert sidecar["securityContext"]["readOnlyRootFilesystem"] is True
    assert sidecar["readinessProbe"]["exec"]["command"] == ["test", "-f", accounts.READY_FILE]
    assert "startupProbe" not in sidecar, "the server would wait for a helper that waits for the server"
    writable = [mount["mountPath"] for mount in sidecar["volumeMounts"] if not mount.get("readOnly")]
    assert accounts.READY_FILE.rpartition("/")[0] in writable
    assert {"name": "READY", "value": accounts.READY_FILE} in sidecar["env"]
    volumes = cast("list[Json]", made.administration.volumes)
    assert {volume["name"] for volume in volumes} == {"accounts", accounts.PASSWORDS_SECRET}
    assert accounts.SEEDS_SECRET not in json.dumps(sidecar)
    assert set(made.break_glass_secrets) == set(BREAK_GLASS_ACCOUNTS)
    seeds = inputs_of(made_up.of_type(recorded, "Secret")["accounts-seeds"])
    assert seeds["metadata"]["namespace"] == names.BACKUP_NAMESPACE
    assert seeds["metadata"]["labels"]["velero.io/exclude-from-backup"] == "true"


def test_an_export_of_identity_and_state_adds_one_container_and_one_source() -> None:
    fetch = SettingsExport(image="python", command=("describe", "pool"), env={"POOL": "p"})

    def one(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
        state = made_up.target("state-bucket")
        given = replace(inputs, identity=made_up.identity(export=fetch), objects=made_up.objects(Mode.LIVE, state=state))
        Exports("exports", given, images, parent)

    plain = cron_jobs(Mode.LIVE)["export"]["jobTemplate"]["spec"]["template"]["spec"]["initContainers"]
    assert [container["name"] for container in plain] == ["configuration", "cluster", "collect", "manifest"]
    with_both = made_up.recorded(one)
    spec = inputs_of(made_up.of_type(with_both, "CronJob")["exports-schedule"])["spec"]["jobTemplate"]["spec"]
    before = {container["name"]: container for container in spec["template"]["spec"]["initContainers"]}
    assert before["identity"]["command"] == ["describe", "pool"]
    noted = {item["name"]: item.get("value") for item in before["manifest"]["env"]}
    assert noted["IDENTITY"] == "a managed service, its settings in identity.json"
    assert [source["secretRef"]["name"] for source in before["collect"]["envFrom"]] == ["transfer-target", exports.STATE_SECRET]
    assert "exports-state" in made_up.of_type(with_both, "Secret")


@pytest.mark.parametrize("mode", MODES)
def test_everything_hangs_below_a_component_and_uses_the_given_provider(mode: Mode) -> None:
    for found in recording(mode).resources:
        if found.type.startswith("kubernetes:"):
            assert "$oob:platform:" in found.parent, found.name
            assert found.provider.endswith("::kubernetes"), found.name
            assert not found.protect, found.name
    assert recording(mode).duplicates == []
    assert recording(mode).invokes == []


def test_logical_names_know_nothing_of_the_stack() -> None:
    for found, _ in objects(Mode.LIVE):
        assert not re.search(r"oob-test|acme|chat\.oob", found.name), found.name


@pytest.mark.parametrize("mode", MODES)
def test_the_content_of_every_secret_is_secret(mode: Mode) -> None:
    found = [resource for resource, content in objects(mode) if content["kind"] == "Secret"]
    assert found
    assert all(resource.inputs.get("stringData") == "[secret]" for resource in found)
