"""Key Vaults, keys by purpose with the identities that use them, groups that hold data, workspace and archive.

One key for each purpose, so that access to one kind of data can be withdrawn alone (OOB-104, OOB-114, OOB-125). Keys are made
through the Resource Manager: the vaults answer on no public address, from the first moment on. What encrypts itself with a key
does so as an identity that may do nothing else, by the key's address without a version, and so follows each rotation by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import ComponentResource, Output, Resource, ResourceOptions
from pulumi_azure_native import keyvault, managedidentity, operationalinsights

from components.clouds.azure import names
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.groups import group
from components.clouds.azure.handles import PURPOSES, REPLICA_PURPOSES, AzureKeys, Context, Group, VaultKey
from components.clouds.azure.log_accounts import log_account
from components.clouds.azure.roles import grant
from components.contract import FLOW_LOG_DAYS
from components.options import child, stateful

KEY_BITS = 3072
ROTATE_AFTER = "P90D"  # OOB-125
EXPIRE_AFTER = "P2Y"  # of one version, which rotation replaced long before; what it wrapped can still be read
NOTIFY_BEFORE = "P30D"
RECOVERY_DAYS = 90  # the longest that the service offers; it cannot be changed later
DRILL_RECOVERY_DAYS = 7  # the shortest
USE = "Key Vault Crypto Service Encryption User"


def rotation_policy() -> keyvault.RotationPolicyArgsDict:
    """A new version each ninety days, by the vault itself; a notice before a version runs out, should that ever fail."""
    return {
        "attributes": {"expiry_time": EXPIRE_AFTER},
        "lifetime_actions": [
            {
                "action": {"type": keyvault.KeyRotationPolicyActionType.ROTATE},
                "trigger": {"time_after_create": ROTATE_AFTER},
            },
            {
                "action": {"type": keyvault.KeyRotationPolicyActionType.NOTIFY},
                "trigger": {"time_before_expiry": NOTIFY_BEFORE},
            },
        ],
    }


def vault_url(vault_name: str) -> str:
    """The address of a vault in the public cloud."""
    return f"https://{vault_name}.vault.azure.net/"


class Keys(ComponentResource):
    """Vaults for keys and for secrets, a vault in the paired location, a key for each of PURPOSES, workspace and archive."""

    def __init__(self, name: str, context: Context, parent: Resource) -> None:
        super().__init__("oob:azure:Keys", name, None, child(parent))
        self._name, self._context = name, context
        self._disposable = context.environment.disposable
        data = group(name, context, self, "data", holds_data=True)
        logs = group(name, context, self, "logs", holds_data=True)
        key_vault, secret_vault = self._vault("keys", data), self._vault("secrets", data)
        replica, replica_vault = data, None
        if not self._disposable:
            replica = group(name, context, self, "replica", holds_data=True, location=context.replica_location)
            replica_vault = self._vault("replica", replica)
        keys = self._keys("", PURPOSES, key_vault, data)
        workspace = self._workspace(logs)
        archive = log_account(name, context, self, logs, "archive", key=keys.get("logs"), write_once=True)
        self.outputs = AzureKeys(
            purposes=PURPOSES,
            data=data,
            logs=logs,
            replica=replica,
            key_vault_id=key_vault.id,
            key_vault_url=key_vault.name.apply(vault_url),
            secret_vault_id=secret_vault.id,
            secret_vault_name=secret_vault.name,
            secret_vault_url=secret_vault.name.apply(vault_url),
            keys=keys,
            replica_keys=self._keys("replica-", REPLICA_PURPOSES, replica_vault, replica) if replica_vault else {},
            workspace_id=workspace.id,
            workspace_customer_id=workspace.customer_id,
            archive_account_id=archive.id,
            archive_account_name=archive.name,
            secret_vault=secret_vault,
        )
        self._report(key_vault, secret_vault, replica_vault, workspace, archive.id)
        self.register_outputs({})

    def _vault(self, purpose: str, home: Group) -> keyvault.Vault:
        """Closed to all networks but through private endpoints (network.py) and for Azure's trusted services, which storage,
        database and disks are. Access by roles only. In a live stack nobody can purge what was deleted, not even Microsoft.
        """
        context = self._context
        return keyvault.Vault(
            f"{self._name}-{purpose}-vault",
            vault_name=names.key_vault(context.environment.name, context.subscription, purpose),
            resource_group_name=home.name,
            location=home.location,
            properties={
                "tenant_id": context.tenant,
                "sku": {"family": "A", "name": keyvault.SkuName.STANDARD},
                "enable_rbac_authorization": True,
                "enable_soft_delete": True,
                "soft_delete_retention_in_days": DRILL_RECOVERY_DAYS if self._disposable else RECOVERY_DAYS,
                # The service knows `true` and nothing at all: a vault with it can never be purged before its time.
                "enable_purge_protection": None if self._disposable else True,
                "enabled_for_deployment": False,
                "enabled_for_disk_encryption": False,
                "enabled_for_template_deployment": False,
                "public_network_access": "Disabled",
                "network_acls": {
                    "default_action": "Deny",
                    "bypass": "AzureServices",
                    "ip_rules": [],
                    "virtual_network_rules": [],
                },
            },
            opts=stateful(child(self, context.main), disposable=self._disposable),
        )

    def _keys(self, prefix: str, purposes: tuple[str, ...], vault: keyvault.Vault, home: Group) -> Mapping[str, VaultKey]:
        if self._disposable:
            return {}
        return {purpose: self._key(f"{prefix}{purpose}", vault, home) for purpose in purposes}

    def _key(self, purpose: str, vault: keyvault.Vault, home: Group) -> VaultKey:
        """A key that can wrap and unwrap other keys, and the identity that may."""
        context = self._context
        key = keyvault.Key(
            f"{self._name}-{purpose}",
            key_name=purpose,
            vault_name=vault.name,
            resource_group_name=home.name,
            properties={
                "kty": "RSA",
                "key_size": KEY_BITS,
                "key_ops": ["wrapKey", "unwrapKey"],
                "attributes": {"enabled": True, "exportable": False},
                "rotation_policy": rotation_policy(),
            },
            # Deleting a single key is a call to the vault itself, which answers only inside the network.
            opts=ResourceOptions.merge(
                stateful(child(self, context.main), disposable=self._disposable), ResourceOptions(deleted_with=vault)
            ),
        )
        identity = managedidentity.UserAssignedIdentity(
            f"{self._name}-{purpose}-identity",
            resource_name_=names.identity(context.environment.name, f"key-{purpose}"),
            resource_group_name=home.name,
            location=home.location,
            opts=stateful(child(self, context.main), disposable=self._disposable),
        )
        access = grant(
            f"{self._name}-{purpose}-access", context, self, scope=key.id, principal_id=identity.principal_id, role=USE
        )
        return VaultKey(
            id=key.id,
            url=key.key_uri,
            name=purpose,
            vault_url=vault.name.apply(vault_url),
            identity_id=identity.id,
            identity_client_id=identity.client_id,
            access=access,
            version_url=key.key_uri_with_version,
        )

    def _workspace(self, home: Group) -> operationalinsights.Workspace:
        """Where logs are searched, for a year; nobody sends or reads without a sign-in in the directory.

        Its addresses stay public: agents and people reach them so, and a workspace under our own key would need a dedicated
        cluster of at least 100 GB a day.
        """
        context = self._context
        return operationalinsights.Workspace(
            f"{self._name}-workspace",
            workspace_name=names.workspace(context.environment.name),
            resource_group_name=home.name,
            location=home.location,
            sku={"name": "PerGB2018"},
            retention_in_days=FLOW_LOG_DAYS,
            features={"disable_local_auth": True, "enable_log_access_using_only_resource_permissions": True},
            opts=stateful(child(self, context.main), disposable=self._disposable),
        )

    def _report(
        self,
        key_vault: keyvault.Vault,
        secret_vault: keyvault.Vault,
        replica_vault: keyvault.Vault | None,
        workspace: operationalinsights.Workspace,
        archive_id: Output[str],
    ) -> None:
        """Who used which key, who read which secret, who searched the logs, who opened the archive."""
        name, context, keys = self._name, self._context, self.outputs
        diagnose(f"{name}-keys-vault-log", context, self, key_vault.id, keys)
        diagnose(f"{name}-secrets-vault-log", context, self, secret_vault.id, keys)
        if replica_vault is not None:
            diagnose(f"{name}-replica-vault-log", context, self, replica_vault.id, keys, archive=False)
        diagnose(f"{name}-workspace-log", context, self, workspace.id, keys)
        # An account cannot be the destination of its own logs.
        blobs = archive_id.apply(lambda found: f"{found}/blobServices/default")
        diagnose(f"{name}-archive-log", context, self, blobs, keys, archive=False)
