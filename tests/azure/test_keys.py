"""Vaults, keys, groups, workspace and archive, as the engine would be asked to make them.

Not proved: that the services accept this, that rotation happens, or that Azure Monitor can write where nobody else can.
"""

from __future__ import annotations

import uuid
from functools import cache

import pytest
from pulumi import Resource

from components.clouds.azure import keys, roles
from components.clouds.azure.handles import PURPOSES, REPLICA_PURPOSES
from ops.plan.recorder import Recording
from tests.azure import made_up

GROUP, VAULT, KEY = "resources:ResourceGroup", "keyvault:Vault", "keyvault:Key"
LOCK, GRANT = "authorization:ManagementLockByScope", "authorization:RoleAssignment"
IDENTITY, LOG = "managedidentity:UserAssignedIdentity", "monitor:DiagnosticSetting"


@cache
def planned(disposable: bool = False) -> Recording:
    return made_up.recording(lambda parent: build(disposable, parent))


def build(disposable: bool, parent: Resource) -> None:
    made = keys.Keys("keys", made_up.context(disposable=disposable), parent).outputs
    assert set(made.keys) == (set() if disposable else set(PURPOSES))
    assert set(made.replica_keys) == (set() if disposable else set(REPLICA_PURPOSES))


def test_groups_that_hold_data_are_protected_and_locked_in_a_live_stack_alone() -> None:
    assert [found.name for found in made_up.of_type(planned(), GROUP)] == ["keys-data", "keys-logs", "keys-replica"]
    assert all(found.protect for found in made_up.of_type(planned(), GROUP))
    assert [found.inputs["level"] for found in made_up.of_type(planned(), LOCK)] == ["CanNotDelete"] * 3
    drill = planned(disposable=True)
    assert made_up.of_type(drill, LOCK) == []
    assert not [found.name for found in drill.resources if found.protect or found.retain_on_delete]
    assert not [found.name for found in drill.resources if found.inputs.get("location") == made_up.REPLICA]


@pytest.mark.parametrize("disposable", [False, True])
def test_no_vault_answers_outside_or_hands_out_access_without_a_role(disposable: bool) -> None:
    vaults = made_up.of_type(planned(disposable), VAULT)
    assert len(vaults) == (2 if disposable else 3)
    for vault in vaults:
        properties = made_up.block(vault, "properties")
        assert properties["publicNetworkAccess"] == "Disabled"
        assert properties["networkAcls"]["defaultAction"] == "Deny"
        assert properties["enableRbacAuthorization"] is True
        assert properties["tenantId"] == made_up.TENANT
        assert properties.get("enablePurgeProtection") is (None if disposable else True), "false is refused by the service"
        assert properties["softDeleteRetentionInDays"] == (7 if disposable else 90)


def test_each_purpose_has_a_key_that_only_wraps_and_rotates_within_ninety_days() -> None:
    found = made_up.of_type(planned(), KEY)
    assert {key.inputs["keyName"] for key in found if isinstance(key.inputs["keyName"], str)} == {
        *PURPOSES,
        *(f"replica-{purpose}" for purpose in REPLICA_PURPOSES),
    }
    for key in found:
        properties = made_up.block(key, "properties")
        assert (properties["kty"], properties["keySize"]) == ("RSA", 3072)
        assert set(properties["keyOps"]) == {"wrapKey", "unwrapKey"}
        actions = {each["action"]["type"]: each["trigger"] for each in properties["rotationPolicy"]["lifetimeActions"]}
        assert actions == {"rotate": {"timeAfterCreate": "P90D"}, "notify": {"timeBeforeExpiry": "P30D"}}
        assert key.protect


def test_each_key_has_an_identity_of_its_own_that_may_do_nothing_else() -> None:
    use = roles.definition_id(made_up.SUBSCRIPTION, "Key Vault Crypto Service Encryption User")
    grants = made_up.of_type(planned(), GRANT)
    assert len(grants) == len(made_up.of_type(planned(), IDENTITY)) == len(made_up.of_type(planned(), KEY))
    assert {str(found.inputs["roleDefinitionId"]) for found in grants} == {use}


def test_role_assignments_have_names_that_a_plan_knows_and_no_two_share() -> None:
    found = [str(grant.inputs["roleAssignmentName"]) for grant in made_up.of_type(planned(), GRANT)]
    assert len({uuid.UUID(name) for name in found}) == len(found)
    assert roles.assignment_name("s", "one", "x") != roles.assignment_name("s", "two", "x")


def test_ids_of_built_in_roles_are_well_formed_and_distinct() -> None:
    assert len({uuid.UUID(value) for value in roles.ROLES.values()}) == len(roles.ROLES)
    with pytest.raises(KeyError):
        roles.definition_id("s", "Owner of Everything")


def test_the_archive_is_write_once_under_our_key_in_a_live_stack_and_closed_in_any() -> None:
    live = made_up.named(planned(), "keys-archive")
    policy = made_up.block(live, "immutableStorageWithVersioning")["immutabilityPolicy"]
    assert policy == {"immutabilityPeriodSinceCreationInDays": 365, "state": "Unlocked", "allowProtectedAppendWrites": True}
    assert made_up.block(live, "encryption")["keySource"] == "Microsoft.Keyvault"
    assert made_up.named(planned(), "keys-logs-access").urn in live.depends_on
    drill = made_up.named(planned(disposable=True), "keys-archive")
    assert "immutableStorageWithVersioning" not in drill.inputs
    for account in (live, drill):
        assert account.inputs["allowSharedKeyAccess"] is False
        assert account.inputs["allowBlobPublicAccess"] is False
        assert account.inputs["publicNetworkAccess"] == "Disabled"
        assert made_up.block(account, "networkRuleSet")["defaultAction"] == "Deny"
        assert account.inputs["minimumTlsVersion"] == "TLS1_2"


def test_everything_made_here_reports_and_nothing_elsewhere_reports_to_the_archive() -> None:
    found = {log.name: log.inputs for log in made_up.of_type(planned(), LOG)}
    assert set(found) == {f"keys-{name}-log" for name in ("keys-vault", "secrets-vault", "replica-vault", "workspace", "archive")}
    assert all("workspaceId" in inputs for inputs in found.values())
    without = {name for name, inputs in found.items() if "storageAccountId" not in inputs}
    assert without == {"keys-replica-vault-log", "keys-archive-log"}, "another location, and the archive itself"
