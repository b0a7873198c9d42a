"""What each workload may do in AWS, and who may become it.

Not proved: that IAM evaluates the conditions as its documentation says, and that the workloads call nothing else.
"""

from __future__ import annotations

import fnmatch
import json
from functools import cache
from typing import Any

import pytest
from pulumi import Resource

from components.clouds.aws.grants import Grants
from components.contract import GrantsOutputs
from ops.plan.recorder import Recording
from tests.aws import made_up_cluster as neighbours
from tests.aws import made_up_data as made_up
from tests.aws.made_up_cluster import BACKUPS, FILES, ISSUER, SECRET

ACCOUNT, REGION = made_up.ACCOUNT, made_up.REGION
WORKLOADS = {
    "mattermost": "mattermost:mattermost",
    "velero": "velero:velero",
    "transfer": "backup:transfer",
    "bootstrap": "backup:database-bootstrap",
}
SOURCES = ("arn:aws:s3:::source-files", "arn:aws:s3:::source-backups")
every_workload = pytest.mark.parametrize("workload", WORKLOADS)


@cache
def planned(*, drill: bool = False, state: str | None = None, source_key: str | None = None) -> tuple[Recording, GrantsOutputs]:
    kept: list[GrantsOutputs] = []

    def program(parent: Resource) -> None:
        objects = neighbours.objects(drill=drill, source_key=source_key, export_source=state)
        made = Grants(
            "grants",
            neighbours.context(disposable=drill),
            neighbours.GRANTS,
            made_up.keys(),
            neighbours.cluster(),
            neighbours.database(),
            objects,
            parent,
        )
        kept.append(made.outputs)

    return made_up.recording(program), kept[0]


def rights(workload: str, **changed: Any) -> dict[str, Any]:
    return made_up.statements(made_up.named(planned(**changed)[0], f"grants-{workload}-rights"))


def may(policy: dict[str, Any], action: str, resource: str) -> bool:
    """Whether a policy allows an action on a resource, conditions left aside."""
    for statement in policy.values():
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if action in actions and any(fnmatch.fnmatchcase(resource, pattern) for pattern in resources):
            return True
    return False


# --- who --------------------------------------------------------------------------------------------------------


@every_workload
def test_a_role_is_taken_by_one_service_account_with_a_token_made_for_aws(workload: str) -> None:
    role = made_up.named(planned()[0], f"grants-{workload}")
    (statement,) = json.loads(str(role.inputs["assumeRolePolicy"]))["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"}
    assert statement["Condition"] == {
        "StringEquals": {
            f"{ISSUER}:aud": "sts.amazonaws.com",
            f"{ISSUER}:sub": f"system:serviceaccount:{WORKLOADS[workload]}",
        }
    }


@every_workload
def test_a_role_is_bounded_and_short_lived(workload: str) -> None:
    role = made_up.named(planned()[0], f"grants-{workload}")
    assert role.inputs["permissionsBoundary"] == made_up.BOUNDARY
    assert role.inputs["maxSessionDuration"] == 3600


@every_workload
def test_the_platform_is_told_the_role_by_annotations(workload: str) -> None:
    found = getattr(planned()[1], workload).annotations
    assert set(found) == {"eks.amazonaws.com/role-arn", "eks.amazonaws.com/sts-regional-endpoints"}


# --- what -------------------------------------------------------------------------------------------------------


@every_workload
@pytest.mark.parametrize("drill", [False, True])
def test_no_right_is_wide_and_none_holds_for_everything(workload: str, drill: bool) -> None:
    policy = rights(workload, drill=drill)
    assert not made_up.ungranted(policy)
    for sid, statement in policy.items():
        assert statement["Resource"] != "*", sid


def test_mattermost_keeps_files_and_sees_no_backup() -> None:
    policy = rights("mattermost")
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert may(policy, action, f"{FILES}/20261124/a.png")
        assert not may(policy, action, f"{BACKUPS}/dumps/a")
    assert may(policy, "s3:ListBucket", FILES)
    assert not may(policy, "s3:ListBucket", BACKUPS)
    assert not may(policy, "secretsmanager:GetSecretValue", SECRET)


def test_keys_are_used_through_s3_and_for_these_buckets_only() -> None:
    statement = rights("mattermost")["EncryptFiles"]
    assert statement["Resource"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/objects"
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [FILES, f"{FILES}/*"]},
    }


def test_velero_stays_below_its_prefix_and_touches_no_disk() -> None:
    policy = rights("velero")
    assert may(policy, "s3:PutObject", f"{BACKUPS}/velero/backups/a")
    assert may(policy, "s3:DeleteObject", f"{BACKUPS}/velero/backups/a"), "it expires its own backups"
    for elsewhere in (f"{BACKUPS}/dumps/a", f"{BACKUPS}/velero2/a", f"{FILES}/a"):
        assert not may(policy, "s3:GetObject", elsewhere)
        assert not may(policy, "s3:DeleteObject", elsewhere)
    assert not [action for statement in policy.values() for action in statement["Action"] if str(action).startswith("ec2:")]


def test_the_jobs_add_copies_and_can_never_delete_one() -> None:
    policy = rights("transfer")
    for prefix in ("dumps", "exports", "heartbeat"):
        assert may(policy, "s3:PutObject", f"{BACKUPS}/{prefix}/a")
        assert may(policy, "s3:GetObject", f"{BACKUPS}/{prefix}/a"), "what was copied is read back"
    assert not may(policy, "s3:PutObject", f"{BACKUPS}/velero/a")
    actions = [action for statement in policy.values() for action in statement["Action"]]
    assert not [action for action in actions if "Delete" in str(action) or "Retention" in str(action)]


def test_the_jobs_read_the_state_only_where_it_lies_in_s3() -> None:
    assert not may(rights("transfer"), "s3:GetObject", "arn:aws:s3:::acme-state/.pulumi/stacks/a.json")
    policy = rights("transfer", state="acme-state")
    assert may(policy, "s3:GetObject", "arn:aws:s3:::acme-state/.pulumi/stacks/a.json")
    assert may(policy, "s3:GetObject", "arn:aws:s3:::acme-state/oob/.pulumi/stacks/a.json")
    assert not may(policy, "s3:GetObject", "arn:aws:s3:::acme-state/other")
    assert not may(policy, "s3:PutObject", "arn:aws:s3:::acme-state/.pulumi/stacks/a.json")


def test_the_jobs_read_this_stacks_sign_in_settings_and_no_secret_of_them() -> None:
    statement = rights("transfer")["ReadSignInSettings"]
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/oob:stack": "aws-example"}}
    assert "cognito-idp:DescribeUserPoolClient" not in statement["Action"], "its answer holds the client's secret"


def test_the_bootstrap_reads_one_secret() -> None:
    policy = rights("bootstrap")
    assert set(policy) == {"ReadTheAdministratorsPassword", "DecryptThatSecret"}
    assert policy["ReadTheAdministratorsPassword"]["Resource"] == SECRET
    assert policy["DecryptThatSecret"]["Resource"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/secrets"
    assert policy["DecryptThatSecret"]["Condition"]["StringEquals"] == {
        "kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com",
        "kms:EncryptionContext:SecretARN": SECRET,
    }


# --- drills -----------------------------------------------------------------------------------------------------


@every_workload
def test_a_drill_writes_nothing_to_what_it_restores_from(workload: str) -> None:
    policy = rights(workload, drill=True)
    writing = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload", "s3:PutObjectRetention")
    for source in SOURCES:
        for action in writing:
            assert not may(policy, action, f"{source}/velero/a"), action
    for sid, statement in policy.items():
        if "Source" in sid and "kms:Decrypt" in statement["Action"]:
            assert statement["Action"] == ["kms:Decrypt"]


def test_a_drill_reads_backups_and_files_of_its_source() -> None:
    velero = rights("velero", drill=True)
    assert may(velero, "s3:GetObject", "arn:aws:s3:::source-backups/velero/backups/a")
    assert not may(velero, "s3:GetObject", "arn:aws:s3:::source-backups/dumps/a")
    transfer = rights("transfer", drill=True)
    assert may(transfer, "s3:GetObjectVersion", "arn:aws:s3:::source-files/20261124/a.png")
    assert may(transfer, "s3:ListBucketVersions", "arn:aws:s3:::source-files")
    assert may(transfer, "s3:PutObject", f"{FILES}/20261124/a.png"), "the drill's own bucket is filled"
    assert not may(rights("mattermost", drill=True), "s3:GetObject", "arn:aws:s3:::source-files/a")


def test_a_drill_decrypts_with_the_named_key_or_with_whichever_its_sources_lie_under() -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/source"
    named = rights("transfer", drill=True, source_key=key)["DecryptSources"]
    assert named["Resource"] == key
    unnamed = rights("transfer", drill=True)["DecryptSources"]
    assert unnamed["Resource"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"
    for statement in (named, unnamed):
        allowed = statement["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
        assert all(arn.startswith("arn:aws:s3:::source-") for arn in allowed)


def test_a_drill_does_not_export_the_live_environments_state() -> None:
    policy = rights("transfer", drill=True, state="acme-state")
    assert not may(policy, "s3:GetObject", "arn:aws:s3:::acme-state/.pulumi/stacks/a.json")
    assert "ReadSignInSettings" not in policy


def test_the_nodes_reach_the_database_and_nobody_else_by_this() -> None:
    [rule] = made_up.of_type(planned()[0], "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert (rule.inputs["securityGroupId"], rule.inputs["referencedSecurityGroupId"]) == ("sg-database", "sg-cluster")
    assert (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("tcp", 5432, 5432)
