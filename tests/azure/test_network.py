"""The network, as the engine would be asked to make it, for both ways out.

Not proved: that Azure accepts the combination, that nodes can join and pull images through it, or that a packet is refused.
"""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network
from itertools import pairwise
from typing import Any, cast

import pytest
from pulumi import Resource

from components.clouds.azure import names_firewall, network, private_zones, registries, security_rules
from components.clouds.azure.addresses import plan
from components.contract import NetworkSpec
from components.sections import Egress, Images
from components.versions import IMAGES
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up

SUBNET, RULES, LINK = "network:Subnet", "network:NetworkSecurityGroup", "privatedns:VirtualNetworkLink"
ENDPOINT, ZONE = "network:PrivateEndpoint", "privatedns:PrivateZone"
PODS = "10.200.0.0/16"
CUT = plan(IPv4Network(made_up.CIDR))
MAIL = "mail.responders.example.net"
THEIRS = f"/subscriptions/{made_up.SUBSCRIPTION}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/x"


def spec(mode: str = "filtered", mirror: str | None = None) -> NetworkSpec:
    egress = Egress.model_validate({"mode": mode, "domains": ["status.example.org"]})
    return NetworkSpec(egress=egress, images=Images.model_validate({"mirror": mirror}), hosts=(MAIL,))


@cache
def planned(mode: str = "filtered", zones: bool = False) -> Recording:
    def program(parent: Resource) -> None:
        block = {"cidr": made_up.CIDR} | ({"privateZones": {"vault": THEIRS, "blob": THEIRS}} if zones else {})
        context = made_up.context(network=block)
        made = network.Network("network", context, spec(mode), made_up.keys(context, parent), parent).outputs
        assert made.outbound == {"filtered": "userDefinedRouting", "nat": "userAssignedNATGateway"}[mode]
        assert (made.firewall_id is not None) is (mode == "filtered")
        assert made.edge_cidrs == (str(CUT.gateway),)
        assert len(made.zones_ready) == (3 if zones else 5)

    return made_up.recording(program)


def rules_of(tier: str, mode: str = "filtered") -> dict[str, dict[str, Any]]:
    found = cast("list[dict[str, Any]]", made_up.named(planned(mode), f"network-{tier}-rules").inputs["securityRules"])
    return {rule["name"]: rule for rule in found}


def subnets(recorded: Recording) -> dict[str, Registered]:
    return {found.name.removeprefix("network-"): found for found in made_up.of_type(recorded, SUBNET)}


@pytest.mark.parametrize("mode", ["filtered", "nat"])
def test_every_subnet_but_the_firewalls_is_behind_rules_that_refuse_the_rest(mode: str) -> None:
    found = subnets(planned(mode))
    assert set(found) == {*CUT_TIERS, *(["firewall"] if mode == "filtered" else [])}
    for tier in CUT_TIERS:
        assert "networkSecurityGroup" in found[tier].inputs, tier
        refusals = {rule["direction"] for rule in rules_of(tier, mode).values() if rule["access"] == "Deny"}
        assert refusals == ({"Inbound"} if tier == "gateway" else {"Inbound", "Outbound"}), tier
        for rule in rules_of(tier, mode).values():
            assert (rule["priority"] == 4096) is (rule["access"] == "Deny"), tier


CUT_TIERS = ("nodes", "gateway", "endpoints", "ingress", "database", "bastion", "jump")


def test_only_the_gateway_and_the_bastion_are_open_to_the_internet() -> None:
    tiers = security_rules.tiers(CUT, PODS)
    assert {name for name, tier in tiers.items() for each in tier.into if "Internet" in each.source} == {"gateway", "bastion"}
    assert {name for name, tier in tiers.items() for each in tier.into if each.source == "*"} == set()


def test_the_database_takes_its_own_port_from_nodes_and_the_jump_machine_alone() -> None:
    into = [rule for rule in rules_of("database").values() if rule["direction"] == "Inbound" and rule["access"] == "Allow"]
    assert [rule.get("sourceAddressPrefixes") or rule["sourceAddressPrefix"] for rule in into] == [
        [str(CUT.nodes), str(CUT.jump)],
        str(CUT.database),
    ]
    assert into[0]["destinationPortRange"] == "5432"
    out = [rule for rule in rules_of("database").values() if rule["direction"] == "Outbound" and rule["access"] == "Allow"]
    assert not [rule for rule in out if rule["destinationAddressPrefix"] in ("Internet", "*")]


def test_the_gateway_reaches_the_ingress_at_its_fixed_address_and_no_node() -> None:
    rule = rules_of("nodes")["AllowGatewayToIngressInbound"]
    assert rule["sourceAddressPrefix"] == str(CUT.gateway)
    assert rule["destinationAddressPrefix"] == f"{CUT.ingress_address}/32"
    assert [name for name, found in rules_of("nodes").items() if str(CUT.gateway) in str(found)] == [rule["name"]]


def test_pods_reach_each_other_between_nodes_since_the_overlay_does_not_hide_them() -> None:
    for direction in ("Inbound", "Outbound"):
        rule = rules_of("nodes")[f"AllowNodesAndPods{direction}"]
        assert rule["sourceAddressPrefixes"] == rule["destinationAddressPrefixes"] == [str(CUT.nodes), PODS]


def test_the_jump_machine_takes_ssh_from_the_bastion_alone() -> None:
    into = [rule for rule in rules_of("jump").values() if rule["direction"] == "Inbound" and rule["access"] == "Allow"]
    assert [(rule["sourceAddressPrefix"], rule["destinationPortRange"]) for rule in into] == [(str(CUT.bastion), "22")]


def test_filtered_leads_nodes_and_jump_machine_through_the_firewall_and_nothing_around_it() -> None:
    found = subnets(planned())
    assert {tier for tier, subnet in found.items() if "routeTable" in subnet.inputs} == {"nodes", "jump"}
    assert not [tier for tier, subnet in found.items() if "natGateway" in subnet.inputs]
    (route,) = cast("list[dict[str, Any]]", made_up.named(planned(), "network-routes").inputs["routes"])
    assert (route["addressPrefix"], route["nextHopType"]) == ("0.0.0.0/0", "VirtualAppliance")
    assert made_up.named(planned(), "network-names-rules").urn in made_up.named(planned(), "network-names-firewall").depends_on


def test_nat_gives_both_the_gateway_and_makes_no_firewall() -> None:
    found = subnets(planned("nat"))
    assert {tier for tier, subnet in found.items() if "natGateway" in subnet.inputs} == {"nodes", "jump"}
    assert made_up.of_type(planned("nat"), "network:AzureFirewall") == []


def test_no_machine_gets_a_way_out_by_azures_default() -> None:
    for tier in ("nodes", "jump", "endpoints", "ingress"):
        assert subnets(planned())[tier].inputs["defaultOutboundAccess"] is False, tier


def test_subnets_are_made_one_after_the_other() -> None:
    found = made_up.of_type(planned(), SUBNET)
    for before, after in pairwise(found):
        assert before.urn in after.depends_on, after.name


def test_nothing_connects_to_another_network() -> None:
    words = ("peering", "virtualnetworkgateway", "expressroute", "vpn", "virtualhub")
    assert not [found.type for found in planned().resources if any(word in found.type.lower() for word in words)]


def test_the_firewall_opens_what_the_stack_lists_and_what_the_program_needs_and_no_storage_of_strangers() -> None:
    listed = names_firewall.allowed(spec(), made_up.LOCATION, made_up.REPLICA)
    assert {"status.example.org", MAIL, "login.microsoftonline.com", "registry-1.docker.io"} <= set(listed)
    assert not [name for name in listed if "*" in name.removeprefix("*.") or name in ("*", "*.blob.core.windows.net")]


def test_mail_leaves_to_the_stacks_hosts_alone() -> None:
    (mail, _) = cast("list[dict[str, Any]]", made_up.named(planned(), "network-names-rules").inputs["ruleCollections"])
    (rule,) = mail["rules"]
    assert (rule["destinationFqdns"], rule["destinationPorts"]) == ([MAIL], ["465", "587"])
    assert names_firewall.collections(["10.0.0.0/8"], ["a.example"], [])[0].name == "names"


def test_a_route_leads_where_the_firewall_says_and_to_the_first_free_address_while_it_is_planned() -> None:
    class Said:
        private_ip_address = "10.64.112.70"

    assert names_firewall.inner_address([Said()], CUT.firewall) == "10.64.112.70"
    assert names_firewall.inner_address(None, CUT.firewall) == str(CUT.firewall[4])


def test_every_registry_of_the_pinned_images_is_described() -> None:
    assert {image.registry for image in IMAGES.values()} <= set(registries.HOSTS)


def test_a_mirror_replaces_the_public_registries_and_brings_its_data_endpoints() -> None:
    theirs = registries.hosts(spec(mirror="acmeoob.azurecr.io/oob").images, (made_up.LOCATION,))
    assert theirs == ("acmeoob.azurecr.io", "acmeoob.germanywestcentral.data.azurecr.io")
    assert registries.hosts(spec(mirror="registry.example.net:5000/oob").images, ()) == ("registry.example.net",)


def test_zones_are_made_and_linked_without_registration_unless_they_are_given() -> None:
    assert len(made_up.of_type(planned(), ZONE)) == len(private_zones.NAMES)
    assert [link.inputs["registrationEnabled"] for link in made_up.of_type(planned(), LINK)] == [False] * 5
    given = planned(zones=True)
    assert {zone.name for zone in made_up.of_type(given, ZONE)} == {
        f"network-zones-{x}" for x in ("cluster", "database", "registry")
    }
    entry = made_up.named(given, "network-endpoint-secrets-entry").inputs["privateDnsZoneConfigs"]
    assert entry == [{"name": "vault", "privateDnsZoneId": THEIRS}]


def test_vaults_and_accounts_of_logs_are_reached_inside() -> None:
    found = {endpoint.name.removeprefix("network-endpoint-") for endpoint in made_up.of_type(planned(), ENDPOINT)}
    assert found == {"keys", "secrets", "archive", "flows"}


def test_every_connection_is_logged_for_a_year_by_an_identity_that_may_write_there_alone() -> None:
    log = made_up.named(planned(), "network-logs-flow-log")
    assert log.inputs["enabled"] is True
    assert log.inputs["retentionPolicy"] == {"days": 365, "enabled": True}
    assert made_up.block(log, "identity")["type"] == "UserAssigned"
    assert made_up.named(planned(), "network-logs-access").urn in log.depends_on
    assert "immutableStorageWithVersioning" not in made_up.named(planned(), "network-logs-flows").inputs
