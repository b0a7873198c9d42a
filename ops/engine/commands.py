"""preview, up and destroy of one stack. Each gives the exit code:

0 done; 1 refused, declined or failed; 3 could not run (CLI, state store, passphrase, disk space); 130 interrupted.
A fault in the stack file raises ConfigError, which the command line turns into 2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from ops.engine import cli, process, recovery, troubles
from ops.engine.backend import Folder, locks_told
from ops.engine.cli import Cli, Engine
from ops.engine.faults import COULD_NOT_RUN, FINE, INTERRUPTED, REFUSED, EngineError
from ops.engine.process import Ended
from ops.engine.state import Deployment

Check = Callable[[], object]
STOPPED = "interrupted. What had begun was finished and recorded; the same command goes on from there."
UNTOUCHED = "interrupted before anything was changed; the same command begins anew."


def preview(project: Path, stack: str, *, engine: Engine | None = None, check: Check | None = None) -> int:
    """Show what `up` would change. A lock or unfinished operations are told, since the CLI would keep silent about both."""

    def work() -> int:
        _check_settings(project, stack, check)
        here = Cli(engine=engine or cli.find(), project=project, stack=stack)
        folder, deployment = _look(here)
        locks = folder.locks() if folder is not None else []
        if any(lock.alive for lock in locks):
            _say(f"Another run is changing {stack}; this shows what is left after what it has recorded so far.")
        elif deployment.pending:
            _say(f"{recovery.steps(stack, deployment.pending, locks)}\n\nThe preview below knows nothing of this.\n")
        return _judge(here, here.run("preview", *here.packs()))

    return _answered(work)


def up(project: Path, stack: str, *, yes: bool = False, engine: Engine | None = None, check: Check | None = None) -> int:
    """Preview, ask, then make it so. Refuses over a lock and over unfinished operations."""

    def work() -> int:
        _check_settings(project, stack, check)
        _can_ask(yes)
        here = Cli(engine=engine or cli.find(), project=project, stack=stack)
        _ready(here)
        code = _judge(here, here.run("preview", *here.packs()))
        if code != FINE:
            return code
        if not yes and not _confirmed(f"Perform this update of {stack}?"):
            return REFUSED
        return _judge(here, here.run("up", "--skip-preview", "--yes", *here.packs()), changing=True)

    return _answered(work)


def destroy(project: Path, stack: str, *, yes: bool = False, engine: Engine | None = None, check: Check | None = None) -> int:
    """Preview, ask, then take everything down. Refuses as a whole while anything is protected."""

    def work() -> int:
        _check_settings(project, stack, check)
        _can_ask(yes)
        here = Cli(engine=engine or cli.find(), project=project, stack=stack)
        deployment = _ready(here)
        _refuse_protected(stack, deployment)
        code = _judge(here, here.run("destroy", "--preview-only", destroying=True))
        if code != FINE:
            return code
        if deployment.retained:
            _say("These leave the state and stay in the cloud:\n" + "\n".join(f"  {one.urn}" for one in deployment.retained))
        if not yes and not _confirmed(f"Destroy everything in {stack}?"):
            return REFUSED
        return _judge(here, here.run("destroy", "--skip-preview", "--yes", destroying=True), changing=True)

    return _answered(work)


def _answered(work: Callable[[], int]) -> int:
    try:
        return work()
    except EngineError as problem:
        _say(str(problem))
        return problem.code


def _say(text: str) -> None:
    sys.stdout.flush()
    process.tell(f"oob: {text}\n")


def _check_settings(project: Path, stack: str, check: Check | None) -> None:
    """Faults of the stack file, before anything is started."""
    if check is not None:
        check()
        return
    from ops import doctor

    doctor.read(project / "stacks", stack)


def _can_ask(yes: bool) -> None:
    if not yes and not sys.stdin.isatty():
        raise EngineError("There is no terminal to ask on. Give --yes to go on without being asked.", REFUSED)


def _confirmed(question: str) -> bool:
    sys.stdout.flush()
    answer = input(f"{question} [y/N] ").strip().lower()
    if answer in ("y", "yes"):
        return True
    _say("declined; nothing has been changed")
    return False


def _look(here: Cli) -> tuple[Folder | None, Deployment]:
    """The state store and what it records; EngineError when either cannot be used."""
    folder = here.folder()
    if folder is not None:
        folder.check()
    try:
        return folder, here.export()
    except EngineError as problem:
        raise EngineError(f"{problem}{_way_back(folder)}" if _is_unreadable(problem) else str(problem), problem.code) from None


def _is_unreadable(problem: EngineError) -> bool:
    found = troubles.known(str(problem))
    return found is not None and "checkpoint" in found.says


def _way_back(folder: Folder | None) -> str:
    """How to put an earlier state in place of one that cannot be read."""
    newest = next(folder.copies(), None) if folder is not None else None
    if folder is None or newest is None:
        return "\nPut the newest copy that can be read in its place (`pulumi stack import --file COPY`)."
    return (
        f"\nThe newest copy that can be read is {newest}. Put it back, then compare with the cloud:"
        f"\n  cp {folder.state} {folder.state}.broken"
        f"\n  cp {newest} {folder.state}"
        f"\n  PULUMI_RUN_PROGRAM=true pulumi refresh --stack {folder.stack}"
        f"\n  ./oob preview {folder.stack}     # must plan nothing that you do not expect"
    )


def _ready(here: Cli) -> Deployment:
    """The state, when nothing stands in the way of changing it."""
    folder, deployment = _look(here)
    locks = folder.locks() if folder is not None else []
    if deployment.pending and not any(lock.alive for lock in locks):
        raise EngineError(recovery.steps(here.stack, deployment.pending, locks))
    if locks:
        raise EngineError(recovery.locked(here.stack, locks))
    return deployment


def _refuse_protected(stack: str, deployment: Deployment) -> None:
    held = deployment.protected
    if held:
        names = "\n".join(f"  {one.urn}" for one in held)
        raise EngineError(
            f"{stack} is not destroyed: {len(held)} of its resources are protected, and a destroy is all or nothing.\n{names}\n"
            "Nothing has been touched. If this environment shall really go, with all its data: lift the protection of each\n"
            f"(`pulumi state unprotect --stack {stack} URN`, or --all), then call again."
        )


def _judge(here: Cli, ended: Ended, *, changing: bool = False) -> int:
    """The exit code of an operation, after saying what a person needs to know about its end."""
    if ended.code == 0 and not changing and ended.interrupted:
        _say(UNTOUCHED)
        return INTERRUPTED
    if ended.code == 0:
        return FINE
    if told := locks_told(ended.errors):
        raise EngineError(recovery.locked(here.stack, told))
    if changing:
        with process.deaf() if ended.interrupted else nullcontext():
            _tell_unfinished(here)
    if ended.interrupted:
        _say(STOPPED if changing else UNTOUCHED)
        return INTERRUPTED
    raise troubles.translated(ended.errors, here.stack, _generic(here.stack, changing))


def _generic(stack: str, changing: bool) -> str:
    if not changing:
        return "The engine refused; its reason stands above. Nothing has been changed."
    return (
        "The engine stopped; its reason stands above. What was finished is recorded, what failed is not: "
        f"correct the cause and call again, `./oob preview {stack}` shows what is left to do."
    )


def _tell_unfinished(here: Cli) -> None:
    """After a run that did not end well: are operations left whose end nobody knows?"""
    try:
        deployment = here.export()
    except EngineError as problem:
        _say(f"The state cannot be looked at: {problem}")
        return
    if deployment.pending:
        raise EngineError(recovery.steps(here.stack, deployment.pending, []))


__all__ = ["COULD_NOT_RUN", "FINE", "INTERRUPTED", "REFUSED", "destroy", "preview", "up"]
