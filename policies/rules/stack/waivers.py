"""Waivers that set nothing aside: they would look as if somebody had decided about a resource that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policies.model import At, Finding, Graph, Severity, stack_rule

ROOT = "pulumi:pulumi:Stack"


@stack_rule(
    "waivers-meet-resources",
    on=ROOT,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 CM-3",),
    remedy="Write the pattern as the resource is called now (a URN or a name, with * and ?), or remove the waiver",
)
def meet_resources(graph: Graph) -> Iterator[At]:
    """Every waiver that names resources names one that this stack has."""
    for root in graph.of(ROOT):
        for waiver in graph.settings.waivers:
            met = any(
                fnmatchcase(one.urn, waiver.resource) or fnmatchcase(one.urn.rpartition("::")[2], waiver.resource)
                for one in graph.resources
            )
            if not met:
                yield At(root, Finding(f"waivers.{waiver.rule}.resources", f"'{waiver.resource}' is no resource of this stack"))
