"""What is looked for among changes of the subscription, and what Azure itself reports of it (OOB-122, OOB-123).

Operations: "Azure resource provider operations" in the Azure role-based access control documentation. Somebody who raises their
own access over all subscriptions of the directory is not among them: that stands in the directory's log (audit_rules.py).
"""

from __future__ import annotations

from components.clouds.azure.alarms import Activity, Alarm


def _changes(name: str, means: str, first: str, rows: tuple[str, ...], *operations: str) -> Alarm:
    source = Activity(category="Administrative", operations=operations)
    return Alarm(name=name, means=means, first=first, rows=rows, subject="access", source=source, event=True)


def _reports(name: str, means: str, first: str, rows: tuple[str, ...], category: str) -> Alarm:
    return Alarm(
        name=name, means=means, first=first, rows=rows, subject="threats", source=Activity(category=category), event=True
    )


ACTIVITY = (
    _changes(
        "rights-changed",
        "Rights were given or taken. A deployment does this for its own identities; it never does it for people.",
        "compare with what was deployed; remove what was not.",
        ("OOB-73", "OOB-123"),
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/roleDefinitions/delete",
    ),
    _changes(
        "lock-removed",
        "A lock that kept data from being deleted was removed.",
        "put it back (pulumi up), then ask who removed it and what was deleted since.",
        ("OOB-55", "OOB-123"),
        "Microsoft.Authorization/locks/delete",
    ),
    _changes(
        "rules-changed",
        "A policy of the subscription was changed.",
        "compare the assignments with those that were agreed.",
        ("OOB-123",),
        "Microsoft.Authorization/policyAssignments/write",
        "Microsoft.Authorization/policyAssignments/delete",
        "Microsoft.Authorization/policyExemptions/write",
    ),
    _changes(
        "trail-touched",
        "What is recorded, or where it is kept, was changed.",
        "compare the diagnostic settings with the plan; expect to find what it was to hide.",
        ("OOB-122",),
        "Microsoft.Insights/diagnosticSettings/delete",
        "Microsoft.Insights/dataCollectionRules/delete",
        "Microsoft.Insights/dataCollectionRuleAssociations/delete",
        "Microsoft.OperationalInsights/workspaces/write",  # how long everything is kept
        "Microsoft.OperationalInsights/workspaces/delete",
        "Microsoft.OperationalInsights/workspaces/tables/write",
        "Microsoft.Insights/actionGroups/delete",
        "Microsoft.Insights/activityLogAlerts/delete",
        "Microsoft.Insights/scheduledQueryRules/delete",
        "Microsoft.Insights/metricAlerts/delete",
    ),
    _changes(
        "guard-touched",
        "The threat detection was switched off, or told to ignore something.",
        "compare it with the plan and ask who did it.",
        ("OOB-124",),
        "Microsoft.Security/pricings/write",
        "Microsoft.Security/alertsSuppressionRules/write",
    ),
    _changes(
        "keys-touched",
        "A key vault, or who may use it, was changed or deleted.",
        "recover the vault if it is gone, then compare it with the plan.",
        ("OOB-76", "OOB-114"),
        "Microsoft.KeyVault/vaults/delete",
        "Microsoft.KeyVault/vaults/write",
    ),
    _changes(
        "names-changed",
        "A name, or the profile that moves people, was changed.",
        "compare the zone and the profiles with the plan: people are sent where they point.",
        ("OOB-36", "OOB-37"),
        "Microsoft.Network/dnszones/A/write",
        "Microsoft.Network/dnszones/CNAME/write",
        "Microsoft.Network/dnszones/CAA/write",
        "Microsoft.Network/dnszones/TXT/write",
        "Microsoft.Network/dnszones/delete",
        "Microsoft.Network/trafficManagerProfiles/write",
        "Microsoft.Network/trafficManagerProfiles/delete",
    ),
    _changes(
        "vault-touched",
        "The backup vault, or what it protects, was changed.",
        "check that the database is still protected, and take away the rights of whoever did it.",
        ("OOB-53", "OOB-113"),
        "Microsoft.DataProtection/backupVaults/delete",
        "Microsoft.DataProtection/backupVaults/backupInstances/delete",
        "Microsoft.DataProtection/backupVaults/backupInstances/stopProtection/action",
        "Microsoft.DataProtection/backupVaults/backupInstances/suspendBackups/action",
        "Microsoft.DataProtection/backupVaults/backupPolicies/delete",
    ),
    _reports(
        "threat-found",
        "Defender for Cloud found a threat.",
        "open the finding in Defender for Cloud; what it names may have to be cut off.",
        ("OOB-124", "OOB-02"),
        "Security",
    ),
    _reports(
        "provider-trouble",
        "Azure reports a problem that touches this subscription.",
        "open the page Service Health; consider moving the next drill forward.",
        ("OOB-02",),
        "ServiceHealth",
    ),
    _reports(
        "resource-trouble",
        "Azure reports that a resource of this subscription is not available, or is again; a database's failover is one.",
        "see which one; if it is the database, that a standby is there again.",
        ("OOB-64", "PREP-102", "OOB-02"),
        "ResourceHealth",
    ),
)
