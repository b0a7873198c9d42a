"""What a plan leaves out of the SDK's work changes no plan, and is put back. Not proved: that the engine is told the same."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import typing
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from components import clouds
from ops.plan import passing, type_hints
from ops.plan.recorder import Recorder, record
from ops.plan.values import UNKNOWN
from tests.support.deadline import deadline

ROOT = Path(__file__).resolve().parents[2]

PLANNED = """
import sys
from contextlib import nullcontext
from pathlib import Path
from ops.plan import plan, recorder
if sys.argv[2] == "everything":
    recorder.remembered = recorder.without_what_no_plan_shows = nullcontext
sys.stdout.write(plan.as_text(plan.of_stack(Path("stacks"), sys.argv[1])))
"""

REPLACED = {
    "pulumi.runtime.resource": ("_get_stack_trace", "prepare_aliases", "create_urn"),
    "pulumi.resource": ("collapse_alias_to_urn",),
    "pulumi.runtime.rpc": ("serialize_property", "deserialize_property", "transfer_properties"),
    "pulumi.log": ("debug",),
    "pulumi._types": ("unwrap_type", "get_type_hints"),
}


def planned(stack: str, how: str) -> str:
    """In a process of its own: what is left out while the SDK is imported counts as well."""
    command = [sys.executable, "-c", PLANNED, stack, how]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True, env={"PYTHONPATH": str(ROOT)}).stdout


@pytest.mark.parametrize("cloud", clouds.available())
def test_the_plan_of_a_whole_environment_is_the_same_with_everything_that_the_sdk_does(cloud: str) -> None:
    everything = planned(f"{cloud}-example", "everything")
    assert planned(f"{cloud}-example", "short") == everything
    assert everything.count('"urn":') > 500


def found() -> dict[str, object]:
    return {f"{module}.{name}": vars(import_module(module))[name] for module, names in REPLACED.items() for name in names}


def test_every_function_of_the_sdk_is_replaced_while_a_plan_runs_and_put_back_when_it_fails() -> None:
    before = found()
    during: dict[str, object] = {}

    def program() -> None:
        during.update(found())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record(program, project="oob", stack="test", config={})
    assert [name for name in before if during[name] is before[name]] == []
    assert found() == before


def test_a_registration_that_fails_ends_the_plan_though_the_program_waits_for_its_outputs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register = Recorder.RegisterResource

    def refusing(self: Recorder, request: Any) -> Any:
        if request.name == "refused":
            raise LookupError(request.name)
        return register(self, request)

    monkeypatch.setattr(Recorder, "RegisterResource", refusing)

    def program() -> None:
        options = pulumi.ResourceOptions(provider=random.Provider("p"))
        refused = random.RandomPassword("refused", length=8, opts=options)
        random.RandomPassword("next", length=refused.length.apply(lambda length: length + 1), opts=options)

    with pytest.raises(LookupError, match="refused"):
        record(program, project="oob", stack="test", config={})


def test_a_resource_that_cannot_be_handed_back_ends_the_plan_in_place_of_waiting_for_it() -> None:
    class Holder(pulumi.ComponentResource):
        def __init__(self, held: pulumi.Resource) -> None:
            super().__init__("oob:test:Holder", "holder", {"held": held})
            self.register_outputs({})

    def program() -> None:
        Holder(random.RandomPassword("held", length=8, opts=pulumi.ResourceOptions(provider=random.Provider("p"))))

    with deadline(20), pytest.raises(ValueError, match="Value not set"):
        record(program, project="oob", stack="test", config={})


def test_values_reach_the_monitor_and_come_back_as_they_are() -> None:
    told: list[object] = []

    def program() -> None:
        options = pulumi.ResourceOptions(provider=random.Provider("p"))
        first = random.RandomPassword("first", length=8, special=False, override_special="é", opts=options)
        second = random.RandomPassword("second", length=first.length, keepers={"a": first.result, "b": "1"}, opts=options)
        pulumi.Output.all(first.length, first.special, first.override_special, first.min_lower).apply(told.extend)
        pulumi.export("length", second.length)
        pulumi.export("keepers", second.keepers)

    recording = record(program, project="oob", stack="test", config={})
    second = next(one for one in recording.resources if one.name == "second")
    first = next(one for one in recording.resources if one.name == "first")
    assert second.inputs["length"] == 8
    assert second.property_depends["length"] == (first.urn,)
    assert second.property_depends["keepers"] == (first.urn,)
    assert recording.outputs["length"] == 8
    assert recording.outputs["keepers"] == UNKNOWN
    assert told == [], "an apply waits for every value, and one of them only a provider can tell"


def test_an_output_of_a_resource_that_failed_raises_for_whoever_waits_for_it() -> None:
    async def wait() -> None:
        resource = object.__new__(random.RandomPassword)
        resolvers = passing.outputs_to_come(resource, {"length": 8, "id": None, "urn": None}, True)
        assert list(resolvers) == ["length"]
        resolvers["length"](None, False, False, None, LookupError("refused"))
        await resource.length.future()

    with pytest.raises(LookupError, match="refused"):
        asyncio.run(wait())


def memories() -> set[int | None]:
    return {place.read().cache_parameters()["maxsize"] for place in type_hints.places()}


def test_annotations_are_made_once_while_a_plan_runs_and_forgotten_as_ever_after_it() -> None:
    def the_same_again(kinds: list[Any]) -> int:
        first = [typing.Optional[kind] for kind in kinds]  # noqa: UP045 the form that the SDKs write
        return sum(one is typing.Optional[kind] for one, kind in zip(first, kinds, strict=True))  # noqa: UP045

    kinds = [type(f"Kind{number}", (), {}) for number in range(300)]
    during: list[object] = []

    def program() -> None:
        during.extend([memories(), the_same_again(kinds)])
        raise ZeroDivisionError

    assert memories() == {128}, "this Python keeps its memory where it is looked for"
    assert the_same_again(kinds) == 0
    with pytest.raises(ZeroDivisionError):
        record(program, project="oob", stack="test", config={})
    assert during == [{None}, 300]
    assert memories() == {128}
    assert the_same_again(kinds) == 0


def test_unions_in_another_order_are_equal_and_not_the_same() -> None:
    first, second = typing.Optional[str], typing.cast("object", None | str)  # noqa: UP045
    assert first == second
    once = type_hints.made_once(typing.get_args)
    assert [once(first), once(second), once(first)] == [(str, type(None)), (type(None), str), (str, type(None))]

    def read(annotated: FunctionType) -> dict[str, object]:
        return dict(annotated.__annotations__)

    hints = type_hints.read_once(read)
    assert [typing.get_args(hints(getter(one))["return"]) for one in (first, second)] == [once(first), once(second)]


class Here:
    """What the name means here."""


def getter(annotation: object) -> FunctionType:
    def read() -> None: ...

    read.__annotations__ = {"return": annotation}
    return typing.cast("FunctionType", read)


def test_hints_that_mean_the_same_everywhere_are_read_once_and_names_are_looked_up_by_each_module() -> None:
    asked: list[object] = []

    def read(annotated: object, **named: Any) -> dict[str, object]:
        asked.append(annotated)
        return typing.get_type_hints(annotated, **named)

    hints = type_hints.read_once(read)
    spaces: dict[str, dict[str, Any]] = {"globalns": {}, "localns": {"Output": pulumi.Output, "T": type(None)}}
    plain = [getter(pulumi.Input[str]) for _ in range(3)]
    assert [hints(one, **spaces) for one in plain] == [typing.get_type_hints(plain[0], spaces["globalns"], spaces["localns"])] * 3
    assert asked == plain[:1]
    named = getter(pulumi.Input["Here"])
    assert typing.get_args(hints(named, globalns={"Here": Here}, localns=spaces["localns"])["return"])[0] is Here
    assert typing.get_args(hints(named, globalns={"Here": int}, localns=spaces["localns"])["return"])[0] is int
    assert hints(getter("Here"), globalns={"Here": Here}, localns={}) == {"return": Here}
    assert hints(getter("Here"), globalns={"Here": int}, localns={}) == {"return": int}
    assert hints(getter(None), globalns={}, localns={}) == {"return": type(None)}
