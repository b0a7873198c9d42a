"""The vault, as the engine would be asked to make it.

Not proved: that Secrets Manager evaluates the policy as meant, and what a session's mark of the second factor really says.
"""

from __future__ import annotations

import re
from functools import cache

from pulumi import Output, Resource

from components.clouds.aws import secrets
from components.contract import SecretsSpec
from ops.plan.recorder import Recording
from tests.aws import made_up_data as made_up

SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
CANARY = "canary-5b1e"


@cache
def planned(disposable: bool = False, generation: int = 1) -> Recording:
    def program(parent: Resource) -> None:
        spec = SecretsSpec(
            application={"database-role": Output.from_input(CANARY), "heartbeat-key": Output.secret(CANARY)},
            break_glass={"break-glass-1": Output.secret(CANARY)},
            rotation=made_up.rotation(generation),
        )
        made = secrets.Secrets("secrets", made_up.context(disposable), spec, made_up.keys(), parent)
        assert set(made.outputs.references) == {"database-role", "heartbeat-key", "break-glass-1"}

    return made_up.recording(program)


def test_each_credential_is_a_secret_under_our_own_key() -> None:
    found = made_up.of_type(planned(), SECRET)
    assert {secret.name for secret in found} == {"secrets-database-role", "secrets-heartbeat-key", "secrets-break-glass-1"}
    assert all(secret.inputs["kmsKeyId"] == f"arn:aws:kms:{made_up.REGION}:{made_up.ACCOUNT}:key/secrets" for secret in found)


def test_a_value_is_secret_even_if_it_came_in_the_clear() -> None:
    recorded = planned()
    assert [version.inputs["secretString"] for version in made_up.of_type(recorded, VERSION)] == ["[secret]"] * 3
    assert CANARY not in str([found.inputs for found in recorded.resources])


def test_names_start_with_the_environment_say_the_class_and_do_not_look_like_what_the_service_adds() -> None:
    for disposable, prefix in ((False, "oob-aws-example/"), (True, "drill-quarter-four/")):
        for secret in made_up.of_type(planned(disposable), SECRET):
            name = str(secret.inputs["name"])
            kind = "break-glass" if "break-glass" in secret.name else "application"
            assert name.startswith(f"{prefix}{kind}/")
            assert not re.search(r"-[A-Za-z0-9]{6}$", name), "a partial ARN could match another secret"


def test_break_glass_secrets_have_a_copy_in_the_second_region_under_its_key() -> None:
    copied = {"region": made_up.REPLICA, "kmsKeyId": f"arn:aws:kms:{made_up.REPLICA}:{made_up.ACCOUNT}:key/secrets"}
    assert made_up.named(planned(), "secrets-break-glass-1").inputs["replicas"] == [copied]
    assert "replicas" not in made_up.named(planned(), "secrets-database-role").inputs
    assert "replicas" not in made_up.named(planned(disposable=True), "secrets-break-glass-1").inputs


def test_live_secrets_are_protected_and_recoverable_and_a_drill_leaves_none() -> None:
    for secret in made_up.of_type(planned(), SECRET):
        assert secret.protect
        assert secret.inputs["recoveryWindowInDays"] == 30
    for secret in made_up.of_type(planned(disposable=True), SECRET):
        assert not secret.protect
        assert secret.inputs["recoveryWindowInDays"] == 0


def test_a_version_can_be_replaced_by_a_rotation() -> None:
    assert not any(version.protect for version in made_up.of_type(planned(), VERSION))


def test_the_generation_and_the_greatest_age_stand_on_each_secret() -> None:
    for secret in made_up.of_type(planned(generation=7), SECRET):
        tags = secret.inputs["tags"]
        assert isinstance(tags, dict)
        assert tags["oob:rotation-generation"] == "7"
        assert tags["oob:max-age-days"] == "90"


def test_every_policy_only_denies_and_cannot_open_a_secret() -> None:
    policies = made_up.of_type(planned(), POLICY)
    assert len(policies) == 3
    for policy in policies:
        assert policy.inputs["blockPublicPolicy"] is True
        statements = made_up.statements(policy)
        assert {statement["Effect"] for statement in statements.values()} == {"Deny"}
        assert statements["OnlyEncryptedTransport"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        condition = statements["NobodyOfAnotherAccount"]["Condition"]
        assert condition["StringNotEquals"] == {"aws:PrincipalAccount": made_up.ACCOUNT}
        assert condition["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}


def test_break_glass_values_are_read_with_a_second_factor_or_by_the_administrators_who_deploy() -> None:
    statement = made_up.statements(made_up.named(planned(), "secrets-break-glass-1-policy"))["ReadWithASecondFactor"]
    assert statement["Effect"] == "Deny"
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    # IfExists: a session that says nothing of a second factor, as a workload's does, is denied too.
    assert statement["Condition"]["BoolIfExists"] == {"aws:MultiFactorAuthPresent": "false"}
    assert statement["Condition"]["ArnNotLike"] == {"aws:PrincipalArn": [made_up.ADMINISTRATORS]}


def test_application_secrets_are_read_by_machines() -> None:
    assert "ReadWithASecondFactor" not in made_up.statements(made_up.named(planned(), "secrets-database-role-policy"))
