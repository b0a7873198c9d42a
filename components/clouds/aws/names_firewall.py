"""Route 53 Resolver DNS Firewall: which names the network can look up at all (AWS-08, C-03).

It filters names, not addresses. Whoever knows an address, or asks another resolver over HTTPS, passes; in mode `filtered` the
NAT gateway lets that through. What holds addresses back are the network policies inside the cluster and, in mode `none`, that
there is no way out. What it does stop is what malware and careless software do first, and every refusal is in the log.
"""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Resource

from components.clouds.aws import registries
from components.clouds.aws.handles import Context
from components.contract import NetworkSpec
from components.options import child

EVERYTHING = "*."
# Between the reserved ends 100 and 9900: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateFirewallRuleGroup.html
PRIORITY = 101
MOST_DOMAINS = 255  # of one list, as the provider takes it


def of_aws(region: str, replica: str) -> tuple[str, ...]:
    """AWS's services in the region, the endpoints of cluster and database, machines, and buckets in the second region."""
    machines = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return (
        f"*.{region}.amazonaws.com",
        f"*.{region}.api.aws",
        f"*.{region}.eks.amazonaws.com",
        f"*.{region}.rds.amazonaws.com",
        f"*.s3.{region}.vpce.amazonaws.com",  # S3's interface, by its own name
        f"*.{machines}",
        f"s3.{replica}.amazonaws.com",
        f"*.s3.{replica}.amazonaws.com",
    )


def allowed(spec: NetworkSpec, region: str, replica: str) -> tuple[str, ...]:
    """Every name that may be looked up. In mode `none`: AWS's and what the stack itself names, since nothing else is reached."""
    names = (*of_aws(region, replica), *spec.hosts)
    if spec.egress.mode == "filtered":
        sign_in = f"*.auth.{region}.amazoncognito.com"
        names += (sign_in, *registries.hosts(spec.images), *spec.egress.domains)
    return tuple(sorted(set(names)))


def absolute(names: tuple[str, ...]) -> list[str]:
    """Names with the dot at the end, as Route 53 keeps them; without it every preview would show a change."""
    return [f"{name}." for name in names]


class NamesFirewall(ComponentResource):
    """Allow what is listed, refuse everything else, and refuse everything when the firewall itself fails."""

    def __init__(self, name: str, context: Context, spec: NetworkSpec, vpc_id: Input[str], parent: Resource) -> None:
        super().__init__("oob:aws:NamesFirewall", name, None, child(parent))
        options = child(self, context.main)
        names = allowed(spec, context.region, context.settings.replica_region)
        if len(names) > MOST_DOMAINS:
            raise ValueError(f"{len(names)} names exceed the {MOST_DOMAINS} of one list; settings should have refused them")
        listed = aws.route53.ResolverFirewallDomainList(f"{name}-allowed", domains=absolute(names), opts=options)
        everything = aws.route53.ResolverFirewallDomainList(f"{name}-everything", domains=[EVERYTHING], opts=options)
        group = aws.route53.ResolverFirewallRuleGroup(f"{name}-rules", opts=options)
        allow = aws.route53.ResolverFirewallRule(
            f"{name}-allow",
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=listed.id,
            priority=100,
            action="ALLOW",
            # A listed name may point to a content network, whose own names change too often to be listed.
            firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN",
            opts=options,
        )
        block = aws.route53.ResolverFirewallRule(
            f"{name}-block",
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=everything.id,
            priority=200,
            action="BLOCK",
            block_response="NXDOMAIN",
            opts=options,
        )
        aws.route53.ResolverFirewallRuleGroupAssociation(
            f"{name}-association",
            firewall_rule_group_id=group.id,
            vpc_id=vpc_id,
            priority=PRIORITY,
            opts=child(self, context.main, depends_on=[allow, block]),
        )
        aws.route53.ResolverFirewallConfig(f"{name}-closed", resource_id=vpc_id, firewall_fail_open="DISABLED", opts=options)
        self.register_outputs({})
