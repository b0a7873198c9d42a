"""Work that the SDK does for an engine and that no plan shows: left out while a program is recorded, and put back after it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, cast, get_type_hints

from pulumi import log
from pulumi import resource as naming
from pulumi.runtime import resource as registering
from pulumi.runtime import rpc
from pulumi.runtime.proto import source_pb2

from ops.plan import passing
from ops.plan.type_hints import Hints, made_once, read_once


@contextmanager
def collector_paused() -> Generator[None]:
    """Thousands of small objects are made and kept; collecting in between finds nothing and costs a third of the time.

    What earlier plans in this process have imported lives to its end and is set aside once, for the collections between plans.
    """
    was = gc.isenabled()
    if was:
        _set_aside_what_stays()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


_set_aside: set[int] = set()
"""How many modules of the SDKs there were whenever something was set aside."""


def _set_aside_what_stays() -> None:
    imported = sum(name.startswith("pulumi") for name in sys.modules)
    if imported not in _set_aside:
        _set_aside.add(imported)
        gc.collect()
        gc.freeze()


@contextmanager
def without_what_no_plan_shows() -> Generator[None]:
    """For every resource the SDK works out what a plan does not show: it has no earlier state and always has a monitor.

    That is the source line (a walk of the stack), the former names (azure-native has ten a resource) and the name that the
    resource would have if no monitor answered: more than half of the time of an Azure plan. What a type annotation unwraps to
    is asked a hundred thousand times about a few thousand annotations, and is remembered. What it tells the engine's log for
    those who look for faults in it is not written. So a plan does not find a fault in an `aliases` option, as the engine does.
    """
    types = _types()
    named: dict[str, object] = naming.__dict__
    registered: dict[str, object] = registering.__dict__
    protocol: dict[str, Any] = rpc.__dict__
    changes: tuple[tuple[dict[str, object], str, object], ...] = (
        (registered, "_get_stack_trace", source_pb2.StackTrace),
        (registered, "prepare_aliases", _no_aliases),
        (registered, "create_urn", _NameWithoutMonitor),
        (named, "collapse_alias_to_urn", _no_former_name),
        (protocol, "serialize_property", passing.serializing(protocol["serialize_property"])),
        (protocol, "deserialize_property", passing.deserializing(protocol["deserialize_property"])),
        (protocol, "transfer_properties", passing.outputs_to_come),
        (log.__dict__, "debug", _unheard),
        (types, "unwrap_type", _unwrapping()),
        (types, "get_type_hints", _hints()),
    )
    before = [(module, name, module[name]) for module, name, _ in changes]
    for module, name, replacement in changes:
        module[name] = replacement
    try:
        yield
    finally:
        for module, name, original in before:
            module[name] = original


def _types() -> dict[str, object]:
    return import_module("pulumi._types").__dict__


@cache
def _unwrapping() -> Callable[[object], object]:
    """The SDK's `unwrap_type` with a memory, which the next plan in this process finds filled."""
    return made_once(cast("Callable[[object], object]", _types()["unwrap_type"]))


@cache
def _hints() -> Hints:
    """The SDK's reading of annotations with a memory, likewise."""
    return read_once(get_type_hints)


def _unheard(*_: object, **__: object) -> None: ...


async def _no_aliases(*_: object) -> list[object]:
    return []


def _no_former_name(*_: object) -> str:
    return ""


class _NameWithoutMonitor:
    """Stands where the SDK awaits the name that it would need if there were no monitor."""

    def __init__(self, *_: object) -> None: ...

    async def future(self) -> None:
        return None
