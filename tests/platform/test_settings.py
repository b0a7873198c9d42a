"""The server's variables. Not proved: that a server of that version knows each key; it ignores those that it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from components.platform.mattermost_isolation import DRILL_BANNER
from components.platform.mattermost_settings import AUDIT_LEVELS, settings
from components.platform.mattermost_sign_in import SignIn
from components.platform.mattermost_values import Reference, Settings, escaped, variables
from components.platform.routes import host_annotations
from components.platform.sizes import SIZES, replicas
from components.sections import Size
from tests.platform import made_up
from tests.platform.made_up import Block

SIGN_IN = SignIn(
    discovery="https://id.oob.example/pool/.well-known/openid-configuration",
    client_id="client-7",
    secret=Reference(secret="mattermost-sign-in", key="secret"),
)
PASSWORD = Reference(secret="mattermost-mail", key="password")
SMALL: Block = {"size": "small", "mattermost": {"licensed": False}}


def found(*changes: Mapping[str, object], sign_in: SignIn | None = SIGN_IN) -> Settings:
    of = made_up.stack(*changes)
    return settings(
        of,
        made_up.environment(of),
        files={"MM_FILESETTINGS_DRIVERNAME": Reference(secret="mattermost-files", key="MM_FILESETTINGS_DRIVERNAME")},
        sign_in=sign_in,
        smtp_password=PASSWORD if of.smtp else None,
    )


def test_servers_speak_tls_on_8065_and_the_site_is_https() -> None:
    env = found()
    assert env["MM_SERVICESETTINGS_CONNECTIONSECURITY"] == "TLS"
    assert env["MM_SERVICESETTINGS_TLSCERTFILE"] == "/mattermost/tls/tls.crt"
    assert env["MM_SERVICESETTINGS_TLSKEYFILE"] == "/mattermost/tls/tls.key"
    assert env["MM_SERVICESETTINGS_TLSMINVER"] == "1.2"
    assert env["MM_SERVICESETTINGS_LISTENADDRESS"] == ":8065"
    assert env["MM_SERVICESETTINGS_WEBSOCKETURL"] == ""
    assert env["MM_SERVICESETTINGS_SITEURL"] == "https://chat.oob.example"
    assert env["MM_SERVICESETTINGS_ENABLEINSECUREOUTGOINGCONNECTIONS"] == "false"


def test_a_websocket_may_be_opened_from_both_names() -> None:
    assert found()["MM_SERVICESETTINGS_ALLOWCORSFROM"] == "https://direct.oob.example"


@pytest.mark.parametrize("megabytes", [1, 50, 500])
def test_an_upload_may_be_as_large_at_the_server_as_at_the_proxy(megabytes: int) -> None:
    change = {"mattermost": {"maxUploadMegabytes": megabytes}}
    assert found(change)["MM_FILESETTINGS_MAXFILESIZE"] == str(megabytes * 1024 * 1024)
    assert host_annotations(made_up.stack(change))["nginx.org/client-max-body-size"] == f"{megabytes}m"


def test_gossip_is_encrypted_and_the_cluster_bears_the_name_of_its_environment() -> None:
    env = found()
    assert env["MM_CLUSTERSETTINGS_ENABLE"] == "true"
    assert env["MM_CLUSTERSETTINGS_CLUSTERNAME"] == "oob-test"
    assert env["MM_CLUSTERSETTINGS_ENABLEGOSSIPENCRYPTION"] == "true"
    assert env["MM_CLUSTERSETTINGS_ENABLEGOSSIPCOMPRESSION"] == "false"
    assert env["MM_CLUSTERSETTINGS_GOSSIPPORT"] == "8074"


def test_withdrawn_and_node_specific_keys_are_absent() -> None:
    gone = (
        "STREAMINGPORT|MAXIDLECONNSPERHOST|IDLECONNTIMEOUT|EXPERIMENTALGOSSIP|READONLYCONFIG|OVERRIDEHOSTNAME|NETWORKINTERFACE|"
        "BINDADDRESS|ADVERTISEADDRESS|ATRESTENCRYPTKEY|CWSMOCK|EXPERIMENTALVIEWARCHIVED|REMOTEIMAGEPROXY|BLEVE|CLIENTSIDECERT"
    )
    assert not [key for key in found({"smtp": made_up.SMTP}) if re.search(gone, key)]


def test_without_a_licence_there_is_no_cluster_and_no_audit_trail() -> None:
    env = found(SMALL)
    assert env["MM_CLUSTERSETTINGS_ENABLE"] == "false"
    assert "MM_EXPERIMENTALAUDITSETTINGS_ADVANCEDLOGGINGJSON" not in env


def test_the_audit_trail_leaves_the_pod_by_its_output() -> None:
    text = found()["MM_EXPERIMENTALAUDITSETTINGS_ADVANCEDLOGGINGJSON"]
    assert isinstance(text, str)
    (target,) = json.loads(text).values()
    assert target["type"] == "console"
    assert [level["name"] for level in target["levels"]] == list(AUDIT_LEVELS.values())
    assert found()["MM_LOGSETTINGS_ENABLEFILE"] == "false"
    assert found()["MM_LOGSETTINGS_CONSOLEJSON"] == "true"


PRIVATE = {
    "AIR-40": {"MM_EMAILSETTINGS_SENDPUSHNOTIFICATIONS": "false"},
    "AIR-41": {"MM_SERVICESETTINGS_ENABLEEMAILINVITATIONS": "false"},
    "AIR-42": {"MM_EMAILSETTINGS_REQUIREEMAILVERIFICATION": "false", "MM_EMAILSETTINGS_ENABLESIGNUPWITHEMAIL": "false"},
    "AIR-43": {"MM_SERVICESETTINGS_ENABLELINKPREVIEWS": "false"},
    "AIR-44": {"MM_SERVICESETTINGS_ENABLEGIFPICKER": "false"},
    "AIR-45": {
        "MM_ANNOUNCEMENTSETTINGS_ADMINNOTICESENABLED": "false",
        "MM_ANNOUNCEMENTSETTINGS_USERNOTICESENABLED": "false",
    },
    "AIR-46": {
        "MM_SERVICESETTINGS_ENABLESECURITYFIXALERT": "false",
        "MM_LOGSETTINGS_ENABLEDIAGNOSTICS": "false",
        "MM_LOGSETTINGS_ENABLESENTRY": "false",
    },
    "air-gapped deployment guide": {
        "MM_PLUGINSETTINGS_ENABLEREMOTEMARKETPLACE": "false",
        "MM_PLUGINSETTINGS_ENABLEUPLOADS": "false",
        "MM_CLOUDSETTINGS_DISABLE": "true",
        "MM_SUPPORTSETTINGS_ENABLEASKCOMMUNITYLINK": "false",
        "MM_IMAGEPROXYSETTINGS_IMAGEPROXYTYPE": "local",
    },
}


@pytest.mark.parametrize("row", PRIVATE)
def test_the_private_switch_sets_every_row(row: str) -> None:
    env = found({"mattermost": {"private": True}})
    assert PRIVATE[row].items() <= env.items()


def test_without_the_private_switch_the_product_keeps_its_own_answer() -> None:
    assert "MM_SERVICESETTINGS_ENABLELINKPREVIEWS" not in found({"mattermost": {"private": False}})


def test_the_second_factor_is_enforced_on_every_path_of_sign_in() -> None:
    for sign_in in (SIGN_IN, None):
        env = found(sign_in=sign_in)
        assert env["MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION"] == "true"
        assert env["MM_SERVICESETTINGS_ENFORCEMULTIFACTORAUTHENTICATION"] == "true"
        assert env["MM_EMAILSETTINGS_ENABLESIGNINWITHUSERNAME"] == "true", "the way in when the provider is down (OOB-28)"
        assert env["MM_EMAILSETTINGS_ENABLESIGNUPWITHEMAIL"] == "false"
        assert env["MM_TEAMSETTINGS_ENABLEOPENSERVER"] == "false"
        assert env["MM_GUESTACCOUNTSSETTINGS_ENABLE"] == "false"


def test_the_provider_s_client_is_set_and_its_secret_is_a_reference() -> None:
    env = found()
    assert env["MM_OPENIDSETTINGS_ENABLE"] == "true"
    assert env["MM_OPENIDSETTINGS_SECRET"] == SIGN_IN.secret
    assert env["MM_TEAMSETTINGS_ENABLEUSERCREATION"] == "true", "the provider's people get their account at first sign-in"
    assert env["MM_OPENIDSETTINGS_DISCOVERYENDPOINT"] == SIGN_IN.discovery


def test_with_local_accounts_nobody_but_an_administrator_makes_one() -> None:
    env = found(sign_in=None)
    assert env["MM_OPENIDSETTINGS_ENABLE"] == "false"
    assert env["MM_TEAMSETTINGS_ENABLEUSERCREATION"] == "false"


def test_unused_ways_in_are_off() -> None:
    env = found()
    for name in ("GITLAB", "GOOGLE", "LDAP", "OFFICE365", "SAML"):
        assert env[f"MM_{name}SETTINGS_ENABLE"] == "false"


def test_mail_goes_over_verified_tls_or_not_at_all() -> None:
    assert found()["MM_EMAILSETTINGS_SENDEMAILNOTIFICATIONS"] == "false"
    env = found({"smtp": made_up.SMTP})
    assert env["MM_EMAILSETTINGS_CONNECTIONSECURITY"] == "STARTTLS"
    assert env["MM_EMAILSETTINGS_SKIPSERVERCERTIFICATEVERIFICATION"] == "false"
    assert env["MM_EMAILSETTINGS_SMTPPASSWORD"] == PASSWORD
    assert found({"smtp": made_up.SMTP | {"port": 465}})["MM_EMAILSETTINGS_CONNECTIONSECURITY"] == "TLS"


def test_a_drill_reaches_nobody_whatever_else_is_set() -> None:
    env = found(
        {"smtp": made_up.SMTP, "mattermost": {"private": False}, "banner": {"text": "SECRET", "colour": "#00FF00"}},
        made_up.DRILL,
    )
    neutral = {
        "MM_EMAILSETTINGS_SENDEMAILNOTIFICATIONS": "false",
        "MM_EMAILSETTINGS_SMTPSERVER": "localhost",
        "MM_EMAILSETTINGS_SENDPUSHNOTIFICATIONS": "false",
        "MM_EMAILSETTINGS_PUSHNOTIFICATIONSERVER": "",
        "MM_SERVICESETTINGS_ENABLEINCOMINGWEBHOOKS": "false",
        "MM_SERVICESETTINGS_ENABLEOUTGOINGWEBHOOKS": "false",
        "MM_SERVICESETTINGS_ENABLEOUTGOINGOAUTHCONNECTIONS": "false",
        "MM_SERVICESETTINGS_ENABLECOMMANDS": "false",
        "MM_SERVICESETTINGS_ENABLEOAUTHSERVICEPROVIDER": "false",
        "MM_SERVICESETTINGS_ENABLELINKPREVIEWS": "false",
        "MM_JOBSETTINGS_RUNJOBS": "false",
        "MM_JOBSETTINGS_RUNSCHEDULER": "false",
        "MM_MESSAGEEXPORTSETTINGS_ENABLEEXPORT": "false",
        "MM_CLUSTERSETTINGS_CLUSTERNAME": "drill-quarter-4",
        "MM_ANNOUNCEMENTSETTINGS_ENABLEBANNER": "true",
        "MM_ANNOUNCEMENTSETTINGS_ALLOWBANNERDISMISSAL": "false",
    }
    assert {key: env[key] for key in neutral} == neutral
    assert env["MM_ANNOUNCEMENTSETTINGS_BANNERTEXT"] == DRILL_BANNER.text
    assert DRILL_BANNER.text.startswith("DRILL DRILL DRILL")


def test_live_servers_run_their_jobs() -> None:
    assert found()["MM_JOBSETTINGS_RUNSCHEDULER"] == "true"


def test_a_banner_is_shown_on_every_page_and_cannot_be_put_away() -> None:
    env = found({"banner": {"text": "TOP $(HOME)", "colour": "#FF8C00"}})
    assert env["MM_ANNOUNCEMENTSETTINGS_BANNERTEXT"] == "TOP $$(HOME)", "Kubernetes would put a variable in"
    assert env["MM_ANNOUNCEMENTSETTINGS_BANNERCOLOR"] == "#FF8C00"
    assert env["MM_ANNOUNCEMENTSETTINGS_ALLOWBANNERDISMISSAL"] == "false"
    assert escaped("plain") == "plain"


def test_the_client_s_address_comes_from_the_header_that_only_the_proxy_sets() -> None:
    assert found()["MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER"] == "X-Real-IP"
    assert found()["MM_RATELIMITSETTINGS_ENABLE"] == "true"


@pytest.mark.parametrize("size", list(Size))
def test_every_size_has_room_for_its_people(size: Size) -> None:
    env = found({"size": size.value})
    assert int(str(env["MM_TEAMSETTINGS_MAXUSERSPERTEAM"])) >= SIZES[size].users
    assert env["MM_SQLSETTINGS_MAXOPENCONNS"] == str(SIZES[size].open_connections)
    assert env["MM_SQLSETTINGS_QUERYTIMEOUT"] == "30"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, 2),
        ({"size": "large"}, 3),
        ({"mattermost": {"replicas": 4}}, 4),
        ({"posture": "warm"}, 1),
        ({"posture": "cold"}, 0),
        (SMALL, 1),
        (SMALL | {"size": "medium"}, 1),
    ],
)
def test_the_number_of_servers_follows_size_posture_and_licence(change: Block, wanted: int) -> None:
    of = made_up.stack(change)
    assert replicas(made_up.environment(of), of.mattermost) == wanted


def test_variables_are_sorted_and_secrets_are_references() -> None:
    listed = variables({"B": Reference(secret="s", key="k"), "A": "plain"})
    assert listed == [
        {"name": "A", "value": "plain"},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
    ]
