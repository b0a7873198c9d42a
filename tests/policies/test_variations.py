"""The same things said in other words: what a rule must catch, and what looks like it and is none.

Each variation goes the way a preview goes, through the SDK's own servicer with its proxies and floats; and each violation stays
one, or an open question, when any single value in it is not known yet. Not proved: that a provider takes every such form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]  # what the engine calls

from policies import rules
from policies.configuration import parse
from policies.model import Rule
from policies.settings import Profile
from tests.policies import casefiles
from tests.policies.casefiles import Cases, answers, leaves, open_question, replaced, violated

FOLDER = Path(__file__).resolve().parent / "variations"
EVERY = [
    Cases(
        rule=casefiles.RULES[one["rule"]],
        type=one["type"],
        empty="",
        settings=parse({"profile": (casefiles.RULES[one["rule"]].profile or Profile.PRODUCTION).value}, rules.NAMES),
        passing=one["clean"],
        failing=one["broken"],
    )
    for path in sorted(FOLDER.glob("*.yaml"))
    for one in cast("list[dict[str, Any]]", yaml.safe_load(path.read_text(encoding="utf-8")))
]
BY_NAME = pytest.mark.parametrize("cases", EVERY, ids=[one.rule.name for one in EVERY])


@pytest.fixture(scope="module")
def servicer() -> Any:
    return _PolicyAnalyzerServicer("oob", "0.0.1", rules.POLICIES, EnforcementLevel.MANDATORY)


def told(servicer: Any, case: Any, cases: Cases) -> bool:
    """Whether the rule is broken, as the SDK reports it."""
    if isinstance(cases.rule, Rule):
        one = casefiles.resource(case, cases)
        type_ = case.get("_type", cases.type)
        answer = servicer.Analyze(
            proto.AnalyzeRequest(type=type_, urn=one.urn, name=one.name, properties=_properties(case)), None
        )
    else:
        many = [(inner, casefiles.resource(inner, cases)) for inner in case]
        answer = servicer.AnalyzeStack(
            proto.AnalyzeStackRequest(
                resources=[
                    proto.AnalyzerResource(
                        type=inner.get("_type", cases.type),
                        urn=one.urn,
                        name=one.name,
                        properties=_properties(inner),
                        dependencies=sorted(one.depends_on),
                    )
                    for inner, one in many
                ]
            ),
            None,
        )
    return any(found.policyName == cases.rule.name for found in answer.diagnostics)


def _properties(case: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update({key: value for key, value in case.items() if not key.startswith("_")})
    return made


@BY_NAME
def test_a_violation_in_other_words_is_caught(cases: Cases, servicer: Any) -> None:
    for case in cases.failing:
        assert told(servicer, case, cases), case
        assert violated(answers(case, cases)), case


@BY_NAME
def test_what_looks_like_one_is_clean(cases: Cases, servicer: Any) -> None:
    for case in cases.passing:
        assert not told(servicer, case, cases), case
        found = answers(case, cases)
        assert not violated(found), case
        assert not open_question(found), case


@BY_NAME
def test_one_unknown_value_never_lets_it_pass_in_silence(cases: Cases) -> None:
    for case in cases.failing:
        for path, value in leaves(case):
            if value in ("", None):
                continue  # nothing stood there, and now something will
            found = answers(replaced(case, path, casefiles.UNKNOWN_MARK), cases)
            assert violated(found) or open_question(found), (path, case)
