"""Rows of the alarm table: the cluster and the way out of it (OOB-59, AWS-08). Plain functions of names."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Input

from components.clouds.aws.alarms import Alarm, Missing, Side

CLUSTER = "AWS/EKS"  # what the managed control plane publishes by itself
API_ERRORS = 50


def cluster(name: Input[str], groups: Sequence[Input[str]]) -> list[Alarm]:
    """The API, the scheduler and the machines, as AWS itself measures them; what happens in pods is Prometheus' part."""
    dimensions = {"ClusterName": name}
    return [
        Alarm(
            name="api-silent",
            means="The cluster's API has answered nothing for a quarter of an hour, or is no longer measured.",
            first="open a tunnel and ask kubectl for the nodes; look at the AWS Health page.",
            rows=("OOB-59", "OOB-124"),
            subject="cluster",
            namespace=CLUSTER,
            metric="apiserver_request_total",
            dimensions=dimensions,
            side=Side.BELOW,
            threshold=1,
            period=300,
            periods=3,
            missing=Missing.BREACHING,
            drill=True,
            quiet_minutes=60,
        ),
        Alarm(
            name="api-errors",
            means="The cluster's API answers with errors (5xx): controllers, operators and backups cannot do their work.",
            first="read the control plane's log for the requests that fail.",
            rows=("OOB-59", "AWS-94"),
            subject="cluster",
            namespace=CLUSTER,
            metric="apiserver_request_total_5XX",
            dimensions=dimensions,
            side=Side.ABOVE,
            threshold=API_ERRORS,
            period=300,
            periods=2,
            drill=True,
        ),
        Alarm(
            name="pods-without-node",
            means="Pods have found no node for half an hour: the cluster cannot grow.",
            first="look at the autoscaler's log and at the account's instance limits.",
            rows=("OOB-60", "PREP-57"),
            subject="cluster",
            namespace=CLUSTER,
            metric="scheduler_pending_pods_UNSCHEDULABLE",
            dimensions=dimensions,
            statistic="Minimum",
            side=Side.ABOVE,
            threshold=0,
            period=300,
            periods=6,
            drill=True,
        ),
        *(
            Alarm(
                name=f"machine-failed-{number}",
                means="A machine of the cluster fails its status check.",
                first="end the instance; its group replaces it, and pods move meanwhile.",
                rows=("OOB-59", "AWS-94"),
                subject="cluster",
                namespace="AWS/EC2",
                metric="StatusCheckFailed",
                dimensions={"AutoScalingGroupName": group},
                statistic="Maximum",
                side=Side.ABOVE,
                threshold=0,
                period=300,
                periods=2,
                drill=True,
            )
            for number, group in enumerate(groups, start=1)
        ),
    ]


def network() -> list[Alarm]:
    """The way out. One query over all NAT gateways of the account, which is the environment's own."""
    return [
        Alarm(
            name="nat-ports",
            means="A NAT gateway has no free ports: connections out of the private network fail.",
            first="find what opens so many connections in the flow logs; it may be an intruder.",
            rows=("AWS-08", "AWS-94"),
            subject="network",
            namespace="AWS/NATGateway",
            metric="ErrorPortAllocation",
            query='SELECT SUM(ErrorPortAllocation) FROM SCHEMA("AWS/NATGateway", NatGatewayId)',
            side=Side.ABOVE,
            threshold=0,
            period=300,
        )
    ]
