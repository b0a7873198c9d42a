"""The audit trail of the account: every call in every region, in a bucket where nothing can be changed (OOB-122)."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws.alarms import Alarm
from components.clouds.aws.documents import deny_plain_transport, document
from components.clouds.aws.handles import AwsKeys, AwsObjects, Context
from components.clouds.aws.trail_rules import TRAIL, Rule
from components.naming import Kind, physical
from components.options import child, stateful

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
TRAIL_NAME = Kind(longest=128)
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}


def metric_filter(name: str, rule: Rule, log_group: Input[str], namespace: str, context: Context, parent: Resource) -> Alarm:
    """Count a rule's matches in a log group; the alarm is the row that watches the number."""
    aws.cloudwatch.LogMetricFilter(
        f"{name}-{rule.name}",
        log_group_name=log_group,
        pattern=rule.pattern,
        metric_transformation={"name": rule.name, "namespace": namespace, "value": "1", "unit": "Count"},
        opts=child(parent, context.main),
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
        bucket, policy = self._bucket(keys, objects, trail_arn, log_days)
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
            ],
            opts=child(self, context.main, depends_on=[policy, may_write]),
        )
        self.alarms: list[Alarm] = [metric_filter(name, rule, group.name, namespace, context, self) for rule in TRAIL]
        self.register_outputs({})

    def _bucket(
        self, keys: AwsKeys, objects: AwsObjects, trail_arn: str, log_days: int
    ) -> tuple[aws.s3.Bucket, Resource]:
        """Written once, by CloudTrail only, kept for `log_days`, readable over TLS only."""
        name, main = self._name, self._context.main
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            object_lock_enabled=True,
            opts=stateful(child(self, main), disposable=self._context.environment.disposable, retain=True),
        )
        target = bucket.bucket
        versioning = aws.s3.BucketVersioning(
            f"{name}-versions", bucket=target, versioning_configuration={"status": "Enabled"}, opts=child(self, main)
        )
        aws.s3.BucketObjectLockConfiguration(
            f"{name}-lock",
            bucket=target,
            object_lock_enabled="Enabled",
            rule={"default_retention": {"mode": "GOVERNANCE", "days": log_days}},
            opts=child(self, main, depends_on=[versioning]),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=target,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": keys.main["logs"],
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=child(self, main),
        )
        blocked = aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=target,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child(self, main),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership", bucket=target, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child(self, main)
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=target,
            rules=[
                {
                    "id": "forget-after-retention",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": log_days},
                    "noncurrent_version_expiration": {"noncurrent_days": 1},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                }
            ],
            opts=child(self, main, depends_on=[versioning]),
        )
        aws.s3.BucketLogging(
            f"{name}-access-log",
            bucket=target,
            target_bucket=objects.plain_logs_name,
            target_prefix="trail/",
            opts=child(self, main),
        )
        policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=target,
            policy=bucket.arn.apply(lambda arn: bucket_policy(arn, trail_arn, self._context.account)),
            opts=child(self, main, depends_on=[blocked]),
        )
        return bucket, policy

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
                "Principal": CLOUDTRAIL,
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


def bucket_policy(bucket_arn: str, trail_arn: str, account: str) -> str:
    """CloudTrail may write, for this trail only; nobody reads or writes without TLS 1.2."""
    everything = [bucket_arn, f"{bucket_arn}/*"]
    return document(
        [
            {
                "Sid": "TrailLooksAtTheBucket",
                "Effect": "Allow",
                "Principal": CLOUDTRAIL,
                "Action": "s3:GetBucketAcl",
                "Resource": bucket_arn,
                "Condition": {"StringEquals": {"aws:SourceArn": trail_arn}},
            },
            {
                "Sid": "TrailWrites",
                "Effect": "Allow",
                "Principal": CLOUDTRAIL,
                "Action": "s3:PutObject",
                "Resource": f"{bucket_arn}/AWSLogs/{account}/*",
                "Condition": {"StringEquals": {"aws:SourceArn": trail_arn, "s3:x-amz-acl": "bucket-owner-full-control"}},
            },
            deny_plain_transport("s3:*", everything),
            {
                "Sid": "NothingBelowTls12",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": everything,
                "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
            },
        ]
    )
