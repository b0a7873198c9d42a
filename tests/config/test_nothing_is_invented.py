"""One wrong setting in a sound file gives one fault, at its path: reading what is left invents none and repeats none.

Every setting of both examples is broken in turn, in every way that fits. Not proved: combinations of more than two.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, cast

import pytest

from tests.config.made_up import REMOVED, example, faults, parts, put

EXAMPLES = ("aws-example", "aws-drill-example")
GARBAGE = "\u2603 garbage"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting with its path; blocks and lists too."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from leaves(inner, f"{path}[{index}]")


PLACES = [(name, path, value) for name in EXAMPLES for path, value in leaves(example(of=name))]
every_place = pytest.mark.parametrize(("name", "path", "value"), PLACES, ids=[f"{name}:{path}" for name, path, _ in PLACES])


def wrong_for(value: Any) -> Iterator[Any]:
    """Values of another kind than the sound one."""
    if isinstance(value, dict):
        yield from (GARBAGE, 5, [])
    elif isinstance(value, list):
        yield from (5, {"a": 1})
    elif isinstance(value, bool):
        yield from ("yes", 1, {})
    elif isinstance(value, int):
        yield from (f"{value}", 1.5, True, [])
    else:
        yield from (True, 1.25, {"a": 1}, [], GARBAGE if value != value.strip() else f" {GARBAGE} ")


@every_place
def test_a_wrong_value_is_one_fault_at_its_path(name: str, path: str, value: object) -> None:
    for wrong in wrong_for(value):
        found = faults(example({path: wrong}, of=name))
        assert [fault.path for fault in found] == [path], (wrong, [str(fault) for fault in found])


@every_place
def test_a_setting_without_a_value_is_one_fault_at_its_path(name: str, path: str, value: object) -> None:
    found = faults(example({path: None}, of=name))
    assert [fault.path for fault in found] == [path], [str(fault) for fault in found]


@every_place
def test_a_setting_left_out_is_at_most_one_fault_at_its_path(name: str, path: str, value: object) -> None:
    if path.endswith("]"):
        return
    found = faults(example({path: REMOVED}, of=name))
    expected = {"backup.objectLock": ["backup.objectLock"], "backup": ["backup.objectLock"], "mode": ["drill"]}
    expected |= {"aws.network": ["aws.network.cidr"]}  # whose default overlaps with the example's primary
    expected |= {path: [path] for path in ("drill.database.cluster", "drill.database.pointInTime")}
    assert [fault.path for fault in found] in ([], [path], expected.get(path)), [str(fault) for fault in found]


@every_place
def test_a_misspelt_key_is_one_fault_that_names_the_right_one(name: str, path: str, value: object) -> None:
    *way, last = parts(path)
    if isinstance(last, int) or len(last) < 3 or way == ["waivers"]:  # names of rules: the plan knows them, settings do not
        return
    wrong = copy.deepcopy(example(of=name))
    block: Any = wrong
    for step in way:
        block = block[step]
    block[f"{last[:-1]}_"] = block.pop(last)
    found = faults(wrong)
    where = f"{path[: -len(last)]}{last[:-1]}_"
    assert [fault.path for fault in found] == [where], [str(fault) for fault in found]
    assert found[0].fix == f"did you mean {last}?"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_foreign_key_in_any_block_is_one_fault_without_its_value(name: str) -> None:
    for path, value in leaves(example(of=name)):
        if isinstance(value, dict):
            found = faults(example({f"{path}.qqqq": "canary"}, of=name))
            assert [fault.path for fault in found] == [f"{path}.qqqq"]
            assert "canary" not in str(found[0])


@pytest.mark.parametrize("name", EXAMPLES)
def test_two_wrong_values_are_two_faults(name: str) -> None:
    """Each setting together with one far away from it: neither hides the other."""
    for path, value in leaves(example(of=name)):
        if isinstance(value, (dict, list)) or path.startswith("alerts"):
            continue
        wrong = example(of=name)
        put(wrong, path, {"a": 1})
        put(wrong, "alerts.monthlyBudget", 0)
        assert {fault.path for fault in faults(wrong)} == {path, "alerts.monthlyBudget"}
