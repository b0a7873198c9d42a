"""What the pack asks, for a terminal or as the table of docs/policies.md; and what it is told about a stack."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from ops import stackfiles
from policies import rules
from policies.model import AnyRule, Level, Rule

BEGIN, END = "<!-- ./oob policies --markdown -->", "<!-- end of ./oob policies --markdown -->"


def every() -> list[AnyRule]:
    """All rules by name."""
    return sorted((*rules.RESOURCE_RULES, *rules.STACK_RULES), key=lambda one: one.name)


def lines() -> Iterator[str]:
    """One rule a line, for a terminal."""
    for one in every():
        where = "" if one.profile is None else f" ({one.profile.value} only)"
        yield f"{one.name:38} {one.level.value:9} {one.severity.value:8} {one.summary}{where}"
    yield _sums()


def _sums() -> str:
    found = every()
    levels = Counter(one.level for one in found)
    stacks = sum(not isinstance(one, Rule) for one in found)
    return (
        f"{len(found)} rules: {levels[Level.MANDATORY]} mandatory, {levels[Level.ADVISORY]} advisory; "
        f"{len(found) - stacks} about a resource, {stacks} about how resources belong together."
    )


def markdown() -> str:
    """The table of docs/policies.md."""
    head = ["| rule | level | severity | what it asks | frameworks | what to do |", "|---|---|---|---|---|---|"]
    rows = [
        f"| `{one.name}` | {one.level.value}{'' if one.profile is None else f', {one.profile.value}'} | {one.severity.value} | "
        f"{_cell(one.summary)} | {_cell(', '.join(one.frameworks) or '-')} | {_cell(one.remedy)} |"
        for one in every()
    ]
    return "\n".join([_sums(), "", *head, *rows]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "")


def configuration(folder: Path, stack: str) -> str:
    """The configuration file of the pack for one stack, for `--policy-pack-config`. ConfigError for a faulty stack file.

    The engine hands the stack's own block to the pack in preview and up; `pulumi policy analyze` over an exported state does not.
    """
    from policies.told import from_block  # here: it imports the SDK

    block = stackfiles.read(folder, stack).config.get("oob:stack")
    told = from_block(cast("dict[str, object]", block) if isinstance(block, dict) else {})
    return json.dumps({"oob-resources": told}, indent=1, default=str) + "\n"
