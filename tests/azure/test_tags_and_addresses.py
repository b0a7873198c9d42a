"""Tags reach everything that takes them without a role's help; subnets fit into every network that the settings allow.

Not proved: the service's own limits on subnets beyond size, and that the service takes these tags.
"""

from __future__ import annotations

from dataclasses import astuple
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

import pulumi_azure_native as azure
import pytest
from pulumi import ComponentResource, Output, ResourceOptions

from components.clouds.azure.addresses import plan
from components.clouds.azure.tags import tag_everything
from components.labels import Labels, cloud_tags
from ops.plan.recorder import record


def test_tags_reach_what_takes_them_also_with_unknown_ones_and_nothing_else() -> None:
    def program() -> None:
        tag_everything({"oob:stack": "test", "taken": "ours"}, {"oob:stack": "test"})
        provider = azure.Provider("azure", subscription_id="s")
        parent = ComponentResource("test:index:Parent", "parent")
        options = ResourceOptions(parent=parent, provider=provider)
        group = azure.resources.ResourceGroup("group", location="here", opts=options)
        azure.resources.ResourceGroup(
            "own", location="here", tags={"mine": "kept", "taken": "theirs", "late": group.id.apply(str)}, opts=options
        )
        azure.dns.Zone("zone", resource_group_name=group.name, location="global", opts=options)
        azure.network.Subnet(
            "subnet", resource_group_name=group.name, virtual_network_name="net", address_prefix="10.0.0.0/24", opts=options
        )
        Output.from_input(1)

    found = {item.name: item.inputs for item in record(program, project="oob", stack="test", config={}).resources}
    assert found["group"]["tags"] == {"oob:stack": "test", "taken": "ours"}
    assert found["zone"]["tags"] == {"oob:stack": "test"}, "takes 15 tags at most"
    own = found["own"]["tags"]
    assert own == "[unknown]" or (isinstance(own, dict) and own["taken"] == "ours" and own["mine"] == "kept")
    assert "tags" not in found["subnet"]
    assert "tags" not in found["parent"]
    assert "tags" not in found["azure"]


@pytest.mark.parametrize("cidr", ["10.64.0.0/16", "10.64.128.0/17", "172.16.64.0/18", "192.168.32.0/19", "10.1.16.0/20"])
def test_subnets_lie_in_the_network_apart_from_each_other_and_are_large_enough(cidr: str) -> None:
    network = IPv4Network(cidr)
    found = plan(network)
    subnets = [each for each in astuple(found) if isinstance(each, IPv4Network)]
    assert len(subnets) == 9
    assert all(subnet.subnet_of(network) for subnet in subnets)
    assert not [pair for pair in combinations(subnets, 2) if pair[0].overlaps(pair[1])]
    assert found.gateway.prefixlen <= 24
    assert max(found.bastion.prefixlen, found.firewall.prefixlen, found.firewall_management.prefixlen) <= 26
    assert IPv4Address(found.ingress_address) in found.ingress


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/21"])
def test_another_size_is_refused(cidr: str) -> None:
    with pytest.raises(ValueError, match="not from /16 to /20"):
        plan(IPv4Network(cidr))


def test_types_that_take_fifteen_tags_have_room_for_a_drills_and_three_of_a_secrets_own() -> None:
    labels = Labels(stack="s", organisation="acme", mode="drill", drill_id="q4", expires_at="2026-12-08")
    assert len(cloud_tags(labels)) + 3 <= 15
