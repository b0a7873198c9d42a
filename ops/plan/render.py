"""A plan as text for a person: the tree by role with counts, outputs, what is protected, the failover arithmetic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from ops.plan.plan import Plan
from ops.plan.recorder import Registered
from ops.plan.values import UNKNOWN, Plain
from policies.judging import Verdict
from policies.model import Level

ROOT = "oob:index:Topology"
SHOWN_ENTRIES = 8


def show(plan: Plan, console: Console, *, notices: tuple[str, ...] = ()) -> None:
    """Print the whole plan."""
    stack = plan.settings.stack
    resources = [found for found in plan.resources if found.custom]
    console.print(
        f"[bold]{escape(plan.stack)}[/]: {stack.mode.value} environment of {escape(stack.organisation)} on {stack.cloud}, "
        f"size {stack.size.value}, posture {stack.posture.value}"
    )
    console.print("\n[bold]resources[/] by role")
    console.print(_roles(plan))
    console.print("\n[bold]outputs[/]")
    console.print(_outputs(plan))
    _protected(plan, console)
    _failover(plan, console)
    _isolation(plan, console)
    if notices:
        console.print(f"\n[bold yellow]notices[/] ({len(notices)})")
        console.print(_indented(notices))
    _policy(plan.verdict, console)
    console.print(
        f"\n{len(resources)} resources in {len(plan.resources) - len(resources)} components. "
        "Planned in this process: no engine, no credentials, no network; [italic]unknown[/] is what only a cloud can answer.",
        highlight=False,
    )


def _isolation(plan: Plan, console: Console) -> None:
    found = plan.isolation
    colour = "red" if found.dependent else "green"
    console.print(
        f"\n[bold {colour}]isolation[/]: {found.verdict}, {len(found.crossings)} expected crossing points, "
        f"{len(found.open_risks)} open risks of shared fate ({len(found.risks) - len(found.open_risks)} accepted)",
        highlight=False,
    )


def kind(type_: str) -> str:
    """'aws:ec2/subnet:Subnet' as 'Subnet', a provider as 'aws'."""
    return type_.rpartition(":")[2]


def _children(plan: Plan) -> dict[str, list[Registered]]:
    found: dict[str, list[Registered]] = defaultdict(list)
    for resource in plan.resources:
        found[resource.parent].append(resource)
    return found


def _below(urn: str, children: dict[str, list[Registered]]) -> Iterator[Registered]:
    for resource in children.get(urn, []):
        yield resource
        yield from _below(resource.urn, children)


def _indented(lines: Sequence[str]) -> Padding:
    """One entry a line, two spaces in; what does not fit stands under its beginning."""
    table = Table.grid()
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(escape(line))
    return Padding(table, (0, 0, 0, 2))


def _grid() -> Table:
    """Columns for a name, a number and what is counted."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    return table


def _roles(plan: Plan) -> Padding:
    """A role a line, its parts below it: how many resources, of which kinds. What a part holds is not said again of its role."""
    children = _children(plan)
    table = _grid()
    top = next(found for found in plan.resources if found.type == ROOT)
    outside = [found for found in plan.resources if found.custom and found.parent.endswith(f"::oob-{plan.stack}")]
    for name, loose in (("providers", outside), ("topology", [found for found in children[top.urn] if found.custom])):
        if loose:
            table.add_row(f"[bold]{name}[/]", str(len(loose)), _counted(loose))
    for role in children[top.urn]:
        if not role.custom:
            parts = [part for part in children[role.urn] if not part.custom and children[part.urn]]
            parts.sort(key=lambda part: part.name)  # the order in which they were asked for is chance
            below = [list(_below(part.urn, children)) for part in parts]
            inside = {found.urn for group in below for found in group}
            everything = list(_below(role.urn, children))
            own = [found for found in everything if found.urn not in inside]
            table.add_row(f"[bold]{escape(role.name)}[/]", _count(everything), _counted(own))
            for part, group in zip(parts, below, strict=True):
                table.add_row(f"  {escape(part.name.removeprefix(f'{role.name}-'))}", _count(group), _counted(group))
    return Padding(table, (0, 0, 0, 2))


def _count(resources: Iterable[Registered]) -> str:
    return str(sum(found.custom for found in resources))


def _counted(resources: Iterable[Registered]) -> str:
    return by_number(Counter(kind(found.type) for found in resources if found.custom))


def by_number(kinds: Counter[str]) -> str:
    """Every kind with its number, the most frequent first, then by name: 'Key×9, Alias'."""
    ordered = sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{name}×{count}" if count > 1 else name for name, count in ordered)


def _outputs(plan: Plan) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
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
    console.print(f"\n[bold]protected[/] ({len(kept)}): `destroy` refuses while they are", highlight=False)
    children = _children(plan)
    table = _grid()
    for role in children[next(found.urn for found in plan.resources if found.type == ROOT)]:
        held = [found for found in (role, *_below(role.urn, children)) if found.protect]
        if held:
            table.add_row(escape(role.name), str(len(held)), _counted(held))
    console.print(Padding(table, (0, 0, 0, 2)))


def _policy(verdict: Verdict, console: Console) -> None:
    """The verdict first, then every mandatory finding, then what is advised, waived and not yet judged, by rule."""
    mandatory = [found for found in verdict.violations if found.level is Level.MANDATORY]
    advised = [found for found in verdict.violations if found.level is Level.ADVISORY]
    word = f"[red]refused, {len(mandatory)} mandatory findings[/]" if mandatory else "[green]passed[/]"
    counts = f"{len(advised)} advised, {len(verdict.waived)} waived, {len(verdict.not_yet_judged)} not yet judged"
    console.print(f"\n[bold]policy[/]: {word}; {counts}", highlight=False)
    for found in mandatory:
        console.print(f"  [red]{found.severity.value}[/] {escape(found.sentence())} ({escape(found.urn)})", highlight=False)
    told = [f"advised: {rule} x{count}" for rule, count in Counter(found.rule for found in advised).items()]
    told += [f"{sentence} (x{count})" for sentence, count in Counter(found.sentence() for found in verdict.waived).items()]
    if told:
        console.print(_indented(told))


def _failover(plan: Plan, console: Console) -> None:
    timing = plan.failover
    console.print(
        f"\n[bold]failover[/]: expected {timing.expected_seconds:g} s, worst case {timing.worst_seconds:g} s "
        f"(target {plan.settings.stack.dns.target_seconds} s)",
        highlight=False,
    )
    console.print(_indented([f"worst case: {timing.formula}", *(f"not included: {missing}" for missing in timing.not_included)]))
