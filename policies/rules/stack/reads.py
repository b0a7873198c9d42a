"""What a stack reads of others: other stacks' outputs, and resources that it did not make."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policies.model import At, Finding, Graph, Severity, Unjudged, stack_rule
from policies.reading.values import UNKNOWN

REFERENCE = "pulumi:pulumi:StackReference"


@stack_rule(
    "reads-of-stacks-listed",
    on=REFERENCE,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 AC-4",),
    remedy="Remove it, or list the stack in allowedStackReferences of the pack's configuration",
)
def stacks_listed(graph: Graph) -> Iterator[At]:
    """A stack reads the outputs of no other stack that is not listed: each is a dependency."""
    for reference in graph.of(REFERENCE):
        name = reference.name if reference.at("name") is None else reference.at("name")
        if name is UNKNOWN:
            yield At(reference, Unjudged("name"))
        elif not any(fnmatchcase(str(name), pattern) for pattern in graph.settings.allowed_stack_references):
            yield At(reference, Finding("name", "is a stack that is not listed"))


@stack_rule(
    "reads-of-resources-listed",
    on="*",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 AC-4",),
    remedy="Make the resource here, or list its URN in allowedReads of the pack's configuration",
)
def resources_listed(graph: Graph) -> Iterator[At]:
    """A stack reads no resource of others that is not listed (`Resource.get`)."""
    for resource in graph.resources:
        listed = any(fnmatchcase(resource.urn, pattern) for pattern in graph.settings.allowed_reads)
        if resource.external and resource.type != REFERENCE and not listed:
            yield At(resource, Finding("", "is read here and made elsewhere"))
