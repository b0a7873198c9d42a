"""STAND-IN providers: they play every provider whose SDK is installed for the real engine, and no cloud is behind them.

They answer as a provider does (check, diff, create, read, update, delete), hand out made-up ids and outputs of the
right type, and keep a ledger of what "exists". That proves what the engine does with the real program: order,
dependencies, state, protection, diffs, secrets, recovery. It never proves that a cloud would accept an input.
"""

from __future__ import annotations

import json
from pathlib import Path
from pkgutil import iter_modules

NOTICE = "STAND-IN provider: nothing is made in any cloud"


def packages() -> tuple[str, ...]:
    """Every package whose provider is played. The language host asks for each that is installed, used or not."""
    found: list[str] = []
    for module in iter_modules():
        where = getattr(module.module_finder, "path", None)
        about = Path(where or "") / module.name / "pulumi-plugin.json"
        if module.name.startswith("pulumi_") and where is not None and about.is_file():
            plugin = json.loads(about.read_text(encoding="utf-8"))
            if plugin.get("resource"):
                found.append(plugin["name"])
    return tuple(sorted(found))
