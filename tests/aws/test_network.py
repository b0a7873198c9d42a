"""The network as the engine would be asked to make it, for every way out.

Not proved: that AWS accepts the combination, that nodes can join and pull images through it, or that a packet is refused.
"""

from __future__ import annotations

import json
from ipaddress import ip_network

import pytest
from pulumi import Resource
from pulumi_aws.ec2.outputs import VpcEndpointDnsEntry

from components.clouds.aws import network, registries
from components.clouds.aws.endpoints import SERVICES, bucket_host, bucket_policy, interface_policy
from components.clouds.aws.names_firewall import EVERYTHING, MOST_DOMAINS, allowed
from components.clouds.aws.network_logs import log_format, trust, writing
from components.contract import NetworkSpec
from components.sections import Images, Size
from components.versions import IMAGES
from ops.plan.recorder import Recording
from tests.aws import made_up_edge as made_up
from tests.aws.made_up_watch import keys, of_type, only, recording

SUBNET = "aws:ec2/subnet:Subnet"
ROUTE = "aws:ec2/route:Route"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
FIREWALL = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def planned(spec: NetworkSpec | None = None, *, size: Size = Size.MEDIUM, disposable: bool = False, zones: int = 3) -> Recording:
    def program(parent: Resource) -> None:
        context = made_up.context(size=size, disposable=disposable, zones=zones)
        network.Network("network", context, spec or made_up.network_spec(), keys(), parent)

    return recording(program)


@pytest.fixture(scope="module")
def filtered() -> Recording:
    return planned()


@pytest.fixture(scope="module")
def closed() -> Recording:
    return planned(made_up.network_spec("none", mirror="mirror.example/oob"))


@pytest.fixture(scope="module")
def open_() -> Recording:
    return planned(made_up.network_spec("nat"))


def domains(recorded: Recording) -> set[str]:
    found = made_up.named(recorded, "network-names-allowed").inputs["domains"]
    assert isinstance(found, list)
    return {str(name) for name in found}


def test_the_network_is_one_range_without_ipv6_and_with_names(filtered: Recording) -> None:
    vpc = only(filtered, "aws:ec2/vpc:Vpc").inputs
    assert vpc["cidrBlock"] == "10.64.0.0/16"
    assert vpc["enableDnsSupport"] is True
    assert vpc["enableDnsHostnames"] is True
    assert vpc["instanceTenancy"] == "default"
    assert not any("ipv6" in key.lower() for key in vpc)


def test_the_default_security_group_lets_nothing_in_or_out(filtered: Recording) -> None:
    group = only(filtered, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert group["ingress"] == []
    assert group["egress"] == []


@pytest.mark.parametrize("zones", [2, 3])
def test_three_tiers_in_every_zone_and_no_public_address_on_launch(zones: int) -> None:
    subnets = of_type(planned(zones=zones), SUBNET)
    assert len(subnets) == 3 * zones
    assert made_up.each(subnets, "mapPublicIpOnLaunch") == [False]
    for tier in ("public", "application", "database"):
        found = [subnet for subnet in subnets if subnet.name.startswith(f"network-{tier}-")]
        assert len(made_up.each(found, "availabilityZone")) == zones


def test_only_public_subnets_have_a_route_to_the_internet_gateway(filtered: Recording) -> None:
    to_gateway = [route for route in of_type(filtered, ROUTE) if "gatewayId" in route.inputs]
    assert [route.name for route in to_gateway] == ["network-public-default"]


def test_the_database_has_no_route_out_in_any_mode(filtered: Recording, open_: Recording) -> None:
    for recorded in (filtered, open_):
        assert not [route.name for route in of_type(recorded, ROUTE) if "database" in route.name]
        tables = [found.name for found in of_type(recorded, ASSOCIATION) if "database" in found.name]
        assert len(tables) == 3, "a subnet without a table of its own falls back to the VPC's main table"


@pytest.mark.parametrize(("size", "gateways"), [(Size.SMALL, 1), (Size.MEDIUM, 3), (Size.LARGE, 3)])
def test_one_nat_gateway_for_small_and_one_a_zone_for_the_others(size: Size, gateways: int) -> None:
    recorded = planned(size=size)
    assert len(of_type(recorded, NAT)) == gateways
    assert len([route for route in of_type(recorded, ROUTE) if "natGatewayId" in route.inputs]) == 3


def test_without_egress_there_is_no_nat_no_route_and_no_address(closed: Recording) -> None:
    assert of_type(closed, NAT) == []
    assert of_type(closed, "aws:ec2/eip:Eip") == []
    assert [route.name for route in of_type(closed, ROUTE)] == ["network-public-default"]


def test_nat_is_made_after_the_route_to_the_internet(filtered: Recording) -> None:
    route = only(filtered, ROUTE, "network-public-default").urn
    assert all(route in nat.depends_on for nat in of_type(filtered, NAT))


def test_what_stands_in_an_application_subnet_comes_after_its_ways_out(filtered: Recording) -> None:
    association = made_up.named(filtered, "network-application-uses-1")
    assert made_up.named(filtered, "network-application-1-default").urn in association.depends_on
    assert made_up.named(filtered, "network-endpoints-sts").urn in association.depends_on


def test_nothing_connects_to_another_network(filtered: Recording) -> None:
    words = ("peering", "transitgateway", "vpngateway", "vpnconnection", "directconnect", "ram/")
    assert not [found.type for found in filtered.resources if any(word in found.type.lower() for word in words)]


def test_every_service_that_private_nodes_need_has_an_endpoint_in_every_zone(filtered: Recording) -> None:
    interfaces = [found for found in of_type(filtered, ENDPOINT) if found.inputs["vpcEndpointType"] == "Interface"]
    assert made_up.each(interfaces, "serviceName") == [f"com.amazonaws.eu-central-1.{name}" for name in SERVICES]
    needed = {"ecr.api", "ecr.dkr", "sts", "logs", "secretsmanager", "kms", "ssm", "ssmmessages", "eks", "ec2", "autoscaling"}
    assert needed <= set(SERVICES)
    for found in interfaces:
        assert found.inputs["privateDnsEnabled"] is True
        assert isinstance(found.inputs["subnetIds"], list)
        assert len(found.inputs["subnetIds"]) == 3


def test_the_endpoints_take_https_from_the_network_and_nothing_else(filtered: Recording) -> None:
    rules = of_type(filtered, INGRESS)
    assert [(rule.inputs["fromPort"], rule.inputs["toPort"], rule.inputs["cidrIpv4"]) for rule in rules] == [
        (443, 443, "10.64.0.0/16")
    ]
    assert all(rule.inputs["description"] for rule in rules)


def test_the_bucket_gateway_serves_the_application_subnets_only(filtered: Recording) -> None:
    gateway = made_up.named(filtered, "network-endpoints-s3")
    assert gateway.inputs["vpcEndpointType"] == "Gateway"
    assert isinstance(gateway.inputs["routeTableIds"], list)
    assert len(gateway.inputs["routeTableIds"]) == 3


def outputs(spec: NetworkSpec, *, disposable: bool = False) -> network.AwsNetwork:
    seen: list[network.AwsNetwork] = []

    def program(parent: Resource) -> None:
        seen.append(network.Network("network", made_up.context(disposable=disposable), spec, keys(), parent).outputs)

    recording(program)
    return seen[0]


def test_in_a_closed_network_buckets_answer_inside_too_so_that_pods_need_no_public_address(closed: Recording) -> None:
    """A drill is closed whatever its mode is. Where the gateway alone serves S3, no range can stand for its addresses."""
    for recorded in (closed, planned(disposable=True)):
        interface = made_up.named(recorded, "network-endpoints-s3-interface").inputs
        assert interface["serviceName"] == "com.amazonaws.eu-central-1.s3"
        assert interface["vpcEndpointType"] == "Interface"
        assert interface["privateDnsEnabled"] is True
        assert interface["dnsOptions"] == {"dnsRecordIpType": "ipv4", "privateDnsOnlyForInboundResolverEndpoint": False}
        assert interface["policy"] == made_up.named(recorded, "network-endpoints-s3").inputs["policy"]
        assert "*.s3.eu-central-1.vpce.amazonaws.com." in domains(recorded)
    for made in (outputs(made_up.network_spec("none", mirror="m.example")), outputs(made_up.network_spec(), disposable=True)):
        assert made.service_cidrs == made.application_cidrs
        assert made.bucket_host is not None


def test_an_open_network_has_the_gateway_alone_and_promises_no_range(filtered: Recording) -> None:
    assert not [found.name for found in of_type(filtered, ENDPOINT) if "s3-interface" in found.name]
    made = outputs(made_up.network_spec())
    assert made.service_cidrs is None
    assert made.bucket_host is None


def test_the_interface_serves_buckets_below_the_name_that_stands_for_them() -> None:
    entry = VpcEndpointDnsEntry(dns_name="*.vpce-1.s3.eu-central-1.vpce.amazonaws.com", hosted_zone_id="Z1")
    assert bucket_host([entry]) == "bucket.vpce-1.s3.eu-central-1.vpce.amazonaws.com"


def test_through_the_gateway_only_own_buckets_can_be_written() -> None:
    own, foreign = json.loads(bucket_policy("444455556666", "eu-central-1", Images()))["Statement"]
    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": "444455556666"}}
    assert foreign["Action"] == "s3:GetObject"
    assert "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*" in foreign["Resource"]
    assert "arn:aws:s3:::*" not in foreign["Resource"]
    assert not any(resource.startswith("arn:aws:s3:::*") for resource in foreign["Resource"])


def test_a_mirror_closes_the_buckets_of_public_registries() -> None:
    mirrored = bucket_policy("444455556666", "eu-central-1", Images.model_validate({"mirror": "mirror.example"}))
    assert "registry-k8s-io" in bucket_policy("444455556666", "eu-central-1", Images())
    assert "registry-k8s-io" not in mirrored
    assert "docker" not in mirrored


@pytest.mark.parametrize("prefix", sorted(set(SERVICES.values())))
def test_an_interface_endpoint_serves_only_principals_of_this_account(prefix: str) -> None:
    statements = json.loads(interface_policy(prefix, "444455556666"))["Statement"]
    for statement in statements:
        limited = statement.get("Condition") == {"StringEquals": {"aws:PrincipalAccount": "444455556666"}}
        assert limited or statement["Resource"] == "arn:aws:iam::444455556666:role/*"
        assert statement["Action"] != "*"


def test_pods_can_exchange_their_token_for_a_role_though_they_come_without_credentials() -> None:
    statements = json.loads(interface_policy("sts", "444455556666"))["Statement"]
    assert [found["Action"] for found in statements if "Condition" not in found] == ["sts:AssumeRoleWithWebIdentity"]


def test_only_listed_names_resolve_and_a_broken_firewall_resolves_nothing(filtered: Recording) -> None:
    allow, block = of_type(filtered, FIREWALL)
    assert (allow.inputs["action"], block.inputs["action"]) == ("ALLOW", "BLOCK")
    assert int(str(allow.inputs["priority"]).partition(".")[0]) < int(str(block.inputs["priority"]).partition(".")[0])
    assert allow.inputs["firewallDomainRedirectionAction"] == "TRUST_REDIRECTION_DOMAIN"
    assert made_up.named(filtered, "network-names-everything").inputs["domains"] == [EVERYTHING]
    config = only(filtered, "aws:route53/resolverFirewallConfig:ResolverFirewallConfig")
    assert config.inputs["firewallFailOpen"] == "DISABLED"
    assert only(filtered, "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation")


def test_names_end_with_a_dot_so_that_a_second_preview_is_empty(filtered: Recording) -> None:
    assert all(name.endswith(".") for name in domains(filtered))


def test_the_list_holds_what_the_stack_asks_for_and_what_images_need() -> None:
    recorded = planned(made_up.network_spec(domains=["updates.partner.example"], hosts=["id.okta.example"]))
    found = domains(recorded)
    assert {"updates.partner.example.", "id.okta.example."} <= found
    assert {"registry-1.docker.io.", "quay.io.", "registry.k8s.io."} <= found
    assert "*.auth.eu-central-1.amazoncognito.com." in found
    assert "*.eu-central-1.amazonaws.com." in found
    assert "*.eu-central-1.compute.internal." in found


def test_with_a_mirror_only_the_mirror_is_listed() -> None:
    found = domains(planned(made_up.network_spec(mirror="mirror.example:5000/oob")))
    assert "mirror.example." in found
    assert not [name for name in found if "docker" in name or "quay" in name or "k8s.io" in name]


def test_without_egress_the_list_holds_aws_alone(closed: Recording) -> None:
    assert domains(closed)
    assert all("amazonaws.com" in name or "api.aws" in name or "compute.internal" in name for name in domains(closed))


def test_with_nat_no_name_is_refused_but_every_lookup_is_recorded(open_: Recording) -> None:
    assert of_type(open_, FIREWALL) == []
    assert of_type(open_, DOMAINS) == []
    assert only(open_, "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation")


def test_no_list_admits_a_whole_top_level_domain_or_all_of_aws() -> None:
    names = allowed(made_up.network_spec(), "eu-central-1", "eu-north-1")
    assert "*.amazonaws.com" not in names
    assert all(name.count(".") >= 1 + name.startswith("*.") for name in names)


def test_the_longest_list_that_settings_allow_fits_into_one() -> None:
    spec = made_up.network_spec(domains=[f"name-{number}.example.org" for number in range(200)], hosts=["a.example", "b.example"])
    assert len(allowed(spec, "eu-central-1", "eu-north-1")) <= MOST_DOMAINS


def test_every_registry_of_the_version_table_is_known_by_its_hosts() -> None:
    assert {image.registry for image in IMAGES.values()} <= set(registries.REGISTRIES)


def test_connections_are_recorded_encrypted_for_a_year(filtered: Recording) -> None:
    flow_log = only(filtered, "aws:ec2/flowLog:FlowLog").inputs
    assert flow_log["trafficType"] == "ALL"
    assert flow_log["maxAggregationInterval"] == 60
    groups = of_type(filtered, LOG_GROUP)
    assert len(groups) == 2
    assert made_up.each(groups, "retentionInDays") == [365]
    assert made_up.each(groups, "kmsKeyId") == ["arn:aws:kms:eu-central-1:444455556666:key/logs"]


def test_the_role_of_the_flow_logs_is_taken_by_them_alone_and_writes_one_group(filtered: Recording) -> None:
    (trusted,) = json.loads(trust("444455556666", "eu-central-1"))["Statement"]
    assert trusted["Condition"]["StringEquals"] == {"aws:SourceAccount": "444455556666"}
    (written,) = json.loads(writing("arn:group"))["Statement"]
    assert written["Resource"] == ["arn:group", "arn:group:*"]
    role = only(filtered, "aws:iam/role:Role")
    assert role.inputs["permissionsBoundary"] == "arn:aws:iam::444455556666:policy/boundary"


def test_flow_logs_say_which_way_a_packet_went() -> None:
    assert "${flow-direction}" in log_format()
    assert "${pkt-dstaddr}" in log_format()


def test_logs_are_kept_when_live_and_go_with_the_drill(filtered: Recording) -> None:
    assert all(group.protect for group in of_type(filtered, LOG_GROUP))
    drill = planned(disposable=True)
    assert not [found.urn for found in drill.resources if found.protect or found.retain_on_delete]


def test_everything_uses_the_provider_of_the_main_region_and_hangs_below_the_role(filtered: Recording) -> None:
    custom = [found for found in filtered.resources if found.custom and not found.type.startswith("pulumi:")]
    assert {found.provider.rpartition("::")[2].partition("::")[0] for found in custom} == {"aws"}
    assert all("oob:aws:Network" in found.urn for found in custom)


def test_outputs_hold_plain_ranges_within_the_network() -> None:
    made = outputs(made_up.network_spec())
    ranges = [*made.edge_cidrs, *made.application_cidrs, *made.database_cidrs]
    assert len(set(ranges)) == 9
    assert all(ip_network(cidr).subnet_of(ip_network(made.cidr)) for cidr in ranges)  # type: ignore[arg-type]
    assert made.zone_names == ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def test_nothing_is_registered_twice_and_nothing_is_asked_of_the_cloud(filtered: Recording) -> None:
    assert filtered.duplicates == []
    assert filtered.invokes == []


def test_a_drill_has_one_public_address_so_that_it_fits_beside_the_environment() -> None:
    recorded = planned(size=Size.LARGE, disposable=True)
    assert len(of_type(recorded, NAT)) == len(of_type(recorded, "aws:ec2/eip:Eip")) == 1
    assert len([route for route in of_type(recorded, ROUTE) if "natGatewayId" in route.inputs]) == 3
