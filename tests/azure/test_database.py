"""The database server and its parameters, as the engine would be asked to make them.

Not proved: that the service accepts the combination and knows each parameter, that a failover works, how long anything takes.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Resource

from components.clouds.azure import database, database_parameters, names
from components.clouds.azure.handles import AzureDatabase
from components.clouds.azure.sizes import SIZES
from components.contract import DatabaseSpec, DumpSource
from components.platform.database_bootstrap import CONNECTION_LIMITS
from components.sections import Backup, DatabaseSource, Size
from components.versions import IMAGES
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up

SERVER = "dbforpostgresql:Server"
PARAMETER = "dbforpostgresql:Configuration"
MOMENT = DatabaseSource.model_validate({"cluster": "server", "pointInTime": "2026-11-24T03:00:00Z"})


@cache
def planned(size: Size = Size.MEDIUM, disposable: bool = False) -> tuple[Recording, AzureDatabase]:
    found: list[AzureDatabase] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable, size=size, database={"maintenanceDay": 2, "maintenanceHour": 4})
        backup = Backup.model_validate({"objectLock": "none"} if disposable else {})
        spec = DatabaseSpec(name="mattermost", role="mmuser", backup=backup, restore=MOMENT if disposable else None)
        near = (made_up.keys(context, parent), made_up.network(context))
        found.append(database.Database("database", context, spec, *near, parent).outputs)

    return made_up.recording(program), found[0]


def server(size: Size = Size.MEDIUM, *, disposable: bool = False) -> Registered:
    [found] = made_up.of_type(planned(size, disposable)[0], SERVER)
    return found


def parameters(size: Size = Size.MEDIUM) -> list[Registered]:
    return made_up.of_type(planned(size)[0], PARAMETER)


# --- the live server --------------------------------------------------------------------------------------------


def test_it_is_a_new_server_of_the_asked_major_version() -> None:
    inputs = server().inputs
    assert (inputs["version"], inputs["createMode"]) == ("17", "Create")
    assert inputs["serverName"] == names.server(made_up.LIVE, made_up.SUBSCRIPTION)


@pytest.mark.parametrize("size", list(Size))
def test_it_stands_in_two_zones_and_is_as_large_as_the_size_says(size: Size) -> None:
    found = server(size)
    standby = made_up.block(found, "highAvailability")
    assert standby["mode"] == "ZoneRedundant"
    assert standby["standbyAvailabilityZone"] != found.inputs["availabilityZone"]
    assert found.inputs["sku"] == {"name": SIZES[size].database_type, "tier": SIZES[size].database_tier}
    assert SIZES[size].database_tier != "Burstable", "the service gives no standby to a burstable server"
    assert made_up.block(found, "storage")["storageSizeGB"] == SIZES[size].database_gib


def test_it_has_no_public_address() -> None:
    network = made_up.block(server(), "network")
    assert network["publicNetworkAccess"] == "Disabled"
    assert network["delegatedSubnetResourceId"].endswith("/subnets/database")
    assert network["privateDnsZoneArmResourceId"].endswith("/privateDnsZones/database")
    assert any(urn.endswith("::zones-ready") for urn in server().depends_on)


def test_it_is_encrypted_with_our_keys_here_and_in_the_paired_location() -> None:
    encryption = made_up.block(server(), "dataEncryption")
    assert encryption["type"] == "AzureKeyVault"
    assert encryption["primaryKeyURI"] == "https://keys.vault.azure.net/keys/database"
    assert encryption["geoBackupKeyURI"] == "https://replica.vault.azure.net/keys/database"
    identities = made_up.block(server(), "identity")
    assert identities["type"] == "UserAssigned"
    assert set(identities["userAssignedIdentities"]) == {
        encryption["primaryUserAssignedIdentityId"],
        encryption["geoBackupUserAssignedIdentityId"],
    }
    waits = {urn.rpartition("::")[2] for urn in server().depends_on}
    assert {"access-keys-database", "access-replica-database"} <= waits


def test_it_can_go_back_to_any_moment_of_five_weeks_in_either_location() -> None:
    assert server().inputs["backup"] == {"backupRetentionDays": 35, "geoRedundantBackup": "Enabled"}


def test_it_is_patched_when_the_stack_says() -> None:
    window = made_up.block(server(), "maintenanceWindow")
    assert window == {"customWindow": "Enabled", "dayOfWeek": 2, "startHour": 4, "startMinute": 0}


def test_it_is_hard_to_lose() -> None:
    assert server().protect


def test_nobody_is_told_the_administrators_password() -> None:
    assert server().inputs["administratorLoginPassword"] == "[secret]"
    made = planned()[1]
    assert database.ADMINISTRATOR not in repr(made.admin)
    assert made_up.block(server(), "authConfig")["activeDirectoryAuth"] == "Enabled"
    assert made_up.block(server(), "authConfig")["tenantId"] == made_up.TENANT


def test_a_failover_or_growth_is_no_reason_for_a_change() -> None:
    """What the service changes by itself is left alone: places of the two servers, and storage, which cannot shrink again."""
    assert set(database.LEFT_ALONE) == {"availabilityZone", "highAvailability.standbyAvailabilityZone", "storage.storageSizeGB"}
    assert "standbyAvailabilityZone" in made_up.block(server(), "highAvailability")
    assert "storageSizeGB" in made_up.block(server(), "storage")


# --- parameters -------------------------------------------------------------------------------------------------


def test_parameters_are_set_one_after_the_other() -> None:
    chain = parameters()
    assert len(chain) == len(database_parameters.of(SIZES[Size.MEDIUM]))
    for before, after in pairwise(chain):
        assert before.urn in after.depends_on, after.name
    assert all(found.inputs["source"] == "user-override" for found in chain)


@pytest.mark.parametrize("size", list(Size))
def test_no_plain_connection_and_no_old_password_form_is_taken(size: Size) -> None:
    found = {str(item.inputs["configurationName"]): item.inputs["value"] for item in parameters(size)}
    assert found["require_secure_transport"] == "on"
    assert found["ssl_min_protocol_version"] == "TLSv1.2"
    assert found["password_encryption"] == found["azure.accepted_password_auth_method"] == "scram-sha-256"
    assert int(str(found["max_connections"])) > CONNECTION_LIMITS[size], "administrators must still get in (PREP-104)"


def test_no_parameter_writes_peoples_messages_to_a_log() -> None:
    assert database_parameters.ALWAYS["log_statement"] == "ddl"
    assert database_parameters.ALWAYS["log_parameter_max_length"] == "0"
    assert not {"read", "write", "all"} & set(database_parameters.ALWAYS["pgaudit.log"].split(","))


@given(st.sampled_from(list(Size)))
def test_every_value_is_plain_text_and_every_name_a_parameters(size: Size) -> None:
    for name, value in database_parameters.of(SIZES[size]).items():
        assert name == name.lower()
        assert name.replace(".", "").replace("_", "").isalnum()
        assert value != ""


# --- a drill ----------------------------------------------------------------------------------------------------


def test_a_drills_server_is_new_and_empty_and_says_which_dump_goes_in() -> None:
    inputs = server(disposable=True).inputs
    assert inputs["createMode"] == "Create"
    assert not {"sourceServerResourceId", "pointInTimeUTC"} & set(inputs)
    assert planned(disposable=True)[1].load == DumpSource(not_after="20261124T030000Z")
    assert planned()[1].load is None


def test_a_drill_leaves_nothing_behind_and_needs_no_second_location() -> None:
    found = server(disposable=True)
    assert found.inputs["highAvailability"] == {"mode": "Disabled"}
    assert found.inputs["backup"] == {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled"}
    assert "dataEncryption" not in found.inputs
    for item in planned(disposable=True)[0].resources:
        assert not item.protect, item.name
        assert not item.retain_on_delete, item.name


# --- ways -------------------------------------------------------------------------------------------------------


def test_the_platform_is_told_how_to_reach_it() -> None:
    made = planned()[1]
    assert (made.name, made.role, made.port, made.reader_host) == ("mattermost", "mmuser", 5432, None)
    assert made.trust_pem.count("BEGIN CERTIFICATE") >= 2
    assert made.bootstrap_name == names.identity(made_up.LIVE, "bootstrap")


def test_the_bootstrap_fetches_a_token_and_no_password() -> None:
    admin = planned()[1].admin
    assert admin.image in IMAGES
    assert admin.command[:3] == ("python3", "-I", "-c")
    compile(admin.command[3], "database_token.py", "exec")
    assert dict[str, Any](admin.env) == {"DATABASE_USER": names.identity(made_up.LIVE, "bootstrap")}
