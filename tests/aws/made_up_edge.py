"""Made-up neighbours of the network, edge and dns roles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi_aws as aws
from pulumi import Output, Resource

from components.clouds.aws.handles import AwsCluster, AwsEdge, AwsNetwork, AwsObjects, AwsZone, Context
from components.clouds.aws.settings import Settings
from components.contract import (
    BackupLocation,
    Certificate,
    EdgeSpec,
    Environment,
    FileStore,
    NetworkSpec,
    NodePort,
    TransferTarget,
)
from components.labels import Labels
from components.sections import Access, Egress, Images, Mode, Posture, Site, Size
from ops.plan.recorder import Recording, Registered
from ops.plan.values import Plain

ACCOUNT, REGION, REPLICA = "444455556666", "eu-central-1", "eu-north-1"
ZONE = "acme-oob.example"
HOST, DIRECT = f"chat.{ZONE}", f"oob.{ZONE}"
PEOPLE = ("198.51.100.0/24", "192.0.2.128/25")


def text(value: str) -> Output[str]:
    return Output.from_input(value)


def context(
    *,
    disposable: bool = False,
    size: Size = Size.MEDIUM,
    zones: int = 3,
    region: str = REGION,
    edge: dict[str, Any] | None = None,
) -> Context:
    """Settings, environment and providers of an environment, or of a drill of it."""
    settings = Settings.model_validate(
        {
            "account": ACCOUNT,
            "region": region,
            "replicaRegion": REPLICA,
            "network": {"cidr": "10.64.0.0/16", "zones": zones},
            "cluster": {"administrators": [f"arn:aws:iam::{ACCOUNT}:role/oob-administrators"]},
            "edge": edge or {},
            "permissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        }
    )
    mode = Mode.DRILL if disposable else Mode.LIVE
    return Context(
        settings=settings,
        environment=Environment(
            name="drill-quarter-four" if disposable else "oob-aws-example",
            labels=Labels(stack="aws-example", organisation="acme", mode=mode.value),
            size=size,
            posture=Posture.HOT,
            mode=mode,
            disposable=disposable,
            kubernetes_version="1.36",
            postgres_version="17.9",
        ),
        main=aws.Provider("aws", region=region),
        replica=aws.Provider("aws-replica", region=REPLICA),
        world=aws.Provider("aws-world", region="us-east-1"),
    )


def network_spec(
    mode: str = "filtered", domains: Sequence[str] = (), mirror: str | None = None, hosts: Sequence[str] = ()
) -> NetworkSpec:
    return NetworkSpec(
        egress=Egress.model_validate({"mode": mode, "domains": list(domains)}),
        images=Images.model_validate({"mirror": mirror} if mirror else {}),
        hosts=tuple(hosts),
    )


APPLICATION = ("10.64.0.0/18", "10.64.64.0/18", "10.64.128.0/18")


def network() -> AwsNetwork:
    def ids(tier: str) -> tuple[Output[str], ...]:
        return tuple(text(f"subnet-{tier}-{number}") for number in (1, 2, 3))

    return AwsNetwork(
        cidr="10.64.0.0/16",
        edge_cidrs=("10.64.192.0/21", "10.64.200.0/21", "10.64.208.0/21"),
        application_cidrs=APPLICATION,
        database_cidrs=("10.64.216.0/21", "10.64.224.0/21", "10.64.232.0/21"),
        vpc_id=text("vpc-1"),
        zone_names=tuple(f"{REGION}{letter}" for letter in "abc"),
        public_subnet_ids=ids("public"),
        application_subnet_ids=ids("application"),
        database_subnet_ids=ids("database"),
        endpoint_group_id=text("sg-endpoints"),
        flow_log_group=text("flows"),
        bucket_prefix_list_id=text("pl-s3"),
    )


def cluster() -> AwsCluster:
    return AwsCluster(
        kubeconfig=text("{}"),
        identifier="oob",
        service_cidr="172.20.0.0/16",
        ingress=NodePort(),
        name=text("oob"),
        arn=text("arn:cluster"),
        endpoint=text("https://cluster.example"),
        certificate_authority=text("Y2E="),
        oidc_arn=text("arn:oidc"),
        oidc_host=text("oidc.example"),
        node_group_id=text("sg-nodes"),
        scaling_group_names=(text("group-a"), text("group-b")),
        node_role_arn=text("arn:node"),
    )


def objects() -> AwsObjects:
    return AwsObjects(
        files=FileStore(url="s3", bucket="files", env={}),
        velero=BackupLocation(provider="aws", plugin="velero-plugin-for-aws", bucket="backups", prefix="velero", config={}),
        transfer=TransferTarget(env={}, path=text("backups/dumps")),
        files_arn=text("arn:files"),
        files_name=text("files"),
        backups_arn=text("arn:backups"),
        backups_name=text("backups"),
        plain_logs_name=text("plain-logs"),
        plain_logs_arn=text("arn:plain-logs"),
    )


def site(delegated: bool = True) -> Site:
    return Site.model_validate({"host": HOST, "directHost": DIRECT, "zone": ZONE, "zoneDelegated": delegated})


def access(cidrs: Sequence[str] = PEOPLE, opened: str | None = None) -> Access:
    opening = {"openToAll": {"until": opened, "reason": "an incident far from home"}} if opened else {}
    return Access.model_validate({"allowedCidrs": list(cidrs), **opening})


def edge_spec(delegated: bool = True, allowed: Access | None = None) -> EdgeSpec:
    return EdgeSpec(
        site=site(delegated),
        access=allowed or access(),
        backup_certificate=Certificate(
            certificate=text("-----CERTIFICATE-----"), key=Output.secret("canary-key-9d1c"), chain=text("-----CHAIN-----")
        ),
        ingress_trust=text("-----CHAIN-----"),
        idle_timeout_seconds=90,
        stickiness_seconds=43200,
        max_upload_megabytes=50,
        log_days=365,
    )


def zone(parent: Resource) -> AwsZone:
    return AwsZone(name_servers=Output.from_input(["ns-1.example"]), zone_id=text("ZONE1"), zone=parent)


def edge(inside: bool = False) -> AwsEdge:
    """The edge as dns sees it; `inside` for an internal load balancer."""
    return AwsEdge(
        address=text("edge.eu-central-1.elb.amazonaws.com"),
        access_layer={},
        load_balancer_arn=text("arn:lb"),
        load_balancer_suffix=text("app/edge/1"),
        load_balancer_zone_id=text("ZLB"),
        target_group_suffix=text("targetgroup/edge/1"),
        acl_arn=text("arn:acl"),
        acl_name="oob-edge",
        group_id=text("sg-edge"),
        certificate_arn=text("arn:certificate"),
        log_key_arn=text("arn:key/logs"),
        probe_subnet_ids=(text("subnet-application-1"), text("subnet-application-2")) if inside else (),
        probe_group_id=text("sg-probe") if inside else None,
    )


def document(found: Registered, key: str = "policy") -> list[dict[str, Any]]:
    """The statements of a policy given as text."""
    value = found.inputs[key]
    assert isinstance(value, str)
    statements: list[dict[str, Any]] = json.loads(value)["Statement"]
    return statements


def each(found: Sequence[Registered], key: str) -> list[Plain]:
    """The different values of one input over several resources."""
    values: list[Plain] = []
    for known in found:
        if known.inputs.get(key) not in values:
            values.append(known.inputs.get(key))
    return values


def named(recorded: Recording, name: str) -> Registered:
    """The one resource of that logical name."""
    found = [known for known in recorded.resources if known.name == name]
    assert len(found) == 1, f"{name}: {[known.urn for known in found]}"
    return found[0]
