"""Who gets in: the secondary provider or local accounts, and always the local path of the break-glass accounts."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Input

from components.platform.mattermost_values import Reference, Settings, flag

SESSION_HOURS = 7 * 24  # a week: shifts change, and sessions outlive an identity provider that is down (PREP-10, OOB-28)
PASSWORD_LENGTH = 16  # PREP-88; people with local accounts
LOGIN_ATTEMPTS = 10  # PREP-131


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """An OpenID Connect client. `discovery` is the whole address of the discovery document."""

    discovery: Input[str]
    client_id: Input[str]
    secret: Reference


def sign_up_and_in(sign_in: SignIn | None) -> Settings:
    """The secondary provider, or local accounts; beside it always the local path of the break-glass accounts (OOB-27, OOB-28).

    The server enforces a second factor on that path only; at the provider the provider does (OOB-29). Nobody signs up:
    with a provider an account comes from a first sign-in of somebody whom the provider knows (OOB-18).
    """
    local: Settings = {
        "MM_EMAILSETTINGS_ENABLESIGNUPWITHEMAIL": "false",
        "MM_EMAILSETTINGS_ENABLESIGNINWITHEMAIL": "false",
        "MM_EMAILSETTINGS_ENABLESIGNINWITHUSERNAME": "true",
        "MM_EMAILSETTINGS_REQUIREEMAILVERIFICATION": "false",
        "MM_TEAMSETTINGS_ENABLEOPENSERVER": "false",
        "MM_TEAMSETTINGS_ENABLEUSERCREATION": flag(sign_in is not None),
        "MM_SERVICESETTINGS_ENABLEEMAILINVITATIONS": "false",
        "MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION": "true",
        "MM_SERVICESETTINGS_ENFORCEMULTIFACTORAUTHENTICATION": "true",
        "MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS": str(LOGIN_ATTEMPTS),
        "MM_SERVICESETTINGS_EXTENDSESSIONLENGTHWITHACTIVITY": "true",
        "MM_SERVICESETTINGS_TERMINATESESSIONSONPASSWORDCHANGE": "true",
        "MM_PASSWORDSETTINGS_MINIMUMLENGTH": str(PASSWORD_LENGTH),
        "MM_PASSWORDSETTINGS_LOWERCASE": "true",
        "MM_PASSWORDSETTINGS_UPPERCASE": "true",
        "MM_PASSWORDSETTINGS_NUMBER": "true",
        "MM_PASSWORDSETTINGS_SYMBOL": "true",
        "MM_PASSWORDSETTINGS_ENABLEFORGOTLINK": "false",
        "MM_GUESTACCOUNTSSETTINGS_ENABLE": "false",
    }
    sessions: Settings = {
        f"MM_SERVICESETTINGS_SESSIONLENGTH{kind}INHOURS": str(SESSION_HOURS) for kind in ("WEB", "MOBILE", "SSO")
    }
    return local | sessions | open_id(sign_in)


def open_id(sign_in: SignIn | None) -> Settings:
    """The OpenID Connect client (OOB-26, PREP-21)."""
    if sign_in is None:
        return {"MM_OPENIDSETTINGS_ENABLE": "false"}
    return {
        "MM_OPENIDSETTINGS_ENABLE": "true",
        "MM_OPENIDSETTINGS_DISCOVERYENDPOINT": sign_in.discovery,
        "MM_OPENIDSETTINGS_ID": sign_in.client_id,
        "MM_OPENIDSETTINGS_SECRET": sign_in.secret,
        "MM_OPENIDSETTINGS_SCOPE": "profile openid email",
        "MM_OPENIDSETTINGS_BUTTONTEXT": "Emergency sign-in",
        "MM_OPENIDSETTINGS_BUTTONCOLOR": "#145DBF",
        "MM_OPENIDSETTINGS_USEPREFERREDUSERNAME": "true",
    }


def other_providers() -> Settings:
    """Whatever is not used is off, also when a restored configuration says otherwise (PREP-21, PREP-33, AWS-86, AWS-87)."""
    return {
        **{f"MM_{name}SETTINGS_ENABLE": "false" for name in ("GITLAB", "GOOGLE", "LDAP", "OFFICE365", "SAML")},
        "MM_LDAPSETTINGS_ENABLESYNC": "false",
        "MM_ELASTICSEARCHSETTINGS_ENABLEINDEXING": "false",
        "MM_ELASTICSEARCHSETTINGS_ENABLESEARCHING": "false",
        "MM_ELASTICSEARCHSETTINGS_ENABLEAUTOCOMPLETE": "false",
        "MM_CACHESETTINGS_CACHETYPE": "lru",
        "MM_CONNECTEDWORKSPACESSETTINGS_ENABLESHAREDCHANNELS": "false",
        "MM_CONNECTEDWORKSPACESSETTINGS_ENABLEREMOTECLUSTERSERVICE": "false",
    }
