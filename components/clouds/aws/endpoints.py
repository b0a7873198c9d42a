"""Private ways to AWS's own services: the S3 gateway endpoint and one interface endpoint a service (AWS-09).

An endpoint's policy grants nothing to anybody; it says what may pass at all. These let through this account's own roles, and
this account's own buckets: credentials of a stranger, or a bucket of a stranger, are of no use inside the network.

S3's gateway leaves its public addresses as they are, and those change, so that no network policy can name them. A closed network
therefore has an interface for S3 too: every service then answers inside, and pods need no public address for any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws import registries
from components.clouds.aws.documents import Statement, document
from components.clouds.aws.handles import Context
from components.options import child
from components.sections import Images

HTTPS = 443
# Service name to the prefix of its actions. No elasticloadbalancing: the program makes the edge, nothing inside the cluster does.
SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "autoscaling": "autoscaling",  # the node autoscaler
        "ec2": "ec2",  # pod addresses (VPC CNI), volumes (EBS CSI), snapshots (Velero)
        "ec2messages": "ec2messages",  # Session Manager
        "ecr.api": "ecr",  # images of the EKS add-ons
        "ecr.dkr": "ecr",
        "eks": "eks",
        "kms": "kms",
        "logs": "logs",
        "monitoring": "cloudwatch",
        "secretsmanager": "secretsmanager",
        "ssm": "ssm",
        "ssmmessages": "ssmmessages",
        "sts": "sts",  # roles of service accounts (IRSA)
    }
)


def interface_policy(prefix: str, account: str) -> str:
    """Lets this account's principals through to every action of one service, and nobody else's."""
    statements: list[Statement] = [
        {
            "Sid": "OwnPrincipals",
            "Effect": "Allow",
            "Principal": "*",
            "Action": f"{prefix}:*",
            "Resource": "*",  # the role that calls is narrow; this only says whose role it must be
            "Condition": {"StringEquals": {"aws:PrincipalAccount": account}},
        }
    ]
    if prefix == "sts":
        statements.append(
            {
                "Sid": "RolesOfServiceAccounts",  # called without credentials: a pod exchanges its token for a role's
                "Effect": "Allow",
                "Principal": "*",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Resource": f"arn:aws:iam::{account}:role/*",
            }
        )
    return document(statements)


def bucket_policy(account: str, region: str, images: Images) -> str:
    """Lets through this account's buckets, and reading from those that nodes, the bastion and image pulls need.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html names the bucket of ECR's layers.
    """
    foreign = (
        f"prod-{region}-starport-layer-bucket",
        f"al2023-repos-{region}-de612dc2",  # packages of Amazon Linux
        f"amazon-ssm-{region}",  # the Session Manager agent and its documents
        f"aws-ssm-{region}",
        *registries.buckets(images),
    )
    return document(
        [
            {
                "Sid": "OwnBuckets",
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["s3:Get*", "s3:List*", "s3:PutObject*", "s3:DeleteObject*", "s3:AbortMultipartUpload"],
                "Resource": "arn:aws:s3:::*",  # the condition narrows it; a bucket's owner is not part of its ARN
                "Condition": {"StringEquals": {"aws:ResourceAccount": account}},
            },
            {
                "Sid": "PublicBucketsReadOnly",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": [f"arn:aws:s3:::{bucket}/*" for bucket in foreign],
            },
        ]
    )


def bucket_host(entries: Sequence[aws.ec2.outputs.VpcEndpointDnsEntry]) -> str:
    """The name at which the S3 interface serves buckets; AWS gives its names with a star in the place of `bucket`."""
    return f"bucket.{str(entries[0].dns_name).removeprefix('*.')}"


class Endpoints(ComponentResource):
    """The gateway in the private route tables, the interfaces in the application subnets. `group_id` admits the VPC on 443.

    `bucket_host` is the name of the interface for S3 in a closed network, else None.
    """

    def __init__(
        self,
        name: str,
        context: Context,
        images: Images,
        vpc_id: Input[str],
        route_table_ids: Sequence[Input[str]],
        subnet_ids: Sequence[Input[str]],
        parent: Resource,
        *,
        closed: bool,
    ) -> None:
        super().__init__("oob:aws:Endpoints", name, None, child(parent))
        options = child(self, context.main)
        environment, region = context.environment.name, context.region
        buckets = bucket_policy(context.account, region, images)
        gateway = aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=list(route_table_ids),
            policy=buckets,
            tags={"Name": f"{environment}-s3"},
            opts=options,
        )
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=vpc_id,
            description="Interface endpoints of AWS services",
            tags={"Name": f"{environment}-endpoints"},
            opts=options,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-vpc",
            security_group_id=group.id,
            description="HTTPS from inside the VPC",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=str(context.settings.network.cidr),
            opts=options,
        )
        for service, prefix in SERVICES.items():
            aws.ec2.VpcEndpoint(
                f"{name}-{service.replace('.', '-')}",
                vpc_id=vpc_id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=list(subnet_ids),
                security_group_ids=[group.id],
                policy=interface_policy(prefix, context.account),
                tags={"Name": f"{environment}-{service}"},
                opts=options,
            )
        self.bucket_host: Output[str] | None = None
        if closed:
            interface = aws.ec2.VpcEndpoint(
                f"{name}-s3-interface",
                vpc_id=vpc_id,
                service_name=f"com.amazonaws.{region}.s3",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                # Without this S3's names would lead here for resolvers outside the VPC only, and to the gateway inside.
                dns_options={"dns_record_ip_type": "ipv4", "private_dns_only_for_inbound_resolver_endpoint": False},
                subnet_ids=list(subnet_ids),
                security_group_ids=[group.id],
                policy=buckets,
                tags={"Name": f"{environment}-s3-interface"},
                opts=options,
            )
            self.bucket_host = interface.dns_entries.apply(bucket_host)
        self.group_id: Output[str] = group.id
        self.bucket_prefix_list_id: Output[str] = gateway.prefix_list_id
        self.register_outputs({})
