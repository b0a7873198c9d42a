"""Ways that traffic and names take on Azure, and what guards disks. Facts: Azure networking and disk documentation."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, must, must_not, rule
from policies.reading.credentials import holds_credential
from policies.reading.network import any_anywhere, ports_in
from policies.reading.values import UNKNOWN, all_of, any_of, asked, each, is_true, one_of, peek, present, strings


@rule(
    "azure-network-own-names",
    on="azure-native:network:VirtualNetwork",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-20",),
    remedy="Leave dhcpOptions.dnsServers out",
)
def own_names(r: Resource) -> Iterator[Outcome]:
    """A network asks Azure for names, and no server that somebody else runs."""
    servers = r.at("dhcpOptions.dnsServers")
    yield from bad_if(UNKNOWN if servers is UNKNOWN else present(servers), "dhcpOptions.dnsServers", "names other servers")


@rule(
    "azure-routes-fixed",
    on="azure-native:network:RouteTable",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Set disableBgpRoutePropagation to true",
)
def routes_fixed(r: Resource) -> Iterator[Outcome]:
    """No gateway writes routes into a network of ours."""
    yield from must(r, "disableBgpRoutePropagation", is_true, "is not on")


@rule(
    "private-endpoints-own",
    on="azure-native:network:PrivateEndpoint",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-4",),
    remedy="Use privateLinkServiceConnections, which need rights at the service",
)
def private_endpoints_own(r: Resource) -> Iterator[Outcome]:
    """A private endpoint leads to a service of ours, and to none that others must approve."""
    manual = r.at("manualPrivateLinkServiceConnections")
    yield from bad_if(
        UNKNOWN if manual is UNKNOWN else present(manual), "manualPrivateLinkServiceConnections", "asks others for approval"
    )


@rule(
    "private-zones-written-by-hand",
    on="azure-native:privatedns:VirtualNetworkLink",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-20",),
    remedy="Set registrationEnabled to false",
)
def zones_written_by_hand(r: Resource) -> Iterator[Outcome]:
    """No machine writes its own name into a zone."""
    yield from must_not(r, "registrationEnabled", is_true, "lets machines write names")


@rule(
    "azure-firewall-rules-named",
    on="azure-native:network:FirewallPolicyRuleCollectionGroup",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7(5)",),
    remedy="Name what may be reached, and on which ports",
)
def firewall_rules_named(r: Resource) -> Iterator[Outcome]:
    """No rule of the firewall lets everything out: neither every name, nor every address on every port."""
    for group in r.each("ruleCollections[*]"):
        denies = asked(one_of("Deny"), peek(group.value, "action.type"))
        for seen in each(group.value, "rules[*]", group.path):
            names = any_of(asked(one_of("*"), one.value) for one in each(seen.value, "targetFqdns[*]"))
            whole = any_anywhere(peek(seen.value, "destinationAddresses"))
            ports = all_of(ports_in(peek(seen.value, "destinationPorts"), port) for port in (1, 65535))
            open_ = any_of([names, all_of([whole, ports])])
            yield from bad_if(all_of([denies is not True, open_]), seen.path, "lets everything out")


@rule(
    "azure-disk-keys-rotate",
    on="azure-native:compute:DiskEncryptionSet",
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-12", "NIST 800-53 SC-28"),
    remedy="Set rotationToLatestKeyVersionEnabled to true, and encryptionType to a customer's key",
)
def disk_keys_rotate(r: Resource) -> Iterator[Outcome]:
    """Disks are encrypted with a key of our own, and follow it when it is made anew."""
    yield from must(r, "rotationToLatestKeyVersionEnabled", is_true, "is not on")
    owned = one_of(
        "EncryptionAtRestWithCustomerKey",
        "EncryptionAtRestWithPlatformAndCustomerKeys",
        "ConfidentialVmEncryptedWithCustomerKey",
    )
    yield from must_not(r, "encryptionType", lambda v: v is not None and not owned(v), "is not a customer's key")


@rule(
    "azure-extensions-hold-no-keys",
    on="azure-native:compute:VirtualMachineExtension",
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 IA-5(7)",),
    remedy="Give the machine an identity, or use protectedSettings",
)
def extensions_hold_no_keys(r: Resource) -> Iterator[Outcome]:
    """No key stands in the open settings of a machine's extension."""
    for seen in strings(r.at("settings"), "settings"):
        yield from bad_if(asked(holds_credential, seen.value), seen.path, "holds a key")
