"""Rows of the alarm table: is it reachable, does it answer, is it attacked (AWS-94, OOB-109). Plain functions of names."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Input

from components.clouds.aws.alarms import DAY, Alarm, Missing, Place, Side

BALANCER = "AWS/ApplicationELB"
CERTIFICATE_DAYS = 30  # ACM renews 60 days before the end: at 30, renewal has been failing for a month
ERRORS = 20  # answers with an error in five minutes that are no accident any more
BLOCKED = 1000  # refused requests in five minutes
SLOW_SECONDS = 3.0

HEALTH: Mapping[str, tuple[str, str]] = {
    "primary": (
        "The primary system does not answer: people may need the out-of-band environment now.",
        "decide whether to move them; the command is the stack output setLatch.",
    ),
    "outOfBand": (
        "The out-of-band environment does not answer from the internet: there is no fallback.",
        "open the direct name in a browser, then look at the load balancer's targets.",
    ),
    "latch": (
        "The latch has moved: names point to the out-of-band environment, or are about to go back.",
        "ask who set it; if nobody did, treat it as an attack. The command to release it is the stack output releaseLatch.",
    ),
    "identity": (
        "The identity provider does not answer: nobody new can sign in.",
        "use the break-glass accounts; people already signed in stay so.",
    ),
}


def edge(
    balancer: Input[str], group: Input[str], certificate: Input[str], acl: str, region: str, ingress_pods: int
) -> list[Alarm]:
    """The load balancer, its certificate, and the firewall before it. As many nodes answer as there are `ingress_pods`."""
    targets = {"LoadBalancer": balancer, "TargetGroup": group}
    return [
        Alarm(
            name="no-healthy-target",
            means="No node answers behind the load balancer: nobody can use Mattermost.",
            first="open a tunnel and look at the pods of the namespaces ingress and mattermost.",
            rows=("AWS-94", "AWS-28", "OOB-109"),
            subject="edge",
            namespace=BALANCER,
            metric="HealthyHostCount",
            dimensions=targets,
            statistic="Maximum",
            side=Side.BELOW,
            threshold=1,
            period=60,
            periods=2,
            missing=Missing.BREACHING,
            running=True,
            drill=True,
        ),
        Alarm(
            name="one-healthy-target",
            means="Fewer than two nodes answer behind the load balancer: the next failure is an outage.",
            first="look at the nodes and at the ingress pods; there must be two, in two zones.",
            rows=("AWS-29", "OOB-59", "OOB-129"),
            subject="edge",
            namespace=BALANCER,
            metric="HealthyHostCount",
            dimensions=targets,
            statistic="Maximum",
            side=Side.BELOW,
            threshold=2,
            period=60,
            periods=15,
            missing=Missing.BREACHING,
            running=True,
        ),
        Alarm(
            name="unhealthy-target",
            means="A node with an ingress pod has failed its health check for ten minutes; the others serve.",
            first="look at that node and at the ingress pod on it.",
            rows=("AWS-94", "AWS-29"),
            subject="edge",
            namespace=BALANCER,
            metric="UnHealthyHostCount",
            # Every node is a target, and one without an ingress pod never answers: with more nodes than pods, some always fail.
            expression=f"IF(healthy < {ingress_pods}, this, 0)",
            beside={"healthy": "HealthyHostCount"},
            dimensions=targets,
            statistic="Maximum",
            side=Side.ABOVE,
            threshold=0,
            period=60,
            periods=10,
            running=True,
            drill=True,
        ),
        Alarm(
            name="target-errors",
            means="Mattermost answers with errors (5xx).",
            first="read the logs of the mattermost pods; check the database and the file store.",
            rows=("AWS-94",),
            subject="edge",
            namespace=BALANCER,
            metric="HTTPCode_Target_5XX_Count",
            dimensions=targets,
            side=Side.ABOVE,
            threshold=ERRORS,
            period=300,
            drill=True,
        ),
        Alarm(
            name="edge-errors",
            means="The load balancer itself answers with errors (5xx): it reaches no target in time.",
            first="look at the healthy targets and at the ingress controller.",
            rows=("AWS-94",),
            subject="edge",
            namespace=BALANCER,
            metric="HTTPCode_ELB_5XX_Count",
            dimensions={"LoadBalancer": balancer},
            side=Side.ABOVE,
            threshold=ERRORS,
            period=300,
            running=True,
            drill=True,
        ),
        Alarm(
            name="target-tls-errors",
            means="The load balancer cannot agree on TLS with the ingress controller.",
            first="look at the ingress certificate inside the cluster (cert-manager).",
            rows=("TLS-06", "AWS-94"),
            subject="edge",
            namespace=BALANCER,
            metric="TargetTLSNegotiationErrorCount",
            dimensions=targets,
            side=Side.ABOVE,
            threshold=0,
            period=300,
            periods=2,
            drill=True,
        ),
        Alarm(
            name="slow-answers",
            means="One answer in twenty takes longer than three seconds.",
            first="look at the database's load and at the pods' CPU.",
            rows=("AWS-94", "PREP-100"),
            subject="edge",
            namespace=BALANCER,
            metric="TargetResponseTime",
            dimensions=targets,
            statistic="p95",
            side=Side.ABOVE,
            threshold=SLOW_SECONDS,
            period=300,
            periods=3,
        ),
        Alarm(
            name="certificate-expiry",
            means=f"The public certificate ends in less than {CERTIFICATE_DAYS} days: its renewal fails.",
            first="check the validation records in the zone and the zone's delegation.",
            rows=("OOB-109", "AWS-26"),
            subject="edge",
            namespace="AWS/CertificateManager",
            metric="DaysToExpiry",
            dimensions={"CertificateArn": certificate},
            statistic="Minimum",
            side=Side.BELOW,
            threshold=CERTIFICATE_DAYS,
            period=DAY,
            missing=Missing.UNCHANGED,  # once expired, the metric stops: the alarm must not
        ),
        Alarm(
            name="firewall-blocks",
            means="The firewall refuses unusually many requests: an attack, or responders who are not on the allow-list.",
            first="look at the sampled requests of the web ACL.",
            rows=("OOB-22", "PREP-46"),
            subject="edge",
            namespace="AWS/WAFV2",
            metric="BlockedRequests",
            dimensions={"WebACL": acl, "Region": region, "Rule": "ALL"},
            side=Side.ABOVE,
            threshold=BLOCKED,
            period=300,
        ),
    ]


def names(checks: Mapping[str, Input[str]]) -> list[Alarm]:
    """One alarm for each Route 53 health check: each flip is told, in both directions (OOB-35, OOB-108)."""
    found: list[Alarm] = []
    for check, identifier in checks.items():
        means, first = HEALTH.get(check, (f"The health check {check} fails.", "open the endpoint that it watches."))
        found.append(
            Alarm(
                name=f"health-{check.lower()}",
                means=means,
                first=first,
                rows=("OOB-35", "OOB-108", "OOB-109"),
                subject="names",
                namespace="AWS/Route53",
                metric="HealthCheckStatus",
                dimensions={"HealthCheckId": identifier},
                statistic="Minimum",
                side=Side.BELOW,
                threshold=1,
                period=60,
                missing=Missing.BREACHING,
                place=Place.WORLD,
            )
        )
    return found


def notices(topics: Mapping[Place, Input[str]]) -> list[Alarm]:
    """Whether messages arrive: what one subscriber does not get, the others are told (OOB-124)."""
    return [
        Alarm(
            name=f"notices-failed-{place.value}",
            means="A message of this alarm route could not be delivered to one of its subscribers.",
            first="check the phone numbers and addresses of alerts: in the stack file, and the account's SMS spending limit.",
            rows=("OOB-124",),
            subject="route",
            namespace="AWS/SNS",
            metric="NumberOfNotificationsFailed",
            dimensions={"TopicName": topic},
            side=Side.ABOVE,
            threshold=0,
            period=300,
            place=place,
        )
        for place, topic in topics.items()
    ]
