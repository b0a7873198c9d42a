"""A preview of the real program with a policy pack, by the Automation API: see inline.py for why that way.

Run as `python inline_example.py PROJECT_FOLDER STACK PACK CONFIG`; exit code 1 when refused.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from pulumi import automation


def main(folder: str, name: str, pack: str, config: str) -> int:
    """0 passed, 1 refused; what the engine said goes to stdout."""

    def program() -> None:
        runpy.run_path(str(Path(folder) / "__main__.py"))

    stack = automation.select_stack(
        name,
        project_name="oob",
        program=program,
        opts=automation.LocalWorkspaceOptions(work_dir=folder),
    )
    told = [config] if config else []
    try:
        stack.preview(on_output=print, policy_packs=[pack], policy_pack_configs=told)
    except automation.CommandError as refused:
        sys.stdout.write(str(refused))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
