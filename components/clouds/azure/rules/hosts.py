"""Names that Azure DNS can hold: one that fails over is a CNAME, and a zone's own name can be none (RFC 1034, 3.6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.faults import Fault

if TYPE_CHECKING:
    from components.clouds.azure.settings import Settings
    from components.settings import Stack


def below_the_zone(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """An alias at the apex would need endpoints with fixed addresses, and the primary's is a name."""
    del settings
    if stack.site.host == stack.site.zone:
        why = f"'{stack.site.host}' is the zone itself, which Azure DNS cannot lead to Traffic Manager"
        yield Fault("site.host", why, f"use a name below it, such as chat.{stack.site.zone}")


ACROSS = (below_the_zone,)
