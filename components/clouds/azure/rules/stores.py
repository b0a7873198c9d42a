"""What a drill reads: storage accounts by their names, because a container's name alone leads nowhere, and a dump by its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.faults import Fault
from components.salvage import readable

if TYPE_CHECKING:
    from components.clouds.azure.settings import Settings
    from components.settings import Stack

ACCOUNT = r"[a-z0-9]{3,24}"
DUMP = r"\d{8}T\d{6}Z"


def source_accounts(settings: Settings, stack: Stack) -> Iterator[Fault]:
    del settings
    drill = stack.drill
    if drill is None:
        return
    for path, name in readable(
        ("drill.objects.files", lambda: drill.objects.files), ("drill.objects.backups", lambda: drill.objects.backups)
    ):
        if not re.fullmatch(ACCOUNT, name):
            why = f"'{name}' is not the name of a storage account"
            yield Fault(path, why, "give 3 to 24 lower-case letters and digits, as the environment's plan shows it")


def source_dump(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """The database comes from a dump: Azure restores a server only into its source's own network."""
    del settings
    drill = stack.drill
    if drill is None:
        return
    for path, name in readable(("drill.database.snapshot", lambda: drill.database.snapshot)):
        if name is not None and not re.fullmatch(DUMP, name):
            why = f"'{name}' is not the name of a dump"
            yield Fault(path, why, "give the moment at which the dump began, like 20261124T020700Z, or cluster and pointInTime")


ACROSS = (source_accounts, source_dump)
