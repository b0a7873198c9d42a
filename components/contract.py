"""What every cloud promises: *Spec in, *Outputs out, one abstract class. Differences travel as data, never as a name.

A cloud may widen an Outputs class by a subclass of its own; the topology hands such a handle back untouched
(the type parameters of `Cloud`), so nothing here ever learns what a particular cloud keeps in it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from pulumi import Input, Output, Resource

from components.faults import Unsupported as Unsupported  # the topology and the roles find it here
from components.labels import Labels
from components.roster import Roster
from components.schema import moment
from components.sections import (
    Access,
    Alerts,
    Backup,
    DatabaseSource,
    Dns,
    Egress,
    Images,
    Mode,
    ObjectsSource,
    Posture,
    PrimaryEndpoint,
    Rotation,
    Site,
    Size,
)
from components.versions import Chart

PING_PATH = "/api/v4/system/ping"
DUMP_NAME = "%Y%m%dT%H%M%SZ"  # what dumps are called, by the second in which they began, in UTC
INGRESS_NODE_PORT = 30443  # fixed, inside Kubernetes' default node-port range 30000-32767
FLOW_LOG_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What every role knows of the whole. `name` is the physical prefix, unique per stack; drills start with drill-.

    `source` is in a drill the name of the environment that is restored, and None otherwise.
    """

    name: str
    labels: Labels
    size: Size
    posture: Posture
    mode: Mode
    disposable: bool
    kubernetes_version: str
    postgres_version: str
    source: str | None = None


# --- keys and secrets -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysOutputs:
    """Encryption keys per purpose. Every cloud keeps its own form; here only what a report may print."""

    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsSpec:
    """What goes into the vault: name to secret value, and which of them are break-glass (alarm on any read)."""

    application: Mapping[str, Output[str]]
    break_glass: Mapping[str, Output[str]]
    rotation: Rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsOutputs:
    """Where each secret lies in the vault, by name: an address to look it up with, never the value."""

    references: Mapping[str, Output[str]]


# --- network, edge, names ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSpec:
    """What may leave the network. `images` says from where images come, `hosts` which names must be found in any mode."""

    egress: Egress
    images: Images
    hosts: tuple[str, ...] = ()
    flow_log_days: int = FLOW_LOG_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOutputs:
    """Address ranges that the platform's network policies need. Plain text CIDRs: decided before anything exists.

    `edge_cidrs` is where the edge's connections come from; `application_cidrs` holds the nodes and the private endpoints of
    other services; `database_cidrs` the database.
    """

    cidr: str
    edge_cidrs: tuple[str, ...]
    application_cidrs: tuple[str, ...]
    database_cidrs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOutputs:
    """The zone of the out-of-band names. `name_servers` go into the parent's delegation."""

    name_servers: Output[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate made by the internal authority, PEM; `key` is secret."""

    certificate: Output[str]
    key: Output[str]
    chain: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSpec:
    """`ingress_trust` is the PEM of the authority that signed the ingress controller's certificate, for edges that verify it.

    How the ingress controller is reached stands in the cluster's outputs.
    """

    site: Site
    access: Access
    backup_certificate: Certificate  # serves while the public one cannot be validated yet (zone not delegated)
    ingress_trust: Output[str]
    idle_timeout_seconds: int
    stickiness_seconds: int
    max_upload_megabytes: int
    log_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOutputs:
    """`address` is the public host name of the gate; `access_layer` says which means of protection are on (OOB-23).

    `certificate_records` are the DNS records by which the certificate is validated, for another DNS service to hold (AWS-24).
    """

    address: Output[str]
    access_layer: Mapping[str, str]
    certificate_records: Output[Sequence[Mapping[str, str]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSpec:
    """`issuer` is the identity provider to watch; None for local accounts."""

    site: Site
    dns: Dns
    primary: PrimaryEndpoint
    issuer: Output[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsOutputs:
    """How to move people and how to move them back, as commands on the data plane (OOB-36, ADR 0006)."""

    set_latch: Output[str]
    release_latch: Output[str]
    health_checks: Mapping[str, Output[str]]


# --- data -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsSpec:
    """`restore` is set in a drill: read these, write only to throwaway buckets of the drill's own.

    `state_backend` is the address of this stack's state, which a scheduled export copies (OOB-66).
    """

    backup: Backup
    restore: ObjectsSource | None
    state_backend: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStore:
    """How Mattermost reaches its files: the operator's external store (url, bucket) and the driver's environment.

    The operator knows S3 only. Where the driver is another one, `url` and `bucket` are stand-ins that satisfy it, and `env`
    replaces every variable that it derives from them.
    """

    url: Input[str]
    bucket: Input[str]
    env: Mapping[str, Input[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLocation:
    """A Velero backup location. `plugin` is a name in versions.IMAGES; `read_only` in drills (ADR 0013).

    `credentials` is the content of the file that the plugin reads beside `config`; None where the plugin wants none.
    """

    provider: str
    plugin: str
    bucket: Input[str]
    prefix: str
    config: Mapping[str, Input[str]]
    read_only: bool = False
    credentials: Input[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTarget:
    """An rclone remote called `oob`, given by RCLONE_CONFIG_OOB_* variables; `path` is bucket/prefix without slash at the end."""

    env: Mapping[str, Input[str]]
    path: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsOutputs:
    """Where files and backups lie. `source` is set in a drill: the read-only side that is restored from.

    `source_backups` is in a drill the environment's own target of dumps, read-only; needed where the database is loaded from one.
    `state` is the folder above `.pulumi` where this program's own state lies, read by the scheduled export (OOB-66); None
    where it cannot be reached from here.
    """

    files: FileStore
    velero: BackupLocation
    transfer: TransferTarget
    file_copies: TransferTarget | None = None  # in a drill: the drill's own file bucket as a copy target
    source: TransferTarget | None = None  # in a drill: the environment's file bucket, read-only
    source_backups: TransferTarget | None = None
    state: TransferTarget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSpec:
    name: str
    role: str
    backup: Backup
    restore: DatabaseSource | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminCredential:
    """How a job in the cluster fetches the administrator's credential, so that it never enters this program's state.

    A container of `image` (a name in versions.IMAGES) runs `command` with `env`; it must leave a JSON document with
    the keys `username` and `password` in the file named by the variable CREDENTIAL_FILE.
    """

    image: str
    command: tuple[str, ...]
    env: Mapping[str, Input[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpSource:
    """Which dump of the environment is loaded: the one called `id`, or the newest that began not after `not_after`.

    Dumps are called after the second in which they began, in UTC, like 20261124T020700Z; `not_after` has the same form.
    """

    id: str | None = None
    not_after: str | None = None

    @classmethod
    def of(cls, restore: DatabaseSource) -> DumpSource:
        """What the drill's settings ask for; they name a dump under `snapshot`, or a moment. ValueError for neither."""
        if restore.snapshot is not None:
            return cls(id=restore.snapshot)
        if restore.point_in_time is None:
            raise ValueError("drill.database names neither a snapshot nor a moment")
        return cls(not_after=moment(restore.point_in_time).strftime(DUMP_NAME))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOutputs:
    """A PostgreSQL that refuses plain connections. `trust_pem` are the CA certificates to verify it against.

    `load` is set in a drill whose database the cloud gives empty: the platform then loads this dump into it. None where the
    cloud restores the database itself, and outside a drill.
    """

    host: Output[str]
    reader_host: Output[str] | None
    port: int
    name: str
    role: str
    trust_pem: str
    admin: AdminCredential
    load: DumpSource | None = None


# --- cluster ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSpec:
    kubernetes_version: str
    size: Size
    log_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePort:
    """The edge reaches the ingress controller on one fixed port of every node."""

    port: int = INGRESS_NODE_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalAddress:
    """The edge reaches the ingress controller at one fixed private address, which a Service of type LoadBalancer holds.

    `annotations` make the cloud's controller give that Service this address, inside the network and nowhere else.
    """

    address: str
    annotations: Mapping[str, str]


Entry: TypeAlias = NodePort | InternalAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class PodPeer:
    """Pods of the cluster itself, by namespace and labels."""

    namespace: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NativePolicy:
    """A network policy in the dialect of this cluster's data plane, for what the standard one cannot say there."""

    name: str
    namespace: str
    api_version: str
    kind: str
    spec: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelmAddon:
    """A chart that this cloud needs in every cluster (a node autoscaler); installed by the platform without asking why."""

    name: str
    chart: Chart
    namespace: str
    values: Mapping[str, Input[object]]
    image: str | None = None  # a name in versions.IMAGES, to be given as the values image.repository and image.tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOutputs:
    """A cluster whose API answers at `kubeconfig`. `identifier` is a plain string that never changes: another one
    would mean another cluster, and replace everything in it.

    `ready` is what objects in the cluster need before they can run and until they are gone: nodes, network, name service.
    It is apart from `kubeconfig`, so that a new node does not make the kubeconfig unknown.
    `webhook_callers` are the pods through which the Kubernetes API calls into the cluster, where it does not call from the
    application's addresses itself. `native_policies` open what a standard network policy cannot name there, like the nodes.
    """

    kubeconfig: Output[str]
    identifier: str
    service_cidr: str
    ingress: Entry
    webhook_callers: tuple[PodPeer, ...] = ()
    native_policies: tuple[NativePolicy, ...] = ()
    ready: tuple[Resource, ...] = ()
    addons: tuple[HelmAddon, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    namespace: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsSpec:
    """The service accounts that need rights outside the cluster."""

    mattermost: ServiceAccount
    velero: ServiceAccount
    transfer: ServiceAccount  # dumps, exports, heartbeat attachments: writes below its prefixes only
    bootstrap: ServiceAccount  # reads the database administrator's credential, nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadIdentity:
    """What makes a pod carry a cloud identity: annotations of its service account, labels of the pod."""

    annotations: Mapping[str, Input[str]] = field(default_factory=dict[str, Input[str]])
    pod_labels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsOutputs:
    mattermost: WorkloadIdentity
    velero: WorkloadIdentity
    transfer: WorkloadIdentity
    bootstrap: WorkloadIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class BastionOutputs:
    """`ready` is what the Kubernetes provider waits for; `command` is what a person types."""

    ready: Resource
    command: Output[str]


# --- identity, backup, watch ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySpec:
    site: Site
    roster: Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsExport:
    """How a job in the cluster fetches the settings of a managed service, to keep them beside the backups (OOB-66).

    A container of `image` (a name in versions.IMAGES) runs `command` with `env` under the transfer service account; it
    must leave one JSON document, without secrets, in the file named by the variable EXPORT_FILE.
    """

    image: str
    command: tuple[str, ...]
    env: Mapping[str, Input[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOutputs:
    """An OpenID Connect client for Mattermost. `issuer` without a trailing slash; `client_secret` is secret.

    `export` is None where the provider's settings are another party's to keep.
    """

    issuer: Output[str]
    client_id: Output[str]
    client_secret: Output[str]
    hosts: tuple[str, ...] = ()  # names that Mattermost must reach, for the egress list
    export: SettingsExport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSpec:
    backup: Backup


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupOutputs:
    """Names of the vaults, nearest first."""

    vaults: tuple[Output[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSpec:
    alerts: Alerts
    backup: Backup
    dns: Dns
    rotation: Rotation
    log_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOutputs:
    """`alarms` are the names of all alarms; `dashboard` is an address to open."""

    alarms: tuple[str, ...]
    dashboard: Output[str]


KeysT = TypeVar("KeysT", bound=KeysOutputs)
NetworkT = TypeVar("NetworkT", bound=NetworkOutputs)
ObjectsT = TypeVar("ObjectsT", bound=ObjectsOutputs)
DatabaseT = TypeVar("DatabaseT", bound=DatabaseOutputs)
ClusterT = TypeVar("ClusterT", bound=ClusterOutputs)
ZoneT = TypeVar("ZoneT", bound=ZoneOutputs)
EdgeT = TypeVar("EdgeT", bound=EdgeOutputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Generic[KeysT, NetworkT, ObjectsT, DatabaseT, ClusterT, ZoneT, EdgeT]):
    """Everything that the watch looks at."""

    keys: KeysT
    network: NetworkT
    objects: ObjectsT
    database: DatabaseT
    cluster: ClusterT
    zone: ZoneT
    edge: EdgeT
    secrets: SecretsOutputs
    dns: DnsOutputs
    backup: BackupOutputs


class Cloud(ABC, Generic[KeysT, NetworkT, ObjectsT, DatabaseT, ClusterT, ZoneT, EdgeT]):
    """One implementation per folder under components/clouds; each method makes one component with its children.

    The constructor makes the explicit providers, locked to the account that the stack names. `parent` is the topology.
    Methods are called in the order in which they stand here.
    """

    @abstractmethod
    def keys(self, parent: Resource) -> KeysT: ...

    @abstractmethod
    def secrets(self, parent: Resource, spec: SecretsSpec, keys: KeysT) -> SecretsOutputs: ...

    @abstractmethod
    def network(self, parent: Resource, spec: NetworkSpec, keys: KeysT) -> NetworkT: ...

    @abstractmethod
    def objects(self, parent: Resource, spec: ObjectsSpec, keys: KeysT, network: NetworkT) -> ObjectsT: ...

    @abstractmethod
    def database(self, parent: Resource, spec: DatabaseSpec, keys: KeysT, network: NetworkT) -> DatabaseT: ...

    @abstractmethod
    def cluster(self, parent: Resource, spec: ClusterSpec, keys: KeysT, network: NetworkT) -> ClusterT: ...

    @abstractmethod
    def bastion(
        self, parent: Resource, keys: KeysT, network: NetworkT, cluster: ClusterT, database: DatabaseT
    ) -> BastionOutputs: ...

    @abstractmethod
    def grants(
        self, parent: Resource, spec: GrantsSpec, keys: KeysT, cluster: ClusterT, database: DatabaseT, objects: ObjectsT
    ) -> GrantsOutputs: ...

    @abstractmethod
    def identity(self, parent: Resource, spec: IdentitySpec, keys: KeysT) -> IdentityOutputs: ...

    @abstractmethod
    def zone(self, parent: Resource, site: Site) -> ZoneT: ...

    @abstractmethod
    def edge(
        self, parent: Resource, spec: EdgeSpec, keys: KeysT, network: NetworkT, cluster: ClusterT, zone: ZoneT, objects: ObjectsT
    ) -> EdgeT: ...

    @abstractmethod
    def dns(self, parent: Resource, spec: DnsSpec, zone: ZoneT, edge: EdgeT) -> DnsOutputs: ...

    @abstractmethod
    def backup(
        self, parent: Resource, spec: BackupSpec, keys: KeysT, database: DatabaseT, objects: ObjectsT
    ) -> BackupOutputs: ...

    @abstractmethod
    def watch(
        self,
        parent: Resource,
        spec: WatchSpec,
        watched: Watched[KeysT, NetworkT, ObjectsT, DatabaseT, ClusterT, ZoneT, EdgeT],
    ) -> WatchOutputs: ...
