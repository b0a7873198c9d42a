"""Machines, the firewall before the internet, Defender's plans. Facts: CIS Azure; Azure Virtual Machines documentation."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.credentials import holds_credential
from policies.reading.values import UNKNOWN, Value, is_true, one_of, present

MACHINE = "azure-native:compute:VirtualMachine"
SCALE_SET = "azure-native:compute:VirtualMachineScaleSet"
MACHINES = (MACHINE, SCALE_SET)


def _profile(r: Resource, path: str) -> str:
    """Where a setting of a machine stands: a scale set keeps it below the profile of its machines."""
    return path if r.type == MACHINE else f"virtualMachineProfile.{path}"


@rule(
    "azure-machines-keys-only",
    on=MACHINES,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-2",),
    remedy="Set osProfile.linuxConfiguration.disablePasswordAuthentication to true, and sign in by Entra or a key",
)
def keys_only(r: Resource) -> Iterator[Outcome]:
    """Nobody signs in to a Linux machine with a password."""
    windows = r.at(_profile(r, "osProfile.windowsConfiguration"))
    if windows is UNKNOWN or not present(windows):
        path = _profile(r, "osProfile.linuxConfiguration.disablePasswordAuthentication")
        yield from must(r, path, is_true, "is not true")
        yield from must_have(r, _profile(r, "osProfile.linuxConfiguration.ssh.publicKeys[*].keyData"), "is not given")


@rule(
    "azure-machines-host-encryption",
    on=MACHINES,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-28",),
    remedy="Set securityProfile.encryptionAtHost to true",
)
def host_encryption(r: Resource) -> Iterator[Outcome]:
    """Temporary disks and caches of machines are encrypted."""
    yield from must(r, _profile(r, "securityProfile.encryptionAtHost"), is_true, "is not true")


@rule(
    "azure-machines-trusted-launch",
    on=MACHINES,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SI-7",),
    remedy="Set securityProfile.securityType to TrustedLaunch, with secureBootEnabled and vTpmEnabled",
)
def trusted_launch(r: Resource) -> Iterator[Outcome]:
    """A machine starts nothing that its maker has not signed."""
    yield from must(r, _profile(r, "securityProfile.securityType"), one_of("TrustedLaunch", "ConfidentialVM"), "is not set")
    for key in ("secureBootEnabled", "vTpmEnabled"):
        yield from must(r, _profile(r, f"securityProfile.uefiSettings.{key}"), is_true, "is not true")


@rule(
    "azure-machines-managed-disks",
    on=MACHINES,
    severity=Severity.MEDIUM,
    remedy="Use managedDisk and leave vhd out",
)
def managed_disks(r: Resource) -> Iterator[Outcome]:
    """Disks are managed, and so encrypted, and no files in a storage account."""
    for path in ("storageProfile.osDisk.vhd", "storageProfile.osDisk.vhdContainers", "storageProfile.dataDisks[*].vhd"):
        for seen in r.each(_profile(r, path)):
            yield from bad_if(UNKNOWN if seen.value is UNKNOWN else present(seen.value), seen.path, "is a file in an account")


@rule(
    "azure-machines-no-credentials-in-data",
    on=MACHINES,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 IA-5(7)",),
    remedy="Give the machine an identity, and read secrets at start",
)
def no_credentials_in_data(r: Resource) -> Iterator[Outcome]:
    """No key stands in what a machine runs at start."""
    for path in (_profile(r, "osProfile.customData"), _profile(r, "userData")):
        yield from must_not(r, path, holds_credential, "holds a key")


@rule(
    "azure-firewall-denies-known-bad",
    on=("azure-native:network:AzureFirewall", "azure-native:network:FirewallPolicy"),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Set threatIntelMode to Deny, in the firewall's policy where it has one",
)
def firewall_denies_known_bad(r: Resource) -> Iterator[Outcome]:
    """Addresses and names that are known to be bad are refused, not only written down."""
    policy: Value = r.at("firewallPolicy")
    if r.type.endswith(":AzureFirewall") and (policy is UNKNOWN or present(policy)):
        return  # the policy is asked instead
    yield from must(r, "threatIntelMode", one_of("Deny"), "is not Deny")


@rule(
    "defender-on",
    on="azure-native:security:Pricing",
    severity=Severity.MEDIUM,
    frameworks=("CIS Azure 2.1", "NIST 800-53 SI-4"),
    remedy="Set pricingTier to Standard",
)
def defender_on(r: Resource) -> Iterator[Outcome]:
    """A plan of Defender that is set up watches."""
    yield from must(r, "pricingTier", one_of("Standard"), "is not Standard")
