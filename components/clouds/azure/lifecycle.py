"""How long blobs and their former versions are kept, and where (OOB-89, PREP-99). Plain values.

A write-once version is stronger than any rule here: it stays until its days are over, and the next run removes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.sections import Backup

if TYPE_CHECKING:
    from pulumi_azure_native.storage import ManagementPolicyActionArgsDict as Actions
    from pulumi_azure_native.storage import ManagementPolicyBaseBlobArgsDict as Current
    from pulumi_azure_native.storage import ManagementPolicyFilterArgsDict as Filter
    from pulumi_azure_native.storage import ManagementPolicyRuleArgsDict as Rule
    from pulumi_azure_native.storage import ManagementPolicyVersionArgsDict as Former

COOL_AFTER_DAYS = 30  # the least that the cool tier is billed for
COLD_AFTER_DAYS = 90  # read at once, unlike the archive tier, so that an old dump is restored like a new one


def files(backup: Backup) -> list[Rule]:
    """Mattermost's files: what is current stays; what was removed or replaced can be brought back as long as an archive lives."""
    former: Former = {"delete": {"days_after_creation_greater_than": backup.archive_days}}
    if backup.archive_days > COOL_AFTER_DAYS:
        former["tier_to_cool"] = {"days_after_creation_greater_than": COOL_AFTER_DAYS}
    return [_rule("former-versions", (), version=former)]


def backups(backup: Backup, archive: str, velero: str) -> list[Rule]:
    """Dumps, exports and markers in `archive`: cheaper with age, gone with the archive. In `velero` Velero decides what goes."""
    kept = max(backup.retention_days, backup.lock_days)
    current: Current = {
        "tier_to_cool": {"days_after_modification_greater_than": COOL_AFTER_DAYS},
        "delete": {"days_after_modification_greater_than": backup.archive_days},
    }
    if backup.archive_days > COLD_AFTER_DAYS:
        current["tier_to_cold"] = {"days_after_modification_greater_than": COLD_AFTER_DAYS}
    former: Former = {"delete": {"days_after_creation_greater_than": kept}}
    return [
        _rule("archive", (f"{archive}/",), current=current),
        _rule("former-versions", (f"{archive}/", f"{velero}/"), version=former),
    ]


def _rule(name: str, prefixes: tuple[str, ...], *, current: Current | None = None, version: Former | None = None) -> Rule:
    filters: Filter = {"blob_types": ["blockBlob"]}
    if prefixes:
        filters["prefix_match"] = list(prefixes)
    actions: Actions = {}
    if current is not None:
        actions["base_blob"] = current
    if version is not None:
        actions["version"] = version
    return {"name": name, "type": "Lifecycle", "enabled": True, "definition": {"filters": filters, "actions": actions}}
