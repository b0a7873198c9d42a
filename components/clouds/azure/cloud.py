"""Azure, ready to build: explicit providers, then one component a role. Each role's file says what it makes."""

from __future__ import annotations

from pulumi import Resource

from components.clouds.azure import (
    backup,
    bastion,
    cluster,
    database,
    dns,
    edge,
    grants,
    identity,
    keys,
    network,
    objects,
    providers,
    secrets,
    watch,
)
from components.clouds.azure.handles import (
    AzureBackup,
    AzureBastion,
    AzureCluster,
    AzureDatabase,
    AzureDns,
    AzureEdge,
    AzureGrants,
    AzureIdentity,
    AzureKeys,
    AzureNetwork,
    AzureObjects,
    AzureSecrets,
    AzureZone,
    Context,
)
from components.clouds.azure.settings import Settings
from components.clouds.azure.tags import tag_everything, tags
from components.contract import (
    BackupSpec,
    Cloud,
    ClusterSpec,
    DatabaseSpec,
    DnsSpec,
    EdgeSpec,
    Environment,
    GrantsSpec,
    IdentitySpec,
    NetworkSpec,
    ObjectsSpec,
    SecretsSpec,
    Watched,
    WatchOutputs,
    WatchSpec,
)
from components.sections import Site
from components.settings import CloudSettings


class Azure(Cloud[AzureKeys, AzureNetwork, AzureObjects, AzureDatabase, AzureCluster, AzureZone, AzureEdge]):
    """The topology's roles on Azure."""

    def __init__(self, settings: Settings, environment: Environment) -> None:
        tag_everything(tags(environment.labels, settings.tags), tags(environment.labels, {}))
        self._context = Context(
            settings=settings,
            environment=environment,
            main=providers.subscription(settings),
            directory=providers.directory(settings),
        )

    def keys(self, parent: Resource) -> AzureKeys:
        return keys.Keys("keys", self._context, parent).outputs

    def secrets(self, parent: Resource, spec: SecretsSpec, keys: AzureKeys) -> AzureSecrets:
        return secrets.Secrets("secrets", self._context, spec, keys, parent).outputs

    def network(self, parent: Resource, spec: NetworkSpec, keys: AzureKeys) -> AzureNetwork:
        return network.Network("network", self._context, spec, keys, parent).outputs

    def objects(self, parent: Resource, spec: ObjectsSpec, keys: AzureKeys, network: AzureNetwork) -> AzureObjects:
        return objects.Objects("objects", self._context, spec, keys, network, parent).outputs

    def database(self, parent: Resource, spec: DatabaseSpec, keys: AzureKeys, network: AzureNetwork) -> AzureDatabase:
        return database.Database("database", self._context, spec, keys, network, parent).outputs

    def cluster(self, parent: Resource, spec: ClusterSpec, keys: AzureKeys, network: AzureNetwork) -> AzureCluster:
        return cluster.Cluster("cluster", self._context, spec, keys, network, parent).outputs

    def bastion(
        self, parent: Resource, keys: AzureKeys, network: AzureNetwork, cluster: AzureCluster, database: AzureDatabase
    ) -> AzureBastion:
        return bastion.Bastion("bastion", self._context, keys, network, cluster, database, parent).outputs

    def grants(
        self,
        parent: Resource,
        spec: GrantsSpec,
        keys: AzureKeys,
        cluster: AzureCluster,
        database: AzureDatabase,
        objects: AzureObjects,
    ) -> AzureGrants:
        return grants.Grants("grants", self._context, spec, keys, cluster, database, objects, parent).outputs

    def identity(self, parent: Resource, spec: IdentitySpec, keys: AzureKeys) -> AzureIdentity:
        return identity.Identity("identity", self._context, spec, keys, parent).outputs

    def zone(self, parent: Resource, site: Site) -> AzureZone:
        return dns.Zone("zone", self._context, site, parent).outputs

    def edge(
        self,
        parent: Resource,
        spec: EdgeSpec,
        keys: AzureKeys,
        network: AzureNetwork,
        cluster: AzureCluster,
        zone: AzureZone,
        objects: AzureObjects,
    ) -> AzureEdge:
        return edge.Edge("edge", self._context, spec, keys, network, cluster, zone, objects, parent).outputs

    def dns(self, parent: Resource, spec: DnsSpec, zone: AzureZone, edge: AzureEdge) -> AzureDns:
        return dns.Failover("dns", self._context, spec, zone, edge, parent).outputs

    def backup(
        self, parent: Resource, spec: BackupSpec, keys: AzureKeys, database: AzureDatabase, objects: AzureObjects
    ) -> AzureBackup:
        return backup.Backup("backup", self._context, spec, keys, database, objects, parent).outputs

    def watch(
        self,
        parent: Resource,
        spec: WatchSpec,
        watched: Watched[AzureKeys, AzureNetwork, AzureObjects, AzureDatabase, AzureCluster, AzureZone, AzureEdge],
    ) -> WatchOutputs:
        return watch.Watch("watch", self._context, spec, watched, parent).outputs


def implementation(section: CloudSettings, environment: Environment) -> Azure:
    """The entry that `clouds.load` calls. TypeError if the settings are another cloud's."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    return Azure(section, environment)
