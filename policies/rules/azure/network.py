"""Networks, gateways and names on Azure. Facts: Azure networking documentation; CIS Azure 7.x."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Finding, Level, Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.network import any_anywhere, ports_in
from policies.reading.values import (
    UNKNOWN,
    Seen,
    Truth,
    all_of,
    any_of,
    asked,
    at_least,
    each,
    is_false,
    is_true,
    listed,
    matches,
    negated,
    number,
    one_of,
    peek,
    present,
)

GROUP = "azure-native:network:NetworkSecurityGroup"
RULE = "azure-native:network:SecurityRule"
GATEWAY = "azure-native:network:ApplicationGateway"
FIREWALL_POLICY = "azure-native:network:WebApplicationFirewallPolicy"
PROFILE = ("azure-native:trafficmanager:Profile", "azure-native:network:Profile")


def allowing(r: Resource, direction: str) -> Iterator[Seen]:
    """Rules that allow something in a direction."""
    for entry in r.each("securityRules[*]") if r.type == GROUP else [Seen("", r.props)]:
        allows = asked(one_of("Allow"), peek(entry.value, "access"))
        if entry.value is UNKNOWN or (
            allows is not False and asked(one_of(direction), peek(entry.value, "direction")) is not False
        ):
            yield entry


def opens(entry: Seen, side: str, port: int | None, protocols: tuple[str, ...]) -> Truth:
    """Whether a rule covers a port (None for all) to or from the internet."""
    if entry.value is UNKNOWN:
        return UNKNOWN
    outside = any_anywhere(*(peek(entry.value, f"{side}{key}") for key in ("AddressPrefix", "AddressPrefixes")))
    spoken = asked(one_of(*protocols, "*"), peek(entry.value, "protocol"))
    ranges = [peek(entry.value, key) for key in ("destinationPortRange", "destinationPortRanges")]
    numbers = (port,) if port is not None else (1, 65535)
    covered = all_of(any_of(ports_in(one, number) for one in ranges) for number in numbers)
    return all_of([outside, spoken, covered])


def _closed(r: Resource, port: int, name: str) -> Iterator[Outcome]:
    for entry in allowing(r, "Inbound"):
        yield from bad_if(opens(entry, "source", port, ("Tcp",)), entry.path, f"opens {name} ({port}) to the internet")


@rule(
    "nsg-no-open-ssh",
    on=(GROUP, RULE),
    severity=Severity.CRITICAL,
    frameworks=("CIS Azure 7.2", "NIST 800-53 AC-17"),
    remedy="Use the bastion",
)
def no_open_ssh(r: Resource) -> Iterator[Outcome]:
    """SSH is not open to the internet."""
    yield from _closed(r, 22, "SSH")


@rule(
    "nsg-no-open-rdp",
    on=(GROUP, RULE),
    severity=Severity.CRITICAL,
    frameworks=("CIS Azure 7.1", "NIST 800-53 AC-17"),
    remedy="Use the bastion",
)
def no_open_rdp(r: Resource) -> Iterator[Outcome]:
    """Remote Desktop is not open to the internet."""
    yield from _closed(r, 3389, "Remote Desktop")


@rule(
    "nsg-no-open-http",
    on=(GROUP, RULE),
    severity=Severity.HIGH,
    frameworks=("CIS Azure 7.4",),
    remedy="Serve 443 only, and to listed networks",
)
def no_open_http(r: Resource) -> Iterator[Outcome]:
    """Plain HTTP is not open to the internet."""
    yield from _closed(r, 80, "HTTP")


@rule(
    "nsg-no-open-egress",
    on=(GROUP, RULE),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7(5)",),
    remedy="Name what may be reached",
)
def no_open_egress(r: Resource) -> Iterator[Outcome]:
    """Nothing may reach the whole internet on all ports."""
    for entry in allowing(r, "Outbound"):
        yield from bad_if(
            opens(entry, "destination", None, ("Tcp", "Udp")), entry.path, "reaches the whole internet on every port"
        )


@rule(
    "subnets-guarded",
    on="azure-native:network:Subnet",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Give networkSecurityGroup; gateway and firewall subnets cannot have one",
)
def subnets_guarded(r: Resource) -> Iterator[Outcome]:
    """Every subnet has a security group."""
    exempt = asked(
        one_of("GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "RouteServerSubnet"), r.at("subnetName")
    )
    if not present(r.at("networkSecurityGroup")):
        yield from bad_if(negated(exempt), "networkSecurityGroup", "is not given")


@rule(
    "subnets-private",
    on="azure-native:network:Subnet",
    severity=Severity.MEDIUM,
    remedy="Set defaultOutboundAccess to false",
    level=Level.ADVISORY,
)
def subnets_private(r: Resource) -> Iterator[Outcome]:
    """No subnet has a way out that nobody has made."""
    yield from must(r, "defaultOutboundAccess", is_false, "is left on")


@rule(
    "interfaces-private",
    on="azure-native:network:NetworkInterface",
    severity=Severity.HIGH,
    remedy="Leave publicIPAddress and enableIPForwarding out",
)
def interfaces_private(r: Resource) -> Iterator[Outcome]:
    """No machine has a public address, and none forwards."""
    yield from must_not(r, "enableIPForwarding", is_true, "forwards for others")
    for seen in r.each("ipConfigurations[*].publicIPAddress"):
        yield from bad_if(
            UNKNOWN if seen.value is UNKNOWN else seen.value is not None, seen.path, "gives the machine a public address"
        )


@rule(
    "flow-logs-kept",
    on="azure-native:network:FlowLog",
    severity=Severity.MEDIUM,
    frameworks=("CIS Azure 7.5",),
    remedy="Set enabled, and retentionPolicy of 90 days or more",
)
def flow_logs_kept(r: Resource) -> Iterator[Outcome]:
    """Flow logs are written, and kept for 90 days."""
    yield from must(r, "enabled", is_true, "is off")
    yield from must(r, "retentionPolicy.days", lambda v: at_least(90)(v) or number(v) == 0, "is less than 90 days")


@rule(
    "public-addresses-standard",
    on="azure-native:network:PublicIPAddress",
    severity=Severity.LOW,
    remedy="Set sku.name to Standard",
)
def public_addresses_standard(r: Resource) -> Iterator[Outcome]:
    """Public addresses are closed until something opens them, and stand in zones."""
    yield from must(r, "sku.name", one_of("Standard", "StandardV2"), "is the basic kind")


@rule(
    "gateway-modern-tls",
    on=GATEWAY,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Set sslPolicy to a policy of 2022, or minProtocolVersion to TLSv1_2",
)
def gateway_modern_tls(r: Resource) -> Iterator[Outcome]:
    """TLS is 1.2 or newer at the gateway."""
    named = asked(lambda v: isinstance(v, str) and v.startswith("AppGwSslPolicy2022"), r.at("sslPolicy.policyName"))
    least = asked(one_of("TLSv1_2", "TLSv1_3"), r.at("sslPolicy.minProtocolVersion"))
    yield from bad_if(negated(any_of([named, least])), "sslPolicy", "takes TLS older than 1.2, or is not given")
    yield from must_not(r, "sslPolicy.cipherSuites[*]", matches(r"3DES|RC4|NULL|_CBC_"), "is a weak cipher")


@rule(
    "gateway-targets-encrypted",
    on=GATEWAY,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Set protocol of backend settings to Https",
)
def gateway_targets_encrypted(r: Resource) -> Iterator[Outcome]:
    """What the gateway sends on is encrypted too."""
    yield from must_not(r, "backendHttpSettingsCollection[*].protocol", one_of("Http"), "is plain HTTP")


@rule(
    "gateway-firewall-prevents",
    on=FIREWALL_POLICY,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Set policySettings.state to Enabled and mode to Prevention",
)
def gateway_firewall_prevents(r: Resource) -> Iterator[Outcome]:
    """The firewall blocks, and does not only watch."""
    yield from must_not(r, "policySettings.state", one_of("Disabled"), "is off")
    yield from must(r, "policySettings.mode", one_of("Prevention"), "only watches")


_JAVA, _LOG4J = "REQUEST-944-APPLICATION-ATTACK-JAVA", "944240"


@rule(
    "gateway-firewall-log4j",
    on=FIREWALL_POLICY,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SI-2",),
    remedy="Use OWASP 3.1 or newer, or the default rule set, and leave rule 944240 on",
)
def gateway_firewall_log4j(r: Resource) -> Iterator[Outcome]:
    """The firewall stops requests that abuse Log4j."""
    given = list(r.each("managedRules.managedRuleSets[*]"))
    if not given:
        yield Finding("managedRules.managedRuleSets", "is not given")
    for seen in given:
        kind, version = peek(seen.value, "ruleSetType", "OWASP"), peek(seen.value, "ruleSetVersion")
        old = all_of([asked(one_of("OWASP"), kind), asked(one_of("2.2.9", "3.0"), version)])
        yield from bad_if(old, f"{seen.path}.ruleSetVersion", "is older than the rule against Log4j")
        for group in each(seen.value, "ruleGroupOverrides[*]", seen.path):
            java = asked(one_of(_JAVA), peek(group.value, "ruleGroupName"))
            for one in each(group.value, "rules[*]", group.path):
                named = asked(one_of(_LOG4J), peek(one.value, "ruleId"))
                off = negated(asked(one_of("Enabled"), peek(one.value, "state")))
                yield from bad_if(all_of([java, named, off]), one.path, "turns the rule against Log4j off")


@rule(
    "traffic-manager-probes",
    on=PROFILE,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-10",),
    remedy="Set monitorConfig.protocol to HTTPS, and dnsConfig.ttl to 60 or less",
)
def traffic_manager_probes(r: Resource) -> Iterator[Outcome]:
    """Failover asks by HTTPS and moves people within a minute's memory."""
    yield from must(r, "monitorConfig.protocol", one_of("HTTPS"), "is no HTTPS")
    yield from must_not(r, "dnsConfig.ttl", lambda v: (number(v) or 0) > 60, "is more than a minute")


@rule(
    "traffic-manager-endpoints", on=PROFILE, severity=Severity.MEDIUM, remedy="Give two endpoints or more", level=Level.ADVISORY
)
def traffic_manager_endpoints(r: Resource) -> Iterator[Outcome]:
    """There is somewhere to fail over to."""
    given = r.at("endpoints")
    yield from bad_if(UNKNOWN if given is UNKNOWN else len(listed(given)) < 2, "endpoints", "are less than two here")


@rule(
    "bastion-narrow",
    on="azure-native:network:BastionHost",
    severity=Severity.MEDIUM,
    remedy="Use the Standard sku, without shareable links and copying of files",
)
def bastion_narrow(r: Resource) -> Iterator[Outcome]:
    """The bastion hands out no links and lets no files through."""
    yield from must_not(r, "enableShareableLink", is_true, "hands out links that need no account")
    yield from must_not(r, "enableFileCopy", is_true, "lets files in and out")
    yield from must_have(r, "ipConfigurations", "is not given")
