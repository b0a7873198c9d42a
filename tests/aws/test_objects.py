"""Buckets, their copies, and the ways to them, as the engine would be asked to make them.

Not proved: that S3 accepts each combination, how fast it copies, and that rclone, Velero and Mattermost read what they are given.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Input, Output, Resource, ResourceOptions

from components.clouds.aws import bucket_lifecycle, bucket_policies, objects, replication
from components.clouds.aws.bucket import lock_of
from components.clouds.aws.handles import AwsObjects
from components.contract import ObjectsSpec, TransferTarget
from components.versions import IMAGES
from ops.plan.recorder import Recording
from tests.aws import made_up_data as made_up
from tests.support import plans

BUCKET = "aws:s3/bucket:Bucket"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
PURPOSES = ("files", "backups", "plain-logs")
COPIES = ("files-replica", "backups-replica")
SOURCE_KEY = f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/mrk-source"
every_bucket = pytest.mark.parametrize("purpose", [*PURPOSES, *COPIES])


@cache
def planned(disposable: bool = False, object_lock: str = "governance", state: str | None = None) -> tuple[Recording, AwsObjects]:
    found: list[AwsObjects] = []

    def program(parent: Resource) -> None:
        spec = ObjectsSpec(
            backup=made_up.backup(object_lock=object_lock),
            restore=made_up.source(SOURCE_KEY) if disposable else None,
            state_backend=state,
        )
        found.append(
            objects.Objects("objects", made_up.context(disposable), spec, made_up.keys(), made_up.network(), parent).outputs
        )

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
        spec = ObjectsSpec(backup=made_up.backup(), restore=made_up.source(SOURCE_KEY) if disposable else None)
        made = objects.Objects("objects", made_up.context(disposable), spec, made_up.keys(), made_up.network(), parent).outputs
        note("files", {**made.files.env, "url": made.files.url, "bucket": made.files.bucket})
        note("velero", {**made.velero.config, "bucket": made.velero.bucket})
        targets: dict[str, TransferTarget | None] = {
            "transfer": made.transfer, "file_copies": made.file_copies, "source": made.source,
        }  # fmt: skip
        for label, target in targets.items():
            if target is not None:
                note(label, {**target.env, "path": target.path})

    made_up.recording(program)
    return found


def policy(purpose: str, recorded: Recording | None = None) -> dict[str, Any]:
    return made_up.statements(made_up.named(recorded or live(), f"objects-{purpose}-policy"))


def name_of(purpose: str, recorded: Recording | None = None) -> str:
    return str(made_up.named(recorded or live(), f"objects-{purpose}-bucket").inputs["bucket"])


# --- every bucket -----------------------------------------------------------------------------------------------


def test_there_are_three_buckets_and_two_copies_in_the_second_region() -> None:
    found = {bucket.name: made_up.provider_of(bucket) for bucket in made_up.of_type(live(), BUCKET)}
    here = {f"objects-{purpose}-bucket": "aws" for purpose in PURPOSES}
    assert found == here | {f"objects-{purpose}-bucket": "aws-replica" for purpose in COPIES}


@every_bucket
def test_whatever_belongs_to_a_bucket_is_made_in_its_region(purpose: str) -> None:
    wanted = "aws-replica" if purpose in COPIES else "aws"
    parts = [found for found in made_up.custom(live()) if found.inputs.get("bucket") == name_of(purpose)]
    assert len(parts) >= 7
    assert {made_up.provider_of(part) for part in parts} == {wanted}


@every_bucket
def test_a_bucket_keeps_versions(purpose: str) -> None:
    inputs = made_up.named(live(), f"objects-{purpose}-versions").inputs
    assert inputs["versioningConfiguration"] == {"status": "Enabled"}


@every_bucket
def test_a_bucket_is_private_in_all_four_ways_and_knows_no_access_lists(purpose: str) -> None:
    inputs = made_up.named(live(), f"objects-{purpose}-private").inputs
    ways = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [inputs[way] for way in ways] == [True] * 4
    assert made_up.named(live(), f"objects-{purpose}-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@every_bucket
def test_a_bucket_encrypts_with_our_key_but_for_the_logs_whose_writers_cannot(purpose: str) -> None:
    [rule] = made_up.blocks(made_up.named(live(), f"objects-{purpose}-encryption"), "rules")
    default = rule["applyServerSideEncryptionByDefault"]
    if purpose == "plain-logs":
        assert default == {"sseAlgorithm": "AES256"}
    else:
        region = made_up.REPLICA if purpose in COPIES else made_up.REGION
        assert default == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": f"arn:aws:kms:{region}:{made_up.ACCOUNT}:key/objects"}
        assert rule["bucketKeyEnabled"] is True
    assert rule["blockedEncryptionTypes"] == ["SSE-C"]


@every_bucket
def test_a_policy_shuts_out_old_transport_and_other_accounts(purpose: str) -> None:
    statements = policy(purpose)
    everything = [f"arn:aws:s3:::{name_of(purpose)}", f"arn:aws:s3:::{name_of(purpose)}/*"]
    for sid in ("OnlyEncryptedTransport", "NoOutdatedTransport", "NobodyOfAnotherAccount"):
        assert statements[sid]["Effect"] == "Deny"
        assert (statements[sid]["Principal"], statements[sid]["Action"]) == ("*", "s3:*")
        assert statements[sid]["Resource"] == everything
    assert statements["OnlyEncryptedTransport"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statements["NoOutdatedTransport"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    assert statements["NobodyOfAnotherAccount"]["Condition"] == {
        "StringNotEquals": {"aws:PrincipalAccount": made_up.ACCOUNT},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


@every_bucket
def test_a_policy_lets_in_services_at_most_and_never_with_every_action(purpose: str) -> None:
    statements = policy(purpose)
    assert made_up.ungranted(statements) == []
    for sid, statement in statements.items():
        if statement["Effect"] == "Allow":
            assert list(statement["Principal"]) == ["Service"], f"{sid}: people and workloads are let in by their roles"
            assert statement["Condition"], sid


@pytest.mark.parametrize("purpose", ["files", "backups", *COPIES])
def test_a_writer_can_choose_no_other_encryption(purpose: str) -> None:
    statements = policy(purpose)
    region = made_up.REPLICA if purpose in COPIES else made_up.REGION
    header, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    # Null must stand beside the comparison: a negated comparison alone is true where nothing was sent at all.
    assert statements["NoKeyFromElsewhere"]["Condition"] == {
        "Null": {key: "false"},
        "StringNotLike": {key: f"arn:aws:kms:{region}:{made_up.ACCOUNT}:key/*"},
    }
    assert statements["NoEncryptionWithoutOurKey"]["Condition"] == {"Null": {header: "false", key: "true"}}
    assert statements["NoKeyOfTheCaller"]["Condition"] == {"Null": {f"{header}-customer-algorithm": "false"}}


@every_bucket
def test_live_buckets_are_protected_and_cannot_be_emptied_by_destroying_them(purpose: str) -> None:
    bucket = made_up.named(live(), f"objects-{purpose}-bucket")
    assert bucket.protect
    assert bucket.inputs["forceDestroy"] is False


def test_bucket_names_are_known_before_anything_exists_and_tell_the_environment() -> None:
    for recorded, prefix in ((live(), "oob-aws-example-"), (drill(), "drill-quarter-four-")):
        names = [str(bucket.inputs["bucket"]) for bucket in made_up.of_type(recorded, BUCKET)]
        assert all(name.startswith(prefix) and len(name) <= 63 for name in names)
        assert len(set(names)) == len(names)


# --- locks and copies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["governance", "compliance"])
def test_backups_and_their_copy_are_locked_from_birth(mode: str) -> None:
    recorded, _ = planned(object_lock=mode)
    locks = made_up.of_type(recorded, LOCK)
    assert {lock.name for lock in locks} == {"objects-backups-lock", "objects-backups-replica-lock"}
    for lock in locks:
        assert lock.inputs["rule"] == {"defaultRetention": {"mode": mode.upper(), "days": 30}}
    born = {bucket.name for bucket in made_up.of_type(recorded, BUCKET) if bucket.inputs["objectLockEnabled"]}
    assert born == {"objects-backups-bucket", "objects-backups-replica-bucket"}


def test_a_lock_is_lifted_early_by_a_person_with_a_second_factor_only() -> None:
    for purpose in ("backups", "backups-replica"):
        statement = policy(purpose)["LocksAreLiftedWithASecondFactor"]
        assert statement["Action"] == "s3:BypassGovernanceRetention"
        assert statement["Condition"] == {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    assert "LocksAreLiftedWithASecondFactor" not in policy("files")


def test_without_a_lock_nothing_is_locked() -> None:
    recorded, _ = planned(object_lock="none")
    assert made_up.of_type(recorded, LOCK) == []
    assert not any(bucket.inputs["objectLockEnabled"] for bucket in made_up.of_type(recorded, BUCKET))


def test_a_drill_locks_nothing_even_if_it_is_told_to() -> None:
    assert lock_of(made_up.backup(object_lock="compliance"), disposable=True) is None


def test_files_and_backups_are_copied_within_fifteen_minutes_and_reencrypted() -> None:
    configs = {config.name: config for config in made_up.of_type(live(), REPLICATION)}
    assert set(configs) == {"objects-replication-files", "objects-replication-backups"}
    for config in configs.values():
        [rule] = made_up.blocks(config, "rules")
        assert (rule["id"], rule["status"], rule["filter"]) == (replication.RULE, "Enabled", {"prefix": ""})
        assert rule["deleteMarkerReplication"] == {"status": "Disabled"}, "a deletion here must not reach the copy"
        assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
        destination = rule["destination"]
        copy = name_of(config.name.removeprefix("objects-replication-") + "-replica")
        assert destination["bucket"] == f"arn:aws:s3:::{copy}"
        key = f"arn:aws:kms:{made_up.REPLICA}:{made_up.ACCOUNT}:key/objects"
        assert destination["encryptionConfiguration"] == {"replicaKmsKeyId": key}
        assert destination["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}
        assert destination["metrics"] == {"status": "Enabled", "eventThreshold": {"minutes": 15}}


def test_copying_waits_for_versions_on_both_sides() -> None:
    for purpose in ("files", "backups"):
        config = made_up.named(live(), f"objects-replication-{purpose}")
        names = {urn.rpartition("::")[2] for urn in config.depends_on}
        assert names >= {f"objects-{purpose}-versions", f"objects-{purpose}-replica-versions", "objects-replication-rights"}


def test_the_copying_role_reads_here_and_writes_there_and_deletes_nowhere() -> None:
    role = made_up.named(live(), "objects-replication-role")
    assert role.inputs["permissionsBoundary"] == made_up.BOUNDARY
    assert json.loads(str(role.inputs["assumeRolePolicy"]))["Statement"][0]["Principal"] == {"Service": "s3.amazonaws.com"}
    rights = made_up.statements(made_up.named(live(), "objects-replication-rights"))
    rights |= made_up.statements(made_up.named(live(), "objects-replication-key-rights"))
    assert made_up.ungranted(rights) == []
    sources = {f"arn:aws:s3:::{name_of(purpose)}/*" for purpose in ("files", "backups")}
    targets = {f"arn:aws:s3:::{name_of(purpose)}/*" for purpose in COPIES}
    assert set(rights["ReadVersions"]["Resource"]) == sources
    assert set(rights["WriteCopies"]["Resource"]) == targets
    assert "Delete" not in json.dumps(rights)
    assert rights["DecryptHere"]["Resource"] == f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/objects"
    assert rights["EncryptThere"]["Resource"] == f"arn:aws:kms:{made_up.REPLICA}:{made_up.ACCOUNT}:key/objects"
    assert rights["EncryptThere"]["Condition"]["StringEquals"] == {"kms:ViaService": f"s3.{made_up.REPLICA}.amazonaws.com"}


# --- logs -------------------------------------------------------------------------------------------------------


def test_requests_to_buckets_with_data_are_logged_next_door() -> None:
    for purpose in ("files", "backups"):
        inputs = made_up.named(live(), f"objects-{purpose}-access-log").inputs
        assert inputs["targetBucket"] == name_of("plain-logs")
        assert inputs["targetPrefix"] == f"s3/{purpose}/"


def test_load_balancers_and_buckets_of_this_account_may_add_to_the_plain_logs() -> None:
    statements = policy("plain-logs")
    balancer = statements["LoadBalancerLogs"]
    assert balancer["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert balancer["Action"] == "s3:PutObject"
    source = f"arn:aws:elasticloadbalancing:{made_up.REGION}:{made_up.ACCOUNT}:loadbalancer/*"
    assert balancer["Condition"] == {"ArnLike": {"aws:SourceArn": source}}
    assert f"arn:aws:s3:::{name_of('plain-logs')}/AWSLogs/{made_up.ACCOUNT}/*" in balancer["Resource"]
    buckets = statements["BucketAccessLogs"]
    assert buckets["Condition"]["StringEquals"] == {"aws:SourceAccount": made_up.ACCOUNT}
    assert buckets["Resource"].endswith("/s3/*")
    for purpose in ("files", "backups"):
        assert name_of(purpose).startswith(buckets["Condition"]["ArnLike"]["aws:SourceArn"].removeprefix("arn:aws:s3:::")[:-1])


# --- lifecycle --------------------------------------------------------------------------------------------------


def rules(purpose: str, recorded: Recording | None = None) -> dict[str, dict[str, Any]]:
    lifecycle = made_up.named(recorded or live(), f"objects-{purpose}-lifecycle")
    return {rule["id"]: rule for rule in made_up.blocks(lifecycle, "rules")}


@every_bucket
def test_unfinished_uploads_go_after_a_week_and_former_versions_in_time(purpose: str) -> None:
    found = rules(purpose)
    assert found["unfinished-uploads"]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    days = {"files": 365, "backups": 35}.get(purpose.removesuffix("-replica"), 30)
    assert found["former-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": days}
    assert found["former-versions"]["expiration"] == {"expiredObjectDeleteMarker": True}
    assert all(rule["status"] == "Enabled" for rule in found.values())


def test_files_and_what_velero_keeps_never_expire_by_a_rule() -> None:
    for purpose in ("files", "backups", *COPIES):
        for rule in rules(purpose).values():
            if "days" in rule.get("expiration", {}):
                assert rule["filter"]["prefix"] in bucket_lifecycle.OUR_PREFIXES


def test_dumps_move_to_cheaper_storage_that_still_answers_at_once_and_go_with_the_archive() -> None:
    rule = rules("backups")["archive-dumps"]
    assert rule["filter"] == {"prefix": "dumps/"}
    assert rule["transitions"] == [{"days": 30, "storageClass": "GLACIER_IR"}]
    assert rule["expiration"] == {"days": 365}


def test_logs_are_kept_for_a_year() -> None:
    assert rules("plain-logs")["logs"]["expiration"] == {"days": 365}


@given(retention=st.integers(7, 35), archive=st.integers(35, 3650), lock=st.integers(1, 365))
def test_no_rule_moves_what_it_is_about_to_remove_and_versions_outlive_the_point_in_time_window(
    retention: int, archive: int, lock: int
) -> None:
    backup = made_up.backup(retention_days=retention, archive_days=archive, lock_days=lock)
    for rule in [*bucket_lifecycle.files(backup), *bucket_lifecycle.backups(backup), *bucket_lifecycle.logs()]:
        known: Any = rule
        gone = known.get("expiration", {}).get("days")
        for move in known.get("transitions", []):
            assert gone is None or gone > move["days"], "S3 refuses it"
        versions = known.get("noncurrent_version_expiration", {}).get("noncurrent_days")
        for move in known.get("noncurrent_version_transitions", []):
            assert versions > move["noncurrent_days"], "S3 refuses it"
    former: Any = next(rule for rule in bucket_lifecycle.files(backup) if rule["id"] == "former-versions")
    assert former["noncurrent_version_expiration"]["noncurrent_days"] >= retention


# --- the ways to them -------------------------------------------------------------------------------------------


def test_mattermost_reaches_its_files_with_the_identity_of_its_pod() -> None:
    env = resolved()["files"]
    assert env["url"] == env["MM_FILESETTINGS_AMAZONS3ENDPOINT"] == "s3.eu-central-1.amazonaws.com"
    assert env["bucket"] == env["MM_FILESETTINGS_AMAZONS3BUCKET"] == name_of("files")
    assert env["MM_FILESETTINGS_DRIVERNAME"] == "amazons3"
    assert env["MM_FILESETTINGS_AMAZONS3REGION"] == made_up.REGION
    assert env["MM_FILESETTINGS_AMAZONS3SSL"] == "true"
    assert env["MM_FILESETTINGS_AMAZONS3SSE"] == "false", "S3's own key is refused by the bucket's policy"
    assert env["MM_FILESETTINGS_AMAZONS3ACCESSKEYID"] == env["MM_FILESETTINGS_AMAZONS3SECRETACCESSKEY"] == ""
    assert "MM_SERVICESETTINGS_ENABLEINSECUREOUTGOINGCONNECTIONS" not in env


def test_in_a_closed_network_mattermost_asks_the_interface_by_its_own_name() -> None:
    """Given S3's name the driver would ask for s3.dualstack.REGION, which the interface does not answer to."""
    found: dict[str, str] = {}

    def program(parent: Resource) -> None:
        host = "bucket.vpce-1.s3.eu-central-1.vpce.amazonaws.com"
        network = replace(made_up.network(), bucket_host=Output.from_input(host))
        spec = ObjectsSpec(backup=made_up.backup(), restore=None)
        files = objects.Objects("objects", made_up.context(), spec, made_up.keys(), network, parent).outputs.files
        asked = {"url": files.url, "endpoint": files.env["MM_FILESETTINGS_AMAZONS3ENDPOINT"]}
        Output.all(**asked).apply(lambda known: found.update(known))

    made_up.recording(program)
    assert found == dict.fromkeys(("url", "endpoint"), "bucket.vpce-1.s3.eu-central-1.vpce.amazonaws.com")


def test_velero_writes_to_the_backups_under_our_key() -> None:
    _, made = planned()
    assert (made.velero.provider, made.velero.prefix, made.velero.read_only) == ("aws", "velero", False)
    assert made.velero.plugin in IMAGES
    key = f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/objects"
    assert resolved()["velero"] == {"region": made_up.REGION, "kmsKeyId": key, "bucket": name_of("backups")}


def test_jobs_write_to_the_backups_under_our_key_and_hold_no_access_key() -> None:
    env = resolved()["transfer"]
    assert env["path"] == name_of("backups")
    assert env["RCLONE_CONFIG_OOB_SERVER_SIDE_ENCRYPTION"] == "aws:kms"
    assert env["RCLONE_CONFIG_OOB_SSE_KMS_KEY_ID"] == f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/objects"
    assert env["RCLONE_CONFIG_OOB_ENV_AUTH"] == "true"
    assert env["RCLONE_CONFIG_OOB_NO_CHECK_BUCKET"] == "true"
    assert not [name for name in env if "ACCESS_KEY" in name]
    assert set(resolved()) == {"files", "velero", "transfer"}, "only a drill copies files from somewhere"


def test_copies_are_known_to_whoever_watches_them() -> None:
    assert set(planned()[1].replica_names) == {"files", "backups"}
    assert dict(planned(disposable=True, object_lock="none")[1].replica_names) == {}


@pytest.mark.parametrize(
    ("backend", "bucket"),
    [
        ("s3://acme-oob-state?region=eu-central-1&awssdk=v2", "acme-oob-state"),
        ("s3://acme-oob-state/environments/production", "acme-oob-state"),
        ("file:///srv/state", None),
        ("https://api.pulumi.com", None),
        ("azblob://state", None),
        ("s3://", None),
        (None, None),
    ],
)
def test_the_bucket_of_the_state_is_read_from_its_address(backend: str | None, bucket: str | None) -> None:
    assert objects.state_bucket(backend) == bucket
    assert planned(state=backend)[1].export_source == bucket
    assert (planned(state=backend)[1].state is None) == (bucket is None)


def test_the_state_is_read_from_its_folder_in_its_own_region() -> None:
    backend = "s3://acme-oob-state/environments/production/?region=eu-west-3&awssdk=v2"
    assert objects.state_folder(backend) == "acme-oob-state/environments/production"
    assert objects.state_variables(backend, made_up.REGION)["RCLONE_CONFIG_OOB_REGION"] == "eu-west-3"
    assert objects.state_variables("s3://acme-oob-state", made_up.REGION)["RCLONE_CONFIG_OOB_REGION"] == made_up.REGION


def test_the_example_exports_its_state() -> None:
    """The address stands in the stack file; the platform's job is given a way to it (OOB-66)."""
    secrets = {found.name for found in plans.of_file("aws-example").resources if found.type == "kubernetes:core/v1:Secret"}
    assert "exports-state" in secrets


# --- drills -----------------------------------------------------------------------------------------------------


def test_a_drill_has_throwaway_buckets_of_its_own_and_copies_nothing() -> None:
    buckets = made_up.of_type(drill(), BUCKET)
    assert {bucket.name for bucket in buckets} == {f"objects-{purpose}-bucket" for purpose in PURPOSES}
    for found in made_up.custom(drill()):
        assert not found.protect, found.urn
        assert not found.retain_on_delete, found.urn
    assert all(bucket.inputs["forceDestroy"] is True for bucket in buckets)
    assert made_up.of_type(drill(), REPLICATION) == made_up.of_type(drill(), LOCK) == []


def test_a_drill_reads_files_as_of_the_moment_and_writes_only_to_its_own() -> None:
    found = resolved(disposable=True)
    assert found["source"]["path"] == "source-files"
    assert found["source"]["RCLONE_CONFIG_OOB_VERSION_AT"] == made_up.AS_OF
    own = {name_of(purpose, drill()) for purpose in PURPOSES}
    for label in ("files", "transfer", "file_copies"):
        assert (found[label].get("path") or found[label]["bucket"]) in own, label
        assert "RCLONE_CONFIG_OOB_VERSION_AT" not in found[label], "rclone refuses to write with it"
    assert found["file_copies"]["path"] == found["files"]["bucket"]


def test_a_drill_reads_the_backups_of_the_environment_from_a_read_only_location() -> None:
    _, made = planned(disposable=True, object_lock="none")
    assert made.velero.read_only is True
    assert resolved(disposable=True)["velero"] == {"region": made_up.REGION, "bucket": "source-backups"}


def test_a_drill_names_what_it_may_read_and_no_bucket_that_it_makes_is_among_it() -> None:
    recorded, made = planned(disposable=True, object_lock="none")
    assert made.source_arns == ("arn:aws:s3:::source-files", "arn:aws:s3:::source-backups")
    assert made.source_key_arn == SOURCE_KEY
    assert "source-files" not in str([found.inputs for found in made_up.custom(recorded)])
    assert planned()[1].source_arns == ()


def test_bucket_policies_fit_into_what_s3_accepts() -> None:
    home = bucket_policies.Home(account=made_up.ACCOUNT, region=made_up.REGION, environment="e" * 40)
    for text in (
        bucket_policies.sealed("b" * 63, home, locked=True),
        bucket_policies.plain_logs("b" * 63, home),
    ):
        assert len(text) < 20 * 1024, "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html"


@every_bucket
def test_whoever_writes_to_a_bucket_comes_after_its_policy(purpose: str) -> None:
    """A load balancer tries at once whether it may write its log, and is refused where the policy is still on its way."""

    def program(parent: Resource) -> None:
        spec = ObjectsSpec(backup=made_up.backup(), restore=None)
        made = objects.Objects("objects", made_up.context(), spec, made_up.keys(), made_up.network(), parent).outputs
        names = {
            "files": made.files_name, "backups": made.backups_name, "plain-logs": made.plain_logs_name,
            "files-replica": made.replica_names["files"], "backups-replica": made.replica_names["backups"],
        }  # fmt: skip
        aws.s3.BucketObjectv2(
            "writer", bucket=names[purpose], key="k", opts=ResourceOptions(parent=parent, provider=aws.Provider("p"))
        )

    recorded = made_up.recording(program)
    policy = made_up.named(recorded, f"objects-{purpose}-policy")
    assert policy.urn in made_up.named(recorded, "writer").depends_on
