"""Azure Database for PostgreSQL, flexible server: two zones, private, encrypted, reached by TLS only (OOB-85 to OOB-87).

Nobody signs in as the administrator that Azure insists on: its password is made at random, kept encrypted in the state and told
to nobody. The job that makes Mattermost's role signs in through the directory, with a token of one hour (OOB-125, C-20).

Minor versions arrive by themselves in the maintenance window. A drill makes an empty server of its own, into which a dump is
loaded: Azure restores a server only beside its source, in the source's network, which is no isolation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi_random as random
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_azure_native import dbforpostgresql

from components.clouds.azure import database_parameters, names
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.handles import AzureDatabase, AzureKeys, AzureNetwork, Context
from components.clouds.azure.sizes import SIZES
from components.clouds.azure.trust import trust_pem
from components.contract import AdminCredential, DatabaseSpec, DumpSource
from components.options import child, stateful

PORT = 5432  # PREP-39
ADMINISTRATOR = "oobadmin"
PASSWORD_LENGTH = 64
ZONES = ("1", "2")  # of the server and of its standby
# What the service changes by itself: after a failover the two zones have changed places, and storage that grew cannot shrink.
LEFT_ALONE = ("availabilityZone", "highAvailability.standbyAvailabilityZone", "storage.storageSizeGB")
LEAST_BACKUP_DAYS = 7  # the least that the service takes
BOOTSTRAP = "bootstrap"
TOKEN_SCRIPT = Path(__file__).parent / "scripts" / "database_token.py"


class Database(ComponentResource):
    """The server with its standby in another zone. A drill's has neither standby nor key of its own."""

    def __init__(
        self, name: str, context: Context, spec: DatabaseSpec, keys: AzureKeys, network: AzureNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:azure:Database", name, None, child(parent))
        self._name, self._context, self._spec, self._keys = name, context, spec, keys
        self._sizing = SIZES[context.environment.size]
        self._disposable = context.environment.disposable
        server = self._server(network)
        self._parameters(server)
        diagnose(f"{name}-log", context, self, server.id, keys)
        bootstrap = names.identity(context.environment.name, BOOTSTRAP)
        self.outputs = AzureDatabase(
            host=server.fully_qualified_domain_name,
            reader_host=None,  # the standby of a zone-redundant server answers nobody
            port=PORT,
            name=spec.name,
            role=spec.role,
            trust_pem=trust_pem(),
            admin=AdminCredential(
                image="python",
                command=("python3", "-I", "-c", TOKEN_SCRIPT.read_text(encoding="utf-8")),
                env={"DATABASE_USER": bootstrap},
            ),
            load=DumpSource.of(spec.restore) if spec.restore else None,
            server_id=server.id,
            server_name=server.name,
            group_name=keys.data.name,
            bootstrap_name=bootstrap,
        )
        self.register_outputs({})

    def _password(self) -> Output[str]:
        provider = random.Provider(f"{self._name}-random", opts=child(self))
        made = random.RandomPassword(
            f"{self._name}-administrator", length=PASSWORD_LENGTH, special=False, min_lower=2, min_upper=2, min_numeric=2,
            opts=child(self, provider),
        )  # fmt: skip
        return Output.secret(made.result)

    def _server(self, network: AzureNetwork) -> dbforpostgresql.Server:
        context, keys, spec, disposable = self._context, self._keys, self._spec, self._disposable
        key, replica = keys.keys.get("database"), keys.replica_keys.get("database")
        waits: list[Input[Resource]] = [*network.zones_ready]
        encryption: dbforpostgresql.DataEncryptionArgsDict | None = None
        identity: dbforpostgresql.UserAssignedIdentityArgsDict | None = None
        if key is not None and replica is not None:
            waits += [key.access, replica.access]
            encryption = {
                "type": dbforpostgresql.DataEncryptionType.AZURE_KEY_VAULT,
                "primary_key_uri": key.url,
                "primary_user_assigned_identity_id": key.identity_id,
                "geo_backup_key_uri": replica.url,  # backups in the paired location, under a key that lies there
                "geo_backup_user_assigned_identity_id": replica.identity_id,
            }
            identity = {
                "type": dbforpostgresql.IdentityType.USER_ASSIGNED,
                "user_assigned_identities": Output.all(key.identity_id, replica.identity_id).apply(_identities),
            }
        return dbforpostgresql.Server(
            f"{self._name}-server",
            server_name=names.server(context.environment.name, context.subscription),
            resource_group_name=keys.data.name,
            location=keys.data.location,
            version=context.environment.postgres_version.partition(".")[0],
            create_mode=dbforpostgresql.CreateMode.CREATE,
            administrator_login=ADMINISTRATOR,
            administrator_login_password=self._password(),
            auth_config={
                "active_directory_auth": dbforpostgresql.MicrosoftEntraAuth.ENABLED,
                "password_auth": dbforpostgresql.PasswordBasedAuth.ENABLED,  # of Mattermost's own role, by SCRAM
                "tenant_id": context.tenant,
            },
            sku={"name": self._sizing.database_type, "tier": self._sizing.database_tier},
            storage={
                "storage_size_gb": self._sizing.database_gib,
                "auto_grow": dbforpostgresql.StorageAutoGrow.ENABLED,
                "type": dbforpostgresql.StorageType.PREMIUM_LRS,
            },
            availability_zone=ZONES[0],
            high_availability={"mode": "Disabled"}
            if disposable
            else {"mode": "ZoneRedundant", "standby_availability_zone": ZONES[1]},
            backup={
                "backup_retention_days": LEAST_BACKUP_DAYS if disposable else spec.backup.retention_days,
                "geo_redundant_backup": "Disabled" if disposable else "Enabled",  # chosen once, at creation
            },
            network={
                "delegated_subnet_resource_id": network.database_subnet_id,
                "private_dns_zone_arm_resource_id": network.zone_ids["database"],
                "public_network_access": dbforpostgresql.ServerPublicNetworkAccessState.DISABLED,
            },
            maintenance_window={
                "custom_window": "Enabled",
                "day_of_week": context.settings.database.maintenance_day,
                "start_hour": context.settings.database.maintenance_hour,
                "start_minute": 0,
            },
            data_encryption=encryption,
            identity=identity,
            opts=ResourceOptions.merge(
                stateful(child(self, context.main, depends_on=waits), disposable=disposable),
                ResourceOptions(ignore_changes=list(LEFT_ALONE)),
            ),
        )

    def _parameters(self, server: dbforpostgresql.Server) -> None:
        """One after the other: the service refuses two changes at once. They go with the server: deleting one alone is a change
        back to its default, and a destroy would wait for each.
        """
        before: Resource = server
        for parameter, value in database_parameters.of(self._sizing).items():
            before = dbforpostgresql.Configuration(
                f"{self._name}-{parameter.replace('.', '-').replace('_', '-')}",
                configuration_name=parameter,
                server_name=server.name,
                resource_group_name=self._keys.data.name,
                source="user-override",
                value=value,
                opts=ResourceOptions.merge(
                    child(self, self._context.main, depends_on=[before]), ResourceOptions(deleted_with=server)
                ),
            )


def _identities(ids: Sequence[str]) -> Mapping[str, Input[dbforpostgresql.UserIdentityArgsDict]]:
    """The form in which the service wants the identities: each id with nothing under it."""
    return {each: {} for each in ids}
