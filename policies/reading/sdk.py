"""The policy SDK's property proxies as plain values: floats that are whole become ints, unknowns become UNKNOWN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pulumi_policy.proxy import _is_unknown  # pyright: ignore[reportPrivateUsage]  # the SDK's only test that does not raise

from policies.reading.values import UNKNOWN, Value

SECRET = "[secret]"  # noqa: S105 what stands in place of one


def plain(value: Any) -> Value:
    """A whole property value. The SDK's proxies keep what they wrap under `__target`, where reading raises nothing."""
    if _is_unknown(value):
        return UNKNOWN
    if isinstance(value, str):
        return UNKNOWN if value == SECRET else value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return int(value) if float(value).is_integer() else float(value)
    if isinstance(value, Mapping):
        inside = cast("Mapping[str, Any]", _target(value))
        return {str(key): plain(inner) for key, inner in inside.items()}
    if isinstance(value, Sequence):
        return [plain(inner) for inner in cast("Sequence[Any]", _target(value))]
    return type(value).__name__  # assets, archives, references: what they hold is not for rules


def _target(value: Any) -> Any:
    try:
        return value["__target"]
    except (KeyError, TypeError, IndexError):
        return value
