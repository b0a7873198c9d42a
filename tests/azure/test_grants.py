"""Identities of workloads and what they may do, as the engine would be asked to make them.

Not proved: that Azure evaluates the condition and the lock as its documentation says, that the directory takes the cluster's
tokens, and how long a right takes until it holds.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast
from uuid import UUID

import pytest
from pulumi import Resource

from components.clouds.azure import names
from components.clouds.azure.container_roles import ADD, READ, in_container
from components.clouds.azure.grants import Grants, subject
from components.clouds.azure.handles import AzureGrants
from components.clouds.azure.roles import definition_id
from components.contract import GrantsSpec
from components.platform import names as platform
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up
from tests.azure.test_wire_names import misspelt

SPEC = GrantsSpec(
    mattermost=platform.MATTERMOST_ACCOUNT,
    velero=platform.VELERO_ACCOUNT,
    transfer=platform.TRANSFER_ACCOUNT,
    bootstrap=platform.BOOTSTRAP_ACCOUNT,
)
WORKLOADS = ("mattermost", "velero", "transfer", "bootstrap")
WRITER, READER = "Storage Blob Data Contributor", "Storage Blob Data Reader"


@cache
def planned(disposable: bool = False) -> tuple[Recording, AzureGrants]:
    kept: list[AzureGrants] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable)
        keys, cluster = made_up.keys(context, parent), made_up.cluster(context)
        database, objects = made_up.database(context), made_up.objects(context)
        kept.append(Grants("grants", context, SPEC, keys, cluster, database, objects, parent).outputs)

    return made_up.recording(program), kept[0]


def given(*, disposable: bool = False) -> dict[str, Registered]:
    """Role assignments by what they are called."""
    found = made_up.of_type(planned(disposable)[0], "authorization:RoleAssignment")
    return {one.name.removeprefix("grants-"): one for one in found}


# --- who is who -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", WORKLOADS)
def test_an_identity_is_taken_by_its_service_account_alone(what: str) -> None:
    credential = made_up.named(planned()[0], f"grants-{what}-account")
    account = getattr(SPEC, what)
    assert credential.inputs["issuer"] == made_up.ISSUER
    assert credential.inputs["subject"] == f"system:serviceaccount:{account.namespace}:{account.name}" == subject(account)
    assert credential.inputs["audiences"] == ["api://AzureADTokenExchange"]
    identity = made_up.named(planned()[0], f"grants-{what}")
    assert identity.inputs["resourceName"] == names.identity(made_up.LIVE, what)


def test_pods_are_marked_and_service_accounts_name_identity_and_directory() -> None:
    outputs = planned()[1]
    for workload in (outputs.mattermost, outputs.velero, outputs.transfer, outputs.bootstrap):
        assert set(workload.annotations) == {"azure.workload.identity/client-id", "azure.workload.identity/tenant-id"}
        assert workload.annotations["azure.workload.identity/tenant-id"] == made_up.TENANT
        assert workload.pod_labels == {"azure.workload.identity/use": "true"}
    assert set(outputs.principal_ids) == set(WORKLOADS)


# --- who may do what --------------------------------------------------------------------------------------------


def test_each_workload_has_its_containers_and_no_account() -> None:
    found = given()
    assert set(found) == {"mattermost-files", "velero-backups", "transfer-backups", "transfer-state"}
    for one in found.values():
        assert "/blobServices/default/containers/" in str(one.inputs["scope"])
        assert one.inputs["principalType"] == "ServicePrincipal"
        assert "condition" not in one.inputs
    assert found["mattermost-files"].inputs["roleDefinitionId"] == definition_id(made_up.SUBSCRIPTION, WRITER)
    assert found["velero-backups"].inputs["roleDefinitionId"] == definition_id(made_up.SUBSCRIPTION, WRITER)
    assert str(found["velero-backups"].inputs["scope"]).endswith("/containers/velero"), "never the dumps"
    assert found["transfer-state"].inputs["roleDefinitionId"] == definition_id(made_up.SUBSCRIPTION, READER)


def test_the_jobs_add_copies_and_cannot_delete_one() -> None:
    role = made_up.named(planned()[0], "grants-adds-copies")
    (permission,) = cast("list[dict[str, Any]]", role.inputs["permissions"])
    assert permission["dataActions"] == list(ADD)
    assert permission["actions"] == []
    assert not [action for action in ADD if "delete" in action or "*" in action]
    scope = f"/subscriptions/{made_up.SUBSCRIPTION}/resourceGroups/{names.resource_group(made_up.LIVE, 'data')}"
    assert (role.inputs["scope"], role.inputs["assignableScopes"]) == (scope, [scope])
    assert given()["transfer-backups"].inputs["roleDefinitionId"] == "[unknown]", "that role's own id"


def test_the_bootstrap_administers_the_database_by_its_sign_in_and_has_nothing_else() -> None:
    administrator = made_up.named(planned()[0], "grants-bootstrap-administers")
    assert administrator.type == "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra"
    assert administrator.inputs["principalType"] == "ServicePrincipal"
    assert administrator.inputs["tenantId"] == made_up.TENANT
    assert administrator.inputs["principalName"] == made_up.named(planned()[0], "grants-bootstrap").inputs["resourceName"], (
        "PostgreSQL signs the identity in under this name"
    )
    assert not [name for name in given() if name.startswith("bootstrap")]


# --- drills -----------------------------------------------------------------------------------------------------


def test_a_drill_reads_the_sources_and_writes_to_its_own_containers_alone() -> None:
    found = given(disposable=True)
    reading = {name for name, one in found.items() if "condition" in one.inputs}
    assert reading == {"velero-source-backups", "transfer-source-files", "transfer-source-backups"}
    assert set(found) - reading == {"mattermost-files", "transfer-backups", "transfer-files"}
    own = names.resource_group(made_up.DRILL, "data")
    for name in set(found) - reading:
        assert f"/{own}/" in str(found[name].inputs["scope"]), "a drill reads its sources and nothing more"


def test_what_a_drill_reads_is_one_container_for_each_right() -> None:
    found = given(disposable=True)
    for name, account, container in (
        ("velero-source-backups", "livebackups", "velero"),
        ("transfer-source-files", "livefiles", "files"),
        ("transfer-source-backups", "livebackups", "backups"),
    ):
        inputs = found[name].inputs
        assert inputs["scope"] == f"/subscriptions/{made_up.SUBSCRIPTION}", "outside the lock, so that destroy can take it back"
        assert inputs["conditionVersion"] == "2.0"
        condition = str(inputs["condition"])
        assert f"StringEquals '{account}'" in condition
        assert f"StringEquals '{container}'" in condition
        assert condition.count("(") == condition.count(")")
    role = made_up.named(planned(disposable=True)[0], "grants-reads-sources")
    (permission,) = cast("list[dict[str, Any]]", role.inputs["permissions"])
    assert (permission["actions"], permission["dataActions"]) == ([], [READ]), "all that the role can do is under the condition"


def test_a_live_environment_has_no_role_on_the_subscription() -> None:
    assert not [one for one in planned()[0].resources if one.inputs.get("scope") == f"/subscriptions/{made_up.SUBSCRIPTION}"]


@pytest.mark.parametrize(
    "wrong", ["", "/subscriptions/x", "a' OR 'b", "/x/storageAccounts/ab'/blobServices/default/containers/c"]
)
def test_a_condition_is_written_for_the_id_of_a_container_only(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not the id of a container"):
        in_container(wrong)


def test_a_drill_protects_nothing() -> None:
    assert not [found.name for found in planned(disposable=True)[0].resources if found.protect or found.retain_on_delete]


def test_assignments_are_named_by_identifiers_that_a_plan_knows() -> None:
    live = {str(one.inputs["roleAssignmentName"]) for one in given().values()}
    drill = {str(one.inputs["roleAssignmentName"]) for one in given(disposable=True).values()}
    assert all(str(UUID(name)) == name for name in live | drill)
    assert len(live) == len(given())
    assert not live & drill


def test_every_resource_names_its_provider_and_every_argument_is_azures() -> None:
    for found in (*planned()[0].resources, *planned(disposable=True)[0].resources):
        if found.type.startswith("azure-native:"):
            assert found.provider.endswith("::azure"), found.name
        assert list(misspelt(dict(found.inputs), found.name)) == []
