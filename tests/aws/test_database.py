"""The database, as the engine would be asked to make or to restore it.

Not proved: that Aurora accepts the combination, how long a restore takes, that a failover works, that a parameter is known.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi import Output, Resource, ResourceOptions

from components.clouds.aws import database, database_parameters, trust
from components.clouds.aws.handles import AwsDatabase
from components.clouds.aws.sizes import SIZES
from components.contract import DatabaseSpec
from components.platform.sizes import SIZES as INSIDE
from components.sections import DatabaseSource, Size
from components.versions import IMAGES
from ops.plan.recorder import Recording
from tests.aws import made_up_data as made_up

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@cache
def planned(size: Size = Size.MEDIUM, restore: str | None = None) -> tuple[Recording, AwsDatabase]:
    found: list[AwsDatabase] = []
    sources = {"point": made_up.point_in_time, "snapshot": made_up.snapshot}

    def program(parent: Resource) -> None:
        source: DatabaseSource | None = sources[restore]() if restore else None
        context = made_up.context(disposable=restore is not None, size=size)
        spec = DatabaseSpec(name="mattermost", role="mmuser", backup=made_up.backup(), restore=source)
        found.append(database.Database("database", context, spec, made_up.keys(), made_up.network(), parent).outputs)

    return made_up.recording(program), found[0]


def cluster(size: Size = Size.MEDIUM, restore: str | None = None) -> dict[str, object]:
    [found] = made_up.of_type(planned(size, restore)[0], CLUSTER)
    return dict(found.inputs)


def parameters(name: str, size: Size = Size.MEDIUM) -> dict[str, tuple[str, str]]:
    blocks = made_up.blocks(made_up.named(planned(size)[0], name), "parameters")
    return {block["name"]: (block["value"], block["applyMethod"]) for block in blocks}


# --- the live database ------------------------------------------------------------------------------------------


def test_it_is_aurora_postgresql_of_the_asked_version_on_io_optimised_storage() -> None:
    inputs = cluster()
    assert (inputs["engine"], inputs["engineVersion"]) == ("aurora-postgresql", "17.9")
    assert inputs["storageType"] == "aurora-iopt1"
    assert inputs["allowMajorVersionUpgrade"] is False


@pytest.mark.parametrize("size", list(Size))
def test_writer_and_first_reader_stand_in_different_zones_with_an_order_of_taking_over(size: Size) -> None:
    instances = made_up.of_type(planned(size)[0], INSTANCE)
    assert [instance.name for instance in instances][:2] == ["database-writer", "database-reader-1"]
    assert len(instances) == 1 + SIZES[size].database_readers >= 2
    zones = [instance.inputs["availabilityZone"] for instance in instances]
    assert zones[0] == "eu-central-1a"
    assert len({str(zone) for zone in zones}) == min(len(instances), 3)
    assert [instance.inputs["promotionTier"] for instance in instances] == list(range(len(instances)))
    assert {str(instance.inputs["instanceClass"]) for instance in instances} == {SIZES[size].database_class}


def test_nothing_of_it_is_public() -> None:
    recorded, _ = planned()
    assert [instance.inputs["publiclyAccessible"] for instance in made_up.of_type(recorded, INSTANCE)] == [False, False]
    subnets = made_up.named(recorded, "database-subnets").inputs["subnetIds"]
    assert subnets == [f"subnet-database-{index}" for index in range(3)]
    assert cluster()["networkType"] == "IPV4"


def test_its_group_has_no_way_in_or_out_until_somebody_opens_one() -> None:
    recorded, _ = planned()
    [group] = made_up.of_type(recorded, GROUP)
    assert "ingress" not in group.inputs
    assert "egress" not in group.inputs
    assert made_up.of_type(recorded, RULE) == []


def test_a_way_in_is_postgresql_from_one_group_and_from_no_address() -> None:
    def program(parent: Resource) -> None:
        _, made = planned()
        opened = database.allow_from(
            "nodes-to-database", made, Output.from_input("sg-nodes"), "Nodes", ResourceOptions(parent=parent)
        )
        assert opened is not None

    [rule] = made_up.of_type(made_up.recording(program), RULE)
    inputs = rule.inputs
    assert (inputs["fromPort"], inputs["toPort"], inputs["ipProtocol"]) == (5432, 5432, "tcp")
    assert inputs["referencedSecurityGroupId"] == "sg-nodes"
    assert not {"cidrIpv4", "cidrIpv6", "prefixListId"} & set(inputs)


def test_the_administrator_has_a_password_that_only_rds_knows_and_is_not_the_application() -> None:
    inputs = cluster()
    assert inputs["manageMasterUserPassword"] is True
    assert "masterPassword" not in inputs
    assert inputs["masterUserSecretKmsKeyId"] == f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/secrets"
    assert inputs["masterUsername"] == "oobadmin" != planned()[1].role
    assert "databaseName" not in inputs, "the job in the cluster makes it, with the collation that PREP-86 asks for"


def test_data_snapshots_and_performance_data_are_under_our_own_key() -> None:
    key = f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/database"
    assert (cluster()["storageEncrypted"], cluster()["kmsKeyId"]) == (True, key)
    for instance in made_up.of_type(planned()[0], INSTANCE):
        assert instance.inputs["performanceInsightsEnabled"] is True
        assert instance.inputs["performanceInsightsKmsKeyId"] == key


def test_it_cannot_be_deleted_by_mistake_and_leaves_a_snapshot_and_its_backups() -> None:
    recorded, _ = planned()
    [found] = made_up.of_type(recorded, CLUSTER)
    assert found.protect
    inputs = found.inputs
    assert inputs["deletionProtection"] is True
    assert inputs["skipFinalSnapshot"] is False
    ending = made_up.named(recorded, "database-final")
    assert ending.urn in found.property_depends["finalSnapshotIdentifier"], (
        "named anew for each environment, or the second of that name cannot be taken down"
    )
    assert ending.inputs["byteLength"] == 4
    assert inputs["deleteAutomatedBackups"] is False
    assert inputs["backupRetentionPeriod"] == 35
    assert inputs["applyImmediately"] is False


def test_backup_maintenance_and_the_vault_do_not_meet() -> None:
    inputs = cluster()
    assert (inputs["preferredBackupWindow"], inputs["preferredMaintenanceWindow"]) == ("01:30-02:00", "sun:03:00-sun:04:00")


def test_tls_is_forced_with_scram_and_nothing_older() -> None:
    found = parameters("database-cluster-parameters")
    assert found["rds.force_ssl"] == ("1", "immediate")
    assert found["ssl_min_protocol_version"] == ("TLSv1.2", "immediate")
    assert found["password_encryption"] == ("scram-sha-256", "immediate")
    assert found["rds.accepted_password_auth_method"] == ("scram", "immediate")


def test_the_log_tells_who_came_and_what_they_changed_and_never_what_people_wrote() -> None:
    found = {name: value for name, (value, _) in parameters("database-cluster-parameters").items()}
    assert (found["log_connections"], found["log_disconnections"], found["log_statement"]) == ("1", "1", "ddl")
    assert found["pgaudit.log"] == "ddl,role"
    assert "pgaudit" in found["shared_preload_libraries"]
    assert (found["log_parameter_max_length"], found["log_parameter_max_length_on_error"]) == ("0", "0")


def test_what_needs_a_restart_waits_for_one_and_no_statement_is_cut_off() -> None:
    found = parameters("database-cluster-parameters") | parameters("database-instance-parameters")
    waiting = {name for name, (_, method) in found.items() if method == "pending-reboot"}
    assert waiting == {"shared_preload_libraries", "rds.logical_replication", "max_connections"}
    assert found["rds.logical_replication"][0] == "0"
    assert "statement_timeout" not in found, "it would end the dump of a large database"


@pytest.mark.parametrize("size", list(Size))
def test_there_are_connections_for_two_generations_of_servers(size: Size) -> None:
    inside, limit = INSIDE[size], int(parameters("database-instance-parameters", size)["max_connections"][0])
    assert limit >= 2 * inside.replicas * inside.open_connections, "PREP-104"


def test_log_groups_stand_ready_with_key_and_retention_before_rds_makes_them() -> None:
    recorded, _ = planned()
    groups = made_up.of_type(recorded, LOG_GROUP)
    base = f"/aws/rds/cluster/{cluster()['clusterIdentifier']}/"
    assert [group.inputs["name"] for group in groups] == [f"{base}postgresql", f"{base}iam-db-auth-error"]
    assert cluster()["enabledCloudwatchLogsExports"] == ["postgresql", "iam-db-auth-error"]
    for group in groups:
        assert group.inputs["retentionInDays"] == 365
        assert group.inputs["kmsKeyId"] == f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/logs"
    [found] = made_up.of_type(recorded, CLUSTER)
    assert set(found.depends_on) >= {group.urn for group in groups}


@pytest.mark.parametrize(("size", "mode", "days"), [(Size.SMALL, "standard", 7), (Size.LARGE, "advanced", 465)])
def test_performance_data_are_kept_as_long_as_the_mode_allows(size: Size, mode: str, days: int) -> None:
    inputs = cluster(size)
    assert (inputs["databaseInsightsMode"], inputs["performanceInsightsRetentionPeriod"]) == (mode, days)
    for instance in made_up.of_type(planned(size)[0], INSTANCE):
        assert instance.inputs["performanceInsightsRetentionPeriod"] == days


def test_machines_are_watched_by_a_role_for_this_account_only() -> None:
    recorded, _ = planned()
    role = made_up.named(recorded, "database-monitoring")
    assert role.inputs["permissionsBoundary"] == made_up.BOUNDARY
    assert f'"aws:SourceAccount": "{made_up.ACCOUNT}"' in str(role.inputs["assumeRolePolicy"])
    assert [instance.inputs["monitoringInterval"] for instance in made_up.of_type(recorded, INSTANCE)] == [60, 60]


def test_instances_take_minor_versions_and_certificates_that_clients_here_trust() -> None:
    for instance in made_up.of_type(planned()[0], INSTANCE):
        assert instance.inputs["autoMinorVersionUpgrade"] is True
        assert instance.inputs["caCertIdentifier"] == "rds-ca-rsa4096-g1"
    assert planned()[1].trust_pem == trust.trust_pem(made_up.REGION)
    for region in trust.regions_with_trust():
        assert "RSA4096 G1" in (Path(trust.__file__).parent / f"{region}.pem").read_text(encoding="ascii"), region


def test_a_job_fetches_the_credential_into_a_file_and_shows_it_to_nobody() -> None:
    admin = planned()[1].admin
    assert admin.image in IMAGES
    assert admin.command[:2] == ("sh", "-ec")
    script = admin.command[2]
    assert script.startswith("umask 077; ")
    assert script.endswith('> "$CREDENTIAL_FILE"')
    assert set(admin.env) == {"SECRET_ARN", "AWS_REGION"}


@pytest.mark.parametrize("arns", [[], [None], ["arn:one", "arn:two"]])
def test_an_administrator_without_exactly_one_secret_is_an_error(arns: list[str | None]) -> None:
    with pytest.raises(ValueError, match="one secret"):
        database.administrator_secret(arns)


def test_a_plan_knows_the_cluster_by_its_arn() -> None:
    found: list[str] = []

    def program(parent: Resource) -> None:
        spec = DatabaseSpec(name="mattermost", role="mmuser", backup=made_up.backup(), restore=None)
        made = database.Database("database", made_up.context(), spec, made_up.keys(), made_up.network(), parent)
        made.outputs.cluster_arn.apply(found.append)

    made_up.recording(program)
    assert found == [f"arn:aws:rds:{made_up.REGION}:{made_up.ACCOUNT}:cluster:{cluster()['clusterIdentifier']}"]


def test_readers_are_offered_where_there_are_any() -> None:
    assert planned()[1].reader_host is not None
    assert planned(restore="point")[1].reader_host is None


# --- restored in a drill ----------------------------------------------------------------------------------------


def test_a_drill_restores_a_full_copy_of_an_explicit_moment() -> None:
    inputs = cluster(restore="point")
    assert inputs["restoreToPointInTime"] == {
        "sourceClusterIdentifier": "oob-production-database",
        "restoreToTime": "2026-11-23T02:00:00Z",
        "restoreType": "full-copy",
    }
    assert "snapshotIdentifier" not in inputs


def test_a_drill_restores_a_named_snapshot() -> None:
    inputs = cluster(restore="snapshot")
    assert inputs["snapshotIdentifier"] == "awsbackup:job-0001"
    assert "restoreToPointInTime" not in inputs


def test_a_live_database_is_restored_from_nothing() -> None:
    assert not {"snapshotIdentifier", "restoreToPointInTime"} & set(cluster())


@pytest.mark.parametrize("restore", ["point", "snapshot"])
def test_a_drill_makes_the_writer_itself_protects_nothing_and_leaves_nothing(restore: str) -> None:
    recorded, _ = planned(restore=restore)
    assert [instance.name for instance in made_up.of_type(recorded, INSTANCE)] == ["database-writer"]
    for found in made_up.custom(recorded):
        assert not found.protect, found.urn
        assert not found.retain_on_delete, found.urn
    inputs = cluster(restore=restore)
    assert inputs["deletionProtection"] is False
    assert inputs["skipFinalSnapshot"] is True
    assert "finalSnapshotIdentifier" not in inputs
    assert inputs["deleteAutomatedBackups"] is True
    assert str(inputs["clusterIdentifier"]).startswith("drill-quarter-four-database-")
    assert made_up.of_type(recorded, LOG_GROUP) == [], "RDS would bring a deleted group back with its last lines"
    assert inputs["enabledCloudwatchLogsExports"] == []


@pytest.mark.parametrize("restore", ["point", "snapshot"])
def test_a_drill_gives_the_copy_a_new_administrator_password_and_its_own_keys(restore: str) -> None:
    inputs = cluster(restore=restore)
    assert inputs["manageMasterUserPassword"] is True
    assert not {"masterUsername", "masterPassword", "databaseName", "engineVersion"} & set(inputs)
    assert inputs["kmsKeyId"] == f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/database"


# --- pure parts -------------------------------------------------------------------------------------------------


@given(st.from_regex(r"[a-z][a-z0-9-]{0,60}", fullmatch=True), st.sampled_from(["database", "database-final"]))
@example("oob-a--b", "database")
@example("drill-", "database-final")
def test_an_identifier_is_one_that_rds_accepts(environment: str, purpose: str) -> None:
    name = database.identifier(environment, purpose)
    assert len(name) <= 63
    assert name[0].isalpha()
    assert not name.endswith("-")
    assert "--" not in name


def test_names_that_differ_in_hyphens_only_stay_different() -> None:
    assert database.identifier("oob-a--b", "database") != database.identifier("oob-a-b", "database")


@pytest.mark.parametrize(("version", "major"), [("17.9", 17), ("16.13", 16), ("18.3", 18)])
def test_the_family_of_parameters_follows_the_major_version(version: str, major: int) -> None:
    assert database_parameters.family(version) == f"aurora-postgresql{major}"


def test_an_instance_that_is_monitored_comes_after_the_rights_to_monitor_it() -> None:
    recorded, _ = planned()
    rights = made_up.named(recorded, "database-monitoring-rights")
    for instance in made_up.of_type(recorded, INSTANCE):
        assert rights.urn in instance.depends_on
