"""One storage account for data: closed, without keys, versioned, with containers whose versions can be made write-once.

Write-once is a matter of versions, never of a container as a whole: Velero rewrites the metadata of its backups, which a
container-level policy would refuse for ever (OOB-89). A policy made here is unlocked; locking is a step of its own that Azure
offers only for a policy that exists, and that nobody can take back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import ComponentResource, Output, Resource
from pulumi_azure_native import storage

from components.clouds.azure import names
from components.clouds.azure.closed_account import closed_account
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.handles import AzureKeys, AzureNetwork, Context, Store, VaultKey
from components.clouds.azure.private_endpoints import private_endpoint
from components.options import child, stateful


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSpec:
    """What one account is: its containers, how long a removed blob can be brought back, and which rules move and end blobs.

    `write_once` gives the days for which each version in a container can be neither changed nor deleted.
    """

    purpose: str
    containers: Sequence[str]
    recoverable_days: int
    rules: Sequence[storage.ManagementPolicyRuleArgsDict]
    write_once: Mapping[str, int]
    key: VaultKey | None


class Account(ComponentResource):
    """The account with its containers and its private endpoint. `stores` are its containers by name."""

    def __init__(
        self, name: str, context: Context, spec: AccountSpec, keys: AzureKeys, reached: AzureNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:azure:Account", name, None, child(parent))
        self._name, self._context, self._spec, self._keys = name, context, spec, keys
        self._disposable = context.environment.disposable
        self.account_name = names.storage_account(context.environment.name, context.subscription, spec.purpose)
        self.account = self._account()
        services = self._services()
        self.stores = {container: self._container(container, services) for container in spec.containers}
        storage.ManagementPolicy(
            f"{name}-lifecycle",
            account_name=self.account.name,
            resource_group_name=keys.data.name,
            management_policy_name="default",
            policy={"rules": list(spec.rules)},
            opts=child(self, context.main, depends_on=[services]),
        )
        self.ready = private_endpoint(
            f"{name}-endpoint",
            context,
            self,
            purpose=spec.purpose,
            service="blob",
            target_id=self.account.id,
            home=reached.runtime,
            subnet_id=reached.endpoint_subnet_id,
            zone_id=reached.zone_ids["blob"],
            zones_ready=reached.zones_ready,
        )
        blobs = self.account.id.apply(lambda found: f"{found}/blobServices/default")
        diagnose(f"{name}-log", context, self, blobs, keys)
        self.register_outputs({})

    def _account(self) -> storage.StorageAccount:
        """Entra opens it, and no key. A live one is copied over three zones and into the paired location, to be read there."""
        return closed_account(
            self._name,
            self._context,
            self,
            self._keys.data,
            account_name=self.account_name,
            sku="Standard_LRS" if self._disposable else "Standard_RAGZRS",
            key=self._spec.key,
        )

    def _services(self) -> storage.BlobServiceProperties:
        """Versions of everything, a feed of changes, and a way back for what was deleted, container or blob (OOB-88)."""
        spec = self._spec
        kept: storage.DeleteRetentionPolicyArgsDict = {"enabled": not self._disposable}
        if not self._disposable:
            kept["days"] = spec.recoverable_days
        return storage.BlobServiceProperties(
            f"{self._name}-blobs",
            account_name=self.account.name,
            resource_group_name=self._keys.data.name,
            blob_services_name="default",
            is_versioning_enabled=True,
            change_feed={"enabled": not self._disposable},
            delete_retention_policy=kept,
            container_delete_retention_policy=kept,
            opts=child(self, self._context.main),
        )

    def _container(self, container: str, services: Resource) -> Store:
        days = self._spec.write_once.get(container)
        made = storage.BlobContainer(
            f"{self._name}-{container}",
            account_name=self.account.name,
            resource_group_name=self._keys.data.name,
            container_name=container,
            public_access=storage.PublicAccess.NONE,
            immutable_storage_with_versioning={"enabled": True} if days else None,
            opts=stateful(
                child(self, self._context.main, depends_on=[services]), disposable=self._disposable
            ),  # versions must be on before a container can have write-once ones
        )
        if days:
            storage.BlobContainerImmutabilityPolicy(
                f"{self._name}-{container}-write-once",
                account_name=self.account.name,
                resource_group_name=self._keys.data.name,
                container_name=made.name,
                immutability_policy_name="default",
                immutability_period_since_creation_in_days=days,
                allow_protected_append_writes=False,
                opts=child(self, self._context.main),
            )
        container_id = self.account.id.apply(lambda found: container_path(found, container))
        # A grant on a container needs the container: its id follows from the account's, so wait for both.
        waited = Output.all(container_id, made.id).apply(lambda found: found[0])
        return Store(account_id=self.account.id, account_name=self.account_name, container=container, container_id=waited)


def container_path(account_id: str, container: str) -> str:
    """The resource id of a container."""
    return f"{account_id}/blobServices/default/containers/{container}"
