"""One abstract class: what a folder under components/clouds must give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi import Resource

from components.contract.cluster import BastionOutputs, ClusterOutputs, ClusterSpec, GrantsOutputs, GrantsSpec
from components.contract.data import DatabaseOutputs, DatabaseSpec, ObjectsOutputs, ObjectsSpec
from components.contract.edge import DnsOutputs, DnsSpec, EdgeOutputs, EdgeSpec, ZoneOutputs
from components.contract.identity import IdentityOutputs, IdentitySpec
from components.contract.keys import KeysOutputs, SecretsOutputs, SecretsSpec
from components.contract.network import NetworkOutputs, NetworkSpec
from components.contract.watch import BackupOutputs, BackupSpec, WatchOutputs, WatchSpec
from components.sections import Site

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
