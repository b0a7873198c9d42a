"""The architecture diagram as code, top to bottom: around the cluster by the cloud, inside it by the platform."""

from __future__ import annotations

from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Output, ResourceOptions

from components.authority import Authority
from components.contract import (
    BackupSpec,
    Cloud,
    ClusterSpec,
    ClusterT,
    DatabaseSpec,
    DatabaseT,
    DnsSpec,
    EdgeSpec,
    EdgeT,
    Environment,
    GrantsSpec,
    IdentityOutputs,
    IdentitySpec,
    KeysT,
    NetworkSpec,
    NetworkT,
    ObjectsSpec,
    ObjectsT,
    SecretsSpec,
    Watched,
    WatchSpec,
    ZoneT,
)
from components.credentials import Credentials
from components.options import child
from components.platform import names
from components.platform.inputs import PlatformInputs
from components.platform.platform import Platform
from components.settings import Secrets, Settings, Stack

LOG_DAYS = 365  # OOB-122: audit logs are kept for a year
IDLE_TIMEOUT_SECONDS = 90  # PREP-150
STICKINESS_SECONDS = 12 * 3600  # AWS-30
DATABASE_NAME = "mattermost"  # PREP-86
DATABASE_ROLE = "mmuser"  # PREP-87


def _outside_hosts(stack: Stack) -> tuple[str, ...]:
    """Names that must be found beyond the cloud's: our own, for probes; a given identity provider; mail, except in a drill."""
    issuer = urlsplit(stack.identity.oidc.issuer).hostname if stack.identity.oidc else None
    mail = stack.smtp.host if stack.smtp is not None and not stack.disposable else None
    return tuple(host for host in (stack.site.direct_host, issuer, mail) if host)


class Topology(ComponentResource):
    """One whole environment. `exports` are the stack outputs."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        environment: Environment,
        cloud: Cloud[KeysT, NetworkT, ObjectsT, DatabaseT, ClusterT, ZoneT, EdgeT],
    ) -> None:
        super().__init__("oob:index:Topology", "oob")
        stack = settings.stack
        restore = stack.drill
        credentials = Credentials("credentials", stack.rotation, self)
        authority = Authority("authority", stack.organisation, self)

        keys = cloud.keys(self)
        network = cloud.network(self, NetworkSpec(egress=stack.egress, images=stack.images, hosts=_outside_hosts(stack)), keys)
        objects = cloud.objects(
            self,
            ObjectsSpec(
                backup=stack.backup,
                restore=restore.objects if restore else None,
                state_backend=stack.state.backend if stack.state else None,
            ),
            keys,
            network,
        )
        database = cloud.database(
            self,
            DatabaseSpec(
                name=DATABASE_NAME,
                role=DATABASE_ROLE,
                backup=stack.backup,
                restore=restore.database if restore else None,
            ),
            keys,
            network,
        )
        cluster = cloud.cluster(
            self,
            ClusterSpec(
                kubernetes_version=environment.kubernetes_version,
                size=environment.size,
                log_days=LOG_DAYS,
            ),
            keys,
            network,
        )
        bastion = cloud.bastion(self, keys, network, cluster, database)
        grants = cloud.grants(
            self,
            GrantsSpec(
                mattermost=names.MATTERMOST_ACCOUNT,
                velero=names.VELERO_ACCOUNT,
                transfer=names.TRANSFER_ACCOUNT,
                bootstrap=names.BOOTSTRAP_ACCOUNT,
            ),
            keys,
            cluster,
            database,
            objects,
        )
        identity = self._identity(settings, secrets, cloud, keys)

        in_cluster = kubernetes.Provider(
            "kubernetes",
            kubeconfig=cluster.kubeconfig,
            cluster_identifier=cluster.identifier,
            enable_server_side_apply=True,
            opts=child(self, depends_on=[bastion.ready, *cluster.ready]),
        )
        platform = Platform(
            "platform",
            PlatformInputs(
                environment=environment,
                stack=stack,
                secrets=secrets,
                roster=settings.roster,
                authority=authority,
                credentials=credentials,
                cluster=cluster,
                network=network,
                database=database,
                objects=objects,
                grants=grants,
                identity=identity,
            ),
            ResourceOptions(parent=self, providers=[in_cluster]),
        )

        zone = cloud.zone(self, stack.site)
        edge = cloud.edge(
            self,
            EdgeSpec(
                site=stack.site,
                access=stack.access,
                backup_certificate=authority.issue("edge", stack.site.host, stack.site.direct_host),
                ingress_trust=authority.certificate_pem,
                idle_timeout_seconds=IDLE_TIMEOUT_SECONDS,
                stickiness_seconds=STICKINESS_SECONDS,
                max_upload_megabytes=stack.mattermost.max_upload_megabytes,
                log_days=LOG_DAYS,
            ),
            keys,
            network,
            cluster,
            zone,
            objects,
        )
        dns = cloud.dns(
            self,
            DnsSpec(
                site=stack.site,
                dns=stack.dns,
                primary=stack.primary.endpoint,
                issuer=identity.issuer if identity else None,
            ),
            zone,
            edge,
        )
        vault = cloud.secrets(
            self,
            SecretsSpec(
                application=platform.application_secrets,
                break_glass=platform.break_glass_secrets,
                rotation=stack.rotation,
            ),
            keys,
        )
        backup = cloud.backup(self, BackupSpec(backup=stack.backup), keys, database, objects)
        watch = cloud.watch(
            self,
            WatchSpec(alerts=stack.alerts, backup=stack.backup, dns=stack.dns, rotation=stack.rotation, log_days=LOG_DAYS),
            Watched(
                keys=keys,
                network=network,
                objects=objects,
                database=database,
                cluster=cluster,
                zone=zone,
                edge=edge,
                secrets=vault,
                dns=dns,
                backup=backup,
            ),
        )
        timing = settings.cloud.failover(stack.dns)
        self.exports: dict[str, pulumi.Input[object]] = {
            "url": f"https://{stack.site.host}",
            "directUrl": f"https://{stack.site.direct_host}",
            "nameServers": zone.name_servers,
            "edgeAddress": edge.address,
            "accessLayer": dict(edge.access_layer),
            "certificateRecords": edge.certificate_records,
            "signIn": identity.issuer if identity else "local accounts with MFA",
            "bastion": bastion.command,
            "setLatch": dns.set_latch,
            "releaseLatch": dns.release_latch,
            "failoverSeconds": {"expected": timing.expected_seconds, "worst": timing.worst_seconds},
            "transport": platform.transport,
            "secrets": dict(vault.references),
            "vaults": list(backup.vaults),
            "alarms": list(watch.alarms),
            "dashboard": watch.dashboard,
        }
        self.register_outputs({})

    def _identity(
        self,
        settings: Settings,
        secrets: Secrets,
        cloud: Cloud[KeysT, NetworkT, ObjectsT, DatabaseT, ClusterT, ZoneT, EdgeT],
        keys: KeysT,
    ) -> IdentityOutputs | None:
        """The cloud's own provider, one given by address, or None for local accounts with MFA (OOB-25 to OOB-27)."""
        wanted = settings.stack.identity
        if wanted.provider == "managed":
            return cloud.identity(self, IdentitySpec(site=settings.stack.site, roster=settings.roster), keys)
        if wanted.oidc is None:
            return None
        if secrets.oidc_client_secret is None:
            raise ValueError("identity.provider oidc without its secret passed the settings")
        return IdentityOutputs(
            issuer=Output.from_input(wanted.oidc.issuer),
            client_id=Output.from_input(wanted.oidc.client_id),
            client_secret=secrets.oidc_client_secret,
        )
