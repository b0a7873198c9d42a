"""The cluster, its pools and its logs, as the engine would be asked to make them.

Not proved: that AKS accepts these together in every location, that a node of the chosen system starts, that Azure's controller
gives the load balancer its address, and that Cilium lets through what the native policy opens.
"""

from __future__ import annotations

import base64
import itertools
import json
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any, cast

import pytest
import yaml
from pulumi import Resource

from components.clouds.azure import addresses, names
from components.clouds.azure.cluster import LOG_CATEGORIES, Cluster
from components.clouds.azure.handles import AzureCluster
from components.clouds.azure.kubeconfig import authority_in, authority_of, kubeconfig
from components.clouds.azure.nodes import ZONES, counts, system_counts
from components.clouds.azure.roles import definition_id
from components.clouds.azure.sizes import SIZES
from components.contract import ClusterSpec, InternalAddress
from components.platform.names import MONITORING_NAMESPACE
from components.sections import Posture, Size
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up
from tests.azure.test_wire_names import misspelt

GROUPS = [made_up.ADMINISTRATORS, "d41f6b8e-2c95-4e07-b1a8-93f0c7d5e643"]
CREDENTIALS = """
apiVersion: v1
kind: Config
clusters:
  - name: aks
    cluster: {server: "https://private:443", certificate-authority-data: Q0E=}
"""


@cache
def planned(disposable: bool = False, posture: Posture = Posture.HOT) -> tuple[Recording, AzureCluster]:
    kept: list[AzureCluster] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable, posture=posture, cluster={"administrators": GROUPS})
        spec = ClusterSpec(kubernetes_version="1.36", size=Size.MEDIUM, log_days=365)
        keys, network = made_up.keys(context, parent), made_up.network(context)
        kept.append(Cluster("cluster", context, spec, keys, network, parent).outputs)

    return made_up.recording(program), kept[0]


def aks(**changed: Any) -> Registered:
    return made_up.named(planned(**changed)[0], "cluster-aks")


def part(name: str, **changed: Any) -> dict[str, Any]:
    return made_up.block(aks(**changed), name)


def system() -> dict[str, Any]:
    (pool,) = cast("list[dict[str, Any]]", aks().inputs["agentPoolProfiles"])
    return pool


def pools(**changed: Any) -> list[Registered]:
    return made_up.of_type(planned(**changed)[0], "containerservice:AgentPool")


# --- the control plane ------------------------------------------------------------------------------------------


def test_the_api_answers_inside_the_network_alone() -> None:
    assert part("apiServerAccessProfile") == {
        "enablePrivateCluster": True,
        "enablePrivateClusterPublicFQDN": False,
        "privateDNSZone": f"/subscriptions/{made_up.SUBSCRIPTION}/resourceGroups/runtime/providers/"
        "Microsoft.Network/privateDnsZones/cluster",
        "disableRunCommand": True,
    }, "OOB-32: no second way in, not even through the Resource Manager"


def test_people_sign_in_with_the_secondary_directory_and_with_nothing_else() -> None:
    assert part("aadProfile") == {
        "managed": True,
        "enableAzureRBAC": True,
        "adminGroupObjectIDs": GROUPS,
        "tenantID": made_up.TENANT,
    }, "OOB-81, C-25"
    assert aks().inputs["disableLocalAccounts"] is True
    assert aks().inputs["enableRBAC"] is True


def test_administrators_are_groups_with_azures_roles_on_this_cluster_alone() -> None:
    found = [one for one in made_up.of_type(planned()[0], "authorization:RoleAssignment") if one.inputs["principalId"] in GROUPS]
    assert len(found) == 2 * len(GROUPS)
    assert {str(one.inputs["roleDefinitionId"]) for one in found} == {
        definition_id(made_up.SUBSCRIPTION, "Azure Kubernetes Service RBAC Cluster Admin"),
        definition_id(made_up.SUBSCRIPTION, "Azure Kubernetes Service Cluster User Role"),
    }
    for one in found:
        assert one.inputs["principalType"] == "Group"
        assert one.inputs["scope"] == "[unknown]", "the cluster's own id, known once it exists"


def test_the_control_plane_is_an_identity_with_what_it_needs_and_is_made_after_that() -> None:
    recorded = planned()[0]
    wanted = {
        "cluster-network": ("virtualNetworks/network", "Network Contributor"),
        "cluster-names": ("privateDnsZones/cluster", "Private DNS Zone Contributor"),
        "cluster-disks-access": (None, "Reader"),
    }
    for name, (scope, role) in wanted.items():
        found = made_up.named(recorded, name)
        assert found.inputs["roleDefinitionId"] == definition_id(made_up.SUBSCRIPTION, role)
        assert scope is None or str(found.inputs["scope"]).endswith(scope)
        assert found.urn in aks().depends_on, name
    assert part("identity")["type"] == "UserAssigned"
    waits_for = {urn.rsplit("::", 1)[1] for urn in aks().depends_on}
    assert {"egress-ready", "zones-ready"} <= waits_for, "nodes cannot join without a way out and the API's name"


def test_the_data_plane_is_cilium_over_an_overlay_behind_the_networks_own_way_out() -> None:
    found = part("networkProfile")
    assert (found["networkPlugin"], found["networkPluginMode"]) == ("azure", "overlay")
    assert (found["networkDataplane"], found["networkPolicy"]) == ("cilium", "cilium")
    assert found["outboundType"] == "userDefinedRouting"
    assert ip_address(found["dnsServiceIP"]) in ip_network(found["serviceCidr"])
    assert found["podCidr"] == "10.200.0.0/16"


def test_every_part_of_the_control_plane_reports_to_workspace_and_archive() -> None:
    setting = made_up.named(planned()[0], "cluster-log")
    logs = cast("list[dict[str, Any]]", setting.inputs["logs"])
    assert [log["category"] for log in logs] == list(LOG_CATEGORIES)
    assert {"kube-audit", "guard"} <= set(LOG_CATEGORIES), "OOB-122"
    assert setting.inputs["workspaceId"]
    assert setting.inputs["storageAccountId"]


def test_containers_write_to_the_workspace_under_the_names_that_the_agent_looks_for() -> None:
    addon = part("addonProfiles")["omsagent"]
    assert addon["enabled"] is True
    assert addon["config"]["useAADAuth"] == "true", "the workspace takes no keys"
    association = made_up.named(planned()[0], "cluster-containers-association")
    assert association.inputs["associationName"] == "ContainerInsightsExtension"
    rule = made_up.named(planned()[0], "cluster-containers")
    (source,) = made_up.block(rule, "dataSources")["extensions"]
    assert source["extensionName"] == "ContainerInsights"
    assert "Microsoft-ContainerLogV2" in source["streams"]
    (flow,) = cast("list[dict[str, Any]]", rule.inputs["dataFlows"])
    assert flow["streams"] == source["streams"]


def test_threats_are_watched_for_unused_images_removed_and_workloads_have_identities() -> None:
    found = part("securityProfile")
    assert found["defender"]["securityMonitoring"] == {"enabled": True}
    assert found["defender"]["logAnalyticsWorkspaceResourceId"]
    assert found["imageCleaner"] == {"enabled": True, "intervalHours": 48}
    assert found["workloadIdentity"] == {"enabled": True}
    assert part("oidcIssuerProfile") == {"enabled": True}


def test_upgrades_come_by_themselves_and_at_stated_hours() -> None:
    assert part("autoUpgradeProfile") == {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}
    windows = made_up.of_type(planned()[0], "containerservice:MaintenanceConfiguration")
    assert {str(one.inputs["configName"]) for one in windows} == {
        "aksManagedAutoUpgradeSchedule",
        "aksManagedNodeOSUpgradeSchedule",
    }
    for one in windows:
        window = made_up.block(one, "maintenanceWindow")
        assert window["durationHours"] >= 4, "the shortest that AKS takes"
        assert window["schedule"]["weekly"]["intervalWeeks"] == 1
        assert "startDate" not in window, "a plan must be the same tomorrow"


def test_the_name_is_plain_text_because_the_tunnel_needs_it_before_there_is_a_cluster() -> None:
    assert aks().inputs["resourceName"] == names.cluster(made_up.LIVE) == planned()[1].identifier
    assert aks().inputs["kubernetesVersion"] == "1.36"


# --- nodes ------------------------------------------------------------------------------------------------------


def test_aks_keeps_a_pool_of_its_own_over_three_zones() -> None:
    found = system()
    assert found["mode"] == "System"
    assert found["availabilityZones"] == list(ZONES)
    assert found["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]
    assert found["tags"]["oob:tier"] == "0", "no transformation reaches a pool inside the cluster's definition"


def test_every_zone_has_a_pool_for_the_platform_made_one_after_the_other() -> None:
    found = pools()
    assert [one.inputs["availabilityZones"] for one in found] == [[zone] for zone in ZONES]
    for before, after in itertools.pairwise(found):
        assert before.urn in after.depends_on
    for one in found:
        assert one.inputs["mode"] == "User"
        assert "nodeTaints" not in one.inputs
        assert made_up.block(one, "nodeLabels")["oob.example/tier"] == "0"


@pytest.mark.parametrize("which", ["system", "zone"])
def test_every_pool_is_hardened(which: str) -> None:
    found: list[dict[str, Any]] = [system()] if which == "system" else [dict(pool.inputs) for pool in pools()]
    for pool in found:
        assert pool["osSKU"] == "AzureLinux", "which the API version of the SDK describes"
        assert pool["securityProfile"] == {"enableSecureBoot": True, "enableVTPM": True, "sshAccess": "Disabled"}
        assert pool["enableEncryptionAtHost"] is True
        assert pool["enableNodePublicIP"] is False
        assert pool["localDNSProfile"] == {"mode": "Disabled"}
        assert pool["enableAutoScaling"] is True
        assert pool["minCount"] < pool["maxCount"], "OOB-80"
        assert pool["vnetSubnetID"].endswith("subnets/nodes")
        assert pool["orchestratorVersion"] == "1.36"


def test_disks_are_under_our_key_which_they_follow_through_rotations() -> None:
    disks = made_up.named(planned()[0], "cluster-disks")
    assert disks.inputs["rotationToLatestKeyVersionEnabled"] is True
    assert made_up.block(disks, "activeKey") == {"keyUrl": "https://keys.vault.azure.net/keys/cluster/" + "0123456789abcdef" * 2}
    assert aks().inputs["diskEncryptionSetID"] == "[unknown]"
    assert {urn.rsplit("::", 1)[1] for urn in disks.depends_on} == {"access-keys-cluster"}


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("posture", Posture)
def test_the_autoscaler_always_has_room_and_a_node_to_run_on(size: Size, posture: Posture) -> None:
    found = counts(SIZES[size], posture)
    assert len(found) == len(ZONES)
    assert all(0 <= count.least < count.most for count in found)
    assert found[0].least >= 1
    if posture is Posture.HOT:
        assert sum(count.least for count in found) >= SIZES[size].nodes_min
        assert all(count.least >= 1 for count in found)
    own = system_counts(SIZES[size], posture)
    assert 1 <= own.least < own.most


def test_a_cold_environment_keeps_one_node_of_each_kind() -> None:
    assert [count.least for count in counts(SIZES[Size.MEDIUM], Posture.COLD)] == [1, 0, 0]
    assert system_counts(SIZES[Size.MEDIUM], Posture.COLD).least == 1
    assert [pool.inputs["minCount"] for pool in pools(posture=Posture.COLD)] == [1, 0, 0]


# --- what others are told ---------------------------------------------------------------------------------------


def test_the_edge_finds_the_ingress_at_an_address_fixed_beforehand() -> None:
    found = planned()[1].ingress
    assert isinstance(found, InternalAddress)
    address = addresses.plan(ip_network(made_up.CIDR)).ingress_address  # type: ignore[reportArgumentType] the network is IPv4
    assert found.address == address
    prefix = "service.beta.kubernetes.io/azure-load-balancer"
    assert found.annotations == {
        f"{prefix}-internal": "true",
        f"{prefix}-ipv4": address,
        f"{prefix}-internal-subnet": "ingress",
    }


def test_prometheus_reaches_the_kubelets_by_the_data_planes_own_policy() -> None:
    (policy,) = planned()[1].native_policies
    assert (policy.api_version, policy.kind, policy.namespace) == ("cilium.io/v2", "CiliumNetworkPolicy", MONITORING_NAMESPACE)
    (rule,) = cast("list[dict[str, Any]]", policy.spec["egress"])
    assert rule["toEntities"] == ["host", "remote-node"]
    assert rule["toPorts"] == [{"ports": [{"port": "10250", "protocol": "TCP"}]}]


def test_the_kubeconfig_leads_through_the_tunnel_and_checks_the_real_name() -> None:
    found = json.loads(kubeconfig(cluster="aks", tenant=made_up.TENANT, host=made_up.API_HOST, authority="Q0E=", port=24000))
    assert found["clusters"][0]["cluster"] == {
        "server": "https://127.0.0.1:24000",
        "tls-server-name": made_up.API_HOST,
        "certificate-authority-data": "Q0E=",
    }
    sign_in = found["users"][0]["user"]["exec"]
    assert sign_in["command"] == "kubelogin"
    assert sign_in["args"][:3] == ["get-token", "--login", "azurecli"]
    assert sign_in["args"][-2:] == ["--tenant-id", made_up.TENANT], "a token of the stack's directory, whatever az last used"
    assert found["current-context"] == "aks"


def test_the_authority_is_read_out_of_what_aks_hands_out() -> None:
    assert authority_in(CREDENTIALS) == "Q0E="
    assert authority_of(base64.b64encode(CREDENTIALS.encode()).decode()) == "Q0E="


@pytest.mark.parametrize("answer", ["", "[]", "clusters: []", yaml.safe_dump({"clusters": [{"cluster": {"server": "x"}}]})])
def test_an_answer_without_an_authority_is_refused(answer: str) -> None:
    with pytest.raises(ValueError, match="no certificate-authority-data"):
        authority_in(answer)


def test_nothing_is_asked_of_azure_while_planning() -> None:
    assert planned()[0].invokes == []


# --- drills, and everywhere -------------------------------------------------------------------------------------


def test_a_drill_protects_nothing_and_takes_microsofts_keys() -> None:
    recorded = planned(disposable=True)[0]
    assert not [found.name for found in recorded.resources if found.protect or found.retain_on_delete]
    assert not made_up.of_type(recorded, "compute:DiskEncryptionSet")
    assert "diskEncryptionSetID" not in aks(disposable=True).inputs
    assert aks(disposable=True).inputs["resourceName"] != aks().inputs["resourceName"]


def test_every_resource_names_its_provider_and_every_argument_is_azures() -> None:
    for found in planned()[0].resources:
        if found.custom and found.type.startswith("azure-native:"):
            assert found.provider.endswith("::azure"), found.name
        labels = {"nodeLabels", "config"}
        inputs = {key: value for key, value in found.inputs.items() if key not in labels}
        assert list(misspelt(inputs, found.name)) == []
