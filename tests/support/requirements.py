"""Reads docs/requirements.md: ids, and the things that each row names, so that a test can look them up.

A row's last column names what shows it, in backticks: `resource TYPE NAME [input.path=value ...]` in the plan of aws-example,
`drill resource ...` in that of aws-drill-example, `output NAME [path=value ...]`, `setting a.b`, `test FILE::NAME`, `file PATH`.
The first three may begin with the name of a cloud, `NAME resource ...`: then that cloud's examples are looked at.
In a path, brackets hold a key with dots, or the name of a list's element: `spec.mattermostEnv[MM_SQLSETTINGS_DRIVERNAME].value`.
A row without any of these starts with "later:" or "why not:" and a reason.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from components import clouds
from ops.plan.values import Plain

KINDS = ("drill resource", "resource", "setting", "output", "test", "file")


@dataclass(frozen=True, slots=True)
class Claim:
    """One named thing. `kind` is one of KINDS; `words` what follows it; `cloud` whose examples show it, None for the first's."""

    kind: str
    words: tuple[str, ...]
    cloud: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the ids it answers, its claims, and the whole answer as text."""

    ids: tuple[str, ...]
    claims: tuple[Claim, ...]
    answer: str


def rows(text: str) -> list[Row]:
    """Every table row whose first cell holds ids."""
    found: list[Row] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("|") and re.match(r"^(OOB|AIR|PREP|TLS|AWS)-\d", cells[0]):
            found.append(Row(ids=ids(cells[0]), claims=claims(cells[-1]), answer=cells[-1]))
    return found


def ids(cell: str) -> tuple[str, ...]:
    """'OOB-01, OOB-03 to OOB-05' as the four ids."""
    found: list[str] = []
    for part in cell.split(","):
        first, _, last = part.strip().partition(" to ")
        prefix, _, number = first.partition("-")
        end = int(last.partition("-")[2]) if last else int(number)
        found += [f"{prefix}-{value:02d}" for value in range(int(number), end + 1)]
    return tuple(found)


def claims(answer: str) -> tuple[Claim, ...]:
    """The named things of an answer. ValueError for a backticked text of no known kind."""
    found: list[Claim] = []
    for quoted in re.findall(r"`([^`]+)`", answer):
        cloud, _, said = quoted.partition(" ")
        if cloud not in clouds.available():
            cloud, said = None, quoted
        kind = next((kind for kind in KINDS if said.startswith(f"{kind} ")), None)
        if kind is None:
            raise ValueError(f"`{quoted}` names nothing that can be looked up; start it with one of {', '.join(KINDS)}")
        found.append(Claim(kind, tuple(said.removeprefix(kind).split()), cloud))
    return tuple(found)


def value_at(inputs: Plain, path: str) -> Plain:
    """The value at a path, None if there is none. JSON in a string is looked into; `*` means any element (the list of all)."""
    parts = [bracketed or plain for bracketed, plain in re.findall(r"\[([^\]]+)\]|([^.\[\]]+)", path)]
    return _descend(inputs, parts)


def _descend(value: Plain, parts: list[str]) -> Plain:
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            decoded: Plain = json.loads(value)
        except ValueError:
            return None
        return _descend(decoded, parts)
    if isinstance(value, dict):
        return _descend(value[part], rest) if part in value else None
    if isinstance(value, list) and part == "*":
        return [_descend(item, rest) for item in value]
    if isinstance(value, list):
        return _descend(_element(value, part), rest)
    return None


def _element(items: list[Plain], part: str) -> Plain:
    """By position, or by the name by which people know it."""
    if part.isdigit():
        return items[int(part)] if int(part) < len(items) else None
    for item in items:
        if isinstance(item, dict) and part in (item.get("name"), item.get("id"), item.get("ruleName")):
            return item
    return None


def written(value: Plain) -> str:
    """A value as the document writes it: true, 35, aurora-iopt1."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
