"""AWS, ready to build: explicit providers, then one component a role. Each role's file says what it makes."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import Resource, ResourceOptions

from components.clouds.aws import (
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
    secrets,
    watch,
)
from components.clouds.aws.handles import (
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
    BackupOutputs,
    BackupSpec,
    BastionOutputs,
    Cloud,
    ClusterSpec,
    DatabaseSpec,
    DnsOutputs,
    DnsSpec,
    EdgeSpec,
    Environment,
    GrantsOutputs,
    GrantsSpec,
    IdentityOutputs,
    IdentitySpec,
    NetworkSpec,
    ObjectsSpec,
    SecretsOutputs,
    SecretsSpec,
    Watched,
    WatchOutputs,
    WatchSpec,
)
from components.labels import cloud_tags
from components.sections import Site
from components.settings import CloudSettings

WORLD_REGION = "us-east-1"  # metrics of Route 53 health checks exist only there


def _provider(name: str, region: str, settings: Settings, environment: Environment) -> aws.Provider:
    """A provider that refuses to work in any account but the one that the stack names."""
    return aws.Provider(
        name,
        region=region,
        allowed_account_ids=[settings.account],
        default_tags=aws.ProviderDefaultTagsArgs(tags=cloud_tags(environment.labels, settings.tags)),
        opts=ResourceOptions(),
    )


class Aws(Cloud[AwsKeys, AwsNetwork, AwsObjects, AwsDatabase, AwsCluster, AwsZone, AwsEdge]):
    """The topology's roles on AWS."""

    def __init__(self, settings: Settings, environment: Environment) -> None:
        self._context = Context(
            settings=settings,
            environment=environment,
            main=_provider("aws", settings.region, settings, environment),
            replica=_provider("aws-replica", settings.replica_region, settings, environment),
            world=_provider("aws-world", WORLD_REGION, settings, environment),
        )

    def keys(self, parent: Resource) -> AwsKeys:
        return keys.Keys("keys", self._context, parent).outputs

    def secrets(self, parent: Resource, spec: SecretsSpec, keys: AwsKeys) -> SecretsOutputs:
        return secrets.Secrets("secrets", self._context, spec, keys, parent).outputs

    def network(self, parent: Resource, spec: NetworkSpec, keys: AwsKeys) -> AwsNetwork:
        return network.Network("network", self._context, spec, keys, parent).outputs

    def objects(self, parent: Resource, spec: ObjectsSpec, keys: AwsKeys, network: AwsNetwork) -> AwsObjects:
        return objects.Objects("objects", self._context, spec, keys, network, parent).outputs

    def database(self, parent: Resource, spec: DatabaseSpec, keys: AwsKeys, network: AwsNetwork) -> AwsDatabase:
        return database.Database("database", self._context, spec, keys, network, parent).outputs

    def cluster(self, parent: Resource, spec: ClusterSpec, keys: AwsKeys, network: AwsNetwork) -> AwsCluster:
        return cluster.Cluster("cluster", self._context, spec, keys, network, parent).outputs

    def bastion(
        self, parent: Resource, keys: AwsKeys, network: AwsNetwork, cluster: AwsCluster, database: AwsDatabase
    ) -> BastionOutputs:
        return bastion.Bastion("bastion", self._context, keys, network, cluster, database, parent).outputs

    def grants(
        self,
        parent: Resource,
        spec: GrantsSpec,
        keys: AwsKeys,
        cluster: AwsCluster,
        database: AwsDatabase,
        objects: AwsObjects,
    ) -> GrantsOutputs:
        return grants.Grants("grants", self._context, spec, keys, cluster, database, objects, parent).outputs

    def identity(self, parent: Resource, spec: IdentitySpec, keys: AwsKeys) -> IdentityOutputs:
        return identity.Identity("identity", self._context, spec, keys, parent).outputs

    def zone(self, parent: Resource, site: Site) -> AwsZone:
        return dns.Zone("zone", self._context, site, parent).outputs

    def edge(
        self,
        parent: Resource,
        spec: EdgeSpec,
        keys: AwsKeys,
        network: AwsNetwork,
        cluster: AwsCluster,
        zone: AwsZone,
        objects: AwsObjects,
    ) -> AwsEdge:
        return edge.Edge("edge", self._context, spec, keys, network, cluster, zone, objects, parent).outputs

    def dns(self, parent: Resource, spec: DnsSpec, zone: AwsZone, edge: AwsEdge) -> DnsOutputs:
        return dns.Failover("dns", self._context, spec, zone, edge, parent).outputs

    def backup(
        self, parent: Resource, spec: BackupSpec, keys: AwsKeys, database: AwsDatabase, objects: AwsObjects
    ) -> BackupOutputs:
        return backup.Backup("backup", self._context, spec, keys, database, objects, parent).outputs

    def watch(
        self,
        parent: Resource,
        spec: WatchSpec,
        watched: Watched[AwsKeys, AwsNetwork, AwsObjects, AwsDatabase, AwsCluster, AwsZone, AwsEdge],
    ) -> WatchOutputs:
        return watch.Watch("watch", self._context, spec, watched, parent).outputs


def implementation(section: CloudSettings, environment: Environment) -> Aws:
    """The entry that `clouds.load` calls. TypeError if the settings are another cloud's."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    return Aws(section, environment)
