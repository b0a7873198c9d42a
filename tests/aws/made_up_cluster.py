"""Made-up neighbours of cluster, grants and bastion, and their recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi import Output, Resource

from components.clouds.aws.handles import AwsCluster, AwsDatabase, AwsObjects, Context
from components.clouds.aws.settings import Settings
from components.contract import (
    AdminCredential,
    BackupLocation,
    ClusterSpec,
    FileStore,
    GrantsSpec,
    NodePort,
    ServiceAccount,
    TransferTarget,
)
from components.sections import Posture, Size
from tests.aws import made_up_data as made_up
from tests.aws.made_up_data import ACCOUNT, REGION

CLUSTER = "oob-aws-example-9c8c2f"
ISSUER = f"oidc.eks.{REGION}.amazonaws.com/id/0123456789ABCDEF"
FILES, BACKUPS = "arn:aws:s3:::oob-files", "arn:aws:s3:::oob-backups"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!cluster-1-abcdef"

GRANTS = GrantsSpec(
    mattermost=ServiceAccount(namespace="mattermost", name="mattermost"),
    velero=ServiceAccount(namespace="velero", name="velero"),
    transfer=ServiceAccount(namespace="backup", name="transfer"),
    bootstrap=ServiceAccount(namespace="backup", name="database-bootstrap"),
)


def text(value: str) -> Output[str]:
    return Output.from_input(value)


def settings(*, zones: int = 3, kubernetes: str = "1.36", cluster: Mapping[str, Any] | None = None) -> Settings:
    """The `aws:` block, with changes to its `cluster:` block."""
    block = {"administrators": [made_up.ADMINISTRATORS], "version": kubernetes} | dict(cluster or {})
    return Settings.model_validate(
        {
            "account": ACCOUNT,
            "region": REGION,
            "replicaRegion": made_up.REPLICA,
            "cluster": block,
            "network": {"zones": zones},
            "permissionsBoundary": made_up.BOUNDARY,
        }
    )


def context(
    *,
    disposable: bool = False,
    size: Size = Size.MEDIUM,
    posture: Posture = Posture.HOT,
    zones: int = 3,
    kubernetes: str = "1.36",
    cluster: Mapping[str, Any] | None = None,
) -> Context:
    """The made-up context with another posture, or with changes to the `cluster:` block."""
    found = made_up.context(disposable=disposable, size=size, zones=zones)
    environment = replace(found.environment, posture=posture, kubernetes_version=kubernetes)
    return replace(found, settings=settings(zones=zones, kubernetes=kubernetes, cluster=cluster), environment=environment)


def spec(size: Size = Size.MEDIUM, kubernetes: str = "1.36") -> ClusterSpec:
    return ClusterSpec(kubernetes_version=kubernetes, size=size, log_days=365)


def cluster(ready: tuple[Resource, ...] = ()) -> AwsCluster:
    return AwsCluster(
        kubeconfig=text("{}"),
        identifier=CLUSTER,
        service_cidr="10.100.0.0/16",
        ingress=NodePort(),
        ready=ready,
        name=text(CLUSTER),
        arn=text(f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{CLUSTER}"),
        endpoint=text(f"https://0123.gr7.{REGION}.eks.amazonaws.com"),
        certificate_authority=text("Q0E="),
        oidc_arn=text(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"),
        oidc_host=text(ISSUER),
        node_group_id=text("sg-cluster"),
        scaling_group_names=(text("eks-1"), text("eks-2"), text("eks-3")),
        node_role_arn=text(f"arn:aws:iam::{ACCOUNT}:role/nodes"),
    )


def database() -> AwsDatabase:
    return AwsDatabase(
        host=text("database.internal"),
        reader_host=text("reader.internal"),
        port=5432,
        name="mattermost",
        role="mmuser",
        trust_pem="PEM",
        admin=AdminCredential(image="aws-cli", command=("sh",), env={}),
        cluster_id=text("database"),
        cluster_arn=text(f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:database"),
        cluster_resource_id=text("cluster-1"),
        instance_ids=(text("database-1"), text("database-2")),
        admin_secret_arn=text(SECRET),
        group_id=text("sg-database"),
    )


def objects(*, drill: bool = False, source_key: str | None = None, export_source: str | None = None) -> AwsObjects:
    target = TransferTarget(env={}, path=text("oob-backups"))
    return AwsObjects(
        files=FileStore(url="s3", bucket="oob-files", env={}),
        velero=BackupLocation(provider="aws", plugin="p", bucket="b", prefix="velero", config={}, read_only=drill),
        transfer=target,
        files_arn=text(FILES),
        files_name=text("oob-files"),
        backups_arn=text(BACKUPS),
        backups_name=text("oob-backups"),
        plain_logs_name=text("oob-plain"),
        plain_logs_arn=text("arn:aws:s3:::oob-plain"),
        source_arns=("arn:aws:s3:::source-files", "arn:aws:s3:::source-backups") if drill else (),
        source_key_arn=source_key,
        export_source=export_source,
    )
