"""Storage accounts of logs: closed to every network, written by Azure's own services, read by people through the network.

The archive of diagnostic logs is write-once in a live stack (OOB-122). Logs are appended to, so the lock lets blocks be added and
nothing be changed or deleted. An account is taken as a destination only by resources in its own location.
"""

from __future__ import annotations

from pulumi import Resource
from pulumi_azure_native import storage

from components.clouds.azure import names
from components.clouds.azure.closed_account import closed_account
from components.clouds.azure.handles import Context, Group, VaultKey
from components.contract import FLOW_LOG_DAYS
from components.options import child

WRITE_ONCE_DAYS = FLOW_LOG_DAYS
KEPT_DAYS = 2 * FLOW_LOG_DAYS  # then lifecycle deletes, which it could not before WRITE_ONCE_DAYS
RECOVERABLE_DAYS = 30


def log_account(
    name: str,
    context: Context,
    parent: Resource,
    group: Group,
    purpose: str,
    *,
    key: VaultKey | None,
    write_once: bool,
    kept_days: int = KEPT_DAYS,
) -> storage.StorageAccount:
    """An account for logs of `purpose` in `group`. Entra only: no key of the account opens it, and no signature made with one."""
    environment = context.environment
    locked = write_once and not environment.disposable
    account = closed_account(
        f"{name}-{purpose}",
        context,
        parent,
        group,
        account_name=names.storage_account(environment.name, context.subscription, purpose),
        sku="Standard_LRS" if environment.disposable else "Standard_GZRS",
        key=key,
        write_once={
            "enabled": True,
            "immutability_policy": {
                "immutability_period_since_creation_in_days": WRITE_ONCE_DAYS,
                "state": "Unlocked",
                "allow_protected_append_writes": True,
            },
        }
        if locked
        else None,
    )
    storage.BlobServiceProperties(
        f"{name}-{purpose}-blobs",
        account_name=account.name,
        resource_group_name=group.name,
        blob_services_name="default",
        is_versioning_enabled=not environment.disposable,
        delete_retention_policy={"enabled": True, "days": RECOVERABLE_DAYS},
        container_delete_retention_policy={"enabled": True, "days": RECOVERABLE_DAYS},
        opts=child(parent, context.main),
    )
    expired: storage.DateAfterModificationArgsDict = {"days_after_modification_greater_than": kept_days}
    storage.ManagementPolicy(
        f"{name}-{purpose}-lifecycle",
        account_name=account.name,
        resource_group_name=group.name,
        management_policy_name="default",
        policy={
            "rules": [
                {
                    "name": "old-logs",
                    "type": "Lifecycle",
                    "enabled": True,
                    "definition": {
                        "filters": {"blob_types": ["blockBlob", "appendBlob"]},
                        "actions": {
                            "base_blob": {"delete": expired},
                            "version": {"delete": {"days_after_creation_greater_than": kept_days}},
                        },
                    },
                }
            ]
        },
        opts=child(parent, context.main),
    )
    return account
