"""How values pass between a program and a monitor in one process: at once, where the SDK prepares for one that is far away."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, cast

from pulumi import Output, Resource, output
from pulumi.runtime import rpc

_PLAIN = frozenset((bool, int, float, str, type(None)))
_RESOLVED: Callable[..., object] = vars(output)["_OutputData"]


def serializing(serialize: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    """The SDK's `serialize_property`, asked only about what is not plain already."""

    async def serialize_property(value: object, *arguments: object, **named: object) -> object:
        if type(value) in _PLAIN and "return_protobuf_value" not in named:
            return value
        return await serialize(value, *arguments, **named)

    return serialize_property


def deserializing(deserialize: Callable[..., object]) -> Callable[..., object]:
    """The SDK's `deserialize_property`, asked only about what is not plain already."""

    def deserialize_property(value: object, *arguments: object, **named: object) -> object:
        return value if type(value) in _PLAIN and value != rpc.UNKNOWN else deserialize(value, *arguments, **named)

    return deserialize_property


def outputs_to_come(resource: Resource, properties: Mapping[str, object], custom: bool) -> dict[str, Callable[..., None]]:
    """In place of the SDK's `transfer_properties`: gives a resource its outputs and returns what resolves each of them.

    One future for each, where the SDK has four and a task that waits for them. They are not in its list of outputs to wait for
    before the end: they are resolved together with the resource's URN, which is.
    """
    resolvers: dict[str, Callable[..., None]] = {}
    for name in properties:
        if name == "urn" or (name == "id" and custom):  # the SDK sees to these itself
            continue
        to_come: Future[object] = Future()
        given: Any = cast("Any", object.__new__(Output))
        given._data = to_come
        vars(resource)[name] = given
        resolvers[name] = partial(_resolve, to_come, resource)
    return resolvers


def _resolve(
    to_come: Future[object],
    resource: Resource,
    value: object,
    known: bool,
    secret: bool,
    dependencies: Iterable[Resource] | None,
    failed: Exception | None,
) -> None:
    if failed is not None:
        to_come.set_exception(failed)
    else:
        resources = {resource, *(dependencies or ())}
        to_come.set_result(_RESOLVED(resources=resources, value=value, is_known=known, is_secret=secret))
