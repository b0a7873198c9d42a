"""The Mattermost installation as the operator wants it: pure functions that make the custom resource."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Input

from components.contract import PING_PATH, Environment, FileStore
from components.platform import names
from components.platform.certificates import SERVER_SECRET
from components.platform.dsn import CONNECT_TIMEOUT_SECONDS, SSL_MODE
from components.platform.flows import MATTERMOST_PODS
from components.platform.images import Images
from components.platform.jobs import Manifest
from components.platform.mattermost_settings import TLS_FOLDER
from components.platform.mattermost_values import Reference, Value, variables
from components.platform.pods import (
    CONTAINER_SECURITY,
    LOCAL_SOCKET_FOLDER,
    LOCAL_SOCKET_VOLUME,
    MATTERMOST_USER,
    apart,
    object_labels,
    pod_security,
    reaches,
    spreading,
)
from components.platform.sizes import HELPER, SIZES, replicas
from components.settings import Stack
from components.versions import triple

DATABASE_SECRET = "mattermost-database"  # noqa: S105 a name
FILES_SECRET = "mattermost-files"  # noqa: S105 a name
SIGN_IN_SECRET = "mattermost-sign-in"  # noqa: S105 a name
LICENCE_SECRET = "mattermost-licence"  # noqa: S105 a name
MAIL_SECRET = "mattermost-mail"  # noqa: S105 a name
DATABASE_TRUST = "database-trust"
TRUST_FOLDER = "/mattermost/database-trust"
TRUST_FILE = f"{TRUST_FOLDER}/ca.pem"
KEY_MODE = 0o640  # TLS-09

DB_PING_FLOOR = (11, 9, 0)  # `mattermost db ping` came with it (mattermost#36406, C-16)
REPLICA_FLOOR = (12, 0, 0)  # C-21: earlier licensed servers fail when a replica lags at their start
DRAIN_SECONDS = 20  # until every proxy has taken the pod off its list (PREP-59)
GRACE_SECONDS = 90
STABLE_SECONDS = 1200

# What the server writes although all data lies elsewhere: unpacked plugins, temporary files. Path by volume, with a bound.
WRITABLE = {
    "config": ("/mattermost/config", "16Mi"),
    "data": ("/mattermost/data", "1Gi"),
    "logs": ("/mattermost/logs", "64Mi"),
    "plugins": ("/mattermost/plugins", "2Gi"),
    "client-plugins": ("/mattermost/client/plugins", "1Gi"),
    "temporary": ("/tmp", "2Gi"),  # noqa: S108 an emptyDir of this pod alone
    LOCAL_SOCKET_VOLUME: (LOCAL_SOCKET_FOLDER, "16Mi"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """What the part that keeps accounts adds to the pod: a helper container and its volumes."""

    sidecar: Mapping[str, object]
    volumes: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """Where a check without `db ping` connects to; the password by reference."""

    host: Input[str]
    port: int
    name: str
    role: str


def volumes(administration: Administration | None) -> list[Manifest]:
    """Certificate and trust, scratch space, and what the helper brings."""
    scratch: list[Manifest] = [{"name": name, "emptyDir": {"sizeLimit": size}} for name, (_, size) in WRITABLE.items()]
    added: list[Manifest] = [dict(volume) for volume in administration.volumes] if administration else []
    return [
        {"name": "tls", "secret": {"secretName": SERVER_SECRET, "defaultMode": KEY_MODE}},
        {"name": DATABASE_TRUST, "configMap": {"name": DATABASE_TRUST}},
        *scratch,
        *(volume for volume in added if volume["name"] not in WRITABLE),
    ]


def volume_mounts() -> list[Manifest]:
    """Mounts of the server's container."""
    scratch: list[Manifest] = [{"name": name, "mountPath": path} for name, (path, _) in WRITABLE.items()]
    return [
        {"name": "tls", "mountPath": TLS_FOLDER, "readOnly": True},
        {"name": DATABASE_TRUST, "mountPath": TRUST_FOLDER, "readOnly": True},
        *scratch,
    ]


def database_check(server: str, images: Images, address: DatabaseAddress) -> Manifest:
    """A container that ends when the database answers over verified TLS as the application's role (PREP-95).

    The operator's own would run without trust, without a security context and, by default, on an image without support.
    """
    common: Manifest = {
        "name": "database-ready",
        "imagePullPolicy": "IfNotPresent",
        "resources": HELPER.block() | {"limits": {"memory": "512Mi"}},
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": volume_mounts(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    if triple(server) >= DB_PING_FLOOR:
        connection: dict[str, Value] = {
            "MM_CONFIG": Reference(secret=DATABASE_SECRET, key="DB_CONNECTION_STRING"),
            "MM_SQLSETTINGS_DATASOURCE": Reference(secret=DATABASE_SECRET, key="MM_SQLSETTINGS_DATASOURCE"),
            "MM_LOGSETTINGS_ENABLEFILE": "false",
        }
        return common | {
            "image": images["mattermost"].text,
            "command": ["/mattermost/bin/mattermost"],
            "args": ["db", "ping", "--timeout=5m"],
            "env": variables(connection),
        }
    parts: dict[str, Value] = {
        "PGHOST": address.host,
        "PGPORT": str(address.port),
        "PGDATABASE": address.name,
        "PGUSER": address.role,
        "PGPASSWORD": Reference(secret=DATABASE_SECRET, key="password"),
        "PGSSLMODE": SSL_MODE,
        "PGSSLROOTCERT": TRUST_FILE,
        "PGCONNECT_TIMEOUT": str(CONNECT_TIMEOUT_SECONDS),
    }
    return common | {
        "image": images["postgres"].text,
        "command": ["sh", "-c", "until psql --no-password --quiet --command='select 1'; do sleep 5; done"],
        "env": variables(parts),
    }


def beside(sidecar: Mapping[str, object]) -> Manifest:
    """A helper that Kubernetes ends with the server: an init container that goes on.

    As an ordinary second container it would keep the operator's upgrade job from ever completing.
    """
    return dict(sidecar) | {"restartPolicy": "Always"}


def probe(first: int, every: int, failures: int) -> Manifest:
    """A probe of the shallow path over TLS: the operator's own asks by plain HTTP (TLS-12, C-06, AWS-28)."""
    return {
        "httpGet": {"path": PING_PATH, "port": names.APP_PORT, "scheme": "HTTPS"},
        "initialDelaySeconds": first,
        "periodSeconds": every,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }


def patch() -> str:
    """What the custom resource has no field for, as a JSON patch of the Deployment."""
    pod = "/spec/template/spec"
    additions: dict[str, object] = {
        f"{pod}/topologySpreadConstraints": spreading(MATTERMOST_PODS),
        f"{pod}/automountServiceAccountToken": False,
        f"{pod}/enableServiceLinks": False,
        f"{pod}/terminationGracePeriodSeconds": GRACE_SECONDS,
        f"{pod}/containers/0/lifecycle": {"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
    }
    return json.dumps([{"op": "add", "path": path, "value": value} for path, value in additions.items()])


def version(images: Images) -> str:
    """The image's version: its tag, or its digest where the stack file gives one (OOB-44, AIR-63).

    Never both: the operator joins image and version by a colon, and by @ whatever holds sha256:
    (`GetImageName` in its apis/mattermost/v1beta1/mattermost_utils.go).
    """
    reference = images["mattermost"]
    return reference.digest or reference.tag


def installation(
    stack: Stack,
    environment: Environment,
    images: Images,
    *,
    settings: Mapping[str, Value],
    files: FileStore,
    address: DatabaseAddress,
    identity_labels: Mapping[str, str],
    annotations: Mapping[str, Input[str]],
    administration: Administration | None,
) -> Manifest:
    """The `spec` of the custom resource. No `size`: the operator erases it and the difference would come back."""
    labels = object_labels(environment.labels, "mattermost")
    server = stack.mattermost.version
    helpers = [beside(administration.sidecar)] if administration else []
    found: Manifest = {
        "image": images["mattermost"].name,
        "version": version(images),
        "imagePullPolicy": "IfNotPresent",
        "replicas": replicas(environment, stack.mattermost),
        "mattermostEnv": variables(settings),
        "resourceLabels": labels,
        "ingress": {"enabled": False, "host": stack.site.host},
        "database": {"external": {"secret": DATABASE_SECRET}, "disableReadinessCheck": True},
        "fileStore": {"external": {"url": files.url, "bucket": files.bucket, "useServiceAccount": True}},
        "scheduling": {
            "resources": SIZES[environment.size].mattermost.block(),
            "affinity": apart(MATTERMOST_PODS),
            "nodeSelector": {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"},  # AIR-22
        },
        "probes": {"livenessProbe": probe(60, 10, 6), "readinessProbe": probe(10, 5, 6)},
        "podTemplate": {
            "securityContext": pod_security(MATTERMOST_USER),
            "containerSecurityContext": CONTAINER_SECURITY,
            "extraAnnotations": dict(annotations),
            "extraLabels": labels | reaches("database", "https") | dict(identity_labels),
        },
        "updateJob": {
            "disabled": False,
            "extraAnnotations": dict(annotations),
            "extraLabels": labels | reaches("database", "https") | dict(identity_labels),
        },
        "podExtensions": {"initContainers": [database_check(server, images, address), *helpers]},
        "volumes": volumes(administration),
        "volumeMounts": volume_mounts(),
        "dnsConfig": {"options": [{"name": "ndots", "value": "2"}]},
        "resourcePatch": {"deployment": {"patch": patch()}},
    }
    return found | ({"licenseSecret": LICENCE_SECRET} if stack.mattermost.licensed else {})


def reads_replicas(stack: Stack, *, reader: bool) -> bool:
    """Whether servers read from the database's reader: with a licence, and from 12.0 on (AWS-67, C-21)."""
    return reader and stack.mattermost.licensed and triple(stack.mattermost.version) >= REPLICA_FLOOR
