"""Routes from both site names to Mattermost: what may come in, how fast, how large, and verified on the way in (OOB-39 to 41).

Each name is a host-level Ingress and three paths below it: everything, sign-in with a stricter rate, and the ping path
without the allow-list, for health checkers (OOB-21). One more has no host: the edge asks by address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import PING_PATH
from components.options import child
from components.platform import names
from components.platform.certificates import AUTHORITY_TRUST
from components.platform.ingress import (
    CIPHERS,
    HSTS_SECONDS,
    PROTOCOLS,
    PROXY_SECONDS,
    UPSTREAM_KEEPALIVE,
    body_size,
)
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.pods import object_labels
from components.platform.sizes import SIZES, Sizing
from components.settings import Stack

API_VERSION = "k8s.nginx.org/v1"
LOGIN_PATH = "/api/v4/users/login"
ALLOW_POLICY = "allowed-networks"
VERIFY_POLICY = "verified-servers"
STICKY_COOKIE = "OOBROUTE"
STICKY_SECONDS = 12 * 3600  # AWS-30: as long as at the edge
PINGS_PER_SECOND = 50
TOO_MANY = "429"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often one client address may ask; `each` is s or m."""

    number: int
    each: str
    burst: int


def allow_policy(allowed: Sequence[str]) -> Manifest:
    """Networks of people. The second home of the list that the edge has, in case the edge is bypassed (PREP-130)."""
    return {"ingressClassName": names.INGRESS_CLASS, "accessControl": {"allow": list(allowed)}}


def verify_policy() -> Manifest:
    """The proxy accepts only servers with a certificate of the internal authority for their service name (TLS-06, TLS-08)."""
    return {
        "ingressClassName": names.INGRESS_CLASS,
        "egressMTLS": {
            "trustedCertSecret": AUTHORITY_TRUST,
            "verifyServer": True,
            "verifyDepth": 2,
            "serverName": True,
            "sslName": names.WEB_HOST,
            "protocols": PROTOCOLS,
            "ciphers": CIPHERS,
            "sessionReuse": True,
        },
    }


def host_annotations(stack: Stack) -> dict[str, str]:
    """What holds for the whole name; the paths inherit timeouts, body size and keepalive."""
    return {
        "nginx.org/mergeable-ingress-type": "master",
        "nginx.org/policies": f"{names.INGRESS_NAMESPACE}/{VERIFY_POLICY}",
        "nginx.org/client-max-body-size": body_size(stack.mattermost.max_upload_megabytes),
        "nginx.org/proxy-connect-timeout": f"{PROXY_SECONDS}s",
        "nginx.org/proxy-read-timeout": f"{PROXY_SECONDS}s",
        "nginx.org/proxy-send-timeout": f"{PROXY_SECONDS}s",
        "nginx.org/keepalive": str(UPSTREAM_KEEPALIVE),
        "nginx.org/hsts": "true",
        "nginx.org/hsts-max-age": str(HSTS_SECONDS),
        "nginx.org/redirect-to-https": "true",
        "nginx.org/server-tokens": "false",
    }


def backend_annotations(rate: Rate) -> dict[str, str]:
    """TLS to the servers, and a limit by the client's address (PREP-131, PREP-46)."""
    return {
        "nginx.org/ssl-services": names.WEB_SERVICE,
        "nginx.org/limit-req-rate": f"{rate.number}r/{rate.each}",
        "nginx.org/limit-req-key": "${binary_remote_addr}",
        "nginx.org/limit-req-zone-size": "10m",
        "nginx.org/limit-req-burst": str(rate.burst),
        "nginx.org/limit-req-no-delay": "true",
        "nginx.org/limit-req-scale": "true",  # the rate is of all controllers together
        "nginx.org/limit-req-reject-code": TOO_MANY,
    }


def sticky() -> dict[str, str]:
    """A session stays on one server at this hop too (AWS-30, C-18).

    A cookie of the proxy's own, not a hash of MMCSRF: whoever has no such cookie yet would always meet the same server.
    """
    cookie = f"{STICKY_COOKIE} expires={STICKY_SECONDS // 3600}h path=/ httponly secure samesite=lax"
    return {"nginx.org/sticky-cookie-services": f"serviceName={names.WEB_SERVICE} {cookie}"}


def paths(sizing: Sizing) -> dict[str, tuple[str, str, dict[str, str]]]:
    """The paths of a name: path, its kind, its annotations. Only the ping path is outside the allow-list."""
    people = {"nginx.org/policies": f"{names.INGRESS_NAMESPACE}/{ALLOW_POLICY}"} | sticky()
    everything = Rate(number=sizing.requests_per_second, each="s", burst=sizing.request_burst)
    login = Rate(number=sizing.logins_per_minute, each="m", burst=sizing.login_burst)
    websocket = {"nginx.org/websocket-services": names.WEB_SERVICE}  # PREP-140: Upgrade and Connection headers
    return {
        "application": ("/", "Prefix", people | backend_annotations(everything) | websocket),
        "login": (LOGIN_PATH, "Exact", people | backend_annotations(login)),
        "ping": (PING_PATH, "Exact", backend_annotations(ping_rate())),
    }


def ping_rate() -> Rate:
    """Health checkers ask often, from many addresses; each of them seldom."""
    return Rate(number=PINGS_PER_SECOND, each="s", burst=2 * PINGS_PER_SECOND)


def host_specification(host: str) -> Manifest:
    """A name without paths. No Secret is named: the controller's wildcard certificate serves it."""
    return {
        "ingressClassName": names.INGRESS_CLASS,
        "tls": [{"hosts": [host]}],
        "rules": [{"host": host}],
    }


def path_specification(host: str | None, path: str, kind: str) -> Manifest:
    """One path to our service on 8065 (PREP-135)."""
    backend = {"service": {"name": names.WEB_SERVICE, "port": {"number": names.APP_PORT}}}
    rule: Manifest = {"http": {"paths": [{"path": path, "pathType": kind, "backend": backend}]}}
    return {"ingressClassName": names.INGRESS_CLASS, "rules": [rule | ({"host": host} if host else {})]}


class Routes(ComponentResource):
    """The way in. Made after the servers speak TLS, so that no request meets a half-made hop (TLS-05, TLS-07)."""

    def __init__(self, name: str, inputs: PlatformInputs, parent: Resource, *, depends_on: Sequence[Resource] = ()) -> None:
        super().__init__("oob:platform:Routes", name, None, child(parent, depends_on=depends_on))
        self._labels = object_labels(inputs.environment.labels, "routes")
        self._name = name
        stack = inputs.stack
        policies = [
            self._policy(ALLOW_POLICY, allow_policy([str(network) for network in stack.access.allowed_cidrs])),
            self._policy(VERIFY_POLICY, verify_policy()),
        ]
        for label, host in (("site", stack.site.host), ("direct", stack.site.direct_host)):
            whole = self._ingress(label, host_annotations(stack), host_specification(host), policies)
            for part, (path, kind, extra) in paths(SIZES[inputs.environment.size]).items():
                self._ingress(
                    f"{label}-{part}",
                    extra | {"nginx.org/mergeable-ingress-type": "minion"},
                    path_specification(host, path, kind),
                    [whole],
                )
        self._ingress(
            "health",
            backend_annotations(ping_rate()) | {"nginx.org/policies": f"{names.INGRESS_NAMESPACE}/{VERIFY_POLICY}"},
            path_specification(None, PING_PATH, "Exact"),
            policies,
        )
        self.register_outputs({})

    def _policy(self, policy: str, spec: Manifest) -> Resource:
        return kubernetes.apiextensions.CustomResource(
            f"{self._name}-{policy}",
            api_version=API_VERSION,
            kind="Policy",
            metadata={"name": policy, "namespace": names.INGRESS_NAMESPACE, "labels": self._labels},
            spec=spec,
            opts=child(self),
        )

    def _ingress(self, label: str, annotations: dict[str, str], spec: Manifest, after: Sequence[Resource]) -> Resource:
        """An Ingress. Nobody writes its status here, so nothing waits for one."""
        return kubernetes.networking.v1.Ingress(
            f"{self._name}-{label}",
            metadata={
                "name": label,
                "namespace": names.MATTERMOST_NAMESPACE,
                "labels": self._labels,
                "annotations": {"pulumi.com/skipAwait": "true"} | annotations,
            },
            spec=spec,
            opts=child(self, depends_on=list(after)),
        )
