"""The watch as the engine would be asked to make it: topics, trail, guard, alarms, dashboard, budget; what a drill leaves out.

Not proved: that AWS delivers a message, that a phone number is right, that people confirm the mail, that a metric ever has data.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi import Output, Resource

from components.clouds.aws import watch
from components.clouds.aws.guard import FEATURES, REPLICA_FEATURES
from components.contract import WatchOutputs
from components.sections import Posture
from ops.plan.recorder import Recording, Registered, record
from tests.aws import made_up_watch as made_up

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "aws:sns/topic:Topic"
BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
RULE = "aws:cloudwatch/eventRule:EventRule"
RULE_ID = "everything"  # replication.py's
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


def planned(disposable: bool = False, posture: Posture = Posture.HOT) -> Recording:
    def program(parent: Resource) -> None:
        watch.Watch("watch", made_up.context(disposable, posture=posture), made_up.watch_spec(), made_up.watched(), parent)

    return made_up.recording(program)


@pytest.fixture(scope="module")
def live() -> Recording:
    return planned()


@pytest.fixture(scope="module")
def drill() -> Recording:
    return planned(disposable=True)


def provider(found: Registered) -> str:
    return found.provider.rpartition("::")[2]


def alarm(recorded: Recording, name: str) -> Registered:
    return made_up.only(recorded, ALARM, f"watch-{name}")


def test_there_is_a_topic_in_each_region_where_something_is_watched_under_our_own_key(live: Recording) -> None:
    keys = {provider(topic): topic.inputs["kmsMasterKeyId"] for topic in made_up.of_type(live, TOPIC)}
    assert keys == {
        "aws": "arn:aws:kms:eu-central-1:444455556666:key/alerts",
        "aws-replica": "arn:aws:kms:eu-north-1:444455556666:key/alerts",
        "aws-world": "arn:aws:kms:us-east-1:444455556666:key/alerts",
    }
    assert len(made_up.of_type(live, "aws:sns/topicPolicy:TopicPolicy")) == 3


def test_every_phone_and_every_address_is_told_in_every_region(live: Recording) -> None:
    subscriptions = made_up.of_type(live, "aws:sns/topicSubscription:TopicSubscription")
    told = sorted((provider(found), str(found.inputs["protocol"]), str(found.inputs["endpoint"])) for found in subscriptions)
    people = [("email", "lead@example.net"), ("email", "oncall@example.net"), ("sms", "+4915112345600")]
    assert told == sorted((place, *person) for place in ("aws", "aws-replica", "aws-world") for person in people)
    for preferences in made_up.of_type(live, "aws:sns/smsPreferences:SmsPreferences"):
        assert preferences.inputs["defaultSmsType"] == "Transactional"


def test_every_alarm_tells_and_only_lasting_states_give_an_all_clear(live: Recording) -> None:
    alarms = made_up.of_type(live, ALARM)
    assert len(alarms) > 40
    for found in alarms:
        assert len(made_up.at(found, "alarmActions")) == 1, found.name
        assert found.inputs["alarmDescription"]
        assert made_up.at(found, "tags", "oob:requirements")
    for name in ("no-healthy-target", "database-cpu", "dump-old", "health-primary"):
        assert len(made_up.at(alarm(live, name), "okActions")) == 1
    for name in ("threat-found", "break-glass-read", "key-endangered"):
        assert made_up.at(alarm(live, name), "okActions") == []


def test_health_checks_are_watched_where_route_53_publishes_them(live: Recording) -> None:
    for name in ("health-primary", "health-outofband", "health-latch", "health-identity"):
        found = alarm(live, name)
        assert provider(found) == "aws-world"
        assert found.inputs["metricName"] == "HealthCheckStatus"
        assert (found.inputs["comparisonOperator"], found.inputs["threshold"]) == ("LessThanThreshold", 1)
        assert found.inputs["treatMissingData"] == "breaching"
    assert made_up.at(alarm(live, "health-latch"), "dimensions") == {"HealthCheckId": "check-latch"}


def test_both_sides_down_is_an_alarm_of_its_own_because_route_53_then_points_to_the_primary(live: Recording) -> None:
    both = made_up.only(live, "aws:cloudwatch/compositeAlarm:CompositeAlarm")
    names = [made_up.at(alarm(live, name), "name") for name in ("health-primary", "health-outofband")]
    assert both.inputs["alarmRule"] == f'ALARM("{names[0]}") AND ALARM("{names[1]}")'
    assert provider(both) == "aws-world"
    assert len(made_up.at(both, "alarmActions")) == 1
    waited_for = {urn.rpartition("::")[2] for urn in both.depends_on}
    assert {"watch-health-primary", "watch-health-outofband"} <= waited_for


def test_an_alarm_on_a_metric_and_one_on_a_query_are_written_as_cloudwatch_wants_them(live: Recording) -> None:
    plain = alarm(live, "database-connections").inputs
    assert (plain["namespace"], plain["metricName"], plain["statistic"]) == ("AWS/RDS", "DatabaseConnections", "Maximum")
    assert (plain["period"], plain["evaluationPeriods"], plain["datapointsToAlarm"]) == (300, 2, 2)
    assert (plain["threshold"], plain["comparisonOperator"]) == (800, "GreaterThanThreshold")
    assert "metricQueries" not in plain
    slow = alarm(live, "slow-answers").inputs
    assert slow["extendedStatistic"] == "p95"
    assert "statistic" not in slow
    late = alarm(live, "replication-late-backups")
    assert provider(late) == "aws-replica"
    assert late.inputs["dimensions"] == {
        "SourceBucket": "acme-backups",
        "DestinationBucket": "acme-backups-copy",
        "RuleId": RULE_ID,
    }
    ports = alarm(live, "nat-ports")
    (query,) = made_up.at(ports, "metricQueries")
    assert query["expression"].startswith("SELECT SUM(ErrorPortAllocation) FROM SCHEMA(")
    assert (query["period"], query["returnData"]) == (300, True)
    assert not {"namespace", "metricName", "statistic", "period", "dimensions"} & set(ports.inputs)


def test_the_trail_sees_every_region_and_every_backup_and_proves_that_nothing_was_changed(live: Recording) -> None:
    found = made_up.only(live, "aws:cloudtrail/trail:Trail").inputs
    assert found["isMultiRegionTrail"] is True
    assert found["includeGlobalServiceEvents"] is True
    assert found["enableLogFileValidation"] is True
    assert found["enableLogging"] is True
    assert found["kmsKeyId"] == "arn:aws:kms:eu-central-1:444455556666:key/logs"
    selectors: Any = found["advancedEventSelectors"]
    management, data, _latch = (selector["fieldSelectors"] for selector in selectors)
    assert management == [{"field": "eventCategory", "equals": ["Management"]}], "no read and no key is left out"
    assert {"field": "resources.ARN", "startsWiths": ["arn:aws:s3:::acme-backups/"]} in data
    role = made_up.only(live, "aws:iam/role:Role", "watch-trail-writer")
    assert str(found["name"]) in str(role.inputs["assumeRolePolicy"])


def test_the_trails_bucket_is_locked_private_encrypted_and_kept(live: Recording) -> None:
    bucket = made_up.only(live, BUCKET)
    assert bucket.inputs["objectLockEnabled"] is True
    assert bucket.protect
    assert str(bucket.inputs["bucket"]).startswith("oob-aws-example-"), "the bucket of access logs lets in this prefix only"
    assert bucket.inputs["forceDestroy"] is False
    logged = made_up.only(live, "aws:s3/bucketLogging:BucketLogging").inputs
    assert (logged["targetBucket"], logged["targetPrefix"]) == ("acme-plain-logs", "s3/trail/")
    lock = made_up.only(live, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert made_up.at(lock, "rule", "defaultRetention") == {"mode": "GOVERNANCE", "days": 365}
    versions = made_up.only(live, "aws:s3/bucketVersioning:BucketVersioning")
    assert made_up.at(versions, "versioningConfiguration", "status") == "Enabled"
    (rule,) = made_up.at(
        made_up.only(live, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"), "rules"
    )
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"
    private = made_up.only(live, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert all(private[key] is True for key in private if key != "bucket")
    assert len(private) == 5
    rules = made_up.at(made_up.only(live, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"), "rules")
    assert {"days": 365} in [rule.get("expiration") for rule in rules], "not before the lock ends, and not much later"


def test_every_log_is_kept_for_a_year_under_our_own_key_of_its_region(live: Recording) -> None:
    groups = made_up.of_type(live, LOG_GROUP)
    assert len(groups) == 4
    for group in groups:
        region = {"aws": "eu-central-1", "aws-replica": "eu-north-1"}[provider(group)]
        assert group.inputs["kmsKeyId"] == f"arn:aws:kms:{region}:444455556666:key/logs"
        assert group.inputs["retentionInDays"] == 365


def test_the_use_of_emergency_credentials_is_found_in_both_logs(live: Recording) -> None:
    filters = {found.name.removeprefix("watch-"): found for found in made_up.of_type(live, FILTER)}
    read, sign_in = filters["trail-break-glass-read"], filters["break-glass-sign-in"]
    assert '"*break-glass*"' in str(read.inputs["pattern"])
    assert sign_in.inputs["logGroupName"] == "/aws/containerinsights/acme-cluster/application"
    for found, name in ((read, "break-glass-read"), (sign_in, "break-glass-sign-in")):
        metric = made_up.at(found, "metricTransformation")
        watched = alarm(live, name).inputs
        assert (metric["namespace"], metric["name"]) == (watched["namespace"], watched["metricName"])
        assert metric["namespace"] == "OutOfBand/oob-aws-example"


def event_pattern(recorded: Recording, name: str) -> Any:
    return json.loads(made_up.at(made_up.only(recorded, RULE, f"watch-happenings-{name}"), "eventPattern"))


def test_backups_and_the_heartbeat_are_counted_as_they_arrive(live: Recording) -> None:
    tells = made_up.only(live, "aws:s3/bucketNotification:BucketNotification").inputs
    assert (tells["bucket"], tells["eventbridge"]) == ("acme-backups", True)
    keys = {
        name: event_pattern(live, name)["detail"]["object"]["key"][0]["wildcard"]
        for name in ("dump-old", "cluster-backup-old", "export-old", "heartbeat-silent")
    }
    assert keys == {
        "dump-old": "*dumps/*/manifest.json",  # copied last: where it is, the dump beside it is complete
        "cluster-backup-old": "velero/backups/*/velero-backup.json",
        "export-old": "*exports/*/manifest.json",
        "heartbeat-silent": "*heartbeat/*.json",
    }
    for name in keys:
        assert event_pattern(live, name)["detail"]["bucket"]["name"] == ["acme-backups"]
        assert "**" not in keys[name], "EventBridge refuses two wildcards in a row"
    silent = alarm(live, "heartbeat-silent").inputs
    assert (silent["period"], silent["evaluationPeriods"]) == (60, 10)
    assert silent["treatMissingData"] == "breaching"
    assert silent["comparisonOperator"] == "LessThanThreshold"


def test_failed_jobs_erased_versions_threats_and_failovers_are_found(live: Recording) -> None:
    assert event_pattern(live, "vault-backup-failed")["detail"] == {
        "backupVaultName": ["acme-vault"],
        "state": ["FAILED", "EXPIRED", "ABORTED"],
    }
    assert event_pattern(live, "backup-erased")["detail"] == {
        "bucket": {"name": ["acme-backups"]},
        "deletion-type": ["Permanently Deleted"],
        "reason": ["DeleteObject"],
    }
    assert event_pattern(live, "threat-found")["detail"] == {"severity": [{"numeric": [">=", 4]}]}
    assert event_pattern(live, "database-failover")["detail"]["SourceIdentifier"] == [
        "acme-database",
        "acme-database-1",
        "acme-database-2",
    ]
    targets = made_up.of_type(live, "aws:cloudwatch/eventTarget:EventTarget")
    rules = made_up.of_type(live, RULE)
    assert len(targets) == len(rules), "each match is also kept, to be read later"


def test_threat_detection_is_on_in_both_regions_and_nothing_in_the_account_can_be_made_public(live: Recording) -> None:
    detectors = made_up.of_type(live, "aws:guardduty/detector:Detector")
    assert {provider(found) for found in detectors} == {"aws", "aws-replica"}
    features = made_up.of_type(live, "aws:guardduty/detectorFeature:DetectorFeature")
    assert {str(found.inputs["status"]) for found in features} == {"ENABLED"}
    by_region = [(provider(found), str(found.inputs["name"])) for found in features]
    wanted = [("aws", name) for name in FEATURES] + [("aws-replica", name) for name in REPLICA_FEATURES]
    assert sorted(by_region) == sorted(wanted)
    account = made_up.only(live, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock").inputs
    assert set(map(str, account.values())) == {"True"}
    assert len(account) == 4
    for disks in made_up.of_type(live, "aws:ebs/encryptionByDefault:EncryptionByDefault"):
        assert disks.inputs["enabled"] is True
    for snapshots in made_up.of_type(live, "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"):
        assert snapshots.inputs["state"] == "block-all-sharing"
    assert made_up.only(live, "aws:accessanalyzer/analyzer:Analyzer").inputs["type"] == "ACCOUNT"


def test_the_age_of_every_secret_is_measured_the_administrators_among_them(live: Recording) -> None:
    function = made_up.only(live, "aws:lambda/function:Function")
    variables = made_up.at(function, "environment", "variables")
    assert json.loads(variables["SECRETS"]) == [
        "arn:aws:secretsmanager:eu-central-1:444455556666:secret:oob/application/database/1",
        "arn:aws:secretsmanager:eu-central-1:444455556666:secret:rds-admin",
    ]
    old = alarm(live, "secrets-old").inputs
    assert (variables["NAMESPACE"], variables["METRIC"]) == (old["namespace"], old["metricName"])
    assert (old["threshold"], old["treatMissingData"]) == (90, "breaching")
    assert made_up.at(function, "handler") == "secret_age.handler"
    role = made_up.only(live, "aws:iam/role:Role", "watch-rotation-role").inputs
    assert role["permissionsBoundary"] == made_up.BOUNDARY


def test_no_role_can_outgrow_the_boundary_of_the_stack_file(live: Recording) -> None:
    roles = made_up.of_type(live, "aws:iam/role:Role")
    assert len(roles) == 2
    assert {str(role.inputs["permissionsBoundary"]) for role in roles} == {made_up.BOUNDARY}


def test_the_budget_is_the_stack_files_and_goes_by_mail(live: Recording) -> None:
    found = made_up.only(live, "aws:budgets/budget:Budget")
    assert (found.inputs["limitAmount"], found.inputs["timeUnit"], found.inputs["budgetType"]) == ("2500", "MONTHLY", "COST")
    for note in made_up.at(found, "notifications"):
        assert note["subscriberEmailAddresses"] == ["oncall@example.net", "lead@example.net"]


def test_a_drill_watches_how_it_serves_and_wakes_nobody(drill: Recording) -> None:
    kinds = {found.type for found in drill.resources if found.custom and not found.type.startswith("pulumi:")}
    assert kinds == {ALARM, "aws:cloudwatch/dashboard:Dashboard", "aws:route53/zone:Zone"}, "the zone is the test's own"
    alarms = made_up.of_type(drill, ALARM)
    assert {"watch-no-healthy-target", "watch-database-cpu"} <= {found.name for found in alarms}
    for found in alarms:
        assert found.inputs["alarmActions"] == found.inputs["okActions"] == []
        assert str(found.inputs["name"]).startswith("drill-")
    assert not any(found.protect or found.retain_on_delete for found in drill.resources)


def test_a_cold_environment_is_not_told_that_it_is_cold() -> None:
    names = {found.name for found in made_up.of_type(planned(posture=Posture.COLD), ALARM)}
    assert "watch-heartbeat-silent" not in names
    assert "watch-vault-backup-old" in names


def outputs(disposable: bool) -> WatchOutputs:
    found: list[WatchOutputs] = []
    addresses: list[str] = []

    def program() -> None:
        made = watch.Watch("watch", made_up.context(disposable), made_up.watch_spec(), made_up.watched(), made_up.Top()).outputs
        found.append(made)
        Output.all(made.dashboard).apply(lambda known: addresses.append(known[0]))

    record(program, project="oob", stack="aws-example", config={})
    (address,) = addresses
    assert address.startswith(
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/"
    )
    return found[0]


def test_the_outputs_name_every_alarm_before_it_exists(live: Recording) -> None:
    made = {str(found.inputs["name"]) for found in made_up.of_type(live, ALARM)}
    made |= {str(made_up.only(live, "aws:cloudwatch/compositeAlarm:CompositeAlarm").inputs["alarmName"])}
    assert set(outputs(disposable=False).alarms) == made
    assert all(name.startswith("drill-") for name in outputs(disposable=True).alarms)


def test_the_dashboard_is_one_document_of_all_alarms(drill: Recording) -> None:
    board = made_up.only(drill, "aws:cloudwatch/dashboard:Dashboard")
    widgets = json.loads(made_up.at(board, "dashboardBody"))["widgets"]
    charts = [widget for widget in widgets if widget["type"] == "metric"]
    assert len(charts) == len(made_up.of_type(drill, ALARM))


def test_everything_descends_from_the_watch_and_names_its_provider(live: Recording) -> None:
    made = [found for found in live.resources if found.custom and "::watch" in found.urn]
    assert made
    for found in made:
        assert provider(found) in {"aws", "aws-replica", "aws-world"}, found.urn
        assert "oob:aws:Watch" in found.urn


def test_an_alarm_over_several_metrics_tells_their_verdict_and_shows_no_other_number(live: Recording) -> None:
    inputs = alarm(live, "unhealthy-target").inputs
    assert "metricName" not in inputs
    this, healthy, verdict = made_up.at(alarm(live, "unhealthy-target"), "metricQueries")
    assert (this["metric"]["metricName"], healthy["metric"]["metricName"]) == ("UnHealthyHostCount", "HealthyHostCount")
    assert this["metric"]["dimensions"] == healthy["metric"]["dimensions"]
    assert [query["returnData"] for query in (this, healthy, verdict)] == [False, False, True]
    assert verdict["expression"] == "IF(healthy < 2, this, 0)"


def test_the_trail_knows_who_moved_people_and_its_files_carry_its_own_context(live: Recording) -> None:
    selectors = made_up.at(made_up.only(live, "aws:cloudtrail/trail:Trail"), "advancedEventSelectors")
    fields = [{field["field"]: field for field in selector["fieldSelectors"]} for selector in selectors]
    [latch] = [found for found in fields if "readOnly" in found]
    assert latch["readOnly"]["equals"] == ["false"]
    [arn] = latch["resources.ARN"]["startsWiths"]
    assert "-latch-" in arn
    [rule] = made_up.at(made_up.only(live, ENCRYPTION, "watch-trail-store-encryption"), "rules")
    assert rule["bucketKeyEnabled"] is False, "with one, KMS sees no trail, and the key's policy knows CloudTrail by its trail"
