"""Made-up neighbours of keys, secrets, objects, database and backup, and a way to see what these register."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource

from components.clouds.aws.handles import PURPOSES, AwsKeys, AwsNetwork, Context
from components.clouds.aws.settings import Settings
from components.contract import Environment
from components.labels import Labels
from components.sections import Backup, DatabaseSource, Mode, ObjectsSource, Posture, Rotation, Size
from ops.plan.recorder import Recording, Registered, record

ACCOUNT = "444455556666"
SECOND_ACCOUNT = "777766665555"
REGION = "eu-central-1"
REPLICA = "eu-north-1"
ADMINISTRATORS = f"arn:aws:iam::{ACCOUNT}:role/oob-administrators"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
SECOND_VAULT = f"arn:aws:backup:{REPLICA}:{SECOND_ACCOUNT}:backup-vault:acme-oob-copies"
AS_OF = "2026-11-23T02:05:00Z"


class Top(ComponentResource):
    """What everything descends from in these tests."""

    def __init__(self) -> None:
        super().__init__("oob:index:Topology", "oob")


def context(disposable: bool = False, size: Size = Size.MEDIUM, second_vault: str | None = None, zones: int = 3) -> Context:
    """Settings, environment and providers of an environment, or of a drill of it."""
    settings = Settings.model_validate(
        {
            "account": ACCOUNT,
            "region": REGION,
            "replicaRegion": REPLICA,
            "cluster": {"administrators": [ADMINISTRATORS]},
            "network": {"zones": zones},
            "permissionsBoundary": BOUNDARY,
            "vault": {"secondAccountVault": second_vault},
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
        main=aws.Provider("aws", region=REGION),
        replica=aws.Provider("aws-replica", region=REPLICA),
        world=aws.Provider("aws-world", region="us-east-1"),
    )


def key(region: str, purpose: str) -> Output[str]:
    return Output.from_input(f"arn:aws:kms:{region}:{ACCOUNT}:key/{purpose}")


def keys() -> AwsKeys:
    copied = [purpose for purpose in PURPOSES if purpose not in ("cluster", "volumes")]
    return AwsKeys(
        purposes=PURPOSES,
        main={purpose: key(REGION, purpose) for purpose in PURPOSES},
        replica={purpose: key(REPLICA, purpose) for purpose in copied},
        world_alerts=key("us-east-1", "alerts"),
    )


def network(zones: int = 3) -> AwsNetwork:
    def ids(tier: str) -> tuple[Output[str], ...]:
        return tuple(Output.from_input(f"subnet-{tier}-{index}") for index in range(zones))

    return AwsNetwork(
        cidr="10.64.0.0/16",
        edge_cidrs=("10.64.0.0/24",),
        application_cidrs=("10.64.64.0/18",),
        database_cidrs=("10.64.16.0/24",),
        vpc_id=Output.from_input("vpc-1"),
        zone_names=tuple(f"{REGION}{letter}" for letter in "abc"[:zones]),
        public_subnet_ids=ids("public"),
        application_subnet_ids=ids("application"),
        database_subnet_ids=ids("database"),
        endpoint_group_id=Output.from_input("sg-endpoints"),
        flow_log_group=Output.from_input("flow-logs"),
    )


def backup(**changed: object) -> Backup:
    """Backup settings with their defaults, but for `changed`."""
    return Backup.model_validate(changed, by_name=True)


def rotation(generation: int = 1) -> Rotation:
    return Rotation.model_validate({"generation": generation})


def point_in_time() -> DatabaseSource:
    return DatabaseSource.model_validate({"cluster": "oob-production-database", "pointInTime": "2026-11-23T02:00:00Z"})


def snapshot() -> DatabaseSource:
    return DatabaseSource.model_validate({"snapshot": "awsbackup:job-0001"})


def source(source_key: str | None = None) -> ObjectsSource:
    return ObjectsSource.model_validate(
        {"files": "source-files", "backups": "source-backups", "asOf": AS_OF} | ({"key": source_key} if source_key else {})
    )


def recording(program: Callable[[Resource], None]) -> Recording:
    """What `program` registers below a made-up topology."""
    return record(lambda: program(Top()), project="oob", stack="aws-example", config={})


def of_type(recorded: Recording, kind: str) -> list[Registered]:
    return [found for found in recorded.resources if found.type == kind]


def named(recorded: Recording, name: str) -> Registered:
    """The one resource of that logical name; AssertionError if there are several or none."""
    found = [known for known in recorded.resources if known.name == name]
    assert len(found) == 1, f"{name}: {[known.urn for known in found]}"
    return found[0]


def custom(recorded: Recording) -> list[Registered]:
    """Everything that a provider would make."""
    return [found for found in recorded.resources if found.custom and not found.type.startswith("pulumi:providers:")]


def statements(found: Registered, field: str = "policy") -> dict[str, Any]:
    """The statements of a resource's policy by their Sid."""
    text = found.inputs[field]
    assert isinstance(text, str)
    return {statement["Sid"]: statement for statement in json.loads(text)["Statement"]}


def blocks(found: Registered, field: str) -> list[dict[str, Any]]:
    """A list of blocks among a resource's inputs."""
    value = cast("list[dict[str, Any]]", found.inputs[field])
    assert isinstance(value, list)
    return value


def provider_of(found: Registered) -> str:
    """The name of the explicit provider."""
    return found.provider.rpartition("::")[2]


def ungranted(policy: Mapping[str, Any]) -> list[str]:
    """Sids of statements that allow every action, or any of a service, to somebody."""
    wide: list[str] = []
    for sid, statement in policy.items():
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if statement["Effect"] == "Allow" and any("*" in action for action in actions):
            wide.append(sid)
    return wide
