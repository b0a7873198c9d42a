"""Health by a synthetic user instead of Route 53's own checkers: `dns.probe: synthetic` (OOB-75).

A CloudWatch canary asks once a minute, an alarm watches its success, and a health check follows the alarm. It verifies the
certificate, and from inside the network it reaches what has no public address. It is slower than Route 53's own checkers, and it
needs CloudWatch to work, so it never decides where people are sent while the environment can be reached from outside.

A canary logs into a group that is called after the function that CloudWatch makes for it. It has no right to make that group:
ours, with a key and an end, is the only one there can be, and until it is there nothing is logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws import probe_script
from components.clouds.aws.bucket import Bucket, BucketSpec
from components.clouds.aws.bucket_lifecycle import unfinished
from components.clouds.aws.documents import Statement, assumable_by, deny_plain_transport, document
from components.clouds.aws.handles import Context
from components.naming import S3_BUCKET, Kind, physical
from components.options import child

if TYPE_CHECKING:
    from pulumi_aws.s3 import BucketLifecycleConfigurationRuleArgsDict as Rule

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_python_selenium.html, 2026-11.
# The browser in it is not used; there is no Python runtime without one.
RUNTIME = "syn-python-selenium-14.0"
# https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html; older API versions took 21 characters.
CANARY = Kind(longest=60)
NAMESPACE = "CloudWatchSynthetics"
PERIOD_SECONDS = 60  # the shortest that a canary can run
TIMEOUT_SECONDS = 30
KEEP_DAYS = 31
LOG_DAYS = 365  # OOB-122
CODE = "probe.zip"
RESULTS = "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a probe stands inside the network. Without one it comes from AWS's own addresses."""

    subnet_ids: Sequence[Input[str]]
    group_id: Input[str]


def rights(bucket: str, canary: str, account: str, region: str, *, inside: bool) -> str:
    """What a canary needs, by https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html."""
    log_group = f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/cwsyn-{canary}-*"
    statements: list[Statement] = [
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:GetObject"],
            "Resource": f"arn:aws:s3:::{bucket}/{RESULTS}/{canary}/*",
        },
        {"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": f"arn:aws:s3:::{bucket}"},
        # Listing buckets knows no narrower resource; the canary's library calls it before it writes results.
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [log_group, f"{log_group}:*"],
        },
        {
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",  # metrics have no ARN; the namespace narrows it
            "Condition": {"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        },
    ]
    if inside:
        statements.append(
            {
                "Effect": "Allow",
                "Action": ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
                # Of whatever kind: Lambda asks beforehand whether the role may delete something that has no name yet.
                "Resource": f"arn:aws:ec2:{region}:{account}:*/*",
            }
        )
        statements.append({"Effect": "Allow", "Action": "ec2:DescribeNetworkInterfaces", "Resource": "*"})  # knows no resource
    return document(statements)


def log_group_name(engine_arn: str) -> str:
    """Where a canary logs, by the ARN of its function: arn:aws:lambda:REGION:ACCOUNT:function:NAME, with or without a version."""
    return f"/aws/lambda/{engine_arn.split(':')[6]}"


def code() -> pulumi.AssetArchive:
    """The script as a canary wants it."""
    script = Path(probe_script.__file__).read_text(encoding="utf-8")
    return pulumi.AssetArchive({"python/probe_script.py": pulumi.StringAsset(script)})


class ProbeStore(ComponentResource):
    """The bucket of code and results of all canaries: no secrets in either, so S3's own key will do."""

    def __init__(self, name: str, context: Context, parent: Resource) -> None:
        super().__init__("oob:aws:ProbeStore", name, None, child(parent))
        self.bucket_name = physical(S3_BUCKET, context.environment.name, "probes", context.account, context.region)
        arn = f"arn:aws:s3:::{self.bucket_name}"
        results: Rule = {
            "id": "results",
            "status": "Enabled",
            "filter": {"prefix": f"{RESULTS}/"},
            "expiration": {"days": KEEP_DAYS},
            "noncurrent_version_expiration": {"noncurrent_days": KEEP_DAYS},
        }
        bucket = Bucket(
            f"{name}-bucket",
            BucketSpec(
                name=self.bucket_name,
                key=None,
                policy=document([deny_plain_transport("s3:*", [arn, f"{arn}/*"])]),
                rules=[unfinished(), results],
                disposable=context.environment.disposable,
            ),
            context.main,
            self,
        )
        uploaded = aws.s3.BucketObjectv2(
            f"{name}-code",
            bucket=bucket.bucket,
            key=CODE,
            source=code(),
            opts=child(self, context.main, depends_on=[bucket]),
        )
        self.version: Output[str] = uploaded.version_id
        self.bucket: Output[str] = uploaded.bucket
        self.register_outputs({})


class Probe(ComponentResource):
    """Asks `address` once a minute. `health_check_id` follows: unhealthy after so many failures in a row."""

    def __init__(
        self,
        name: str,
        context: Context,
        *,
        kind: str,
        address: str,
        failures: int,
        store: ProbeStore,
        log_key: Input[str],
        place: Place | None,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Probe", name, None, child(parent))
        options = child(self, context.main)
        canary_name = physical(CANARY, context.environment.name, kind)
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=assumable_by("lambda.amazonaws.com"),
            permissions_boundary=context.settings.permissions_boundary,
            opts=options,
        )
        granted = aws.iam.RolePolicy(
            f"{name}-rights",
            role=role.id,
            policy=rights(store.bucket_name, canary_name, context.account, context.region, inside=place is not None),
            opts=options,
        )
        canary = aws.synthetics.Canary(
            f"{name}-canary",
            name=canary_name,
            runtime_version=RUNTIME,
            handler="probe_script.handler",
            s3_bucket=store.bucket,
            s3_key=CODE,
            s3_version=store.version,
            artifact_s3_location=Output.format("s3://{0}/{1}/{2}", store.bucket, RESULTS, canary_name),
            execution_role_arn=role.arn,
            schedule={"expression": "rate(1 minute)"},
            run_config={"timeout_in_seconds": TIMEOUT_SECONDS, "environment_variables": {"PROBE_ADDRESS": address}},
            vpc_config={"subnet_ids": list(place.subnet_ids), "security_group_ids": [place.group_id]} if place else None,
            start_canary=True,
            delete_lambda=True,
            success_retention_period=KEEP_DAYS,
            failure_retention_period=KEEP_DAYS,
            opts=child(self, context.main, depends_on=[granted]),
        )
        aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=canary.engine_arn.apply(log_group_name),
            retention_in_days=LOG_DAYS,
            kms_key_id=log_key,
            opts=options,
        )
        alarm = aws.cloudwatch.MetricAlarm(
            f"{name}-alarm",
            # Without the address: an alarm has no business with the primary's names.
            alarm_description=f"The {kind} system does not answer the synthetic probe, or its certificate is not valid",
            namespace=NAMESPACE,
            metric_name="SuccessPercent",
            dimensions={"CanaryName": canary.name},
            statistic="Average",
            period=PERIOD_SECONDS,
            evaluation_periods=failures,
            comparison_operator="LessThanThreshold",
            threshold=100,
            treat_missing_data="breaching",
            opts=options,
        )
        check = aws.route53.HealthCheck(
            f"{name}-check",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=alarm.name,
            cloudwatch_alarm_region=context.region,
            insufficient_data_health_status="Unhealthy",
            tags={"Name": canary_name},
            opts=options,
        )
        self.health_check_id: Output[str] = check.id
        self.register_outputs({})
