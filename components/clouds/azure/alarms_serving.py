"""Rows of the alarm table: is it reachable, does it answer, is it attacked (AWS-94, OOB-109). Plain functions of ids.

Metrics: "Supported metrics for Microsoft.Network/applicationgateways" and "for Microsoft.Network/trafficmanagerprofiles".
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Input

from components.clouds.azure import queries
from components.clouds.azure.alarms import Alarm, Metric, Probe, Query, Side
from components.clouds.azure.probes import CERTIFICATE_DAYS
from components.clouds.azure.sizes import SIZES
from components.sections import Size

GATEWAY = "Microsoft.Network/applicationGateways"
PROFILE = "Microsoft.Network/trafficManagerProfiles"
ENDPOINT_STATE = "ProbeAgentCurrentEndpointStateByProfileResourceId"  # 1 while an endpoint is enabled and answers
LATCH = ("latch", "latchAgain")  # the two addresses at which it answers
BOTH = ("-probe-primary-", "-probe-outofband-")  # in the names of probes
ERRORS = 20  # answers with an error in five minutes that are no accident any more
BLOCKED = 1000  # refused requests in five minutes
SLOW_MILLISECONDS = 3000
FULL = 0.9  # of the capacity that it may take
UNITS_OF_AN_INSTANCE = 10  # "Application Gateway pricing": what one instance can do

HEALTH: Mapping[str, tuple[str, str]] = {
    "primary": (
        "The primary system does not answer: people may need the out-of-band environment now.",
        "decide whether to move them; the command is the stack output setLatch.",
    ),
    "outOfBand": (
        "The out-of-band environment does not answer from the internet: there is no fallback.",
        "open the direct name in a browser, then look at the gateway's target.",
    ),
    "identity": (
        "The identity provider does not answer: nobody new can sign in.",
        "use the break-glass accounts; people already signed in stay so.",
    ),
}


def edge(gateway: Input[str], size: Size) -> list[Alarm]:
    """The gateway, its target, and the firewall in it."""

    def measured(
        metric: str,
        side: Side,
        threshold: float,
        minutes: int,
        aggregation: str = "Average",
        dimensions: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Metric:
        return Metric(
            scope=gateway,
            namespace=GATEWAY,
            metric=metric,
            side=side,
            threshold=threshold,
            minutes=minutes,
            aggregation=aggregation,
            dimensions=dimensions or {},
        )

    failed = {"HttpStatusGroup": ("5xx",)}
    return [
        Alarm(
            name="no-healthy-target",
            means="The ingress controller does not answer the gateway: nobody can use Mattermost.",
            first="open a tunnel and look at the pods of the namespaces ingress and mattermost, and at its certificate.",
            rows=("AWS-94", "AWS-28", "OOB-109", "TLS-06"),
            subject="edge",
            source=measured("UnhealthyHostCount", Side.ABOVE, 0, 5),
            running=True,
            drill=True,
            severity=0,
        ),
        Alarm(
            name="target-errors",
            means="Mattermost answers with errors (5xx).",
            first="read the logs of the mattermost pods; check the database and the file store.",
            rows=("AWS-94",),
            subject="edge",
            source=measured("BackendResponseStatus", Side.ABOVE, ERRORS, 5, "Total", failed),
            drill=True,
        ),
        Alarm(
            name="edge-errors",
            means="The gateway itself answers with errors (5xx): it reaches no target in time.",
            first="look at the healthy targets and at the ingress controller.",
            rows=("AWS-94",),
            subject="edge",
            source=measured("ResponseStatus", Side.ABOVE, ERRORS, 5, "Total", failed),
            running=True,
            drill=True,
        ),
        Alarm(
            name="slow-answers",
            means="Answers take longer than three seconds on average.",
            first="look at the database's load and at the pods' CPU.",
            rows=("AWS-94", "PREP-100"),
            subject="edge",
            source=measured("BackendLastByteResponseTime", Side.ABOVE, SLOW_MILLISECONDS, 15),
        ),
        Alarm(
            name="edge-full",
            means="The gateway uses nearly all the capacity that it may take.",
            first="look at the requests by address; raise gateway_max in sizes.py if they are people.",
            rows=("AWS-94", "OOB-45"),
            subject="edge",
            source=measured("CapacityUnits", Side.ABOVE, FULL * UNITS_OF_AN_INSTANCE * SIZES[size].gateway_max, 15),
        ),
        Alarm(
            name="firewall-blocks",
            means="The firewall refuses unusually many requests: an attack, or responders who are not on the allow-list.",
            first="look in the workspace for AGWFirewallLogs with the action Blocked, by address and rule.",
            rows=("OOB-22", "PREP-46"),
            subject="edge",
            source=Query(text=queries.lines("AGWFirewallLogs", 'Action == "Blocked"'), minutes=5, threshold=BLOCKED),
        ),
    ]


def names(probes: Mapping[str, Probe], standby: Input[str]) -> list[Alarm]:
    """One alarm for each address that is asked, and one for the latch (OOB-35, OOB-108)."""
    rows = ("OOB-35", "OOB-108", "OOB-109")
    found = [
        Alarm(
            name=f"health-{check.lower()}", means=means, first=first, rows=rows, subject="names", source=probes[check], severity=0
        )
        for check, (means, first) in HEALTH.items()
        if check in probes
    ]
    if "certificate" in probes:
        found.append(
            Alarm(
                name="certificate-expiry",
                means=f"The public certificate ends in less than {CERTIFICATE_DAYS} days: its renewal fails.",
                first="look at whoever renews it in its Key Vault.",
                rows=("OOB-109", "AWS-26"),
                subject="edge",
                source=probes["certificate"],
            )
        )

    return [
        *found,
        Alarm(
            name="health-latch",
            means="The latch is set: names point to the out-of-band environment.",
            first="ask who set it; if nobody did, treat it as an attack. To release it: the stack output releaseLatch.",
            rows=rows,
            subject="names",
            source=Metric(
                scope=standby,
                namespace=PROFILE,
                metric=ENDPOINT_STATE,
                side=Side.ABOVE,
                threshold=0,
                minutes=5,
                aggregation="Maximum",
                dimensions={"EndpointName": LATCH},
            ),
            severity=0,
        ),
        Alarm(
            name="both-down",
            means="Neither the primary nor the out-of-band environment answers.",
            first="reach people by phone, and look at the out-of-band environment by its direct name.",
            rows=("OOB-02", "OOB-36"),
            subject="names",
            source=Query(
                text=queries.lines("AppAvailabilityResults", " or ".join(f'Name contains "{part}"' for part in BOTH))
                + ' | extend Name = column_ifexists("Name", ""), Success = tobool(column_ifexists("Success", true))'
                + " | summarize Good = countif(Success), Asked = count() by Name"
                + " | where Asked > 0 and Good == 0 | summarize Silent = count() | where Silent > 1",
                minutes=10,
            ),
            severity=0,
        ),
    ]
