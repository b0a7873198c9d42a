"""The backup vault: full backups of the database that outlive the server and its location (OOB-69, OOB-70, OOB-113).

Three things guard the database, each against another loss: the server's own recovery to any moment of the last 35 days, the
dumps that the jobs write, and these. The vault is the only one that Azure keeps apart from the server and its administrators. It
takes a backup of a flexible server once a week at most, and gives it back as files in a storage account.

Files need no vault: their account keeps versions and has a copy in the paired location (accounts.py).
"""

from __future__ import annotations

from pulumi import ComponentResource, Output, Resource
from pulumi_azure_native import dataprotection

from components.clouds.azure import names
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.handles import AzureBackup, AzureDatabase, AzureKeys, AzureObjects, Context
from components.clouds.azure.roles import grant
from components.contract import BackupSpec
from components.naming import physical
from components.options import child, stateful

WEEKLY = "R/2026-01-04T05:00:00+00:00/P1W"  # Sundays in UTC, after the maintenance window; the date only sets the rhythm
SERVER_TYPE = "Microsoft.DBforPostgreSQL/flexibleServers"
RECOVERABLE_DAYS = 14  # of what somebody deleted in the vault
DEFAULT = "Default"  # the tag and the rule that every policy has


class Backup(ComponentResource):
    """Vault, policy and the database in it. A drill makes none of it: what it restores is somebody else's backup."""

    def __init__(
        self,
        name: str,
        context: Context,
        spec: BackupSpec,
        keys: AzureKeys,
        database: AzureDatabase,
        objects: AzureObjects,  # noqa: ARG002 accounts back themselves up: versions and a copy in the paired location
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Backup", name, None, child(parent))
        self._name, self._context, self._keys = name, context, keys
        self.outputs = AzureBackup(vaults=())
        if not context.environment.disposable:
            vault = self._vault()
            self._database(vault, database, self._policy(vault, spec.backup.archive_days))
            diagnose(f"{name}-log", context, self, vault.id, keys)
            self.outputs = AzureBackup(vaults=(vault.name,), vault_ids=(vault.id,))
        self.register_outputs({})

    def _vault(self) -> dataprotection.BackupVault:
        """Copied to the paired location and readable there. Immutability starts unlocked: Azure locks only what was unlocked,
        by a step of its own that nobody can take back, and so is no step of this program.

        Under Microsoft's keys: a new vault takes a key of ours as a user-assigned identity alone, and then not out of a key vault
        that is closed to networks ("Encrypt backup data in a Backup vault by using customer-managed keys", Considerations).
        """
        context = self._context
        immutable = context.settings.backup.immutable_vault
        return dataprotection.BackupVault(
            f"{self._name}-vault",
            vault_name=physical(names.BACKUP_VAULT, context.environment.name, "backup"),
            resource_group_name=self._keys.data.name,
            location=self._keys.data.location,
            identity={"type": "SystemAssigned"},
            properties={
                "storage_settings": [
                    {
                        "datastore_type": dataprotection.StorageSettingStoreTypes.VAULT_STORE,
                        "type": dataprotection.StorageSettingTypes.GEO_REDUNDANT,
                    }
                ],
                "feature_settings": {"cross_region_restore_settings": {"state": "Enabled"}},
                "monitoring_settings": {"azure_monitor_alert_settings": {"alerts_for_all_job_failures": "Enabled"}},
                "security_settings": {
                    "soft_delete_settings": {
                        "state": dataprotection.SoftDeleteState.ON,
                        "retention_duration_in_days": RECOVERABLE_DAYS,
                    },
                    "immutability_settings": {
                        "state": dataprotection.ImmutabilityState.UNLOCKED
                        if immutable
                        else dataprotection.ImmutabilityState.DISABLED
                    },
                },
            },
            opts=stateful(child(self, context.main), disposable=False),
        )

    def _policy(self, vault: dataprotection.BackupVault, kept_days: int) -> dataprotection.BackupPolicy:
        store: dataprotection.DataStoreInfoBaseArgsDict = {
            "object_type": "DataStoreInfoBase",
            "data_store_type": dataprotection.DataStoreTypes.VAULT_STORE,
        }
        return dataprotection.BackupPolicy(
            f"{self._name}-weekly",
            backup_policy_name="database-weekly",
            vault_name=vault.name,
            resource_group_name=self._keys.data.name,
            properties={
                "object_type": "BackupPolicy",
                "datasource_types": [SERVER_TYPE],
                "policy_rules": [
                    {
                        "object_type": "AzureBackupRule",
                        "name": "BackupWeekly",
                        "data_store": store,
                        "backup_parameters": {"object_type": "AzureBackupParams", "backup_type": "Full"},
                        "trigger": {
                            "object_type": "ScheduleBasedTriggerContext",
                            "schedule": {"repeating_time_intervals": [WEEKLY], "time_zone": "UTC"},
                            "tagging_criteria": [{"is_default": True, "tagging_priority": 99, "tag_info": {"tag_name": DEFAULT}}],
                        },
                    },
                    {
                        "object_type": "AzureRetentionRule",
                        "name": DEFAULT,
                        "is_default": True,
                        "lifecycles": [
                            {
                                "delete_after": {"object_type": "AbsoluteDeleteOption", "duration": f"P{kept_days}D"},
                                "source_data_store": store,
                                "target_data_store_copy_settings": [],
                            }
                        ],
                    },
                ],
            },
            opts=child(self, self._context.main),
        )

    def _database(self, vault: dataprotection.BackupVault, database: AzureDatabase, policy: dataprotection.BackupPolicy) -> None:
        """The vault signs in as itself: it may read the server for backups and see the group that the server is in."""
        context, keys = self._context, self._keys
        principal = vault.identity.apply(lambda found: (found.principal_id if found else None) or "")
        allowed = [
            grant(
                f"{self._name}-reads-server",
                context,
                self,
                scope=database.server_id,
                principal_id=principal,
                role="PostgreSQL Flexible Server Long Term Retention Backup Role",
            ),
            grant(f"{self._name}-sees-group", context, self, scope=keys.data.id, principal_id=principal, role="Reader"),
        ]
        source: dataprotection.DatasourceArgsDict = {
            "object_type": "Datasource",
            "datasource_type": SERVER_TYPE,
            "resource_type": SERVER_TYPE,
            "resource_id": database.server_id,
            "resource_uri": database.server_id,
            "resource_name": database.server_name,
            "resource_location": keys.data.location,
        }
        dataprotection.BackupInstance(
            f"{self._name}-database",
            backup_instance_name=Output.format("{0}-weekly", database.server_name),
            vault_name=vault.name,
            resource_group_name=keys.data.name,
            properties={
                "object_type": "BackupInstance",
                "friendly_name": database.server_name,
                "data_source_info": source,
                "data_source_set_info": {
                    "object_type": "DatasourceSet",
                    "datasource_type": SERVER_TYPE,
                    "resource_type": SERVER_TYPE,
                    "resource_id": database.server_id,
                    "resource_uri": database.server_id,
                    "resource_name": database.server_name,
                    "resource_location": keys.data.location,
                },
                "policy_info": {"policy_id": policy.id},
            },
            opts=child(self, context.main, depends_on=allowed),
        )
