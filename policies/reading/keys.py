"""One spelling of property names, so that no rule is passed by in the other one.

Facts: providers made with Pulumi's Terraform bridge turn `fromPort` into `from_port` themselves and leave `from_port` as it
is, so that both work. azure-native and Kubernetes know one spelling.
"""

from __future__ import annotations

import re

from policies.reading.values import Value

BRIDGED = ("aws:", "azuread:", "random:", "tls:")
"""How the types of such providers begin."""
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_NEXT = re.compile(r"_([a-z0-9])")


def wire_names(props: dict[str, Value]) -> dict[str, Value]:
    """The properties of a bridged resource under the names that rules use. The same object where nothing is spelt otherwise."""
    return _respelt(props) if _spelt_otherwise(props) else props


def _spelt_otherwise(props: dict[str, Value]) -> bool:
    waiting: list[Value] = [props]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "_" in "".join(value):
                return True
            waiting += [inner for inner in value.values() if isinstance(inner, (dict, list))]
        elif isinstance(value, list):
            waiting += [inner for inner in value if isinstance(inner, (dict, list))]
    return False


def _respelt(given: dict[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, inner in given.items():
        name = _NEXT.sub(lambda part: part[1].upper(), key) if _SNAKE.fullmatch(key) else key
        found[key if name != key and name in given else name] = _inside(inner)
    return found


def _inside(value: Value) -> Value:
    if isinstance(value, dict):
        return _respelt(value)
    return [_inside(one) for one in value] if isinstance(value, list) else value
