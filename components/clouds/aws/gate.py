"""Who reaches the load balancer at all: its security groups, by two prefix lists (OOB-21, AWS-13, AWS-15, PREP-34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions

from components.clouds.aws.handles import Context
from components.contract import Unsupported
from components.options import child
from components.sections import Access

HTTP, HTTPS = 80, 443
ANYWHERE = "0.0.0.0/0"
# A rule by prefix list weighs as many rules as the list has places, and a group takes 60 by default:
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
RULES_PER_GROUP = 60
STEP = 10  # lists grow in tens, so that a new network changes the list and not the groups


def people(access: Access) -> tuple[str, ...] | None:
    """The networks of people, joined where they touch; None while access is open to all.

    Unsupported for an IPv6 network: the load balancer has no IPv6 address (AWS-03, AWS-32), so nobody would come from there.
    """
    if access.open_to_all is not None:
        return None
    networks: list[IPv4Network] = []
    for index, network in enumerate(access.allowed_cidrs):
        if not isinstance(network, IPv4Network):
            raise Unsupported("edge", "aws", f"access.allowedCidrs[{index}] '{network}' is IPv6; give its IPv4 addresses")
        networks.append(network)
    return tuple(str(network) for network in collapse_addresses(networks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One way in: a port, for the members of a list; `places` is how many rules it weighs."""

    name: str
    port: int
    source: str
    places: int


def places(entries: int) -> int:
    """How many places a list of so many entries gets."""
    return -(-max(entries, 1) // STEP) * STEP


def openings(checkers: int, listed: int | None) -> tuple[Opening, ...]:
    """HTTPS for people and health checkers, HTTP for listed people (it only redirects). `listed` is None for anybody: then port
    80 stays shut, because browsers ask by HTTPS first.
    """
    weight = 1 if listed is None else places(listed)
    always = (
        Opening(name="people", port=HTTPS, source="people", places=weight),
        Opening(name="checkers", port=HTTPS, source="checkers", places=places(checkers)),
    )
    return always if listed is None else (*always, Opening(name="people-redirect", port=HTTP, source="people", places=weight))


def grouped(wanted: Sequence[Opening]) -> list[list[Opening]]:
    """The openings spread over as few groups as hold them; one for up to twenty networks of people."""
    groups: list[list[Opening]] = []
    for opening in wanted:
        for group in groups:
            if sum(known.places for known in group) + opening.places <= RULES_PER_GROUP:
                group.append(opening)
                break
        else:
            groups.append([opening])
    return groups


class Gate(ComponentResource):
    """`group_ids` go on the load balancer; the first is the one that may reach the nodes."""

    def __init__(
        self,
        name: str,
        context: Context,
        *,
        vpc_id: Input[str],
        node_group_id: Input[str],
        node_port: int,
        checkers: Sequence[str],
        listed: Sequence[str] | None,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Gate", name, None, child(parent))
        self._name, self._context = name, context
        lists = {"checkers": self._list("checkers", checkers)}
        if listed is not None:
            lists["people"] = self._list("people", listed)
        groups = [
            self._group(number, openings, lists, vpc_id)
            for number, openings in enumerate(grouped(openings(len(checkers), None if listed is None else len(listed))), 1)
        ]
        first = groups[0]
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-nodes",
            security_group_id=first.id,
            description="To the ingress controller on the nodes",
            ip_protocol="tcp",
            from_port=node_port,
            to_port=node_port,
            referenced_security_group_id=node_group_id,
            opts=self._options(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-into-nodes",
            security_group_id=node_group_id,
            description="From the load balancer to the ingress controller",
            ip_protocol="tcp",
            from_port=node_port,
            to_port=node_port,
            referenced_security_group_id=first.id,
            opts=self._options(),
        )
        self.group_ids: tuple[Output[str], ...] = tuple(group.id for group in groups)
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _list(self, kind: str, cidrs: Sequence[str]) -> aws.ec2.ManagedPrefixList:
        return aws.ec2.ManagedPrefixList(
            f"{self._name}-{kind}",
            address_family="IPv4",
            max_entries=places(len(cidrs)),
            entries=[{"cidr": cidr, "description": kind} for cidr in cidrs],
            opts=self._options(),
        )

    def _group(
        self, number: int, openings: Sequence[Opening], lists: dict[str, aws.ec2.ManagedPrefixList], vpc_id: Input[str]
    ) -> aws.ec2.SecurityGroup:
        suffix = "" if number == 1 else f"-{number}"
        group = aws.ec2.SecurityGroup(
            f"{self._name}-group{suffix}",
            vpc_id=vpc_id,
            description="Load balancer of the out-of-band environment",
            tags={"Name": f"{self._context.environment.name}-edge{suffix}"},
            opts=self._options(),
        )
        for opening in openings:
            source = lists.get(opening.source)
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-{opening.name}",
                security_group_id=group.id,
                description=f"Port {opening.port} for {opening.source}" if source else f"Port {opening.port}, open for a while",
                ip_protocol="tcp",
                from_port=opening.port,
                to_port=opening.port,
                prefix_list_id=source.id if source else None,
                cidr_ipv4=None if source else ANYWHERE,
                opts=self._options(),
            )
        return group
