"""All rules, found by importing every module below this folder. `POLICIES` has one SDK policy for each, for scoring alone."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from policies import model

if TYPE_CHECKING:
    from pulumi_policy import Policy

for _found in pkgutil.walk_packages(__path__, f"{__name__}."):
    import_module(_found.name)

RESOURCE_RULES = tuple(model.rule.book)
STACK_RULES = tuple(model.stack_rule.book)
NAMES = frozenset(one.name for one in (*RESOURCE_RULES, *STACK_RULES))

if len(NAMES) != len(RESOURCE_RULES) + len(STACK_RULES):
    raise RuntimeError("two rules have the same name")


def __getattr__(name: str) -> list[Policy]:
    """`POLICIES`, made when asked for: the SDK takes long to import, and planning does without."""
    if name == "POLICIES":
        from policies import pack

        return pack.one_by_one()
    raise AttributeError(name)
