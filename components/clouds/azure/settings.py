"""The `azure:` block of a stack file. Imports no Azure SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from ipaddress import IPv4Network
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from components.clouds.azure import failover, rules
from components.clouds.azure.identifiers import GroupName, Guid, IdentityId, Location, SecretUrl, ZoneId
from components.faults import Fault
from components.schema import Flag, HostName, Network, Section, Text, Version, Whole
from components.sections import Dns
from components.settings import CloudSettings, Stack
from components.timing import FailoverTiming


class PrivateZones(Section):
    """Private DNS zones that exist already: landing zones often forbid making them. Left out, they are made here.

    They must be linked to this network by their owner, and survive the primary.
    """

    database: ZoneId | None = None
    """privatelink.postgres.database.azure.com."""
    blob: ZoneId | None = None
    """privatelink.blob.core.windows.net."""
    vault: ZoneId | None = None
    """privatelink.vaultcore.azure.net."""
    registry: ZoneId | None = None
    """privatelink.azurecr.io."""
    cluster: ZoneId | None = None
    """privatelink.<location>.azmk8s.io."""


class NetworkBlock(Section):
    """The virtual network."""

    cidr: Network = IPv4Network("10.0.0.0/16")
    """Its range: IPv4, private, from /16 to /20, apart from every network of the primary."""
    private_zones: PrivateZones = PrivateZones()


class ClusterBlock(Section):
    """AKS."""

    version: Version = "1.36"
    """The minor version of Kubernetes."""
    administrators: tuple[Guid, ...] = Field(min_length=1)
    """Object ids of groups of the secondary directory that administer the cluster. Whoever runs `up` must be in one (OOB-81)."""
    service_cidr: Network = IPv4Network("10.100.0.0/16")
    """The range of the cluster's services: private, /12 to /24, apart from the network. It cannot be changed later."""
    pod_cidr: Network = IPv4Network("10.200.0.0/16")
    """The range of the overlay that pods live in: private, /10 to /18, apart from the others. It cannot be changed later."""
    node_os: Literal["AzureLinux", "AzureContainerLinux"] = "AzureLinux"
    """The nodes' system (OOB-99): Azure Linux 3, or Azure Container Linux, which cannot be changed while it runs."""


class DatabaseBlock(Section):
    """Azure Database for PostgreSQL, flexible server."""

    engine_version: Version = "17.0"
    """Its version, major 16 or later; the service chooses the minor version, so write .0."""
    maintenance_day: Whole = Field(default=0, ge=0, le=6)
    """The day on which it is patched, 0 for Sunday (OOB-87)."""
    maintenance_hour: Whole = Field(default=3, ge=0, le=23)
    """The hour in UTC at which patching may start."""


class CertificateBlock(Section):
    """A certificate of a public authority for the site's names, kept and renewed in a Key Vault."""

    secret: SecretUrl
    """Where it lies. It must name both hosts of `site`."""
    identity: IdentityId
    """A user-assigned identity that may read it."""
    authority: HostName | None = None
    """Its authority, by the name that it looks for in CAA records, like digicert.com. No other may then issue for the zone."""


class EdgeBlock(Section):
    """The application gateway and its firewall."""

    waf_blocks: Flag = True
    """`false` only detects while rules are tuned (OOB-22)."""
    requests_per_minute: Whole = Field(default=600, ge=10, le=5000)
    """What one address may ask for before it is refused (PREP-131)."""
    certificate: CertificateBlock | None = None
    """Left out, the internal authority's certificate serves, which people's devices must be told to trust."""


class BackupBlock(Section):
    """The backup vault."""

    immutable_vault: Flag = False
    """Forbids to shorten or delete what the vault holds. Only `backup.vaultLock` makes that irrevocable."""


class Settings(CloudSettings):
    """Everything that only Azure needs to know."""

    native_object_store: ClassVar[bool] = True

    subscription: Guid
    """The subscription of this environment, homed in the secondary directory; it must not be the primary's (OOB-95)."""
    tenant: Guid
    """The secondary directory: administrators, workloads and people sign in there; it must not be the primary's (OOB-91)."""
    tenant_domain: HostName
    """The secondary directory's own domain, like acmeoob.onmicrosoft.com. Names of people end in it."""
    location: Location
    """Where everything is built: one with three zones."""
    replica_location: Location
    """The location that it is paired with, for copies of files and backups (OOB-69)."""
    network: NetworkBlock = NetworkBlock()
    cluster: ClusterBlock
    database: DatabaseBlock = DatabaseBlock()
    edge: EdgeBlock = EdgeBlock()
    backup: BackupBlock = BackupBlock()
    state_group: GroupName | None = None
    """The resource group of the storage account in `state.backend`. Left out, no copy of it is kept (OOB-66)."""
    break_glass: tuple[Guid, ...] = ()
    """Object ids of two accounts of the directory that Conditional Access leaves out; each sign-in of theirs raises an alarm."""
    tags: dict[str, Annotated[Text, StringConstraints(max_length=256)]] = Field(default={}, max_length=30)
    """Tags of your own on every resource, besides those of the program."""

    def rules(self) -> Iterable[Callable[[Stack], Iterable[Fault]]]:
        """What Azure refuses of the whole stack."""
        return rules.of(self)

    def notices(self, stack: Stack, on: date) -> Iterable[str]:
        """Locations shared with the primary, and a certificate that nobody's device trusts by itself."""
        del on
        yield from rules.directories.shared_locations(self, stack)
        if self.state_group is None and stack.state is not None and not stack.disposable:
            yield "azure.stateGroup is left out: the state in state.backend is not copied beside the backups"
        if self.edge.certificate is None and not stack.disposable:
            yield "azure.edge.certificate is left out: the internal authority's certificate serves, and devices must trust it"
        elif self.edge.certificate is not None and self.edge.certificate.authority is None:
            yield "azure.edge.certificate.authority is left out: every public authority may issue certificates for the zone"

    def failover(self, dns: Dns) -> FailoverTiming:
        """Traffic Manager's terms."""
        return failover.timing(dns)

    def kubernetes_version(self) -> str:
        """AKS's version."""
        return self.cluster.version

    def postgres_version(self) -> str:
        """The server's version."""
        return self.database.engine_version
