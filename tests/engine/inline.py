"""A preview or an update of a made-up program by the Automation API, without a language host.

That is the way in which the engine of the test-bed can start policy packs. Run as
`python -m tests.engine.inline OPERATION STATE_FOLDER PACK CONFIG PROGRAM`; exit code 1 when refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pulumi import automation

STACK = "trial"


def main(operation: str, folder: str, pack: str, config: str, program: str) -> int:
    """0 done, 1 refused; what the engine said goes to stdout."""
    text = Path(program).read_text(encoding="utf-8")
    settings = automation.ProjectSettings(name="oob", runtime="python", backend=automation.ProjectBackend(f"file://{folder}"))
    stack = automation.create_or_select_stack(
        STACK,
        project_name="oob",
        program=lambda: exec(compile(text, program, "exec"), {}),  # noqa: S102 the test's own program
        opts=automation.LocalWorkspaceOptions(project_settings=settings),
    )
    packs = {"policy_packs": [pack], "policy_pack_configs": [config]} if pack else {}
    try:
        if operation == "preview":
            stack.preview(on_output=print, **packs)  # pyright: ignore[reportArgumentType]
        else:
            stack.up(on_output=print, **packs)  # pyright: ignore[reportArgumentType]
    except automation.CommandError as refused:
        sys.stdout.write(str(refused))
        return 1
    if operation == "up":
        exported = stack.export_stack()
        (Path(folder) / "exported.json").write_text(
            json.dumps({"version": exported.version, "deployment": exported.deployment}), encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
