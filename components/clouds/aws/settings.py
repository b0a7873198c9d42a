"""The `aws:` block of a stack file, and what AWS refuses of the whole stack. Imports no AWS SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field, StrictStr, WithJsonSchema

from components import checks
from components.clouds.aws import failover
from components.clouds.aws.trust import regions_with_trust
from components.faults import Fault, refuse, shown
from components.schema import Network, Section, Text, Version, overlaps
from components.sections import Dns
from components.settings import CloudSettings, Stack
from components.timing import FailoverTiming

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
WIDEST_VPC, NARROWEST_VPC = 16, 20
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html: zone ids are a to f
REGION = re.compile(r"^(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|northwest|southeast|southwest)-\d$")


def _account(value: str) -> str:
    if not re.fullmatch(r"\d{12}", value):
        raise refuse(f"{shown(value)} is not an AWS account number; write its 12 digits in quotes")
    return value


def _region(value: str) -> str:
    if not REGION.match(value):
        raise refuse(f"{shown(value)} is not an AWS region; write it like eu-central-1")
    return value


def _arn(value: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:\S+", value):
        raise refuse(f"{shown(value)} is not an ARN; write it like arn:aws:iam::111122223333:role/administrators")
    return value


Account = Annotated[
    StrictStr, AfterValidator(_account), WithJsonSchema({"type": "string", "pattern": r"^\d{12}$", "description": "12 digits, in quotes"})
]
Region = Annotated[StrictStr, AfterValidator(_region), WithJsonSchema({"type": "string", "description": "A region, like eu-central-1"})]
Arn = Annotated[StrictStr, AfterValidator(_arn), WithJsonSchema({"type": "string", "pattern": "^arn:"})]


class NetworkBlock(Section):
    """The VPC: its range and over how many zones it lies (AWS-02, AWS-05)."""

    cidr: Network = IPv4Network("10.0.0.0/16")
    zones: int = Field(default=2, ge=2, le=3)


class ClusterBlock(Section):
    """EKS. `publicEndpointCidrs` opens the API endpoint to these networks only; empty keeps it private (OOB-32)."""

    version: str = "1.36"
    administrators: tuple[Arn, ...] = Field(min_length=1)
    public_endpoint_cidrs: tuple[Network, ...] = ()


class DatabaseBlock(Section):
    """Aurora PostgreSQL."""

    engine_version: Version = "17.9"


class EdgeBlock(Section):
    """The load balancer and its firewall. `wafBlocks: false` counts instead of blocking while rules are tuned."""

    scheme: str = Field(default="internet-facing", pattern="^(internet-facing|internal)$")
    waf_blocks: bool = True
    requests_per_five_minutes: int = Field(default=2000, ge=100, le=2_000_000)


class VaultBlock(Section):
    """A vault in a second account that also receives the database's recovery points."""

    second_account_vault: Arn | None = None


class Settings(CloudSettings):
    """Account, regions and the sizes of what is built there."""

    account: Account
    region: Region
    replica_region: Region
    network: NetworkBlock = NetworkBlock()
    cluster: ClusterBlock
    database: DatabaseBlock = DatabaseBlock()
    edge: EdgeBlock = EdgeBlock()
    vault: VaultBlock = VaultBlock()
    permissions_boundary: Arn | None = None
    tags: dict[str, Text] = {}

    def failover(self, dns: Dns) -> FailoverTiming:
        """Route 53's terms."""
        return failover.timing(dns)

    def kubernetes_version(self) -> str:
        """EKS's version."""
        return self.cluster.version

    def postgres_version(self) -> str:
        """Aurora's version, which follows PostgreSQL's."""
        return self.database.engine_version

    def faults(self, stack: Stack) -> list[Fault]:
        """Accounts, address ranges, regions and versions against the rest of the stack."""
        return [*self._isolation(stack), *self._ranges(stack), *self._versions(stack)]

    def _isolation(self, stack: Stack) -> Iterator[Fault]:
        if self.account in stack.primary.accounts:
            yield Fault(
                "aws.account", f"{self.account!r} is one of primary.accounts; the out-of-band environment needs an account of its own"
            )
        arns = [(f"aws.cluster.administrators[{i}]", arn) for i, arn in enumerate(self.cluster.administrators)]
        if self.vault.second_account_vault is not None:
            arns.append(("aws.vault.secondAccountVault", self.vault.second_account_vault))
        if self.permissions_boundary is not None:
            arns.append(("aws.permissionsBoundary", self.permissions_boundary))
        for path, arn in arns:
            if arn.split(":")[4] in stack.primary.accounts:
                yield Fault(path, f"{arn!r} belongs to an account of primary.accounts; use one that survives the primary")
        if self.region == self.replica_region:
            yield Fault("aws.replicaRegion", f"{self.replica_region!r} equals aws.region; copies must lie in another region (OOB-69)")
        if self.region not in regions_with_trust():
            known = ", ".join(regions_with_trust())
            yield Fault("aws.region", f"{self.region!r} has no database trust bundle in this repository; known: {known}")
        if stack.egress.mode == "none" and stack.identity.provider == "managed":
            yield Fault("egress.mode", "'none' cuts Mattermost off from Cognito's sign-in pages; use 'filtered', or identity.provider oidc")

    def _ranges(self, stack: Stack) -> Iterator[Fault]:
        cidr = self.network.cidr
        if not isinstance(cidr, IPv4Network) or not WIDEST_VPC <= cidr.prefixlen <= NARROWEST_VPC:
            yield Fault("aws.network.cidr", f"'{cidr}' must be an IPv4 network from /{WIDEST_VPC} to /{NARROWEST_VPC}")
        elif not cidr.is_private:
            yield Fault("aws.network.cidr", f"'{cidr}' is not a private range; use one from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
        for index, other in enumerate(stack.primary.cidrs):
            if overlaps(cidr, other):
                yield Fault("aws.network.cidr", f"'{cidr}' overlaps primary.cidrs[{index}] '{other}'; choose a range that the primary does not use")
        for index, network in enumerate(self.cluster.public_endpoint_cidrs):
            if network.prefixlen < checks.WIDEST_ALLOWED_PREFIX:
                yield Fault(f"aws.cluster.publicEndpointCidrs[{index}]", f"'{network}' opens the API to the internet; list real networks or none")

    def _versions(self, stack: Stack) -> Iterator[Fault]:
        found = (
            checks.kubernetes_fault("aws.cluster.version", self.cluster.version),
            checks.database_fault("aws.database.engineVersion", self.database.engine_version, stack.mattermost.version),
        )
        yield from (fault for fault in found if fault is not None)
