"""The Mattermost operator: definitions at its own tag, a pinned release, and only the rights it needs (OOB-42, OOB-123).

The chart's own role lets the operator write Secrets, roles and Deployments in every namespace. Here it reads what it
watches everywhere, because its cache has no other mode, and writes in Mattermost's namespace alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import ServiceAccount
from components.options import child
from components.platform import names
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.pods import CONTAINER_SECURITY, object_labels, pod_security
from components.platform.releases import release
from components.platform.rights import READ, grant, rule
from components.versions import OPERATOR_CRDS

ACCOUNT = ServiceAccount(namespace=names.OPERATOR_NAMESPACE, name="mattermost-operator")  # the chart's name for it
USER = 65532  # `nonroot` of the image
# All three kinds that this operator watches: it ends if a definition is missing.
DEFINITIONS = (
    "installation.mattermost.com_mattermosts.yaml",
    "mattermost.com_clusterinstallations.yaml",
    "mattermost.com_mattermostrestoredbs.yaml",
)


def definitions(given: str | None, operator_version: str) -> list[str]:
    """Where the definitions lie: what the stack file gives (one file or pattern with all three), or the operator's tag."""
    if given is not None:
        return [given]
    folder = OPERATOR_CRDS.format(tag=f"v{operator_version}").rpartition("/")[0]
    return [f"{folder}/{name}" for name in DEFINITIONS]


def values(images: Images) -> Manifest:
    """Chart values. The chart knows neither digests nor resources: the digest rides on the tag, limits come by LimitRange."""
    reference = images["mattermost-operator"]
    tag = f"{reference.tag}@{reference.digest}" if reference.digest else reference.tag
    return {
        "mattermostOperator": {
            "replicas": 1,
            "image": {"repository": reference.name, "tag": tag, "pullPolicy": "IfNotPresent"},
            "rbac": {"create": False},
            "serviceAccount": {"create": True},
        },
        "podSecurityContext": pod_security(USER),
        "securityContext": CONTAINER_SECURITY,
    }


def watching() -> list[Manifest]:
    """What the operator reads in the whole cluster."""
    return [
        rule("", ["secrets", "serviceaccounts", "services"], READ),
        rule("apps", ["deployments"], READ),
        rule("batch", ["jobs"], READ),
        rule("networking.k8s.io", ["ingressclasses", "ingresses"], READ),
        rule("rbac.authorization.k8s.io", ["rolebindings", "roles"], READ),
        rule("installation.mattermost.com", ["mattermosts"], READ),
        rule("mattermost.com", ["clusterinstallations", "mattermostrestoredbs"], READ),
    ]


def managing() -> list[Manifest]:
    """What the operator writes, in Mattermost's namespace."""
    write = ["create", "delete", "patch", "update"]
    return [
        rule("", ["services"], write),
        rule("", ["pods"], READ),
        rule("", ["events"], ["create", "patch"]),
        rule("apps", ["deployments"], write),
        rule("apps", ["replicasets"], READ),
        rule("batch", ["jobs"], write),
        rule("rbac.authorization.k8s.io", ["rolebindings", "roles"], write),
        rule("installation.mattermost.com", ["mattermosts"], ["patch", "update"]),
        rule("installation.mattermost.com", ["mattermosts/status"], ["get", "patch", "update"]),
        rule("installation.mattermost.com", ["mattermosts/finalizers"], ["update"]),
    ]


def leading() -> list[Manifest]:
    """What electing a leader needs, in the operator's own namespace."""
    return [
        rule("coordination.k8s.io", ["leases"], ["create", "get", "list", "patch", "update", "watch"]),
        rule("", ["configmaps"], ["create", "get", "list", "patch", "update", "watch"]),
        rule("", ["events"], ["create", "patch"]),
    ]


class Operator(ComponentResource):
    """`ready` is the running operator."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Operator", name, None, child(parent, depends_on=depends_on))
        labels = object_labels(inputs.environment.labels, "operator")
        made = kubernetes.yaml.v2.ConfigGroup(
            f"{name}-definitions",
            files=definitions(inputs.stack.images.operator_crds, inputs.stack.mattermost.operator_version),
            opts=child(self),
        )
        rights = [
            *grant(self, f"{name}-watching", ACCOUNT.name, ACCOUNT, watching(), labels),
            *grant(self, f"{name}-managing", ACCOUNT.name, ACCOUNT, managing(), labels, names.MATTERMOST_NAMESPACE),
            *grant(self, f"{name}-leading", ACCOUNT.name, ACCOUNT, leading(), labels, names.OPERATOR_NAMESPACE),
        ]
        self.ready: Resource = release(
            f"{name}-release",
            "mattermost-operator",
            names.OPERATOR_NAMESPACE,
            values(images),
            child(self, depends_on=[made, *rights, *depends_on]),
            skip_crds=True,
        )
        self.register_outputs({})
