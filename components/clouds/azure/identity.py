"""The secondary directory: an application for Mattermost, people and groups of the roster, MFA always (OOB-91 to OOB-94).

A workforce directory of its own, which the primary neither hosts nor administers. What is made here is Mattermost's client, the
people of the roster and the rules that ask everybody for a second factor. The directory itself, its licences (Conditional Access
asks for P1) and its emergency accounts are made by hand and once: no provider can make them.

Where there is no second directory, `identity.provider: oidc` names another provider, such as a Keycloak of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pulumi_azuread as azuread
import pulumi_random as random
from pulumi import ComponentResource, InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi_azure_native import aadiam

from components.clouds.azure.handles import AzureIdentity, AzureKeys, Context
from components.contract import IdentitySpec
from components.options import child, stateful
from components.roster import Group, Person, Roster
from components.sections import Site

SIGN_IN_HOST = "login.microsoftonline.com"
SCOPES: Mapping[
    str, str
] = {  # OOB-93: what Mattermost needs to know a person, nothing more. Ids: Microsoft Graph permissions reference
    "openid": "37f7f235-527c-4136-accd-4a02d197296e",
    "email": "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0",
    "profile": "14dad69e-099b-42c9-810b-d002981feec1",
}
GRAPH = "00000003-0000-0000-c000-000000000000"  # Microsoft Graph, whose permissions the scopes are
DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"  # the role of an application that names none
CALLBACKS = ("/signup/openid/complete", "/login/openid/complete")
CLIENT_HOURS = "17520h"  # two years: how long the client may use what it was given before somebody must replace it
FIRST_PASSWORD_LENGTH = 32
SIGN_IN_HOURS = 12  # then the second factor is asked for again
LEGACY = ("exchangeActiveSync", "other")  # protocols that know no second factor
REPORTED = (
    "AuditLogs",
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "RiskyUsers",
    "UserRiskEvents",
)


class Identity(ComponentResource):
    """Application, people, groups, rules. `outputs` is the client that Mattermost signs people in with.

    A drill lives in the same directory: its people and groups carry its name, and its rule is about its own application alone.
    """

    def __init__(self, name: str, context: Context, spec: IdentitySpec, keys: AzureKeys, parent: Resource) -> None:
        super().__init__("oob:azure:Identity", name, None, child(parent))
        self._name, self._context = name, context
        self._disposable = context.environment.disposable
        application = self._application(spec.site)
        principal = azuread.ServicePrincipal(
            f"{name}-principal",
            client_id=application.client_id,
            app_role_assignment_required=True,  # whoever is in no group of the roster gets no token (OOB-106)
            opts=self._options(),
        )
        self._consent(principal)
        secret = azuread.ApplicationPassword(
            f"{name}-secret",
            application_id=application.id,
            display_name="Mattermost",
            end_date_relative=CLIENT_HOURS,
            opts=self._options(),
        )
        self._people(spec.roster, principal)
        self._rules(application)
        if not self._disposable:
            self._report(keys)
        issuer = f"https://{SIGN_IN_HOST}/{context.tenant}/v2.0"
        self.outputs = AzureIdentity(
            issuer=Output.from_input(issuer),
            client_id=application.client_id,
            client_secret=Output.secret(secret.value),
            hosts=(SIGN_IN_HOST,),
            application_object_id=application.object_id,
        )
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.directory)

    def _application(self, site: Site) -> azuread.Application:
        """A confidential client of this directory alone: a code, exchanged with a secret, and no token by another way."""
        return azuread.Application(
            f"{self._name}-mattermost",
            display_name=f"Mattermost {self._context.environment.name}",
            sign_in_audience="AzureADMyOrg",
            prevent_duplicate_names=True,
            fallback_public_client_enabled=False,
            web={
                "redirect_uris": callback_urls(site),
                "homepage_url": f"https://{site.host}/",
                "implicit_grant": {"access_token_issuance_enabled": False, "id_token_issuance_enabled": False},
            },
            optional_claims={"id_tokens": [{"name": "email", "essential": True}]},
            required_resource_accesses=[
                {
                    "resource_app_id": GRAPH,
                    "resource_accesses": [{"id": scope, "type": "Scope"} for scope in SCOPES.values()],
                }
            ],
            opts=stateful(self._options(), disposable=self._disposable),
        )

    def _consent(self, principal: azuread.ServicePrincipal) -> None:
        """Agrees for everybody that Mattermost may learn who they are: where assignment is required, people cannot agree
        themselves ("Manage users and groups assignment to an application", Microsoft Entra documentation).

        Microsoft Graph has an object id of its own in each directory, which is asked for once the application exists.
        """
        graph = azuread.get_service_principal_output(
            client_id=principal.id.apply(lambda _: GRAPH),
            opts=InvokeOutputOptions(parent=self, provider=self._context.directory),
        )
        azuread.ServicePrincipalDelegatedPermissionGrant(
            f"{self._name}-consent",
            service_principal_object_id=principal.object_id,
            resource_service_principal_object_id=graph.apply(lambda found: str(found.object_id)),
            claim_values=list(SCOPES),
            opts=self._options(),
        )

    def _people(self, roster: Roster, principal: azuread.ServicePrincipal) -> None:
        """Groups, which may use the application, and one user for each person, without a password that anybody knows.

        The first password is random and told to nobody. The access kit sets a temporary one and hands it over in person: mail may
        be down, or read by the attacker (OOB-14, OOB-18).
        """
        provider = random.Provider(f"{self._name}-random", opts=child(self))
        groups = {group: self._group(group, principal) for group in get_args(Group)}
        for person in roster.people:
            first = random.RandomPassword(
                f"{self._name}-first-{person.username}", length=FIRST_PASSWORD_LENGTH, opts=child(self, provider)
            )
            user = azuread.User(
                f"{self._name}-user-{person.username}",
                user_principal_name=f"{self._named(person)}@{self._context.settings.tenant_domain}",
                mail_nickname=self._named(person),
                display_name=person.name,
                mail=person.email,
                password=Output.secret(first.result),
                force_password_change=True,
                disable_strong_password=False,
                # Whoever has signed in has a password of their own by now.
                opts=ResourceOptions.merge(
                    stateful(self._options(), disposable=self._disposable),
                    ResourceOptions(ignore_changes=["password", "forcePasswordChange"]),
                ),
            )
            for group in dict.fromkeys(person.groups):
                azuread.GroupMember(
                    f"{self._name}-{person.username}-in-{group}",
                    group_object_id=groups[group].object_id,
                    member_object_id=user.object_id,
                    opts=self._options(),
                )

    def _named(self, person: Person) -> str:
        """The sign-in name before the @: a drill's people stand beside the environment's own."""
        return f"{self._context.environment.name}-{person.username}" if self._disposable else person.username

    def _group(self, group: str, principal: azuread.ServicePrincipal) -> azuread.Group:
        made = azuread.Group(
            f"{self._name}-{group}",
            display_name=f"{self._context.environment.name}-{group}",
            security_enabled=True,
            prevent_duplicate_names=True,
            opts=self._options(),
        )
        azuread.AppRoleAssignment(
            f"{self._name}-{group}-may-sign-in",
            app_role_id=DEFAULT_ROLE,
            principal_object_id=made.object_id,
            resource_object_id=principal.object_id,
            opts=self._options(),
        )
        return made

    def _rules(self, application: azuread.Application) -> None:
        """A second factor for everybody and everything, administrators too; nothing that cannot ask for one (OOB-94, OOB-103).

        The emergency accounts are left out on purpose: they are for the day on which the second factor itself fails, and each use
        raises an alarm (OOB-28, OOB-105).
        """
        prefix = self._context.environment.name
        spared = list(self._context.settings.break_glass)
        azuread.ConditionalAccessPolicy(
            f"{self._name}-second-factor",
            display_name=f"{prefix}: second factor",
            state="enabled",
            conditions={
                "client_app_types": ["all"],
                "applications": {"included_applications": [application.client_id if self._disposable else "All"]},
                "users": {"included_users": ["All"], "excluded_users": spared},
            },
            grant_controls={"operator": "OR", "built_in_controls": ["mfa"]},
            session_controls=session_controls(everything=not self._disposable),
            opts=self._options(),
        )
        if self._disposable:
            return
        azuread.ConditionalAccessPolicy(
            f"{self._name}-no-legacy",
            display_name=f"{prefix}: no protocol without second factor",
            state="enabled",
            conditions={
                "client_app_types": list(LEGACY),
                "applications": {"included_applications": ["All"]},
                "users": {"included_users": ["All"], "excluded_users": spared},
            },
            grant_controls={"operator": "OR", "built_in_controls": ["block"]},
            opts=self._options(),
        )

    def _report(self, keys: AzureKeys) -> None:
        """Every sign-in and every change of the directory goes to the workspace, where the watch looks for emergency accounts."""
        aadiam.DiagnosticSetting(
            f"{self._name}-log",
            name=self._context.environment.name,
            workspace_id=keys.workspace_id,
            logs=[{"category": category, "enabled": True} for category in REPORTED],
            opts=child(self, self._context.main),
        )


def session_controls(*, everything: bool) -> azuread.ConditionalAccessPolicySessionControlsArgsDict:
    """How long a sign-in lasts. Only a rule about everything may tell browsers to forget it."""
    found: azuread.ConditionalAccessPolicySessionControlsArgsDict = {
        "sign_in_frequency": SIGN_IN_HOURS,
        "sign_in_frequency_period": "hours",
        "sign_in_frequency_interval": "timeBased",
        "sign_in_frequency_authentication_type": "primaryAndSecondaryAuthentication",
    }
    if everything:
        found["persistent_browser_mode"] = "never"
    return found


def callback_urls(site: Site) -> list[str]:
    """Where a code may be sent: both ways into Mattermost, under both names (OOB-37)."""
    return [f"https://{host}{path}" for host in (site.host, site.direct_host) for path in CALLBACKS]
