"""A storage account that no network reaches and no key opens: Entra alone admits, by private endpoint or as a trusted service."""

from __future__ import annotations

from pulumi import Resource
from pulumi_azure_native import storage

from components.clouds.azure.handles import Context, Group, VaultKey
from components.options import child, stateful


def closed_account(
    name: str,
    context: Context,
    parent: Resource,
    group: Group,
    *,
    account_name: str,
    sku: str,
    key: VaultKey | None,
    write_once: storage.ImmutableStorageAccountArgsDict | None = None,
) -> storage.StorageAccount:
    """The account `account_name` in `group`. Without `key` it is encrypted under Microsoft's."""
    encrypted, identity = _encryption(key)
    return storage.StorageAccount(
        name,
        account_name=account_name,
        resource_group_name=group.name,
        location=group.location,
        kind="StorageV2",
        sku={"name": sku},
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
        immutable_storage_with_versioning=write_once,
        opts=stateful(
            child(parent, context.main, depends_on=[key.access] if key is not None else None),
            disposable=context.environment.disposable,
        ),
    )


def _encryption(key: VaultKey | None) -> tuple[storage.EncryptionArgsDict, storage.IdentityArgsDict | None]:
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
