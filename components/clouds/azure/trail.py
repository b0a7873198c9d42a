"""The audit trail of the subscription: every change, in the workspace and in the write-once archive (OOB-122)."""

from __future__ import annotations

from pulumi import Resource, ResourceOptions
from pulumi_azure_native import monitor, security

from components.clouds.azure.handles import AzureKeys, Context
from components.options import child

CATEGORIES = (
    "Administrative",
    "Security",
    "ServiceHealth",
    "Alert",
    "Recommendation",
    "Policy",
    "Autoscale",
    "ResourceHealth",
)
# Plans of Defender for Cloud for what is built here. "Pricings - Update" in the Defender for Cloud API.
PLANS = ("Containers", "KeyVaults", "StorageAccounts", "OpenSourceRelationalDatabases", "Arm", "VirtualMachines")


def trail(name: str, context: Context, keys: AzureKeys, parent: Resource) -> None:
    """One in an environment and none in a drill: a second one in the same subscription would record everything twice."""
    monitor.SubscriptionDiagnosticSetting(
        name,
        name=context.environment.name,
        workspace_id=keys.workspace_id,
        storage_account_id=keys.archive_account_id,
        logs=[{"category": category, "enabled": True} for category in CATEGORIES],
        opts=child(parent, context.main),
    )


def guard(name: str, context: Context, parent: Resource) -> None:
    """Threat detection for each kind of thing that is built here; its findings come as entries of the category Security.

    Azure deletes no plan of a subscription ("Pricings - Delete"), so a plan stays on when this program is through with it.
    """
    for plan in PLANS:
        security.Pricing(
            f"{name}-{plan.lower()}",
            pricing_name=plan,
            pricing_tier="Standard",
            sub_plan={"StorageAccounts": "DefenderForStorageV2", "VirtualMachines": "P1"}.get(plan),
            scope_id=f"subscriptions/{context.subscription}",
            opts=ResourceOptions.merge(child(parent, context.main), ResourceOptions(retain_on_delete=True)),
        )
