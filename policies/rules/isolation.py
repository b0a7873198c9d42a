"""Isolation: nothing leans on the declared primary, and nothing joins networks or accounts. The search is policies/isolation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.isolation import Search, declared, find, prepared
from policies.model import Finding, Outcome, Resource, Severity, Unjudged, bad_if, rule
from policies.reading.values import first_unknown
from policies.settings import Settings

ROOT = "pulumi:pulumi:Stack"
# Joins this environment to networks or accounts of others, whatever it names (instance connect is filed among transit gateways).
LINKS = (
    "aws:ec2/vpcPeeringConnection*",
    "aws:ec2/vpnConnection*",
    "aws:ec2/vpnGateway*",
    "aws:ec2/customerGateway*",
    "aws:ec2transitgateway/*",
    "aws:directconnect/*",
    "aws:networkmanager/*",
    "aws:ram/*",
    "aws:route53/resolverRule*",
    "aws:route53/vpcAssociationAuthorization*",
    "aws:route53/zoneAssociation*",
    "aws:vpclattice/serviceNetworkVpcAssociation*",
    "azure-native:network:VirtualNetworkPeering",
    "azure-native:network:VirtualNetworkGatewayConnection",
    "azure-native:network:ExpressRoute*",
    "azure-native:network:VpnConnection",
)
HARMLESS_NAMESAKES = ("aws:ec2transitgateway/instanceConnectEndpoint", "aws:ec2transitgateway/instanceState")


@dataclass(frozen=True, slots=True)
class _Looked:
    urn: str
    type: str
    inputs: Mapping[str, object]


def search(settings: Settings) -> Search:
    """The search for what the pack was told to keep away from; the process has one for each declaration."""
    return prepared(declared(settings.primary, settings.failover_name))


@rule(
    "independent-of-primary",
    on="*",
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 CP-6", "NIST 800-53 CP-8"),
    remedy="Give this environment its own; `./oob isolation` shows the value and what it was declared as",
)
def independent_of_primary(r: Resource) -> Iterator[Outcome]:
    """No resource names an account, network, name, key, registry or address of the primary, in any disguise."""
    if not r.settings.primary:
        return
    for found in find(_Looked(r.urn, r.type, r.props), r.settings.read(search)):
        yield Finding(found.path, f"leans on the primary, by {_article(found.kind)} that is declared as its own")
    unknown = first_unknown(r.props)
    if unknown is not None:
        yield Unjudged(unknown)


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


@rule(
    "primary-declared",
    on=ROOT,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 CP-2(8)",),
    remedy="Declare it below `primary:` in the stack file, or as `primary` in the pack's configuration",
)
def primary_declared(r: Resource) -> Iterator[Outcome]:
    """What this environment must outlive is declared: against nothing, everything is independent."""
    if r.settings.read(search).declaration.empty:
        yield Finding("", "is judged against no primary")


@rule(
    "nothing-joined",
    on=LINKS,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 SC-7", "NIST 800-53 CA-3"),
    remedy="Remove it; people come in through the edge and the bastion",
)
def nothing_joined(r: Resource) -> Iterator[Outcome]:
    """No peering, transit, VPN, direct line, share or shared resolver joins this environment to others, whatever it names."""
    yield from bad_if(not r.type.startswith(HARMLESS_NAMESAKES), "", "joins this environment to others")
