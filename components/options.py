"""The two ways in which resource options are made: `child` for what may come and go, `stateful` for what holds data."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Input, ProviderResource, Resource, ResourceOptions


def child(
    parent: Resource,
    provider: ProviderResource | None = None,
    *,
    depends_on: Sequence[Input[Resource]] | None = None,
) -> ResourceOptions:
    """Options for a child of `parent`, with an explicit provider where the parent's own is not meant."""
    return ResourceOptions(parent=parent, provider=provider, depends_on=depends_on)


def stateful(options: ResourceOptions, *, disposable: bool, retain: bool = False) -> ResourceOptions:
    """For what holds data: protected, and with `retain` kept in the cloud when it leaves the program.

    A disposable stack (a drill) lifts both, here and nowhere else: destroy must leave nothing (ADR 0013).
    """
    kept = ResourceOptions(protect=not disposable, retain_on_delete=retain and not disposable)
    return ResourceOptions.merge(options, kept)
