"""Namespaces, operator, add-ons, releases and the table of hops. Not proved: that a cluster accepts the charts' objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.contract import HelmAddon, InternalAddress, NodePort
from components.platform import names
from components.platform.addons import Addons
from components.platform.flows import NAMESPACES
from components.platform.images import Images as References
from components.platform.namespaces import Namespaces, quota, rooms, times
from components.platform.operator import Operator, definitions, managing, watching
from components.platform.releases import release
from components.platform.sizes import SIZES
from components.platform.transport import table
from components.sections import Images, Size
from components.versions import CHARTS, IMAGES, Chart
from ops.plan.recorder import Recording
from tests.platform import made_up
from tests.platform.made_up import Block

READING = {"get", "list", "watch"}


def test_every_namespace_is_restricted_at_the_cluster_s_own_version() -> None:
    recording = made_up.recorded(lambda inputs, _, parent: Namespaces("ns", inputs, parent))
    found = {item["metadata"]["name"]: item["metadata"]["labels"] for item in made_up.of_kind(recording, "Namespace")}
    assert set(found) == set(NAMESPACES)
    for labels in found.values():
        for mode in ("enforce", "audit", "warn"):
            assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
            assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "v1.36"
        assert labels["oob.example/tier"] == "0"
    assert made_up.check_schemas(recording) == 3 * len(NAMESPACES)


def test_a_drill_s_namespaces_say_that_they_expire() -> None:
    recording = made_up.recorded(lambda inputs, _, parent: Namespaces("ns", inputs, parent), made_up.DRILL)
    for item in made_up.of_kind(recording, "Namespace"):
        assert item["metadata"]["labels"]["oob.example/drill-id"] == "quarter-4"
        assert item["metadata"]["labels"]["oob.example/expires-at"] == "2026-11-30"


def test_nothing_in_the_cluster_can_make_load_balancers_or_disks_outside_it() -> None:
    recording = made_up.recorded(lambda inputs, _, parent: Namespaces("ns", inputs, parent))
    quotas = {item["metadata"]["namespace"]: item["spec"]["hard"] for item in made_up.of_kind(recording, "ResourceQuota")}
    assert set(quotas) == set(NAMESPACES)
    for namespace, hard in quotas.items():
        assert hard["services.loadbalancers"] == "0"
        assert hard["persistentvolumeclaims"] == "0"
        assert hard["services.nodeports"] == ("1" if namespace == names.INGRESS_NAMESPACE else "0")


def test_only_the_ingress_may_have_the_one_load_balancer_that_its_edge_needs() -> None:
    entry = InternalAddress(address="10.40.16.9", annotations={})
    hard = {namespace: quota(room)["hard"] for namespace, room in rooms(Size.MEDIUM, entry).items()}
    assert {namespace for namespace, found in hard.items() if found["services.loadbalancers"] != "0"} == {names.INGRESS_NAMESPACE}
    assert hard[names.INGRESS_NAMESPACE]["services.loadbalancers"] == "1"


def test_the_default_account_of_every_namespace_gives_no_token() -> None:
    recording = made_up.recorded(lambda inputs, _, parent: Namespaces("ns", inputs, parent))
    patches = [item for item in recording.resources if item.type == "kubernetes:core/v1:ServiceAccountPatch"]
    assert len(patches) == len(NAMESPACES)
    for patch in patches:
        inputs = made_up.content(patch)
        assert inputs["metadata"]["name"] == "default"
        assert inputs["automountServiceAccountToken"] is False


@pytest.mark.parametrize("size", list(Size))
def test_the_application_s_room_holds_all_servers_one_more_and_the_upgrade_job(size: Size) -> None:
    room = rooms(size, NodePort())[names.MATTERMOST_NAMESPACE]
    assert room.pods >= 6 + 1 + 1
    assert room.memory == times(SIZES[size].mattermost.memory, 9)


def test_quantities_multiply() -> None:
    assert (times("250m", 4), times("2Gi", 3), times("1", 5)) == ("1000m", "6Gi", "5")
    with pytest.raises(ValueError, match="not a quantity"):
        times("1.5Gi", 2)


def operator(*changes: Block):
    return made_up.recorded(lambda inputs, images, parent: Operator("operator", inputs, images, parent), *changes)


def test_the_operator_and_its_definitions_are_of_one_tag() -> None:
    change = {"mattermost": {"operatorVersion": "1.25.8"}}
    recording = operator(change)
    values = made_up.release(recording, "mattermost-operator")["values"]
    assert values["mattermostOperator"]["image"]["tag"] == "v1.25.8"
    (group,) = [item for item in recording.resources if item.type == "kubernetes:yaml/v2:ConfigGroup"]
    files = made_up.content(group)["files"]
    assert len(files) == 3, "the operator ends if a definition that it watches is missing"
    assert all("/v1.25.8/" in file for file in files)
    assert made_up.release(recording, "mattermost-operator")["skipCrds"] is True


def test_a_closed_network_brings_its_own_definitions() -> None:
    assert definitions("bundle/definitions/*.yaml", "1.25.9") == ["bundle/definitions/*.yaml"]


def test_the_operator_waits_for_its_definitions_and_rights() -> None:
    recording = operator()
    (found,) = [item for item in recording.resources if item.name == "operator-release"]
    waited = {urn.rpartition("::")[2] for urn in found.depends_on}
    assert {"operator-definitions", "operator-watching-binding", "operator-managing-binding"} <= waited


def test_the_operator_writes_in_one_namespace_and_only_reads_elsewhere() -> None:
    for rule in watching():
        assert set(rule["verbs"]) <= READING
    recording = operator()
    (cluster_role,) = made_up.of_kind(recording, "ClusterRole")
    assert cluster_role["rules"] == json.loads(json.dumps(watching()))
    assert {role["metadata"]["namespace"] for role in made_up.of_kind(recording, "Role")} == {
        names.MATTERMOST_NAMESPACE,
        names.OPERATOR_NAMESPACE,
    }
    written = {resource for rule in managing() if set(rule["verbs"]) - READING for resource in rule["resources"]}
    assert "secrets" not in written
    assert made_up.release(recording, "mattermost-operator")["values"]["mattermostOperator"]["rbac"] == {"create": False}
    assert made_up.check_schemas(recording) == 6


def test_no_rule_of_the_operator_is_a_wildcard() -> None:
    for rule in (*watching(), *managing()):
        assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]


def test_a_digest_rides_on_the_operator_s_tag() -> None:
    sha = "sha256:" + "3" * 64
    values = made_up.release(operator({"images": {"digests": {"mattermost-operator": sha}}}), "mattermost-operator")["values"]
    assert values["mattermostOperator"]["image"]["tag"] == f"v1.25.9@{sha}"


def with_addons(addons: tuple[HelmAddon, ...], images: Images | None = None) -> Recording:
    """The add-ons alone."""

    def build(_: object, __: object, parent: Any) -> None:
        references = References(images or Images())
        Addons("addons", made_up.inputs(made_up.stack(), addons=addons), references, parent)

    return made_up.recorded(build)


def test_add_ons_are_installed_where_they_say_without_asking_why() -> None:
    chart = Chart(name="autoscaler", version="1.2.3", repository="https://charts.example")
    addons = (
        HelmAddon(name="autoscaler", chart=chart, namespace="kube-system", values={"replicas": 2}),
        HelmAddon(name="other", chart=chart, namespace="extras", values={}),
    )

    recording = with_addons(addons)
    assert [item["metadata"]["name"] for item in made_up.of_kind(recording, "Namespace")] == ["extras"]
    found = made_up.release(recording, "autoscaler")
    assert (found["chart"], found["version"], found["namespace"]) == ("autoscaler", "1.2.3", "kube-system")
    assert found["repositoryOpts"] == {"repo": "https://charts.example"}
    assert found["values"] == {"replicas": 2}


def test_an_add_on_s_image_comes_from_the_mirror_and_by_its_digest() -> None:
    chart = Chart(name="autoscaler", version="1.2.3", repository="https://charts.example")
    values = {"image": {"repository": "registry.k8s.io/autoscaling/cluster-autoscaler", "tag": "v1"}, "replicas": 2}
    addon = HelmAddon(name="autoscaler", chart=chart, namespace="kube-system", values=values, image="cluster-autoscaler")
    sha = "sha256:" + "4" * 64
    images = Images(mirror="registry.oob.example/mirror", digests={"cluster-autoscaler": sha})
    found = made_up.release(with_addons((addon,), images), "autoscaler")["values"]
    tag = f"{IMAGES['cluster-autoscaler'].tag}@{sha}"
    assert found["image"] == {"repository": "registry.oob.example/mirror/autoscaling/cluster-autoscaler", "tag": tag}
    assert found["replicas"] == 2


@pytest.mark.parametrize("key", CHARTS)
def test_charts_are_pinned_whole_or_not_at_all_and_never_make_a_namespace(key: str) -> None:
    from components.options import child

    recording = made_up.recorded(lambda _, __, parent: release("r", key, "somewhere", {}, child(parent)))
    found = made_up.release(recording, CHARTS[key].name)
    assert found["version"] == CHARTS[key].version
    assert found["chart"].endswith(CHARTS[key].name)
    assert found["chart"].startswith("oci://") != ("repositoryOpts" in found)
    assert (found["atomic"], found["cleanupOnFail"], found["createNamespace"]) == (True, True, False)


def test_the_table_of_hops_names_protocol_certificate_and_verifier_of_each() -> None:
    for change in ({}, {"smtp": made_up.SMTP}, {"identity": {"provider": "local"}}):
        hops = table(made_up.stack(change))
        assert len(hops) >= 12
        for hop in hops.values():
            assert set(hop) == {"protocol", "certificate", "verifier"}
            assert all(hop.values())


def test_a_hop_that_is_not_used_says_so() -> None:
    assert table(made_up.stack())["Mattermost to mail"]["protocol"] == "not used"
    assert table(made_up.stack({"smtp": made_up.SMTP}))["Mattermost to mail"]["protocol"] == "STARTTLS"
    assert table(made_up.stack({"smtp": made_up.SMTP}, made_up.DRILL))["Mattermost to mail"]["protocol"] == "not used"
    local = table(made_up.stack({"identity": {"provider": "local"}}))
    assert local["Mattermost to identity provider"]["protocol"] == "not used"
