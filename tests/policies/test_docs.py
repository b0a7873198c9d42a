"""docs/policies.md holds the table that the command prints. Not proved: the sentences around it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops import policies as listing
from ops import stackfiles
from policies import rules

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")


def test_the_table_is_the_commands() -> None:
    shown = PAGE.split(f"{listing.BEGIN}\n")[1].split(listing.END)[0]
    assert shown == listing.markdown(), "run ./oob policies --markdown and put its output between the marks of docs/policies.md"


def test_every_rule_is_listed_once() -> None:
    assert sorted(line.split()[0] for line in listing.lines() if not line.split()[0].isdigit()) == sorted(rules.NAMES)


EXAMPLES = [name for name in stackfiles.list_stacks(ROOT / "stacks") if name.endswith("-example")]
ROW = re.compile(r"^\| `([\w-]+)` \| ([\w, -]+) \| (everything|`[^`]+`) \|", re.MULTILINE)


def waived(name: str) -> set[tuple[str, str]]:
    """Rule and resources of each waiver in a stack file."""
    text = (ROOT / "stacks" / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")
    block: dict[str, Any] = yaml.safe_load(text)["config"]["oob:stack"]
    return {(rule, waiver.get("resources", "*")) for rule, waiver in block.get("waivers", {}).items()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_waiver_of_an_example_is_listed_and_no_other(name: str) -> None:
    rows = ROW.findall(PAGE)
    assert rows
    listed = {
        (rule, "*" if resources == "everything" else resources.strip("`"))
        for rule, stacks, resources in rows
        if stacks == "every example" or name in stacks.split(", ")
    }
    assert listed == waived(name)
