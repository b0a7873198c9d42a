"""The pack through the SDK's own servicer: real proxies, floats, unknowns, levels, configuration.

Proves that the engine would hear the same as `oob plan` says. Not proved here: the engine itself (tests/engine/test_pack.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]  # as the SDK's own tests do

from components.sections import Primary
from policies import configuration, judging, model, pack, rules, told
from policies.configuration import PRIMARY_BLOCKS, PRIMARY_LISTS
from policies.model import Finding, Level, Outcome, Resource, Rule, Severity
from policies.settings import Profile, Settings, SettingsError

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "canary-77aa"}
CLUSTER = "aws:eks/cluster:Cluster"
BAD_CLUSTER: dict[str, Any] = {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}, "version": "1.22"}


def servicer(settings: Settings | None = None) -> Any:
    return _PolicyAnalyzerServicer(pack.NAME, "0.1.0", pack.grouped(lambda: settings or Settings()), EnforcementLevel.MANDATORY)


def struct(props: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(props)
    return made


def asked(type_: str, props: dict[str, Any], settings: Settings | None = None) -> list[Any]:
    """Diagnostics about one resource, as the engine gets them."""
    request = proto.AnalyzeRequest(
        type=type_,
        urn=f"urn:pulumi:test::oob::{type_}::one",
        name="one",
        properties=struct(props),
        provider=proto.AnalyzerProviderResource(
            type="pulumi:providers:aws", urn="urn:pulumi:test::oob::pulumi:providers:aws::locked", name="locked"
        ),
    )
    return list(servicer(settings).Analyze(request, None).diagnostics)


def told_rules(diagnostics: Iterable[Any]) -> set[str]:
    """Names of rules in messages: the first word after the policy object's description."""
    return {one.message.splitlines()[1].split(":")[0] for one in diagnostics}


def test_the_pack_has_few_objects_and_every_message_begins_with_its_rule() -> None:
    assert len(pack.grouped(Settings)) <= 15
    found = asked(CLUSTER, BAD_CLUSTER)
    assert {"eks-private-endpoint", "eks-public-endpoint-limited", "eks-supported-version"} <= told_rules(found)
    assert told_rules(found) <= rules.NAMES


def test_the_servicer_and_the_dispatcher_say_the_same() -> None:
    resource = Resource(
        type=CLUSTER,
        urn=f"urn:pulumi:test::oob::{CLUSTER}::one",
        name="one",
        props=BAD_CLUSTER,
        provider="urn:pulumi:test::oob::pulumi:providers:aws::locked",
    )
    direct = {one.sentence() for one in judging.about(resource, judging.rules_for(CLUSTER, Profile.PRODUCTION), Settings())}
    through = {"\n".join(one.message.splitlines()[1:]) for one in asked(CLUSTER, BAD_CLUSTER)}
    assert direct == through


def test_mandatory_findings_are_mandatory_and_open_questions_advisory() -> None:
    found = asked(CLUSTER, {**BAD_CLUSTER, "encryptionConfig": UNKNOWN})
    levels = {one.message.splitlines()[1].split(":")[0]: one.enforcementLevel for one in found}
    assert levels["eks-private-endpoint"] == proto.ADVISORY
    assert levels["eks-public-endpoint-limited"] == proto.MANDATORY, "one unknown value does not switch the others off"
    assert levels["eks-secrets-encrypted"] == proto.ADVISORY
    assert not [one for one in found if "during preview" in one.message], "the SDK's own words mean that it gave up"


def test_a_whole_resource_that_is_unknown_breaks_nothing() -> None:
    found = asked(CLUSTER, dict.fromkeys(BAD_CLUSTER, UNKNOWN))
    assert not [one for one in found if "during preview" in one.message]
    assert not [one for one in found if "counts as broken" in one.message]


def test_secrets_are_judged_and_never_told() -> None:
    found = asked("aws:rds/cluster:Cluster", {"masterUsername": "postgres", "masterPassword": SECRET})
    assert "rds-own-administrator" in told_rules(found)
    assert "canary" not in str(found)
    assert not [one for one in asked("kubernetes:core/v1:ConfigMap", {"data": {"password": SECRET}}) if "canary" in one.message]


def test_a_rule_that_fails_itself_is_a_violation_that_names_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_resource: Resource) -> Iterator[Outcome]:
        yield Finding("first", "is wrong")
        raise ZeroDivisionError("secret-value")

    broken = Rule(
        name="broken",
        summary="Breaks.",
        severity=Severity.HIGH,
        level=Level.MANDATORY,
        frameworks=(),
        remedy="Mend it",
        on=("x:y:Z",),
        profile=None,
        judge=crash,
    )

    def only_broken(_type: str, _profile: Profile) -> tuple[Rule, ...]:
        return (broken,)

    monkeypatch.setattr(judging, "rules_for", only_broken)
    found = asked("x:y:Z", {"a": 1})
    assert [one.enforcementLevel for one in found] == [proto.MANDATORY, proto.MANDATORY]
    assert "ZeroDivisionError" in found[1].message
    assert "secret-value" not in str(found)


def test_one_by_one_has_an_object_for_every_rule_and_importing_starts_nothing() -> None:
    names = [one.name for one in rules.POLICIES]
    assert {name for name in names if not name.endswith("-not-yet-judged")} == rules.NAMES
    assert len(names) == len(set(names)) == 2 * len(rules.NAMES)
    assert model.rule.book


def configured(name: str, properties: dict[str, Any] | None = None, level: Any = proto.MANDATORY) -> Any:
    config = proto.PolicyConfig(enforcementLevel=level)
    config.properties.update(properties or {})
    return proto.ConfigureAnalyzerRequest(policyConfig={name: config})


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"profil": "drill"}, "profil: is no key"),
        ({"profile": "test"}, "neither production nor drill"),
        (
            {"waivers": [{"rule": "no-such-rule", "reason": "r", "owner": "a@b.example", "expires": "2999-01-01"}]},
            "no rule 'no-such-rule'",
        ),
        ({"waivers": [{"rule": "kms-rotation", "reason": "r", "owner": "a@b.example"}]}, "without an end is refused"),
        ({"waivers": [{"rule": "kms-rotation", "reason": "r", "owner": "a@b.example", "expires": "2020-01-01"}]}, "has passed"),
        ({"waivers": [{"rule": "kms-rotation", "owner": "a@b.example", "expires": "2999-01-01"}]}, "reason: required"),
        ({"waivers": [{"rule": "kms-rotation", "reason": "r", "owner": "nobody", "expires": "2999-01-01"}]}, "mail address"),
        (
            {"waivers": [{"rule": "kms-rotation", "reason": "r", "owner": "a@b.example", "expires": "2999-01-01", "x": 1}]},
            "no key of a waiver",
        ),
        ({"primary": {"acounts": ["999988887777"]}}, "primary.acounts: is no setting of the primary"),
        ({"primary": {"accounts": "999988887777"}}, "primary.accounts: is no list"),
        ({"primary": {"accounts": [999988887777]}}, r"primary.accounts\[0\]: is no text"),
        ({"primary": {"accounts": ["99998888777"]}}, r"primary.accounts\[0\]: has 11 digits"),
        ({"primary": {"accounts": ["9999888877O7"]}}, r"primary.accounts\[0\]: is nearly an account number"),
        ({"primary": {"subscriptions": ["b5d2f7c4-91e8-4a63-8d05-6c3fae7b2d1"]}}, r"primary.subscriptions\[0\]: is not an id"),
        ({"primary": {"domains": ["*.example.net"]}}, r"primary.domains\[0\]: is no name like"),
        ({"primary": {"dnsZones": ["example.net."]}}, r"primary.dnsZones\[0\]: is no zone"),
        ({"primary": {"domains": ["ops@example.net"]}}, r"primary.domains\[0\]: is no name like"),
        ({"primary": {"cidrs": ["10.0.0.5/12"]}}, r"primary.cidrs\[0\]: is no network"),
        ({"lastDrill": {"verdict": "PASSED", "day": "2026-11-01", "digest": "abc"}}, "digest: required"),
        ({"drillExemption": {"reason": "incident", "expires": "2020-01-01"}}, "has passed"),
    ],
)
def test_a_bad_configuration_is_refused_with_the_key(properties: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        told.accepted(configured(pack.RESOURCES, properties))


def test_the_pack_knows_every_setting_of_the_primary_and_no_other() -> None:
    aliases = {field.alias or name for name, field in Primary.model_fields.items()}
    assert aliases == {*PRIMARY_LISTS, *PRIMARY_BLOCKS}


def test_a_configuration_for_a_policy_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match="oob-resource: is no policy of this pack; use one of oob-resources"):
        told.accepted(configured("oob-resource", {"profile": "drill"}))


@pytest.mark.parametrize("level", [proto.ADVISORY, proto.DISABLED])
@pytest.mark.parametrize("name", [pack.RESOURCES, pack.STACK])
def test_mandatory_rules_cannot_be_disarmed_by_a_level(name: str, level: Any) -> None:
    with pytest.raises(SettingsError, match="cannot be lowered or switched off"):
        told.accepted(configured(name, level=level))


def test_advice_may_be_switched_off_and_a_good_configuration_is_taken() -> None:
    told.accepted(configured(pack.RESOURCES_ADVICE, level=proto.DISABLED))
    waiver = {"rule": "kms-rotation", "resource": "*::one", "reason": "r", "owner": "a@b.example", "expires": "2999-01-01"}
    accepted = told.accepted(configured(pack.RESOURCES, {"profile": "production", "waivers": [waiver]}))
    found = asked("aws:kms/key:Key", {}, accepted)
    assert {one.message.splitlines()[1].split(":")[0]: one.enforcementLevel for one in found}["kms-rotation"] == proto.ADVISORY
    assert any("waived until 2999-01-01 by a@b.example" in one.message for one in found), "a waiver shows in every report"


@pytest.mark.parametrize("day", ["2999-01-01", "2999-01-01 00:00:00 +0000 UTC", "2999-01-01T00:00:00Z"])
def test_a_day_is_read_in_every_notation_in_which_the_engine_hands_it_over(day: str) -> None:
    waiver = {"reason": "r", "owner": "a@b.example", "expires": day, "resources": "*::one"}
    block = {"waivers": {"kms-rotation": waiver}}
    environment = {"PULUMI_CONFIG": json.dumps({"oob:stack": json.dumps(block)})}
    found = configuration.parse(told.from_block(told.stack_block(environment)), frozenset({"kms-rotation"}))
    assert [one.expires.isoformat() for one in found.waivers] == ["2999-01-01"]


def test_a_stacks_own_block_tells_profile_primary_and_waivers() -> None:
    block = {"mode": "drill", "drill": {"sourceStack": "prod"}, "primary": {"accounts": ["999988887777"]}}
    environment = {"PULUMI_CONFIG": json.dumps({"oob:stack": json.dumps(block)})}
    given = told.from_block(told.stack_block(environment))
    assert given["profile"] == "drill"
    assert given["primary"] == {"accounts": ["999988887777"]}
    assert given["productionNames"] == ["prod"]
    assert told.stack_block({"PULUMI_CONFIG": "not json"}) == {}
