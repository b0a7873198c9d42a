"""What a stack file declares of the primary, list by list, also where some of it is faulty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from pydantic.alias_generators import to_camel

from components.salvage import numbered, readable

if TYPE_CHECKING:
    from components.sections import Primary

IDENTIFIERS = (
    "accounts",
    "subscriptions",
    "tenants",
    "organisations",
    "regions",
    "dns_zones",
    "keys",
    "certificates",
    "alert_endpoints",
    "state_backends",
    "secret_stores",
)
"""Lists of `primary:` whose entries are any text; those of the others are host names, addresses or networks."""


def entries(primary: Primary, *settings: str) -> Iterator[tuple[str, str]]:
    """Every entry of these lists, each with its path (`primary.dnsZones[0]`)."""
    for name in settings:
        listed = (f"primary.{to_camel(name)}", lambda name=name: cast("tuple[str, ...]", getattr(primary, name)))
        for path, values in readable(listed):
            yield from ((f"{path}[{index}]", value) for index, value in numbered(values))
