"""Flow logs: every connection in the network, raw in an account of their own and digested in the workspace (OOB-122).

Raw logs are rewritten each minute for an hour, which a write-once account would keep sixty times; so they have another one.
"""

from __future__ import annotations

from pulumi import ComponentResource, Input, Output, Resource
from pulumi_azure_native import managedidentity, network

from components.clouds.azure import names
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.handles import AzureKeys, Context
from components.clouds.azure.log_accounts import log_account
from components.clouds.azure.roles import grant
from components.options import child

WATCHER_GROUP = "NetworkWatcherRG"
DIGEST_MINUTES = 10  # the shortest that the service offers
WRITER = "Storage Blob Data Contributor"


def watcher(location: str) -> str:
    """Azure makes one Network Watcher for each location with the first network there, by this name, and takes no second."""
    return f"NetworkWatcher_{location}"


class NetworkLogs(ComponentResource):
    """The flow log of the network, the account that it writes to as an identity of its own. `account_id` is that account's."""

    def __init__(self, name: str, context: Context, keys: AzureKeys, days: int, network_id: Input[str], parent: Resource) -> None:
        super().__init__("oob:azure:NetworkLogs", name, None, child(parent))
        environment = context.environment.name
        account = log_account(
            name, context, self, keys.logs, "flows", key=keys.keys.get("logs"), write_once=False, kept_days=days
        )
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_name_=names.identity(environment, "flow-logs"),
            resource_group_name=keys.logs.name,
            location=keys.logs.location,
            opts=child(self, context.main),
        )
        access = grant(f"{name}-access", context, self, scope=account.id, principal_id=identity.principal_id, role=WRITER)
        network.FlowLog(
            f"{name}-flow-log",
            flow_log_name=names.general(environment, "flows"),
            network_watcher_name=watcher(context.location),
            resource_group_name=WATCHER_GROUP,  # Azure's own, so there is no handle to wait for: the network's id does that
            location=context.location,
            target_resource_id=network_id,
            storage_id=account.id,
            enabled=True,
            format={"type": "JSON", "version": 2},
            retention_policy={"enabled": True, "days": days},
            identity={
                "type": network.ResourceIdentityType.USER_ASSIGNED,
                "user_assigned_identities": [identity.id],
            },
            flow_analytics_configuration={
                "network_watcher_flow_analytics_configuration": {
                    "enabled": True,
                    "traffic_analytics_interval": DIGEST_MINUTES,
                    "workspace_id": keys.workspace_customer_id,
                    "workspace_region": keys.logs.location,
                    "workspace_resource_id": keys.workspace_id,
                }
            },
            opts=child(self, context.main, depends_on=[access]),
        )
        blobs = account.id.apply(lambda found: f"{found}/blobServices/default")
        diagnose(f"{name}-log", context, self, blobs, keys)
        self.account_id: Output[str] = account.id
        self.register_outputs({})
