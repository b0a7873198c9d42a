"""Vaults, keys and secrets. Facts: Key Vault documentation; CIS Azure 8.x."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Level, Outcome, Resource, Severity, must, must_have, must_not, rule
from policies.reading.values import is_false, is_true, one_of
from policies.settings import Profile

VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
SECRET = "azure-native:keyvault:Secret"  # noqa: S105 a type


@rule(
    "keyvault-firewall",
    on=VAULT,
    severity=Severity.HIGH,
    frameworks=("CIS Azure 8.7", "NIST 800-53 SC-7"),
    remedy="Set properties.networkAcls.defaultAction to Deny",
)
def firewall(r: Resource) -> Iterator[Outcome]:
    """Networks that are not named are refused."""
    yield from must(r, "properties.networkAcls.defaultAction", one_of("Deny"), "lets every network in")


@rule(
    "keyvault-no-public-network",
    on=VAULT,
    severity=Severity.HIGH,
    frameworks=("CIS Azure 8.7",),
    remedy="Set properties.publicNetworkAccess to Disabled and add a private endpoint",
)
def no_public_network(r: Resource) -> Iterator[Outcome]:
    """The vault is reached by private endpoints only."""
    yield from must(r, "properties.publicNetworkAccess", one_of("Disabled"), "is reached from the internet")


@rule("keyvault-soft-delete", on=VAULT, severity=Severity.HIGH, remedy="Leave properties.enableSoftDelete out or true")
def soft_delete(r: Resource) -> Iterator[Outcome]:
    """What is deleted can be had back; it is so by itself since 2020."""
    yield from must_not(r, "properties.enableSoftDelete", is_false, "is off")


@rule(
    "keyvault-purge-protection",
    on=VAULT,
    severity=Severity.HIGH,
    frameworks=("CIS Azure 8.5",),
    remedy="Set properties.enablePurgeProtection to true",
    profile=Profile.PRODUCTION,
)
def purge_protection(r: Resource) -> Iterator[Outcome]:
    """Nobody, and no ransom gang, takes away for ever what was deleted."""
    yield from must(r, "properties.enablePurgeProtection", is_true, "is off")


@rule(
    "keyvault-rbac",
    on=VAULT,
    severity=Severity.MEDIUM,
    frameworks=("CIS Azure 8.6",),
    remedy="Set properties.enableRbacAuthorization to true",
)
def rbac(r: Resource) -> Iterator[Outcome]:
    """Access is given by roles, not by a list inside the vault."""
    yield from must(r, "properties.enableRbacAuthorization", is_true, "is off")


@rule(
    "keyvault-keys-in-hardware",
    on=KEY,
    severity=Severity.LOW,
    remedy="Set properties.kty to RSA-HSM or EC-HSM (a premium vault)",
    level=Level.ADVISORY,
)
def keys_in_hardware(r: Resource) -> Iterator[Outcome]:
    """Keys live in hardware."""
    yield from must(r, "properties.kty", one_of("RSA-HSM", "EC-HSM", "oct-HSM"), "is held in software")


@rule(
    "keyvault-keys-rotate",
    on=KEY,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-12",),
    remedy="Give properties.rotationPolicy",
    level=Level.ADVISORY,
)
def keys_rotate(r: Resource) -> Iterator[Outcome]:
    """Keys are made anew on a schedule."""
    yield from must_have(r, "properties.rotationPolicy", "is not given")


@rule(
    "keyvault-secrets-expire",
    on=SECRET,
    severity=Severity.MEDIUM,
    frameworks=("CIS Azure 8.3",),
    remedy="Set properties.attributes.expires",
)
def secrets_expire(r: Resource) -> Iterator[Outcome]:
    """A secret has an end."""
    yield from must_have(r, "properties.attributes.expires", "is not given")


@rule("keyvault-secrets-described", on=SECRET, severity=Severity.LOW, remedy="Set properties.contentType")
def secrets_described(r: Resource) -> Iterator[Outcome]:
    """A secret says what it is."""
    yield from must_have(r, "properties.contentType", "is not given")
