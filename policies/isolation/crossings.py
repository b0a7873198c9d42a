"""The only places that may name the primary, recognised by what they are, and the lists that keep it out.

A place is expected when type, path and value all agree with the declared endpoint. The same value anywhere else, or another
value of the primary there, is a dependency.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from policies.isolation.declaration import Declaration

HEALTH_CHECK = "health check of the primary"
FAILOVER_RECORD = "failover record of the user-facing name"
DEPLOYED_RECORD, DEPLOYED_PROFILE = "record", "Traffic Manager profile"
"""The types of what was seen in a cloud and not in a plan."""

Inputs = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Crossing:
    """`path` is the whole path; `agrees` looks at the rest of the resource."""

    name: str
    type: str
    path: re.Pattern[str]
    agrees: Callable[[Inputs, Declaration], bool]


def _asks_the_endpoint(inputs: Inputs, declaration: Declaration) -> bool:
    return _is(inputs.get("fqdn"), declaration.endpoint_host) and _is(inputs.get("resourcePath"), declaration.endpoint_path)


def _is_the_failover_answer(inputs: Inputs, declaration: Declaration) -> bool:
    """The answer PRIMARY of the name that people use, and nothing beside the endpoint in it."""
    policy = _only(inputs.get("failoverRoutingPolicies"))
    return (
        _same(inputs.get("name"), declaration.failover_name)
        and isinstance(policy, Mapping)
        and _is(cast("Inputs", policy).get("type"), "PRIMARY")
        and _is(inputs.get("type"), "CNAME")
        and _is(_only(inputs.get("records")), declaration.endpoint_host)
    )


def _is_the_probe(inputs: Inputs, declaration: Declaration) -> bool:
    """A canary whose one address is the endpoint's."""
    run = inputs.get("runConfig")
    variables = cast("Inputs", run).get("environmentVariables") if isinstance(run, Mapping) else None
    wanted = f"https://{declaration.endpoint_host}{declaration.endpoint_path}"
    return isinstance(variables, Mapping) and any(_is(value, wanted) for value in cast("Inputs", variables).values())


def _is_the_deployed_answer(inputs: Inputs, declaration: Declaration) -> bool:
    """The same record as the DNS service itself describes it."""
    return (
        _same(inputs.get("Name"), declaration.failover_name)
        and _is(inputs.get("Failover"), "PRIMARY")
        and _is(inputs.get("Type"), "CNAME")
        and _only(inputs.get("ResourceRecords")) is not None
    )


def _is_the_last_answer(inputs: Inputs, declaration: Declaration) -> bool:
    """A profile that answers in order of priority, with the endpoint as its one last answer and something else before it."""
    return _is(inputs.get("trafficRoutingMethod"), "Priority") and _is_last(_blocks(inputs.get("endpoints")), declaration)


def _is_the_last_deployed_answer(inputs: Inputs, declaration: Declaration) -> bool:
    """The same profile as the service itself describes it."""
    settings = inputs.get("properties")
    if not isinstance(settings, Mapping):
        return False
    profile = cast("Inputs", settings)
    endpoints = [found for one in _blocks(profile.get("endpoints")) for found in _blocks([one.get("properties")])]
    return _is(profile.get("trafficRoutingMethod"), "Priority") and _is_last(endpoints, declaration)


def _is_last(endpoints: list[Inputs], declaration: Declaration) -> bool:
    """An endpoint that says no priority is never the last."""
    orders = [order if isinstance(order := one.get("priority"), (int, float)) else 0 for one in endpoints]
    named = [order for order, one in zip(orders, endpoints, strict=True) if _same(one.get("target"), declaration.endpoint_host)]
    return len(named) == 1 and len(endpoints) > 1 and named[0] == max(orders) and orders.count(named[0]) == 1


def _blocks(value: object) -> list[Inputs]:
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Inputs", one) for one in listed if isinstance(one, Mapping)]


def _asks_that_address(inputs: Inputs, declaration: Declaration) -> bool:
    """A web test whose one address is the endpoint's."""
    request = inputs.get("request")
    wanted = f"https://{declaration.endpoint_host}{declaration.endpoint_path}"
    return isinstance(request, Mapping) and _is(cast("Inputs", request).get("requestUrl"), wanted)


_CROSSINGS = (
    _Crossing(HEALTH_CHECK, "aws:route53/healthCheck:HealthCheck", re.compile(r"fqdn"), _asks_the_endpoint),
    _Crossing(FAILOVER_RECORD, "aws:route53/record:Record", re.compile(r"records\[0\]"), _is_the_failover_answer),
    _Crossing(FAILOVER_RECORD, DEPLOYED_RECORD, re.compile(r"ResourceRecords\[0\]\.Value"), _is_the_deployed_answer),
    _Crossing(HEALTH_CHECK, "aws:synthetics/canary:Canary", re.compile(r"runConfig\.environmentVariables\.\w+"), _is_the_probe),
    _Crossing(
        FAILOVER_RECORD, "azure-native:trafficmanager:Profile", re.compile(r"endpoints\[\d+\]\.target"), _is_the_last_answer
    ),
    _Crossing(
        FAILOVER_RECORD,
        DEPLOYED_PROFILE,
        re.compile(r"properties\.endpoints\[\d+\]\.properties\.target"),
        _is_the_last_deployed_answer,
    ),
    _Crossing(HEALTH_CHECK, "azure-native:applicationinsights:WebTest", re.compile(r"request\.requestUrl"), _asks_that_address),
)

TYPES = frozenset(one.type for one in _CROSSINGS)
"""Types of resources that may name the primary at one place."""

_KEPT_OUT = re.compile(r".*\.(?:ipBlock\.except|toCIDRSet\[\d+\]\.except)\[\d+\]")


def name_of(type_: str, path: str, value: str, inputs: Inputs, declaration: Declaration) -> str:
    """The name of the crossing point that stands here; '' if it is none. `value` is what was found, a host name."""
    if not declaration.endpoint_host or value != declaration.endpoint_host:
        return ""
    for one in _CROSSINGS:
        if one.type == type_ and one.path.fullmatch(path) and one.agrees(inputs, declaration):
            return one.name
    return ""


def keeps_out(type_: str, path: str, kind: str) -> bool:
    """Whether this place lists networks that a network policy keeps traffic away from: the opposite of leaning on them."""
    return kind == "cidr" and type_.endswith("NetworkPolicy") and _KEPT_OUT.fullmatch(path) is not None


def _is(given: object, text: str) -> bool:
    """Whether exactly this text is given. What a deployment brings is no text yet, and no crossing point."""
    return isinstance(given, str) and given == text


def _only(given: object) -> object:
    """The one element of a list; None for anything else."""
    listed = cast("list[object]", given) if isinstance(given, list) else []
    return listed[0] if len(listed) == 1 else None


def _same(given: object, name: str) -> bool:
    return isinstance(given, str) and given.rstrip(".").lower() == name.rstrip(".").lower() != ""
