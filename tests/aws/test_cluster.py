"""The cluster, its nodes and its add-ons, as the engine would be asked to make them.

Not proved: that EKS accepts the versions of the add-ons and their configurations, that Bottlerocket accepts its settings,
and that the autoscaler brings a node in time.
"""

from __future__ import annotations

import base64
import json
import tomllib
from functools import cache
from typing import Any, cast

import pytest
from pulumi import Resource

from components.clouds.aws import addon_versions, addons
from components.clouds.aws.cluster import LOG_TYPES, Cluster, entry_names
from components.clouds.aws.handles import AwsCluster
from components.clouds.aws.kubeconfig import cluster_name, kubeconfig
from components.clouds.aws.nodes import Counts, counts, user_data
from components.clouds.aws.sizes import SIZES
from components.sections import Posture, Size
from components.versions import CHARTS, IMAGES, KUBERNETES
from ops.plan.recorder import Recording, Registered
from tests.aws import made_up_cluster as neighbours
from tests.aws import made_up_data as made_up

ACCOUNT, REGION = made_up.ACCOUNT, made_up.REGION
NAME = cluster_name("oob-aws-example")
ENDPOINT = f"https://0A1B.gr7.{REGION}.eks.amazonaws.com"
CONTAINER_LOGS = {f"/aws/containerinsights/{NAME}/{part}" for part in ("application", "dataplane", "host")}


@cache
def recorded(disposable: bool = False, posture: Posture = Posture.HOT, zones: int = 3, open_to: str = "") -> Recording:
    return planned(disposable, posture, zones, open_to)[0]


@cache
def outputs() -> AwsCluster:
    return planned()[1]


def planned(
    disposable: bool = False, posture: Posture = Posture.HOT, zones: int = 3, open_to: str = ""
) -> tuple[Recording, AwsCluster]:
    kept: list[AwsCluster] = []

    def program(parent: Resource) -> None:
        block = {"publicEndpointCidrs": [open_to]} if open_to else {}
        context = neighbours.context(disposable=disposable, posture=posture, zones=zones, cluster=block)
        network = made_up.network(zones)
        kept.append(Cluster("cluster", context, neighbours.spec(), made_up.keys(), network, parent).outputs)

    return made_up.recording(program), kept[0]


def cluster(**changed: Any) -> Registered:
    return made_up.named(recorded(**changed), "cluster-eks")


def part(found: Registered, name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", found.inputs[name])


def groups(**changed: Any) -> list[Registered]:
    return made_up.of_type(recorded(**changed), "aws:eks/nodeGroup:NodeGroup")


def template() -> Registered:
    return made_up.named(recorded(), "cluster-nodes-template")


# --- the control plane ------------------------------------------------------------------------------------------


def test_the_api_is_private_unless_the_stack_file_lists_networks() -> None:
    private = part(cluster(), "vpcConfig")
    assert private["endpointPrivateAccess"] is True
    assert private["endpointPublicAccess"] is False
    assert "publicAccessCidrs" not in private
    assert private["subnetIds"] == [f"subnet-application-{number}" for number in range(3)]

    opened = part(cluster(open_to="198.51.100.0/24"), "vpcConfig")
    assert (opened["endpointPrivateAccess"], opened["endpointPublicAccess"]) == (True, True)
    assert opened["publicAccessCidrs"] == ["198.51.100.0/24"], "exactly the listed networks, never the default of everyone"


def test_people_get_in_by_access_entries_alone_and_nobody_by_having_made_the_cluster() -> None:
    assert part(cluster(), "accessConfig") == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    (entry,) = made_up.of_type(recorded(), "aws:eks/accessEntry:AccessEntry")
    assert entry.inputs["principalArn"] == made_up.ADMINISTRATORS
    (policy,) = made_up.of_type(recorded(), "aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert policy.inputs["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert policy.inputs["accessScope"] == {"type": "cluster"}


def test_administrators_keep_their_logical_names_whatever_their_order() -> None:
    one, two = f"arn:aws:iam::{ACCOUNT}:role/ops/one", f"arn:aws:iam::{ACCOUNT}:role/two"
    assert entry_names([one, two]) == {one: "role-ops-one", two: "role-two"}
    assert entry_names([two, one]) == {two: "role-two", one: "role-ops-one"}
    same = "arn:aws:iam::777766665555:role/two"
    assert entry_names([two, same]) == {two: f"role-two-{ACCOUNT}", same: "role-two-777766665555"}


def test_everything_that_the_control_plane_does_is_logged_for_a_year_under_our_key() -> None:
    assert set(LOG_TYPES) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert cluster().inputs["enabledClusterLogTypes"] == list(LOG_TYPES)
    log = made_up.named(recorded(), "cluster-log")
    assert log.inputs["name"] == f"/aws/eks/{NAME}/cluster", "EKS writes to this name and to no other"
    assert log.inputs["retentionInDays"] == 365
    assert log.inputs["kmsKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/logs"
    assert log.urn in cluster().depends_on, "made later, EKS would have made it without key and end"


def test_a_drill_leaves_no_log_of_a_control_plane_behind() -> None:
    drill = recorded(disposable=True)
    assert made_up.named(drill, "cluster-eks").inputs["enabledClusterLogTypes"] == []
    groups = [str(found.inputs["name"]) for found in made_up.of_type(drill, "aws:cloudwatch/logGroup:LogGroup")]
    assert groups
    assert not [name for name in groups if name.startswith("/aws/eks/")]


def test_kubernetes_secrets_are_encrypted_under_our_key() -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/cluster"
    assert part(cluster(), "encryptionConfig") == {"provider": {"keyArn": key}, "resources": ["secrets"]}
    statement = made_up.statements(made_up.named(recorded(), "cluster-encryption"))["EncryptSecrets"]
    assert statement["Resource"] == key


def test_the_name_is_plain_text_because_the_tunnel_and_the_log_group_need_it_before_there_is_a_cluster() -> None:
    assert cluster().inputs["name"] == NAME
    assert outputs().identifier == NAME
    assert len(cluster_name("oob-" + "x" * 200)) <= 100


def test_versions_services_and_support_are_those_of_the_stack() -> None:
    assert cluster().inputs["version"] == "1.36"
    assert part(cluster(), "kubernetesNetworkConfig") == {"ipFamily": "ipv4", "serviceIpv4Cidr": "10.100.0.0/16"}
    assert part(cluster(), "upgradePolicy") == {"supportType": "STANDARD"}
    assert part(cluster(), "zonalShiftConfig") == {"enabled": True}
    assert cluster().inputs["bootstrapSelfManagedAddons"] is False


def test_a_live_cluster_is_protected_twice_and_a_drill_not_at_all() -> None:
    assert cluster().protect
    assert cluster().inputs["deletionProtection"] is True
    assert made_up.named(recorded(), "cluster-log").protect
    drill = recorded(disposable=True)
    assert cluster(disposable=True).inputs["deletionProtection"] is False
    assert not [found.name for found in drill.resources if found.protect or found.retain_on_delete]


# --- nodes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zones", [2, 3])
def test_every_zone_has_a_group_of_its_own_in_its_private_subnet(zones: int) -> None:
    assert [group.inputs["subnetIds"] for group in groups(zones=zones)] == [
        [f"subnet-application-{number}"] for number in range(zones)
    ]
    for group in groups(zones=zones):
        assert group.inputs["amiType"] == "BOTTLEROCKET_x86_64"
        assert group.inputs["capacityType"] == "ON_DEMAND"
        assert group.inputs["version"] == "1.36"
        assert group.inputs["nodeRepairConfig"] == {"enabled": True}
        assert "remoteAccess" not in group.inputs, "no SSH"
        assert part(group, "labels")["oob.example/tier"] == "0"


def test_nodes_keep_credentials_from_pods_and_have_no_public_address() -> None:
    found = template()
    assert part(found, "metadataOptions") == {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}
    (card,) = made_up.blocks(found, "networkInterfaces")
    assert card["associatePublicIpAddress"] == "false"
    assert card["securityGroups"] == ["[unknown]"], "the group that EKS makes, known once it has"
    assert "keyName" not in found.inputs
    assert part(found, "monitoring") == {"enabled": True}


def test_disks_are_encrypted_under_our_key_and_big_enough() -> None:
    disks = {disk["deviceName"]: disk["ebs"] for disk in made_up.blocks(template(), "blockDeviceMappings")}
    assert set(disks) == {"/dev/xvda", "/dev/xvdb"}
    for disk in disks.values():
        assert disk["encrypted"] == "true"
        assert disk["kmsKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/volumes"
        assert disk["deleteOnTermination"] == "true"
    assert disks["/dev/xvdb"]["volumeSize"] >= 30, "AWS-58"


def test_machines_and_disks_carry_the_labels_of_the_stack() -> None:
    marked = {entry["resourceType"]: entry["tags"] for entry in made_up.blocks(template(), "tagSpecifications")}
    assert set(marked) == {"instance", "volume", "network-interface"}
    for tags in marked.values():
        assert tags["oob:tier"] == "0", "tags of the provider do not reach what a scaling group starts"


def test_bottlerocket_is_locked_down() -> None:
    settings = tomllib.loads(user_data())["settings"]
    assert settings["kernel"]["lockdown"] == "integrity"
    assert settings["host-containers"] == {"admin": {"enabled": False}, "control": {"enabled": False}}
    assert settings["kubernetes"]["seccomp-default"] is True
    assert settings["oci-defaults"]["resource-limits"]["max-open-files"]["soft-limit"] >= 49152, "AWS-72"
    assert settings["metrics"]["send-metrics"] is False
    assert base64.b64decode(str(template().inputs["userData"])).decode() == user_data()


def test_a_node_may_join_and_pull_images_and_nothing_else() -> None:
    roles = made_up.of_type(recorded(), "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    nodes = {str(found.inputs["policyArn"]) for found in roles if found.name.startswith("cluster-nodes-")}
    assert nodes == {
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    }
    inline = made_up.of_type(recorded(), "aws:iam/rolePolicy:RolePolicy")
    assert not [found.name for found in inline if found.name.startswith("cluster-nodes-")]


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("posture", Posture)
@pytest.mark.parametrize("zones", [2, 3])
def test_the_autoscaler_always_has_room_and_a_node_to_run_on(size: Size, posture: Posture, zones: int) -> None:
    found = counts(SIZES[size], posture, zones)
    assert len(found) == zones
    assert all(0 <= count.least <= count.wanted < count.most for count in found), "OOB-60"
    assert found[0].least >= 1
    if posture is Posture.HOT:
        assert sum(count.wanted for count in found) >= max(2, SIZES[size].nodes_desired), "AWS-55"
        assert all(count.least >= 1 for count in found), "OOB-59: two zones at least"


def test_a_cold_environment_keeps_one_node() -> None:
    assert counts(SIZES[Size.MEDIUM], Posture.COLD, 3) == (
        Counts(least=1, wanted=1, most=2),
        Counts(least=0, wanted=0, most=2),
        Counts(least=0, wanted=0, most=2),
    )


def test_the_number_of_nodes_is_the_autoscalers_to_change() -> None:
    scaling = [part(group, "scalingConfig") for group in groups()]
    assert scaling == [{"minSize": 1, "desiredSize": 1, "maxSize": 2}] * 3


# --- add-ons ----------------------------------------------------------------------------------------------------


def addon(name: str) -> Registered:
    return made_up.named(recorded(), f"cluster-{name}")


def configured(name: str) -> dict[str, Any]:
    return json.loads(str(addon(name).inputs["configurationValues"]))


def test_every_kubernetes_version_that_is_accepted_has_a_pinned_version_of_every_addon() -> None:
    assert set(addon_versions.PINNED) == set(KUBERNETES)
    for minor, pinned in addon_versions.PINNED.items():
        assert tuple(pinned) == addon_versions.NAMES, minor
        assert all(addon_versions.VERSION.fullmatch(version) for version in pinned.values()), minor
        assert pinned["kube-proxy"].startswith(f"v{minor}."), "it follows the cluster by definition"


def test_every_addon_is_pinned_and_owned_by_the_program() -> None:
    found = made_up.of_type(recorded(), "aws:eks/addon:Addon")
    assert {one.inputs["addonName"]: one.inputs["addonVersion"] for one in found} == dict(addon_versions.PINNED["1.36"])
    for one in found:
        assert one.inputs["resolveConflictsOnCreate"] == "OVERWRITE"
        assert one.inputs["resolveConflictsOnUpdate"] == "OVERWRITE"


def test_the_stack_file_may_choose_another_version() -> None:
    chosen = addon_versions.versions("1.36", {"coredns": "v1.15.0-eksbuild.1"})
    assert chosen["coredns"] == "v1.15.0-eksbuild.1"
    assert chosen["vpc-cni"] == addon_versions.PINNED["1.36"]["vpc-cni"]


def test_network_policies_are_enforced() -> None:
    assert configured("vpc-cni")["enableNetworkPolicy"] == "true", "OOB-101"


def test_pods_get_addresses_before_nodes_come_and_names_after() -> None:
    for group in groups():
        assert {addon("vpc-cni").urn, addon("kube-proxy").urn} <= set(group.depends_on)
    node_urns = {group.urn for group in groups()}
    for name in ("coredns", "metrics-server", "snapshot-controller", "aws-ebs-csi-driver", "amazon-cloudwatch-observability"):
        assert node_urns <= set(addon(name).depends_on), name
    assert addon("snapshot-controller").urn in addon("aws-ebs-csi-driver").depends_on


def test_volumes_of_pods_carry_the_labels_of_the_stack_so_that_a_sweep_finds_them() -> None:
    tags = configured("aws-ebs-csi-driver")["controller"]["extraVolumeTags"]
    assert tags["oob:cluster"] == NAME
    assert tags["oob:stack"] == "aws-example"


def test_container_logs_go_to_groups_with_key_and_end_and_no_agent_is_paid_for() -> None:
    values = configured("amazon-cloudwatch-observability")
    assert values["containerLogs"] == {"enabled": True}
    assert values["agents"] == []
    assert all(not values[part]["enabled"] for part in ("containerInsights", "applicationSignals"))
    logs = [found for found in made_up.of_type(recorded(), "aws:cloudwatch/logGroup:LogGroup") if found.name != "cluster-log"]
    assert {str(found.inputs["name"]) for found in logs} == CONTAINER_LOGS
    for found in logs:
        assert found.inputs["retentionInDays"] == 365
        assert found.inputs["kmsKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/logs"
        assert found.urn in addon("amazon-cloudwatch-observability").depends_on


@pytest.mark.parametrize("name", ["vpc-cni", "aws-ebs-csi-driver", "amazon-cloudwatch-observability"])
def test_addons_that_call_aws_have_a_role_of_their_own(name: str) -> None:
    assert addon(name).inputs["serviceAccountRoleArn"] == "[unknown]"
    for other in ("kube-proxy", "coredns", "metrics-server", "snapshot-controller"):
        assert "serviceAccountRoleArn" not in addon(other).inputs


# --- rights -----------------------------------------------------------------------------------------------------


def test_every_role_is_bounded() -> None:
    roles = made_up.of_type(recorded(), "aws:iam/role:Role")
    assert len(roles) == 6
    assert {str(role.inputs["permissionsBoundary"]) for role in roles} == {made_up.BOUNDARY}, "OOB-77"


def test_no_right_of_our_own_is_wide() -> None:
    for found in made_up.of_type(recorded(), "aws:iam/rolePolicy:RolePolicy"):
        policy = made_up.statements(found)
        assert not made_up.ungranted(policy), found.name
        everywhere = {sid for sid, statement in policy.items() if statement["Resource"] == "*"}
        assert everywhere <= {"LookAround"}, f"{found.name}: only what AWS cannot narrow"


def test_the_autoscaler_changes_this_clusters_groups_only() -> None:
    policy = made_up.statements(made_up.named(recorded(), "cluster-autoscaler-rights"))
    changes = policy["ChangeItsOwnGroups"]
    assert changes["Condition"] == {"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{NAME}": "owned"}}
    assert all(action.split(":")[1].startswith(("Describe", "Get")) for action in policy["LookAround"]["Action"])


def test_logs_are_written_to_their_groups_only() -> None:
    statement = made_up.statements(made_up.named(recorded(), "cluster-logs-rights"))["ContainerLogs"]
    named = {resource.split(":log-group:")[1].removesuffix(":*") for resource in statement["Resource"]}
    assert named == CONTAINER_LOGS


def test_disks_use_our_key_through_ec2_only() -> None:
    policy = addons.volume_key_statements("key", REGION)
    for statement in policy:
        condition = cast("dict[str, Any]", statement["Condition"])
        assert condition["StringEquals"] == {"kms:ViaService": f"ec2.{REGION}.amazonaws.com"}
    assert cast("dict[str, Any]", policy[1]["Condition"])["Bool"] == {"kms:GrantIsForAWSResource": "true"}


# --- what others are told ---------------------------------------------------------------------------------------


def test_the_kubeconfig_leads_through_the_tunnel_and_checks_the_real_name() -> None:
    found = json.loads(kubeconfig(cluster=NAME, region=REGION, endpoint=ENDPOINT, authority="Q0E=", port=24000))
    way = found["clusters"][0]["cluster"]
    assert way == {
        "server": "https://127.0.0.1:24000",
        "tls-server-name": f"0a1b.gr7.{REGION}.eks.amazonaws.com",
        "certificate-authority-data": "Q0E=",
    }
    sign_in = found["users"][0]["user"]["exec"]
    assert sign_in["command"] == "aws"
    assert sign_in["args"][:4] == ["eks", "get-token", "--cluster-name", NAME]
    assert sign_in["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert found["current-context"] == NAME


def test_a_public_api_is_reached_at_its_own_address() -> None:
    found = json.loads(kubeconfig(cluster=NAME, region=REGION, endpoint=ENDPOINT, authority="Q0E=", port=None))
    assert found["clusters"][0]["cluster"] == {"server": ENDPOINT, "certificate-authority-data": "Q0E="}


def test_the_autoscaler_is_the_version_of_the_cluster_and_may_do_nothing_on_its_node() -> None:
    (found,) = outputs().addons
    assert found.chart == CHARTS["cluster-autoscaler"]
    assert found.image == "cluster-autoscaler"
    assert IMAGES["cluster-autoscaler"].tag.startswith("v1.36.")
    values = cast("dict[str, Any]", dict(found.values))
    assert values["autoDiscovery"] == {"clusterName": NAME}
    assert values["awsRegion"] == REGION
    assert values["image"] == {"repository": "registry.k8s.io/autoscaling/cluster-autoscaler", "tag": "v1.36.1"}
    assert values["extraArgs"]["balance-similar-node-groups"] is True
    assert values["extraArgs"]["skip-nodes-with-system-pods"] is False
    assert values["securityContext"]["runAsNonRoot"] is True
    assert values["containerSecurityContext"]["readOnlyRootFilesystem"] is True
    account = values["rbac"]["serviceAccount"]
    assert account["name"] == "cluster-autoscaler"
    assert "eks.amazonaws.com/role-arn" in account["annotations"]


def test_there_is_one_scaling_group_a_zone_for_the_load_balancer_to_target() -> None:
    assert len(outputs().scaling_group_names) == 3


def test_every_resource_names_its_provider() -> None:
    for found in made_up.custom(recorded()):
        assert made_up.provider_of(found) == "aws", found.name
