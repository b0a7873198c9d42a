"""The table of flows and its network policies. Not proved: that a cluster's network plugin enforces them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from itertools import product

import pytest
from pulumi import Resource

from components.contract import NativePolicy, NetworkOutputs, PodPeer
from components.platform import names
from components.platform.flows import (
    MATTERMOST_PODS,
    NAMESPACES,
    UPDATE_PODS,
    Addresses,
    Flow,
    Pods,
    table,
)
from components.platform.inputs import PlatformInputs
from components.platform.mattermost import MattermostInstallation
from components.platform.network_policies import NetworkPolicies
from components.platform.pods import reaches
from tests.platform import made_up
from tests.platform.made_up import Block

METADATA = IPv4Network("169.254.169.254/32")
POD_IDENTITY = IPv4Network("169.254.170.23/32")
CLUSTER = made_up.cluster_outputs()


def rows(*changes: Block) -> tuple[Flow, ...]:
    return table(made_up.stack(*changes), made_up.NETWORK, CLUSTER)


def lets_through(flow: Flow, wanted: IPv4Network) -> bool:
    """Whether an address of `wanted` passes by an address peer of the row."""
    ranges = [peer for peer in flow.peers if isinstance(peer, Addresses)]
    return any(
        IPv4Network(peer.cidr).overlaps(wanted) and not any(wanted.subnet_of(IPv4Network(cut)) for cut in peer.without)
        for peer in ranges
    )


def leaving(namespace: str, pods: dict[str, str], found: tuple[Flow, ...]) -> list[Flow]:
    """Egress rows that select a pod with these labels."""
    return [row for row in found if row.direction == "Egress" and row.namespace == namespace and row.pods.items() <= pods.items()]


@pytest.mark.parametrize("changes", [{}, {"smtp": made_up.SMTP}, made_up.DRILL], ids=["plain", "with mail", "drill"])
def test_no_row_reaches_the_metadata_address_or_the_primary(changes: Block) -> None:
    forbidden = [METADATA, POD_IDENTITY, *(IPv4Network(cidr) for cidr in ("172.20.0.0/16", "198.51.100.0/24"))]
    egress = [row for row in rows(changes) if row.direction == "Egress"]
    assert egress
    for row, address in product(egress, forbidden):
        assert not lets_through(row, address), f"{row.namespace}/{row.name} lets {address} through"


def test_every_namespace_denies_everything_first() -> None:
    recording = made_up.recorded(lambda inputs, _, parent: NetworkPolicies("flows", inputs, parent))
    denied = {
        policy["metadata"]["namespace"]: policy["spec"]
        for policy in made_up.of_kind(recording, "NetworkPolicy")
        if policy["metadata"]["name"] == "deny-all"
    }
    assert set(denied) == set(NAMESPACES)
    for spec in denied.values():
        assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, "a rule would open it again"


def test_the_policies_are_legal_objects_and_say_which_requirement_they_serve() -> None:
    recording = made_up.recorded(lambda inputs, _, parent: NetworkPolicies("flows", inputs, parent), {"smtp": made_up.SMTP})
    found = made_up.of_kind(recording, "NetworkPolicy")
    assert made_up.check_schemas(recording) == len(found) == len(rows({"smtp": made_up.SMTP})) + len(NAMESPACES)
    for policy in found:
        if policy["metadata"]["name"] != "deny-all":
            assert policy["metadata"]["annotations"]["oob.example/requirements"]
            rule = policy["spec"].get("ingress") or policy["spec"].get("egress")
            assert rule[0].get("from") or rule[0].get("to"), "nobody listed would mean everybody"


def test_policies_do_not_collide() -> None:
    found = [(row.namespace, row.name) for row in rows({"smtp": made_up.SMTP})]
    assert len(found) == len(set(found))


def test_servers_are_entered_from_the_proxy_on_8065_and_from_prometheus_on_8067_only() -> None:
    entering = [row for row in rows() if row.direction == "Ingress" and row.namespace == names.MATTERMOST_NAMESPACE]
    by_port = {
        (port.number, port.protocol): {
            peer.namespace for each in entering if port in each.ports for peer in each.peers if isinstance(peer, Pods)
        }
        for row in entering
        for port in row.ports
    }
    assert by_port == {
        (8065, "TCP"): {names.INGRESS_NAMESPACE, names.BACKUP_NAMESPACE, names.MATTERMOST_NAMESPACE},
        (8067, "TCP"): {names.MONITORING_NAMESPACE},
        (8074, "TCP"): {names.MATTERMOST_NAMESPACE},
        (8074, "UDP"): {names.MATTERMOST_NAMESPACE},
    }
    for row in entering:
        assert not any(isinstance(peer, Addresses) for peer in row.peers), "only pods come in, never an address"
        if row.name.startswith("from-"):
            assert all(isinstance(peer, Pods) and peer.labels == reaches("mattermost") for peer in row.peers)


def test_gossip_stays_between_servers_and_8075_is_closed() -> None:
    gossip = [row for row in rows() if row.name.startswith("gossip")]
    assert {row.direction for row in gossip} == {"Ingress", "Egress"}
    for row in gossip:
        assert row.pods == MATTERMOST_PODS
        assert row.peers == (Pods(namespace=names.MATTERMOST_NAMESPACE, labels=MATTERMOST_PODS),)
    assert not [port for row in rows() for port in row.ports if port.number == 8075]


def test_the_database_is_reached_only_by_pods_that_say_so() -> None:
    reaching = [row for row in rows() if any(port.number == 5432 for port in row.ports)]
    assert {row.namespace for row in reaching} == {names.MATTERMOST_NAMESPACE, names.BACKUP_NAMESPACE}
    for row in reaching:
        assert row.direction == "Egress"
        assert row.pods == reaches("database")
        assert {peer.cidr for peer in row.peers if isinstance(peer, Addresses)} == set(made_up.NETWORK.database_cidrs)


def test_servers_and_the_upgrade_job_carry_the_label_that_opens_the_database() -> None:
    recording = made_up.recorded(lambda inputs, images, parent: MattermostInstallation("m", inputs, images, parent))
    spec = made_up.named(recording, "Mattermost", "mattermost")["spec"]
    for pods, given in ((MATTERMOST_PODS, spec["podTemplate"]), (UPDATE_PODS, spec["updateJob"])):
        labels = given["extraLabels"] | pods
        opened = {port.number for row in leaving(names.MATTERMOST_NAMESPACE, labels, rows()) for port in row.ports}
        assert {53, 443, 5432} <= opened


def test_only_the_edge_enters_the_proxy() -> None:
    entering = [row for row in rows() if row.direction == "Ingress" and row.namespace == names.INGRESS_NAMESPACE]
    edge = next(row for row in entering if row.name == "edge")
    assert [peer.cidr for peer in edge.peers if isinstance(peer, Addresses)] == list(made_up.NETWORK.edge_cidrs)
    assert [port.number for port in edge.ports] == [443]
    assert {row.name for row in entering} == {"edge", "metrics"}


def test_without_an_edge_nobody_enters_rather_than_everybody() -> None:
    network = NetworkOutputs(cidr="10.0.0.0/16", edge_cidrs=(), application_cidrs=("10.0.1.0/24",), database_cidrs=())
    found = table(made_up.stack(), network, CLUSTER)
    assert not [row for row in found if row.name in ("edge", "to-database")]
    assert all(row.peers for row in found)


def test_mail_leaves_only_when_it_is_configured_and_never_from_a_drill() -> None:
    def mail(*changes: Block) -> list[int]:
        return [port.number for row in rows(*changes) if row.name == "mail" for port in row.ports]

    assert mail() == []
    assert mail({"smtp": made_up.SMTP}) == [587]
    assert mail({"smtp": made_up.SMTP}, made_up.DRILL) == []


def test_a_drill_opens_nothing_to_the_internet_but_https_for_those_that_need_it() -> None:
    world = IPv4Network("203.0.113.99/32")
    found = rows({"smtp": made_up.SMTP}, made_up.DRILL)
    open_rows = [row for row in found if row.direction == "Egress" and lets_through(row, world)]
    assert {port.number for row in open_rows for port in row.ports} == {443}
    assert all(row.pods == reaches("https") for row in open_rows)


def test_where_every_service_answers_inside_only_sign_in_reaches_a_public_address() -> None:
    """And not even that with accounts of the application's own: then a pod that knows a public address gets nowhere."""
    closed = replace(made_up.NETWORK, service_cidrs=("10.40.16.0/20",))
    outside, endpoint, other = (IPv4Network(f"{address}/32") for address in ("203.0.113.99", "10.40.16.9", "10.40.200.9"))

    def reaching(address: IPv4Network, provider: str) -> set[tuple[str, str]]:
        found = table(made_up.stack(made_up.DRILL, {"identity": {"provider": provider}}), closed, CLUSTER)
        egress = [row for row in found if row.direction == "Egress" and lets_through(row, address)]
        assert all(row.pods == MATTERMOST_PODS for row in egress if row.name == "identity")
        return {(row.namespace, row.name) for row in egress}

    assert reaching(outside, "managed") == {(names.MATTERMOST_NAMESPACE, "identity")}
    assert reaching(outside, "local") == set()
    assert {name for _, name in reaching(endpoint, "local")} >= {"to-https"}
    assert "to-https" not in {name for _, name in reaching(other, "local")}


def test_only_prometheus_and_kubernetes_talk_to_node_addresses_besides_https() -> None:
    node = IPv4Network("10.40.16.9/32")
    egress = [row for row in rows() if row.direction == "Egress" and lets_through(row, node)]
    opened = {(row.namespace, port.number) for row in egress for port in row.ports}
    assert {port for _, port in opened} == {443, 6443, 10250}
    assert {namespace for namespace, port in opened if port == 10250} == {names.MONITORING_NAMESPACE}


def test_exceptions_lie_inside_their_range() -> None:
    for row in rows():
        for peer in row.peers:
            if isinstance(peer, Addresses):
                for without in peer.without:
                    assert IPv4Network(without).subnet_of(IPv4Network(peer.cidr)), f"Kubernetes refuses {without}"


def test_webhooks_are_called_by_pods_where_the_api_calls_through_them() -> None:
    caller = PodPeer(namespace="kube-system", labels={"app": "caller"})
    found = table(made_up.stack(), made_up.NETWORK, replace(CLUSTER, webhook_callers=(caller,)))
    (webhook,) = [row for row in found if row.name == "webhook"]
    assert Pods(namespace="kube-system", labels={"app": "caller"}) in webhook.peers
    (plain,) = [row for row in rows() if row.name == "webhook"]
    assert all(isinstance(peer, Addresses) for peer in plain.peers)


def test_policies_in_the_cluster_s_own_dialect_stand_beside_the_standard_ones() -> None:
    policy = NativePolicy(
        name="to-nodes",
        namespace=names.MONITORING_NAMESPACE,
        api_version="plane.example/v2",
        kind="PlanePolicy",
        spec={"egress": [{"toEntities": ["host"]}]},
    )

    def build(inputs: PlatformInputs, _: object, parent: Resource) -> None:
        cluster = replace(inputs.cluster, native_policies=(policy,))
        NetworkPolicies("policies", replace(inputs, cluster=cluster), parent)

    recording = made_up.recorded(build)
    (found,) = [item for item in recording.resources if item.type == "kubernetes:plane.example/v2:PlanePolicy"]
    assert made_up.content(found)["metadata"]["namespace"] == names.MONITORING_NAMESPACE
    assert made_up.content(found)["spec"] == {"egress": [{"toEntities": ["host"]}]}


def test_a_given_identity_provider_is_reached_on_its_own_port() -> None:
    def ports(issuer: str) -> set[int]:
        given = {"identity": {"provider": "oidc", "oidc": {"issuer": issuer, "clientId": "oob"}}}
        world = IPv4Network("203.0.113.99/32")
        leave = leaving(names.MATTERMOST_NAMESPACE, MATTERMOST_PODS | reaches("https"), rows(given))
        return {port.number for row in leave if lets_through(row, world) for port in row.ports}

    assert ports("https://id.survives.example/realms/oob") == {443}
    assert ports("https://id.survives.example:8443/realms/oob") == {443, 8443}
