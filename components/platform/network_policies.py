"""Network policies: deny everything in every namespace, then one policy for each row of the flow table (OOB-20, OOB-101).

What a cluster's data plane cannot take from the standard policies, its cloud gives in that plane's own dialect.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.options import child
from components.platform.flows import NAMESPACES, Addresses, Flow, Pods, table
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.pods import object_labels

NAMESPACE_LABEL = "kubernetes.io/metadata.name"  # set by Kubernetes itself, so nobody can pretend to be another namespace
DENY = "deny-all"


def peer(peer: Pods | Addresses) -> Manifest:
    """One NetworkPolicyPeer."""
    if isinstance(peer, Addresses):
        block: Manifest = {"cidr": peer.cidr}
        return {"ipBlock": block | ({"except": list(peer.without)} if peer.without else {})}
    found: Manifest = {"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: peer.namespace}}}
    return found | ({"podSelector": {"matchLabels": dict(peer.labels)}} if peer.labels else {})


def specification(flow: Flow) -> Manifest:
    """The specification of a NetworkPolicy for one row."""
    side, rule = ("from", "ingress") if flow.direction == "Ingress" else ("to", "egress")
    content: Manifest = {side: [peer(each) for each in flow.peers]}
    if flow.ports:
        content["ports"] = [{"protocol": port.protocol, "port": port.number} for port in flow.ports]
    selector: Manifest = {"matchLabels": dict(flow.pods)} if flow.pods else {}
    return {"podSelector": selector, "policyTypes": [flow.direction], rule: [content]}


def denial() -> Manifest:
    """The specification that refuses every connection of every pod."""
    return {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


class NetworkPolicies(ComponentResource):
    """`denials` are the default-deny policies by namespace: pods must not start before theirs."""

    def __init__(self, name: str, inputs: PlatformInputs, parent: Resource, *, depends_on: Sequence[Resource] = ()) -> None:
        super().__init__("oob:platform:NetworkPolicies", name, None, child(parent, depends_on=depends_on))
        labels = object_labels(inputs.environment.labels, "network-policies")
        self.denials: dict[str, Resource] = {
            namespace: kubernetes.networking.v1.NetworkPolicy(
                f"{name}-{namespace}-{DENY}",
                metadata={"name": DENY, "namespace": namespace, "labels": labels},
                spec=denial(),
                opts=child(self),
            )
            for namespace in NAMESPACES
        }
        for flow in table(inputs.stack, inputs.network, inputs.cluster):
            kubernetes.networking.v1.NetworkPolicy(
                f"{name}-{flow.namespace}-{flow.name}",
                metadata={
                    "name": flow.name,
                    "namespace": flow.namespace,
                    "labels": labels,
                    "annotations": {"oob.example/requirements": flow.requirement},
                },
                spec=specification(flow),
                opts=child(self),
            )
        for policy in inputs.cluster.native_policies:
            kubernetes.apiextensions.CustomResource(
                f"{name}-{policy.namespace}-{policy.name}",
                api_version=policy.api_version,
                kind=policy.kind,
                metadata={"name": policy.name, "namespace": policy.namespace, "labels": labels},
                spec=dict(policy.spec),
                opts=child(self),
            )
        self.register_outputs({})
