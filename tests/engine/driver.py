"""`./oob preview|up|destroy` on a project in another folder, with the engine under test instead of the one on PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from components.faults import ConfigError
from ops.engine import backend, commands
from ops.engine.cli import Engine

CONFIGURATION = 2


def main(command: str, project: str, stack: str, *options: str) -> int:
    """The exit code, as ops/cli.py would give it."""
    engine = Engine(program=Path(os.environ["OOB_TEST_PULUMI"]), environment=dict(os.environ), packs=False)
    check = (lambda: None) if "--unchecked" in options else None
    if "--any-space" in options:
        backend.COPIES, backend.RESERVE = 0, 0
    where, yes = Path(project), "--yes" in options
    try:
        if command == "preview":
            return commands.preview(where, stack, engine=engine, check=check)
        perform = {"up": commands.up, "destroy": commands.destroy}[command]
        return perform(where, stack, yes=yes, engine=engine, check=check)
    except ConfigError as refused:
        sys.stderr.write(f"oob: {refused}\n")
        return CONFIGURATION


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
