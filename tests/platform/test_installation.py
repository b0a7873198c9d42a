"""The Mattermost installation as registered. Not proved: what the operator makes of it, and that the server starts."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from components.platform.mattermost import OPERATOR_ANNOTATION, MattermostInstallation, digest
from components.platform.mattermost_pod import Administration, reads_replicas
from components.platform.pods import CONTAINER_SECURITY, LOCAL_SOCKET_VOLUME
from ops.plan.recorder import Recording
from tests.platform import made_up
from tests.platform.made_up import Block

HELPER = Administration(
    sidecar={"name": "accounts", "image": "example/python"},
    volumes=[
        {"name": "accounts", "configMap": {"name": "accounts"}},
        {"name": LOCAL_SOCKET_VOLUME, "emptyDir": {}},
    ],
)
ALLOWED_VOLUMES = {"configMap", "secret", "emptyDir", "persistentVolumeClaim", "projected", "downwardAPI", "csi"}


@cache
def _recorded(text: str) -> Recording:
    changes = json.loads(text)
    return made_up.recorded(
        lambda inputs, images, parent: MattermostInstallation("m", inputs, images, parent, administration=HELPER), *changes
    )


def recorded(*changes: Block) -> Recording:
    return _recorded(json.dumps(changes))


def resource(*changes: Block) -> Block:
    return made_up.named(recorded(*changes), "Mattermost", "mattermost")


def spec(*changes: Block) -> Any:
    return resource(*changes)["spec"]


def test_there_is_one_custom_resource_and_no_other_owner_of_pods() -> None:
    kinds = [found.inputs.get("kind") for found in recorded({"smtp": made_up.SMTP}).resources]
    assert kinds.count("Mattermost") == 1
    assert not {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "HorizontalPodAutoscaler"} & set(kinds)


def test_built_in_objects_are_legal() -> None:
    assert made_up.check_schemas(recorded({"smtp": made_up.SMTP})) == 9


def test_image_and_version_are_always_given_with_the_digest_where_there_is_one() -> None:
    assert spec()["image"] == "docker.io/mattermost/mattermost-enterprise-edition"
    assert spec()["version"] == "12.1.0"
    sha = "sha256:" + "7" * 64
    pinned = spec({"images": {"digests": {"mattermost": sha}, "mirror": "registry.oob.example/mirror"}})
    assert pinned["version"] == sha, "the operator joins a digest by @, and a tag before it would stand behind another @"
    assert pinned["image"] == "registry.oob.example/mirror/mattermost/mattermost-enterprise-edition"
    assert "size" not in pinned, "the operator erases it and the difference would come back"


def test_probes_ask_over_https_for_the_shallow_path() -> None:
    for probe in spec()["probes"].values():
        assert probe["httpGet"] == {"path": "/api/v4/system/ping", "port": 8065, "scheme": "HTTPS"}


def test_the_operator_makes_no_route_and_uses_the_cloud_s_identity_for_files() -> None:
    found = spec()
    assert found["ingress"] == {"enabled": False, "host": "chat.oob.example"}
    assert found["fileStore"] == {"external": {"url": "objects.example", "bucket": "files", "useServiceAccount": True}}


def test_the_service_account_bears_the_resource_s_name_the_identity_and_no_token() -> None:
    account = made_up.named(recorded(), "ServiceAccount", "mattermost", "mattermost")
    assert account["metadata"]["annotations"] == {"cloud.example/role": "role-of-pod", OPERATOR_ANNOTATION: "not-used"}
    assert account["automountServiceAccountToken"] is False
    assert spec()["podTemplate"]["extraLabels"]["cloud.example/use"] == "true"


def test_every_container_is_locked_down() -> None:
    found = spec()
    assert found["podTemplate"]["containerSecurityContext"] == CONTAINER_SECURITY
    pod = found["podTemplate"]["securityContext"]
    assert (pod["runAsUser"], pod["runAsGroup"], pod["fsGroup"]) == (2000, 2000, 2000)
    assert pod["runAsNonRoot"] is True
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert found["podExtensions"]["initContainers"][0]["securityContext"] == CONTAINER_SECURITY


def test_the_key_is_a_file_that_only_the_server_s_group_reads() -> None:
    (tls,) = [volume for volume in spec()["volumes"] if volume["name"] == "tls"]
    assert tls["secret"] == {"secretName": "mattermost-tls", "defaultMode": 0o640}
    (mount,) = [mount for mount in spec()["volumeMounts"] if mount["name"] == "tls"]
    assert mount == {"name": "tls", "mountPath": "/mattermost/tls", "readOnly": True}


def test_volumes_are_of_kinds_that_the_operator_takes_and_every_mount_has_one() -> None:
    volumes = spec()["volumes"]
    names = [volume["name"] for volume in volumes]
    assert len(names) == len(set(names)), "the helper's own copy of the socket's volume is left out"
    for volume in volumes:
        assert len((set(volume) - {"name"}) & ALLOWED_VOLUMES) == 1
    assert {mount["name"] for mount in spec()["volumeMounts"]} <= set(names)


def test_the_helper_ends_with_the_server_so_that_the_upgrade_job_completes() -> None:
    helpers = spec()["podExtensions"]["initContainers"][1:]
    assert [(helper["name"], helper["restartPolicy"]) for helper in helpers] == [("accounts", "Always")]
    assert "sidecarContainers" not in spec()["podExtensions"]


def test_the_database_is_asked_first_by_the_server_s_own_command() -> None:
    check = spec()["podExtensions"]["initContainers"][0]
    assert check["command"] == ["/mattermost/bin/mattermost"]
    assert check["args"] == ["db", "ping", "--timeout=5m"]
    assert spec()["database"] == {"external": {"secret": "mattermost-database"}, "disableReadinessCheck": True}


def test_the_extended_support_release_is_checked_with_psql_and_no_password_in_sight() -> None:
    change = {"mattermost": {"version": "11.7.15"}}
    check = spec(change)["podExtensions"]["initContainers"][0]
    env = {item["name"]: item for item in check["env"]}
    assert check["image"].startswith("docker.io/library/postgres:")
    assert env["PGSSLMODE"]["value"] == "verify-full"
    assert env["PGPASSWORD"]["valueFrom"]["secretKeyRef"]["name"] == "mattermost-database"
    assert "$" not in " ".join(check["command"])


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, True),
        ({"mattermost": {"version": "11.11.0"}}, False),
        ({"mattermost": {"licensed": False}}, False),
    ],
)
def test_the_reader_is_used_with_a_licence_from_12_on(change: Block, wanted: bool) -> None:
    assert reads_replicas(made_up.stack(change), reader=True) is wanted
    assert reads_replicas(made_up.stack(change), reader=False) is False


def test_pods_start_anew_when_a_secret_changes() -> None:
    for part in ("podTemplate", "updateJob"):
        annotations = spec()[part]["extraAnnotations"]
        assert annotations["oob.example/generation"] == "1"
        assert "oob.example/secrets" in annotations
    assert spec({"rotation": {"generation": 2}})["podTemplate"]["extraAnnotations"]["oob.example/generation"] == "2"
    assert digest(["a", "bc"]) != digest(["ab", "c"])
    assert digest(["a"]) != digest(["b"])


def test_no_secret_stands_in_the_open() -> None:
    text = json.dumps([dict(found.inputs) for found in recorded({"smtp": made_up.SMTP}).resources], default=str)
    for canary in made_up.CANARIES:
        assert canary not in text, f"{canary} is readable"
    hidden = made_up.of_kind(recorded({"smtp": made_up.SMTP}), "Secret")
    assert {secret["metadata"]["name"] for secret in hidden} == {
        "mattermost-database",
        "mattermost-files",
        "mattermost-licence",
        "mattermost-mail",
        "mattermost-sign-in",
    }
    for secret in hidden:
        assert secret["stringData"] == made_up.HIDDEN


def test_variables_with_a_secret_are_references() -> None:
    for item in spec({"smtp": made_up.SMTP})["mattermostEnv"]:
        if any(word in item["name"] for word in ("SECRET", "SMTPPASSWORD", "DATASOURCE", "MM_CONFIG")):
            assert "value" not in item, item["name"]
        if item["name"].startswith("MM_FILESETTINGS_") and item["name"] not in (
            "MM_FILESETTINGS_MAXFILESIZE",
            "MM_FILESETTINGS_ENABLEPUBLICLINK",
        ):
            assert item["valueFrom"]["secretKeyRef"]["name"] == "mattermost-files"


def test_nothing_needs_a_licence_without_one() -> None:
    change = {"size": "small", "mattermost": {"licensed": False}}
    assert "licenseSecret" not in spec(change)
    assert spec(change)["replicas"] == 1
    assert spec()["licenseSecret"] == "mattermost-licence"


def test_servers_spread_over_zones_and_drain_before_they_end() -> None:
    operations = json.loads(spec()["resourcePatch"]["deployment"]["patch"])
    paths = {operation["path"]: operation["value"] for operation in operations}
    keys = [rule["topologyKey"] for rule in paths["/spec/template/spec/topologySpreadConstraints"]]
    assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert paths["/spec/template/spec/automountServiceAccountToken"] is False
    wait = paths["/spec/template/spec/containers/0/lifecycle"]["preStop"]["sleep"]["seconds"]
    assert wait < paths["/spec/template/spec/terminationGracePeriodSeconds"]
    refused = ("volumes", "serviceAccount", "nodeSelector", "initContainers", "host")
    assert not [path for path in paths if path.startswith(tuple(f"/spec/template/spec/{word}" for word in refused))]


def test_the_deployment_waits_until_the_installation_is_stable() -> None:
    waiting = json.loads(resource()["metadata"]["annotations"]["pulumi.com/waitFor"])
    assert "jsonpath={.status.state}=stable" in waiting
    (other,) = [each for each in waiting if not each.endswith("=stable")]
    assert "observedGeneration == $.metadata.generation" in other, "an upgrade would end before it began"


def test_the_service_finds_ready_servers_only() -> None:
    found = made_up.named(recorded(), "Service", "mattermost-web")["spec"]
    assert found["type"] == "ClusterIP"
    assert found["publishNotReadyAddresses"] is False
    assert found["selector"] == {
        "app": "mattermost",
        "installation.mattermost.com/installation": "mattermost",
        "installation.mattermost.com/resource": "mattermost",
    }
    assert [(port["port"], port["targetPort"]) for port in found["ports"]] == [(8065, "app")]


def test_a_disruption_takes_one_server_at_a_time() -> None:
    budget = made_up.named(recorded(), "PodDisruptionBudget", "mattermost")["spec"]
    assert budget == {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "mattermost"}}}


def test_everything_that_the_servers_read_exists_before_them() -> None:
    (installation,) = [found for found in recorded().resources if found.name == "m-installation"]
    waited = {urn.rpartition("::")[2] for urn in installation.depends_on}
    assert {"m-database", "m-files", "m-licence", "m-sign-in", "m-trust", "m-account"} <= waited
