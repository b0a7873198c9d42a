"""The in-process monitor records what the engine would receive. Not proved: what provider checks and defaults would add."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from contextlib import nullcontext

import pulumi
import pulumi_azure_native as azure
import pulumi_kubernetes as kubernetes
import pulumi_random as random
import pytest
from pulumi.runtime import resource as registering

from ops.plan import recorder, shortcuts
from ops.plan.recorder import Recording, record
from ops.plan.values import SECRET, UNKNOWN
from tests.support.deadline import deadline


def recorded(program: Callable[[], None]) -> Recording:
    return record(program, project="oob", stack="test", config={})


def test_secrets_and_unknowns_are_masked_and_ancestry_is_kept() -> None:
    def program() -> None:
        provider = random.Provider("p")
        top = pulumi.ComponentResource("oob:test:Top", "top")
        middle = pulumi.ComponentResource("oob:test:Middle", "middle", None, pulumi.ResourceOptions(parent=top))
        password = random.RandomPassword(
            "password",
            length=24,
            keepers={"k": pulumi.Output.secret("hidden")},
            opts=pulumi.ResourceOptions(parent=middle, provider=provider),
        )
        pulumi.export("known", password.length)
        pulumi.export("result", password.result)
        pulumi.export("bcrypt", password.bcrypt_hash)

    found = recorded(program)
    password = next(one for one in found.resources if one.name == "password")
    ancestry = "oob:test:Top$oob:test:Middle$random:index/randomPassword:RandomPassword"
    assert password.urn == f"urn:pulumi:test::oob::{ancestry}::password"
    assert password.inputs["keepers"] == {"k": SECRET}
    assert password.inputs["length"] == 24
    assert password.provider.endswith("pulumi:providers:random::p")
    assert found.outputs["known"] == 24
    assert found.outputs["result"] in (UNKNOWN, SECRET), "an output that only a provider can give is not invented"
    assert found.outputs["bcrypt"] in (UNKNOWN, SECRET)


def test_dependencies_protection_and_retention_are_recorded() -> None:
    def program() -> None:
        provider = random.Provider("p")
        first = random.RandomPassword("first", length=8, opts=pulumi.ResourceOptions(provider=provider, protect=True))
        random.RandomPassword(
            "second", length=8, opts=pulumi.ResourceOptions(provider=provider, depends_on=[first], retain_on_delete=True)
        )

    found = {one.name: one for one in recorded(program).resources}
    assert found["first"].protect
    assert not found["second"].protect
    assert found["second"].retain_on_delete
    assert found["second"].depends_on == (found["first"].urn,)


def test_a_missing_provider_shows_as_empty_and_a_double_name_is_noted() -> None:
    def program() -> None:
        random.RandomPassword("loose", length=8)
        random.RandomPassword("loose", length=9)

    found = recorded(program)
    assert [one.provider for one in found.resources if one.name == "loose"] == ["", ""]
    assert found.duplicates == [found.resources[-1].urn]


def test_what_the_program_raises_comes_out_and_the_collector_runs_again() -> None:
    class BoomError(Exception):
        pass

    def program() -> None:
        raise BoomError

    with pytest.raises(BoomError):
        recorded(program)
    assert gc.isenabled()
    assert recorded(lambda: None).resources[0].type == "pulumi:pulumi:Stack", "the next plan is not disturbed"


def test_a_failing_apply_fails_the_plan() -> None:
    def program() -> None:
        provider = random.Provider("p")
        made = random.RandomPassword("a", length=8, opts=pulumi.ResourceOptions(provider=provider))
        random.RandomPassword("b", length=made.length.apply(lambda _: 1 // 0), opts=pulumi.ResourceOptions(provider=provider))

    with pytest.raises(ZeroDivisionError):
        recorded(program)


def test_kubernetes_secrets_are_masked() -> None:
    def program() -> None:
        provider = kubernetes.Provider("k", kubeconfig="{}")
        kubernetes.core.v1.Secret("s", string_data={"a": "hidden"}, opts=pulumi.ResourceOptions(provider=provider))

    found = next(one for one in recorded(program).resources if one.name == "s")
    assert "hidden" not in str(found.inputs)


def test_an_identity_of_its_own_is_told_by_the_provider_only() -> None:
    def program() -> None:
        provider = azure.Provider("p")
        workflow = azure.logic.Workflow(
            "workflow",
            resource_group_name="group",
            identity={"type": "SystemAssigned"},
            state="Enabled",
            opts=pulumi.ResourceOptions(provider=provider),
        )
        pulumi.export("principal", workflow.identity.apply(lambda found: found.principal_id if found else "none"))
        pulumi.export("state", workflow.state)

    found = recorded(program)
    assert found.outputs == {"principal": UNKNOWN, "state": "Enabled"}


def test_what_is_left_out_changes_no_plan_and_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def program() -> None:
        provider = azure.Provider("p", subscription_id="00000000-0000-0000-0000-000000000001")
        options = pulumi.ResourceOptions(provider=provider, aliases=[pulumi.Alias(name="older")])
        group = azure.resources.ResourceGroup("group", resource_group_name="g", tags={"a": "b"}, opts=options)
        azure.storage.StorageAccount(
            "account",
            resource_group_name=group.name,
            kind=azure.storage.Kind.STORAGE_V2,
            sku=azure.storage.SkuArgs(name=azure.storage.SkuName.STANDARD_LRS),
            network_rule_set=azure.storage.NetworkRuleSetArgs(
                default_action=azure.storage.DefaultAction.DENY,
                ip_rules=[azure.storage.IPRuleArgs(i_p_address_or_range="203.0.113.4")],
            ),
            opts=pulumi.ResourceOptions(provider=provider, parent=group),
        )

    before = [getattr(registering, name) for name in ("_get_stack_trace", "prepare_aliases", "create_urn")]
    shortened = recorded(program)
    assert [getattr(registering, name) for name in ("_get_stack_trace", "prepare_aliases", "create_urn")] == before
    monkeypatch.setattr(recorder, "without_what_no_plan_shows", nullcontext)
    whole = recorded(program)
    assert shortened.resources == whole.resources
    assert len(whole.resources) == 4


@pytest.mark.parametrize("problem", [KeyboardInterrupt, ValueError])
def test_what_a_program_raises_ends_it_at_once_even_when_a_resource_is_left_half_made(problem: type[BaseException]) -> None:
    def program() -> None:
        random.Provider("p")
        never: asyncio.Future[str] = asyncio.get_event_loop().create_future()
        pulumi.Output.from_input(never).apply(len)
        raise problem

    with deadline(20) as missed, pytest.raises(problem):
        recorded(program)
    assert not missed
    assert [one.name for one in recorded(lambda: None).resources] == ["oob-test"], "and the next program is not disturbed"


def test_what_was_imported_is_set_aside_once_and_what_is_planned_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortcuts, "_set_aside", set[int]())
    gc.unfreeze()

    def program() -> None:
        random.Provider("p")

    recorded(program)
    first = gc.get_freeze_count()
    held = [recorded(program) for _ in range(3)]
    assert first > 100_000, "the SDK"
    assert gc.get_freeze_count() <= first, "a frozen object that dies is counted no more"
    assert gc.isenabled()
    assert len(held) == 3
