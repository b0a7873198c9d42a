"""The blocks of the application gateway, which name each other by id: plain data, no resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_azure_native import network

from components.contract import PING_PATH

# TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only. "Application Gateway TLS policy overview".
TLS_POLICY = "AppGwSslPolicy20220101S"
HSTS = "max-age=15768000"  # PREP-149: six months, as at the ingress
HTTP, HTTPS = 80, 443
DRAIN_SECONDS = 30  # open WebSockets are closed by the ingress before; the rest is short
PROBE_SECONDS, PROBE_TIMEOUT, PROBE_FAILURES = 10, 5, 3
CERTIFICATE, AUTHORITY, FRONTEND, TARGET = "edge", "internal-authority", "public", "ingress"
BACKEND, PROBE, REWRITES, REDIRECT = "ingress", "ping", "headers", "to-https"
PLAIN, SECURE = "http", "https"


@dataclass(frozen=True, slots=True)
class Parts:
    """Ids of a gateway's parts: known before it exists, since they are made of names."""

    subscription: str
    group: str
    gateway: str

    def __call__(self, kind: str, name: str) -> network.SubResourceArgsDict:
        home = f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        return {"id": f"{home}/providers/Microsoft.Network/applicationGateways/{self.gateway}/{kind}/{name}"}


def certificate_data(pem: str) -> str:
    """A certificate as the gateway takes it: DER in base 64, which is the PEM without its first and last line."""
    return "".join(line for line in pem.splitlines() if line and not line.startswith("-----"))


def ports() -> list[network.ApplicationGatewayFrontendPortArgsDict]:
    return [{"name": PLAIN, "port": HTTP}, {"name": SECURE, "port": HTTPS}]


def probe(host: str) -> network.ApplicationGatewayProbeArgsDict:
    """Whether Mattermost answers behind the ingress controller (AWS-28). Without an answer of 200 nothing is forwarded."""
    return {
        "name": PROBE,
        "protocol": "Https",
        "host": host,
        "path": PING_PATH,
        "interval": PROBE_SECONDS,
        "timeout": PROBE_TIMEOUT,
        "unhealthy_threshold": PROBE_FAILURES,
        "match": {"status_codes": ["200"]},
    }


def backend(parts: Parts, idle_seconds: int) -> network.ApplicationGatewayBackendHttpSettingsArgsDict:
    """How the target is spoken to (PREP-150, AWS-30).

    The host that the client asked for goes on, as header and as TLS name: a WebSocket from another host than the header's is
    refused by Mattermost. The gateway's own cookie lasts as long as the browser is open and has one target to point to; which
    pod serves a session for twelve hours is decided by the ingress controller, by the cookie MMCSRF.
    """
    return {
        "name": BACKEND,
        "port": HTTPS,
        "protocol": "Https",
        "pick_host_name_from_backend_address": False,
        "request_timeout": idle_seconds,
        "cookie_based_affinity": "Enabled",
        "affinity_cookie_name": "ApplicationGatewayAffinity",
        "connection_draining": {"enabled": True, "drain_timeout_in_sec": DRAIN_SECONDS},
        "probe": parts("probes", PROBE),
        "trusted_root_certificates": [parts("trustedRootCertificates", AUTHORITY)],
    }


def listeners(parts: Parts, hosts: Sequence[str]) -> list[network.ApplicationGatewayHttpListenerArgsDict]:
    """443 serves our hosts and 80 says where 443 is; any other host is answered with an error by the gateway itself.

    A TLS name is not required, since Traffic Manager's probes send none; its probes carry the host as a header.
    """
    return [
        {
            "name": SECURE,
            "protocol": "Https",
            "host_names": list(hosts),
            "require_server_name_indication": False,
            "frontend_ip_configuration": parts("frontendIPConfigurations", FRONTEND),
            "frontend_port": parts("frontendPorts", SECURE),
            "ssl_certificate": parts("sslCertificates", CERTIFICATE),
        },
        {
            "name": PLAIN,
            "protocol": "Http",
            "host_names": list(hosts),
            "frontend_ip_configuration": parts("frontendIPConfigurations", FRONTEND),
            "frontend_port": parts("frontendPorts", PLAIN),
        },
    ]


def rewrites() -> network.ApplicationGatewayRewriteRuleSetArgsDict:
    """Addresses without ports in X-Forwarded-For; strict transport security; no word on what serves."""
    return {
        "name": REWRITES,
        "rewrite_rules": [
            {
                "name": "headers",
                "rule_sequence": 100,
                "action_set": {
                    "request_header_configurations": [
                        {"header_name": "X-Forwarded-For", "header_value": "{var_add_x_forwarded_for_proxy}"},
                        {"header_name": "X-Real-IP", "header_value": "{var_client_ip}"},
                    ],
                    "response_header_configurations": [
                        {"header_name": "Strict-Transport-Security", "header_value": HSTS},
                        {"header_name": "Server", "header_value": ""},
                    ],
                },
            }
        ],
    }


def redirect(parts: Parts) -> network.ApplicationGatewayRedirectConfigurationArgsDict:
    """AWS-35, PREP-138."""
    return {
        "name": REDIRECT,
        "redirect_type": "Permanent",
        "target_listener": parts("httpListeners", SECURE),
        "include_path": True,
        "include_query_string": True,
    }


def routes(parts: Parts) -> list[network.ApplicationGatewayRequestRoutingRuleArgsDict]:
    """Everything on 443 to the ingress controller, everything on 80 to 443."""
    return [
        {
            "name": SECURE,
            "priority": 100,
            "rule_type": "Basic",
            "http_listener": parts("httpListeners", SECURE),
            "backend_address_pool": parts("backendAddressPools", TARGET),
            "backend_http_settings": parts("backendHttpSettingsCollection", BACKEND),
            "rewrite_rule_set": parts("rewriteRuleSets", REWRITES),
        },
        {
            "name": PLAIN,
            "priority": 200,
            "rule_type": "Basic",
            "http_listener": parts("httpListeners", PLAIN),
            "redirect_configuration": parts("redirectConfigurations", REDIRECT),
        },
    ]
