"""How people sign in by Entra. Facts: CIS Azure 6; Microsoft Entra documentation."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.values import UNKNOWN, Value, all_of, any_of, asked, is_true, one_of, present


@rule(
    "entra-application-narrow",
    on="azuread:index/application:Application",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-4", "RFC 9700"),
    remedy="Set signInAudience to AzureADMyOrg, use https addresses without wildcards, and leave implicit grants out",
)
def application_narrow(r: Resource) -> Iterator[Outcome]:
    """An application takes people of its own directory alone, and hands answers to its own https addresses alone."""
    audience = r.at("signInAudience")  # AzureADMyOrg where nothing is said
    yield from bad_if(
        asked(lambda v: v is not None and not one_of("AzureADMyOrg")(v), audience), "signInAudience", "takes people of others"
    )
    for seen in r.each("web.redirectUris[*]"):
        yield from bad_if(asked(_unsafe_address, seen.value), seen.path, "is no exact https address")
    for key in ("accessTokenIssuanceEnabled", "idTokenIssuanceEnabled"):
        yield from must_not(r, f"web.implicitGrant.{key}", is_true, "sends tokens in a URL")


def _unsafe_address(value: Value) -> bool:
    return not isinstance(value, str) or not value.startswith("https://") or "*" in value


@rule(
    "entra-conditional-access-on",
    on="azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy",
    severity=Severity.HIGH,
    frameworks=("CIS Azure 6.2", "NIST 800-53 AC-3"),
    remedy="Set state to enabled, and leave the emergency accounts out (conditions.users.excludedUsers)",
)
def conditional_access_on(r: Resource) -> Iterator[Outcome]:
    """A policy of conditional access is in force, and locks nobody's emergency account out."""
    yield from must(r, "state", one_of("enabled"), "is not in force")
    # A policy about one application locks nobody out of the directory itself.
    everywhere = any_of(asked(one_of("All"), seen.value) for seen in r.each("conditions.applications.includedApplications[*]"))
    everybody = any_of(asked(one_of("All"), seen.value) for seen in r.each("conditions.users.includedUsers[*]"))
    excluded = [r.at(f"conditions.users.{key}") for key in ("excludedUsers", "excludedGroups")]
    spared = any(one is UNKNOWN or present(one) for one in excluded)
    yield from bad_if(False if spared else all_of([everywhere, everybody]), "conditions.users", "leaves no emergency account out")


@rule(
    "entra-people-assigned",
    on="azuread:index/servicePrincipal:ServicePrincipal",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-3",),
    remedy="Set appRoleAssignmentRequired to true, and assign groups",
)
def people_assigned(r: Resource) -> Iterator[Outcome]:
    """An application takes the people that are assigned to it, not everybody of the directory."""
    yield from must(r, "appRoleAssignmentRequired", is_true, "is not on")


@rule(
    "entra-passwords-end",
    on="azuread:index/applicationPassword:ApplicationPassword",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 IA-5",),
    remedy="Give endDate or endDateRelative",
)
def passwords_end(r: Resource) -> Iterator[Outcome]:
    """A password of an application has an end that somebody has chosen."""
    if not present(r.at("endDate")):
        yield from must_have(r, "endDateRelative", "is not given")
