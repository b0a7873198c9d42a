"""The database on Azure: flexible server and its parameters. Facts: Azure's documentation; CIS Azure 4.x."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from policies.model import Outcome, Resource, Severity, Unjudged, bad_if, must, rule
from policies.reading.network import WIDEST_V4
from policies.reading.values import UNKNOWN, Value, all_of, any_of, asked, at_least, is_false, negated, one_of, present
from policies.settings import Profile

SERVER = "azure-native:dbforpostgresql:Server"
PARAMETER = "azure-native:dbforpostgresql:Configuration"
ALL_OF_AZURE = "0.0.0.0"  # noqa: S104 read, not bound
FIREWALL = "azure-native:dbforpostgresql:FirewallRule"


@rule(
    "postgres-private",
    on=SERVER,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Give network.delegatedSubnetResourceId, or set network.publicNetworkAccess to Disabled",
)
def private(r: Resource) -> Iterator[Outcome]:
    """The database has no public address."""
    delegated = present(r.at("network.delegatedSubnetResourceId"))
    closed = asked(one_of("Disabled"), r.at("network.publicNetworkAccess"))
    yield from bad_if(negated(any_of([delegated, closed])), "network", "is reached from the internet")


@rule(
    "postgres-firewall-closed",
    on=FIREWALL,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Remove it; a private server needs none",
)
def firewall_closed(r: Resource) -> Iterator[Outcome]:
    """No firewall rule lets in the internet, a good part of it, or all of Azure (0.0.0.0)."""
    first, last = r.at("startIpAddress"), r.at("endIpAddress")
    yield from bad_if(asked(one_of(ALL_OF_AZURE), first), "startIpAddress", "lets in all of Azure, or everybody")
    if first is UNKNOWN or last is UNKNOWN:
        yield Unjudged("startIpAddress" if first is UNKNOWN else "endIpAddress")
    else:
        yield from bad_if(_wide(first, last), "endIpAddress", "lets in a good part of the internet")


def _wide(first: Value, last: Value) -> bool:
    """Whether a range is wider than the widest that may be somebody's own."""
    if not isinstance(first, str) or not isinstance(last, str):
        return False
    try:
        return int(IPv4Address(last)) - int(IPv4Address(first)) >= 2 ** (32 - WIDEST_V4)
    except ValueError:
        return False


@rule(
    "postgres-entra",
    on=SERVER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-2",),
    remedy="Set authConfig.activeDirectoryAuth to Enabled",
)
def entra(r: Resource) -> Iterator[Outcome]:
    """Administrators and programs can sign in with identities."""
    yield from must(r, "authConfig.activeDirectoryAuth", one_of("Enabled"), "is off")


@rule(
    "postgres-own-key",
    on=SERVER,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-12",),
    remedy="Give dataEncryption with type AzureKeyVault",
)
def own_key(r: Resource) -> Iterator[Outcome]:
    """Storage is encrypted with a key of our own."""
    yield from must(r, "dataEncryption.type", one_of("AzureKeyVault"), "is the service's key")


@rule(
    "postgres-backups-kept",
    on=SERVER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Set backup.backupRetentionDays to 35",
    profile=Profile.PRODUCTION,
)
def backups_kept(r: Resource) -> Iterator[Outcome]:
    """Production can be restored to any moment of the last week at least, the least that the service keeps."""
    yield from must(r, "backup.backupRetentionDays", at_least(7), "is less than a week")


@rule(
    "postgres-backups-elsewhere",
    on=SERVER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9",),
    remedy="Set backup.geoRedundantBackup to Enabled; it cannot be changed later",
    profile=Profile.PRODUCTION,
)
def backups_elsewhere(r: Resource) -> Iterator[Outcome]:
    """Backups survive the region."""
    yield from must(r, "backup.geoRedundantBackup", one_of("Enabled"), "is off")


@rule(
    "postgres-zones",
    on=SERVER,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 CP-10",),
    remedy="Set highAvailability.mode to ZoneRedundant",
    profile=Profile.PRODUCTION,
)
def zones(r: Resource) -> Iterator[Outcome]:
    """A standby waits in another zone."""
    yield from must(r, "highAvailability.mode", one_of("ZoneRedundant"), "is off, or in the same zone")


_WANTED = (
    "require_secure_transport",
    "log_checkpoints",
    "log_connections",
    "log_disconnections",
    "connection_throttling",
    "connection_throttle.enable",
)


@rule(
    "postgres-parameters",
    on=PARAMETER,
    severity=Severity.HIGH,
    frameworks=("CIS Azure 4.3", "NIST 800-53 SC-8"),
    remedy="Leave it on",
)
def parameters(r: Resource) -> Iterator[Outcome]:
    """Parameters that force TLS, write down who connects and slow down guessing are on."""
    off = asked(is_false, r.at("value"))
    yield from bad_if(all_of([asked(one_of(*_WANTED), r.at("configurationName")), off]), "value", "is off")


@rule(
    "postgres-tls-version",
    on=PARAMETER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Set ssl_min_protocol_version to TLSv1.2 or TLSv1.3",
)
def tls_version(r: Resource) -> Iterator[Outcome]:
    """TLS is 1.2 or newer."""
    named = asked(one_of("ssl_min_protocol_version"), r.at("configurationName"))
    old = asked(one_of("TLSv1", "TLSv1.0", "TLSv1.1"), r.at("value"))
    yield from bad_if(all_of([named, old]), "value", "is older than 1.2")
