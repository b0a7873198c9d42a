"""The server's settings as environment variables: pure functions of plain settings, grouped by subject (OOB-46, C-26).

A variable wins over the configuration in the database, is equal on every server and read-only in the console. Keys that
current servers have withdrawn are not set: StreamingPort, MaxIdleConns, MaxIdleConnsPerHost, IdleConnTimeoutMilliseconds,
EnableExperimentalGossipEncryption (AWS-78, AWS-80). OverrideHostname, NetworkInterface, BindAddress and
AdvertiseAddress stay unset: servers find each other by pod address (AWS-79). ReadOnlyConfig has no effect here (AWS-83).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from components.contract import Environment
from components.platform import mattermost_isolation as isolation
from components.platform.mattermost_sign_in import SignIn, other_providers, sign_up_and_in
from components.platform.mattermost_values import Reference, Settings, Value, flag
from components.platform.names import APP_PORT, GOSSIP_PORT, METRICS_PORT
from components.platform.pods import LOCAL_SOCKET
from components.platform.sizes import SIZES, Sizing
from components.sections import Mattermost
from components.settings import Stack

MEGABYTE = 1024 * 1024
TLS_FOLDER = "/mattermost/tls"
QUERY_TIMEOUT_SECONDS = 30  # TLS-22
LONGEST_SITE_NAME = 30  # the server's own limit

# Advanced logging of the audit trail to the container's output, from where it leaves the pod (OOB-122, PREP-51).
AUDIT_LEVELS = {100: "audit-api", 101: "audit-content", 102: "audit-permissions", 103: "audit-cli"}


def settings(
    stack: Stack,
    environment: Environment,
    *,
    files: Mapping[str, Value],
    sign_in: SignIn | None,
    smtp_password: Reference | None,
) -> Settings:
    """Every variable of the server. A drill's come last and win (ADR 0013)."""
    sizing = SIZES[environment.size]
    licensed = stack.mattermost.licensed
    return (
        site(stack, sizing)
        | transport()
        | file_store(stack.mattermost, files)
        | database(sizing)
        | cluster(environment.name, licensed=licensed)
        | observation(licensed=licensed)
        | sign_up_and_in(sign_in)
        | other_providers()
        | rate_limit(sizing)
        | isolation.extensions()
        | isolation.mail(stack.smtp, smtp_password)
        | (isolation.privacy() if stack.mattermost.private else {})
        | isolation.banner(stack.banner)
        | isolation.jobs(running=True)
        | (isolation.drill() if environment.disposable else {})
    )


def site(stack: Stack, sizing: Sizing) -> Settings:
    """Names and room. Both site names may open a websocket: the address of the page is checked (OOB-41, AWS-77)."""
    name = f"Out-of-band {stack.organisation}"
    return {
        "MM_SERVICESETTINGS_SITEURL": f"https://{stack.site.host}",
        "MM_SERVICESETTINGS_ALLOWCORSFROM": f"https://{stack.site.direct_host}",
        "MM_SERVICESETTINGS_WEBSOCKETURL": "",
        "MM_TEAMSETTINGS_SITENAME": name[:LONGEST_SITE_NAME],
        "MM_TEAMSETTINGS_MAXUSERSPERTEAM": str(2 * sizing.users),
        "MM_TEAMSETTINGS_MAXNOTIFICATIONSPERCHANNEL": str(2 * sizing.users),
        "MM_SERVICESETTINGS_ENABLELOCALMODE": "true",
        "MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION": LOCAL_SOCKET,
    }


def transport() -> Settings:
    """TLS at the server itself, and the proxy's word for the client's address (TLS-10, TLS-11, PREP-131)."""
    return {
        "MM_SERVICESETTINGS_LISTENADDRESS": f":{APP_PORT}",
        "MM_SERVICESETTINGS_CONNECTIONSECURITY": "TLS",
        "MM_SERVICESETTINGS_TLSCERTFILE": f"{TLS_FOLDER}/tls.crt",
        "MM_SERVICESETTINGS_TLSKEYFILE": f"{TLS_FOLDER}/tls.key",
        "MM_SERVICESETTINGS_TLSMINVER": "1.2",
        "MM_SERVICESETTINGS_FORWARD80TO443": "false",
        "MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER": "X-Real-IP",
        "MM_SERVICESETTINGS_ENABLEINSECUREOUTGOINGCONNECTIONS": "false",
    }


def file_store(mattermost: Mattermost, files: Mapping[str, Value]) -> Settings:
    """The driver's variables as the cloud gives them; the upload size equals the proxy's body size (PREP-151, C-18)."""
    return dict(files) | {
        "MM_FILESETTINGS_MAXFILESIZE": str(mattermost.max_upload_megabytes * MEGABYTE),
        "MM_FILESETTINGS_ENABLEPUBLICLINK": "false",
    }


def database(sizing: Sizing) -> Settings:
    """How the server uses PostgreSQL. Where it lies is in the Secret that the operator reads (AWS-66, TLS-22)."""
    return {
        "MM_SQLSETTINGS_DRIVERNAME": "postgres",
        "MM_SQLSETTINGS_QUERYTIMEOUT": str(QUERY_TIMEOUT_SECONDS),
        "MM_SQLSETTINGS_MAXOPENCONNS": str(sizing.open_connections),
        "MM_SQLSETTINGS_MAXIDLECONNS": str(sizing.idle_connections),
    }


def cluster(name: str, *, licensed: bool) -> Settings:
    """Servers as one: gossip encrypted, never with another environment, because the name is its own (TLS-24, AWS-78)."""
    return {
        "MM_CLUSTERSETTINGS_ENABLE": flag(licensed),
        "MM_CLUSTERSETTINGS_CLUSTERNAME": name,
        "MM_CLUSTERSETTINGS_GOSSIPPORT": str(GOSSIP_PORT),
        "MM_CLUSTERSETTINGS_USEIPADDRESS": "true",
        "MM_CLUSTERSETTINGS_ENABLEGOSSIPENCRYPTION": "true",
        "MM_CLUSTERSETTINGS_ENABLEGOSSIPCOMPRESSION": "false",
    }


def observation(*, licensed: bool) -> Settings:
    """Metrics on their own port, logs as JSON on the container's output, the audit trail with a licence (PREP-38, PREP-51)."""
    audit = {
        "audit": {
            "type": "console",
            "format": "json",
            "levels": [{"id": number, "name": name} for number, name in AUDIT_LEVELS.items()],
            "options": {"out": "stdout"},
            "maxqueuesize": 1000,
        }
    }
    found: Settings = {
        "MM_METRICSSETTINGS_ENABLE": "true",
        "MM_METRICSSETTINGS_LISTENADDRESS": f":{METRICS_PORT}",
        "MM_LOGSETTINGS_ENABLECONSOLE": "true",
        "MM_LOGSETTINGS_CONSOLELEVEL": "INFO",
        "MM_LOGSETTINGS_CONSOLEJSON": "true",
        "MM_LOGSETTINGS_ENABLECOLOR": "false",
        "MM_LOGSETTINGS_ENABLEFILE": "false",
        "MM_EXPERIMENTALAUDITSETTINGS_FILEENABLED": "false",
    }
    return found | ({"MM_EXPERIMENTALAUDITSETTINGS_ADVANCEDLOGGINGJSON": json.dumps(audit)} if licensed else {})


def rate_limit(sizing: Sizing) -> Settings:
    """The server's own limit, per session; requests without one count by address (PREP-46, PREP-131)."""
    return {
        "MM_RATELIMITSETTINGS_ENABLE": "true",
        "MM_RATELIMITSETTINGS_PERSEC": str(sizing.server_rate),
        "MM_RATELIMITSETTINGS_MAXBURST": str(sizing.server_burst),
        "MM_RATELIMITSETTINGS_MEMORYSTORESIZE": "10000",
        "MM_RATELIMITSETTINGS_VARYBYREMOTEADDR": "true",
        "MM_RATELIMITSETTINGS_VARYBYUSER": "true",
    }
