"""Whether secrets are as young as the stack file promises: a function that measures, several times a day (OOB-125).

Measured is what rotation really did, in the vault; the database administrator's secret, which AWS rotates, is among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pulumi
import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws import secret_age
from components.clouds.aws.documents import assumable_by, document
from components.clouds.aws.handles import AwsKeys, Context
from components.options import child

METRIC = "SecretAgeDays"
EVERY = "rate(6 hours)"
TIMEOUT_SECONDS = 60


class RotationWatch(ComponentResource):
    """The function, its role, its log, and what calls it. It may list versions of these secrets; it cannot read one."""

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AwsKeys,
        secrets: Sequence[Input[str]],
        namespace: str,
        log_days: int,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:RotationWatch", name, None, child(parent))
        log = aws.cloudwatch.LogGroup(
            f"{name}-log",
            retention_in_days=log_days,
            kms_key_id=keys.main["logs"],
            opts=child(self, context.main),
        )
        role = aws.iam.Role(
            f"{name}-role",
            description="Measures the age of secrets without reading them",
            assume_role_policy=assumable_by("lambda.amazonaws.com"),
            permissions_boundary=context.settings.permissions_boundary,
            opts=child(self, context.main),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=Output.all(log.arn, *secrets).apply(lambda found: role_policy(found[0], found[1:], namespace)),
            opts=child(self, context.main),
        )
        function = aws.lambda_.Function(
            f"{name}-function",
            description="Writes the age of the oldest secret as a metric (OOB-125)",
            runtime="python3.13",
            handler=f"{Path(secret_age.__file__).stem}.handler",
            code=pulumi.AssetArchive({Path(secret_age.__file__).name: pulumi.StringAsset(source())}),
            role=role.arn,
            timeout=TIMEOUT_SECONDS,
            environment={
                "variables": {
                    "SECRETS": Output.json_dumps(list(secrets)),
                    "NAMESPACE": namespace,
                    "METRIC": METRIC,
                }
            },
            logging_config={"log_format": "JSON", "log_group": log.name},
            opts=child(self, context.main, depends_on=[policy]),
        )
        schedule = aws.cloudwatch.EventRule(
            f"{name}-schedule",
            description="Measure the age of the secrets",
            schedule_expression=EVERY,
            opts=child(self, context.main),
        )
        aws.lambda_.Permission(
            f"{name}-may-call",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="events.amazonaws.com",
            source_arn=schedule.arn,
            source_account=context.account,
            opts=child(self, context.main),
        )
        aws.cloudwatch.EventTarget(f"{name}-call", rule=schedule.name, arn=function.arn, opts=child(self, context.main))
        self.register_outputs({})


def source() -> str:
    """The function's code, as it stands in this folder."""
    return Path(secret_age.__file__).read_text(encoding="utf-8")


def role_policy(log_arn: str, secrets: Sequence[str], namespace: str) -> str:
    """List versions, write one metric and the log; no value of a secret, no key."""
    return document(
        [
            {"Effect": "Allow", "Action": "secretsmanager:ListSecretVersionIds", "Resource": list(secrets)},
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": f"{log_arn}:*"},
            {
                "Effect": "Allow",
                "Action": "cloudwatch:PutMetricData",
                "Resource": "*",  # CloudWatch has no resource for a metric; the namespace is what can be named
                "Condition": {"StringEquals": {"cloudwatch:namespace": namespace}},
            },
        ]
    )
