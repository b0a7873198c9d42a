"""Networks: addresses, flow logs, ways out and ways to others. Facts: VPC user guide, CIS AWS 3.7 and 5.x."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import (
    At,
    Finding,
    Graph,
    Level,
    Outcome,
    Resource,
    Severity,
    Unjudged,
    bad_if,
    must,
    must_not,
    rule,
    stack_rule,
)
from policies.reading.network import anywhere
from policies.reading.values import UNKNOWN, all_of, any_of, asked, is_true, one_of, peek, present

VPC = "aws:ec2/vpc:Vpc"
GROUPS = ("aws:ec2/securityGroup:SecurityGroup",)


@rule(
    "vpc-no-public-addresses",
    on=("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"),
    severity=Severity.HIGH,
    frameworks=("FSBP EC2.15", "NIST 800-53 SC-7"),
    remedy="Leave mapPublicIpOnLaunch out",
)
def no_public_addresses(r: Resource) -> Iterator[Outcome]:
    """No subnet hands out public addresses."""
    yield from must_not(r, "mapPublicIpOnLaunch", is_true, "hands out public addresses")
    yield from must_not(r, "assignIpv6AddressOnCreation", is_true, "hands out IPv6 addresses, which are public")


@rule(
    "vpc-not-the-default",
    on=("aws:ec2/defaultVpc:DefaultVpc", "aws:ec2/defaultSubnet:DefaultSubnet"),
    severity=Severity.MEDIUM,
    remedy="Make a network of your own",
)
def not_the_default(r: Resource) -> Iterator[Outcome]:
    """The account's default network is not used."""
    yield from bad_if(r.type.startswith("aws:ec2/default"), "", "adopts the account's default network")


@rule(
    "vpc-endpoint-services-accept-by-hand",
    on="aws:ec2/vpcEndpointService:VpcEndpointService",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-4",),
    remedy="Set acceptanceRequired to true",
)
def endpoint_services_accept_by_hand(r: Resource) -> Iterator[Outcome]:
    """Nobody connects to a service of ours without being accepted."""
    yield from must(r, "acceptanceRequired", is_true, "is off")


@rule(
    "vpc-transit-accepts-by-hand",
    on="aws:ec2transitgateway/transitGateway:TransitGateway",
    severity=Severity.HIGH,
    frameworks=("FSBP EC2.23",),
    remedy="Leave autoAcceptSharedAttachments out",
)
def transit_accepts_by_hand(r: Resource) -> Iterator[Outcome]:
    """A transit gateway joins no network unasked."""
    yield from must_not(r, "autoAcceptSharedAttachments", one_of("enable"), "joins networks unasked")


@rule(
    "vpc-peering-routes-narrow",
    on=("aws:ec2/route:Route", "aws:ec2/routeTable:RouteTable"),
    severity=Severity.HIGH,
    frameworks=("CIS AWS 5.5",),
    remedy="Name the networks behind the peering; better, have no peering",
)
def peering_routes_narrow(r: Resource) -> Iterator[Outcome]:
    """No route sends everything through a peering."""
    if r.type.endswith(":Route"):
        peered = present(r.at("vpcPeeringConnectionId"))
        wide = any_of(asked(anywhere, r.at(key)) for key in ("destinationCidrBlock", "destinationIpv6CidrBlock"))
        yield from bad_if(all_of([peered, wide]), "destinationCidrBlock", "sends everything through a peering")
    for entry in r.each("routes[*]"):
        if entry.value is UNKNOWN:
            yield Unjudged(entry.path)
            continue
        peered = present(peek(entry.value, "vpcPeeringConnectionId"))
        wide = any_of(asked(anywhere, peek(entry.value, key)) for key in ("cidrBlock", "ipv6CidrBlock"))
        yield from bad_if(all_of([peered, wide]), entry.path, "sends everything through a peering")


@rule(
    "vpc-flow-log-whole",
    on="aws:ec2/flowLog:FlowLog",
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 3.7", "NIST 800-53 AU-12"),
    remedy="Set trafficType to ALL",
)
def flow_log_whole(r: Resource) -> Iterator[Outcome]:
    """Flow logs write down what was accepted and what was refused."""
    if any(present(r.at(key)) for key in ("vpcId", "subnetId", "eniId")):
        yield from must(r, "trafficType", one_of("ALL"), "leaves out traffic")


@stack_rule(
    "vpc-has-flow-log",
    on=VPC,
    severity=Severity.MEDIUM,
    frameworks=("CIS AWS 3.7", "FSBP EC2.6", "NIST 800-53 AU-12"),
    remedy="Add a FlowLog for the network",
)
def has_flow_log(graph: Graph) -> Iterator[At]:
    """Every network writes down who talks to whom."""
    for vpc in graph.of(VPC):
        if not graph.companions(vpc, "aws:ec2/flowLog:FlowLog", by="vpcId"):
            yield At(vpc, Finding("", "has no flow log"))


@stack_rule(
    "vpc-default-group-closed",
    on=VPC,
    severity=Severity.HIGH,
    frameworks=("CIS AWS 5.4", "FSBP EC2.2"),
    remedy="Adopt the network's DefaultSecurityGroup with empty rules",
)
def default_group_closed(graph: Graph) -> Iterator[At]:
    """The default group of every network is adopted, and lets nothing through."""
    for vpc in graph.of(VPC):
        groups = graph.companions(vpc, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", by="vpcId")
        if not groups:
            yield At(vpc, Finding("", "leaves its default group as it came, which lets its members talk"))
        for group in groups:
            beside = graph.companions(
                group,
                "aws:ec2/securityGroupRule:SecurityGroupRule",
                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
                by="securityGroupId",
            )
            if present(group.at("ingress")) or present(group.at("egress")) or beside:
                yield At(vpc, Finding("", "has a default group that lets something through"))


@stack_rule(
    "network-groups-used",
    on=GROUPS,
    severity=Severity.LOW,
    remedy="Attach the group, or remove it",
    level=Level.ADVISORY,
)
def groups_used(graph: Graph) -> Iterator[At]:
    """Every security group protects something."""
    rules = ("aws:ec2/securityGroupRule:", "aws:vpc/securityGroup", "aws:ec2/securityGroup:")
    wearing = {urn for one in graph.resources if not one.type.startswith(rules) for urn in one.depends_on}
    for group in graph.of(*GROUPS):
        if group.urn not in wearing:
            yield At(group, Finding("", "is attached to nothing"))


@stack_rule(
    "nacl-attached",
    on="aws:ec2/networkAcl:NetworkAcl",
    severity=Severity.LOW,
    frameworks=("FSBP EC2.16",),
    remedy="Name subnetIds",
)
def nacl_attached(graph: Graph) -> Iterator[At]:
    """Every access list guards a subnet of this stack."""
    subnets = {one.urn for one in graph.of("aws:ec2/subnet:Subnet")}
    for one in graph.of("aws:ec2/networkAcl:NetworkAcl"):
        by_itself = present(one.at("subnetIds")) and bool(subnets & one.depends_on)
        if not by_itself and not graph.companions(one, "aws:ec2/networkAclAssociation:NetworkAclAssociation", by="networkAclId"):
            yield At(one, Finding("subnetIds", "names no subnet of this stack"))
