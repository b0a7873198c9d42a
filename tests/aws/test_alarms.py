"""The alarm table and what CloudWatch is asked to make of it: plain values, limits of the service, patterns and charts.

Not proved: that a metric exists under these names in an account, that a filter pattern matches a real record, that a phone rings.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from components.alarms import wanted
from components.clouds.aws import (
    alarms,
    alarms_cluster,
    alarms_data,
    alarms_serving,
    bucket_policies,
    budget,
    dashboard,
    guard,
    happenings,
    notices,
    rotation_watch,
    trail,
    trail_rules,
    watch,
)
from components.clouds.aws.alarms import Alarm, Missing, Place, Side
from components.clouds.aws.bucket_policies import Home
from components.platform import dumps, exports, heartbeat
from components.platform.monitoring_rules import WATCHDOG
from components.platform.names import ALERT_PATH_ALIVE, IN_CLUSTER_ALERT
from components.platform.scripts import alert_log
from components.sections import Backup, Posture, Size
from tests.aws import made_up_watch as made_up

IN_CONTAINERS = (trail_rules.MATTERMOST, trail_rules.INSIDE, trail_rules.ALIVE)
ACCOUNT, REGION = made_up.ACCOUNT, made_up.REGION


def table() -> list[Alarm]:
    """Every row, of plain values."""
    rows = [
        *alarms_serving.edge("app/acme/1", "targetgroup/acme/1", "arn:certificate", "edge", REGION, 2),
        *alarms_cluster.cluster("acme-cluster", ["group-1", "group-2"]),
        *alarms_cluster.network(),
        *alarms_serving.names({"primary": "1", "outOfBand": "2", "latch": "3", "identity": "4"}),
        *alarms_serving.notices({Place.MAIN: "main", Place.REPLICA: "replica", Place.WORLD: "world"}),
        *alarms_data.database("acme-database", Size.MEDIUM),
        *alarms_data.replication({"files": ("acme-files", "copy-1"), "backups": ("acme-backups", "copy-2")}, "everything"),
        *alarms_data.secret_age("OutOfBand/test", "SecretAgeDays", 90),
        *(rule.alarm("OutOfBand/test") for rule in (*trail_rules.TRAIL, *IN_CONTAINERS)),
    ]
    return rows + [happening.alarm(happening.name) for happening in happening_table()]


def happening_table() -> list[happenings.Happening]:
    return watch.happening_table(Backup(), "acme-backups", "velero", "acme-vault", ["acme-database", "acme-database-1"])


def row(name: str) -> Alarm:
    return next(found for found in table() if found.name == name)


each_row = pytest.mark.parametrize("found", table(), ids=lambda found: found.name)


@each_row
def test_an_alarm_says_what_it_means_what_to_do_first_and_why_it_exists(found: Alarm) -> None:
    form = r"[A-Z].*[.] First: [a-zA-Z].*[.] \(((OOB|AWS|PREP|TLS)-\d+(, )?)+\)"
    assert re.fullmatch(form, found.description), found.description
    assert len(found.description) <= alarms.LONGEST_DESCRIPTION
    assert found.subject in dashboard.TITLES, "it would be missing on the dashboard"


@each_row
def test_an_alarm_looks_at_a_window_that_cloudwatch_can_evaluate(found: Alarm) -> None:
    assert found.period % 60 == 0
    longest = alarms.LONGEST_WINDOW["hourly" if found.period >= alarms.HOUR else "short"]
    assert found.period * found.periods <= longest
    if found.query is not None:
        assert found.period * found.periods <= 3 * alarms.HOUR, "a query looks back three hours at most"
    assert found.quiet_minutes is None or 1 <= found.quiet_minutes <= happenings.LONGEST_QUIET


def test_no_two_alarms_have_one_name() -> None:
    names = [found.name for found in table()]
    assert len(names) == len(set(names))
    with pytest.raises(ValueError, match="named twice: nat-ports"):
        wanted([*alarms_cluster.network(), *alarms_cluster.network()], made_up.environment())


def test_physical_names_keep_two_environments_apart_and_fit() -> None:
    environment = made_up.environment()
    assert alarms.alarm_name(environment, "x") != alarms.alarm_name(made_up.environment(disposable=True), "x")
    assert all(len(alarms.alarm_name(environment, found.name)) <= 255 for found in table())


# What the requirement rows ask to be watched (AWS-94, PREP-100, OOB-52, OOB-66, OOB-69, OOB-105, OOB-124, OOB-125).
WATCHED = {
    ("AWS/ApplicationELB", "HealthyHostCount"),
    ("AWS/ApplicationELB", "UnHealthyHostCount"),
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
    ("AWS/CertificateManager", "DaysToExpiry"),
    ("AWS/WAFV2", "BlockedRequests"),
    ("AWS/RDS", "CPUUtilization"),
    ("AWS/RDS", "FreeableMemory"),
    ("AWS/RDS", "FreeLocalStorage"),
    ("AWS/RDS", "VolumeBytesUsed"),
    ("AWS/RDS", "DatabaseConnections"),
    ("AWS/RDS", "AuroraReplicaLag"),
    ("AWS/RDS", "CommitLatency"),
    ("AWS/S3", "OperationsFailedReplication"),
    ("AWS/S3", "ReplicationLatency"),
    ("AWS/Route53", "HealthCheckStatus"),
    ("AWS/NATGateway", "ErrorPortAllocation"),
    ("AWS/SNS", "NumberOfNotificationsFailed"),
    ("AWS/EKS", "apiserver_request_total"),
    ("AWS/EKS", "scheduler_pending_pods_UNSCHEDULABLE"),
    ("AWS/EC2", "StatusCheckFailed"),
    ("OutOfBand/test", "SecretAgeDays"),
    ("OutOfBand/test", "break-glass-read"),
    ("OutOfBand/test", "break-glass-sign-in"),
    ("OutOfBand/test", "key-endangered"),
    ("OutOfBand/test", "log-endangered"),
    ("OutOfBand/test", "in-cluster-alert"),
    ("OutOfBand/test", "alert-path-silent"),
}


def test_everything_that_must_be_watched_is() -> None:
    assert {(found.namespace, found.metric) for found in table()} >= WATCHED


SILENCE = {
    "no-healthy-target", "one-healthy-target", "api-silent", "database-cpu", "secrets-old", "dump-old", "cluster-backup-old",
    "export-old", "heartbeat-silent", "vault-backup-old", "health-primary", "health-outofband", "health-latch", "health-identity",
    "alert-path-silent",
}  # fmt: skip


def test_silence_is_an_alarm_where_something_must_keep_coming_and_nowhere_else() -> None:
    assert {found.name for found in table() if found.missing is Missing.BREACHING} == SILENCE


def test_what_only_happens_has_no_all_clear() -> None:
    events = {found.name for found in table() if found.event}
    assert {"threat-found", "break-glass-read", "backup-erased", "vault-backup-failed", "root-used"} <= events
    assert not events & SILENCE


def test_alarms_are_where_their_metrics_are() -> None:
    places = {found.name: found.place for found in table()}
    assert {name for name, place in places.items() if place is Place.WORLD} == {
        "health-primary", "health-outofband", "health-latch", "health-identity", "notices-failed-world",
    }  # fmt: skip
    assert {name for name, place in places.items() if place is Place.REPLICA} == {
        "replication-late-files", "replication-late-backups", "threat-found-replica", "notices-failed-replica",
    }  # fmt: skip


def test_a_drill_has_only_alarms_on_how_it_serves_and_a_cold_environment_none_on_what_does_not_run() -> None:
    rows = table()
    drill = wanted(rows, made_up.environment(disposable=True))
    assert {found.subject for found in drill} == {"edge", "cluster", "database"}
    cold = {found.name for found in wanted(rows, made_up.environment(posture=Posture.COLD))}
    assert not {"no-healthy-target", "one-healthy-target", "heartbeat-silent", "dump-old"} & cold
    assert {"vault-backup-old", "health-primary", "threat-found"} <= cold


def test_thresholds_follow_the_size() -> None:
    by_size = {size: {found.name: found.threshold for found in alarms_data.database("x", size)} for size in Size}
    assert by_size[Size.SMALL]["database-connections"] == 200
    assert by_size[Size.LARGE]["database-connections"] == 2000
    volumes = [by_size[size]["database-volume"] for size in (Size.SMALL, Size.MEDIUM, Size.LARGE)]
    assert volumes == sorted(set(volumes))


@pytest.mark.parametrize("minutes", [5, 15, 30, 60, 120, 240, 720, 1440])
def test_a_backup_is_too_old_at_twice_its_interval_and_never_before(minutes: int) -> None:
    happening = happenings.Happening(name="x", pattern={}, means="M.", first="f.", rows=("OOB-52",), every_minutes=minutes)
    alarm = happening.alarm("rule")
    assert alarm.period % 60 == 0
    assert alarm.period * alarm.periods == 2 * minutes * 60
    assert (alarm.side, alarm.threshold, alarm.missing) == (Side.BELOW, 1, Missing.BREACHING)
    assert alarm.quiet_minutes is not None
    assert alarm.quiet_minutes >= min(2 * minutes, happenings.LONGEST_QUIET), "the first one needs time to come"


def test_the_jobs_write_where_the_watch_looks() -> None:
    assert (watch.DUMPS, watch.EXPORTS, watch.HEARTBEAT) == (dumps.PREFIX, exports.PREFIX, heartbeat.PREFIX)
    assert heartbeat.INTERVAL_MINUTES == watch.HEARTBEAT_MINUTES


@pytest.mark.parametrize("rule", [*trail_rules.TRAIL, *IN_CONTAINERS], ids=lambda rule: rule.name)
def test_filter_patterns_are_within_what_cloudwatch_logs_takes(rule: trail_rules.Rule) -> None:
    assert len(rule.pattern) <= trail_rules.LONGEST_PATTERN
    if rule.pattern.startswith("%"):
        assert not set(rule.pattern) & set("()!\"'<>"), "not in its regular expressions"
    else:
        assert rule.pattern.startswith("{ ")
        assert rule.pattern.endswith(" }")
        assert rule.pattern.count("(") == rule.pattern.count(")")
        assert rule.pattern.count('"') % 2 == 0
        assert "EXISTS" not in rule.pattern.replace("NOT EXISTS", "")
        for value in re.findall(r'"([^"]*)"', rule.pattern):
            assert "*" not in value.strip("*"), "a star stands at the ends only"


QUOTED = ['login_id":"break-glass-2', 'login_id\\":\\"break-glass-1', 'login_id\\\\\\":\\\\\\"break-glass-1']


@pytest.mark.parametrize("escaped", QUOTED)
def test_a_break_glass_sign_in_is_recognised_however_often_the_record_was_quoted(escaped: str) -> None:
    assert re.search(trail_rules.MATTERMOST.pattern.strip("%"), f'{{"log":"{{\\"event\\":{{\\"{escaped}\\"}}}}"}}')


@pytest.mark.parametrize("other", ['"username":"break-glass-1"', 'login_id":"ines.keller"', "created user break-glass-1"])
def test_other_people_and_other_mentions_are_no_break_glass_sign_in(other: str) -> None:
    assert not re.search(trail_rules.MATTERMOST.pattern.strip("%"), other)


@pytest.mark.parametrize("quotations", [0, 1, 2])
def test_a_line_of_the_alert_log_is_recognised_however_often_it_was_quoted(quotations: int) -> None:
    for name, rule, other in (
        ("JobFailed", trail_rules.INSIDE, trail_rules.ALIVE),
        (WATCHDOG, trail_rules.ALIVE, trail_rules.INSIDE),
    ):
        firing = {"status": "firing", "labels": {"alertname": name}}
        (line,) = alert_log.lines({"version": "4", "alerts": [firing]}, IN_CLUSTER_ALERT, {WATCHDOG: ALERT_PATH_ALIVE})
        for _ in range(quotations):
            line = json.dumps({"log": line})
        assert re.search(rule.pattern.strip("%"), line)
        assert not re.search(other.pattern.strip("%"), line), "a sign of life must wake nobody, and a fault is none"
    assert not re.search(trail_rules.INSIDE.pattern.strip("%"), f"GET /search?terms={IN_CLUSTER_ALERT}")


def test_alerts_that_no_longer_come_out_of_the_cluster_are_missed_after_three_times() -> None:
    (row,) = [row for row in table() if row.name == "alert-path-silent"]
    assert (row.side, row.threshold, row.period, row.periods) == (Side.BELOW, 1, 300, 3)
    assert row.missing is Missing.BREACHING
    assert not row.event, "there is an all-clear when they come again"
    assert row.quiet_minutes, "nothing can come before the first deployment is through"


def test_whoever_deletes_a_log_or_shortens_it_is_seen() -> None:
    (rule,) = [rule for rule in trail_rules.TRAIL if rule.name == "log-endangered"]
    assert '$.eventSource = "logs.amazonaws.com"' in rule.pattern
    for call in ("DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy"):
        assert f'$.eventName = "{call}"' in rule.pattern


def document(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["Statement"]
    return found


def test_only_alarms_of_this_account_may_publish() -> None:
    (statement,) = document(notices.topic_policy("arn:topic", ACCOUNT))
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_the_trail_bucket_takes_from_this_trail_only_and_nothing_in_plain_text() -> None:
    home = Home(account=ACCOUNT, region=REGION, environment="oob-test")
    statements = {found["Sid"]: found for found in document(bucket_policies.trail("b", home, "arn:trail"))}
    allowed = [found for found in statements.values() if found["Effect"] == "Allow"]
    assert len(allowed) == 2
    for found in allowed:
        assert found["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert found["Condition"]["StringEquals"]["aws:SourceArn"] == "arn:trail"
    assert statements["TrailWrites"]["Resource"] == f"arn:aws:s3:::b/AWSLogs/{ACCOUNT}/*"
    assert statements["OnlyEncryptedTransport"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statements["NoOutdatedTransport"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    assert statements["LocksAreLiftedWithASecondFactor"]["Effect"] == "Deny"
    for sid in ("NoKeyFromElsewhere", "NoEncryptionWithoutOurKey", "NoKeyOfTheCaller"):
        assert (statements[sid]["Effect"], statements[sid]["Action"]) == ("Deny", "s3:PutObject")
    for sid in ("OnlyEncryptedTransport", "NoOutdatedTransport"):
        assert (statements[sid]["Effect"], statements[sid]["Resource"]) == ("Deny", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])


def test_the_trail_may_encrypt_its_digests_as_it_does_and_nobody_else_may() -> None:
    home = Home(account=ACCOUNT, region=REGION, environment="oob-test")
    found = {at["Sid"]: at for at in document(bucket_policies.trail("b", home, "arn:trail"))}["NoEncryptionWithoutOurKey"]
    # IfExists: a caller who is no service has no such name, matches "not equals", and is refused.
    assert found["Condition"]["StringNotEqualsIfExists"] == {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}
    others = {at["Sid"]: at for at in document(bucket_policies.sealed("b", home))}["NoEncryptionWithoutOurKey"]
    assert set(others["Condition"]) == {"Null"}, "nobody may in any other bucket"


def test_a_node_without_an_ingress_pod_is_no_failure() -> None:
    (found,) = [row for row in alarms_serving.edge("b", "g", "c", "a", REGION, 2) if row.name == "unhealthy-target"]
    assert (found.metric, found.beside) == ("UnHealthyHostCount", {"healthy": "HealthyHostCount"})
    assert found.expression == "IF(healthy < 2, this, 0)"


def test_roles_may_do_the_one_thing_that_they_are_for() -> None:
    (writer,) = document(trail.writer_policy("arn:group", ACCOUNT, REGION))
    assert writer["Resource"] == f"arn:group:log-stream:{ACCOUNT}_CloudTrail_{REGION}*"
    (trusted,) = document(trail.trust("arn:trail"))
    assert trusted["Condition"] == {"StringEquals": {"aws:SourceArn": "arn:trail"}}
    measure = document(rotation_watch.role_policy("arn:log", ["arn:secret"], "OutOfBand/test"))
    assert [found["Action"] for found in measure] == [
        "secretsmanager:ListSecretVersionIds",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        "cloudwatch:PutMetricData",
    ]
    (open_ended,) = [found for found in measure if found["Resource"] == "*"]
    assert open_ended["Condition"] == {"StringEquals": {"cloudwatch:namespace": "OutOfBand/test"}}


def test_only_rules_of_the_same_region_and_account_write_to_the_record() -> None:
    create, put = document(happenings.log_policy(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/x"))
    assert put["Condition"] == {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/*"}}
    for found in (create, put):
        assert found["Resource"].startswith(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/x:")


def test_the_budget_tells_before_and_after_to_people_outside() -> None:
    notes = budget.notifications([f"person-{number}@example.net" for number in range(12)] + ["person-0@example.net"])
    told = [(note["notification_type"], note["threshold"]) for note in notes]
    assert told == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for note in notes:
        addresses = note.get("subscriber_email_addresses")
        assert isinstance(addresses, list)
        assert len(addresses) == budget.MOST_ADDRESSES == len(set(addresses))


def test_the_dashboard_shows_every_alarm_and_every_number_without_overlap() -> None:
    rows = [(found, f"name-{found.name}") for found in table()]
    regions = {Place.MAIN: REGION, Place.REPLICA: made_up.REPLICA, Place.WORLD: "us-east-1"}
    body: Any = dashboard.body("oob-test", ACCOUNT, regions, rows)
    widgets = body["widgets"]
    shown = [arn for widget in widgets if widget["type"] == "alarm" for arn in widget["properties"]["alarms"]]
    assert sorted(shown) == sorted(f"arn:aws:cloudwatch:{regions[found.place]}:{ACCOUNT}:alarm:{name}" for found, name in rows)
    charts = {widget["properties"]["title"]: widget["properties"] for widget in widgets if widget["type"] == "metric"}
    assert set(charts) == {found.name for found, _ in rows}
    assert charts["health-primary"]["region"] == "us-east-1"
    assert charts["database-cpu"]["metrics"] == [
        ["AWS/RDS", "CPUUtilization", "DBClusterIdentifier", "acme-database", "Role", "WRITER"]
    ]
    assert charts["database-cpu"]["annotations"]["horizontal"][0]["value"] == 80
    assert [line[1] for line in charts["unhealthy-target"]["metrics"]] == ["UnHealthyHostCount", "HealthyHostCount"]
    taken: set[tuple[int, int]] = set()
    for widget in widgets:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken, widget["properties"]
        assert widget["x"] + widget["width"] <= dashboard.COLUMNS
        taken |= cells


def test_the_second_regions_copies_are_guarded_too() -> None:
    assert set(guard.REPLICA_FEATURES) < set(guard.FEATURES)
    assert {"S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS"} <= set(guard.FEATURES)
