"""Rows of the alarm table: the cluster and the way out of it (OOB-59, AWS-08). Plain functions of ids.

Metrics: "Supported metrics for Microsoft.ContainerService/managedClusters" and "for Microsoft.Network/azureFirewalls".
"""

from __future__ import annotations

from pulumi import Input

from components.clouds.azure import queries
from components.clouds.azure.alarms import Alarm, Metric, Query, Side

CLUSTER = "Microsoft.ContainerService/managedClusters"
FIREWALL = "Microsoft.Network/azureFirewalls"
FULL = 90  # percent


def cluster(cluster_id: Input[str]) -> list[Alarm]:
    """The API, the autoscaler and the machines, as Azure itself measures them; what happens in pods is Prometheus' part."""

    def measured(metric: str, threshold: float, minutes: int, **dimensions: tuple[str, ...]) -> Metric:
        return Metric(
            scope=cluster_id,
            namespace=CLUSTER,
            metric=metric,
            side=Side.ABOVE,
            threshold=threshold,
            minutes=minutes,
            dimensions=dimensions,
        )

    return [
        Alarm(
            name="api-silent",
            means="The cluster's control plane has written nothing for half an hour.",
            first="open a tunnel and ask kubectl for the nodes; look at the page Service Health.",
            rows=("OOB-59", "OOB-124"),
            subject="cluster",
            source=Query(
                text=queries.count("AKSControlPlane", "isnotempty(Category)"),
                minutes=30,
                side=Side.BELOW,
                threshold=1,
                counted=queries.SEEN,
            ),
            drill=True,
        ),
        Alarm(
            name="api-busy",
            means="The cluster's API uses nearly all of its processor: controllers, operators and backups wait.",
            first="read the control plane's log for whoever asks so much.",
            rows=("OOB-59", "AWS-94"),
            subject="cluster",
            source=measured("apiserver_cpu_usage_percentage", FULL, 15),
            drill=True,
        ),
        Alarm(
            name="pods-without-node",
            means="Pods have found no node for half an hour: the cluster cannot grow.",
            first="look at the autoscaler's log and at the subscription's quota of processors.",
            rows=("OOB-60", "PREP-57"),
            subject="cluster",
            source=measured("cluster_autoscaler_unschedulable_pods_count", 0, 30),
            drill=True,
        ),
        Alarm(
            name="machine-failed",
            means="A machine of the cluster is not ready.",
            first="drain it and let the pool replace it; pods move meanwhile.",
            rows=("OOB-59", "AWS-94"),
            subject="cluster",
            source=measured("kube_node_status_condition", 0, 15, condition=("Ready",), status2=("NotReady",)),
            drill=True,
        ),
        Alarm(
            name="machine-disk",
            means="The disk of a machine is nearly full.",
            first="look for images and logs on it; the pool can replace it.",
            rows=("OOB-59", "AWS-94"),
            subject="cluster",
            source=measured("node_disk_usage_percentage", FULL, 15),
        ),
    ]


def network(firewall_id: Input[str] | None) -> list[Alarm]:
    """The way out. Behind a NAT gateway, which answers to no rule here, nothing."""
    if firewall_id is None:
        return []
    return [
        Alarm(
            name="nat-ports",
            means="The firewall has hardly any free ports: connections out of the private network fail.",
            first="find what opens so many connections in the flow logs; it may be an intruder.",
            rows=("AWS-08", "AWS-94"),
            subject="network",
            source=Metric(
                scope=firewall_id,
                namespace=FIREWALL,
                metric="SNATPortUtilization",
                side=Side.ABOVE,
                threshold=FULL,
                minutes=5,
                aggregation="Maximum",
            ),
        ),
        Alarm(
            name="firewall-unwell",
            means="The firewall on the way out is degraded.",
            first="look at the page Service Health; nothing may leave meanwhile, backups neither.",
            rows=("AWS-08", "OOB-59"),
            subject="network",
            source=Metric(
                scope=firewall_id, namespace=FIREWALL, metric="FirewallHealth", side=Side.BELOW, threshold=FULL, minutes=15
            ),
        ),
    ]
