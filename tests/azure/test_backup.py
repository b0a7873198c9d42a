"""The backup vault, its policy and the database in it, as the engine would be asked to make them.

Not proved: that Azure Backup takes the instance, that a backup can be read back, how long a restore takes.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import pytest
from pulumi import Resource

from components.clouds.azure import backup
from components.clouds.azure.handles import AzureBackup
from components.clouds.azure.roles import ROLES
from components.contract import BackupSpec
from components.sections import Backup
from ops.plan.recorder import Recording
from tests.azure import made_up

VAULT = "dataprotection:BackupVault"
ROLE = "authorization:RoleAssignment"


@cache
def planned(disposable: bool = False, immutable: bool = False, archive_days: int = 400) -> tuple[Recording, AzureBackup]:
    found: list[AzureBackup] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable, backup={"immutableVault": immutable})
        spec = BackupSpec(backup=Backup.model_validate({"archiveDays": archive_days}))
        near = (made_up.keys(context, parent), made_up.database(context), made_up.objects(context))
        found.append(backup.Backup("backup", context, spec, *near, parent).outputs)

    return made_up.recording(program), found[0]


def properties(name: str, **given: Any) -> dict[str, Any]:
    return made_up.block(made_up.named(planned(**given)[0], name), "properties")


def test_the_vault_is_copied_to_the_paired_location_and_readable_there() -> None:
    found = properties("backup-vault")
    assert found["storageSettings"] == [{"datastoreType": "VaultStore", "type": "GeoRedundant"}]
    assert found["featureSettings"]["crossRegionRestoreSettings"] == {"state": "Enabled"}
    assert found["monitoringSettings"]["azureMonitorAlertSettings"] == {"alertsForAllJobFailures": "Enabled"}


def test_the_vault_gives_back_what_was_deleted() -> None:
    settings = properties("backup-vault")["securitySettings"]
    assert settings["softDeleteSettings"] == {"state": "On", "retentionDurationInDays": 14}


def test_the_vault_asks_for_no_key_out_of_a_closed_vault() -> None:
    """Azure Backup takes a customer's key as a user-assigned identity, and does not support that with a closed key vault."""
    assert "encryptionSettings" not in properties("backup-vault")["securitySettings"]
    vault = made_up.named(planned()[0], "backup-vault")
    assert made_up.block(vault, "identity") == {"type": "SystemAssigned"}


@pytest.mark.parametrize(("immutable", "state"), [(False, "Disabled"), (True, "Unlocked")])
def test_the_vault_is_immutable_by_an_explicit_setting_and_never_locked_by_this_program(immutable: bool, state: str) -> None:
    settings = properties("backup-vault", immutable=immutable)["securitySettings"]
    assert settings["immutabilitySettings"] == {"state": state}


def test_the_vault_is_hard_to_lose() -> None:
    assert made_up.named(planned()[0], "backup-vault").protect


@pytest.mark.parametrize("days", [91, 400, 3650])
def test_a_full_backup_is_taken_every_week_and_kept_as_long_as_an_archive(days: int) -> None:
    found = properties("backup-weekly", archive_days=days)
    assert found["objectType"] == "BackupPolicy"
    assert found["datasourceTypes"] == ["Microsoft.DBforPostgreSQL/flexibleServers"]
    rules = {rule["objectType"]: rule for rule in cast("list[dict[str, Any]]", found["policyRules"])}
    assert set(rules) == {"AzureBackupRule", "AzureRetentionRule"}
    [schedule] = rules["AzureBackupRule"]["trigger"]["schedule"]["repeatingTimeIntervals"]
    assert schedule.startswith("R/")
    assert schedule.endswith("/P1W"), "the service takes a flexible server once a week at most"
    [lifecycle] = rules["AzureRetentionRule"]["lifecycles"]
    assert lifecycle["deleteAfter"] == {"objectType": "AbsoluteDeleteOption", "duration": f"P{days}D"}
    tag = rules["AzureBackupRule"]["trigger"]["taggingCriteria"][0]["tagInfo"]["tagName"]
    assert tag == rules["AzureRetentionRule"]["name"], "a backup whose tag names no retention rule is refused"


def test_the_vault_may_read_the_server_for_backups_and_see_its_group_and_nothing_else() -> None:
    found = {item.name: item for item in made_up.of_type(planned()[0], ROLE)}
    roles = {name: str(item.inputs["roleDefinitionId"]).rpartition("/")[2] for name, item in found.items()}
    assert roles == {
        "backup-reads-server": ROLES["PostgreSQL Flexible Server Long Term Retention Backup Role"],
        "backup-sees-group": ROLES["Reader"],
    }
    assert "flexibleServers/" in str(found["backup-reads-server"].inputs["scope"])
    instance = made_up.named(planned()[0], "backup-database")
    assert {item.urn for item in found.values()} <= set(instance.depends_on)


def test_the_database_is_in_the_vault_by_its_full_name() -> None:
    found = properties("backup-database")
    source, group = found["dataSourceInfo"], found["dataSourceSetInfo"]
    assert source["resourceID"] == group["resourceID"]
    assert source["resourceID"].startswith(f"/subscriptions/{made_up.SUBSCRIPTION}/")
    assert source["resourceType"] == "Microsoft.DBforPostgreSQL/flexibleServers"
    assert "policyId" in found["policyInfo"]


def test_a_drill_puts_nothing_into_a_vault() -> None:
    recorded, made = planned(disposable=True)
    assert made.vaults == ()
    assert [item.type for item in recorded.resources if item.type.startswith("azure-native:")] == []
