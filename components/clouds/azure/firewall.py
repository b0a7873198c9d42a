"""The web application firewall of the gateway (OOB-19, OOB-22, OOB-122)."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, collapse_addresses

from pulumi import Resource
from pulumi_azure_native import network

from components.clouds.azure import firewall_rules, names
from components.clouds.azure.handles import Context, Group
from components.contract import Unsupported
from components.options import child
from components.platform.sizes import SIZES
from components.sections import Access

INSPECTED_KILOBYTES = 128  # of a body; the most that the service offers by default
# Not in the log: sessions, passwords, tokens. https://learn.microsoft.com/azure/web-application-firewall/ag/waf-sensitive-data-protection
SCRUBBED = (
    ("RequestHeaderNames", "Authorization"),
    ("RequestCookieNames", None),
    ("RequestJSONArgNames", "password"),
    ("RequestJSONArgNames", "new_password"),
    ("RequestJSONArgNames", "current_password"),
    ("RequestJSONArgNames", "token"),
)


def people(access: Access) -> tuple[str, ...] | None:
    """The networks of people, joined where they touch; None while access is open to all.

    Unsupported for an IPv6 network: the gateway has no IPv6 address, so nobody would come from there.
    """
    if access.open_to_all is not None:
        return None
    networks: list[IPv4Network] = []
    for index, found in enumerate(access.allowed_cidrs):
        if not isinstance(found, IPv4Network):
            raise Unsupported("edge", "azure", f"access.allowedCidrs[{index}] '{found}' is IPv6; give its IPv4 addresses")
        networks.append(found)
    return tuple(str(joined) for joined in collapse_addresses(networks))


def login_limit(per_minute: int) -> int:
    """The ingress's own limit over the firewall's window: one number drives both hops (C-18)."""
    return per_minute * firewall_rules.WINDOW_SECONDS // 60


def scrubbing() -> network.PolicySettingsLogScrubbingArgsDict:
    """What the log says of a request without its secrets; without a name, everything of that kind."""
    rules: list[network.WebApplicationFirewallScrubbingRulesArgsDict] = []
    for variable, selector in SCRUBBED:
        rule: network.WebApplicationFirewallScrubbingRulesArgsDict = {
            "match_variable": variable,
            "selector_match_operator": "Equals" if selector else "EqualsAny",
            "state": "Enabled",
        }
        if selector:
            rule["selector"] = selector
        rules.append(rule)
    return {"state": "Enabled", "scrubbing_rules": rules}


def firewall_policy(
    name: str,
    context: Context,
    parent: Resource,
    home: Group,
    *,
    checkers: Sequence[str],
    listed: Sequence[str] | None,
    upload_megabytes: int,
) -> network.WebApplicationFirewallPolicy:
    """The policy. `listed` is None while access is open to all.

    Bodies are read up to 128 KB and may be longer: how long is the ingress's to say, which knows the paths of files.
    """
    settings = context.settings.edge
    return network.WebApplicationFirewallPolicy(
        name,
        policy_name=names.general(context.environment.name, "firewall"),
        resource_group_name=home.name,
        location=home.location,
        policy_settings={
            "state": "Enabled",
            "mode": "Prevention",
            "request_body_check": True,
            "request_body_inspect_limit_in_kb": INSPECTED_KILOBYTES,
            "request_body_enforcement": False,
            "file_upload_enforcement": False,
            "file_upload_limit_in_mb": upload_megabytes,
            "log_scrubbing": scrubbing(),
        },
        custom_rules=list(
            firewall_rules.custom(
                checkers=checkers,
                people=listed,
                logins=login_limit(SIZES[context.environment.size].logins_per_minute),
                requests=settings.requests_per_minute,
                blocks=settings.waf_blocks,
            )
        ),
        managed_rules=firewall_rules.managed(settings.waf_blocks),
        opts=child(parent, context.main),
    )
