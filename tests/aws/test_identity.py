"""The user pool, its client and its people, as the engine would be asked to make them.

Not proved: that Cognito accepts the combination, that the sign-in page works with Mattermost, that people set up a second factor.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output, Resource

from components.clouds.aws import identity, identity_export, workload_policies
from components.clouds.aws.documents import document
from components.contract import IdentitySpec
from components.roster import Person, Roster
from ops.plan.recorder import Recording, record
from tests.aws import made_up_watch as made_up

POOL = "aws:cognito/userPool:UserPool"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"
USER = "aws:cognito/user:User"


def planned(disposable: bool = False, roster: Roster | None = None) -> Recording:
    def program(parent: Resource) -> None:
        spec = IdentitySpec(site=made_up.site(), roster=roster or made_up.roster())
        identity.Identity("identity", made_up.context(disposable), spec, made_up.keys(), parent)

    return made_up.recording(program)


@pytest.fixture(scope="module")
def live() -> Recording:
    return planned()


@pytest.fixture(scope="module")
def drill() -> Recording:
    return planned(disposable=True)


def test_nobody_signs_in_without_a_second_factor_and_it_is_never_a_text_message_or_a_mail(live: Recording) -> None:
    pool = made_up.only(live, POOL).inputs
    assert pool["mfaConfiguration"] == "ON"
    assert pool["softwareTokenMfaConfiguration"] == {"enabled": True}
    assert "smsConfiguration" not in pool
    assert "emailMfaConfiguration" not in pool
    assert "deviceConfiguration" not in pool, "a remembered device would skip the second factor"
    assert pool["signInPolicy"] == {"allowedFirstAuthFactors": ["PASSWORD"]}


def test_only_administrators_create_users_and_reset_passwords(live: Recording) -> None:
    pool = made_up.only(live, POOL).inputs
    assert pool["adminCreateUserConfig"] == {"allowAdminCreateUserOnly": True}
    assert pool["accountRecoverySetting"] == {"recoveryMechanisms": [{"name": "admin_only", "priority": 1}]}
    assert "lambdaConfig" not in pool


def test_passwords_are_long_and_of_every_class(live: Recording) -> None:
    policy = made_up.at(made_up.only(live, POOL), "passwordPolicy")
    assert policy["minimumLength"] >= 16
    for part in ("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"):
        assert policy[part] is True
    assert policy["temporaryPasswordValidityDays"] == 7


def test_two_spellings_are_one_user(live: Recording) -> None:
    assert made_up.only(live, POOL).inputs["usernameConfiguration"] == {"caseSensitive": False}


def test_the_pool_of_an_environment_cannot_be_deleted_and_that_of_a_drill_can(live: Recording, drill: Recording) -> None:
    kept, thrown_away = made_up.only(live, POOL), made_up.only(drill, POOL)
    assert kept.inputs["deletionProtection"] == "ACTIVE"
    assert kept.protect
    assert thrown_away.inputs["deletionProtection"] == "INACTIVE"
    assert not any(found.protect or found.retain_on_delete for found in drill.resources)


def test_the_client_gets_a_code_and_proves_itself_with_a_secret(live: Recording) -> None:
    client = made_up.at(made_up.only(live, CLIENT))
    assert client["generateSecret"] is True
    assert client["allowedOauthFlows"] == ["code"]
    assert client["allowedOauthScopes"] == ["openid", "email", "profile"], "no scope that could change the directory"
    assert client["supportedIdentityProviders"] == ["COGNITO"], "federation would lean on another provider"
    assert "ALLOW_USER_PASSWORD_AUTH" not in client["explicitAuthFlows"]
    assert client["preventUserExistenceErrors"] == "ENABLED"
    assert client["enableTokenRevocation"] is True
    assert set(client["tokenValidityUnits"].values()) == {"minutes"}
    assert client["accessTokenValidity"] == client["idTokenValidity"] == client["refreshTokenValidity"] == 60
    assert not {"email", "preferred_username"} & set(client["writeAttributes"])


def test_codes_are_sent_to_both_names_of_mattermost_and_nowhere_else(live: Recording) -> None:
    assert made_up.only(live, CLIENT).inputs["callbackUrls"] == [
        "https://chat.acme-oob.example/signup/openid/complete",
        "https://chat.acme-oob.example/login/openid/complete",
        "https://oob.acme-oob.example/signup/openid/complete",
        "https://oob.acme-oob.example/login/openid/complete",
    ]


def test_the_sign_in_page_has_a_style_without_which_it_shows_an_error(live: Recording) -> None:
    assert made_up.only(live, "aws:cognito/userPoolDomain:UserPoolDomain").inputs["managedLoginVersion"] == 2
    assert made_up.only(live, "aws:cognito/managedLoginBranding:ManagedLoginBranding").inputs["useCognitoProvidedValues"] is True


def test_everybody_of_the_roster_is_a_user_in_their_groups_and_nobody_else(live: Recording) -> None:
    assert [user.inputs["username"] for user in made_up.of_type(live, USER)] == ["ines.keller", "aylin.demir"]
    groups = {made_up.at(group, "name") for group in made_up.of_type(live, "aws:cognito/userGroup:UserGroup")}
    assert groups == {"incident-response", "business-continuity", "administrators"}
    members = made_up.of_type(live, "aws:cognito/userInGroup:UserInGroup")
    assert {(found.inputs["username"], found.inputs["groupName"]) for found in members} == {
        ("ines.keller", "incident-response"),
        ("ines.keller", "administrators"),
        ("aylin.demir", "business-continuity"),
    }


def test_users_are_made_with_a_verified_address_without_a_password_and_without_a_message(live: Recording) -> None:
    for user in made_up.of_type(live, USER):
        attributes = made_up.at(user, "attributes")
        assert attributes["email_verified"] == "true"
        assert attributes["preferred_username"] == user.inputs["username"]
        assert user.inputs["messageAction"] == "SUPPRESS"
        assert not {"password", "temporaryPassword", "desiredDeliveryMediums"} & set(user.inputs)


def test_sign_ins_are_logged_for_a_year_under_our_own_key(live: Recording) -> None:
    group = made_up.only(live, "aws:cloudwatch/logGroup:LogGroup").inputs
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"] == "arn:aws:kms:eu-central-1:444455556666:key/logs"
    deliveries = made_up.only(live, "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration")
    (delivery,) = made_up.at(deliveries, "logConfigurations")
    assert (delivery["eventSource"], delivery["logLevel"]) == ("userAuthEvents", "INFO")
    assert made_up.only(live, POOL).inputs["userPoolTier"] == "PLUS", "the log needs this tier"


def test_a_leaked_password_cannot_be_chosen_but_no_guess_about_risk_locks_anybody_out(live: Recording) -> None:
    risk = made_up.at(made_up.only(live, "aws:cognito/riskConfiguration:RiskConfiguration"))
    assert risk["compromisedCredentialsRiskConfiguration"] == {
        "eventFilters": ["PASSWORD_CHANGE"],
        "actions": {"eventAction": "BLOCK"},
    }
    takeover = risk["accountTakeoverRiskConfiguration"]["actions"]
    assert {action["eventAction"] for action in takeover.values()} == {"NO_ACTION"}


def test_one_address_cannot_try_passwords_without_end_but_mattermost_itself_is_not_slowed(live: Recording) -> None:
    (rule,) = made_up.at(made_up.only(live, "aws:wafv2/webAcl:WebAcl"), "rules")
    assert rule["action"] == {"block": {}}
    rate = rule["statement"]["rateBasedStatement"]
    assert (rate["limit"], rate["aggregateKeyType"]) == (150_000, "IP")
    path = rate["scopeDownStatement"]["notStatement"]["statement"]["byteMatchStatement"]
    assert (path["positionalConstraint"], path["searchString"]) == ("STARTS_WITH", "/oauth2/")
    assert made_up.only(live, "aws:wafv2/webAclAssociation:WebAclAssociation")


def test_the_secret_stays_secret_and_the_hosts_are_known_before_anything_exists() -> None:
    seen: list[bool] = []
    hosts: list[tuple[str, ...]] = []

    def program() -> None:
        outputs = identity.Identity(
            "identity",
            made_up.context(),
            IdentitySpec(site=made_up.site(), roster=made_up.roster()),
            made_up.keys(),
            made_up.Top(),
        ).outputs
        hosts.append(outputs.hosts)

        async def look(output: Output[str]) -> None:
            seen.append(await output.is_secret())

        Output.from_input(look(outputs.client_secret))

    record(program, project="oob", stack="aws-example", config={})
    assert seen == [True]
    (issuer, page) = hosts[0]
    assert issuer == "cognito-idp.eu-central-1.amazonaws.com"
    assert page.endswith(".auth.eu-central-1.amazoncognito.com")
    assert "aws" not in page.partition(".")[0]


STAND_IN = """#!/bin/sh
[ "$1 $3 $4" = "cognito-idp --user-pool-id pool-1" ] || exit 64
[ "$2" != "$REFUSED" ] || exit 254
printf '{"asked": "%s"}' "$2"
"""


def exported(folder: Path, refused: str = "") -> subprocess.CompletedProcess[str]:
    """Runs the export with a stand-in for the AWS command line on the path."""
    program = folder / "aws"
    program.write_text(STAND_IN, encoding="utf-8")
    program.chmod(0o755)
    asked = identity_export.settings_export("pool-1", made_up.REGION)
    variables = {key: str(value) for key, value in asked.env.items()}
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "EXPORT_FILE": str(folder / "identity.json"), "REFUSED": refused}
    return subprocess.run(asked.command, env=environment | variables, text=True, capture_output=True, check=False)


def test_the_settings_are_kept_as_one_document(tmp_path: Path) -> None:
    assert exported(tmp_path).returncode == 0
    found = json.loads((tmp_path / "identity.json").read_text(encoding="utf-8"))
    assert {key: value["asked"] for key, value in found.items()} == {
        "pool": "describe-user-pool",
        "secondFactor": "get-user-pool-mfa-config",
        "groups": "list-groups",
        "clients": "list-user-pool-clients",
    }


def test_what_is_asked_is_what_the_transfer_role_may_ask() -> None:
    place = workload_policies.Place(account=made_up.ACCOUNT, region=made_up.REGION)
    (statement,) = json.loads(document(workload_policies.sign_in_settings(place, "aws-example")))["Statement"]
    allowed = {str(action).lower() for action in statement["Action"]}
    asked = {f"cognito-idp:{call.replace('-', '')}" for call in re.findall(r"ask ([a-z-]+)\)", identity_export.ASK)}
    assert asked == allowed
    assert "cognito-idp:describeuserpoolclient" not in allowed, "its answer holds the client's secret"


@pytest.mark.parametrize("refused", ["describe-user-pool", "list-user-pool-clients"])
def test_a_refused_question_fails_the_export_and_leaves_no_document(tmp_path: Path, refused: str) -> None:
    assert exported(tmp_path, refused).returncode != 0
    assert not (tmp_path / "identity.json").exists()


def test_everything_is_made_in_the_main_region(live: Recording) -> None:
    made = [found for found in live.resources if found.custom and not found.type.startswith("pulumi:")]
    assert {found.provider.rpartition("::")[2] for found in made} == {"aws"}


PIECES = ["aws", "amazon", "cognito", "a", "ws", "oob", "-", "live", "0"]
ENVIRONMENTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@given(ENVIRONMENTS, ENVIRONMENTS)
def test_a_domain_prefix_is_legal_and_never_the_same_for_two_environments(one: str, other: str) -> None:
    prefixes = [identity.domain_prefix(name, made_up.ACCOUNT) for name in (one, other)]
    for prefix in prefixes:
        assert 1 <= len(prefix) <= 63
        assert prefix == prefix.strip("-")
        assert not identity.RESERVED.search(prefix)
    assert (prefixes[0] == prefixes[1]) == (one == other)


def test_two_accounts_get_two_prefixes() -> None:
    assert identity.domain_prefix("oob-live", "444455556666") != identity.domain_prefix("oob-live", "777788889999")


@pytest.mark.parametrize(
    ("name", "given_name", "family_name"),
    [("Ines Maria Keller", "Ines Maria", "Keller"), ("Aylin", "Aylin", None)],
)
def test_a_name_is_split_as_mattermost_reads_it(name: str, given_name: str, family_name: str | None) -> None:
    person = Person(username="someone", name=name, email="someone@example.net", groups=("incident-response",))
    found = identity.attributes(person)
    assert (found["given_name"], found.get("family_name"), found["name"]) == (given_name, family_name, name)
