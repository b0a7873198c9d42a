"""Web access lists. Facts: WAF developer guide; FSBP WAF.10 to WAF.12."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import At, Finding, Graph, Level, Outcome, Resource, Severity, Unjudged, about, bad_if, must, rule, stack_rule
from policies.reading.iam import document
from policies.reading.values import (
    UNKNOWN,
    Seen,
    Truth,
    Value,
    all_of,
    any_of,
    asked,
    each,
    is_true,
    negated,
    one_of,
    peek,
    present,
)

ACL = "aws:wafv2/webAcl:WebAcl"
GROUP = "aws:wafv2/ruleGroup:RuleGroup"
ACTIONS = ("allow", "block", "count", "captcha", "challenge")
BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
# Where a request is logged before anybody has looked at it. Bodies are left out: people write to each other about attacks.
LOG4J = ("Log4JRCE", "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_URIPATH")


def _filled(value: Value) -> bool:
    return isinstance(value, dict) and any(inner is UNKNOWN or inner not in (None, "", {}, []) for inner in value.values())


def entries(r: Resource) -> list[Seen]:
    """The rules of a list or a group, as blocks or as JSON in the words of WAF's own interface, which begin with capitals."""
    return [*r.each("rules[*]"), *each(_words(document(r.at("ruleJson"))), "[*]", "ruleJson")]


def _words(value: Value) -> Value:
    if isinstance(value, dict):
        return {f"{key[:1].lower()}{key[1:]}": _words(inner) for key, inner in value.items()}
    return [_words(one) for one in value] if isinstance(value, list) else value


@rule("waf-has-rules", on=ACL, severity=Severity.HIGH, frameworks=("FSBP WAF.10", "NIST 800-53 SC-7"), remedy="Add rules")
def has_rules(r: Resource) -> Iterator[Outcome]:
    """A web access list has rules."""
    verdict = any_of(asked(_filled, seen.value) for seen in entries(r))
    yield from bad_if(negated(verdict), "rules", "is empty")


@rule(
    "waf-rules-act",
    on=(ACL, GROUP),
    severity=Severity.MEDIUM,
    remedy="Give each rule an action, or overrideAction for a group of rules",
)
def rules_act(r: Resource) -> Iterator[Outcome]:
    """Every rule does something."""
    for seen in entries(r):
        if seen.value is UNKNOWN:
            yield Unjudged(seen.path)
            continue
        acts = any_of(
            [
                *(present(peek(seen.value, f"action.{one}")) or _given(seen, f"action.{one}") for one in ACTIONS),
                *(_given(seen, f"overrideAction.{one}") for one in ("none", "count")),
            ]
        )
        yield from bad_if(negated(acts), seen.path, "does nothing")


def _given(seen: Seen, path: str) -> Truth:
    """Whether an action is chosen: it may be an empty block."""
    value = peek(seen.value, path)
    return UNKNOWN if value is UNKNOWN else value is not None


def stops_log4j(acl: Resource) -> Truth:
    """Whether requests that abuse Log4j are blocked by the managed rules for known bad inputs."""
    return any_of(_stops_log4j(seen) for seen in entries(acl))


def _stops_log4j(seen: Seen) -> Truth:
    if seen.value is UNKNOWN:
        return UNKNOWN
    group = "statement.managedRuleGroupStatement"
    counted = any_of(
        all_of(
            [
                asked(one_of(*LOG4J), peek(one.value, "name")),
                negated(
                    UNKNOWN if peek(one.value, "actionToUse") is UNKNOWN else "block" in _keys(peek(one.value, "actionToUse"))
                ),
            ]
        )
        for one in Resource(type="", props={"rule": seen.value}).each(f"rule.{group}.ruleActionOverrides[*]")
    )
    left_out = any_of(
        asked(one_of(*LOG4J), one.value)
        for one in Resource(type="", props={"rule": seen.value}).each(f"rule.{group}.excludedRules[*].name")
    )
    return all_of(
        [
            asked(one_of(BAD_INPUTS), peek(seen.value, f"{group}.name")),
            negated(_given(seen, "overrideAction.count")),
            negated(counted),
            negated(left_out),
        ]
    )


def _keys(value: Value) -> list[str]:
    return list(value) if isinstance(value, dict) else []


@rule(
    "waf-log4j",
    on=ACL,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SI-2",),
    remedy=f"Add the managed group {BAD_INPUTS} and leave its Log4JRCE rules to block",
    level=Level.ADVISORY,
)
def log4j(r: Resource) -> Iterator[Outcome]:
    """A list that guards an application stops requests that abuse Log4j."""
    verdict = stops_log4j(r)
    yield from bad_if(negated(verdict), "rules", "lets requests through that abuse Log4j")


@rule("waf-measured", on=ACL, severity=Severity.LOW, frameworks=("FSBP WAF.12",), remedy="Set cloudwatchMetricsEnabled to true")
def measured(r: Resource) -> Iterator[Outcome]:
    """What a list blocks is counted."""
    yield from must(r, "visibilityConfig.cloudwatchMetricsEnabled", is_true, "is off")


@stack_rule(
    "waf-logged",
    on=ACL,
    severity=Severity.MEDIUM,
    frameworks=("FSBP WAF.11", "NIST 800-53 AU-2"),
    remedy="Add a WebAclLoggingConfiguration",
    level=Level.ADVISORY,
)
def logged(graph: Graph) -> Iterator[At]:
    """Every web access list writes down what it decides."""
    for acl in graph.of(ACL):
        if not graph.companions(acl, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", by="resourceArn"):
            yield At(acl, Finding("", "writes no log"))


BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
ASSOCIATIONS = ("aws:wafv2/webAclAssociation:WebAclAssociation", "aws:wafregional/webAclAssociation:WebAclAssociation")


@stack_rule(
    "lb-behind-waf",
    on=BALANCERS,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Associate a web access list",
)
def behind_waf(graph: Graph) -> Iterator[At]:
    """Every public application load balancer stands behind a web access list."""
    for balancer in graph.of(*BALANCERS):
        public = negated(asked(is_true, balancer.at("internal")))
        application = any_of(
            [balancer.at("loadBalancerType") is None, asked(one_of("application"), balancer.at("loadBalancerType"))]
        )
        if not graph.companions(balancer, *ASSOCIATIONS, by="resourceArn"):
            yield from about(balancer, all_of([public, application]), "", "has no web access list")


@stack_rule(
    "lb-waf-log4j",
    on=BALANCERS,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SI-2",),
    remedy=f"Add the managed group {BAD_INPUTS} to the list",
)
def waf_log4j(graph: Graph) -> Iterator[At]:
    """The list in front of a load balancer stops requests that abuse Log4j."""
    for balancer in graph.of(*BALANCERS):
        for association in graph.companions(balancer, *ASSOCIATIONS, by="resourceArn"):
            for acl in graph.of(ACL):
                if association in graph.companions(acl, *ASSOCIATIONS, by="webAclArn"):
                    verdict = stops_log4j(acl)
                    yield from about(
                        balancer, negated(verdict), "", "stands behind a list that lets requests through that abuse Log4j"
                    )
