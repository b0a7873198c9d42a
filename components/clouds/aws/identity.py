"""The secondary identity provider: a Cognito user pool with people from the roster and one client, Mattermost (OOB-24).

Nobody can sign up, nobody gets in without a second factor, and no step of signing in needs mail or a text message.
"""

from __future__ import annotations

import re

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource, ResourceOptions

from components.clouds.aws.handles import AwsKeys, Context
from components.clouds.aws.identity_export import settings_export
from components.clouds.aws.sizes import requests_per_address
from components.contract import IdentityOutputs, IdentitySpec
from components.naming import LOG_GROUP, Kind, physical
from components.options import child, stateful
from components.roster import Person, Roster
from components.sections import Site

# https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
DOMAIN_PREFIX = Kind(longest=63)
RESERVED = re.compile("aws|amazon|cognito")  # refused anywhere in a prefix

GROUPS = {  # by precedence: the lowest number wins where a person is in several
    "administrators": "Administrators of the out-of-band environment (OOB-123)",
    "incident-response": "Incident response team (OOB-08)",
    "business-continuity": "Business continuity team (OOB-08)",
}
SCOPES = ("openid", "email", "profile")  # OOB-93: what Mattermost needs to know a person, nothing more
CALLBACKS = ("/signup/openid/complete", "/login/openid/complete")
PASSWORD_LENGTH = 16
PASSWORD_HISTORY = 10
TEMPORARY_PASSWORD_DAYS = 7
SIGN_IN_MINUTES = 15  # the first sign-in changes the password and sets up the second factor: people need the time
TOKEN_MINUTES = 60  # Mattermost keeps its own session; a token serves only to open it
LOG_DAYS = 365  # OOB-122
MATTERMOST_PATHS = "/oauth2/"  # called by the servers for everybody, from one or two addresses: not to be limited


class Identity(ComponentResource):
    """User pool, sign-in page, groups and people. `outputs` is the client that Mattermost signs people in with."""

    def __init__(self, name: str, context: Context, spec: IdentitySpec, keys: AwsKeys, parent: Resource) -> None:
        super().__init__("oob:aws:Identity", name, None, child(parent))
        self._name, self._context = name, context
        pool = self._pool()
        prefix = domain_prefix(context.environment.name, context.account)
        domain = aws.cognito.UserPoolDomain(
            f"{name}-domain", domain=prefix, user_pool_id=pool.id, managed_login_version=2, opts=self._options()
        )
        client = self._client(pool, spec.site)
        # Managed login shows "login pages unavailable" for a client without a style.
        aws.cognito.ManagedLoginBranding(
            f"{name}-branding",
            user_pool_id=pool.id,
            client_id=client.id,
            use_cognito_provided_values=True,
            opts=self._options(),
        )
        self._threat_protection(pool)
        self._sign_in_log(pool, keys)
        self._gate(pool)
        self._people(pool, spec.roster)
        issuer_host = f"cognito-idp.{context.region}.amazonaws.com"
        self.outputs = IdentityOutputs(
            # The pool's id by way of the domain: the discovery document names the domain's endpoints.
            issuer=Output.format("https://{0}/{1}", issuer_host, domain.user_pool_id),
            client_id=client.id,
            client_secret=Output.secret(client.client_secret),
            hosts=(issuer_host, f"{prefix}.auth.{context.region}.amazoncognito.com"),
            export=settings_export(pool.id, context.region),
        )
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _pool(self) -> aws.cognito.UserPool:
        """Second factor required and of one kind, administrators create users, administrators reset passwords."""
        disposable = self._context.environment.disposable
        return aws.cognito.UserPool(
            f"{self._name}-pool",
            mfa_configuration="ON",  # OOB-29, OOB-94, OOB-103
            software_token_mfa_configuration={"enabled": True},
            admin_create_user_config={"allow_admin_create_user_only": True},  # OOB-14, OOB-18
            username_configuration={"case_sensitive": False},
            password_policy={
                "minimum_length": PASSWORD_LENGTH,
                "require_lowercase": True,
                "require_uppercase": True,
                "require_numbers": True,
                "require_symbols": True,
                "password_history_size": PASSWORD_HISTORY,
                "temporary_password_validity_days": TEMPORARY_PASSWORD_DAYS,
            },
            # In an emergency mail may be down, or read by the attacker: neither mail nor a text message resets a password.
            account_recovery_setting={"recovery_mechanisms": [{"name": "admin_only", "priority": 1}]},
            email_configuration={"email_sending_account": "COGNITO_DEFAULT"},
            sign_in_policy={"allowed_first_auth_factors": ["PASSWORD"]},
            # PLUS brings the log of sign-ins and the check against leaked passwords. Sign-in adapting to risk is not used:
            # it needs MFA to be optional. No device is remembered, so that the second factor is asked for each time.
            user_pool_tier="PLUS",
            user_pool_add_ons={"advanced_security_mode": "ENFORCED"},
            deletion_protection="INACTIVE" if disposable else "ACTIVE",
            opts=stateful(self._options(), disposable=disposable),
        )

    def _client(self, pool: aws.cognito.UserPool, site: Site) -> aws.cognito.UserPoolClient:
        """A confidential client: a code, exchanged with a secret, and nothing that a browser could use alone."""
        return aws.cognito.UserPoolClient(
            f"{self._name}-mattermost",
            user_pool_id=pool.id,
            generate_secret=True,
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=list(SCOPES),
            callback_urls=callback_urls(site),
            logout_urls=logout_urls(site),
            supported_identity_providers=["COGNITO"],  # OOB-24: no federation, the primary's provider least of all
            # Managed login offers what these flows allow: a password proved without being sent (SRP).
            explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            auth_session_validity=SIGN_IN_MINUTES,
            access_token_validity=TOKEN_MINUTES,
            id_token_validity=TOKEN_MINUTES,
            refresh_token_validity=TOKEN_MINUTES,
            token_validity_units={"access_token": "minutes", "id_token": "minutes", "refresh_token": "minutes"},
            read_attributes=["email", "email_verified", "family_name", "given_name", "name", "preferred_username"],
            write_attributes=["locale", "zoneinfo"],  # who a person is, the roster says
            opts=self._options(),
        )

    def _threat_protection(self, pool: aws.cognito.UserPool) -> None:
        """A leaked password cannot be chosen. Nobody is kept out by a guess about risk: an incident looks unusual."""
        aws.cognito.RiskConfiguration(
            f"{self._name}-risk",
            user_pool_id=pool.id,
            compromised_credentials_risk_configuration={
                "event_filters": ["PASSWORD_CHANGE"],
                "actions": {"event_action": "BLOCK"},
            },
            account_takeover_risk_configuration={
                "actions": {
                    "low_action": {"event_action": "NO_ACTION", "notify": False},
                    "medium_action": {"event_action": "NO_ACTION", "notify": False},
                    "high_action": {"event_action": "NO_ACTION", "notify": False},
                }
            },
            opts=self._options(),
        )

    def _sign_in_log(self, pool: aws.cognito.UserPool, keys: AwsKeys) -> None:
        """Every attempt with name, address and outcome, kept for a year (OOB-122)."""
        # The service writes through log delivery, whose own policy covers only names that start like this.
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-sign-ins",
            name=f"/aws/vendedlogs/{physical(LOG_GROUP, self._context.environment.name, 'sign-ins')}",
            retention_in_days=LOG_DAYS,
            kms_key_id=keys.main["logs"],
            opts=self._options(),
        )
        aws.cognito.LogDeliveryConfiguration(
            f"{self._name}-log-delivery",
            user_pool_id=pool.id,
            log_configurations=[
                {
                    "event_source": "userAuthEvents",
                    "log_level": "INFO",
                    "cloud_watch_logs_configuration": {"log_group_arn": group.arn},
                }
            ],
            opts=self._options(),
        )

    def _gate(self, pool: aws.cognito.UserPool) -> None:
        """A rate limit per address before the sign-in page, which lies outside the load balancer's firewall (OOB-19, PREP-46)."""
        context = self._context
        limit = requests_per_address(context.environment.size, context.settings.edge.requests_per_five_minutes)
        acl = aws.wafv2.WebAcl(
            f"{self._name}-gate",
            scope="REGIONAL",
            description="Rate limit before the sign-in page of the out-of-band environment",
            default_action={"allow": {}},
            rules=[
                {
                    "name": "rate-per-address",
                    "priority": 1,
                    "action": {"block": {}},
                    "statement": {
                        "rate_based_statement": {
                            "aggregate_key_type": "IP",
                            "evaluation_window_sec": 300,
                            "limit": limit,
                            "scope_down_statement": {
                                "not_statement": {
                                    "statement": {
                                        "byte_match_statement": {
                                            "field_to_match": {"uri_path": {}},
                                            "positional_constraint": "STARTS_WITH",
                                            "search_string": MATTERMOST_PATHS,
                                            "text_transformations": [
                                                {"priority": 0, "type": "URL_DECODE"},
                                                {"priority": 1, "type": "NORMALIZE_PATH"},
                                            ],
                                        }
                                    }
                                }
                            },
                        }
                    },
                    "visibility_config": {
                        "cloudwatch_metrics_enabled": True,
                        "metric_name": "rate-per-address",
                        "sampled_requests_enabled": True,
                    },
                }
            ],
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": "sign-in",
                "sampled_requests_enabled": True,
            },
            opts=self._options(),
        )
        aws.wafv2.WebAclAssociation(
            f"{self._name}-gate-association", resource_arn=pool.arn, web_acl_arn=acl.arn, opts=self._options()
        )

    def _people(self, pool: aws.cognito.UserPool, roster: Roster) -> None:
        """Groups, and one user for each person of the roster (OOB-106), without a password that anybody knows.

        Cognito makes a temporary one and tells nobody: an invitation would go by mail, to addresses that an attacker of the
        primary may be reading. The access kit sets a temporary password for each person and hands it over in person.
        """
        groups = {
            group: aws.cognito.UserGroup(
                f"{self._name}-{group}",
                name=group,
                user_pool_id=pool.id,
                description=text,
                precedence=precedence,
                opts=self._options(),
            )
            for precedence, (group, text) in enumerate(GROUPS.items(), start=1)
        }
        for person in roster.people:
            user = aws.cognito.User(
                f"{self._name}-user-{person.username}",
                user_pool_id=pool.id,
                username=person.username,
                attributes=attributes(person),
                message_action="SUPPRESS",
                opts=self._options(),
            )
            for group in dict.fromkeys(person.groups):
                aws.cognito.UserInGroup(
                    f"{self._name}-{person.username}-in-{group}",
                    user_pool_id=pool.id,
                    username=user.username,
                    group_name=groups[group].name,
                    opts=self._options(),
                )


def domain_prefix(environment: str, account: str) -> str:
    """The first label of the sign-in page's host: world-wide unique, known before anything exists, none of RESERVED in it."""
    prefix = physical(DOMAIN_PREFIX, environment, account)
    while RESERVED.search(prefix):
        prefix = RESERVED.sub("", prefix)
    return prefix.strip("-")


def callback_urls(site: Site) -> list[str]:
    """Where a code may be sent: both ways into Mattermost, under both names (OOB-37)."""
    return [f"https://{host}{path}" for host in (site.host, site.direct_host) for path in CALLBACKS]


def logout_urls(site: Site) -> list[str]:
    """Where people may be sent after signing out."""
    return [f"https://{host}/login" for host in (site.host, site.direct_host)]


def attributes(person: Person) -> dict[str, str]:
    """What the directory knows of a person, in the names that Mattermost reads; the phone number stays in the roster."""
    given, _, family = person.name.rpartition(" ")
    return {
        "email": person.email,
        "email_verified": "true",
        "name": person.name,
        "given_name": given or family,
        "preferred_username": person.username,
    } | ({"family_name": family} if given else {})
