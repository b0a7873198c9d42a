"""Keys and their policies, as the engine would be asked to make them.

Not proved: that KMS accepts a policy, and that each service calls with the condition values which its documentation names.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from pulumi import Resource

from components.clouds.aws import key_policies, keys
from components.clouds.aws.handles import PURPOSES
from ops.plan.recorder import Recording, Registered
from tests.aws import made_up_data as made_up

KEY = "aws:kms/key:Key"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
ALIAS = "aws:kms/alias:Alias"
COPIED = tuple(purpose for purpose in PURPOSES if purpose not in keys.ONLY_HERE)
ROOT = f"arn:aws:iam::{made_up.ACCOUNT}:root"
every_purpose = pytest.mark.parametrize("purpose", PURPOSES)


@cache
def planned(disposable: bool = False, second_vault: str | None = None) -> Recording:
    def program(parent: Resource) -> None:
        keys.Keys("keys", made_up.context(disposable=disposable, second_vault=second_vault), parent)

    return made_up.recording(program)


def all_keys(recorded: Recording) -> list[Registered]:
    return made_up.of_type(recorded, KEY) + made_up.of_type(recorded, REPLICA_KEY)


def policy_of(name: str, recorded: Recording | None = None) -> dict[str, Any]:
    return made_up.statements(made_up.named(recorded or planned(), name))


def test_there_is_one_key_for_each_purpose_and_one_for_alarms_in_us_east_1() -> None:
    found = {key.name: made_up.provider_of(key) for key in made_up.of_type(planned(), KEY)}
    assert found == {f"keys-{purpose}": "aws" for purpose in PURPOSES} | {"keys-world-alerts": "aws-world"}


def test_every_key_rotates_each_year() -> None:
    for key in made_up.of_type(planned(), KEY):
        assert key.inputs["enableKeyRotation"] is True, key.name
        assert key.inputs["rotationPeriodInDays"] == 365, key.name


def test_what_is_copied_has_a_multi_region_key_with_a_replica_in_the_second_region() -> None:
    for purpose in PURPOSES:
        assert made_up.named(planned(), f"keys-{purpose}").inputs["multiRegion"] is (purpose in COPIED), purpose
    replicas = {key.name: made_up.provider_of(key) for key in made_up.of_type(planned(), REPLICA_KEY)}
    assert replicas == {f"keys-{purpose}-replica": "aws-replica" for purpose in COPIED}
    assert set(COPIED) >= {"database", "objects", "backup", "secrets"}, "it cannot be chosen later"


def test_live_keys_are_protected_and_take_a_month_to_delete_while_a_drill_leaves_as_soon_as_kms_lets_it() -> None:
    for key in all_keys(planned()):
        assert key.protect, key.name
        assert key.inputs["deletionWindowInDays"] == 30
    for key in all_keys(planned(disposable=True)):
        assert not key.protect, key.name
        assert not key.retain_on_delete
        assert key.inputs["deletionWindowInDays"] == 7


def test_every_key_has_an_alias_that_says_whose_it_is() -> None:
    for disposable, prefix in ((False, "alias/oob-aws-example-"), (True, "alias/drill-quarter-four-")):
        recorded = planned(disposable)
        aliases = made_up.of_type(recorded, ALIAS)
        assert len(aliases) == len(all_keys(recorded))
        assert all(str(alias.inputs["name"]).startswith(prefix) for alias in aliases)
        by_region = [(made_up.provider_of(alias), alias.inputs["name"]) for alias in aliases]
        assert len(set(by_region)) == len(by_region), "an alias is unique in its region"


def test_nobody_is_given_every_action_on_any_key() -> None:
    for key in all_keys(planned(second_vault=made_up.SECOND_VAULT)):
        assert made_up.ungranted(made_up.statements(key)) == [], key.name


def test_the_account_can_always_mend_a_policy_and_cannot_use_a_key_by_calling_kms_itself() -> None:
    for key in all_keys(planned()):
        statements = made_up.statements(key)
        administration = statements["AdministeredByTheAccount"]
        assert administration["Principal"] == {"AWS": ROOT}
        assert "Condition" not in administration, "a condition here could lock everybody out"
        assert "kms:PutKeyPolicy" in administration["Action"]
        assert not set(administration["Action"]) & set(key_policies.USE) - {"kms:DescribeKey"}, key.name


@every_purpose
def test_use_is_bound_to_the_services_of_the_purpose(purpose: str) -> None:
    statements = policy_of(f"keys-{purpose}")
    if purpose == "cluster":
        assert "kms:ViaService" not in json.dumps(statements), "EKS does not support it for secrets"
        assert set(statements["UsedByTheCluster"]["Action"]) == {
            "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants",
        }  # fmt: skip
        return
    condition = statements["UsedThroughItsServices"]["Condition"]["StringEquals"]
    assert condition["kms:CallerAccount"] == made_up.ACCOUNT
    regions = [made_up.REGION, made_up.REPLICA] if purpose in COPIED else [made_up.REGION]
    expected = {f"{service}.{region}.amazonaws.com" for service in key_policies.SERVICES[purpose] for region in regions}
    assert set(condition["kms:ViaService"]) == expected


@every_purpose
def test_whoever_is_let_in_without_a_service_is_bound_by_another_condition(purpose: str) -> None:
    for sid, statement in policy_of(f"keys-{purpose}").items():
        if sid != "AdministeredByTheAccount":
            assert statement.get("Condition"), f"{purpose} {sid}"
        if statement["Principal"] == {"AWS": "*"}:
            assert statement["Condition"]["StringEquals"]["kms:CallerAccount"] == made_up.ACCOUNT, sid
            assert "aws:PrincipalArn" in statement["Condition"]["ArnEquals"], sid


def test_grants_are_handed_to_aws_services_only_but_for_the_cluster() -> None:
    for key in all_keys(planned(second_vault=made_up.SECOND_VAULT)):
        for sid, statement in made_up.statements(key).items():
            if "kms:CreateGrant" in statement["Action"] and key.name != "keys-cluster":
                assert statement["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}, f"{key.name} {sid}"


def test_log_groups_of_this_account_and_region_use_the_key_for_logs() -> None:
    for name, region in (("keys-logs", made_up.REGION), ("keys-logs-replica", made_up.REPLICA)):
        statement = policy_of(name)["LogGroupsOfThisAccount"]
        assert statement["Principal"] == {"Service": f"logs.{region}.amazonaws.com"}
        context = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{made_up.ACCOUNT}:log-group:*"}
        assert statement["Condition"] == {"ArnLike": context}


def test_the_trail_of_this_account_uses_the_key_for_logs_and_only_encrypts() -> None:
    statement = policy_of("keys-logs")["TrailOfThisAccount"]
    assert statement["Action"] == ["kms:GenerateDataKey"]
    trail = f"arn:aws:cloudtrail:{made_up.REGION}:{made_up.ACCOUNT}:trail/*"
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": trail}


def test_sessions_use_the_key_for_logs_only_with_a_session_number() -> None:
    statement = policy_of("keys-logs")["EncryptedSessions"]
    assert statement["Condition"]["Null"] == {"kms:EncryptionContext:aws:ssm:SessionId": "false"}


@pytest.mark.parametrize(
    ("name", "region"),
    [("keys-alerts", made_up.REGION), ("keys-alerts-replica", made_up.REPLICA), ("keys-world-alerts", "us-east-1")],
)
def test_alarms_reach_encrypted_topics_of_this_account_in_every_region(name: str, region: str) -> None:
    statement = policy_of(name)["AlarmsToOurTopics"]
    assert {"cloudwatch.amazonaws.com", "events.amazonaws.com"} <= set(statement["Principal"]["Service"])
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    topics = {"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:{region}:{made_up.ACCOUNT}:*"}
    assert statement["Condition"] == {"ArnLike": topics}


def test_autoscaling_may_start_nodes_with_encrypted_disks_before_its_role_exists() -> None:
    statements = policy_of("keys-volumes")
    role = f"arn:aws:iam::{made_up.ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    for sid in ("UsedByAutoscaling", "HandedOnByAutoscaling"):
        assert statements[sid]["Condition"]["ArnEquals"] == {"aws:PrincipalArn": role}
        assert role not in json.dumps(statements[sid]["Principal"]), "KMS refuses a principal that does not exist yet"


def test_a_suspicious_machines_encrypted_disk_can_be_scanned() -> None:
    statements = policy_of("keys-volumes")
    service = "malware-protection.guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDutyMalwareProtection"
    role = f"arn:aws:iam::{made_up.ACCOUNT}:role/aws-service-role/{service}"
    for sid, actions in (("UsedByTheMalwareScan", ["kms:DescribeKey"]), ("HandedOnByTheMalwareScan", ["kms:CreateGrant"])):
        assert statements[sid]["Condition"]["ArnEquals"] == {"aws:PrincipalArn": role}
        assert statements[sid]["Action"] == actions


def test_no_log_group_lies_under_the_key_for_alarms() -> None:
    assert "LogGroupsOfThisAccount" not in policy_of("keys-alerts")


def test_a_second_account_reads_what_it_copies_and_nothing_else() -> None:
    recorded = planned(second_vault=made_up.SECOND_VAULT)
    with_it = {key.name for key in all_keys(recorded) if made_up.SECOND_ACCOUNT in str(key.inputs["policy"])}
    assert with_it == {"keys-database", "keys-database-replica", "keys-backup", "keys-backup-replica"}
    assert not [key.name for key in all_keys(planned()) if made_up.SECOND_ACCOUNT in str(key.inputs["policy"])]


def test_a_drill_shares_its_keys_with_no_other_account() -> None:
    recorded = planned(disposable=True, second_vault=made_up.SECOND_VAULT)
    assert not [key.name for key in all_keys(recorded) if made_up.SECOND_ACCOUNT in str(key.inputs["policy"])]


def test_a_vault_in_the_own_account_needs_no_sharing() -> None:
    own = f"arn:aws:backup:{made_up.REPLICA}:{made_up.ACCOUNT}:backup-vault:another"
    assert keys.other_account(own, made_up.ACCOUNT) is None
    assert keys.other_account(made_up.SECOND_VAULT, made_up.ACCOUNT) == made_up.SECOND_ACCOUNT
    assert keys.other_account(None, made_up.ACCOUNT) is None


def test_an_unplanned_purpose_has_no_policy() -> None:
    reach = key_policies.Reach(account=made_up.ACCOUNT, region=made_up.REGION, regions=(made_up.REGION,))
    with pytest.raises(KeyError):
        key_policies.policy("telephony", reach)


def test_every_policy_fits_into_what_kms_accepts() -> None:
    longest = max(len(str(key.inputs["policy"])) for key in all_keys(planned(second_vault=made_up.SECOND_VAULT)))
    assert longest < 32 * 1024, "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"
