"""docs/policies.md holds the table that the command prints. Not proved: the sentences around it."""

from __future__ import annotations

from pathlib import Path

from ops import policies as listing
from policies import rules

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")


def test_the_table_is_the_commands() -> None:
    shown = PAGE.split(f"{listing.BEGIN}\n")[1].split(listing.END)[0]
    assert shown == listing.markdown(), "run ./oob policies --markdown and put its output between the marks of docs/policies.md"


def test_every_rule_is_listed_once() -> None:
    assert sorted(line.split()[0] for line in listing.lines() if not line.split()[0].isdigit()) == sorted(rules.NAMES)
