"""A plan as text for a person: the tree by role with counts, outputs, what is protected, the failover arithmetic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from ops.plan.plan import Plan
from ops.plan.recorder import Registered
from ops.plan.values import UNKNOWN, Plain

ROOT = "oob:index:Topology"
SHOWN_TYPES = 6
SHOWN_ENTRIES = 8


def show(plan: Plan, console: Console, *, notices: tuple[str, ...] = ()) -> None:
    """Print the whole plan."""
    stack = plan.settings.stack
    resources = [found for found in plan.resources if found.custom]
    console.print(
        f"[bold]{escape(plan.stack)}[/]: {stack.mode.value} environment of {escape(stack.organisation)} on {stack.cloud}, "
        f"size {stack.size.value}, posture {stack.posture.value}"
    )
    console.print(_tree(plan))
    console.print(_outputs(plan))
    _protected(plan, console)
    _failover(plan, console)
    for notice in notices:
        console.print(f"[yellow]note[/]: {escape(notice)}")
    for violation in plan.violations:
        console.print(f"[red]{violation.level}[/] {violation.policy}: {escape(violation.message)} ({violation.urn})")
    console.print(
        f"\n{len(resources)} resources in {len(plan.resources) - len(resources)} components. "
        "Planned in this process: no engine, no credentials, no network; [italic]unknown[/] is what only a cloud can answer.",
        highlight=False,
    )


def _short(type_: str) -> str:
    """'aws:ec2/subnet:Subnet' as 'ec2 Subnet'."""
    package, _, rest = type_.partition(":")
    module, _, name = rest.partition(":")
    return f"{package} {name}" if package == "pulumi" else f"{module.split('/')[0] or package} {name}"


def _children(plan: Plan) -> dict[str, list[Registered]]:
    found: dict[str, list[Registered]] = defaultdict(list)
    for resource in plan.resources:
        found[resource.parent].append(resource)
    return found


def _below(urn: str, children: dict[str, list[Registered]]) -> Iterator[Registered]:
    for resource in children.get(urn, []):
        yield resource
        yield from _below(resource.urn, children)


def _tree(plan: Plan) -> Tree:
    children = _children(plan)
    tree = Tree("", hide_root=True)
    top = next(found for found in plan.resources if found.type == ROOT)
    outside = [found for found in plan.resources if found.custom and found.parent.endswith(f"::oob-{plan.stack}")]
    if outside:
        tree.add(_line("providers", outside))
    loose = [found for found in children[top.urn] if found.custom]
    if loose:
        tree.add(_line("topology", loose))
    for role in children[top.urn]:
        if not role.custom:
            branch = tree.add(_line(role.name, list(_below(role.urn, children))))
            for part in children[role.urn]:
                if not part.custom and children[part.urn]:
                    branch.add(_line(part.name, list(_below(part.urn, children))))
    return tree


def _line(name: str, below: list[Registered]) -> str:
    counts = Counter(_short(found.type) for found in below if found.custom)
    shown = [f"{kind}" + (f" x{count}" if count > 1 else "") for kind, count in counts.most_common(SHOWN_TYPES)]
    more = len(counts) - len(shown)
    rest = f", and {more} more kinds" if more > 0 else ""
    return f"[bold]{escape(name)}[/] ({sum(counts.values())}): [dim]{', '.join(shown)}{rest}[/]"


def _outputs(plan: Plan) -> Table:
    table = Table(title="outputs", title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in sorted(plan.recording.outputs.items()):
        table.add_row(f"  {key}", escape(_text(value)))
    return table


def _text(value: Plain) -> str:
    """One line a name; what is nested deeper stands on its line."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_line_of(inner)}" for key, inner in sorted(value.items())) or "none"
    return _line_of(value)


def _line_of(value: Plain) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_line_of(inner)}" for key, inner in sorted(value.items()) if inner not in ("", "-"))
    if isinstance(value, list):
        if len(value) > SHOWN_ENTRIES:
            return f"{len(value)} of them, listed by --json"
        return ", ".join(_line_of(inner) for inner in value) or "none"
    return "unknown until deployed" if value == UNKNOWN else str(value)


def _protected(plan: Plan, console: Console) -> None:
    kept = [found for found in plan.resources if found.protect]
    if not kept:
        console.print("\n[bold]protected[/]: nothing; `destroy` leaves nothing behind")
        return
    counts = Counter(_short(found.type) for found in kept)
    listed = ", ".join(f"{kind} x{count}" if count > 1 else kind for kind, count in sorted(counts.items()))
    console.print(f"\n[bold]protected[/] ({len(kept)}): {listed}", highlight=False)


def _failover(plan: Plan, console: Console) -> None:
    timing = plan.failover
    console.print(
        f"[bold]failover[/]: expected {timing.expected_seconds:g} s, worst case {timing.worst_seconds:g} s "
        f"(target {plan.settings.stack.dns.target_seconds} s)",
        highlight=False,
    )
    console.print(f"  worst case: {timing.formula}", highlight=False)
    for missing in timing.not_included:
        console.print(f"  not included: {missing}", highlight=False)
