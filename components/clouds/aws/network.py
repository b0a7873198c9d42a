"""The network: a VPC of its own with public, application and database subnets, connected to nothing (OOB-05, AWS-01 to AWS-10).

What leaves it is decided by `egress.mode`: `none` has no NAT gateway and no default route, `filtered` has both and refuses every
name that is not listed (names_firewall.py), `nat` lets out whatever the network policies inside the cluster let out.
The default security group is emptied, so that nothing works by accident. The default network ACL stays as AWS makes it, open:
it is stateless and would only repeat the security groups less exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions

from components.clouds.aws.addresses import Zone, plan
from components.clouds.aws.endpoints import Endpoints
from components.clouds.aws.handles import AwsKeys, AwsNetwork, Context
from components.clouds.aws.names_firewall import NamesFirewall
from components.clouds.aws.network_logs import NetworkLogs
from components.clouds.aws.sizes import SIZES
from components.contract import NetworkSpec
from components.options import child

ANYWHERE = "0.0.0.0/0"


def nat_zones(zones: tuple[Zone, ...], mode: str, per_zone: bool) -> tuple[Zone, ...]:
    """The zones that get a NAT gateway: none, the first, or each."""
    if mode == "none":
        return ()
    return zones if per_zone else zones[:1]


def _present(subnet_id: str | None) -> str:
    """An association connects a subnet or a gateway; ours connect subnets."""
    if subnet_id is None:
        raise ValueError("a route table association without a subnet")
    return subnet_id


class Network(ComponentResource):
    """VPC, subnets, routes, endpoints, logs. `outputs` holds the ids and, as plain text, the address ranges."""

    def __init__(self, name: str, context: Context, spec: NetworkSpec, keys: AwsKeys, parent: Resource) -> None:
        super().__init__("oob:aws:Network", name, None, child(parent))
        self._name, self._context = name, context
        cidr = context.settings.network.cidr
        if not isinstance(cidr, IPv4Network):
            raise TypeError(f"settings let a range through that is not IPv4: {cidr}")
        zones = plan(cidr, context.region, context.settings.network.zones)
        vpc = self._vpc(cidr)
        gateway = aws.ec2.InternetGateway(f"{name}-gateway", vpc_id=vpc.id, tags=self._tags(), opts=self._options())
        public = self._subnets(vpc, "public", zones, [zone.public for zone in zones])
        application = self._subnets(vpc, "application", zones, [zone.application for zone in zones])
        database = self._subnets(vpc, "database", zones, [zone.database for zone in zones])
        public_table = self._table(vpc, "public")
        tables = [self._table(vpc, f"application-{number}") for number, _ in enumerate(zones, 1)]
        database_table = self._table(vpc, "database")  # without a route: reaches nothing outside the VPC (AWS-51)
        to_internet = self._route("public", public_table, gateway_id=gateway.id)
        ways_out = self._nat(nat_zones(zones, spec.egress.mode, self._per_zone), public, tables, to_internet)
        closed = spec.egress.mode == "none" or context.environment.disposable
        endpoints = Endpoints(
            f"{name}-endpoints",
            context,
            spec.images,
            vpc.id,
            [table.id for table in tables],
            [subnet.id for subnet in application],
            self,
            closed=closed,
        )
        logs = NetworkLogs(f"{name}-logs", context, keys, spec.flow_log_days, vpc.id, self)
        if spec.egress.mode != "nat":
            NamesFirewall(f"{name}-names", context, spec, vpc.id, self)
        within = tuple(str(zone.application) for zone in zones)
        self.outputs = AwsNetwork(
            cidr=str(cidr),
            edge_cidrs=tuple(str(zone.public) for zone in zones),
            application_cidrs=within,
            database_cidrs=tuple(str(zone.database) for zone in zones),
            service_cidrs=within if closed else None,
            vpc_id=vpc.id,
            zone_names=tuple(zone.name for zone in zones),
            # Whatever stands in a subnet is made after the ways out of it, and taken away before them.
            public_subnet_ids=self._connected("public", public, [public_table] * len(zones), [to_internet]),
            application_subnet_ids=self._connected("application", application, tables, [*ways_out, endpoints]),
            database_subnet_ids=self._connected("database", database, [database_table] * len(zones), []),
            endpoint_group_id=endpoints.group_id,
            flow_log_group=logs.flow_log_group,
            bucket_prefix_list_id=endpoints.bucket_prefix_list_id,
            bucket_host=endpoints.bucket_host,
        )
        self.register_outputs({})

    @property
    def _per_zone(self) -> bool:
        """A drill shares one: its loss loses nothing, and an account has five public addresses by default."""
        return SIZES[self._context.environment.size].nat_per_zone and not self._context.environment.disposable

    def _options(self, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        return child(self, self._context.main, depends_on=list(depends_on))

    def _tags(self, *parts: str) -> dict[str, str]:
        """The name that the console shows (AWS-01)."""
        return {"Name": "-".join((self._context.environment.name, *parts))}

    def _vpc(self, cidr: IPv4Network) -> aws.ec2.Vpc:
        """No IPv6 (AWS-03), shared hardware (AWS-04), names resolved and given (AWS-10)."""
        vpc = aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=str(cidr),
            instance_tenancy="default",
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(),
            opts=self._options(),
        )
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default-group", vpc_id=vpc.id, ingress=[], egress=[], tags=self._tags("unused"), opts=self._options()
        )
        return vpc

    def _subnets(self, vpc: aws.ec2.Vpc, tier: str, zones: Sequence[Zone], cidrs: Sequence[IPv4Network]) -> list[aws.ec2.Subnet]:
        """One subnet a zone. Public ones are for the load balancer and NAT only (AWS-06); no machine gets a public address."""
        return [
            aws.ec2.Subnet(
                f"{self._name}-{tier}-{number}",
                vpc_id=vpc.id,
                availability_zone=zone.name,
                cidr_block=str(cidr),
                map_public_ip_on_launch=False,
                tags=self._tags(tier, str(number)),
                opts=self._options(),
            )
            for number, (zone, cidr) in enumerate(zip(zones, cidrs, strict=True), 1)
        ]

    def _table(self, vpc: aws.ec2.Vpc, tier: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(f"{self._name}-{tier}-routes", vpc_id=vpc.id, tags=self._tags(tier), opts=self._options())

    def _route(
        self, tier: str, table: aws.ec2.RouteTable, *, gateway_id: Input[str] | None = None, nat_id: Input[str] | None = None
    ) -> aws.ec2.Route:
        return aws.ec2.Route(
            f"{self._name}-{tier}-default",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway_id,
            nat_gateway_id=nat_id,
            opts=self._options(),
        )

    def _connected(
        self, tier: str, subnets: Sequence[aws.ec2.Subnet], tables: Sequence[aws.ec2.RouteTable], after: Sequence[Resource]
    ) -> tuple[Output[str], ...]:
        """The subnets' ids, by way of their connection to a route table."""
        return tuple(
            aws.ec2.RouteTableAssociation(
                f"{self._name}-{tier}-uses-{number}", subnet_id=subnet.id, route_table_id=table.id, opts=self._options(after)
            ).subnet_id.apply(_present)
            for number, (subnet, table) in enumerate(zip(subnets, tables, strict=True), 1)
        )

    def _nat(
        self,
        zones: Sequence[Zone],
        public: Sequence[aws.ec2.Subnet],
        tables: Sequence[aws.ec2.RouteTable],
        to_internet: aws.ec2.Route,
    ) -> list[aws.ec2.Route]:
        """A NAT gateway in each of these zones; each application table's default route is its own one, or the last (AWS-08)."""
        gateways: list[aws.ec2.NatGateway] = []
        for number, _ in enumerate(zones, 1):
            address = aws.ec2.Eip(
                f"{self._name}-nat-address-{number}",
                domain="vpc",
                tags=self._tags("nat", str(number)),
                opts=self._options([to_internet]),
            )
            gateways.append(
                aws.ec2.NatGateway(
                    f"{self._name}-nat-{number}",
                    allocation_id=address.id,
                    subnet_id=public[number - 1].id,
                    connectivity_type="public",
                    tags=self._tags("nat", str(number)),
                    opts=self._options([to_internet]),
                )
            )
        if not gateways:
            return []
        return [
            self._route(f"application-{number}", table, nat_id=gateways[min(number, len(gateways)) - 1].id)
            for number, table in enumerate(tables, 1)
        ]
