"""Made-up inputs of the platform's data parts: no cloud, no secret of anybody, the same for every test here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Output, ResourceOptions

from components.authority import Authority
from components.contract import (
    AdminCredential,
    BackupLocation,
    ClusterOutputs,
    DatabaseOutputs,
    DumpSource,
    Environment,
    FileStore,
    GrantsOutputs,
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
from components.sections import Images as ImageSettings
from components.sections import Mode, Posture, Size
from components.settings import Secrets, Stack
from ops.plan.recorder import Recording, Registered, record

ROSTER = Roster.model_validate(
    {
        "people": [
            {"username": "ada", "name": "Ada", "email": "ada@example.net", "groups": ["incident-response"]},
            {"username": "bea", "name": "Bea", "email": "Bea@example.net", "groups": ["business-continuity"]},
            {"username": "cleo", "name": "Cleo", "email": "cleo@example.net", "groups": ["administrators"]},
        ]
    }
)
DRILL = {
    "id": "quarter",
    "created": "2026-11-20",
    "expires": "2026-11-30",
    "sourceStack": "production",
    "database": {"snapshot": "newest"},
    "objects": {"files": "files", "backups": "backups", "asOf": "2026-11-20T00:00:00Z"},
    "veleroBackup": "velero-oob-20261120000000",
}


def stack(mode: Mode = Mode.LIVE, **changed: Any) -> Stack:
    value: dict[str, Any] = {
        "cloud": "somewhere",
        "organisation": "acme",
        "mode": mode.value,
        "size": "medium",
        "owner": "team@example.net",
        "site": {"host": "chat.oob.example", "directHost": "direct.oob.example", "zone": "oob.example"},
        "primary": {
            "endpoint": {"host": "chat.corp.example"},
            "domains": ["corp.example"],
            "issuers": ["https://login.corp.example"],
            "cidrs": ["10.128.0.0/16"],
        },
        "access": {"allowedCidrs": ["192.0.2.0/24"]},
        "identity": {"provider": "managed", "roster": "roster.yaml"},
        "alerts": {"emails": ["oncall@example.net"], "phones": ["+4915112345600"]},
    }
    if mode is Mode.DRILL:
        value["drill"] = DRILL
    return Stack.model_validate(value | changed)


def environment(mode: Mode = Mode.LIVE, size: Size = Size.MEDIUM) -> Environment:
    return Environment(
        name="drill-quarter" if mode is Mode.DRILL else "oob-test",
        labels=Labels(
            stack="test",
            organisation="acme",
            mode=mode.value,
            drill_id="quarter" if mode is Mode.DRILL else None,
            expires_at="2026-11-30" if mode is Mode.DRILL else None,
        ),
        size=size,
        posture=Posture.HOT,
        mode=mode,
        disposable=mode is Mode.DRILL,
        kubernetes_version="1.36",
        postgres_version="17.9",
    )


def target(name: str) -> TransferTarget:
    return TransferTarget(
        env={"RCLONE_CONFIG_OOB_TYPE": "s3", "RCLONE_CONFIG_OOB_ENV_AUTH": "true"}, path=Output.from_input(f"{name}/prefix")
    )


def objects(mode: Mode, **changed: Any) -> ObjectsOutputs:
    drill = mode is Mode.DRILL
    values: dict[str, Any] = {
        "files": FileStore(url="objects.example", bucket="files", env={}),
        "velero": BackupLocation(
            provider="made-up",
            plugin="velero-plugin-for-aws",
            bucket=Output.from_input("backups"),
            prefix="velero",
            config={"region": "somewhere"},
            read_only=drill,
        ),
        "transfer": target("backups"),
        "file_copies": target("drill-files") if drill else None,
        "source": target("source-files") if drill else None,
        "source_backups": target("source-backups") if drill else None,
    }
    return ObjectsOutputs(**(values | changed))


def identity(**changed: Any) -> IdentityOutputs:
    return IdentityOutputs(
        issuer=Output.from_input("https://identity.example"),
        client_id=Output.from_input("client"),
        client_secret=Output.secret("client-secret"),
        **changed,
    )


def inputs(parent: ComponentResource, mode: Mode = Mode.LIVE, **changed: Any) -> PlatformInputs:
    """Inputs of a whole platform. `changed` replaces single ones, and `stack_settings` settings of the stack."""
    settings = stack(mode, **changed.pop("stack_settings", {}))

    def workload(role: str) -> WorkloadIdentity:
        return WorkloadIdentity(annotations={"example/identity": role}, pod_labels={"example/use": "true"})

    values: dict[str, Any] = {
        "environment": environment(mode),
        "stack": settings,
        "secrets": Secrets(),
        "roster": ROSTER,
        "authority": Authority("authority", "acme", parent),
        "credentials": Credentials("credentials", settings.rotation, parent),
        "cluster": ClusterOutputs(
            kubeconfig=Output.secret("{}"), identifier="cluster", service_cidr="172.20.0.0/16", ingress=NodePort()
        ),
        "network": NetworkOutputs(
            cidr="10.0.0.0/16",
            edge_cidrs=("10.0.0.0/24",),
            application_cidrs=("10.0.1.0/24",),
            database_cidrs=("10.0.2.0/24",),
        ),
        "database": DatabaseOutputs(
            host=Output.from_input("database.example"),
            reader_host=None,
            port=5432,
            name="mattermost",
            role="mmuser",
            trust_pem="-----BEGIN CERTIFICATE-----\n",
            admin=AdminCredential(image="python", command=("fetch", "it"), env={"SECRET_ADDRESS": "somewhere"}),
            load=DumpSource(not_after="20261119T235900Z") if mode is Mode.DRILL else None,
        ),
        "objects": objects(mode),
        "grants": GrantsOutputs(
            mattermost=workload("mattermost"),
            velero=workload("velero"),
            transfer=workload("transfer"),
            bootstrap=workload("bootstrap"),
        ),
        "identity": identity(),
    }
    return PlatformInputs(**(values | changed))


Build = Callable[[PlatformInputs, Images, ComponentResource], None]


def recorded(build: Build, mode: Mode = Mode.LIVE, **changed: Any) -> Recording:
    """What `build` registers, below a parent that hands down an explicit provider."""

    def program() -> None:
        root = ComponentResource("oob:index:Topology", "oob")
        provider = kubernetes.Provider("kubernetes", kubeconfig="{}", opts=ResourceOptions(parent=root))
        parent = ComponentResource("oob:platform:Platform", "platform", None, ResourceOptions(parent=root, providers=[provider]))
        build(inputs(root, mode, **changed), Images(ImageSettings()), parent)
        pulumi.export("done", True)

    return record(program, project="oob", stack="test", config={})


def of_type(recording: Recording, kind: str) -> dict[str, Registered]:
    """Resources whose type ends with `kind`, by logical name."""
    return {found.name: found for found in recording.resources if found.type.rpartition(":")[2] == kind}
