"""The vault's secrets, as the engine would be asked to make them.

Not proved: that Key Vault refuses whoever has no role, and that Conditional Access asks every reader for a second factor.
"""

from __future__ import annotations

from functools import cache

import pytest
from pulumi import Output, Resource

from components.clouds.azure import secrets
from components.clouds.azure.roles import definition_id
from components.contract import SecretsSpec
from ops.plan.recorder import Recording
from tests.azure import made_up

SECRET = "keyvault:Secret"
GRANT = "authorization:RoleAssignment"
CANARY = "canary-5b1e"


@cache
def planned(disposable: bool = False, generation: int = 1) -> Recording:
    def program(parent: Resource) -> None:
        spec = SecretsSpec(
            application={"database-role": Output.from_input(CANARY), "heartbeat-key": Output.secret(CANARY)},
            break_glass={"break-glass-1": Output.secret(CANARY)},
            rotation=made_up.rotation(generation),
        )
        context = made_up.context(disposable=disposable)
        made = secrets.Secrets("secrets", context, spec, made_up.keys(context, parent), parent).outputs
        assert set(made.references) == {"database-role", "heartbeat-key", "break-glass-1"}
        assert made.break_glass_names == ("break-glass-break-glass-1",)

    return made_up.recording(program)


def test_each_credential_is_a_secret_of_the_vault_in_the_group_that_holds_data() -> None:
    found = {secret.inputs["secretName"]: secret.inputs for secret in made_up.of_type(planned(), SECRET)}
    assert set(found) == {"application-database-role", "application-heartbeat-key", "break-glass-break-glass-1"}
    assert [inputs["vaultName"] for inputs in found.values()] == ["secrets"] * 3


def test_a_value_is_secret_even_if_it_came_in_the_clear() -> None:
    recorded = planned()
    assert [made_up.block(secret, "properties")["value"] for secret in made_up.of_type(recorded, SECRET)] == ["[secret]"] * 3
    assert CANARY not in str([found.inputs for found in recorded.resources])


def test_a_secret_says_its_class_its_generation_and_how_old_it_may_become() -> None:
    for secret in made_up.of_type(planned(generation=4), SECRET):
        kind = "break-glass" if "break-glass" in secret.name else "application"
        expected = {"oob:class": kind, "oob:rotation-generation": "4", "oob:max-age-days": "90"}
        assert secret.inputs["tags"] == expected
        assert made_up.block(secret, "properties")["contentType"] == "generation 4"


def test_only_the_administrators_groups_may_read_and_nobody_may_write_from_inside() -> None:
    (reader,) = made_up.of_type(planned(), GRANT)
    assert reader.inputs["principalId"] == made_up.ADMINISTRATORS
    assert reader.inputs["principalType"] == "Group"
    assert reader.inputs["roleDefinitionId"] == definition_id(made_up.SUBSCRIPTION, "Key Vault Secrets User")
    assert str(reader.inputs["scope"]).endswith("vaults/secrets")


def test_live_secrets_are_protected_and_those_of_a_drill_are_not() -> None:
    assert all(secret.protect for secret in made_up.of_type(planned(), SECRET))
    assert not [secret for secret in planned(disposable=True).resources if secret.protect or secret.retain_on_delete]


def test_a_name_that_the_vault_refuses_is_refused_here() -> None:
    with pytest.raises(ValueError, match=r"'application-a\.b' is no name"):
        secrets.secret_name("application", "a.b")
