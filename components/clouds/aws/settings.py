"""The `aws:` block of a stack file. Imports no AWS SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from components.clouds.aws import failover, rules
from components.clouds.aws.identifiers import Account, Boundary, Principal, Region, VaultArn
from components.clouds.aws.rules.ranges import NARROWEST_VPC, WIDEST_VPC
from components.faults import Fault
from components.schema import Flag, Network, Section, Text, Version, Whole
from components.sections import Dns
from components.settings import CloudSettings, Stack
from components.timing import FailoverTiming

__all__ = ["NARROWEST_VPC", "WIDEST_VPC", "Settings"]  # the address plan asks here what it may be given


class NetworkBlock(Section):
    """The VPC (AWS-01)."""

    cidr: Network = IPv4Network("10.0.0.0/16")
    """Its range: IPv4, private, from /16 to /20, apart from every network of the primary (AWS-02)."""
    zones: Whole = Field(default=2, ge=2, le=3)
    """Over how many availability zones everything lies (AWS-05)."""


class ClusterBlock(Section):
    """EKS."""

    version: Version = "1.36"
    """The minor version of Kubernetes."""
    administrators: tuple[Principal, ...] = Field(min_length=1)
    """Roles that administer the cluster. They must not be the primary's. Whoever runs `up` must be one of them."""
    public_endpoint_cidrs: tuple[Network, ...] = ()
    """Networks to which the API endpoint is opened as well: public IPv4 addresses, none of the primary's. Empty keeps it private,
    reached through the bastion (OOB-32). A plan then says so (`eks-private-endpoint`, advisory).
    """
    service_cidr: Network = IPv4Network("10.100.0.0/16")
    """The range of the cluster's services: private, /12 to /24, apart from the VPC. It cannot be changed later."""
    addon_versions: dict[str, Text] = Field(default={})
    """Versions of EKS add-ons, instead of those that the program pins."""
    node_release: Text | None = None
    """The release of the nodes' image, like 1.69.0-ab12cd34. Without it, the newest when a node group is made or changed."""


class DatabaseBlock(Section):
    """Aurora PostgreSQL."""

    engine_version: Version = "17.9"
    """Its version, major 16 or later (AWS-39)."""


class EdgeBlock(Section):
    """The load balancer and its firewall."""

    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    """`internal` leaves people only a way through a private network (AWS-32, PREP-19)."""
    waf_blocks: Flag = True
    """`false` counts instead of blocking while rules are tuned (OOB-22). What cannot be a mistake is refused all the same: people
    who are not on the list, and requests that carry a known exploit, like Log4j's.
    """
    requests_per_five_minutes: Whole | None = Field(default=None, ge=100, le=2_000_000)
    """What one address may ask for before it is refused (PREP-131). Without it, 300 for each person of the size: a whole site
    may stand behind one address, and all of it arrives at once.
    """


class VaultBlock(Section):
    """Copies of backups in a second account."""

    second_account_vault: VaultArn | None = None
    """A vault in another account that also receives the database's recovery points."""


class Settings(CloudSettings):
    """Everything that only AWS needs to know."""

    account: Account
    """The account of this environment. Every provider is locked to it; it must not be the primary's (OOB-74)."""
    region: Region
    """Where everything is built."""
    replica_region: Region
    """A second region, for copies of files and backups (OOB-69)."""
    network: NetworkBlock = NetworkBlock()
    cluster: ClusterBlock
    database: DatabaseBlock = DatabaseBlock()
    edge: EdgeBlock = EdgeBlock()
    vault: VaultBlock = VaultBlock()
    permissions_boundary: Boundary | None = None
    """A policy that bounds every role that is made here (OOB-77)."""
    tags: dict[str, Annotated[Text, StringConstraints(max_length=256)]] = Field(default={}, max_length=30)
    """Tags of your own on every resource, besides those of the program (AWS-11)."""

    def rules(self) -> Iterable[Callable[[Stack], Iterable[Fault]]]:
        """What AWS refuses of the whole stack."""
        return rules.of(self)

    def notices(self, stack: Stack, on: date) -> Iterable[str]:
        """Regions that are shared with the primary, and what a drill's seal leaves open."""
        del on
        yield from rules.accounts.shared_regions(self, stack)
        if stack.disposable and stack.identity.provider != "local":
            yield (
                "the servers of this drill may reach any public address on the port of their identity provider, "
                "which has no fixed one; with identity.provider: local no pod reaches any"
            )

    def failover(self, dns: Dns) -> FailoverTiming:
        """Route 53's terms."""
        return failover.timing(dns)

    def kubernetes_version(self) -> str:
        """EKS's version."""
        return self.cluster.version

    def postgres_version(self) -> str:
        """Aurora's version, which follows PostgreSQL's."""
        return self.database.engine_version
