"""A made-up environment around the platform, for the tests of this folder; no cloud is asked and nothing is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeAlias, cast

import kubernetes_validate
import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Output, ResourceOptions

from components.authority import Authority
from components.contract import (
    AdminCredential,
    BackupLocation,
    ClusterOutputs,
    DatabaseOutputs,
    Environment,
    FileStore,
    GrantsOutputs,
    HelmAddon,
    IdentityOutputs,
    NetworkOutputs,
    NodePort,
    ObjectsOutputs,
    TransferTarget,
    WorkloadIdentity,
)
from components.credentials import Credentials
from components.labels import Labels
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.roster import Roster
from components.settings import Secrets, Stack
from ops.plan.recorder import Recording, Registered, record

Block: TypeAlias = dict[str, Any]
KUBERNETES = "1.36"
SMTP_CANARY = "canary-smtp-7712"
OIDC_CANARY = "canary-oidc-9931"
LICENCE_CANARY = "canary-licence-5520"
FILE_KEY_CANARY = "canary-file-key-1180"
HIDDEN = "[secret]"
CANARIES = (SMTP_CANARY, OIDC_CANARY, LICENCE_CANARY, FILE_KEY_CANARY)

NETWORK = NetworkOutputs(
    cidr="10.40.0.0/16",
    edge_cidrs=("10.40.0.0/24", "10.40.1.0/24"),
    application_cidrs=("10.40.16.0/20", "10.40.32.0/20"),
    database_cidrs=("10.40.2.0/24", "10.40.3.0/24"),
)
DRILL: Block = {
    "mode": "drill",
    "backup": {"objectLock": "none"},
    "drill": {
        "id": "quarter-4",
        "created": "2026-11-24",
        "expires": "2026-11-30",
        "sourceStack": "production",
        "database": {"snapshot": "made-up-snapshot"},
        "objects": {"files": "source-files", "backups": "source-backups", "asOf": "2026-11-23T02:05:00Z"},
        "veleroBackup": "oob-20261123020000",
    },
}
SMTP: Block = {"host": "mail.relay.example", "port": 587, "username": "oob", "sender": "oob@relay.example"}
_STACK: Block = {
    "cloud": "made-up",
    "organisation": "example",
    "size": "medium",
    "owner": "owner@survives.example",
    "site": {"host": "chat.oob.example", "directHost": "direct.oob.example", "zone": "oob.example"},
    "primary": {
        "endpoint": {"host": "chat.primary.example"},
        "domains": ["primary.example"],
        "issuers": ["https://id.primary.example"],
        "cidrs": ["172.20.0.0/16", "198.51.100.0/24", "2001:db8:5::/48"],
    },
    "access": {"allowedCidrs": ["192.0.2.0/24", "203.0.113.7/32", "2001:db8:77::/48"]},
    "identity": {"provider": "managed", "roster": "roster.yaml"},
    "alerts": {"emails": ["alerts@survives.example"], "phones": ["+4915112345678"]},
}


def merged(base: Block, changes: Mapping[str, Any]) -> Block:
    """`base` with `changes` laid over it, block by block; neither is altered."""
    found = deepcopy(base)
    for key, value in changes.items():
        both = isinstance(found.get(key), dict) and isinstance(value, dict)
        found[key] = merged(cast("Block", found[key]), cast("Block", value)) if both else value
    return found


def stack(*changes: Mapping[str, Any]) -> Stack:
    """A valid stack with some settings changed."""
    value = _STACK
    for change in changes:
        value = merged(value, change)
    return Stack.model_validate(value)


def environment(of: Stack) -> Environment:
    """The environment of a stack, as the program makes it."""
    drill = of.drill
    return Environment(
        name=f"drill-{drill.id}" if drill else "oob-test",
        labels=Labels(
            stack="test",
            organisation=of.organisation,
            mode=of.mode.value,
            drill_id=drill.id if drill else None,
            expires_at=drill.expires.isoformat() if drill else None,
        ),
        size=of.size,
        posture=of.posture,
        mode=of.mode,
        disposable=of.disposable,
        kubernetes_version=KUBERNETES,
        postgres_version="17.9",
    )


def secret(value: str) -> Output[str]:
    return Output.secret(value)


def identity() -> IdentityOutputs:
    return IdentityOutputs(
        issuer=Output.from_input("https://id.oob.example/pool"),
        client_id=Output.from_input("client-7"),
        client_secret=secret(OIDC_CANARY),
    )


def cluster_outputs(addons: tuple[HelmAddon, ...] = ()) -> ClusterOutputs:
    return ClusterOutputs(
        kubeconfig=cast("Any", "{}"),  # never asked for by the platform
        identifier="made-up",
        service_cidr="10.96.0.0/16",
        ingress=NodePort(),
        addons=addons,
    )


def inputs(of: Stack, *, addons: tuple[HelmAddon, ...] = ()) -> PlatformInputs:
    """Inputs for the platform, inside a running program."""
    around = ComponentResource("test:index:Around", "around")
    grant = WorkloadIdentity(annotations={"cloud.example/role": "role-of-pod"}, pod_labels={"cloud.example/use": "true"})
    target = TransferTarget(env={"RCLONE_CONFIG_OOB_TYPE": "s3"}, path=Output.from_input("backups/oob"))
    return PlatformInputs(
        environment=environment(of),
        stack=of,
        secrets=Secrets(
            licence=secret(LICENCE_CANARY) if of.mattermost.licensed else None,
            smtp_password=secret(SMTP_CANARY) if of.smtp else None,
        ),
        roster=Roster.model_validate(
            {
                "people": [
                    {"username": "ada.one", "name": "Ada One", "email": "ada@survives.example", "groups": ["incident-response"]},
                    {"username": "bo.two", "name": "Bo Two", "email": "bo@survives.example", "groups": ["business-continuity"]},
                ]
            }
        ),
        authority=Authority("authority", of.organisation, around),
        credentials=Credentials("credentials", of.rotation, around),
        cluster=cluster_outputs(addons),
        network=NETWORK,
        database=DatabaseOutputs(
            host=Output.from_input("db.internal.example"),
            reader_host=Output.from_input("db-ro.internal.example"),
            port=5432,
            name="mattermost",
            role="mmuser",
            trust_pem="-----BEGIN CERTIFICATE-----\nmade up\n-----END CERTIFICATE-----\n",
            admin=AdminCredential(image="python", command=("true",), env={}),
        ),
        objects=ObjectsOutputs(
            files=FileStore(
                url="objects.example",
                bucket="files",
                env={"MM_FILESETTINGS_DRIVERNAME": "made-up", "MM_FILESETTINGS_KEY": secret(FILE_KEY_CANARY)},
            ),
            velero=BackupLocation(
                provider="made-up", plugin="velero-plugin-for-aws", bucket="backups", prefix="velero", config={}
            ),
            transfer=target,
            source=target if of.disposable else None,
            file_copies=target if of.disposable else None,
        ),
        grants=GrantsOutputs(mattermost=grant, velero=grant, transfer=grant, bootstrap=grant),
        identity=None if of.identity.provider == "local" else identity(),
    )


def recorded(build: Callable[[PlatformInputs, Images, Any], object], *changes: Mapping[str, Any]) -> Recording:
    """What `build` registers, given inputs, images and a parent component that carries a Kubernetes provider."""

    def program() -> None:
        of = stack(*changes)
        provider = kubernetes.Provider("kubernetes", kubeconfig="{}", cluster_identifier="made-up")
        parent = ComponentResource("test:index:Parent", "parent", None, ResourceOptions(providers=[provider]))
        versions = {"mattermost": of.mattermost.version, "mattermost-operator": f"v{of.mattermost.operator_version}"}
        build(inputs(of), Images(of.images, versions), parent)

    return record(program, project="oob", stack="t", config={})


def content(found: Registered) -> Block:
    """The inputs of a resource as a plain block."""
    return cast("Block", dict(found.inputs))


def of_kind(recording: Recording, kind: str) -> list[Block]:
    """Objects whose Kubernetes kind is `kind`, patches aside."""
    found = [content(item) for item in recording.resources if not item.type.endswith("Patch")]
    return [item for item in found if item.get("kind") == kind]


def named(recording: Recording, kind: str, name: str, namespace: str | None = None) -> Block:
    """The one object of that kind and name."""
    found = [
        item
        for item in of_kind(recording, kind)
        if item["metadata"].get("name") == name and namespace in (None, item["metadata"].get("namespace"))
    ]
    assert len(found) == 1, f"{len(found)} objects {kind} {name}"
    return found[0]


def release(recording: Recording, name: str) -> Block:
    """The inputs of the Helm release called `name`."""
    releases = [content(item) for item in recording.resources if item.type == "kubernetes:helm.sh/v3:Release"]
    found = [item for item in releases if item["name"] == name]
    assert len(found) == 1, f"{len(found)} releases {name}"
    return found[0]


BUILT_IN = ("v1", "apps/v1", "batch/v1", "networking.k8s.io/v1", "policy/v1", "rbac.authorization.k8s.io/v1")


def shown(found: Block) -> Block:
    """An object whose secret content is hidden, with an empty block in its place."""
    return {key: {} if key in ("data", "stringData") and value == HIDDEN else value for key, value in found.items()}


def check_schemas(recording: Recording) -> int:
    """Every object of a built-in kind against Kubernetes' own schema, strictly; how many there were."""
    found = [content(item) for item in recording.resources if not item.type.endswith("Patch")]
    built_in = [item for item in found if item.get("apiVersion") in BUILT_IN]
    for item in built_in:
        kubernetes_validate.validate(shown(item), KUBERNETES, strict=True)
    return len(built_in)
