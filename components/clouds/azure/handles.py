"""What the Azure roles hand to each other: the contract's outputs, widened by the identifiers that only Azure has.

Ids are full resource ids unless a field says otherwise; names are physical names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi_azure_native as azure
import pulumi_azuread as azuread
from pulumi import Output, Resource

from components.clouds.azure.settings import Settings
from components.contract import (
    BackupOutputs,
    BastionOutputs,
    ClusterOutputs,
    DatabaseOutputs,
    DnsOutputs,
    EdgeOutputs,
    Environment,
    GrantsOutputs,
    IdentityOutputs,
    InternalAddress,
    KeysOutputs,
    NetworkOutputs,
    ObjectsOutputs,
    SecretsOutputs,
    ZoneOutputs,
)

# Keys by what they encrypt; `database-replica` lies in the paired location, where the geo-redundant backups are.
PURPOSES = ("cluster", "database", "objects", "logs")
REPLICA_PURPOSES = ("database",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every role is given: settings, the environment, and two explicit providers.

    `main` is locked to the subscription and the directory that the stack names; `directory` to that directory.
    """

    settings: Settings
    environment: Environment
    main: azure.Provider
    directory: azuread.Provider

    @property
    def subscription(self) -> str:
        return self.settings.subscription

    @property
    def tenant(self) -> str:
        return self.settings.tenant

    @property
    def location(self) -> str:
        return self.settings.location

    @property
    def replica_location(self) -> str:
        return self.settings.replica_location


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A resource group. `name` is an Output of the made group, so that whoever uses it waits for it."""

    name: Output[str]
    id: Output[str]
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKey:
    """A key in a vault. `url` has no version, so that services follow its rotation; `identity_id` may wrap and unwrap with it.

    `version_url` names a version, for a disk encryption set: it asks for one, and follows rotation by itself from there.
    """

    id: Output[str]
    url: Output[str]
    name: str
    vault_url: Output[str]
    identity_id: Output[str]
    identity_client_id: Output[str]
    access: Resource  # the role assignment that lets the identity in; whoever encrypts depends on it
    version_url: Output[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureKeys(KeysOutputs):
    """Groups that hold data, the vaults, the keys by purpose, and the workspace and archive that all roles log to.

    `keys` and `replica_keys` are empty in a drill: a vault that can serve as a customer key's home cannot be purged, and destroy
    must leave nothing. What would use a key then takes Microsoft's.
    """

    data: Group
    logs: Group
    replica: Group
    key_vault_id: Output[str]
    key_vault_url: Output[str]
    secret_vault_id: Output[str]
    secret_vault_name: Output[str]
    secret_vault_url: Output[str]
    keys: Mapping[str, VaultKey]  # by PURPOSES
    replica_keys: Mapping[str, VaultKey]  # by REPLICA_PURPOSES
    workspace_id: Output[str]
    workspace_customer_id: Output[str]  # the GUID that queries name
    archive_account_id: Output[str]  # storage account of diagnostic logs, write-once in a live stack
    archive_account_name: Output[str]
    secret_vault: Resource | None = None  # what lies in it is deleted with it, and never by a call to the closed vault


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureNetwork(NetworkOutputs):
    """The group of everything that can be rebuilt, subnets by tier, private zones, and what flow logs made."""

    runtime: Group
    network_id: Output[str]
    node_subnet_id: Output[str]
    ingress_subnet_name: str
    ingress_address: str  # of the internal load balancer, fixed by addresses.plan
    gateway_subnet_id: Output[str]
    endpoint_subnet_id: Output[str]
    database_subnet_id: Output[str]
    bastion_subnet_id: Output[str]
    jump_subnet_id: Output[str]
    zone_ids: Mapping[str, Output[str]]  # private zones: database, blob, vault, registry, cluster
    zones_ready: tuple[Resource, ...]  # links of zones made here; whatever registers a name depends on them
    egress_ready: tuple[Resource, ...]  # route or NAT association; nodes depend on it
    outbound: str  # AKS outboundType: userDefinedRouting behind the firewall, userAssignedNATGateway with egress.mode nat
    firewall_id: Output[str] | None = None
    vault_ready: tuple[Resource, ...] = ()  # private endpoints of the vaults; whoever reads a vault from inside depends on them


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One storage account with the one container that matters. Grants are given on the container."""

    account_id: Output[str]
    account_name: str  # plain text: names.storage_account
    container: str
    container_id: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureObjects(ObjectsOutputs):
    """Storage accounts by purpose. `sources` are in a drill: accounts of the environment that may be read, and only read."""

    files_store: Store
    backups_store: Store  # dumps, exports and markers: write-once by version
    velero_store: Store  # beside them in the same account
    sources: Mapping[str, str] = field(default_factory=dict[str, str])  # "files", "backups", "velero": container ids as text
    state_container_id: str | None = None  # where this stack's state lies, when that is a container of this subscription
    ready: tuple[Resource, ...] = ()  # private endpoints with their zone groups


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureDatabase(DatabaseOutputs):
    """The server, for alarms, grants and backups. Grants makes the bootstrap identity an Entra administrator of it."""

    server_id: Output[str]
    server_name: Output[str]
    group_name: Output[str]
    bootstrap_name: str  # the identity's name, which is its role's name in PostgreSQL: names.identity(environment, "bootstrap")


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureCluster(ClusterOutputs):
    """The AKS cluster, its issuer for workload identities, and the identities that Azure made for its nodes."""

    ingress: InternalAddress
    name: str
    id: Output[str]
    group_name: Output[str]
    private_fqdn: Output[str]
    issuer_url: Output[str]
    control_plane_principal_id: Output[str]
    kubelet_principal_id: Output[str]
    node_group_name: str
    disk_encryption_set_id: Output[str] | None = None  # None in a drill, where disks are under Microsoft's keys


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureZone(ZoneOutputs):
    """The public DNS zone, in a group of its own that outlives everything else: its name servers stand in the parent."""

    group: Group
    zone_id: Output[str]
    zone_name: Output[str]
    zone: Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureEdge(EdgeOutputs):
    """The application gateway and its firewall policy."""

    gateway_id: Output[str]
    policy_id: Output[str]
    public_address_id: Output[str]
    public_address: Output[str]  # the IPv4 address
    log_ready: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureGrants(GrantsOutputs):
    """Principals of the workload identities, for the report."""

    principal_ids: Mapping[str, Output[str]] = field(default_factory=dict[str, Output[str]])


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSecrets(SecretsOutputs):
    """Names of the secrets that are break-glass: the watch raises an alarm on any read of one."""

    break_glass_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureDns(DnsOutputs):
    """Profiles and the latch, for alarms.

    `addresses` are what the watch asks for from outside, by the names of the checks: primary, outOfBand and, unless sign-in is
    local, identity.
    """

    addresses: Mapping[str, Output[str]] = field(default_factory=dict[str, Output[str]])
    profile_ids: Mapping[str, Output[str]] = field(default_factory=dict[str, Output[str]])  # names, standby
    latch_account_id: Output[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureBackup(BackupOutputs):
    """The vault, for alarms."""

    vault_ids: tuple[Output[str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureBastion(BastionOutputs):
    """The jump machine and Azure Bastion, for diagnostic settings and alarms."""

    machine_id: Output[str]
    host_id: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureIdentity(IdentityOutputs):
    """The application of the directory, for alarms on its sign-ins."""

    application_object_id: Output[str]
