"""Made-up settings, environment and neighbours of the Azure roles, and a way to see what these register."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any, cast

import pulumi_azure_native as azure
import pulumi_azuread as azuread
from pulumi import ComponentResource, CustomResource, Output, Resource

from components.clouds.azure import addresses, names
from components.clouds.azure.accounts import container_path
from components.clouds.azure.handles import (
    PURPOSES,
    REPLICA_PURPOSES,
    AzureCluster,
    AzureDatabase,
    AzureKeys,
    AzureNetwork,
    AzureObjects,
    Context,
    Group,
    Store,
    VaultKey,
)
from components.clouds.azure.settings import Settings
from components.contract import (
    AdminCredential,
    BackupLocation,
    Environment,
    FileStore,
    InternalAddress,
    TransferTarget,
)
from components.labels import Labels
from components.sections import Mode, Posture, Rotation, Size
from ops.plan.recorder import Recording, Registered, record

SUBSCRIPTION = "b5d2f7c4-91e8-4a63-8d05-6c3fae7b2d10"
TENANT = "c8e1a9d0-47b6-4f52-a3c9-0e5d81f6b723"
ADMINISTRATORS = "d41f6b8e-2c95-4e07-b1a8-93f0c7d5e642"
BREAK_GLASS = ("e07c5a13-6f82-4d9b-8a41-b2f9d0c3e751", "e07c5a13-6f82-4d9b-8a41-b2f9d0c3e752")
LOCATION = "germanywestcentral"
REPLICA = "germanynorth"
CIDR = "10.64.0.0/16"
LIVE = "oob-azure-example"
DRILL = "drill-quarter-four"
API_HOST = f"oob-azure-example-0a1b2c3d.privatelink.{LOCATION}.azmk8s.io"
ISSUER = f"https://{LOCATION}.oic.prod-aks.azure.com/{TENANT}/9a1f0000-0000-4000-8000-000000000005/"


class Top(ComponentResource):
    """What everything descends from in these tests."""

    def __init__(self) -> None:
        super().__init__("oob:index:Topology", "oob")


def settings(**changed: object) -> Settings:
    """Settings of an environment. `changed` are blocks as a file has them."""
    return Settings.model_validate(
        {
            "subscription": SUBSCRIPTION,
            "tenant": TENANT,
            "tenantDomain": "acmeoob.onmicrosoft.com",
            "location": LOCATION,
            "replicaLocation": REPLICA,
            "network": {"cidr": CIDR},
            "cluster": {"administrators": [ADMINISTRATORS]},
            "breakGlass": list(BREAK_GLASS),
        }
        | changed
    )


def context(*, disposable: bool = False, size: Size = Size.MEDIUM, posture: Posture = Posture.HOT, **changed: object) -> Context:
    """Settings, environment and providers of an environment, or of a drill of it; only for use where resources are recorded."""
    mode = Mode.DRILL if disposable else Mode.LIVE
    return Context(
        settings=settings(**changed),
        environment=Environment(
            name=DRILL if disposable else LIVE,
            labels=Labels(stack="azure-example", organisation="acme", mode=mode.value),
            size=size,
            posture=posture,
            mode=mode,
            disposable=disposable,
            kubernetes_version="1.36",
            postgres_version="17.0",
            source=LIVE if disposable else None,
        ),
        main=azure.Provider("azure", subscription_id=SUBSCRIPTION, tenant_id=TENANT, location=LOCATION),
        directory=azuread.Provider("directory", tenant_id=TENANT),
    )


def resource_id(group: str, kind: str, name: str) -> Output[str]:
    """A full id, like that of a `Microsoft.KeyVault/vaults`."""
    return Output.from_input(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{kind}/{name}")


def group(lifetime: str, location: str = LOCATION, environment: str = LIVE) -> Group:
    name = names.resource_group(environment, lifetime)
    return Group(
        name=Output.from_input(name),
        id=Output.from_input(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"),
        location=location,
    )


def vault_key(purpose: str, parent: Resource, vault: str = "keys") -> VaultKey:
    """A key that an identity may use."""
    url = f"https://{vault}.vault.azure.net"
    return VaultKey(
        id=resource_id("data", "Microsoft.KeyVault/vaults", f"{vault}/keys/{purpose}"),
        url=Output.from_input(f"{url}/keys/{purpose}"),
        name=purpose,
        vault_url=Output.from_input(f"{url}/"),
        identity_id=resource_id("data", "Microsoft.ManagedIdentity/userAssignedIdentities", f"key-{vault}-{purpose}"),
        identity_client_id=Output.from_input("9a1f0000-0000-4000-8000-000000000001"),
        access=CustomResource("test:index:Access", f"access-{vault}-{purpose}", {}),
        version_url=Output.from_input(f"{url}/keys/{purpose}/0123456789abcdef0123456789abcdef"),
    )


def keys(context: Context, parent: Resource) -> AzureKeys:
    """Vaults and keys, with no keys in a drill."""
    disposable = context.environment.disposable
    data = group("data", environment=context.environment.name)
    return AzureKeys(
        purposes=PURPOSES,
        data=data,
        logs=group("logs", environment=context.environment.name),
        replica=data if disposable else group("replica", REPLICA),
        key_vault_id=resource_id("data", "Microsoft.KeyVault/vaults", "keys"),
        key_vault_url=Output.from_input("https://keys.vault.azure.net/"),
        secret_vault_id=resource_id("data", "Microsoft.KeyVault/vaults", "secrets"),
        secret_vault_name=Output.from_input("secrets"),
        secret_vault_url=Output.from_input("https://secrets.vault.azure.net/"),
        keys={} if disposable else {purpose: vault_key(purpose, parent) for purpose in PURPOSES},
        replica_keys={} if disposable else {purpose: vault_key(purpose, parent, "replica") for purpose in REPLICA_PURPOSES},
        workspace_id=resource_id("logs", "Microsoft.OperationalInsights/workspaces", "logs"),
        workspace_customer_id=Output.from_input("9a1f0000-0000-4000-8000-000000000002"),
        archive_account_id=resource_id("logs", "Microsoft.Storage/storageAccounts", "archive"),
        archive_account_name=Output.from_input("archive"),
    )


def network(context: Context) -> AzureNetwork:
    """Subnets, zones, and a way out that others wait for."""
    plan = addresses.plan(IPv4Network(CIDR))
    environment = context.environment.name

    def subnet(tier: str) -> Output[str]:
        return resource_id("runtime", "Microsoft.Network/virtualNetworks", f"network/subnets/{tier}")

    return AzureNetwork(
        cidr=CIDR,
        edge_cidrs=(str(plan.gateway),),
        application_cidrs=(str(plan.nodes), str(plan.endpoints), str(plan.ingress)),
        database_cidrs=(str(plan.database),),
        runtime=group("runtime", environment=environment),
        network_id=resource_id("runtime", "Microsoft.Network/virtualNetworks", "network"),
        node_subnet_id=subnet("nodes"),
        ingress_subnet_name="ingress",
        ingress_address=plan.ingress_address,
        gateway_subnet_id=subnet("gateway"),
        endpoint_subnet_id=subnet("endpoints"),
        database_subnet_id=subnet("database"),
        bastion_subnet_id=subnet("AzureBastionSubnet"),
        jump_subnet_id=subnet("jump"),
        zone_ids={
            zone: resource_id("runtime", "Microsoft.Network/privateDnsZones", zone)
            for zone in ("database", "blob", "vault", "registry", "cluster")
        },
        zones_ready=(CustomResource("test:index:Links", "zones-ready", {}),),
        egress_ready=(CustomResource("test:index:WayOut", "egress-ready", {}),),
        outbound="userDefinedRouting",
    )


def account_id(name: str, environment: str = LIVE) -> str:
    home = names.resource_group(environment, "data")
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{home}/providers/Microsoft.Storage/storageAccounts/{name}"


def store(purpose: str, container: str, environment: str = LIVE) -> Store:
    """A container in the account for a purpose."""
    name = names.storage_account(environment, SUBSCRIPTION, purpose)
    account = account_id(name, environment)
    return Store(
        account_id=Output.from_input(account),
        account_name=name,
        container=container,
        container_id=Output.from_input(container_path(account, container)),
    )


def objects(context: Context) -> AzureObjects:
    """Accounts for files and backups; in a drill also the environment's, to read."""
    environment, drill = context.environment.name, context.environment.disposable
    files, backups = account_id("livefiles"), account_id("livebackups")
    return AzureObjects(
        files=FileStore(url="unused.invalid", bucket="unused", env={}),
        velero=BackupLocation(provider="azure", plugin="plugin", bucket="velero", prefix="velero", config={}),
        transfer=TransferTarget(env={}, path=Output.from_input("backups")),
        files_store=store("files", "files", environment),
        backups_store=store("backups", "backups", environment),
        velero_store=store("backups", "velero", environment),
        sources={
            "files": container_path(files, "files"),
            "backups": container_path(backups, "backups"),
            "velero": container_path(backups, "velero"),
        }
        if drill
        else {},
        state_container_id=None if drill else container_path(account_id("state"), "oob-state"),
    )


def database(context: Context) -> AzureDatabase:
    environment = context.environment.name
    name = names.server(environment, SUBSCRIPTION)
    return AzureDatabase(
        host=Output.from_input(f"{name}.postgres.database.azure.com"),
        reader_host=None,
        port=5432,
        name="mattermost",
        role="mattermost",
        trust_pem="",
        admin=AdminCredential(image="python", command=("python3",), env={}),
        server_id=resource_id("data", "Microsoft.DBforPostgreSQL/flexibleServers", name),
        server_name=Output.from_input(name),
        group_name=Output.from_input(names.resource_group(environment, "data")),
        bootstrap_name=names.identity(environment, "bootstrap"),
    )


def cluster(context: Context) -> AzureCluster:
    """A cluster that stands."""
    environment = context.environment.name
    name = names.cluster(environment)
    disks = resource_id("runtime", "Microsoft.Compute/diskEncryptionSets", "disks")
    return AzureCluster(
        kubeconfig=Output.from_input("{}"),
        identifier=name,
        service_cidr="10.100.0.0/16",
        ingress=InternalAddress(address="10.64.48.10", annotations={}),
        name=name,
        id=resource_id("runtime", "Microsoft.ContainerService/managedClusters", name),
        group_name=Output.from_input(names.resource_group(environment, "runtime")),
        private_fqdn=Output.from_input(API_HOST),
        issuer_url=Output.from_input(ISSUER),
        control_plane_principal_id=Output.from_input("9a1f0000-0000-4000-8000-000000000003"),
        kubelet_principal_id=Output.from_input("9a1f0000-0000-4000-8000-000000000004"),
        node_group_name=names.node_resource_group(environment),
        disk_encryption_set_id=None if context.environment.disposable else disks,
    )


def rotation(generation: int = 1) -> Rotation:
    return Rotation.model_validate({"generation": generation})


def recording(program: Callable[[Resource], None]) -> Recording:
    """What `program` registers below a made-up topology."""
    return record(lambda: program(Top()), project="oob", stack="azure-example", config={})


def of_type(recorded: Recording, kind: str) -> list[Registered]:
    """Resources of a type, without the `azure-native:` in front."""
    return [found for found in recorded.resources if found.type == f"azure-native:{kind}"]


def named(recorded: Recording, name: str) -> Registered:
    """The one resource of that logical name; AssertionError if there are several or none."""
    found = [item for item in recorded.resources if item.name == name]
    assert len(found) == 1, f"{len(found)} resources called {name}"
    return found[0]


def block(found: Registered, field: str) -> dict[str, Any]:
    """A block among a resource's inputs."""
    value = found.inputs[field]
    assert isinstance(value, dict), field
    return cast("dict[str, Any]", value)
