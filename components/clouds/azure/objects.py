"""Storage accounts for files and backups, and how Mattermost, Velero and the jobs reach them (OOB-88 to OOB-90).

Backups lie in two containers. What the jobs write is write-once by version. Velero's is not: it is guarded by versions and by the
way back for deleted blobs, because Velero rewrites what it wrote. A drill makes throwaway accounts of its own and only reads the
environment's: blobs as they are now, for Azure offers no view of an account as of a moment; what was deleted meanwhile shows as
missing in the drill's own comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.azure import lifecycle, names
from components.clouds.azure.accounts import Account, AccountSpec, container_path
from components.clouds.azure.handles import AzureKeys, AzureNetwork, AzureObjects, Context
from components.clouds.azure.private_endpoints import private_endpoint
from components.contract import BackupLocation, Environment, FileStore, ObjectsSpec, TransferTarget
from components.options import child
from components.sections import Backup, ObjectsSource

FILES, BACKUPS, VELERO = "files", "backups", "velero"  # containers; the first two are also what accounts are for
VELERO_PREFIX = "velero"
VELERO_PLUGIN = "velero-plugin-for-microsoft-azure"
RECOVERABLE_LONGEST = 365  # the longest that soft delete keeps


class Objects(ComponentResource):
    """The accounts. `outputs` are the ways to them; nobody is let in here, that is for the identities of the workloads."""

    def __init__(
        self, name: str, context: Context, spec: ObjectsSpec, keys: AzureKeys, network: AzureNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:azure:Objects", name, None, child(parent))
        self._context = context
        key = keys.keys.get("objects")
        kept = min(max(spec.backup.retention_days, spec.backup.lock_days), RECOVERABLE_LONGEST)
        wanted = (
            AccountSpec(
                purpose=FILES,
                containers=(FILES,),
                recoverable_days=kept,
                rules=lifecycle.files(spec.backup),
                write_once={},
                key=key,
            ),
            AccountSpec(
                purpose=BACKUPS,
                containers=(BACKUPS, VELERO),
                recoverable_days=kept,
                rules=lifecycle.backups(spec.backup, BACKUPS, VELERO),
                write_once=write_once(spec.backup, disposable=context.environment.disposable),
                key=key,
            ),
        )
        files, backups = (Account(f"{name}-{one.purpose}", context, one, keys, network, self) for one in wanted)
        if spec.restore is not None:
            self._ways_to_the_source(name, spec.restore, network)
        self._state = None if spec.restore else state_of(spec.state_backend, context.subscription, context.settings.state_group)
        if self._state is not None:
            self._way_to_the_state(name, self._state, network)
        self.outputs = self._outputs(spec, keys, files, backups)
        self.register_outputs({})

    def _outputs(self, spec: ObjectsSpec, keys: AzureKeys, files: Account, backups: Account) -> AzureObjects:
        restore, context, state = spec.restore, self._context, self._state
        target = Target(
            subscription=context.subscription,
            group=source_group(context.environment) if restore else keys.data.name,
            account=restore.backups if restore else backups.account_name,
        )
        velero = backups.stores[VELERO]
        return AzureObjects(
            files=FileStore(url="unused.invalid", bucket="unused", env=file_variables(files.account_name)),
            velero=BackupLocation(
                provider="azure",
                plugin=VELERO_PLUGIN,
                bucket=VELERO,
                prefix=VELERO_PREFIX,
                config=target.location(),
                read_only=restore is not None,
                credentials=target.credentials(),
            ),
            transfer=TransferTarget(env=remote_variables(backups.account_name), path=Output.from_input(BACKUPS)),
            file_copies=TransferTarget(env=remote_variables(files.account_name), path=Output.from_input(FILES))
            if restore
            else None,
            source=TransferTarget(env=remote_variables(restore.files), path=Output.from_input(FILES)) if restore else None,
            source_backups=TransferTarget(env=remote_variables(restore.backups), path=Output.from_input(BACKUPS))
            if restore
            else None,
            state=TransferTarget(env=remote_variables(state.account), path=Output.from_input(state.path)) if state else None,
            state_container_id=state.container_id if state else None,
            files_store=files.stores[FILES],
            backups_store=backups.stores[BACKUPS],
            velero_store=velero,
            sources=sources(context, restore) if restore else {},
            ready=(*files.ready, *backups.ready),
        )

    def _way_to_the_state(self, name: str, state: State, network: AzureNetwork) -> None:
        """The account of the state needs no public address for the scheduled export either (OOB-66)."""
        private_endpoint(
            f"{name}-state-endpoint",
            self._context,
            self,
            purpose="state",
            service="blob",
            target_id=state.account_id,
            home=network.runtime,
            subnet_id=network.endpoint_subnet_id,
            zone_id=network.zone_ids["blob"],
            zones_ready=network.zones_ready,
        )

    def _ways_to_the_source(self, name: str, source: ObjectsSource, network: AzureNetwork) -> None:
        """The environment's accounts answer on no public address, so a drill needs private ones in its own network."""
        for purpose, account in ((FILES, source.files), (BACKUPS, source.backups)):
            private_endpoint(
                f"{name}-source-{purpose}-endpoint",
                self._context,
                self,
                purpose=f"source-{purpose}",
                service="blob",
                target_id=account_id(self._context.subscription, source_group(self._context.environment), account),
                home=network.runtime,
                subnet_id=network.endpoint_subnet_id,
                zone_id=network.zone_ids["blob"],
                zones_ready=network.zones_ready,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where this program's state lies: an account of this subscription, a container, and the folder above `.pulumi`."""

    account: str
    account_id: str
    container: str
    path: str

    @property
    def container_id(self) -> str:
        """The resource id of the container."""
        return container_path(self.account_id, self.container)


def state_of(backend: str | None, subscription: str, group: str | None) -> State | None:
    """A state address such as azblob://container/folder?storage_account=name, in the group that the stack file names.

    None if it lies elsewhere, or if the group is not named: an address alone does not lead to the account's resource id.
    """
    if backend is None or group is None:
        return None
    address = urlsplit(backend)
    account = parse_qs(address.query).get("storage_account", [""])[0]
    if address.scheme != "azblob" or not address.netloc or not account:
        return None
    return State(
        account=account,
        account_id=account_id(subscription, group, account),
        container=address.netloc,
        path=f"{address.netloc}{address.path}".rstrip("/"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where Velero's backups lie, as its plugin wants to be told."""

    subscription: str
    group: Input[str]
    account: str

    def location(self) -> dict[str, Input[str]]:
        """Settings of the backup location. The address saves the plugin a call to the Resource Manager, which it may not make."""
        return {
            "resourceGroup": self.group,
            "storageAccount": self.account,
            "subscriptionId": self.subscription,
            "storageAccountURI": f"https://{self.account}.blob.core.windows.net",
            "useAAD": "true",
        }

    def credentials(self) -> Output[str]:
        """The plugin's file. No key is in it: it signs in with the pod's own identity."""
        return Output.format(
            "AZURE_SUBSCRIPTION_ID={0}\nAZURE_RESOURCE_GROUP={1}\nAZURE_CLOUD_NAME=AzurePublicCloud\n",
            self.subscription,
            self.group,
        )


def write_once(backup: Backup, *, disposable: bool) -> Mapping[str, int]:
    """Days of write-once by container. Both modes of `backup.objectLock` start unlocked: see docs of accounts.py."""
    return {} if disposable or backup.object_lock == "none" else {BACKUPS: backup.lock_days}


def source_group(environment: Environment) -> str:
    """The resource group with the data of the environment that a drill restores. ValueError outside a drill."""
    if environment.source is None:
        raise ValueError(f"{environment.name} restores nothing")
    return names.resource_group(environment.source, "data")


def account_id(subscription: str, group: str, account: str) -> str:
    """The resource id of a storage account."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}"


def sources(context: Context, source: ObjectsSource) -> dict[str, str]:
    """The containers that a drill may read, by what is in them."""
    group = source_group(context.environment)
    ids = {
        purpose: account_id(context.subscription, group, name)
        for purpose, name in ((FILES, source.files), (BACKUPS, source.backups))
    }
    return {
        FILES: container_path(ids[FILES], FILES),
        BACKUPS: container_path(ids[BACKUPS], BACKUPS),
        VELERO: container_path(ids[BACKUPS], VELERO),
    }


def file_variables(account: str) -> dict[str, Input[str]]:
    """What Mattermost's own driver for Blob reads: no key, so that it signs in with the pod's own identity (PREP-113).

    The operator knows S3 alone and sets variables of that driver, which this one does not look at.
    """
    settings: dict[str, Input[str]] = {
        "DRIVERNAME": "azureblob",
        "AZURESTORAGEACCOUNT": account,
        "AZURECONTAINER": FILES,
        "AZUREPATHPREFIX": "",
        "AZUREAUTHMODE": "default_credential",
        "AZURECLOUD": "commercial",
        "AZURESSL": "true",
    }
    return {f"MM_FILESETTINGS_{key}": value for key, value in settings.items()}


def remote_variables(account: str) -> dict[str, Input[str]]:
    """An rclone remote that signs in with the pod's own identity, and neither looks for the container nor tries to make it."""
    return {
        "RCLONE_CONFIG_OOB_TYPE": "azureblob",
        "RCLONE_CONFIG_OOB_ACCOUNT": account,
        "RCLONE_CONFIG_OOB_ENV_AUTH": "true",
        "RCLONE_CONFIG_OOB_NO_CHECK_CONTAINER": "true",
    }
