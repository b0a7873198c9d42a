"""Roles, logs and backups on Azure. Facts: Azure RBAC, Azure Monitor and Azure Backup documentation."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Finding, Level, Outcome, Resource, Severity, Unjudged, bad_if, must, rule
from policies.reading.values import UNKNOWN, Value, all_of, any_of, asked, at_least, one_of
from policies.settings import Profile

# Built-in roles that give every right, by their well-known ids: Owner, User Access Administrator, Contributor.
ALMIGHTY = (
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
)


@rule(
    "azure-no-owner-roles",
    on="azure-native:authorization:RoleDefinition",
    severity=Severity.CRITICAL,
    frameworks=("CIS Azure 5.23", "NIST 800-53 AC-6"),
    remedy="Name the actions",
)
def no_owner_roles(r: Resource) -> Iterator[Outcome]:
    """No role of our own gives every right on a whole subscription."""
    everything = any_of(asked(one_of("*"), seen.value) for seen in r.each("permissions[*].actions[*]"))
    whole = any_of(asked(_whole_subscription, seen.value) for seen in r.each("assignableScopes[*]"))
    yield from bad_if(all_of([everything, whole]), "permissions", "gives every right on a whole subscription")


def _whole_subscription(scope: Value) -> bool:
    return isinstance(scope, str) and (scope == "/" or "/resourcegroups/" not in scope.lower())


@rule(
    "azure-roles-narrow",
    on="azure-native:authorization:RoleAssignment",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-6",),
    remedy="Give the narrowest built-in role, on the one resource",
)
def roles_narrow(r: Resource) -> Iterator[Outcome]:
    """Nobody is given Owner, Contributor or the right to give rights."""
    yield from bad_if(
        asked(lambda v: isinstance(v, str) and v.lower().endswith(ALMIGHTY), r.at("roleDefinitionId")),
        "roleDefinitionId",
        "gives nearly every right",
    )


@rule(
    "azure-logs-kept",
    on="azure-native:operationalinsights:Workspace",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 AU-11",),
    remedy="Set retentionInDays to 90 or more",
    profile=Profile.PRODUCTION,
)
def logs_kept(r: Resource) -> Iterator[Outcome]:
    """Logs are kept for 90 days where they can be searched."""
    yield from must(r, "retentionInDays", at_least(90), "is less than 90 days")


@rule(
    "azure-federation-exact",
    on="azure-native:managedidentity:FederatedIdentityCredential",
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 IA-9",),
    remedy="Give the whole subject system:serviceaccount:NAMESPACE:NAME, and one audience",
)
def federation_exact(r: Resource) -> Iterator[Outcome]:
    """An identity of a workload can be taken by its service account alone."""
    yield from bad_if(asked(lambda v: not isinstance(v, str) or not v or "*" in v, r.at("subject")), "subject", "is not exact")
    audiences = r.at("audiences")
    if audiences is UNKNOWN:
        yield Unjudged("audiences")
    elif not isinstance(audiences, list) or len(audiences) != 1:
        yield Finding("audiences", "is not exactly one")


@rule(
    "azure-backups-fixed",
    on="azure-native:dataprotection:BackupVault",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Set immutability to Unlocked, and to Locked once it has proved itself: that cannot be taken back",
    level=Level.ADVISORY,
    profile=Profile.PRODUCTION,
)
def backups_fixed(r: Resource) -> Iterator[Outcome]:
    """Backups cannot be shortened by whoever has broken in. Advisory: a vault becomes immutable only where somebody says so."""
    yield from must(r, "properties.securitySettings.immutabilitySettings.state", one_of("Unlocked", "Locked"), "is off")


@rule(
    "azure-backups-soft-deleted",
    on="azure-native:dataprotection:BackupVault",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Set soft delete to On or AlwaysOn",
    profile=Profile.PRODUCTION,
)
def backups_soft_deleted(r: Resource) -> Iterator[Outcome]:
    """A deleted backup can be brought back for a while."""
    yield from must(r, "properties.securitySettings.softDeleteSettings.state", one_of("On", "AlwaysOn"), "is off")
