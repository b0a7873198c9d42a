"""Made-up neighbours of the identity and watch roles, and a way to see what these register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource

from components.clouds.aws.handles import (
    PURPOSES,
    AwsCluster,
    AwsDatabase,
    AwsEdge,
    AwsKeys,
    AwsNetwork,
    AwsObjects,
    AwsZone,
    Context,
)
from components.clouds.aws.settings import Settings
from components.contract import (
    AdminCredential,
    BackupLocation,
    BackupOutputs,
    DnsOutputs,
    Environment,
    FileStore,
    NodePort,
    SecretsOutputs,
    TransferTarget,
    Watched,
    WatchSpec,
)
from components.labels import Labels
from components.roster import Person, Roster
from components.sections import Alerts, Backup, Dns, Mode, Posture, Rotation, Site, Size
from ops.plan.recorder import Recording, Registered, record

ACCOUNT = "444455556666"
REGION = "eu-central-1"
REPLICA = "eu-north-1"
ADMINISTRATORS = f"arn:aws:iam::{ACCOUNT}:role/oob-administrators"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


class Top(ComponentResource):
    """What everything descends from in these tests."""

    def __init__(self) -> None:
        super().__init__("oob:index:Topology", "oob")


def environment(disposable: bool = False, posture: Posture = Posture.HOT) -> Environment:
    """An environment, or a drill of it."""
    mode = Mode.DRILL if disposable else Mode.LIVE
    return Environment(
        name="drill-quarter-four" if disposable else "oob-aws-example",
        labels=Labels(stack="aws-example", organisation="acme", mode=mode.value),
        size=Size.MEDIUM,
        posture=posture,
        mode=mode,
        disposable=disposable,
        kubernetes_version="1.36",
        postgres_version="17.9",
    )


def context(disposable: bool = False, posture: Posture = Posture.HOT) -> Context:
    """Settings, environment and providers of an environment, or of a drill of it."""
    settings = Settings.model_validate(
        {
            "account": ACCOUNT,
            "region": REGION,
            "replicaRegion": REPLICA,
            "cluster": {"administrators": [ADMINISTRATORS]},
            "permissionsBoundary": BOUNDARY,
        }
    )
    return Context(
        settings=settings,
        environment=environment(disposable, posture),
        main=aws.Provider("aws", region=REGION),
        replica=aws.Provider("aws-replica", region=REPLICA),
        world=aws.Provider("aws-world", region="us-east-1"),
    )


def key(region: str, purpose: str) -> Output[str]:
    return Output.from_input(f"arn:aws:kms:{region}:{ACCOUNT}:key/{purpose}")


def keys() -> AwsKeys:
    return AwsKeys(
        purposes=PURPOSES,
        main={purpose: key(REGION, purpose) for purpose in PURPOSES},
        replica={purpose: key(REPLICA, purpose) for purpose in PURPOSES},
        world_alerts=key("us-east-1", "alerts"),
    )


def site() -> Site:
    zone = "acme-oob.example"
    return Site.model_validate({"host": f"chat.{zone}", "directHost": f"oob.{zone}", "zone": zone})


def roster() -> Roster:
    return Roster(
        people=(
            Person(
                username="ines.keller",
                name="Ines Maria Keller",
                email="ines.keller@responders.example.net",
                phone="+4915112345601",
                groups=("incident-response", "administrators"),
            ),
            Person(
                username="aylin.demir",
                name="Aylin",
                email="aylin.demir@responders.example.net",
                groups=("business-continuity",),
            ),
        )
    )


def text(value: str) -> Output[str]:
    return Output.from_input(value)


def watch_spec() -> WatchSpec:
    alerts = {"emails": ["oncall@example.net", "lead@example.net"], "phones": ["+4915112345600"], "monthlyBudget": 2500}
    return WatchSpec(alerts=Alerts.model_validate(alerts), backup=Backup(), dns=Dns(), rotation=Rotation(), log_days=365)


def bucket(label: str) -> tuple[Output[str], Output[str]]:
    """ARN and name."""
    return text(f"arn:aws:s3:::acme-{label}"), text(f"acme-{label}")


def watched() -> Watched[AwsKeys, AwsNetwork, AwsObjects, AwsDatabase, AwsCluster, AwsZone, AwsEdge]:
    """Everything that the watch looks at, as if it existed."""
    files, backups, plain = (bucket(label) for label in ("files", "backups", "plain-logs"))
    zone = aws.route53.Zone("zone", name="acme-oob.example")
    return Watched(
        keys=keys(),
        network=AwsNetwork(
            cidr="10.64.0.0/16",
            edge_cidrs=(),
            application_cidrs=(),
            database_cidrs=(),
            vpc_id=text("vpc-1"),
            zone_names=(f"{REGION}a", f"{REGION}b"),
            public_subnet_ids=(),
            application_subnet_ids=(),
            database_subnet_ids=(),
            endpoint_group_id=text("sg-1"),
            flow_log_group=text("flow"),
        ),
        objects=AwsObjects(
            files=FileStore(url="s3.amazonaws.com", bucket=files[1], env={}),
            velero=BackupLocation(provider="aws", plugin="velero-aws", bucket=backups[1], prefix="velero", config={}),
            transfer=TransferTarget(env={}, path=text("acme-backups")),
            files_arn=files[0],
            files_name=files[1],
            backups_arn=backups[0],
            backups_name=backups[1],
            plain_logs_arn=plain[0],
            plain_logs_name=plain[1],
            replica_names={"files": text("acme-files-copy"), "backups": text("acme-backups-copy")},
        ),
        database=AwsDatabase(
            host=text("db.example"),
            reader_host=None,
            port=5432,
            name="mattermost",
            role="mmuser",
            trust_pem="",
            admin=AdminCredential(image="aws-cli", command=(), env={}),
            cluster_id=text("acme-database"),
            cluster_arn=text(f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:acme-database"),
            cluster_resource_id=text("cluster-1"),
            instance_ids=(text("acme-database-1"), text("acme-database-2")),
            admin_secret_arn=text(f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds-admin"),
            group_id=text("sg-2"),
        ),
        cluster=AwsCluster(
            kubeconfig=text(""),
            identifier="acme-cluster",
            service_cidr="172.20.0.0/16",
            ingress=NodePort(),
            name=text("acme-cluster"),
            arn=text("arn:cluster"),
            endpoint=text("https://cluster"),
            certificate_authority=text(""),
            oidc_arn=text(""),
            oidc_host=text(""),
            node_group_id=text("sg-3"),
            scaling_group_names=(text("group-1"),),
            node_role_arn=text(""),
        ),
        zone=AwsZone(name_servers=Output.from_input(["ns-1"]), zone_id=text("Z1"), zone=zone),
        edge=AwsEdge(
            address=text("edge.example"),
            access_layer={},
            load_balancer_arn=text("arn:lb"),
            load_balancer_suffix=text("app/acme/1"),
            load_balancer_zone_id=text("Z2"),
            target_group_suffix=text("targetgroup/acme/1"),
            acl_arn=text("arn:acl"),
            acl_name="edge",
            group_id=text("sg-4"),
            certificate_arn=text(f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"),
            log_key_arn=text(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/logs"),
        ),
        secrets=SecretsOutputs(
            references={"database": text(f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:oob/application/database/1")}
        ),
        dns=DnsOutputs(
            set_latch=text("set"),
            release_latch=text("release"),
            health_checks={check: text(f"check-{check}") for check in ("primary", "outOfBand", "latch", "identity")},
        ),
        backup=BackupOutputs(vaults=(text("acme-vault"), text("acme-vault-copy"))),
    )


def recording(program: Callable[[Resource], None]) -> Recording:
    """What `program` registers below a made-up topology."""
    return record(lambda: program(Top()), project="oob", stack="aws-example", config={})


def of_type(recorded: Recording, kind: str) -> list[Registered]:
    return [found for found in recorded.resources if found.type == kind]


def only(recorded: Recording, kind: str, name: str | None = None) -> Registered:
    """The one resource of that type (and name); AssertionError if there are several or none."""
    found = [known for known in of_type(recorded, kind) if name is None or known.name == name]
    assert len(found) == 1, f"{kind} {name}: {[known.name for known in found]}"
    return found[0]


def at(found: Registered, *path: str | int) -> Any:
    """The value at a path of a resource's inputs; KeyError or IndexError if there is none."""
    value: Any = found.inputs
    for part in path:
        value = value[part]
    return value
