"""What the platform's network policies need to know of AKS's data plane: plain values, no resources.

Cilium, as AKS runs it, takes an address range in a policy for the world outside the cluster only, never for a node (Cilium's
documentation on entities; "Configure Azure CNI Powered by Cilium"). The API reaches into a private cluster through pods that hold
a connection open to it.
"""

from __future__ import annotations

from components.contract import NativePolicy, PodPeer

KUBELET_PORT = "10250"  # Cilium's policies write ports as text
# Labels as AKS gives them to the pods that carry connections from its API server.
CALLERS = (PodPeer(namespace="kube-system", labels={"app": "konnectivity-agent"}),)


def nodes_metrics() -> NativePolicy:
    """Prometheus may ask the kubelet of each node for its numbers (OOB-124)."""
    return NativePolicy(
        name="scrape-nodes-native",
        namespace="monitoring",
        api_version="cilium.io/v2",
        kind="CiliumNetworkPolicy",
        spec={
            "endpointSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}},
            "egress": [
                {
                    "toEntities": ["host", "remote-node"],
                    "toPorts": [{"ports": [{"port": KUBELET_PORT, "protocol": "TCP"}]}],
                }
            ],
        },
    )
