"""Every type that an example stack holds has a rule about it, or a reason in docs/policies.md why there is nothing to ask.

Proves that no type is forgotten. Not proved: that the rules about a type ask everything that matters.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ops import stackfiles
from policies import rules
from tests.support import plans

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Types without a rule of their own\n")[1].split("\n## ")[0]
REASONS = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", SECTION, re.MULTILINE))
EXAMPLES = [name for name in stackfiles.list_stacks(ROOT / "stacks") if name.endswith("-example")]
# Components are made of resources, and the engine's own types (stack, providers) have rules by their names.
NOT_MADE = ("oob:", "pulumi:")


def rules_about(type_: str) -> set[str]:
    """Rules that speak about this type, and not about everything of its provider."""
    anything = f"{type_.partition(':')[0]}:nothing/nothing:Nothing"
    return {one.name for one in (*rules.RESOURCE_RULES, *rules.STACK_RULES) if one.applies(type_) and not one.applies(anything)}


@pytest.fixture(scope="module")
def types() -> set[str]:
    found = {one.type for name in EXAMPLES for one in plans.of_file(name).recording.resources}
    return {one for one in found if not one.startswith(NOT_MADE)}


def test_every_type_has_a_rule_or_a_reason(types: set[str]) -> None:
    assert len(types) > 150
    assert sorted(one for one in types if not rules_about(one) and one not in REASONS) == []


def test_no_reason_is_left_over(types: set[str]) -> None:
    assert sorted(one for one in REASONS if one not in types or rules_about(one)) == []


def test_a_rule_about_everything_of_a_cloud_does_not_count() -> None:
    assert rules_about("aws:nothing/nothing:New") == set()
    assert "vpc-endpoint-private-names" in rules_about("aws:ec2/vpcEndpoint:VpcEndpoint")
