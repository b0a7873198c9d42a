"""Zone, latch, health checks and failover records as the engine would be asked to make them.

Not proved: that Route 53 switches, how long that takes, and that S3 lets health checkers read the object.
"""

from __future__ import annotations

import json
import ssl
import urllib.request
from typing import Any

import pytest
from pulumi import Resource

from components.clouds.aws import dns, latch, probe_script
from components.clouds.aws.dns import discovery_host, discovery_path
from components.clouds.aws.health_checkers import HEALTH_CHECKERS
from components.clouds.aws.synthetic import log_group_name, rights
from components.contract import PING_PATH, DnsOutputs, DnsSpec, Unsupported
from components.sections import Dns, PrimaryEndpoint
from ops.plan.recorder import Recording, Registered
from tests.aws import made_up_edge as made_up
from tests.aws.made_up_watch import at, of_type, only, recording

RECORD = "aws:route53/record:Record"
CHECK = "aws:route53/healthCheck:HealthCheck"
ZONE = "aws:route53/zone:Zone"
BUCKET = "aws:s3/bucket:Bucket"
CANARY = "aws:synthetics/canary:Canary"
PRIMARY = "chat.corp.acme.example"
ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf"


def planned(
    *,
    disposable: bool = False,
    issuer: str | None = ISSUER,
    inside: bool = False,
    seen: list[DnsOutputs] | None = None,
    **settings: Any,
) -> Recording:
    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable)
        zone = dns.Zone("zone", context, made_up.site(), parent).outputs
        spec = DnsSpec(
            site=made_up.site(),
            dns=Dns.model_validate(settings),
            primary=PrimaryEndpoint.model_validate({"host": PRIMARY, "path": "/health"}),
            issuer=made_up.text(issuer) if issuer else None,
        )
        made = dns.Failover("dns", context, spec, zone, made_up.edge(inside), parent)
        if seen is not None:
            seen.append(made.outputs)

    return recording(program)


@pytest.fixture(scope="module")
def live() -> Recording:
    return planned()


def check(recorded: Recording, name: str) -> Registered:
    return only(recorded, CHECK, f"dns-{name}-check")


def test_the_zone_outlives_everything_but_a_drill(live: Recording) -> None:
    zone = only(live, ZONE)
    assert zone.protect
    assert zone.inputs["forceDestroy"] is False
    drill = planned(disposable=True)
    assert only(drill, ZONE).inputs["forceDestroy"] is True
    assert not [found.urn for found in drill.resources if found.protect or found.retain_on_delete]


def test_only_one_authority_may_issue_certificates_for_the_zone(live: Recording) -> None:
    record = only(live, RECORD, "zone-issuers").inputs
    assert record["type"] == "CAA"
    assert record["records"] == ['0 issue "amazon.com"', '0 issuewild ";"']


def test_the_direct_name_always_leads_here_and_needs_no_switch(live: Recording) -> None:
    record = only(live, RECORD, "dns-direct")
    assert (record.inputs["name"], record.inputs["type"]) == (made_up.DIRECT, "A")
    assert at(record, "aliases") == [
        {"name": "edge.eu-central-1.elb.amazonaws.com", "zoneId": "ZLB", "evaluateTargetHealth": True}
    ]
    assert "failoverRoutingPolicies" not in record.inputs
    assert "healthCheckId" not in record.inputs


def test_the_moving_name_has_one_primary_and_one_standby_answer_each_with_a_check(live: Recording) -> None:
    primary, standby = only(live, RECORD, "dns-primary"), only(live, RECORD, "dns-standby")
    for record, role, target in ((primary, "PRIMARY", PRIMARY), (standby, "SECONDARY", made_up.DIRECT)):
        assert (record.inputs["name"], record.inputs["type"]) == (made_up.HOST, "CNAME")
        assert at(record, "failoverRoutingPolicies") == [{"type": role}]
        assert record.inputs["records"] == [target]
        assert record.inputs["ttl"] == 60
        assert "healthCheckId" in record.inputs
    assert primary.inputs["setIdentifier"] != standby.inputs["setIdentifier"]


def test_the_primary_answer_hangs_on_the_latch_alone_so_nothing_moves_people_back(live: Recording) -> None:
    assert check(live, "latch").urn in only(live, RECORD, "dns-primary").depends_on
    assert check(live, "primary").urn not in only(live, RECORD, "dns-primary").depends_on
    assert check(live, "out-of-band").urn in only(live, RECORD, "dns-standby").depends_on


def test_the_latch_is_an_inverted_check_on_an_object_that_the_program_never_makes(live: Recording) -> None:
    found = check(live, "latch").inputs
    assert found["invertHealthcheck"] is True
    assert found["resourcePath"] == "/standby-takes-over"
    assert str(found["fqdn"]).endswith(".s3.eu-central-1.amazonaws.com")
    assert not [known.type for known in live.resources if "bucketObject" in known.type]


def test_no_other_check_is_inverted_and_every_one_is_https_with_the_settings_numbers() -> None:
    recorded = planned(intervalSeconds=30, failureThreshold=2)
    checks = of_type(recorded, CHECK)
    assert {found.name for found in checks} == {f"dns-{kind}-check" for kind in ("primary", "out-of-band", "latch", "identity")}
    assert [found.name for found in checks if found.inputs["invertHealthcheck"] is True] == ["dns-latch-check"]
    for found in checks:
        assert (found.inputs["type"], found.inputs["port"], found.inputs["enableSni"]) == ("HTTPS", 443, True)
        assert (found.inputs["requestInterval"], found.inputs["failureThreshold"]) == (30, 2)
        assert "regions" not in found.inputs, "all of them"


def test_no_check_asks_for_the_name_whose_answer_it_decides(live: Recording) -> None:
    assert made_up.HOST not in [found.inputs["fqdn"] for found in of_type(live, CHECK)]


def test_the_ends_are_asked_for_what_each_of_them_serves(live: Recording) -> None:
    primary, here = check(live, "primary").inputs, check(live, "out-of-band").inputs
    assert (primary["fqdn"], primary["resourcePath"]) == (PRIMARY, "/health")
    assert (here["fqdn"], here["resourcePath"]) == (made_up.DIRECT, PING_PATH)


def test_the_identity_provider_is_watched_where_there_is_one(live: Recording) -> None:
    found = check(live, "identity").inputs
    assert found["fqdn"] == "cognito-idp.eu-central-1.amazonaws.com"
    assert found["resourcePath"] == "/eu-central-1_AbCdEf/.well-known/openid-configuration"
    without = planned(issuer=None)
    assert len(of_type(without, CHECK)) == 3


def test_an_issuer_is_read_as_an_address() -> None:
    assert discovery_host("https://id.example.org/realm/") == "id.example.org"
    assert discovery_path("https://id.example.org/realm/") == "/realm/.well-known/openid-configuration"
    assert discovery_path("https://id.example.org") == "/.well-known/openid-configuration"
    with pytest.raises(ValueError, match="not an https address"):
        discovery_host("id.example.org")


def test_checkers_alone_may_read_one_object_and_nobody_without_tls() -> None:
    plain, seen = json.loads(latch.policy("bucket"))["Statement"]
    assert (plain["Effect"], plain["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert (seen["Effect"], seen["Action"]) == ("Allow", "s3:GetObject")
    assert seen["Resource"] == "arn:aws:s3:::bucket/standby-takes-over"
    assert seen["Condition"] == {"IpAddress": {"aws:SourceIp": list(HEALTH_CHECKERS)}}


def test_the_latchs_bucket_is_not_public_and_keeps_its_history(live: Recording) -> None:
    private = only(live, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    blocks = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(private[block] is True for block in blocks)
    assert at(only(live, "aws:s3/bucketVersioning:BucketVersioning"), "versioningConfiguration") == {"status": "Enabled"}
    rules = at(only(live, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"), "rules")
    assert not [rule for rule in rules if "expiration" in rule], "an expiring object would release the latch by itself"


def test_the_latchs_bucket_uses_a_key_that_readers_without_credentials_can(live: Recording) -> None:
    found = only(live, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
    assert at(found, "rules", 0, "applyServerSideEncryptionByDefault") == {"sseAlgorithm": "AES256"}


def test_the_latchs_bucket_is_protected_when_live_and_goes_with_a_drill(live: Recording) -> None:
    assert only(live, BUCKET).protect
    drill = only(planned(disposable=True), BUCKET)
    assert not drill.protect
    assert drill.inputs["forceDestroy"] is True
    assert str(drill.inputs["bucket"]).startswith("drill-")


def test_commands_to_set_and_release_are_complete_and_name_the_same_object(live: Recording) -> None:
    bucket = only(live, BUCKET).inputs["bucket"]
    assert isinstance(bucket, str)
    tail = f"--bucket {bucket} --key standby-takes-over --region eu-central-1"
    assert latch.set_command(bucket, "eu-central-1") == f"aws s3api put-object {tail}"
    assert latch.release_command(bucket, "eu-central-1") == f"aws s3api delete-object {tail}"
    assert check(live, "latch").inputs["fqdn"] == f"{bucket}.s3.eu-central-1.amazonaws.com"


def test_outputs_name_every_check() -> None:
    seen: list[DnsOutputs] = []
    planned(seen=seen)
    assert set(seen[0].health_checks) == {"primary", "outOfBand", "latch", "identity"}


def test_a_drill_moves_only_names_of_its_own_site() -> None:
    drill = planned(disposable=True)
    names = {str(record.inputs["name"]) for record in of_type(drill, RECORD)}
    assert all(name == made_up.ZONE or name.endswith(f".{made_up.ZONE}") for name in names)


def test_nothing_but_the_account_of_the_environment_is_touched(live: Recording) -> None:
    custom = [found for found in live.resources if found.custom and not found.type.startswith("pulumi:")]
    assert {found.provider.rpartition("::")[2] for found in custom} == {"aws"}
    assert live.duplicates == []
    assert live.invokes == []


def test_an_internal_load_balancer_cannot_be_watched_from_outside() -> None:
    with pytest.raises(Unsupported, match=r"dns\.probe: synthetic"):
        planned(inside=True)


def test_a_synthetic_probe_asks_the_primary_and_verifies_its_certificate() -> None:
    recorded = planned(probe="synthetic")
    canary = only(recorded, CANARY)
    assert at(canary, "runConfig", "environmentVariables", "PROBE_ADDRESS") == f"https://{PRIMARY}/health"
    assert "vpcConfig" not in canary.inputs
    found = only(recorded, CHECK, "dns-primary-check").inputs
    assert found["type"] == "CLOUDWATCH_METRIC"
    assert found["insufficientDataHealthStatus"] == "Unhealthy"
    assert check(recorded, "out-of-band").inputs["type"] == "HTTPS", "reached from outside, it is watched from outside"


def test_a_synthetic_alarm_counts_the_settings_failures_and_silence_as_failure() -> None:
    recorded = planned(probe="synthetic", failureThreshold=4)
    alarm = only(recorded, "aws:cloudwatch/metricAlarm:MetricAlarm").inputs
    assert alarm["evaluationPeriods"] == 4
    assert alarm["treatMissingData"] == "breaching"
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 100)


def test_inside_a_probe_stands_in_the_network_and_asks_the_direct_name() -> None:
    recorded = planned(probe="synthetic", inside=True)
    canary = only(recorded, CANARY, "dns-out-of-band-canary")
    assert at(canary, "vpcConfig", "securityGroupIds") == ["sg-probe"]
    assert at(canary, "runConfig", "environmentVariables", "PROBE_ADDRESS") == f"https://{made_up.DIRECT}{PING_PATH}"
    assert len(of_type(recorded, CANARY)) == 2


def test_the_latch_stays_with_route_53_whatever_the_probe() -> None:
    found = check(planned(probe="synthetic"), "latch").inputs
    assert (found["type"], found["invertHealthcheck"]) == ("HTTPS", True)


def test_probes_leave_nothing_behind_after_a_drill() -> None:
    drill = planned(probe="synthetic", disposable=True)
    assert all(bucket.inputs["forceDestroy"] is True for bucket in of_type(drill, BUCKET))
    assert only(drill, CANARY).inputs["deleteLambda"] is True


def test_a_probe_logs_into_our_group_and_can_make_no_other() -> None:
    arn = "arn:aws:lambda:eu-central-1:444455556666:function:cwsyn-oob-aws-example-primary-0b1c2d3e"
    assert log_group_name(f"{arn}:3") == log_group_name(arn) == "/aws/lambda/cwsyn-oob-aws-example-primary-0b1c2d3e"
    recorded = planned(probe="synthetic")
    group = only(recorded, "aws:cloudwatch/logGroup:LogGroup")
    assert only(recorded, CANARY).urn in group.property_depends["name"]
    assert (group.inputs["retentionInDays"], group.inputs["kmsKeyId"]) == (365, "arn:key/logs")
    assert "CreateLogGroup" not in rights("store", "canary", "444455556666", "eu-central-1", inside=True)


@pytest.mark.parametrize("inside", [True, False])
def test_a_probe_writes_its_own_results_and_metrics_only(inside: bool) -> None:
    statements = json.loads(rights("store", "canary", "444455556666", "eu-central-1", inside=inside))["Statement"]
    everywhere = {action for found in statements if found["Resource"] == "*" for action in _list(found["Action"])}
    listing = {"ec2:DescribeNetworkInterfaces"} if inside else set[str]()
    assert everywhere == {"s3:ListAllMyBuckets", "cloudwatch:PutMetricData"} | listing
    interfaces = {found["Resource"] for found in statements if "ec2:CreateNetworkInterface" in _list(found["Action"])}
    assert interfaces == ({"arn:aws:ec2:eu-central-1:444455556666:*/*"} if inside else set[str]())
    assert not [found for found in statements if "*" in _list(found["Action"])]


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


class Answer:
    """What urlopen gives back."""

    def __init__(self, status: int) -> None:
        self.status = status

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def test_the_probe_passes_on_a_plain_200_and_fails_on_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([Answer(200), Answer(204)])

    def opened(address: str, timeout: int) -> Answer:
        return next(answers)

    monkeypatch.setenv("PROBE_ADDRESS", "https://chat.example/ping")
    monkeypatch.setattr(urllib.request, "urlopen", opened)
    assert probe_script.handler({}, None) == "https://chat.example/ping answered"
    with pytest.raises(RuntimeError, match="answered 204"):
        probe_script.handler({}, None)


def test_the_probe_fails_on_a_certificate_that_does_not_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(address: str, timeout: int) -> Answer:
        raise ssl.SSLCertVerificationError("certificate has expired")

    monkeypatch.setenv("PROBE_ADDRESS", "https://chat.example/ping")
    monkeypatch.setattr(urllib.request, "urlopen", refused)
    with pytest.raises(ssl.SSLCertVerificationError):
        probe_script.handler({}, None)


def test_the_probe_asks_over_https_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE_ADDRESS", "http://chat.example/ping")
    with pytest.raises(ValueError, match="not an https address"):
        probe_script.handler({}, None)
