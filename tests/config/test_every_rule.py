"""Each rule refuses what it is there for, with path, value and remedy, and lets pass what lies beside it.

Not proved: that the facts behind a rule (limits, versions, accounts) still hold outside.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from components import checks, clouds
from tests.config.cases import Case
from tests.config.cases_aws import AWS
from tests.config.cases_azure import AZURE
from tests.config.cases_drills import DRILLS
from tests.config.cases_inside import INSIDE
from tests.config.cases_outside import OUTSIDE
from tests.config.cases_primary import PRIMARY
from tests.config.made_up import example, faults, parsed

COMMON = (*OUTSIDE, *INSIDE, *DRILLS, *PRIMARY)
CLOUDS = {"aws-example": AWS, "azure-example": AZURE}
CASES = (*COMMON, *(case for cases in CLOUDS.values() for case in cases))


def name_of(rule: Callable[..., Any]) -> str:
    """The rule's own name, also of one that is bound to a block."""
    while isinstance(rule, partial):
        rule = rule.args[0] if rule.func.__name__.startswith("_") else rule.func
    return rule.__name__


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_finds_exactly_what_it_should(case: Case) -> None:
    found = faults(example(case.changes, of=case.of), secrets=case.secrets)
    assert sorted(fault.path for fault in found) == sorted(path for path, _, _ in case.expected), [str(fault) for fault in found]
    for path, value, fix in case.expected:
        assert any(fault.path == path and value in fault.why and fix in fault.fix for fault in found), (
            (path, value, fix),
            [str(fault) for fault in found],
        )


def complete(rules: set[str], cases: tuple[Case, ...]) -> None:
    assert rules == {case.rule for case in cases}
    assert rules == {case.rule for case in cases if case.expected}
    assert rules == {case.rule for case in cases if not case.expected}


def test_every_common_rule_has_something_to_refuse_and_something_to_let_pass() -> None:
    # The one that is left out is judged with a made-up cloud in test_versions_fit.py.
    complete({name_of(rule) for rule in checks.RULES} - {"object_store_fits"}, COMMON)


@pytest.mark.parametrize("of", CLOUDS)
def test_every_rule_of_a_cloud_has_something_to_refuse_and_something_to_let_pass(of: str) -> None:
    complete({name_of(rule) for rule in parsed(example(of=of)).cloud.rules()}, CLOUDS[of])


def test_every_cloud_has_cases() -> None:
    assert {parsed(example(of=of)).stack.cloud for of in CLOUDS} == set(clouds.available())


@pytest.mark.parametrize("of", CLOUDS)
def test_rules_of_one_name_do_not_shadow_each_other(of: str) -> None:
    rules = [name_of(rule) for rule in (*checks.RULES, *parsed(example(of=of)).cloud.rules())]
    assert len(rules) == len(set(rules))
