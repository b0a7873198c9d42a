"""The web application firewall before the load balancer, and its log (OOB-19, OOB-22, OOB-122)."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions

from components.clouds.aws import firewall_rules
from components.clouds.aws.handles import AwsKeys, Context
from components.clouds.aws.sizes import requests_per_address
from components.naming import Kind, physical
from components.options import child, stateful
from components.platform.sizes import SIZES

# https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
ACL = Kind(longest=128)
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
LOG_GROUP = Kind(longest=400)
LOG_PREFIX = "aws-waf-logs-"  # without it WAF refuses the log group
SECRET_HEADERS = ("authorization", "cookie")


def login_limit(per_minute: int) -> int:
    """The ingress's own limit over the firewall's window: one number drives both hops (C-18)."""
    return per_minute * firewall_rules.WINDOW_SECONDS // 60


class Firewall(ComponentResource):
    """`arn` and `acl_name` of the web ACL. `people` is None while access is open to all."""

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AwsKeys,
        *,
        checkers: Sequence[str],
        people: Sequence[str] | None,
        log_days: int,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Firewall", name, None, child(parent))
        self._name, self._context = name, context
        # A label's full name holds the ACL's, and so does the metric that the watch looks at.
        self.acl_name = physical(ACL, context.environment.name, "edge")
        checker_set = self._addresses("checkers", "Route 53 health checkers, or probes from inside", checkers)
        people_set = self._addresses("people", "Networks of people, access.allowedCidrs", people) if people is not None else None
        settings = context.settings.edge
        acl = aws.wafv2.WebAcl(
            f"{name}-acl",
            name=self.acl_name,
            scope="REGIONAL",
            description="Gate of the out-of-band environment",
            default_action={"allow": {}},
            rules=firewall_rules.rules(
                checkers=checker_set,
                people=people_set,
                logins=login_limit(SIZES[context.environment.size].logins_per_minute),
                requests=requests_per_address(context.environment.size, settings.requests_per_five_minutes),
                blocks=settings.waf_blocks,
            ),
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": self.acl_name,
                "sampled_requests_enabled": True,
            },
            opts=self._options(),
        )
        self.arn: Output[str] = acl.arn
        self._log(acl, keys, log_days)
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _addresses(self, kind: str, description: str, cidrs: Sequence[str]) -> Input[str]:
        return aws.wafv2.IpSet(
            f"{self._name}-{kind}",
            scope="REGIONAL",
            ip_address_version="IPV4",
            description=description,
            addresses=list(cidrs),
            opts=self._options(),
        ).arn

    def _log(self, acl: aws.wafv2.WebAcl, keys: AwsKeys, days: int) -> None:
        """Every request but passing health checks, of which there are several a second; no session and no password in it."""
        environment = self._context.environment
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-log",
            name=f"{LOG_PREFIX}{physical(LOG_GROUP, environment.name, 'edge')}",
            retention_in_days=days,
            kms_key_id=keys.main["logs"],
            opts=stateful(self._options(), disposable=environment.disposable),
        )
        label = f"awswaf:{self._context.account}:webacl:{self.acl_name}:{firewall_rules.HEALTH_LABEL}"
        aws.wafv2.WebAclLoggingConfiguration(
            f"{self._name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[{"single_header": {"name": header}} for header in SECRET_HEADERS],
            logging_filter={
                "default_behavior": "KEEP",
                "filters": [
                    {
                        "behavior": "DROP",
                        "requirement": "MEETS_ALL",
                        "conditions": [{"label_name_condition": {"label_name": label}}],
                    }
                ],
            },
            opts=self._options(),
        )
