"""The parity table: what each cloud gives, role by role, from the plans of the examples, and why clouds differ.

A cloud's parity.yaml says for each role and topic what it gives, and where it differs why. A new cloud brings its own; nothing
here lists them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from components import clouds
from components.faults import ConfigError, Fault
from ops.plan import plan as planning
from ops.plan.plan import Plan
from ops.plan.render import ROOT, by_number, kind

PREAMBLE = """# What each cloud gives

Written by `./oob parity` from the plans of the example stacks and each cloud's `parity.yaml`; not by hand. Numbers count
resources of the plan. What a table of differences does not name is asked of every cloud alike by the contract
(`components/contract/`) and its tests.
"""


class Given(BaseModel):
    """What one cloud gives of a topic, and why it differs from another that came before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gives: str
    why: str = ""


Explained = dict[str, dict[str, Given]]  # by role, by topic
_EXPLAINED = TypeAdapter(Explained)


def explanations(cloud: str) -> Explained:
    """A cloud's parity.yaml. ConfigError if it has none."""
    for folder in clouds.__path__:
        path = Path(folder) / cloud / "parity.yaml"
        if path.is_file():
            return _EXPLAINED.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    raise ConfigError(f"{cloud}/parity.yaml", [Fault("parity.yaml", "is missing", "say role by role what this cloud gives")])


def unexplained(by_cloud: Mapping[str, Explained]) -> list[str]:
    """Topics that one cloud speaks of and another does not, and topics that differ without a reason."""
    found: list[str] = []
    for role, topic in topics(by_cloud):
        given = {cloud: explained.get(role, {}).get(topic) for cloud, explained in by_cloud.items()}
        found += [f"{cloud} says nothing of {role}: {topic}" for cloud, one in given.items() if one is None]
        said = [one for one in given.values() if one is not None]
        if len({one.gives for one in said}) > 1 and not any(one.why for one in said):
            found.append(f"nobody says why clouds differ in {role}: {topic}")
    return found


def topics(by_cloud: Mapping[str, Explained]) -> list[tuple[str, str]]:
    """Every (role, topic) once, in the order of the files."""
    return list(dict.fromkeys((role, topic) for one in by_cloud.values() for role, of_role in one.items() for topic in of_role))


def roles(plan: Plan) -> dict[str, Counter[str]]:
    """By role of the topology: how many resources of which kind."""
    top = next(found.urn for found in plan.resources if found.type == ROOT)
    role_of = {found.urn: found.name for found in plan.resources if found.parent == top and not found.custom}
    counted: dict[str, Counter[str]] = {name: Counter() for name in role_of.values()}
    for found in plan.resources:  # parents come before their children
        if found.parent in role_of:
            role_of[found.urn] = role_of[found.parent]
            if found.custom:
                counted[role_of[found.urn]][kind(found.type)] += 1
    return counted


def text(plans: Mapping[str, Plan], by_cloud: Mapping[str, Explained]) -> str:
    """The document."""
    counted = {cloud: roles(plan) for cloud, plan in plans.items()}
    names = sorted({role for one in counted.values() for role in one} | {role for role, _ in topics(by_cloud)})
    return PREAMBLE + "".join(_section(role, counted, by_cloud) for role in names)


def _section(role: str, counted: Mapping[str, Mapping[str, Counter[str]]], by_cloud: Mapping[str, Explained]) -> str:
    lines = ["", f"## {role}", "", "| cloud | resources | kinds |", "|---|---|---|"]
    for cloud, of_cloud in counted.items():
        kinds = of_cloud.get(role, Counter[str]())
        lines.append(f"| {cloud} | {kinds.total()} | {by_number(kinds) or '-'} |")
    named = [topic for known, topic in topics(by_cloud) if known == role]
    if named:
        lines += ["", f"| differs | {' | '.join(by_cloud)} | why |", "|---|" + "---|" * (len(by_cloud) + 1)]
    for topic in named:
        given = [explained.get(role, {}).get(topic) for explained in by_cloud.values()]
        cells = [one.gives if one else "not said" for one in given]
        reasons = "; ".join(one.why for one in given if one and one.why)
        lines.append(f"| {topic} | {' | '.join(cells)} | {reasons} |")
    return "\n".join(lines) + "\n"


def written(stacks: Path) -> str:
    """The document of every cloud that there is. ConfigError for a difference that nobody explains."""
    by_cloud = {cloud: explanations(cloud) for cloud in clouds.available()}
    faults = [Fault("parity.yaml", problem, "write it into that cloud's file") for problem in unexplained(by_cloud)]
    if faults:
        raise ConfigError("components/clouds/*/parity.yaml", faults)
    return text({cloud: planning.of_stack(stacks, f"{cloud}-example") for cloud in by_cloud}, by_cloud)
