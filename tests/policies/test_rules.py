"""Every rule against its case file: passing, failing, empty, unknown, wrong types, secrets; and every rule's body is needed.

Proves that rules decide as their cases say, on plain values. Not proved: what a provider's own checks and defaults add.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from policies import rules
from policies.model import Rule
from tests.policies import casefiles
from tests.policies.casefiles import Cases, answers, leaves, open_question, replaced, violated

EVERY = casefiles.every()
BY_NAME = pytest.mark.parametrize("cases", EVERY, ids=[one.rule.name for one in EVERY])
CANARY = "canary-5f0c-do-not-print"
WRONG: list[Any] = ["text", 7, True, [], {}, ["a", 1], {"a": {"b": 1}}, None]


def test_every_rule_has_a_case_file_and_every_file_a_rule() -> None:
    assert {one.rule.name for one in EVERY} == rules.NAMES


def test_every_rule_says_what_it_is_about_and_what_to_do() -> None:
    for one in casefiles.RULES.values():
        assert one.summary.endswith("."), one.name
        assert len(one.remedy) > 5, one.name
        assert "during preview" not in f"{one.summary}{one.remedy}", one.name


@BY_NAME
def test_what_passes_passes(cases: Cases) -> None:
    assert cases.passing
    for case in cases.passing:
        found = answers(case, cases)
        assert not violated(found), (case, found)
        assert not open_question(found), (case, found)


@BY_NAME
def test_what_fails_fails(cases: Cases) -> None:
    assert cases.failing
    for case in cases.failing:
        assert violated(answers(case, cases)), case


@BY_NAME
def test_a_rule_without_its_body_is_noticed(cases: Cases) -> None:
    """The mutation: nothing is ever found."""

    def nothing(_subject: object) -> Iterator[Any]:
        return iter(())

    emptied = dataclasses.replace(cases.rule, judge=nothing)
    assert any(violated(answers(case, cases)) is not violated(answers(case, cases, emptied)) for case in cases.failing)


@BY_NAME
def test_nothing_given_is_judged_as_the_file_says(cases: Cases) -> None:
    if isinstance(cases.rule, Rule):
        assert violated(answers({"_type": cases.type}, cases)) is (cases.empty == "fails")
    else:
        assert not violated(answers([], cases))


@BY_NAME
def test_one_unknown_value_never_makes_a_violation_pass_in_silence(cases: Cases) -> None:
    for case in cases.failing:
        for path, _ in leaves(case):
            found = answers(replaced(case, path, casefiles.UNKNOWN_MARK), cases)
            where = ".".join(map(str, path))
            silent = not violated(found) and not open_question(found)
            assert not silent or where in ALLOWED.get(cases.rule.name, ()), f"{cases.rule.name}: {where} unknown hides {case}"


# Where a value that is not known yet is enough: something will stand there, and that is all the rule asks.
ALLOWED: dict[str, tuple[str, ...]] = {}


@BY_NAME
def test_all_unknown_is_never_a_violation_by_guess(cases: Cases) -> None:
    if not isinstance(cases.rule, Rule):
        return
    for case in cases.passing:
        if any(not key.startswith("_") for key in case):
            unknown = {key: value if key.startswith("_") else casefiles.UNKNOWN_MARK for key, value in case.items()}
            assert not violated(answers(unknown, cases)), case


@BY_NAME
def test_wrong_types_break_no_rule(cases: Cases) -> None:
    broken = "counts as broken"
    for case in (*cases.failing, *cases.passing):
        for path in {whole[:depth] for whole, _ in leaves(case) for depth in range(1, len(whole) + 1)}:
            if not isinstance(cases.rule, Rule) and len(path) < 2:
                continue
            for wrong in WRONG:
                found = answers(replaced(case, path, wrong), cases)
                assert broken not in " ".join(one.sentence() for one in found), (path, wrong)


@BY_NAME
def test_no_value_reaches_a_message(cases: Cases) -> None:
    for case in cases.failing:
        for path, value in leaves(case):
            if isinstance(value, str):
                told = " ".join(one.sentence() for one in answers(replaced(case, path, f"{value}{CANARY}"), cases))
                told += " ".join(one.sentence() for one in answers(replaced(case, path, CANARY), cases))
                assert CANARY not in told
