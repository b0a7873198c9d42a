"""Ways to services of AWS that do not cross the internet, and lists of networks that other rules name. Facts: VPC user guide."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, Unjudged, bad_if, must_not, rule
from policies.reading import iam
from policies.reading.network import anywhere
from policies.reading.values import UNKNOWN, all_of, asked, is_true, negated, one_of, present

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


@rule(
    "vpc-endpoint-policy-narrow",
    on=(ENDPOINT, "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"),
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-7", "NIST 800-53 AC-4"),
    remedy="Give a policy that names the service's actions, or whose account's principals and resources are meant",
)
def policy_narrow(r: Resource) -> Iterator[Outcome]:
    """An endpoint has a policy of its own; the one that AWS writes lets everybody carry data to any account."""
    given = r.at("policy")
    takes_one = negated(asked(one_of("GatewayLoadBalancer"), r.at("vpcEndpointType")))
    if not present(given):
        yield from bad_if(takes_one, "policy", "is not given, so everything may pass")
    if iam.unknown_parts(given):
        yield Unjudged("policy")
    for one in iam.statements(given, "policy"):
        if one.allows:
            free = UNKNOWN if one.conditions is UNKNOWN else not one.conditional
            everything = all_of([one.anybody(), one.every_action(), one.everywhere(), free])
            yield from bad_if(everything, one.path, "lets everything pass")


@rule(
    "vpc-endpoint-private-names",
    on=ENDPOINT,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Set privateDnsEnabled to true",
)
def private_names(r: Resource) -> Iterator[Outcome]:
    """The usual name of a service leads to its endpoint, so that no program goes round it."""
    interface = asked(one_of("Interface"), r.at("vpcEndpointType"))
    off = negated(asked(is_true, r.at("privateDnsEnabled")))
    yield from bad_if(all_of([interface, off]), "privateDnsEnabled", "is off")


@rule(
    "network-lists-narrow",
    on=("aws:ec2/managedPrefixList:ManagedPrefixList", "aws:wafv2/ipSet:IpSet"),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Name networks; a list that holds the internet opens every rule that names it",
)
def lists_narrow(r: Resource) -> Iterator[Outcome]:
    """No list of networks holds the whole internet, where no rule that names the list would show it."""
    for path in ("entries[*].cidr", "addresses[*]"):
        yield from must_not(r, path, anywhere, "stands for the internet")
