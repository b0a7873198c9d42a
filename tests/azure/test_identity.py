"""The application, the people and the rules of the secondary directory, as the engine would be asked to make them.

Not proved: that the directory accepts the combination and has the licence, that a sign-in ends in Mattermost, that a second
factor is really asked for. Emergency accounts and the directory itself are made by hand.
"""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from pulumi import Resource

from components.clouds.azure import identity
from components.clouds.azure.handles import AzureIdentity
from components.contract import IdentitySpec
from components.roster import Group, Roster
from components.sections import Site
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up
from tests.azure.made_up_edge import DIRECT, HOST, site

ROSTER = Roster.model_validate(
    {
        "people": [
            {"username": "ada.one", "name": "Ada One", "email": "ada@survives.example", "groups": ["incident-response"]},
            {
                "username": "bo.two",
                "name": "Bo Two",
                "email": "bo@survives.example",
                "groups": ["business-continuity", "administrators"],
            },
        ]
    }
)


@cache
def planned(disposable: bool = False) -> tuple[Recording, AzureIdentity]:
    found: list[AzureIdentity] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable)
        spec = IdentitySpec(site=site(), roster=ROSTER)
        found.append(identity.Identity("identity", context, spec, made_up.keys(context, parent), parent).outputs)

    return made_up.recording(program), found[0]


def of(kind: str, disposable: bool = False) -> dict[str, Registered]:
    """Resources of a type of the directory, by name."""
    return {item.name: item for item in planned(disposable)[0].resources if item.type == f"azuread:index/{kind}"}


def only(kind: str, disposable: bool = False) -> dict[str, Any]:
    [found] = of(kind, disposable).values()
    return dict(found.inputs)


APPLICATION, PRINCIPAL = "application:Application", "servicePrincipal:ServicePrincipal"
USER, GROUP, MEMBER = "user:User", "group:Group", "groupMember:GroupMember"
RULE, ASSIGNMENT = "conditionalAccessPolicy:ConditionalAccessPolicy", "appRoleAssignment:AppRoleAssignment"


# --- the client -------------------------------------------------------------------------------------------------


def test_the_application_is_of_this_directory_alone_and_gives_no_token_by_another_way() -> None:
    found = only(APPLICATION)
    assert found["signInAudience"] == "AzureADMyOrg"
    assert found["fallbackPublicClientEnabled"] is False
    assert found["web"]["implicitGrant"] == {"accessTokenIssuanceEnabled": False, "idTokenIssuanceEnabled": False}


def test_codes_are_sent_to_both_names_of_this_environment_and_nowhere_else() -> None:
    paths = ("signup", "login")
    wanted = {f"https://{host}/{path}/openid/complete" for host in (HOST, DIRECT) for path in paths}
    assert set(only(APPLICATION)["web"]["redirectUris"]) == wanted


hosts = st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True)


@given(hosts, hosts)
def test_every_callback_is_https_on_a_host_of_the_site(host: str, direct: str) -> None:
    zone = "oob.example"
    made = Site.model_validate({"host": f"{host}.{zone}", "directHost": f"x{direct}.{zone}", "zone": zone})
    found = identity.callback_urls(made)
    assert {url.split("/")[2] for url in found} == {made.host, made.direct_host}
    assert all(url.startswith("https://") and url.endswith("/openid/complete") for url in found)


def test_mattermost_learns_who_somebody_is_and_no_more() -> None:
    [access] = only(APPLICATION)["requiredResourceAccesses"]
    assert len(access["resourceAccesses"]) == len(identity.SCOPES) == 3
    assert {scope["type"] for scope in access["resourceAccesses"]} == {"Scope"}, "never a right without a person"


def test_whoever_is_in_no_group_of_the_roster_gets_no_token() -> None:
    assert only(PRINCIPAL)["appRoleAssignmentRequired"] is True
    assert len(of(ASSIGNMENT)) == len(get_args(Group))


def test_the_issuer_is_the_directory() -> None:
    found: list[str] = []

    def program(parent: Resource) -> None:
        context = made_up.context()
        spec = IdentitySpec(site=site(), roster=ROSTER)
        made = identity.Identity("identity", context, spec, made_up.keys(context, parent), parent).outputs
        made.issuer.apply(found.append)

    made_up.recording(program)
    assert found == [f"https://login.microsoftonline.com/{made_up.TENANT}/v2.0"]
    assert planned()[1].hosts == ("login.microsoftonline.com",)


def test_everybody_has_agreed_that_mattermost_learns_who_they_are() -> None:
    """Whoever is assigned to an application that requires it cannot agree alone, so that sign-in would end there."""
    for disposable in (False, True):
        found = only("servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant", disposable)
        assert set(found["claimValues"]) == set(identity.SCOPES)
        assert "userObjectId" not in found, "for everybody"
    assert planned()[0].invokes == [], "Microsoft Graph is not asked for before the application exists"


# --- people -----------------------------------------------------------------------------------------------------


def test_everybody_of_the_roster_is_there_under_the_directorys_own_domain() -> None:
    users = of(USER)
    assert {str(found.inputs["userPrincipalName"]) for found in users.values()} == {
        "ada.one@acmeoob.onmicrosoft.com",
        "bo.two@acmeoob.onmicrosoft.com",
    }
    for found in users.values():
        assert found.inputs["password"] == "[secret]"
        assert found.inputs["forcePasswordChange"] is True
        assert found.protect


def test_people_are_in_their_groups_and_in_no_other() -> None:
    assert set(of(MEMBER)) == {
        "identity-ada.one-in-incident-response",
        "identity-bo.two-in-business-continuity",
        "identity-bo.two-in-administrators",
    }
    assert len(of(GROUP)) == len(get_args(Group))


def test_everything_of_the_directory_is_made_by_the_provider_that_is_locked_to_it() -> None:
    for item in planned()[0].resources:
        if item.type.startswith("azuread:"):
            assert item.provider.endswith("::directory"), item.name


def test_browsers_are_told_to_forget_by_a_rule_about_everything_only() -> None:
    """The directory refuses this control in a rule about a single application."""
    for disposable in (False, True):
        found = of(RULE, disposable)["identity-second-factor"].inputs
        applications: Any = found["conditions"]
        controls: Any = found["sessionControls"]
        everything = applications["applications"] == {"includedApplications": ["All"]}
        assert everything is not disposable
        assert ("persistentBrowserMode" in controls) is everything
        assert controls["signInFrequency"] == identity.SIGN_IN_HOURS


# --- rules ------------------------------------------------------------------------------------------------------


def test_everybody_is_asked_for_a_second_factor_but_the_emergency_accounts() -> None:
    found = of(RULE)["identity-second-factor"].inputs
    conditions: Any = found["conditions"]
    assert found["state"] == "enabled"
    assert conditions["users"] == {"includedUsers": ["All"], "excludedUsers": list(made_up.BREAK_GLASS)}
    assert conditions["applications"] == {"includedApplications": ["All"]}
    assert conditions["clientAppTypes"] == ["all"]
    assert found["grantControls"] == {"operator": "OR", "builtInControls": ["mfa"]}


def test_protocols_without_a_second_factor_are_blocked() -> None:
    found = of(RULE)["identity-no-legacy"].inputs
    conditions: Any = found["conditions"]
    assert conditions["clientAppTypes"] == ["exchangeActiveSync", "other"]
    assert found["grantControls"] == {"operator": "OR", "builtInControls": ["block"]}


def test_every_sign_in_is_reported() -> None:
    setting = made_up.named(planned()[0], "identity-log").inputs
    logs: Any = setting["logs"]
    assert {"AuditLogs", "SignInLogs", "ServicePrincipalSignInLogs"} <= {entry["category"] for entry in logs}


# --- a drill ----------------------------------------------------------------------------------------------------


def test_a_drills_people_stand_beside_the_environments_own() -> None:
    for found in of(USER, disposable=True).values():
        assert str(found.inputs["userPrincipalName"]).startswith(f"{made_up.DRILL}-")
    live = {str(found.inputs["displayName"]) for found in of(GROUP).values()}
    assert live.isdisjoint({str(found.inputs["displayName"]) for found in of(GROUP, disposable=True).values()})


def test_a_drills_rule_is_about_its_own_application_alone_and_nothing_of_it_stays() -> None:
    [rule] = of(RULE, disposable=True).values()
    conditions: Any = rule.inputs["conditions"]
    assert conditions["applications"]["includedApplications"] != ["All"]
    assert not [found for found in planned(disposable=True)[0].resources if found.protect or found.retain_on_delete]
    assert "identity-log" not in {item.name for item in planned(disposable=True)[0].resources}
