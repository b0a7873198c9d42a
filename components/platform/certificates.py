"""Certificates inside the cluster: cert-manager, an issuer that is the internal authority, and what it issues (TLS-08, PREP-145).

The server reads its certificate only at start. It is renewed 120 days early, and servers start anew with every rotation
of secrets, at most 90 days apart (OOB-125): an old certificate is never served to its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Input, Output, Resource

from components.options import child
from components.platform import names
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.pods import object_labels
from components.platform.releases import release
from components.platform.sizes import CONTROLLER
from components.sections import Size

API_VERSION = "cert-manager.io/v1"
ISSUER = "internal-authority"
AUTHORITY_SECRET = "internal-authority"  # noqa: S105 a name
SERVER_SECRET = "mattermost-tls"  # noqa: S105 a name
INGRESS_SECRET = "ingress-tls"  # noqa: S105 a name
AUTHORITY_TRUST = "internal-authority-trust"
DURATION = f"{365 * 24}h0m0s"  # TLS-08
RENEW_BEFORE = f"{120 * 24}h0m0s"
KEY = {"algorithm": "RSA", "size": 4096, "encoding": "PKCS1", "rotationPolicy": "Always"}  # TLS-08
WAIT_SECONDS = 300


def server_names() -> tuple[str, ...]:
    """Every name under which a pod may call the servers: our service, and the operator's."""
    services = (names.WEB_SERVICE, names.MATTERMOST)
    suffixes = (f"{names.MATTERMOST_NAMESPACE}.svc", f"{names.MATTERMOST_NAMESPACE}.svc.{names.CLUSTER_DOMAIN}")
    return tuple(f"{service}.{suffix}" for service in services for suffix in suffixes)


def image(images: Images, name: str) -> dict[str, str]:
    """An image as this chart wants it."""
    reference = images[name]
    return {"repository": reference.name, "tag": reference.tag} | ({"digest": reference.digest} if reference.digest else {})


def values(images: Images, size: Size, *, disposable: bool) -> Manifest:
    """Two of each where people depend on it; definitions stay when the release goes, except in a drill."""
    replicas = 1 if size is Size.SMALL else 2
    budget = {"enabled": replicas > 1, "minAvailable": 1}
    resources = CONTROLLER.block()
    return {
        "crds": {"enabled": True, "keep": not disposable},
        "global": {"leaderElection": {"namespace": names.CERTIFICATES_NAMESPACE}},
        "replicaCount": replicas,
        "podDisruptionBudget": budget,
        "image": image(images, "cert-manager-controller"),
        "resources": resources,
        "prometheus": {"enabled": True},
        "webhook": {
            "replicaCount": replicas,
            "podDisruptionBudget": budget,
            "image": image(images, "cert-manager-webhook"),
            "resources": resources,
        },
        "cainjector": {"replicaCount": replicas, "image": image(images, "cert-manager-cainjector"), "resources": resources},
        "acmesolver": {"image": image(images, "cert-manager-acmesolver")},
        "startupapicheck": {"image": image(images, "cert-manager-startupapicheck"), "resources": resources},
    }


def certificate(secret: str, dns_names: Sequence[str]) -> Manifest:
    """The specification of a server certificate from the internal authority."""
    return {
        "secretName": secret,
        "dnsNames": list(dns_names),
        "duration": DURATION,
        "renewBefore": RENEW_BEFORE,
        "privateKey": KEY,
        "usages": ["digital signature", "key encipherment", "server auth"],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": ISSUER},
    }


class Certificates(ComponentResource):
    """`server` and `ingress` are ready certificates; their Secrets exist when these do."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Certificates", name, None, child(parent, depends_on=depends_on))
        self._name = name
        self._labels = object_labels(inputs.environment.labels, "certificates")
        environment, site = inputs.environment, inputs.stack.site
        self._manager = release(
            f"{name}-cert-manager",
            "cert-manager",
            names.CERTIFICATES_NAMESPACE,
            values(images, environment.size, disposable=environment.disposable),
            child(self, depends_on=depends_on),
        )
        issuer = self._issuer(inputs.authority.certificate_pem, inputs.authority.key_pem)
        self.server: Resource = self._certificate(names.MATTERMOST_NAMESPACE, SERVER_SECRET, server_names(), issuer)
        self.ingress: Resource = self._certificate(names.INGRESS_NAMESPACE, INGRESS_SECRET, (site.host, site.direct_host), issuer)
        # The proxy verifies the servers against this; its controller accepts no other type (TLS-08, C-08).
        self.proxy_trust: Resource = kubernetes.core.v1.Secret(
            f"{name}-ingress-trust",
            type="nginx.org/ca",
            metadata=self._metadata(names.INGRESS_NAMESPACE, AUTHORITY_TRUST),
            string_data={"ca.crt": inputs.authority.certificate_pem},
            opts=child(self),
        )
        # For pods that call the servers themselves.
        self.pod_trust: Resource = kubernetes.core.v1.ConfigMap(
            f"{name}-backup-trust",
            metadata=self._metadata(names.BACKUP_NAMESPACE, AUTHORITY_TRUST),
            data={"ca.pem": inputs.authority.certificate_pem},
            opts=child(self),
        )
        self.register_outputs({})

    def _metadata(self, namespace: str, name: str, annotations: Mapping[str, Input[str]] | None = None) -> Manifest:
        return {"name": name, "namespace": namespace, "labels": self._labels, "annotations": dict(annotations or {})}

    def _issuer(self, certificate_pem: Output[str], key_pem: Output[str]) -> Resource:
        """An issuer for the cluster: the authority's key lies in cert-manager's own namespace, where no other pod can read it."""
        secret = kubernetes.core.v1.Secret(
            f"{self._name}-authority",
            type="kubernetes.io/tls",
            metadata=self._metadata(names.CERTIFICATES_NAMESPACE, AUTHORITY_SECRET),
            string_data={"tls.crt": certificate_pem, "tls.key": key_pem},
            opts=child(self),
        )
        return kubernetes.apiextensions.CustomResource(
            f"{self._name}-issuer",
            api_version=API_VERSION,
            kind="ClusterIssuer",
            metadata={"name": ISSUER, "labels": self._labels, "annotations": {"pulumi.com/waitFor": "condition=Ready"}},
            spec={"ca": {"secretName": AUTHORITY_SECRET}},
            opts=child(self, depends_on=[self._manager, secret]),
        )

    def _certificate(self, namespace: str, secret: str, dns_names: Sequence[str], issuer: Resource) -> Resource:
        waiting = {"pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": str(WAIT_SECONDS)}
        return kubernetes.apiextensions.CustomResource(
            f"{self._name}-{secret}",
            api_version=API_VERSION,
            kind="Certificate",
            metadata=self._metadata(namespace, secret, waiting),
            spec=certificate(secret, dns_names),
            opts=child(self, depends_on=[issuer]),
        )
