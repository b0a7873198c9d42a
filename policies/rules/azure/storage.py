"""Storage accounts and containers. Facts: Azure Storage documentation; CIS Azure 9.x."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.model import Level, Outcome, Resource, Severity, bad_if, must, must_not, rule
from policies.reading.values import asked, is_false, is_true, one_of, present
from policies.settings import Profile

ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"
SERVICE = "azure-native:storage:BlobServiceProperties"
_NAME = re.compile(r"[a-z0-9]{3,24}")


@rule(
    "storage-https",
    on=ACCOUNT,
    severity=Severity.HIGH,
    frameworks=("CIS Azure 9.1", "NIST 800-53 SC-8"),
    remedy="Leave enableHttpsTrafficOnly out or true",
)
def https(r: Resource) -> Iterator[Outcome]:
    """Plain HTTP is refused; it is so by itself since API version 2019-04-01."""
    for key in ("enableHttpsTrafficOnly", "supportsHttpsTrafficOnly"):
        yield from must_not(r, key, is_false, "is off")


@rule(
    "storage-tls",
    on=ACCOUNT,
    severity=Severity.HIGH,
    frameworks=("CIS Azure 9.12", "NIST 800-53 SC-8"),
    remedy="Set minimumTlsVersion to TLS1_2",
)
def tls(r: Resource) -> Iterator[Outcome]:
    """TLS is 1.2 or newer."""
    yield from must(r, "minimumTlsVersion", one_of("TLS1_2", "TLS1_3"), "is older than 1.2, or not given")


@rule(
    "storage-denies-by-default",
    on=ACCOUNT,
    severity=Severity.CRITICAL,
    frameworks=("CIS Azure 9.3", "NIST 800-53 SC-7"),
    remedy="Set networkRuleSet.defaultAction to Deny",
)
def denies_by_default(r: Resource) -> Iterator[Outcome]:
    """Networks that are not named are refused."""
    yield from must(r, "networkRuleSet.defaultAction", one_of("Deny"), "lets every network in")


@rule(
    "storage-no-public-network",
    on=ACCOUNT,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Set publicNetworkAccess to Disabled and add a private endpoint",
)
def no_public_network(r: Resource) -> Iterator[Outcome]:
    """The account is reached by private endpoints only."""
    yield from must(r, "publicNetworkAccess", one_of("Disabled", "SecuredByPerimeter"), "is reached from the internet")


@rule(
    "storage-no-anonymous",
    on=(ACCOUNT, CONTAINER),
    severity=Severity.CRITICAL,
    frameworks=("CIS Azure 9.4", "NIST 800-53 AC-3"),
    remedy="Set allowBlobPublicAccess to false; leave publicAccess out",
)
def no_anonymous(r: Resource) -> Iterator[Outcome]:
    """Nobody reads blobs without an identity."""
    yield from must_not(r, "publicAccess", one_of("Blob", "Container"), "lets anybody read")
    yield from must_not(r, "allowBlobPublicAccess", is_true, "allows containers that anybody can read")


@rule(
    "storage-no-shared-keys",
    on=ACCOUNT,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-2",),
    remedy="Set allowSharedKeyAccess to false",
)
def no_shared_keys(r: Resource) -> Iterator[Outcome]:
    """Everybody signs in with an identity; there is no key for all."""
    yield from must(r, "allowSharedKeyAccess", is_false, "leaves a key that opens everything")


@rule(
    "storage-no-other-tenants",
    on=ACCOUNT,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-4",),
    remedy="Set allowCrossTenantReplication to false",
)
def no_other_tenants(r: Resource) -> Iterator[Outcome]:
    """Nothing is copied to another tenant."""
    yield from must(r, "allowCrossTenantReplication", is_false, "allows copies into another tenant")


@rule(
    "storage-own-key",
    on=ACCOUNT,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-12",),
    remedy="Set encryption.keySource to Microsoft.Keyvault",
    level=Level.ADVISORY,
)
def own_key(r: Resource) -> Iterator[Outcome]:
    """Blobs are encrypted with a key of our own."""
    yield from must(r, "encryption.keySource", one_of("Microsoft.Keyvault"), "is the service's key")


@rule(
    "storage-replicated",
    on=ACCOUNT,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Set sku.name to a GRS, RAGRS, GZRS or RAGZRS form, or copy objects to an account of ours elsewhere",
    level=Level.ADVISORY,
)
def replicated(r: Resource) -> Iterator[Outcome]:
    """Data is kept in more than one place of its region, or in two regions."""
    yield from must(
        r,
        "sku.name",
        lambda v: (isinstance(v, str) and "GRS" in v.upper()) or (isinstance(v, str) and "GZRS" in v.upper()),
        "is kept in one region",
    )


@rule("storage-named", on=ACCOUNT, severity=Severity.LOW, remedy="Use 3 to 24 small letters and digits")
def named(r: Resource) -> Iterator[Outcome]:
    """An account's name is one that Azure takes."""
    yield from must_not(r, "accountName", lambda v: isinstance(v, str) and not _NAME.fullmatch(v), "is no name of an account")


@rule(
    "storage-soft-delete",
    on=SERVICE,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Enable deleteRetentionPolicy and containerDeleteRetentionPolicy",
    profile=Profile.PRODUCTION,
)
def soft_delete(r: Resource) -> Iterator[Outcome]:
    """What is deleted can be had back for a while."""
    for key in ("deleteRetentionPolicy.enabled", "containerDeleteRetentionPolicy.enabled"):
        yield from must(r, key, is_true, "is off")


@rule(
    "storage-versions",
    on=SERVICE,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Set isVersioningEnabled to true",
    profile=Profile.PRODUCTION,
)
def versions(r: Resource) -> Iterator[Outcome]:
    """Overwritten blobs can be had back."""
    yield from must(r, "isVersioningEnabled", is_true, "is off")


@rule(
    "storage-bypass-explained",
    on=(ACCOUNT, "azure-native:keyvault:Vault"),
    severity=Severity.LOW,
    remedy="Set bypass to None",
    level=Level.ADVISORY,
)
def bypass_explained(r: Resource) -> Iterator[Outcome]:
    """Services of Azure are let past the firewall only where somebody has said why."""
    for key in ("networkRuleSet.bypass", "properties.networkAcls.bypass"):
        given = r.at(key)
        if present(given):
            yield from bad_if(asked(lambda v: not one_of("None")(v), given), key, "lets Azure's services past the firewall")
