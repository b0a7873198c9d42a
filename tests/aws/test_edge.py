"""The edge as the engine would be asked to make it: live, as a drill, inside, and before the zone is delegated.

Not proved: that AWS accepts the combination, that a certificate is issued, that a request passes or is refused.
"""

from __future__ import annotations

import re
from datetime import date
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Resource

from components.clouds.aws import edge
from components.clouds.aws.edge_certificate import proof_of
from components.clouds.aws.gate import HTTP, HTTPS, RULES_PER_GROUP, grouped, openings, people, places
from components.clouds.aws.handles import AwsEdge
from components.clouds.aws.health_checkers import HEALTH_CHECKERS, PUBLISHED
from components.clouds.aws.sizes import REQUESTS_PER_PERSON, SIZES, requests_per_address
from components.contract import PING_PATH, Unsupported, access_layer
from components.sections import Access, Size
from ops.plan.recorder import Recording
from tests.aws import made_up_edge as made_up
from tests.aws.made_up_watch import at, keys, of_type, only, recording

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
TARGETS = "aws:lb/targetGroup:TargetGroup"
CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PREFIXES = "aws:ec2/managedPrefixList:ManagedPrefixList"
ACL = "aws:wafv2/webAcl:WebAcl"
IP_SET = "aws:wafv2/ipSet:IpSet"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LEGAL_DESCRIPTION = re.compile(r"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}$")  # of a security group and of its rules


def planned(
    *,
    delegated: bool = True,
    allowed: Access | None = None,
    disposable: bool = False,
    settings: dict[str, Any] | None = None,
    seen: list[AwsEdge] | None = None,
) -> Recording:
    def program(parent: Resource) -> None:
        made = edge.Edge(
            "edge",
            made_up.context(disposable=disposable, edge=settings),
            made_up.edge_spec(delegated, allowed),
            keys(),
            made_up.network(),
            made_up.cluster(),
            made_up.zone(parent),
            made_up.objects(),
            parent,
        )
        if seen is not None:
            seen.append(made.outputs)

    return recording(program)


@pytest.fixture(scope="module")
def live() -> Recording:
    return planned()


def test_the_load_balancer_stands_in_public_subnets_with_its_own_groups_and_ipv4_only(live: Recording) -> None:
    balancer = only(live, BALANCER).inputs
    assert balancer["loadBalancerType"] == "application"
    assert balancer["internal"] is False
    assert balancer["ipAddressType"] == "ipv4"
    assert balancer["subnets"] == ["subnet-public-1", "subnet-public-2", "subnet-public-3"]
    assert balancer["securityGroups"] == ["[unknown]"], "one group for a handful of networks"


def test_the_load_balancer_refuses_malformed_requests_and_never_skips_its_firewall(live: Recording) -> None:
    balancer = only(live, BALANCER).inputs
    assert balancer["dropInvalidHeaderFields"] is True
    assert balancer["desyncMitigationMode"] == "defensive"
    assert balancer["enableWafFailOpen"] is False
    assert balancer["preserveHostHeader"] is True
    assert balancer["xffHeaderProcessingMode"] == "append"
    assert balancer["idleTimeout"] == 90


def test_every_request_and_every_connection_is_logged(live: Recording) -> None:
    balancer = only(live, BALANCER)
    assert at(balancer, "accessLogs") == {"bucket": "plain-logs", "prefix": "edge", "enabled": True}
    assert at(balancer, "connectionLogs") == {"bucket": "plain-logs", "prefix": "edge-connections", "enabled": True}


def test_the_live_load_balancer_cannot_be_deleted_by_mistake_and_the_drills_can(live: Recording) -> None:
    assert only(live, BALANCER).inputs["enableDeletionProtection"] is True
    drill = planned(disposable=True)
    assert only(drill, BALANCER).inputs["enableDeletionProtection"] is False
    assert not [found.urn for found in drill.resources if found.protect or found.retain_on_delete]


def test_plain_http_only_says_where_https_is(live: Recording) -> None:
    listener = only(live, LISTENER, "edge-redirect")
    assert listener.inputs["port"] == HTTP
    assert at(listener, "defaultActions") == [
        {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
    ]
    assert len(of_type(live, LISTENER)) == 2


def test_https_takes_forward_secrecy_only_and_tells_browsers_to_stay(live: Recording) -> None:
    listener = only(live, LISTENER, "edge-https").inputs
    assert (listener["port"], listener["protocol"]) == (HTTPS, "HTTPS")
    assert re.fullmatch(r"ELBSecurityPolicy-TLS13-1-2-Res-(PQ-)?20\d\d-\d\d", str(listener["sslPolicy"]))
    assert listener["routingHttpResponseStrictTransportSecurityHeaderValue"] == "max-age=15768000"
    assert listener["routingHttpResponseServerEnabled"] is False


def test_targets_are_the_nodes_on_the_fixed_port_over_tls_with_the_applications_own_check(live: Recording) -> None:
    targets = only(live, TARGETS)
    assert (targets.inputs["protocol"], targets.inputs["port"], targets.inputs["targetType"]) == ("HTTPS", 30443, "instance")
    assert at(targets, "healthCheck", "path") == PING_PATH
    assert at(targets, "healthCheck", "protocol") == "HTTPS"
    assert at(targets, "healthCheck", "matcher") == "200"
    attachments = of_type(live, "aws:autoscaling/attachment:Attachment")
    assert [found.inputs["autoscalingGroupName"] for found in attachments] == ["group-a", "group-b"]


def test_a_session_stays_on_one_target_for_twelve_hours(live: Recording) -> None:
    assert at(only(live, TARGETS), "stickiness") == {
        "enabled": True,
        "type": "app_cookie",
        "cookieName": "MMCSRF",
        "cookieDuration": 43200,
    }


def test_only_people_and_health_checkers_reach_the_load_balancer(live: Recording) -> None:
    rules = {rule.name: rule.inputs for rule in of_type(live, INGRESS)}
    assert set(rules) == {"edge-gate-people", "edge-gate-checkers", "edge-gate-people-redirect", "edge-gate-into-nodes"}
    ports = {name.removeprefix("edge-gate-"): rule["fromPort"] for name, rule in rules.items()}
    assert ports == {"people": 443, "checkers": 443, "people-redirect": 80, "into-nodes": 30443}
    assert all("cidrIpv4" not in rule and "cidrIpv6" not in rule for rule in rules.values())


def test_the_load_balancer_reaches_the_node_port_and_nothing_else(live: Recording) -> None:
    (rule,) = of_type(live, EGRESS)
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (30443, 30443)
    assert rule.inputs["referencedSecurityGroupId"] == "sg-nodes"
    into = only(live, INGRESS, "edge-gate-into-nodes").inputs
    assert (into["fromPort"], into["toPort"], into["securityGroupId"]) == (30443, 30443, "sg-nodes")


def test_every_group_and_rule_says_what_it_is_for_in_letters_that_ec2_takes(live: Recording) -> None:
    inside = planned(settings={"scheme": "internal"})
    for recorded in (live, inside):
        for found in [*of_type(recorded, GROUP), *of_type(recorded, INGRESS), *of_type(recorded, EGRESS)]:
            assert LEGAL_DESCRIPTION.match(str(found.inputs["description"])), found.name


def test_the_two_lists_are_apart(live: Recording) -> None:
    lists = {found.name: found for found in of_type(live, PREFIXES)}
    assert set(lists) == {"edge-gate-people", "edge-gate-checkers"}
    assert {entry["cidr"] for entry in at(lists["edge-gate-people"], "entries")} == set(made_up.PEOPLE)
    assert {entry["cidr"] for entry in at(lists["edge-gate-checkers"], "entries")} == set(HEALTH_CHECKERS)
    sets = {found.name: found for found in of_type(live, IP_SET)}
    assert set(at(sets["edge-firewall-people"], "addresses")) == set(made_up.PEOPLE)
    assert set(at(sets["edge-firewall-checkers"], "addresses")) == set(HEALTH_CHECKERS)


def test_open_access_opens_the_port_for_a_while_and_keeps_the_firewall() -> None:
    recorded = planned(allowed=made_up.access(["0.0.0.0/0"], opened="2099-01-31"))
    assert only(recorded, INGRESS, "edge-gate-people").inputs["cidrIpv4"] == "0.0.0.0/0"
    opened = [found.inputs["toPort"] for found in of_type(recorded, INGRESS) if found.inputs.get("cidrIpv4")]
    assert opened
    assert all(port == 443 for port in opened)
    assert [found.name for found in of_type(recorded, IP_SET)] == ["edge-firewall-checkers"]
    names = [rule["name"] for rule in at(only(recorded, ACL), "rules")]
    assert "people-only" not in names
    assert "common" in names


def test_an_ipv6_network_is_refused_because_nobody_could_come_from_it() -> None:
    with pytest.raises(Unsupported, match=r"allowedCidrs\[1\]"):
        people(made_up.access(["192.0.2.0/24", "2001:db8::/32"]))


def test_networks_that_touch_are_joined() -> None:
    assert people(made_up.access(["192.0.2.0/25", "192.0.2.128/25", "192.0.2.7/32"])) == ("192.0.2.0/24",)


@given(st.one_of(st.none(), st.integers(1, 50)), st.integers(1, 60))
def test_no_group_holds_more_rules_than_its_quota_and_none_is_lost(listed: int | None, checkers: int) -> None:
    wanted = openings(checkers, listed)
    groups = grouped(wanted)
    assert [opening for group in groups for opening in group].count(wanted[0]) == 1
    assert sorted(opening.name for group in groups for opening in group) == sorted(opening.name for opening in wanted)
    assert all(sum(opening.places for opening in group) <= RULES_PER_GROUP for group in groups)
    assert len(groups) <= 5, "the most groups that a load balancer takes"


@given(st.integers(0, 200))
def test_a_list_has_room_for_its_entries(entries: int) -> None:
    assert entries <= places(entries)


def test_twenty_networks_of_people_still_fit_into_one_group() -> None:
    assert len(grouped(openings(len(HEALTH_CHECKERS), 20))) == 1
    assert len(grouped(openings(len(HEALTH_CHECKERS), 50))) == 3


def test_health_checkers_are_networks_without_overlap_and_dated() -> None:
    networks = [IPv4Network(cidr) for cidr in HEALTH_CHECKERS]
    assert not [one for one in networks for other in networks if one is not other and one.overlaps(other)]
    assert all(network.prefixlen >= 18 for network in networks)
    assert date.fromisoformat(PUBLISHED) >= date(2026, 8, 22)


def test_the_firewall_stands_before_the_load_balancer_and_lets_pass_by_default(live: Recording) -> None:
    acl = only(live, ACL)
    assert acl.inputs["scope"] == "REGIONAL"
    assert at(acl, "defaultAction") == {"allow": {}}
    assert at(acl, "rules", 3, "statement", "rateBasedStatement", "limit") == 600
    assert only(live, "aws:wafv2/webAclAssociation:WebAclAssociation")


def test_the_firewall_can_count_while_it_is_tuned() -> None:
    rules = at(only(planned(settings={"wafBlocks": False}), ACL), "rules")
    blocking = {rule["name"] for rule in rules if rule.get("action") == {"block": {}}}
    assert blocking == {"health-checkers-elsewhere", "people-only", "known-bad-bodies"}


def test_the_request_limit_is_the_settings(live: Recording) -> None:
    rules = at(only(planned(settings={"requestsPerFiveMinutes": 7777}), ACL), "rules")
    (found,) = [rule for rule in rules if rule["name"] == "request-rate"]
    assert found["statement"]["rateBasedStatement"]["limit"] == 7777


@pytest.mark.parametrize("size", list(Size))
def test_without_a_setting_everybody_of_the_size_may_come_from_one_address(size: Size) -> None:
    limit = requests_per_address(size, None)
    assert limit == REQUESTS_PER_PERSON * SIZES[size].users
    assert REQUESTS_PER_PERSON >= 2 * 150, "one page without a cache, and as much again"
    assert 10 <= limit <= 2_000_000_000, "what a rate-based rule accepts"


def test_the_request_limit_follows_the_size(live: Recording) -> None:
    (found,) = [rule for rule in at(only(live, ACL), "rules") if rule["name"] == "request-rate"]
    assert found["statement"]["rateBasedStatement"]["limit"] == 150_000


def test_the_firewalls_log_is_encrypted_and_holds_no_session(live: Recording) -> None:
    group = only(live, LOG_GROUP)
    assert str(group.inputs["name"]).startswith("aws-waf-logs-")
    assert group.inputs["retentionInDays"] == 365
    assert group.inputs["kmsKeyId"] == "arn:aws:kms:eu-central-1:444455556666:key/logs"
    assert group.protect
    logging = only(live, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
    headers = {field["singleHeader"]["name"] for field in at(logging, "redactedFields")}
    assert headers == {"authorization", "cookie"}


def test_passing_health_checks_alone_are_left_out_of_the_log(live: Recording) -> None:
    logging = only(live, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
    (dropped,) = at(logging, "loggingFilter", "filters")
    assert at(logging, "loggingFilter", "defaultBehavior") == "KEEP"
    acl = only(live, ACL)
    label = f"awswaf:444455556666:webacl:{acl.inputs['name']}:oob:health-check"
    assert dropped["conditions"] == [{"labelNameCondition": {"labelName": label}}]
    assert at(acl, "rules", 0, "ruleLabels") == [{"name": "oob:health-check"}]


def test_the_certificate_covers_both_names_and_is_waited_for(live: Recording) -> None:
    certificate = only(live, CERTIFICATE)
    assert certificate.inputs["domainName"] == made_up.HOST
    assert certificate.inputs["subjectAlternativeNames"] == [made_up.DIRECT]
    assert certificate.inputs["keyAlgorithm"] == "RSA_2048"
    assert certificate.inputs["validationMethod"] == "DNS"
    assert len(of_type(live, "aws:route53/record:Record")) == 2
    assert only(live, VALIDATION)


def test_before_the_zone_is_delegated_nothing_waits_and_the_internal_certificate_serves() -> None:
    recorded = planned(delegated=False)
    assert of_type(recorded, VALIDATION) == []
    assert len(of_type(recorded, "aws:route53/record:Record")) == 2
    imported = only(recorded, CERTIFICATE, "edge-certificate-internal").inputs
    assert imported["privateKey"] == "[secret]"
    assert "canary-key" not in str([found.inputs for found in recorded.resources])
    assert only(recorded, CERTIFICATE, "edge-certificate-public")


class Proof:
    """A validation option as the provider gives it."""

    def __init__(self, name: str) -> None:
        self.domain_name = name
        self.resource_record_name = f"_x.{name}."
        self.resource_record_type = "CNAME"
        self.resource_record_value = f"_y.{name}.acm-validations.aws."


def test_a_name_finds_its_own_proof_in_any_order() -> None:
    proofs = [Proof("b.example"), Proof("a.example")]
    assert proof_of("a.example", proofs)["name"] == "_x.a.example."
    with pytest.raises(ValueError, match=r"c\.example"):
        proof_of("c.example", proofs)


def test_inside_only_the_networks_own_probes_may_ask_for_health() -> None:
    seen: list[AwsEdge] = []
    recorded = planned(settings={"scheme": "internal"}, seen=seen)
    assert only(recorded, BALANCER).inputs["internal"] is True
    assert set(at(only(recorded, IP_SET, "edge-firewall-checkers"), "addresses")) == set(made_up.APPLICATION)
    assert len(seen[0].probe_subnet_ids) == 3
    assert not [rule.name for rule in of_type(recorded, INGRESS) if "probe" in rule.name]


def test_outside_there_is_no_probe_group(live: Recording) -> None:
    assert not [found.name for found in live.resources if "probe" in found.name]


@pytest.mark.parametrize(
    ("access", "blocks", "expected"),
    [
        (made_up.access(), True, {"networkPolicies": "on", "allowList": "on", "waf": "blocking"}),
        (made_up.access(), False, {"networkPolicies": "on", "allowList": "on", "waf": "counting"}),
        (
            made_up.access(opened="2099-01-31"),
            True,
            {"networkPolicies": "on", "allowList": "open until 2099-01-31: an incident far from home", "waf": "blocking"},
        ),
    ],
)
def test_what_protects_the_entry_is_said_openly(access: Access, blocks: bool, expected: dict[str, str]) -> None:
    assert access_layer(access, blocks) == expected


def test_everything_uses_the_provider_of_the_main_region_and_hangs_below_the_role(live: Recording) -> None:
    custom = [found for found in live.resources if found.custom and not found.type.startswith("pulumi:")]
    assert {found.provider.rpartition("::")[2] for found in custom} == {"aws"}
    assert all("oob:aws:Edge" in found.urn for found in custom)
    assert live.duplicates == []
    assert live.invokes == []
