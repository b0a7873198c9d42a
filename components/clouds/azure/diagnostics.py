"""Diagnostic settings: what a resource reports of itself goes to the workspace and to the archive (OOB-122, OOB-127)."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Input, Resource
from pulumi_azure_native import monitor

from components.clouds.azure.handles import AzureKeys, Context
from components.options import child

GROUPS = ("allLogs", "audit")  # groups of categories; anything else is one category
NAME = "oob"  # one setting for each resource, found under this name


def logs(categories: Sequence[str]) -> list[monitor.DiagnosticsLogSettingsArgsDict]:
    """The log settings for groups and single categories."""
    return [
        {"category_group": category, "enabled": True} if category in GROUPS else {"category": category, "enabled": True}
        for category in categories
    ]


def diagnose(
    name: str,
    context: Context,
    parent: Resource,
    target_id: Input[str],
    keys: AzureKeys,
    categories: Sequence[str] = ("allLogs",),
    metrics: bool = True,
    archive: bool = True,
    tables: bool = True,
) -> monitor.DiagnosticSetting:
    """Send logs, and metrics if the type has any, to the workspace and the archive.

    `archive` must be False for a resource in another location than the archive's: Azure takes only an account beside it.
    `tables` asks for the service's own tables (AZKVAuditLogs, AGWAccessLogs, AKSAudit, AZFWApplicationRule and so on) in place
    of the common one, AzureDiagnostics; services that have none ignore it.
    """
    return monitor.DiagnosticSetting(
        name,
        name=NAME,
        resource_uri=target_id,
        workspace_id=keys.workspace_id,
        storage_account_id=keys.archive_account_id if archive else None,
        log_analytics_destination_type="Dedicated" if tables else None,
        logs=logs(categories),
        metrics=[{"category": "AllMetrics", "enabled": True}] if metrics else [],
        opts=child(parent, context.main),
    )
