"""The isolation report for people: as text for a terminal, and as one self-contained page."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.isolation.report import HOW, LINK, READINGS, Report
from policies.isolation import Dependency

WIDTH = 140


def as_terminal(report: Report, *, terminal: bool = False) -> str:
    """The verdict first, then every dependency, how each kind was looked for, crossing points and shared fate."""
    buffer = StringIO()
    console = Console(file=buffer, force_terminal=terminal, width=None if terminal else WIDTH, highlight=False)
    colour = "green" if report.proved else "red" if report.dependent else "yellow"
    console.print(f"[bold]{escape(report.stack)}[/]: [{colour}]{report.verdict}[/]")
    for one in report.unseen:
        console.print(f"  [yellow]not seen[/] {escape(one.what)}: {escape(one.why)}", soft_wrap=True)
    for found in report.dependent:
        console.print(f"  [red]depends[/] {escape(_where(found))}", soft_wrap=True)
        console.print(f"          {escape(_says(found))}", soft_wrap=True)
    console.print(_looked_for(report))
    console.print(escape(READINGS))
    console.print(f"\n[bold]Expected crossing points[/] ({len(report.crossings)}), the only places that may name the primary")
    for found in report.crossings:
        console.print(f"  {escape(found.crossing)}: {escape(found.value)}\n    {escape(_where(found))}", soft_wrap=True)
    _risks(report, console)
    return buffer.getvalue()


def _where(found: Dependency) -> str:
    return f"{found.urn} at {found.path}" if found.path else found.urn


def _says(found: Dependency) -> str:
    if found.kind == LINK:
        return f"{found.value} leads to {found.primary}"
    return f"{found.value} is the primary's {found.kind} {found.primary}"


def _looked_for(report: Report) -> Table:
    table = Table(title="Looked for", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 2))
    for heading in ("kind", "declared", "found", "how"):
        table.add_column(heading, justify="right" if heading in ("declared", "found") else "left")
    for kind, how in HOW.items():
        if kind in report.declared:
            table.add_row(kind, str(report.declared[kind]), str(len([one for one in report.dependent if one.kind == kind])), how)
    undeclared = [kind for kind in HOW if kind not in report.declared and kind != "endpoint"]
    if undeclared:
        table.add_row("not declared", "0", "", f"not looked for, because primary: names none: {', '.join(undeclared)}")
    return table


def _risks(report: Report, console: Console) -> None:
    accepted = len(report.risks) - len(report.open_risks)
    console.print(f"\n[bold]Shared fate[/]: {len(report.open_risks)} open, {accepted} accepted")
    for risk in report.risks:
        colour = {"high": "red", "medium": "yellow"}.get(risk.level, "magenta")
        if risk.accepted is not None:
            by = f"accepted by {risk.accepted.owner} until {risk.accepted.expires}: {risk.accepted.reason}"
            console.print(
                f"  [green]accepted[/] {risk.kind} ({risk.level}): {escape(risk.message)}\n    {escape(by)}", soft_wrap=True
            )
        else:
            console.print(f"  [{colour}]{risk.level}[/] {risk.kind}: {escape(risk.message)}", soft_wrap=True)


def as_page(report: Report) -> str:
    """One HTML file with everything in it."""
    from ops.isolation.page import page

    return page(report)
