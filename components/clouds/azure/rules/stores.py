"""What a drill reads: storage accounts by their names, because a container's name alone leads nowhere."""

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


ACROSS = (source_accounts,)
