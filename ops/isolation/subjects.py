"""Everything in a plan that could lean on the primary, as the search wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ops.plan.recorder import Recording, Registered

STACK = "pulumi:pulumi:Stack"
IMPORTED, PLUGIN, ASKED_BY, OUTPUTS = "(import)", "(plugin)", "(id)", "(outputs)"
"""Where a finding lies that is no input: the id of what is taken over, the plugin's source, the id of what is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One resource, read or call. `counts` is 1 for what counts as a resource, 0 for a call and for the stack's outputs."""

    urn: str
    type: str
    inputs: Mapping[str, object]
    counts: int = 1


def subjects(recording: Recording) -> Iterator[Subject]:
    """Resources in order of registration, then reads, calls of provider functions and the stack's outputs."""
    for found in recording.resources:
        yield Subject(urn=found.urn, type=found.type, inputs=_of_resource(found))
    for read in recording.reads:
        yield Subject(urn=read.urn, type=read.type, inputs={**read.inputs, ASKED_BY: read.id})
    for call in recording.invokes:
        yield Subject(urn=f"call of {call.token}", type=call.token, inputs=call.arguments, counts=0)
    root = next((found.urn for found in recording.resources if found.type == STACK), STACK)
    yield Subject(urn=root, type=STACK, inputs={OUTPUTS: recording.outputs}, counts=0)


def _of_resource(found: Registered) -> Mapping[str, object]:
    beside = {IMPORTED: found.import_id, PLUGIN: found.plugin_source}
    extra = {key: value for key, value in beside.items() if value}
    return {**found.inputs, **extra} if extra else found.inputs
