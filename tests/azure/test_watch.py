"""The watch as the engine would be asked to make it: group, trail, probes, alarms, workbook, budget; what a drill leaves out.

Not proved: that Azure delivers a message, that a phone number is right, that a metric or a table of that name ever has data, and
that a question means in the workspace what it says here.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from pulumi import Resource

from components.alarms import wanted
from components.clouds.azure import (
    activity_rules,
    alarms,
    audit_rules,
    budget,
    dashboard,
    database_parameters,
    happenings,
    notices,
    probes,
    queries,
    watch,
)
from components.clouds.azure.alarms import Alarm
from components.clouds.azure.rotation_watch import definition
from components.contract import WatchOutputs
from components.platform import dumps, exports, heartbeat
from components.platform import names as platform_names
from components.platform.monitoring_rules import WATCHDOG
from components.platform.names import ALERT_PATH_ALIVE, IN_CLUSTER_ALERT
from components.platform.scripts import alert_log
from components.sections import Posture
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up, made_up_watch
from tests.azure.test_wire_names import misspelt
from tests.support import plans

METRIC, QUERY, ACTIVITY = "monitor:MetricAlert", "monitor:ScheduledQueryRule", "monitor:ActivityLogAlert"
KINDS = (METRIC, QUERY, ACTIVITY)
GROUP, TEST = "monitor:ActionGroup", "applicationinsights:WebTest"
# What another cloud rings for under a word that is not one here: the word here, or why there is nothing.
ELSEWHERE = {
    "api-errors": "api-busy",
    "console-without-mfa": "password-alone",
    "database-commits": "database-speed",
    "database-failover": "resource-trouble",
    "database-lag": "no reader: the standby answers nobody",
    "database-local-storage": "no local storage: sorts and logs lie on the volume, which database-volume watches",
    "log-endangered": "trail-touched",
    "notices-failed": "what an action group could not deliver is no metric",
    "one-healthy-target": "a single target: the address of the cluster's own load balancer",
    "replication-failed": "how far geo-redundant storage is behind is no metric",
    "replication-late": "how far geo-redundant storage is behind is no metric",
    "root-used": "emergency-account-used",
    "rotation-schedule": "secrets-old",
    "target-tls-errors": "no-healthy-target",
    "unhealthy-target": "no-healthy-target",
    "vault-backup-old": "two days are the longest that a question looks back, and backups are weekly",
    "vault-copy-failed": "the vault copies itself",
}


def planned(
    *, disposable: bool = False, posture: Posture = Posture.HOT, issuer: bool = True, **block: Any
) -> tuple[Recording, WatchOutputs]:
    outputs: list[WatchOutputs] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable, posture=posture, **block)
        seen = made_up_watch.watched(context, parent, issuer=issuer)
        outputs.append(watch.Watch("watch", context, made_up_watch.spec(), seen, parent).outputs)

    recorded = made_up.recording(program)
    return recorded, outputs[0]


@pytest.fixture(scope="module")
def live() -> Recording:
    return planned()[0]


@pytest.fixture(scope="module")
def drill() -> Recording:
    return planned(disposable=True)[0]


def rules(recorded: Recording) -> list[Registered]:
    return [found for kind in (METRIC, QUERY, ACTIVITY) for found in made_up.of_type(recorded, kind)]


def rule(recorded: Recording, name: str) -> Registered:
    return made_up.named(recorded, f"watch-{name}")


def condition(found: Registered) -> dict[str, Any]:
    criteria = made_up.block(found, "criteria")
    (only,) = criteria["allOf"]
    return only


def asked(recorded: Recording, name: str) -> str:
    return str(condition(rule(recorded, name))["query"])


def test_whatever_another_cloud_rings_for_rings_here_or_it_is_said_why_not() -> None:
    """The names of alarms in the other example's plan, without what an alarm there is about: a region, a bucket, a machine."""
    theirs = {
        re.sub(r"^watch-(trail-(?!touched)|happenings-)?|-(main|replica|world|files|backups|\d)$", "", found.name)
        for found in plans.of_file("aws-example").resources
        if found.type.endswith((":MetricAlarm", ":CompositeAlarm", "/eventRule:EventRule"))
    }
    ours = {found.name.removeprefix("watch-") for found in plans.of_file("azure-example").resources if found.type.endswith(KINDS)}
    assert {"in-cluster-alert", "alert-path-silent", "dump-old", "both-down", "threat-found"} <= theirs & ours
    assert theirs - ours == set(ELSEWHERE)
    assert {told for told in ELSEWHERE.values() if " " not in told} <= ours


@pytest.mark.parametrize("quotations", [0, 1, 2])
def test_a_line_of_the_alert_log_is_recognised_however_often_it_was_quoted(quotations: int) -> None:
    for name, event, other in (
        ("JobFailed", IN_CLUSTER_ALERT, ALERT_PATH_ALIVE),
        (WATCHDOG, ALERT_PATH_ALIVE, IN_CLUSTER_ALERT),
    ):
        firing = {"status": "firing", "labels": {"alertname": name}}
        (line,) = alert_log.lines({"version": "4", "alerts": [firing]}, IN_CLUSTER_ALERT, {WATCHDOG: ALERT_PATH_ALIVE})
        for _ in range(quotations):
            line = json.dumps({"log": line})
        (pattern,) = re.findall(r'@"(.*)"', audit_rules.said(event))
        (otherwise,) = re.findall(r'@"(.*)"', audit_rules.said(other))
        assert re.search(pattern, line)
        assert not re.search(otherwise, line), "a sign of life must wake nobody, and a fault is none"


def test_alerts_that_no_longer_come_out_of_the_cluster_are_missed(live: Recording) -> None:
    found = rule(live, "alert-path-silent")
    assert ALERT_PATH_ALIVE in asked(live, "alert-path-silent")
    assert (condition(found)["operator"], condition(found)["threshold"]) == ("LessThan", 1)
    assert found.inputs["windowSize"] == "PT30M"
    assert found.inputs["autoMitigate"] is True
    assert IN_CLUSTER_ALERT in asked(live, "in-cluster-alert")


def test_every_phone_is_told_by_text_and_voice_and_every_address_by_mail(live: Recording) -> None:
    (group,) = made_up.of_type(live, GROUP)
    numbers = [("49", "15112345600"), ("1", "2025550143"), ("353", "12345678")]
    for kind in ("smsReceivers", "voiceReceivers"):
        told: Any = group.inputs[kind]
        assert [(found["countryCode"], found["phoneNumber"]) for found in told] == numbers
    mails: Any = group.inputs["emailReceivers"]
    assert [found["emailAddress"] for found in mails] == list(made_up_watch.MAILS)
    assert len(str(group.inputs["groupShortName"])) <= 12


def test_every_alarm_tells_the_group_and_says_what_to_do_first(live: Recording) -> None:
    assert len(rules(live)) > 45
    for found in rules(live):
        assert "[unknown]" in str(found.inputs["actions"]), found.name
        assert " First: " in str(found.inputs["description"])
        assert re.search(r"\(([A-Z]+-\d+(, )?)+\)$", str(found.inputs["description"])), found.name


def test_only_lasting_states_give_an_all_clear(live: Recording) -> None:
    assert rule(live, "no-healthy-target").inputs["autoMitigate"] is True
    assert rule(live, "dump-old").inputs["autoMitigate"] is True
    assert rule(live, "break-glass-read").inputs["autoMitigate"] is False
    assert rule(live, "vault-backup-failed").inputs["autoMitigate"] is False


def test_a_use_of_an_emergency_account_and_a_read_of_its_secret_ring(live: Recording) -> None:
    for account in made_up.BREAK_GLASS:
        assert asked(live, "emergency-account-used").count(account) == 2, "signed in by hand and by a token"
    read = asked(live, "break-glass-read")
    assert "AZKVAuditLogs" in read
    assert '"/secrets/break-glass-"' in read


def test_without_emergency_accounts_there_is_nothing_to_ask_of_them() -> None:
    recorded, _ = planned(breakGlass=[])
    assert not [found for found in rules(recorded) if "emergency-account" in found.name]


def test_silence_of_a_job_is_found_by_what_it_no_longer_writes(live: Recording) -> None:
    found = rule(live, "dump-old")
    assert condition(found)["metricMeasureColumn"] == queries.SEEN
    assert (condition(found)["operator"], condition(found)["threshold"]) == ("LessThan", 1)
    assert found.inputs["windowSize"] == "PT3H"  # twice an hour and what a log needs
    assert '"/backups/dumps/"' in asked(live, "dump-old")
    assert '"/velero/velero/backups/"' in asked(live, "cluster-backup-old")
    assert rule(live, "heartbeat-silent").inputs["windowSize"] == "PT30M"


def test_folders_and_names_are_the_platforms() -> None:
    assert (happenings.DUMPS, happenings.EXPORTS, happenings.HEARTBEAT) == (dumps.PREFIX, exports.PREFIX, heartbeat.PREFIX)
    assert happenings.HEARTBEAT_MINUTES == heartbeat.INTERVAL_MINUTES
    assert watch.APPLICATION_NAMESPACE == platform_names.MATTERMOST_NAMESPACE


def test_changes_of_rights_locks_keys_and_logs_ring_once_they_succeed(live: Recording) -> None:
    for name, operation in (
        ("rights-changed", "Microsoft.Authorization/roleAssignments/write"),
        ("lock-removed", "Microsoft.Authorization/locks/delete"),
        ("keys-touched", "Microsoft.KeyVault/vaults/delete"),
        ("trail-touched", "Microsoft.Insights/diagnosticSettings/delete"),
    ):
        conditions = made_up.block(rule(live, name), "condition")["allOf"]
        assert {"field": "operationName", "equals": operation} in conditions[1]["anyOf"], name
        assert conditions[2] == {"field": "status", "equals": "Succeeded"}
    assert rule(live, "rights-changed").inputs["scopes"] == [f"/subscriptions/{made_up.SUBSCRIPTION}"]


def test_operations_are_written_as_azure_writes_them() -> None:
    operations = [
        operation
        for row in activity_rules.ACTIVITY
        if isinstance(row.source, alarms.Activity)
        for operation in row.source.operations
    ]
    assert all(re.fullmatch(r"Microsoft\.\w+(/\w+)+/(write|delete|action)", operation) for operation in operations)


def test_addresses_are_asked_from_five_places_and_ring_when_three_fail(live: Recording) -> None:
    tests = {found.name.rpartition("-")[2]: found for found in made_up.of_type(live, TEST)}
    assert set(tests) == {"primary", "outofband", "identity"}
    for found in tests.values():
        places: Any = found.inputs["locations"]
        assert len(places) == len(probes.PLACES) == 5
        assert any(str(tag).startswith("hidden-link:/subscriptions/") for tag in made_up.block(found, "tags"))
    criteria = made_up.block(rule(live, "health-primary"), "criteria")
    assert criteria["failedLocationCount"] == 3
    judged = {name: made_up.block(found, "validationRules")["sSLCheck"] for name, found in tests.items()}
    assert judged == {"primary": True, "outofband": False, "identity": True}, "ours is the internal authority's"


def test_a_public_certificate_is_judged_and_its_end_is_watched() -> None:
    address = "https://acme-oob-tls.vault.azure.net/secrets/gate"
    identity = (
        f"/subscriptions/{made_up.SUBSCRIPTION}/resourceGroups/tls/providers/Microsoft.ManagedIdentity"
        "/userAssignedIdentities/gate"
    )
    recorded, _ = planned(edge={"certificate": {"secret": address, "identity": identity}})
    found = made_up.named(recorded, "watch-probes-certificate")
    assert made_up.block(found, "validationRules")["sSLCertRemainingLifetimeCheck"] == probes.CERTIFICATE_DAYS
    assert rule(recorded, "certificate-expiry")


def test_with_local_accounts_no_identity_provider_is_watched() -> None:
    recorded, _ = planned(issuer=False)
    assert not [found for found in rules(recorded) if found.name == "watch-health-identity"]


def test_the_latch_rings_as_soon_as_it_answers_at_one_of_its_addresses(live: Recording) -> None:
    latch = condition(rule(live, "health-latch"))
    assert (latch["operator"], latch["threshold"]) == ("GreaterThan", 0)
    assert latch["dimensions"] == [{"name": "EndpointName", "operator": "Include", "values": ["latch", "latchAgain"]}]


def test_when_both_sides_are_silent_it_is_said_once_more(live: Recording) -> None:
    asked_of = re.findall(r'Name contains "([^"]+)"', asked(live, "both-down"))
    found = [str(test.inputs["webTestName"]) for test in made_up.of_type(live, TEST)]
    assert [sum(part in name for name in found) for part in asked_of] == [1, 1]


def test_spans_are_those_that_azure_takes(live: Recording) -> None:
    metric = {alarms.span(minutes) for minutes in alarms.METRIC_WINDOWS}
    query = {alarms.span(minutes) for minutes in alarms.QUERY_WINDOWS}
    assert {str(found.inputs["windowSize"]) for found in made_up.of_type(live, METRIC)} <= metric
    assert {str(found.inputs["windowSize"]) for found in made_up.of_type(live, QUERY)} <= query
    assert alarms.at_least(10**6, alarms.QUERY_WINDOWS) == 2 * alarms.DAY


# "Metrics" and "Enhanced metrics" of a flexible server, Azure Database for PostgreSQL: measured always, and only on request.
MEASURED = {
    "active_connections",
    "cpu_percent",
    "disk_iops_consumed_percentage",
    "is_db_alive",
    "memory_percent",
    "storage_percent",
}
ON_REQUEST = {"deadlocks"}


def test_every_number_of_the_database_that_is_watched_is_measured(live: Recording) -> None:
    found = [condition(alarm) for alarm in made_up.of_type(live, METRIC) if alarm.name.startswith("watch-database-")]
    watched = {str(one["metricName"]) for one in found if one["metricNamespace"].endswith("flexibleServers")}
    assert watched <= MEASURED | ON_REQUEST
    assert watched & ON_REQUEST
    assert database_parameters.ALWAYS["metrics.collector_database_activity"] == "on"


def test_the_workspace_is_asked_beside_an_empty_table(live: Recording) -> None:
    for found in made_up.of_type(live, QUERY):
        assert condition(found)["query"].startswith(f"union isfuzzy=true {queries.EMPTY}, ("), found.name
        assert found.inputs["skipQueryValidation"] is True


def test_what_would_end_a_text_is_not_put_into_a_question() -> None:
    with pytest.raises(ValueError, match="not to be put"):
        queries.quoted(['a" or true or "'])


def test_old_secrets_make_the_workflow_fail_and_its_silence_rings(live: Recording) -> None:
    found: Any = definition("/subscriptions/x/vaults/y", 90)
    assert found["actions"]["ask"]["inputs"]["uri"].startswith("https://management.azure.com/subscriptions/x/vaults/y/secrets?")
    assert str(90 * 86400) in found["actions"]["old"]["inputs"]["where"]
    assert found["actions"]["judge"]["actions"]["fail"]["inputs"]["runStatus"] == "Failed"
    silent = rule(live, "secrets-old")
    assert silent.type.endswith(QUERY), "a rule on a metric is not asked while there is no number"
    assert (condition(silent)["operator"], silent.inputs["windowSize"]) == ("LessThan", "P1D")
    (workflow,) = made_up.of_type(live, "logic:Workflow")
    assert f'=~ "{workflow.inputs["workflowName"]}"' in asked(live, "secrets-old")
    (log,) = [found for found in made_up.of_type(live, "monitor:DiagnosticSetting") if found.name == "watch-rotation-log"]
    assert log.inputs["workspaceId"] is not None, "its runs are counted there"
    (access,) = made_up.of_type(live, "authorization:RoleAssignment")
    assert str(access.inputs["roleDefinitionId"]).endswith("acdd72a7-3385-48ef-bd42-f606fba81ae7"), "Reader: no value of a secret"


def test_the_trail_goes_to_the_workspace_and_to_the_archive(live: Recording) -> None:
    (trail,) = made_up.of_type(live, "monitor:SubscriptionDiagnosticSetting")
    assert str(trail.inputs["storageAccountId"]).endswith("/archive")
    assert str(trail.inputs["workspaceId"]).endswith("/logs")


def test_the_budget_is_of_the_month_in_which_it_is_made_and_stays_so(live: Recording) -> None:
    (found,) = made_up.of_type(live, "consumption:Budget")
    assert found.inputs["amount"] == 300
    assert len(made_up.block(found, "notifications")) == len(budget.NOTICES)

    def program(parent: Resource) -> None:
        budget.monthly_budget("it", made_up.context(), made_up_watch.spec().alerts, parent, date(2026, 11, 28))

    (dated,) = made_up.of_type(made_up.recording(program), "consumption:Budget")
    assert dated.inputs["timePeriod"] == {"startDate": "2026-11-01T00:00:00Z"}


def test_the_page_shows_every_number_and_every_question() -> None:
    row = Alarm(
        name="x",
        means="It is.",
        first="look.",
        rows=("OOB-01",),
        subject="edge",
        source=alarms.Metric(scope="id", namespace="Microsoft.X/y", metric="m", side=alarms.Side.ABOVE, threshold=0, minutes=5),
    )
    page = json.loads(json.dumps(dashboard.body("oob", made_up.SUBSCRIPTION, "workspace", [row])))
    assert [item["name"] for item in page["items"]] == ["introduction", "alarms", "title-edge", "x"]
    assert dashboard.workbook_name("a", "b") == dashboard.workbook_name("a", "b") != dashboard.workbook_name("a", "c")


def test_every_subject_has_a_place_on_the_page(live: Recording) -> None:
    assert {row.subject for row in activity_rules.ACTIVITY} <= set(dashboard.TITLES)
    (page,) = made_up.of_type(live, "applicationinsights:Workbook")
    assert page.inputs["kind"] == "shared"


def test_a_drill_rings_nobody_and_makes_nothing_of_which_there_is_one(drill: Recording) -> None:
    assert 5 < len(rules(drill)) < 20
    assert all("[unknown]" not in str(found.inputs["actions"]) for found in rules(drill))
    for kind in (GROUP, TEST, ACTIVITY, "security:Pricing", "consumption:Budget", "monitor:SubscriptionDiagnosticSetting"):
        assert made_up.of_type(drill, kind) == [], kind
    assert not [found for found in drill.resources if found.protect or found.retain_on_delete]


def test_a_cold_environment_waits_for_nothing_that_does_not_run() -> None:
    recorded, outputs = planned(posture=Posture.COLD)
    found = {row.name for row in rules(recorded)}
    assert "watch-dump-old" not in found
    assert "watch-break-glass-read" in found
    assert len(outputs.alarms) == len(found)


def test_two_alarms_of_one_name_are_refused() -> None:
    row = activity_rules.ACTIVITY[0]

    def program(parent: Resource) -> None:
        del parent
        with pytest.raises(ValueError, match="rights-changed"):
            wanted([row, row], made_up.context().environment)

    made_up.recording(program)


@pytest.mark.parametrize(("phone", "split"), [("+358401234567", ("358", "401234567")), ("+79161234567", ("7", "9161234567"))])
def test_a_phone_is_cut_after_its_country(phone: str, split: tuple[str, str]) -> None:
    assert notices.split(phone) == split


def test_a_phone_without_country_is_refused() -> None:
    with pytest.raises(ValueError, match="does not start with"):
        notices.split("015112345600")


def test_no_argument_is_sent_under_a_name_of_python(live: Recording) -> None:
    assert [wrong for found in live.resources for wrong in misspelt(dict(found.inputs), found.name)] == []
