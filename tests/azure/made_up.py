"""Made-up settings, environment and neighbours of the Azure roles, and a way to see what these register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pulumi_azure_native as azure
import pulumi_azuread as azuread
from pulumi import ComponentResource, Output, Resource

from components.clouds.azure import names
from components.clouds.azure.handles import PURPOSES, REPLICA_PURPOSES, AzureKeys, Context, Group, VaultKey
from components.clouds.azure.settings import Settings
from components.contract import Environment
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


class Top(ComponentResource):
    """What everything descends from in these tests."""

    def __init__(self) -> None:
        super().__init__("oob:index:Topology", "oob")


def context(*, disposable: bool = False, size: Size = Size.MEDIUM, **changed: object) -> Context:
    """Settings, environment and providers of an environment, or of a drill of it. `changed` are blocks as a file has them."""
    settings = Settings.model_validate(
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
    mode = Mode.DRILL if disposable else Mode.LIVE
    return Context(
        settings=settings,
        environment=Environment(
            name=DRILL if disposable else LIVE,
            labels=Labels(stack="azure-example", organisation="acme", mode=mode.value),
            size=size,
            posture=Posture.HOT,
            mode=mode,
            disposable=disposable,
            kubernetes_version="1.36",
            postgres_version="17.0",
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
        access=ComponentResource("test:index:Access", f"access-{vault}-{purpose}", None, None),
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
