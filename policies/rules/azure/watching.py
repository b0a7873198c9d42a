"""What watches, what is told and where logs go. Facts: Azure Monitor and Application Insights documentation."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.values import any_of, asked, is_false, is_true, negated, plain_http


@rule(
    "azure-alarms-on",
    on=(
        "azure-native:monitor:ActionGroup",
        "azure-native:monitor:ActivityLogAlert",
        "azure-native:monitor:MetricAlert",
        "azure-native:monitor:ScheduledQueryRule",
        "azure-native:applicationinsights:WebTest",
    ),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SI-4",),
    remedy="Set enabled to true",
)
def alarms_on(r: Resource) -> Iterator[Outcome]:
    """Alarms, whom they tell and the probes that feed them are in force."""
    yield from must_not(r, "enabled", is_false, "is off")


@rule(
    "azure-notices-encrypted",
    on=("azure-native:monitor:ActionGroup", "azure-native:applicationinsights:WebTest"),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Use an https address",
)
def notices_encrypted(r: Resource) -> Iterator[Outcome]:
    """No alarm and no probe travels in plain HTTP."""
    for path in ("webhookReceivers[*].serviceUri", "request.requestUrl"):
        yield from must_not(r, path, plain_http, "is plain HTTP")


@rule(
    "azure-diagnostics-written",
    on=(
        "azure-native:monitor:DiagnosticSetting",
        "azure-native:monitor:SubscriptionDiagnosticSetting",
        "azure-native:aadiam:DiagnosticSetting",
    ),
    severity=Severity.MEDIUM,
    frameworks=("CIS Azure 6.1", "NIST 800-53 AU-12"),
    remedy="Enable a category of logs or metrics, and name a workspace or an account",
)
def diagnostics_written(r: Resource) -> Iterator[Outcome]:
    """A diagnostic setting writes something, somewhere."""
    written = any_of(asked(is_true, seen.value) for path in ("logs", "metrics") for seen in r.each(f"{path}[*].enabled"))
    yield from bad_if(negated(written), "logs", "writes nothing")
    places = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
    yield from bad_if(all(r.at(key) is None for key in places), "workspaceId", "leads nowhere")


@rule(
    "insights-no-local-keys",
    on="azure-native:applicationinsights:Component",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 IA-2",),
    remedy="Set disableLocalAuth to true, and workspaceResourceId",
)
def insights_no_local_keys(r: Resource) -> Iterator[Outcome]:
    """What is measured is written by identities, not by whoever holds a key, and lies in a workspace of ours."""
    yield from must(r, "disableLocalAuth", is_true, "is not on")
    yield from must_have(r, "workspaceResourceId", "is not given")


@rule(
    "workflows-have-identities",
    on="azure-native:logic:Workflow",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 IA-9",),
    remedy="Give identity, and sign in with it in the definition's actions",
)
def workflows_have_identities(r: Resource) -> Iterator[Outcome]:
    """A workflow signs in with an identity of its own and stores no key."""
    yield from must_have(r, "identity.type", "is not given")
