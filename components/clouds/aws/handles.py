"""What the AWS roles hand to each other: the contract's outputs, widened by the identifiers that only AWS has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi_aws as aws
from pulumi import Output, Resource

from components.clouds.aws.settings import Settings
from components.contract import (
    ClusterOutputs,
    DatabaseOutputs,
    EdgeOutputs,
    Environment,
    KeysOutputs,
    NetworkOutputs,
    NodePort,
    ObjectsOutputs,
    ZoneOutputs,
)

PURPOSES = ("cluster", "volumes", "database", "objects", "logs", "secrets", "backup", "alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every role is given: settings, the environment, and the three explicit providers, all locked to one account.

    `main` is the region of the environment, `replica` the second region, `world` us-east-1, where AWS keeps the
    metrics of Route 53 health checks and the bills.
    """

    settings: Settings
    environment: Environment
    main: aws.Provider
    replica: aws.Provider
    world: aws.Provider

    @property
    def account(self) -> str:
        return self.settings.account

    @property
    def region(self) -> str:
        return self.settings.region


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsKeys(KeysOutputs):
    """ARNs of the KMS keys by purpose (PURPOSES), in the main and the second region, and one in us-east-1 for alerts."""

    main: Mapping[str, Output[str]]
    replica: Mapping[str, Output[str]]
    world_alerts: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsNetwork(NetworkOutputs):
    """Ids of the VPC, its subnets by tier, and the security groups that other roles attach rules to."""

    vpc_id: Output[str]
    zone_names: tuple[str, ...]
    public_subnet_ids: tuple[Output[str], ...]
    application_subnet_ids: tuple[Output[str], ...]
    database_subnet_ids: tuple[Output[str], ...]
    endpoint_group_id: Output[str]  # of the interface endpoints: in from the VPC on 443
    flow_log_group: Output[str]
    bucket_prefix_list_id: Output[str] | None = None  # S3's addresses, for groups that reach it through the gateway endpoint
    bucket_host: Output[str] | None = None  # S3 inside a closed network, for a client that asks for other than S3's own names


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsObjects(ObjectsOutputs):
    """Bucket names and ARNs. `plain_logs` takes access logs, which no service writes with a KMS key."""

    files_arn: Output[str]
    files_name: Output[str]
    backups_arn: Output[str]
    backups_name: Output[str]
    plain_logs_name: Output[str]
    plain_logs_arn: Output[str]
    source_arns: tuple[str, ...] = ()  # in a drill: buckets that may be read, and only read
    source_key_arn: str | None = None
    export_source: str | None = None  # bucket of the Pulumi state, when it lies in S3
    replica_names: Mapping[str, Output[str]] = field(default_factory=dict[str, Output[str]])  # copies, by "files" and "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsDatabase(DatabaseOutputs):
    """Identifiers for alarms, grants and the backup plan."""

    cluster_id: Output[str]
    cluster_arn: Output[str]
    cluster_resource_id: Output[str]
    instance_ids: tuple[Output[str], ...]
    admin_secret_arn: Output[str]
    group_id: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCluster(ClusterOutputs):
    """The EKS cluster, its OpenID provider for workload roles, and the scaling groups that the edge targets."""

    ingress: NodePort  # the load balancer's targets are nodes
    name: Output[str]
    arn: Output[str]
    endpoint: Output[str]
    certificate_authority: Output[str]
    oidc_arn: Output[str]
    oidc_host: Output[str]  # issuer without https://, as trust policies want it
    node_group_id: Output[str]  # the security group that EKS gives to nodes and API
    scaling_group_names: tuple[Output[str], ...]
    node_role_arn: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsZone(ZoneOutputs):
    """The hosted zone."""

    zone_id: Output[str]
    zone: Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsEdge(EdgeOutputs):
    """Suffixes and ids as CloudWatch and Route 53 want them.

    The `probe` fields say where a probe from inside may stand; empty where health checkers reach the load balancer from outside.
    """

    load_balancer_arn: Output[str]
    load_balancer_suffix: Output[str]
    load_balancer_zone_id: Output[str]
    target_group_suffix: Output[str]
    acl_arn: Output[str]
    acl_name: str
    group_id: Output[str]
    certificate_arn: Output[str]
    log_key_arn: Output[str]
    probe_subnet_ids: tuple[Output[str], ...] = ()
    probe_group_id: Output[str] | None = None
