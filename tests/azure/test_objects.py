"""Storage accounts, their containers and rules, and the ways to them, as the engine would be asked to make them.

Not proved: that Azure accepts each combination, that a write-once version lets a new version be written beside it, how fast
copies arrive in the paired location, and that rclone, Velero and Mattermost sign in with what they are given.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Input, Output, Resource

from components.clouds.azure import lifecycle, names, objects, roles
from components.clouds.azure.handles import AzureObjects
from components.contract import ObjectsSpec, TransferTarget
from components.sections import Backup, ObjectsSource
from components.versions import IMAGES
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up
from tests.support import plans

ACCOUNT = "storage:StorageAccount"
CONTAINER = "storage:BlobContainer"
WRITE_ONCE = "storage:BlobContainerImmutabilityPolicy"
SOURCE = ObjectsSource.model_validate({"files": "sourcefiles1", "backups": "sourcebackups1", "asOf": "2026-11-23T02:05:00Z"})
SOURCE_GROUP = f"/subscriptions/{made_up.SUBSCRIPTION}/resourceGroups/{names.resource_group(made_up.LIVE, 'data')}"
PURPOSES = ("files", "backups")
both = pytest.mark.parametrize("purpose", PURPOSES)


def backup(**changed: object) -> Backup:
    return Backup.model_validate(changed)


@cache
def planned(disposable: bool = False, object_lock: str = "governance") -> tuple[Recording, AzureObjects]:
    found: list[AzureObjects] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable)
        spec = ObjectsSpec(backup=backup(objectLock=object_lock), restore=SOURCE if disposable else None)
        near = (made_up.keys(context, parent), made_up.network(context))
        found.append(objects.Objects("objects", context, spec, *near, parent).outputs)

    return made_up.recording(program), found[0]


def live() -> Recording:
    return planned()[0]


def drill() -> Recording:
    return planned(disposable=True, object_lock="none")[0]


@cache
def resolved(disposable: bool = False) -> dict[str, dict[str, str]]:
    """The variables and paths that are handed to the platform, as they are once deployed."""
    found: dict[str, dict[str, str]] = {}

    def note(label: str, values: dict[str, Input[str]]) -> None:
        Output.all(**values).apply(lambda known: found.__setitem__(label, dict(known)))

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable)
        spec = ObjectsSpec(backup=backup(), restore=SOURCE if disposable else None)
        near = (made_up.keys(context, parent), made_up.network(context))
        made = objects.Objects("objects", context, spec, *near, parent).outputs
        note("files", {**made.files.env, "url": made.files.url, "bucket": made.files.bucket})
        note("velero", {**made.velero.config, "bucket": made.velero.bucket, "file": made.velero.credentials or ""})
        targets: dict[str, TransferTarget | None] = {
            "transfer": made.transfer,
            "file_copies": made.file_copies,
            "source": made.source,
            "source_backups": made.source_backups,
        }
        for label, target in targets.items():
            if target is not None:
                note(label, {**target.env, "path": target.path})

    made_up.recording(program)
    return found


def account(purpose: str, recorded: Recording | None = None) -> Registered:
    [found] = [item for item in made_up.of_type(recorded or live(), ACCOUNT) if item.name == f"objects-{purpose}"]
    return found


def accounts(recorded: Recording) -> dict[str, dict[str, Any]]:
    return {found.name: dict(found.inputs) for found in made_up.of_type(recorded, ACCOUNT)}


# --- every account ----------------------------------------------------------------------------------------------


def test_there_are_two_accounts_with_names_that_a_drill_can_be_told() -> None:
    found = {name: inputs["accountName"] for name, inputs in accounts(live()).items()}
    assert found == {
        f"objects-{purpose}": names.storage_account(made_up.LIVE, made_up.SUBSCRIPTION, purpose) for purpose in PURPOSES
    }


@pytest.mark.parametrize("recorded", [live, drill])
@both
def test_no_key_no_public_access_and_no_old_transport_opens_an_account(purpose: str, recorded: Any) -> None:
    inputs = account(purpose, recorded()).inputs
    closed = (
        "allowBlobPublicAccess",
        "allowSharedKeyAccess",
        "allowCrossTenantReplication",
        "isLocalUserEnabled",
    )
    assert [inputs[way] for way in closed] == [False] * 4
    assert inputs["publicNetworkAccess"] == "Disabled"
    assert inputs["networkRuleSet"] == {"defaultAction": "Deny", "bypass": "AzureServices"}
    assert inputs["defaultToOAuthAuthentication"] is True
    assert inputs["allowedCopyScope"] == "AAD"
    assert (inputs["enableHttpsTrafficOnly"], inputs["minimumTlsVersion"]) == (True, "TLS1_2")
    assert made_up.block(account(purpose, recorded()), "encryption")["requireInfrastructureEncryption"] is True


@both
def test_a_live_account_is_copied_over_zones_and_locations_and_encrypted_with_our_key(purpose: str) -> None:
    found = account(purpose)
    assert found.inputs["sku"] == {"name": "Standard_RAGZRS"}
    encryption = made_up.block(found, "encryption")
    assert encryption["keySource"] == "Microsoft.Keyvault"
    assert encryption["keyVaultProperties"] == {"keyName": "objects", "keyVaultUri": "https://keys.vault.azure.net/"}
    assert found.protect
    assert any(urn.endswith("::access-keys-objects") for urn in found.depends_on)


@both
def test_versions_changes_and_deletions_are_kept(purpose: str) -> None:
    inputs = made_up.named(live(), f"objects-{purpose}-blobs").inputs
    assert inputs["isVersioningEnabled"] is True
    assert inputs["changeFeed"] == {"enabled": True}
    kept = {"enabled": True, "days": 35}
    assert (inputs["deleteRetentionPolicy"], inputs["containerDeleteRetentionPolicy"]) == (kept, kept)


@both
def test_an_account_is_reached_by_an_address_of_the_own_network(purpose: str) -> None:
    endpoint = made_up.named(live(), f"objects-{purpose}-endpoint").inputs
    [connection] = cast("list[dict[str, Any]]", endpoint["privateLinkServiceConnections"])
    assert connection["groupIds"] == ["blob"]
    assert str(cast("dict[str, str]", endpoint["subnet"])["id"]).endswith("/subnets/endpoints")
    entry = made_up.named(live(), f"objects-{purpose}-endpoint-entry").inputs
    [zone] = cast("list[dict[str, Any]]", entry["privateDnsZoneConfigs"])
    assert zone["privateDnsZoneId"].endswith("/privateDnsZones/blob")


# --- write once -------------------------------------------------------------------------------------------------


def test_only_what_the_jobs_write_is_write_once_and_only_by_version() -> None:
    [policy] = made_up.of_type(live(), WRITE_ONCE)
    assert policy.inputs["immutabilityPeriodSinceCreationInDays"] == backup().lock_days
    assert policy.inputs["immutabilityPolicyName"] == "default"
    versioned = {
        str(found.inputs["containerName"]): found.inputs.get("immutableStorageWithVersioning")
        for found in made_up.of_type(live(), CONTAINER)
    }
    assert versioned == {"files": None, "backups": {"enabled": True}, "velero": None}
    assert policy.name == "objects-backups-backups-write-once"


def test_versions_are_on_before_a_container_can_have_write_once_ones() -> None:
    container = made_up.named(live(), "objects-backups-backups")
    assert any(urn.endswith("::objects-backups-blobs") for urn in container.depends_on)


@pytest.mark.parametrize("disposable", [True, False])
def test_without_a_lock_nothing_is_write_once(disposable: bool) -> None:
    recorded = planned(disposable=disposable, object_lock="none")[0]
    assert made_up.of_type(recorded, WRITE_ONCE) == []
    assert all("immutableStorageWithVersioning" not in found.inputs for found in made_up.of_type(recorded, CONTAINER))


# --- lifecycle --------------------------------------------------------------------------------------------------


def rules(purpose: str, recorded: Recording | None = None) -> dict[str, dict[str, Any]]:
    policy = made_up.block(made_up.named(recorded or live(), f"objects-{purpose}-lifecycle"), "policy")
    return {rule["name"]: rule["definition"] for rule in policy["rules"]}


def test_current_files_and_what_velero_holds_never_end_by_a_rule() -> None:
    assert "baseBlob" not in rules("files")["former-versions"]["actions"]
    archive = rules("backups")["archive"]
    assert archive["filters"]["prefixMatch"] == ["backups/"]
    assert archive["actions"]["baseBlob"]["delete"] == {"daysAfterModificationGreaterThan": backup().archive_days}


settings = st.builds(backup, retentionDays=st.integers(7, 35), archiveDays=st.integers(91, 3650), lockDays=st.integers(1, 90))


@given(settings)
def test_no_rule_ends_anything_before_its_days_are_over(given_backup: Backup) -> None:
    for rule in (*lifecycle.files(given_backup), *lifecycle.backups(given_backup, "backups", "velero")):
        actions = cast("dict[str, dict[str, dict[str, int]]]", rule["definition"])["actions"]
        for target in actions.values():
            [days] = cast("dict[str, int]", target["delete"]).values()
            assert days >= given_backup.retention_days
            assert days >= given_backup.lock_days
            for tier, after in target.items():
                assert tier == "delete" or next(iter(cast("dict[str, int]", after).values())) < days, rule["name"]


@given(st.from_regex(r"[a-z][a-z0-9-]{1,60}", fullmatch=True), st.uuids(), st.sampled_from(["files", "backups", "latch"]))
def test_an_account_name_is_always_legal(environment: str, subscription: object, purpose: str) -> None:
    assert re.fullmatch(r"[a-z0-9]{3,24}", names.storage_account(environment, str(subscription), purpose))


# --- ways -------------------------------------------------------------------------------------------------------


def test_mattermost_signs_in_to_the_files_as_its_pod() -> None:
    found = resolved()["files"]
    assert found["MM_FILESETTINGS_DRIVERNAME"] == "azureblob"
    assert found["MM_FILESETTINGS_AZUREAUTHMODE"] == "default_credential"
    assert found["MM_FILESETTINGS_AZURESTORAGEACCOUNT"] == names.storage_account(made_up.LIVE, made_up.SUBSCRIPTION, "files")
    assert not [key for key in found if "ACCESSKEY" in key or "SECRET" in key]
    assert found["url"].endswith(".invalid"), "the operator's own variables must lead nowhere"


def test_velero_and_rclone_sign_in_as_their_pods() -> None:
    velero, transfer = resolved()["velero"], resolved()["transfer"]
    account_name = names.storage_account(made_up.LIVE, made_up.SUBSCRIPTION, "backups")
    assert (velero["bucket"], velero["storageAccount"], velero["useAAD"]) == ("velero", account_name, "true")
    assert velero["storageAccountURI"] == f"https://{account_name}.blob.core.windows.net"
    assert "AZURE_STORAGE_ACCOUNT_ACCESS_KEY" not in velero["file"]
    assert planned()[1].velero.plugin in IMAGES
    assert transfer["path"] == "backups"
    assert transfer["RCLONE_CONFIG_OOB_ENV_AUTH"] == "true"
    assert not [key for key in transfer if key.endswith(("_KEY", "_SAS_URL"))]
    assert planned()[1].velero.read_only is False


@pytest.mark.parametrize(
    ("backend", "group", "path"),
    [
        ("azblob://oob-state?storage_account=acmeoobstate", "oob-state", "oob-state"),
        (
            "azblob://oob-state/environments/production/?storage_account=acmeoobstate",
            "oob-state",
            "oob-state/environments/production",
        ),
        ("azblob://oob-state?storage_account=acmeoobstate", None, None),
        ("azblob://oob-state", "oob-state", None),
        ("s3://oob-state?storage_account=acmeoobstate", "oob-state", None),
        ("file:///srv/state", "oob-state", None),
        (None, "oob-state", None),
    ],
)
def test_the_state_is_found_by_its_address_and_the_group_of_its_account(
    backend: str | None, group: str | None, path: str | None
) -> None:
    found = objects.state_of(backend, made_up.SUBSCRIPTION, group)
    assert (found.path if found else None) == path
    if found is not None:
        account = objects.account_id(made_up.SUBSCRIPTION, "oob-state", "acmeoobstate")
        assert found.container_id == f"{account}/blobServices/default/containers/oob-state"


def test_the_example_exports_its_state_and_may_only_read_it() -> None:
    """The address and the group stand in the stack file; the platform's job is given a way to it (OOB-66)."""
    made = {found.name: found for found in plans.of_file("azure-example").resources}
    assert "exports-state" in made
    assert "objects-state-endpoint" in made
    reader = made["grants-transfer-state"].inputs["roleDefinitionId"]
    assert str(reader).endswith(roles.ROLES["Storage Blob Data Reader"])


def test_a_live_environment_reads_nobody_elses_accounts() -> None:
    made = planned()[1]
    assert (made.source, made.source_backups, made.file_copies, made.sources) == (None, None, None, {})


# --- a drill ----------------------------------------------------------------------------------------------------


def test_a_drill_reads_the_environments_accounts_and_writes_to_its_own() -> None:
    found = resolved(disposable=True)
    assert {label: found[label]["RCLONE_CONFIG_OOB_ACCOUNT"] for label in ("source", "source_backups")} == {
        "source": SOURCE.files,
        "source_backups": SOURCE.backups,
    }
    assert found["source_backups"]["path"] == "backups", "dumps lie in the container that the live jobs write to"
    own = {names.storage_account(made_up.DRILL, made_up.SUBSCRIPTION, purpose) for purpose in PURPOSES}
    assert {found[label]["RCLONE_CONFIG_OOB_ACCOUNT"] for label in ("transfer", "file_copies")} == own
    assert found["files"]["MM_FILESETTINGS_AZURESTORAGEACCOUNT"] in own
    assert found["velero"]["storageAccount"] == SOURCE.backups
    assert found["velero"]["resourceGroup"] == names.resource_group(made_up.LIVE, "data")
    made = planned(disposable=True, object_lock="none")[1]
    assert made.velero.read_only is True
    assert made.sources["velero"] == (
        f"{SOURCE_GROUP}/providers/Microsoft.Storage/storageAccounts/{SOURCE.backups}/blobServices/default/containers/velero"
    )


def test_a_drill_reaches_the_source_by_addresses_of_its_own() -> None:
    for purpose, name in (("files", SOURCE.files), ("backups", SOURCE.backups)):
        endpoint = made_up.named(drill(), f"objects-source-{purpose}-endpoint").inputs
        [connection] = cast("list[dict[str, Any]]", endpoint["privateLinkServiceConnections"])
        assert connection["privateLinkServiceId"] == f"{SOURCE_GROUP}/providers/Microsoft.Storage/storageAccounts/{name}"
    assert not [found for found in live().resources if "source" in found.name]


def test_nothing_of_a_drill_outlives_it() -> None:
    for found in drill().resources:
        assert not found.protect, found.name
        assert not found.retain_on_delete, found.name
    for purpose in PURPOSES:
        assert account(purpose, drill()).inputs["sku"] == {"name": "Standard_LRS"}
        assert made_up.block(account(purpose, drill()), "encryption")["keySource"] == "Microsoft.Storage"
        services = made_up.named(drill(), f"objects-{purpose}-blobs").inputs
        assert services["deleteRetentionPolicy"] == {"enabled": False}


def test_a_restore_without_a_source_is_refused() -> None:
    def program(parent: Resource) -> None:
        context = made_up.context()
        spec = ObjectsSpec(backup=backup(), restore=SOURCE)
        near = (made_up.keys(context, parent), made_up.network(context))
        objects.Objects("objects", context, spec, *near, parent)

    with pytest.raises(Exception, match="restores nothing"):
        made_up.recording(program)
