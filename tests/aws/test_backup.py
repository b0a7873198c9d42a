"""Vaults and plan, as the engine would be asked to make them.

Not proved: that AWS Backup can work with the narrowed role, that copies arrive, that a recovery point restores.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output, Resource

from components.clouds.aws import backup
from components.clouds.aws.handles import AwsDatabase, AwsObjects
from components.contract import AdminCredential, BackupLocation, BackupOutputs, BackupSpec, FileStore, TransferTarget
from ops.plan.recorder import Recording
from tests.aws import made_up_data as made_up

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
CLUSTER_ARN = f"arn:aws:rds:{made_up.REGION}:{made_up.ACCOUNT}:cluster:oob-aws-example-database-abcdef"


def made_up_database() -> AwsDatabase:
    text = Output.from_input("made-up")
    return AwsDatabase(
        host=text,
        reader_host=None,
        port=5432,
        name="mattermost",
        role="mmuser",
        trust_pem="",
        admin=AdminCredential(image="aws-cli", command=(), env={}),
        cluster_id=text,
        cluster_arn=Output.from_input(CLUSTER_ARN),
        cluster_resource_id=text,
        instance_ids=(text,),
        admin_secret_arn=text,
        group_id=text,
    )


def made_up_objects() -> AwsObjects:
    text = Output.from_input("made-up")
    return AwsObjects(
        files=FileStore(url="made-up", bucket=text, env={}),
        velero=BackupLocation(provider="aws", plugin="velero-plugin-for-aws", bucket=text, prefix="velero", config={}),
        transfer=TransferTarget(env={}, path=text),
        files_arn=text,
        files_name=text,
        backups_arn=text,
        backups_name=text,
        plain_logs_name=text,
        plain_logs_arn=text,
    )


@cache
def planned(
    disposable: bool = False, vault_lock: bool = False, second_vault: str | None = None
) -> tuple[Recording, BackupOutputs]:
    found: list[BackupOutputs] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable, second_vault=second_vault)
        spec = BackupSpec(backup=made_up.backup(vault_lock=vault_lock))
        made = backup.Backup("backup", context, spec, made_up.keys(), made_up_database(), made_up_objects(), parent)
        found.append(made.outputs)

    return made_up.recording(program), found[0]


def rules(second_vault: str | None = None) -> dict[str, dict[str, Any]]:
    plan = made_up.named(planned(second_vault=second_vault)[0], "backup-plan")
    return {rule["ruleName"]: rule for rule in made_up.blocks(plan, "rules")}


@cache
def role_rights(second_vault: str | None = None) -> dict[str, Any]:
    """The role's rights for made-up ARNs."""
    vaults = ["arn:near", "arn:far", *([second_vault] if second_vault else [])]
    texts = (
        backup.rights(made_up.ACCOUNT, (made_up.REGION, made_up.REPLICA), CLUSTER_ARN, vaults),
        backup.key_rights(["arn:key"]),
    )
    return {statement["Sid"]: statement for text in texts for statement in json.loads(text)["Statement"]}


def test_there_is_a_vault_here_and_one_in_the_second_region_each_under_its_own_key() -> None:
    found = {vault.name: vault for vault in made_up.of_type(planned()[0], VAULT)}
    where = {"backup-vault": ("aws", made_up.REGION), "backup-second-vault": ("aws-replica", made_up.REPLICA)}
    assert set(found) == set(where)
    for name, (provider, region) in where.items():
        assert made_up.provider_of(found[name]) == provider
        assert found[name].inputs["kmsKeyArn"] == f"arn:aws:kms:{region}:{made_up.ACCOUNT}:key/backup"
        assert found[name].protect
        assert found[name].inputs["forceDestroy"] is False
    assert len(planned()[1].vaults) == 2
    assert found["backup-vault"].inputs["name"] != found["backup-second-vault"].inputs["name"]


def test_the_database_is_named_and_nothing_is_found_by_a_pattern() -> None:
    selection = made_up.named(planned()[0], "backup-database")
    assert selection.inputs["resources"] == [CLUSTER_ARN]
    assert not {"selectionTags", "conditions", "notResources"} & set(selection.inputs)


def test_aws_backup_is_told_to_look_at_aurora_before_the_database_is_selected() -> None:
    recorded, _ = planned()
    settings = made_up.named(recorded, "backup-aurora")
    assert settings.inputs["resourceTypeOptInPreference"] == {"Aurora": True}
    assert settings.urn in made_up.named(recorded, "backup-database").depends_on


def test_a_day_and_a_month_are_kept_as_long_as_the_stack_file_says() -> None:
    found = rules()
    assert set(found) == {"daily", "monthly"}
    assert found["daily"]["schedule"] == "cron(0 5 * * ? *)"
    assert found["daily"]["lifecycle"] == {"deleteAfter": 35}
    assert found["monthly"]["lifecycle"] == {"deleteAfter": 365}
    for rule in found.values():
        assert rule["scheduleExpressionTimezone"] == "Etc/UTC"
        assert "enableContinuousBackup" not in rule, "AWS Backup would take over the cluster's own retention"
        assert rule["recoveryPointTags"]["oob:stack"] == "aws-example"


def test_every_recovery_point_is_copied_to_the_second_region_and_to_the_second_account() -> None:
    vault = made_up.named(planned()[0], "backup-second-vault").inputs["name"]
    far = f"arn:aws:backup:{made_up.REPLICA}:{made_up.ACCOUNT}:backup-vault:{vault}"
    for rule in rules().values():
        assert [copy["destinationVaultArn"] for copy in rule["copyActions"]] == [far]
    for kind, rule in rules(made_up.SECOND_VAULT).items():
        assert len(rule["copyActions"]) == 2, kind
        assert rule["copyActions"][1]["destinationVaultArn"] == made_up.SECOND_VAULT
        for copy in rule["copyActions"]:
            assert copy["lifecycle"] == rule["lifecycle"], "a copy lives as long as what it is a copy of"


def test_nobody_removes_a_recovery_point_but_aws_backup_itself() -> None:
    recorded, _ = planned()
    role = str(made_up.named(recorded, "backup-role").inputs["name"])
    for name in ("backup-vault-policy", "backup-second-vault-policy"):
        statement = made_up.statements(made_up.named(recorded, name))["NobodyRemovesRecoveryPoints"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert set(statement["Action"]) == {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"}
        assert statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == [
            f"arn:aws:iam::{made_up.ACCOUNT}:role/{role}",
            f"arn:aws:iam::{made_up.ACCOUNT}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup",
        ]
        assert not [action for action in statement["Action"] if "Policy" in action], "it must stay possible to lift it"


def test_a_vault_is_locked_only_if_the_stack_file_says_so() -> None:
    assert made_up.of_type(planned()[0], LOCK) == []
    locks = made_up.of_type(planned(vault_lock=True)[0], LOCK)
    assert {lock.name for lock in locks} == {"backup-vault-lock", "backup-second-vault-lock"}
    for lock in locks:
        assert lock.inputs["changeableForDays"] == 7
        assert (lock.inputs["minRetentionDays"], lock.inputs["maxRetentionDays"]) == (35, 365)


@pytest.mark.parametrize("vault_lock", [False, True])
def test_a_drill_has_no_vault_no_plan_and_no_lock(vault_lock: bool) -> None:
    recorded, outputs = planned(disposable=True, vault_lock=vault_lock)
    assert made_up.custom(recorded) == []
    assert outputs.vaults == ()
    assert [found.type for found in recorded.resources if found.name == "backup"] == ["oob:aws:Backup"]


def test_the_role_is_aws_backups_within_the_boundary_and_restores_nothing() -> None:
    recorded, _ = planned()
    role = made_up.named(recorded, "backup-role")
    assert role.inputs["permissionsBoundary"] == made_up.BOUNDARY
    trust = json.loads(str(role.inputs["assumeRolePolicy"]))["Statement"]
    assert [statement["Principal"] for statement in trust] == [{"Service": "backup.amazonaws.com"}]
    actions = json.dumps([statement["Action"] for statement in role_rights().values()])
    assert "Restore" not in actions
    assert "iam:" not in actions
    assert 'rds:DeleteDBCluster"' not in actions
    assert 'ModifyDBCluster"' not in actions


def test_a_plan_shows_what_the_role_may_do() -> None:
    shown = made_up.statements(made_up.named(planned()[0], "backup-rights"))
    assert shown["TakeSnapshots"]["Resource"][0] == CLUSTER_ARN
    assert all(vault.startswith("arn:aws:backup:") for vault in shown["FillVaults"]["Resource"])
    keys = made_up.statements(made_up.named(planned()[0], "backup-key-rights"))
    regions = (made_up.REGION, made_up.REPLICA)
    assert keys["UseTheKeys"]["Resource"] == [
        f"arn:aws:kms:{region}:{made_up.ACCOUNT}:key/{purpose}" for region in regions for purpose in ("database", "backup")
    ]


def test_the_role_acts_on_this_cluster_its_snapshots_these_vaults_and_these_keys() -> None:
    found = role_rights(made_up.SECOND_VAULT)
    assert made_up.ungranted(found) == []
    snapshots = [
        f"arn:aws:rds:{region}:{made_up.ACCOUNT}:cluster-snapshot:awsbackup:*" for region in (made_up.REGION, made_up.REPLICA)
    ]
    assert found["TakeSnapshots"]["Resource"] == [CLUSTER_ARN, *snapshots]
    assert found["CopyAndExpireSnapshots"]["Resource"] == snapshots
    assert found["FillVaults"]["Resource"] == ["arn:near", "arn:far", made_up.SECOND_VAULT]
    assert found["UseTheKeys"]["Resource"] == ["arn:key"]
    assert found["HandTheKeysOn"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    everywhere = {sid for sid, statement in found.items() if statement["Resource"] == "*"}
    assert everywhere == {"LookAround", "CopyOutOfTheVault"}
    assert all(found[sid]["Condition"] for sid in everywhere)


@given(retention=st.integers(7, 35), archive=st.integers(35, 3650))
def test_nothing_is_kept_shorter_than_35_days_and_months_never_shorter_than_days(retention: int, archive: int) -> None:
    settings = made_up.backup(retention_days=retention, archive_days=archive)
    assert 35 <= backup.daily_days(settings) <= backup.monthly_days(settings)
    assert backup.monthly_days(settings) >= archive
