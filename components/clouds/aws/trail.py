"""The audit trail of the account: every call in every region, in a bucket where nothing can be changed (OOB-122)."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws import bucket_lifecycle, bucket_policies, latch
from components.clouds.aws.alarms import Alarm
from components.clouds.aws.bucket import Bucket, BucketSpec, Lock
from components.clouds.aws.bucket_policies import ACCESS_LOGS, Home, arn_of
from components.clouds.aws.documents import document
from components.clouds.aws.handles import AwsKeys, AwsObjects, Context
from components.clouds.aws.trail_rules import TRAIL, Rule
from components.naming import S3_BUCKET, Kind, physical
from components.options import child, stateful

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
TRAIL_NAME = Kind(longest=128)


def metric_filter(
    name: str,
    rule: Rule,
    log_group: Input[str],
    namespace: str,
    context: Context,
    parent: Resource,
    after: Sequence[Resource] = (),
) -> Alarm:
    """Count a rule's matches in a log group, which exists when `after` does; the alarm is the row that watches the number."""
    aws.cloudwatch.LogMetricFilter(
        f"{name}-{rule.name}",
        log_group_name=log_group,
        pattern=rule.pattern,
        metric_transformation={"name": rule.name, "namespace": namespace, "value": "1", "unit": "Count"},
        opts=child(parent, context.main, depends_on=after),
    )
    return rule.alarm(namespace)


class Trail(ComponentResource):
    """A multi-region CloudTrail with validated log files. `alarms` are the rows for what it is searched for.

    There is one in an environment and none in a drill: a second trail in the same account would record everything twice,
    and its bucket could not be emptied at the end.
    """

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AwsKeys,
        objects: AwsObjects,
        namespace: str,
        log_days: int,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Trail", name, None, child(parent))
        self._name, self._context = name, context
        # The bucket's policy names the trail before it exists, so the trail's name cannot be left to chance.
        trail_name = physical(TRAIL_NAME, context.environment.name, name)
        trail_arn = f"arn:aws:cloudtrail:{context.region}:{context.account}:trail/{trail_name}"
        bucket = self._bucket(keys, objects, trail_arn, log_days)
        group = aws.cloudwatch.LogGroup(
            f"{name}-log",
            retention_in_days=log_days,
            kms_key_id=keys.main["logs"],
            opts=stateful(child(self, context.main), disposable=context.environment.disposable),
        )
        writer, may_write = self._writer(group.arn, trail_arn)
        aws.cloudtrail.Trail(
            f"{name}-trail",
            name=trail_name,
            s3_bucket_name=bucket.bucket,
            kms_key_id=keys.main["logs"],
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            cloud_watch_logs_group_arn=Output.format("{0}:*", group.arn),
            cloud_watch_logs_role_arn=writer,
            advanced_event_selectors=[
                {
                    "name": "Management events, with every read of a secret among them",
                    "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
                },
                {
                    "name": "Every access to a backup",
                    "field_selectors": [
                        {"field": "eventCategory", "equals": ["Data"]},
                        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                        {"field": "resources.ARN", "starts_withs": [Output.format("{0}/", objects.backups_arn)]},
                    ],
                },
                {
                    # Health checkers read it several times a second, which nobody wants to pay for.
                    "name": "Who set or released the latch of the failover",
                    "field_selectors": [
                        {"field": "eventCategory", "equals": ["Data"]},
                        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                        {"field": "resources.ARN", "starts_withs": [f"{arn_of(latch.bucket_name(context))}/"]},
                        {"field": "readOnly", "equals": ["false"]},
                    ],
                },
            ],
            opts=child(self, context.main, depends_on=[bucket, may_write]),
        )
        self.alarms: list[Alarm] = [metric_filter(name, rule, group.name, namespace, context, self) for rule in TRAIL]
        self.register_outputs({})

    def _bucket(self, keys: AwsKeys, objects: AwsObjects, trail_arn: str, log_days: int) -> Bucket:
        """Written by CloudTrail only, and kept: a log file can be read, not changed, until it is `log_days` old."""
        context = self._context
        name = physical(S3_BUCKET, context.environment.name, context.account, "trail")
        home = Home(account=context.account, region=context.region, environment=context.environment.name)
        spec = BucketSpec(
            name=name,
            key=keys.main["logs"],
            policy=bucket_policies.trail(name, home, trail_arn),
            rules=bucket_lifecycle.logs(),
            lock=Lock(mode="GOVERNANCE", days=log_days),
            bucket_key=False,  # the key's policy lets CloudTrail in by the trail that it names (key_policies.py)
            disposable=context.environment.disposable,
        )
        bucket = Bucket(f"{self._name}-store", spec, context.main, self)
        aws.s3.BucketLogging(
            f"{self._name}-access-log",
            bucket=bucket.bucket,
            target_bucket=objects.plain_logs_name,
            target_prefix=f"{ACCESS_LOGS}/trail/",
            target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
            opts=child(self, context.main),
        )
        return bucket

    def _writer(self, group_arn: Output[str], trail_arn: str) -> tuple[Output[str], Resource]:
        """The role with which CloudTrail writes its log streams, and nothing else."""
        context = self._context
        role = aws.iam.Role(
            f"{self._name}-writer",
            description="CloudTrail writes to its log group",
            assume_role_policy=trust(trail_arn),
            permissions_boundary=context.settings.permissions_boundary,
            opts=child(self, context.main),
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-writer-policy",
            role=role.name,
            policy=group_arn.apply(lambda arn: writer_policy(arn, context.account, context.region)),
            opts=child(self, context.main),
        )
        return role.arn, policy


def trust(trail_arn: str) -> str:
    """Only CloudTrail may take the role, and only for this trail."""
    return document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": bucket_policies.CLOUDTRAIL},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceArn": trail_arn}},
            }
        ]
    )


def writer_policy(group_arn: str, account: str, region: str) -> str:
    """Streams of one log group, by the name that CloudTrail gives them."""
    return document(
        [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"{group_arn}:log-stream:{account}_CloudTrail_{region}*",
            }
        ]
    )
