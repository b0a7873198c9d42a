"""What Azure refuses of a whole stack, rule by rule. Plain functions of plain values; a rule reads only what it judges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from components.checks import fit
from components.clouds.azure.rules import directories, ranges, stores
from components.faults import Fault
from components.findings import path_of

if TYPE_CHECKING:
    from components.clouds.azure.settings import Settings
    from components.settings import Stack

# "Use tags to organize your Azure resources": names of storage accounts' tags have 128 characters, all others' more
LONGEST_TAG = 128
OWN_TAGS = ("drillId", "expiresAt")
RESERVED = ("azure", "microsoft", "windows", "oob:")


def of(settings: Settings) -> Iterable[Callable[[Stack], Iterable[Fault]]]:
    """Every rule, bound to the block."""
    own = (*directories.OWN, *ranges.OWN, kubernetes, tags)
    across = (*directories.ACROSS, *ranges.ACROSS, *stores.ACROSS, postgres)
    return [
        *(partial(_alone, rule, settings) for rule in own),
        *(partial(rule, settings) for rule in across),
    ]


def _alone(rule: Callable[[Settings], Iterable[Fault]], settings: Settings, _: Stack) -> Iterable[Fault]:
    return rule(settings)


def kubernetes(settings: Settings) -> Iterator[Fault]:
    fault = fit.kubernetes_fault("azure.cluster.version", settings.cluster.version)
    yield from (fault,) if fault else ()


def postgres(settings: Settings, stack: Stack) -> Iterator[Fault]:
    path, wanted = "azure.database.engineVersion", settings.database.engine_version
    fault = fit.managed_database_fault(path, wanted, stack.mattermost.version)
    yield from (fault,) if fault else ()


def tags(settings: Settings) -> Iterator[Fault]:
    for key in settings.tags:
        path = path_of("azure.tags", (key,))
        if not key or len(key) > LONGEST_TAG or not re.fullmatch(r"[\w .:=+@-]+", key):
            yield Fault(
                path, f"'{key}' is no legal key of a tag", f"use up to {LONGEST_TAG} letters, digits, spaces and . : = + - @ _"
            )
        elif key.lower().startswith(RESERVED) or key in OWN_TAGS:
            yield Fault(path, f"'{key}' is taken ({', '.join((*RESERVED, *OWN_TAGS))})", "choose another key")
