"""What the network records: every connection, and every name that was looked up (OOB-122, AWS-93)."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws.documents import Statement, document
from components.clouds.aws.handles import AwsKeys, Context
from components.naming import Kind, physical
from components.options import child, stateful

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
LOG_GROUP = Kind(longest=400)
AGGREGATION_SECONDS = 60  # the shortest: an investigation wants minutes
# The default fields, and which way a packet went, past NAT and load balancer:
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
FIELDS = (
    *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"),
    *("packets", "bytes", "start", "end", "action", "log-status"),
    *("instance-id", "pkt-srcaddr", "pkt-dstaddr", "tcp-flags", "flow-direction", "traffic-path"),
)


def log_format() -> str:
    """The fields in the notation of flow logs."""
    return " ".join(f"${{{field}}}" for field in FIELDS)


def trust(account: str, region: str) -> str:
    """Only the flow logs of this account and region may take the role."""
    statement: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:{region}:{account}:vpc-flow-log/*"},
        },
    }
    return document([statement])


def writing(group_arn: str) -> str:
    """Write to one log group, and find it."""
    actions = ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return document([{"Effect": "Allow", "Action": actions, "Resource": [group_arn, f"{group_arn}:*"]}])


class NetworkLogs(ComponentResource):
    """Flow logs and resolver queries, each in an encrypted log group of its own. `flow_log_group` is the former's name."""

    def __init__(self, name: str, context: Context, keys: AwsKeys, days: int, vpc_id: Input[str], parent: Resource) -> None:
        super().__init__("oob:aws:NetworkLogs", name, None, child(parent))
        options = child(self, context.main)
        kept = stateful(child(self, context.main), disposable=context.environment.disposable)
        flows = aws.cloudwatch.LogGroup(f"{name}-flows", retention_in_days=days, kms_key_id=keys.main["logs"], opts=kept)
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=trust(context.account, context.region),
            permissions_boundary=context.settings.permissions_boundary,
            opts=options,
        )
        rights = aws.iam.RolePolicy(f"{name}-rights", role=role.id, policy=flows.arn.apply(writing), opts=options)
        aws.ec2.FlowLog(
            f"{name}-flow-log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=flows.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=AGGREGATION_SECONDS,
            log_format=log_format(),
            opts=child(self, context.main, depends_on=[rights]),
        )
        queries = aws.cloudwatch.LogGroup(
            f"{name}-queries",
            # Route 53 writes through log delivery, whose own policy covers only names that start like this.
            name=f"/aws/vendedlogs/{physical(LOG_GROUP, context.environment.name, 'names')}",
            retention_in_days=days,
            kms_key_id=keys.main["logs"],
            opts=kept,
        )
        config = aws.route53.ResolverQueryLogConfig(f"{name}-query-log", destination_arn=queries.arn, opts=options)
        aws.route53.ResolverQueryLogConfigAssociation(
            f"{name}-query-log-of-vpc", resolver_query_log_config_id=config.id, resource_id=vpc_id, opts=options
        )
        self.flow_log_group: Output[str] = flows.name
        self.register_outputs({})
