"""Made-up neighbours of the identity and watch roles, and a way to see what these register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource

from components.clouds.aws.handles import (
    PURPOSES,
    AwsKeys,
    Context,
)
from components.clouds.aws.settings import Settings
from components.contract import Environment
from components.labels import Labels
from components.roster import Person, Roster
from components.sections import Mode, Posture, Site, Size
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


def context(disposable: bool = False, size: Size = Size.MEDIUM, name: str | None = None) -> Context:
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
    mode = Mode.DRILL if disposable else Mode.LIVE
    return Context(
        settings=settings,
        environment=Environment(
            name=name or ("drill-quarter-four" if disposable else "oob-aws-example"),
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
