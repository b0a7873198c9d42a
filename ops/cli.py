"""The command line: parses, calls, prints.

Exit codes: 0 fine, 1 violated or failed, 2 configuration, 3 could not run, 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ops import interrupts

HERE = Path(__file__).resolve().parent.parent
STACKS = Path(os.environ.get("OOB_STACKS") or HERE / "stacks")  # tests plan copies of stack files

FINE, FAILED, CONFIGURATION, COULD_NOT_RUN = 0, 1, 2, 3

app = typer.Typer(
    name="oob",
    help=(
        "An out-of-band Mattermost, as code you can trust.\n\nExit codes: 0 fine, 1 policy violation or failed operation, "
        "2 configuration fault, 3 could not run (disk, tools), 130 interrupted."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

StackName = Annotated[
    str, typer.Argument(metavar="STACK", help="Name of the stack: aws-example is stacks/Pulumi.aws-example.yaml.")
]


def _stop(message: str, code: int) -> NoReturn:
    print(f"oob: {message}", file=sys.stderr)
    raise typer.Exit(code)


@contextmanager
def _sentences() -> Generator[None]:
    """A person's mistake becomes a sentence and an exit code, never a traceback."""
    from components.faults import ConfigError, Unsupported
    from ops.output import NotWritten

    try:
        yield
    except (ConfigError, Unsupported) as refused:
        _stop(str(refused), CONFIGURATION)
    except NotWritten as failed:
        _stop(str(failed), COULD_NOT_RUN)


@app.command()
def plan(
    stack: StackName,
    json_: Annotated[bool, typer.Option("--json", help="Print the whole graph as JSON.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the result to this file instead.")] = None,
) -> None:
    """Show what a stack would be: in this process, with no engine, no credentials and no network.

    Exit codes: 0 fine, 1 policy violation, 2 configuration fault, 3 the result could not be written.
    """
    gc.disable()  # importing and planning make objects that live to the end; looking through them finds nothing
    with _sentences():
        from ops.plan import plan as planning

        found = planning.of_stack(STACKS, stack)
        text = planning.as_text(found) if json_ else _rendered(found, wide=out is not None)
        if out is not None:
            from ops.output import write_whole

            write_whole(out, text)
            print(f"oob: plan of {stack} written to {out}", file=sys.stderr)
        else:
            from ops.output import show

            show(text)
    gc.freeze()  # nor is the end of the process a reason to look through them
    raise typer.Exit(found.exit_code)


def _rendered(found: object, *, wide: bool) -> str:
    from io import StringIO

    from rich.console import Console

    from ops.plan.plan import Plan
    from ops.plan.render import show

    if not isinstance(found, Plan):
        raise TypeError("a plan is rendered, nothing else")
    buffer = StringIO()
    terminal = sys.stdout.isatty() and not wide
    console = Console(file=buffer, force_terminal=terminal, width=None if terminal else 140)
    show(found, console, notices=found.notices)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


@app.command()
def isolation(
    stack: StackName,
    json_: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write a report for people to this file.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Judge what is deployed, not what is planned; needs credentials.")] = False,
) -> None:
    """Prove that nothing in a stack leans on the declared primary, or show what does, by which value, at which path.

    Exit codes: 0 independent, 1 dependent, 2 configuration fault, 3 the report could not be written, or with --live: nothing
    was found, but not everything could be seen.
    """
    gc.disable()
    with _sentences():
        from ops.isolation import command
        from ops.isolation import report as reporting
        from ops.isolation.render import as_page, as_terminal
        from ops.output import show, write_whole

        found = command.deployed(HERE, STACKS, stack) if live else command.planned(STACKS, stack)
        show(reporting.as_text(found) if json_ else as_terminal(found, terminal=sys.stdout.isatty()))
        if html is not None:
            write_whole(html, as_page(found))
            print(f"oob: report on {stack} written to {html}", file=sys.stderr)
    raise typer.Exit(found.exit_code)


@app.command()
def doctor(
    stack: Annotated[str | None, typer.Argument(metavar="STACK", help="Also check this stack's credentials.")] = None,
) -> None:
    """Check tools, versions and credentials, and that they are for the account that the stack names."""
    from rich.console import Console

    from components.preflight import Status
    from ops import doctor as examining

    colours = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "red", Status.UNKNOWN: "magenta"}
    console = Console(highlight=False)
    worst = FINE
    for finding in examining.examine(STACKS, stack):
        console.print(f"[{colours[finding.status]}]{finding.status.value:8}[/]", end="")
        console.print(f"{finding.question}: {finding.answer}", markup=False)
        if finding.remedy:
            console.print(f"        to do: {finding.remedy}", markup=False)
        if finding.status in (Status.FAIL, Status.UNKNOWN):
            worst = FAILED
    raise typer.Exit(worst)


def _engine(run: Callable[[], int]) -> None:
    with _sentences(), interrupts.told():
        raise typer.Exit(run())


@app.command()
def preview(stack: StackName) -> None:
    """Show what `up` would change, by the official Pulumi CLI, with the policy pack and the tunnel."""
    from ops.engine import commands

    _engine(lambda: commands.preview(HERE, stack))


@app.command()
def up(stack: StackName, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Make or change an environment. Refuses to go on over pending operations and prints how to recover."""
    from ops.engine import commands

    _engine(lambda: commands.up(HERE, stack, yes=yes))


@app.command()
def destroy(stack: StackName, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Take an environment down. Refuses as a whole when anything in it is protected."""
    from ops.engine import commands

    _engine(lambda: commands.destroy(HERE, stack, yes=yes))


@app.command()
def tunnel(stack: StackName) -> None:
    """Open the way to the private Kubernetes API and keep it open for kubectl, until Ctrl-C."""
    from ops import tunnel as serving

    _engine(lambda: serving.run(STACKS, stack))


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_tests(
    context: typer.Context,
    engine: Annotated[bool, typer.Option("--engine", help="The real Pulumi engine against stand-in providers.")] = False,
) -> None:
    """Run the tests. Further arguments go to pytest."""
    if engine:
        _print_what_is_tested_with()
    chosen = ["engine", "-rs"] if engine else ["not engine"]  # what is not looked at is said, never silent
    _run([sys.executable, "-m", "pytest", "-m", *chosen, *context.args])


def _print_what_is_tested_with() -> None:
    """Finds or builds the engine and the API server before the first test: nothing is skipped for want of them."""
    from tools import engine, kubernetes

    try:
        print(f"oob: engine: {engine.ensure().describe()}", flush=True)
        print(f"oob: Kubernetes API: {kubernetes.ensure().origin}", flush=True)
    except engine.BuildError as problem:
        _stop(str(problem), COULD_NOT_RUN)


@app.command()
def policies(
    stack: Annotated[
        str | None, typer.Argument(metavar="STACK", help="Print the pack's configuration for this stack instead.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table of docs/policies.md.")] = False,
) -> None:
    """List the rules that a plan and the engine judge by, or print what the pack is told about a stack."""
    from ops import policies as listing
    from ops.output import show

    with _sentences():
        if stack is not None:
            show(listing.configuration(STACKS, stack))
        elif markdown:
            show(listing.markdown())
        else:
            show("\n".join(listing.lines()) + "\n")


@app.command()
def bench() -> None:
    """Measure planning against the import of the SDK, side by side in one run."""
    _run([sys.executable, "-m", "bench"])


@app.command()
def check() -> None:
    """Lint, types and import rules: what CI asks besides the tests."""
    binaries = Path(sys.executable).parent
    for arguments in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["pyright"], ["lint-imports"]):
        print(f"oob: {' '.join(arguments)}", flush=True)
        with interrupts.told():
            code = subprocess.run([str(binaries / arguments[0]), *arguments[1:]], cwd=HERE, check=False).returncode
        if code:
            raise typer.Exit(FAILED)


@app.command()
def schema() -> None:
    """Write stacks/schema.json anew from the models."""
    from ops import schema as making
    from ops.output import write_whole

    with _sentences():
        write_whole(STACKS / "schema.json", making.text())


@app.command()
def parity() -> None:
    """Write docs/parity.md anew: role by role what each cloud gives, and why they differ."""
    with _sentences():
        from ops import parity as comparing
        from ops.output import write_whole

        write_whole(HERE / "docs" / "parity.md", comparing.written(STACKS))


def _run(arguments: list[str]) -> NoReturn:
    with interrupts.told():
        raise typer.Exit(subprocess.run(arguments, cwd=HERE, check=False).returncode)


def main() -> None:
    """Run one command; every way out has its exit code. Ctrl-C is answered in ops/__main__.py."""
    from ops.output import open_closed_streams

    open_closed_streams()
    try:
        app(prog_name="./oob")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; nothing more to say
        sys.exit(FINE)
    except OSError as problem:
        print(f"oob: {problem.strerror or problem}: {problem.filename or 'output'}", file=sys.stderr)
        sys.exit(COULD_NOT_RUN)
