"""The ingress controller: F5's NGINX, behind the edge at one fixed port or address (OOB-38, AIR-20, C-17, PREP-128 to PREP-153).

It watches two namespaces and reads Secrets of its own namespace only: the proxy that the world talks to cannot read the
application's Secrets. For that the routes' certificate is its wildcard certificate, and policies lie beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import Entry, NodePort, ServiceAccount
from components.options import child
from components.platform import names
from components.platform.certificates import INGRESS_SECRET
from components.platform.flows import HTTPS, INGRESS_PODS, NGINX_METRICS
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.pods import apart, object_labels, spreading
from components.platform.releases import release
from components.platform.rights import READ, grant, rule
from components.platform.sizes import SIZES, Sizing

ACCOUNT = ServiceAccount(namespace=names.INGRESS_NAMESPACE, name="nginx-ingress")
PROXY_SECONDS = 90  # PREP-150
UPSTREAM_KEEPALIVE = 32  # PREP-134
HSTS_SECONDS = 15768000  # PREP-149: six months
KEEPALIVE_SECONDS = 120  # longer than the edge's idle timeout, so that the edge never meets a closed connection
BUFFER = "16k"  # of an answer's headers: signing in sets several cookies and leads on to long addresses
OPEN_FILES = 49152  # AWS-72
# It runs as nobody, and may listen on 443 whatever the nodes' runtime thinks of low ports. Level `restricted` allows this sysctl.
POD_SECURITY = {
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
    "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
}
# Forward secrecy and authenticated encryption only (PREP-148); TLS 1.3 brings its own.
CIPHERS = ":".join(
    f"ECDHE-{key}-{cipher}"
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
    for key in ("ECDSA", "RSA")
)
PROTOCOLS = "TLSv1.2 TLSv1.3"  # PREP-147
# One JSON object a request (PREP-136). The path without its query: that may hold a sign-in code.
LOG = {
    "time": "$time_iso8601",
    "client": "$remote_addr",
    "peer": "$realip_remote_addr",
    "host": "$host",
    "method": "$request_method",
    "path": "$uri",
    "status": "$status",
    "bytes": "$body_bytes_sent",
    "seconds": "$request_time",
    "upstream": "$upstream_addr",
    "upstreamStatus": "$upstream_status",
    "upstreamSeconds": "$upstream_response_time",
    "tls": "$ssl_protocol",
    "cipher": "$ssl_cipher",
    "agent": "$http_user_agent",
    "id": "$request_id",
}


def body_size(megabytes: int) -> str:
    """The largest upload as NGINX writes it (PREP-151)."""
    return f"{megabytes}m"


def entries(edge_cidrs: Sequence[str], max_upload_megabytes: int) -> dict[str, str]:
    """NGINX' global configuration. The client's address comes from the edge's header, and from nobody else's.

    Where the access log goes is not said: it goes to the container's output, and any other place but syslog is refused.
    """
    log = ",".join(f'"{key}":"{variable}"' for key, variable in LOG.items())
    found = {
        "client-max-body-size": body_size(max_upload_megabytes),
        "default-server-return": "404",
        "error-log-level": "warn",
        "hsts": "True",
        "hsts-include-subdomains": "False",
        "hsts-max-age": str(HSTS_SECONDS),
        "keepalive": str(UPSTREAM_KEEPALIVE),
        "keepalive-requests": "10000",
        "keepalive-timeout": f"{KEEPALIVE_SECONDS}s",
        "log-format": "{" + log + "}",
        "log-format-escaping": "json",
        "proxy-buffer-size": BUFFER,
        "proxy-buffers": f"16 {BUFFER}",
        "proxy-connect-timeout": f"{PROXY_SECONDS}s",
        "proxy-read-timeout": f"{PROXY_SECONDS}s",
        "proxy-send-timeout": f"{PROXY_SECONDS}s",
        "redirect-to-https": "True",
        "server-tokens": "False",
        "ssl-ciphers": CIPHERS,
        "ssl-prefer-server-ciphers": "True",
        "ssl-protocols": PROTOCOLS,
        "worker-connections": "16384",
        "worker-processes": "auto",
        "worker-rlimit-nofile": str(OPEN_FILES),
        "worker-shutdown-timeout": f"{PROXY_SECONDS}s",
    }
    if not edge_cidrs:
        return found
    return found | {
        "real-ip-header": "X-Forwarded-For",
        "real-ip-recursive": "True",
        "set-real-ip-from": ",".join(edge_cidrs),
    }


def service(entry: Entry, edge_cidrs: Sequence[str]) -> Manifest:
    """The Service that the edge reaches, TLS only.

    The address of the sender survives only with Local; then a node without this pod answers nothing (OOB-21).
    """
    https: Manifest = {"enable": True, "port": HTTPS, "targetPort": HTTPS}
    found: Manifest = {
        "create": True,
        "externalTrafficPolicy": "Local",
        "httpPort": {"enable": False},
    }
    if isinstance(entry, NodePort):
        return found | {"type": "NodePort", "httpsPort": https | {"nodePort": entry.port}}
    return found | {
        "type": "LoadBalancer",
        "annotations": dict(entry.annotations),
        "loadBalancerSourceRanges": list(edge_cidrs),
        "httpsPort": https,
    }


def controller(images: Images, sizing: Sizing, config: dict[str, str], entry: Entry, edge_cidrs: Sequence[str]) -> Manifest:
    """The chart's `controller` block."""
    reference = images["nginx-ingress"]
    digest = {"digest": reference.digest} if reference.digest else {}
    secret = f"{names.INGRESS_NAMESPACE}/{INGRESS_SECRET}"
    return {
        "kind": "deployment",
        "replicaCount": sizing.ingress_replicas,
        "image": {"repository": reference.name, "tag": reference.tag, "pullPolicy": "IfNotPresent", **digest},
        "resources": sizing.ingress.block(),
        "initContainerResources": sizing.ingress.block(),
        "readOnlyRootFilesystem": True,
        "podSecurityContext": POD_SECURITY,
        "serviceAccount": {"name": ACCOUNT.name},
        "ingressClass": {"name": names.INGRESS_CLASS, "create": True, "setAsDefaultIngress": False},
        "watchNamespace": f"{names.MATTERMOST_NAMESPACE},{names.INGRESS_NAMESPACE}",
        "watchSecretNamespace": names.INGRESS_NAMESPACE,
        "enableCustomResources": True,
        "enableSnippets": False,
        "enableConfigSafety": True,  # PREP-152: a faulty configuration is never loaded
        "enableSSLDynamicReload": True,
        "allowEmptyIngressHost": True,  # the edge's health check names no host
        "disableIPV6": True,
        "logFormat": "json",
        "telemetryReporting": {"enable": False},
        "reportIngressStatus": {"enable": False, "enableLeaderElection": False},
        "config": {"entries": config},
        "defaultTLS": {"secret": secret},
        "wildcardTLS": {"secret": secret},
        "service": service(entry, edge_cidrs),
        # PREP-153: leave the edge's list first, then finish open requests.
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "minReadySeconds": 10,
        "lifecycle": {"preStop": {"sleep": {"seconds": 20}}},
        "terminationGracePeriodSeconds": PROXY_SECONDS + 30,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "affinity": apart(INGRESS_PODS),
        "topologySpreadConstraints": spreading(INGRESS_PODS),
    }


def everywhere() -> list[Manifest]:
    """Rights in the cluster: to find its class and to see that its namespaces exist."""
    return [
        rule("networking.k8s.io", ["ingressclasses"], ["get", "list"]),
        rule("", ["namespaces"], ["get"], [names.INGRESS_NAMESPACE, names.MATTERMOST_NAMESPACE]),
    ]


def watching() -> list[Manifest]:
    """Rights in each watched namespace: routes, their endpoints, policies. No Secrets."""
    resources = ["virtualservers", "virtualserverroutes", "transportservers", "policies"]
    return [
        rule("", ["pods", "services"], READ),
        rule("", ["events"], ["create", "patch", "list"]),
        rule("discovery.k8s.io", ["endpointslices"], READ),
        rule("networking.k8s.io", ["ingresses"], READ),
        rule("k8s.nginx.org", resources, READ),
        rule("k8s.nginx.org", [f"{resource}/status" for resource in resources], ["update"]),
    ]


def own() -> list[Manifest]:
    """Rights in the controller's own namespace: its certificates and configuration."""
    return [
        *watching(),
        rule("", ["configmaps", "secrets"], READ),
        rule("", ["pods"], ["update"]),
        rule("apps", ["replicasets"], ["get"]),
    ]


class Ingress(ComponentResource):
    """`ready` is the running controller."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Ingress", name, None, child(parent, depends_on=depends_on))
        labels = object_labels(inputs.environment.labels, "ingress")
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata={"name": ACCOUNT.name, "namespace": ACCOUNT.namespace, "labels": labels},
            automount_service_account_token=False,  # the controller's pod asks for its token itself
            opts=child(self),
        )
        rights = [
            *grant(self, f"{name}-everywhere", ACCOUNT.name, ACCOUNT, everywhere(), labels),
            *grant(self, f"{name}-watching", ACCOUNT.name, ACCOUNT, watching(), labels, names.MATTERMOST_NAMESPACE),
            *grant(self, f"{name}-own", ACCOUNT.name, ACCOUNT, own(), labels, names.INGRESS_NAMESPACE),
        ]
        config = entries(inputs.network.edge_cidrs, inputs.stack.mattermost.max_upload_megabytes)
        self.ready: Resource = release(
            f"{name}-release",
            "nginx-ingress",
            names.INGRESS_NAMESPACE,
            {
                "controller": controller(
                    images,
                    SIZES[inputs.environment.size],
                    config,
                    inputs.cluster.ingress,
                    inputs.network.edge_cidrs,
                ),
                "rbac": {"create": False},
                "prometheus": {"create": True, "port": NGINX_METRICS},
            },
            child(self, depends_on=[account, *rights, *depends_on]),
        )
        self.register_outputs({})
