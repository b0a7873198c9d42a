"""The latch that moves people: one object on a web address of this environment's own, seen by Traffic Manager (ADR 0006).

While it is absent its two addresses answer 404, too few endpoints of the standby's profile are healthy, and names lead to the
primary. Putting the object there makes enough of them healthy, and the profile above prefers it; deleting the object is the only
way back. Both are calls to the data plane of Blob; no Pulumi, no Resource Manager, no right on the zone is needed. Where the
store cannot be reached, probes fail and names lead to the primary.

There are two addresses of the one object because the environment's own endpoint is served whatever its health, and Azure does not
say whether such an endpoint counts as healthy: two of three is right in both cases (dns.py). The second is the account's
address for the other of the two routes that Azure Storage knows ("Network routing preference for Azure Storage").

Traffic Manager probes come without credentials, from many addresses, and follow no redirect: the web address of a storage account
is public by nature. Nothing else is in the account, and what is there says nothing. Only the administrators' groups can write it:
whoever owns a subscription has no right to blobs by that alone.
"""

from __future__ import annotations

from pulumi import ComponentResource, Output, Resource
from pulumi_azure_native import storage

from components.clouds.azure import names
from components.clouds.azure.handles import Context, Group
from components.clouds.azure.roles import grant
from components.contract import PING_PATH
from components.options import child, stateful

CONTAINER = "$web"  # the service's own name for what a web address serves
# All endpoints of a profile are asked for the same path, so the object lies where the standby answers its health check.
OBJECT = PING_PATH.lstrip("/")
SETTER = "Storage Blob Data Contributor"
HISTORY_DAYS = 365  # when it was set and released, for as long as other audit logs (OOB-122)


class Latch(ComponentResource):
    """The account and its web addresses. `host` and `other_host` are what Traffic Manager asks."""

    def __init__(self, name: str, context: Context, home: Group, parent: Resource) -> None:
        super().__init__("oob:azure:Latch", name, None, child(parent))
        environment = context.environment
        account = storage.StorageAccount(
            f"{name}-account",
            account_name=account_name(context),
            resource_group_name=home.name,
            location=home.location,
            kind="StorageV2",
            sku={"name": "Standard_LRS" if environment.disposable else "Standard_RAGZRS"},
            access_tier=storage.AccessTier.HOT,
            allow_blob_public_access=False,  # of containers; the web address is apart from these
            allow_shared_key_access=False,
            allow_cross_tenant_replication=False,
            default_to_o_auth_authentication=True,
            is_local_user_enabled=False,
            enable_https_traffic_only=True,
            minimum_tls_version="TLS1_2",
            encryption={"key_source": "Microsoft.Storage", "require_infrastructure_encryption": True},
            public_network_access="Enabled",
            routing_preference={
                "routing_choice": storage.RoutingChoice.MICROSOFT_ROUTING,
                "publish_internet_endpoints": True,
                "publish_microsoft_endpoints": False,
            },
            opts=stateful(child(self, context.main), disposable=environment.disposable),
        )
        kept: storage.DeleteRetentionPolicyArgsDict = {"enabled": not environment.disposable}
        if not environment.disposable:
            kept["days"] = HISTORY_DAYS
        services = storage.BlobServiceProperties(
            f"{name}-blobs",
            account_name=account.name,
            resource_group_name=home.name,
            blob_services_name="default",
            is_versioning_enabled=True,
            delete_retention_policy=kept,
            container_delete_retention_policy=kept,
            opts=child(self, context.main),
        )
        site = storage.StorageAccountStaticWebsite(
            f"{name}-address",
            account_name=account.name,
            resource_group_name=home.name,
            opts=child(self, context.main, depends_on=[services]),
        )
        for group in context.settings.cluster.administrators:
            grant(f"{name}-{group}-sets", context, self, scope=account.id, principal_id=group, role=SETTER, kind="Group")
        self.account_id = account.id
        # By way of the site: the address answers nobody before it is switched on.
        web = account.primary_endpoints.apply(lambda found: found.web)
        other = account.primary_endpoints.apply(lambda found: found.internet_endpoints.web if found.internet_endpoints else "")
        self.host: Output[str] = Output.all(web, site.container_name).apply(lambda found: host(found[0]))
        self.other_host: Output[str] = Output.all(other, site.container_name).apply(lambda found: host(found[0]))
        self.register_outputs({})


def account_name(context: Context) -> str:
    """Known before anything exists, so that it can be printed on a card."""
    return names.storage_account(context.environment.name, context.subscription, "latch")


def host(address: str) -> str:
    """The host of a web address such as https://account.z1.web.core.windows.net/."""
    return address.removeprefix("https://").rstrip("/")


def set_command(account: str) -> str:
    """Moves people here."""
    where = f"--account-name {account} --container-name '{CONTAINER}' --name {OBJECT}"
    return f"az storage blob upload --auth-mode login {where} --data standby-takes-over --overwrite"


def release_command(account: str) -> str:
    """Moves people back to the primary, as a planned step after both sides have been reconciled."""
    return f"az storage blob delete --auth-mode login --account-name {account} --container-name '{CONTAINER}' --name {OBJECT}"
