"""What AWS refuses of a whole stack, rule by rule. Plain functions of plain values; a rule reads only what it judges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from components.checks import fit
from components.clouds.aws import addon_versions
from components.clouds.aws.rules import accounts, ranges, sources
from components.faults import Fault
from components.findings import path_of

if TYPE_CHECKING:
    from components.clouds.aws.settings import Settings
    from components.settings import Stack

LONGEST_TAG = 128  # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
OWN_TAGS = ("drillId", "expiresAt")


def of(settings: Settings) -> Iterable[Callable[[Stack], Iterable[Fault]]]:
    """Every rule, bound to the block."""
    own = (*accounts.OWN, *ranges.OWN, kubernetes, addons, tags)
    across = (*accounts.ACROSS, *ranges.ACROSS, *sources.ACROSS, postgres)
    return [
        *(partial(_alone, rule, settings) for rule in own),
        *accounts.NEUTRAL,
        *(partial(rule, settings) for rule in across),
    ]


def _alone(rule: Callable[[Settings], Iterable[Fault]], settings: Settings, _: Stack) -> Iterable[Fault]:
    return rule(settings)


def kubernetes(settings: Settings) -> Iterator[Fault]:
    fault = fit.kubernetes_fault("aws.cluster.version", settings.cluster.version)
    yield from (fault,) if fault else ()


def addons(settings: Settings) -> Iterator[Fault]:
    for name, version in settings.cluster.addon_versions.items():
        path = path_of("aws.cluster.addonVersions", (name,))
        if name not in addon_versions.NAMES:
            yield Fault(path, f"'{name}' is not an add-on of this cluster", f"use one of {', '.join(addon_versions.NAMES)}")
        elif not addon_versions.VERSION.fullmatch(version):
            yield Fault(path, f"'{version}' is not a version of an add-on", "write it like v1.2.3-eksbuild.4")


def postgres(settings: Settings, stack: Stack) -> Iterator[Fault]:
    path, wanted = "aws.database.engineVersion", settings.database.engine_version
    fault = fit.managed_database_fault(path, wanted, stack.mattermost.version)
    yield from (fault,) if fault else ()


def tags(settings: Settings) -> Iterator[Fault]:
    for key in settings.tags:
        path = path_of("aws.tags", (key,))
        if not key or len(key) > LONGEST_TAG or not re.fullmatch(r"[\w .:/=+@-]+", key):
            fix = f"use up to {LONGEST_TAG} letters, digits, spaces and . : / = + - @ _"
            yield Fault(path, f"'{key}' is no legal key of a tag", fix)
        elif key.lower().startswith(("aws:", "oob:")) or key in OWN_TAGS:
            yield Fault(path, f"'{key}' is taken (aws:, oob:, {', '.join(OWN_TAGS)})", "choose another key")
