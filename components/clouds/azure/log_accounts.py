"""Storage accounts of logs: closed to every network, written by Azure's own services, read by people through the network.

The archive of diagnostic logs is write-once in a live stack (OOB-122). Logs are appended to, so the lock lets blocks be added and
nothing be changed or deleted. An account is taken as a destination only by resources in its own location.
"""

from __future__ import annotations

from pulumi import Resource
from pulumi_azure_native import storage

from components.clouds.azure import names
from components.clouds.azure.handles import Context, Group, VaultKey
from components.contract import FLOW_LOG_DAYS
from components.options import child, stateful

WRITE_ONCE_DAYS = FLOW_LOG_DAYS
KEPT_DAYS = 2 * FLOW_LOG_DAYS  # then lifecycle deletes, which it could not before WRITE_ONCE_DAYS
RECOVERABLE_DAYS = 30


def encryption(key: VaultKey | None) -> tuple[storage.EncryptionArgsDict, storage.IdentityArgsDict | None]:
    """Encryption under our key, read by the key's identity, or under Microsoft's in a drill; twice in either case."""
    services: storage.EncryptionServicesArgsDict = {"blob": {"enabled": True, "key_type": "Account"}}
    if key is None:
        return {"key_source": "Microsoft.Storage", "services": services, "require_infrastructure_encryption": True}, None
    return (
        {
            "key_source": "Microsoft.Keyvault",
            "key_vault_properties": {"key_name": key.name, "key_vault_uri": key.vault_url},  # no version: rotation is followed
            "encryption_identity": {"encryption_user_assigned_identity": key.identity_id},
            "services": services,
            "require_infrastructure_encryption": True,
        },
        {"type": "UserAssigned", "user_assigned_identities": [key.identity_id]},
    )


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
    encrypted, identity = encryption(key)
    locked = write_once and not environment.disposable
    account = storage.StorageAccount(
        f"{name}-{purpose}",
        account_name=names.storage_account(environment.name, context.subscription, purpose),
        resource_group_name=group.name,
        location=group.location,
        kind="StorageV2",
        sku={"name": "Standard_LRS" if environment.disposable else "Standard_GZRS"},
        access_tier=storage.AccessTier.HOT,
        allow_blob_public_access=False,
        allow_shared_key_access=False,
        allow_cross_tenant_replication=False,
        allowed_copy_scope="AAD",
        default_to_o_auth_authentication=True,
        is_local_user_enabled=False,
        enable_https_traffic_only=True,
        minimum_tls_version="TLS1_2",
        encryption=encrypted,
        identity=identity,
        public_network_access="Disabled",
        # Azure Monitor and Network Watcher are among the trusted services; they have no address of their own to admit.
        network_rule_set={"default_action": storage.DefaultAction.DENY, "bypass": "AzureServices"},
        immutable_storage_with_versioning={
            "enabled": True,
            "immutability_policy": {
                "immutability_period_since_creation_in_days": WRITE_ONCE_DAYS,
                "state": "Unlocked",
                "allow_protected_append_writes": True,
            },
        }
        if locked
        else None,
        opts=stateful(
            child(parent, context.main, depends_on=[key.access] if key is not None else None), disposable=environment.disposable
        ),
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
