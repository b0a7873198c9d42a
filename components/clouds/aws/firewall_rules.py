"""The rules of the web application firewall, in the order in which they decide (OOB-19, OOB-21, OOB-22, PREP-46). Pure.

Managed rules that look into bodies are a special case. People write about attacks here: a post with a log line, a script or a
metadata address is exactly what such a rule refuses, and an incident is exactly when it is written. A file, a long post or the
configuration is also longer than the 8 KB that a body may have. So these rules only label, and the last rules here refuse what
they labelled, except on the paths where free text and files belong. Everywhere else, sign-in above all, they refuse as they are.
The firewall reads at most the first 8 KB of a body behind a load balancer; the size of uploads is limited by the ingress.

`wafBlocks: false` counts what may hit somebody who means no harm: rates, reputation of addresses, the common rules. It never
opens the door: the two lists refuse as before, and so do the rules for known exploits, in headers and paths and in bodies.

Left out on purpose: the SQL and Linux groups, whose false alarms would cost more than they keep out of this server (OOB-128).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pulumi_aws as aws
from pulumi import Input

from components.contract import PING_PATH

LOGIN_PATH = "/api/v4/users/login"
HEALTH_LABEL = "oob:health-check"
WINDOW_SECONDS = 300

# Where free text, lists of ids and files belong. Matched on the decoded, normalised path, so that `/api/v4/files/../users/login`
# is a sign-in and nothing else. https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-regex-match.html
_ID = "[a-z0-9]{26}"
FREE_PATHS = (
    r"^/api/v4/(files|uploads|emoji|brand/image|license|saml/certificate|ldap/certificate)(/|$)",
    rf"^/api/v4/(users/{_ID}/image|teams/{_ID}/(image|import))$",
    r"^/api/v4/(posts|drafts|commands/execute|actions/dialogs|channels|logs|config|roles)(/|$)",
    rf"^/api/v4/(users/(ids|usernames|status/ids|group_channels|{_ID}/preferences)|teams/{_ID}/posts/search)(/|$)",
    r"^/plugins/[a-z0-9._-]+/",
)

# Rules that are only counted, with the label that each leaves behind.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
COMMON = "AWSManagedRulesCommonRuleSet"
BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
REPUTATION = "AWSManagedRulesAmazonIpReputationList"
LABELLING: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        COMMON: {
            "CrossSiteScripting_BODY": "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body",
            "EC2MetaDataSSRF_BODY": "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body",
            "GenericLFI_BODY": "awswaf:managed:aws:core-rule-set:GenericLFI_Body",
            "GenericRFI_BODY": "awswaf:managed:aws:core-rule-set:GenericRFI_Body",
            # A file's name is a query argument of an upload, and logs are what people upload.
            "RestrictedExtensions_QUERYARGUMENTS": "awswaf:managed:aws:core-rule-set:RestrictedExtensions_QueryArguments",
            "SizeRestrictions_BODY": "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body",
        },
        BAD_INPUTS: {
            "JavaDeserializationRCE_BODY": "awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_Body",
            "Log4JRCE_BODY": "awswaf:managed:aws:known-bad-inputs:Log4JRCE_Body",
            "ReactJSRCE_BODY": "awswaf:managed:aws:known-bad-inputs:ReactJSRCE_Body",
        },
        REPUTATION: {},
    }
)


def _visible(name: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgsDict:
    return {"cloudwatch_metrics_enabled": True, "metric_name": name, "sampled_requests_enabled": True}


def _action(blocks: bool) -> aws.wafv2.WebAclRuleActionArgsDict:
    return {"block": {}} if blocks else {"count": {}}


def _from(set_arn: Input[str]) -> aws.wafv2.WebAclRuleStatementArgsDict:
    return {"ip_set_reference_statement": {"arn": set_arn}}


def health_checks(checkers: Input[str]) -> aws.wafv2.WebAclRuleArgsDict:
    """Health checkers on the ping path, before anything else can refuse them. Exactly the shallow form, with no query:
    `get_server_status=true` writes to the database each time, and anybody may point a health checker here.
    """
    return {
        "name": "health-checks",
        "priority": 0,
        "action": {"allow": {}},
        "rule_labels": [{"name": HEALTH_LABEL}],
        "statement": {
            "and_statement": {
                "statements": [
                    _from(checkers),
                    {
                        "byte_match_statement": {
                            "field_to_match": {"uri_path": {}},
                            "positional_constraint": "EXACTLY",
                            "search_string": PING_PATH,
                            "text_transformations": [{"priority": 0, "type": "NONE"}],
                        }
                    },
                    # "Not longer than nothing": what is absent matches no statement, and a request may have no query.
                    {
                        "not_statement": {
                            "statement": {
                                "size_constraint_statement": {
                                    "field_to_match": {"query_string": {}},
                                    "comparison_operator": "GT",
                                    "size": 0,
                                    "text_transformations": [{"priority": 0, "type": "NONE"}],
                                }
                            }
                        }
                    },
                ]
            }
        },
        "visibility_config": _visible("health-checks"),
    }


def checkers_elsewhere(checkers: Input[str]) -> aws.wafv2.WebAclRuleArgsDict:
    """Health checkers anywhere but on the ping path: refused, also while the list of people is open."""
    return {
        "name": "health-checkers-elsewhere",
        "priority": 10,
        "action": {"block": {}},
        "statement": _from(checkers),
        "visibility_config": _visible("health-checkers-elsewhere"),
    }


def people_only(people: Input[str]) -> aws.wafv2.WebAclRuleArgsDict:
    """Whoever is not on the list. Never only counted: this is access, not tuning."""
    return {
        "name": "people-only",
        "priority": 20,
        "action": {"block": {}},
        "statement": {"not_statement": {"statement": _from(people)}},
        "visibility_config": _visible("people-only"),
    }


def login_rate(limit: int, blocks: bool) -> aws.wafv2.WebAclRuleArgsDict:
    """Guesses at passwords, per address; a whole site may stand behind one (PREP-46)."""
    return {
        "name": "login-rate",
        "priority": 30,
        "action": _action(blocks),
        "statement": {
            "rate_based_statement": {
                "aggregate_key_type": "IP",
                "evaluation_window_sec": WINDOW_SECONDS,
                "limit": limit,
                "scope_down_statement": {
                    "byte_match_statement": {
                        "field_to_match": {"uri_path": {}},
                        "positional_constraint": "STARTS_WITH",
                        "search_string": LOGIN_PATH,
                        "text_transformations": [
                            {"priority": 0, "type": "URL_DECODE"},
                            {"priority": 1, "type": "NORMALIZE_PATH"},
                        ],
                    }
                },
            }
        },
        "visibility_config": _visible("login-rate"),
    }


def request_rate(limit: int, blocks: bool) -> aws.wafv2.WebAclRuleArgsDict:
    """Requests of any kind, per address."""
    return {
        "name": "request-rate",
        "priority": 40,
        "action": _action(blocks),
        "statement": {
            "rate_based_statement": {"aggregate_key_type": "IP", "evaluation_window_sec": WINDOW_SECONDS, "limit": limit}
        },
        "visibility_config": _visible("request-rate"),
    }


def managed(group: str, name: str, priority: int, blocks: bool) -> aws.wafv2.WebAclRuleArgsDict:
    """One of AWS's rule groups, with the rules of LABELLING counted."""
    return {
        "name": name,
        "priority": priority,
        "override_action": {"none": {}} if blocks else {"count": {}},
        "statement": {
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": group,
                "rule_action_overrides": [{"name": rule, "action_to_use": {"count": {}}} for rule in LABELLING[group]],
            }
        },
        "visibility_config": _visible(name),
    }


def labelled_elsewhere(group: str, name: str, priority: int, blocks: bool) -> aws.wafv2.WebAclRuleArgsDict:
    """What the counted rules of a group labelled, outside the paths where it belongs."""
    labels: Sequence[aws.wafv2.WebAclRuleStatementArgsDict] = [
        {"label_match_statement": {"scope": "LABEL", "key": label}} for label in LABELLING[group].values()
    ]
    paths: Sequence[aws.wafv2.WebAclRuleStatementArgsDict] = [
        {
            "regex_match_statement": {
                "field_to_match": {"uri_path": {}},
                "regex_string": path,
                "text_transformations": [{"priority": 0, "type": "URL_DECODE"}, {"priority": 1, "type": "NORMALIZE_PATH"}],
            }
        }
        for path in FREE_PATHS
    ]
    return {
        "name": name,
        "priority": priority,
        "action": _action(blocks),
        "statement": {
            "and_statement": {
                "statements": [
                    {"or_statement": {"statements": labels}},
                    {"not_statement": {"statement": {"or_statement": {"statements": paths}}}},
                ]
            }
        },
        "visibility_config": _visible(name),
    }


def rules(
    *, checkers: Input[str], people: Input[str] | None, logins: int, requests: int, blocks: bool
) -> list[aws.wafv2.WebAclRuleArgsDict]:
    """All rules. `people` is None while access is open to all; `blocks` is the switch of the tunable ones."""
    return [
        health_checks(checkers),
        checkers_elsewhere(checkers),
        *([people_only(people)] if people is not None else []),
        login_rate(logins, blocks),
        request_rate(requests, blocks),
        managed(REPUTATION, "address-reputation", 50, blocks),
        managed(BAD_INPUTS, "known-bad-inputs", 60, blocks=True),
        managed(COMMON, "common", 70, blocks),
        labelled_elsewhere(BAD_INPUTS, "known-bad-bodies", 80, blocks=True),
        labelled_elsewhere(COMMON, "labelled-elsewhere", 90, blocks),
    ]
