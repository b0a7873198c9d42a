"""What the rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from components.schema import UnreadableError

if TYPE_CHECKING:
    from components.settings import CloudSettings, Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A stack, its cloud's own block, the names of the secret keys beside it, and the day on which it is judged.

    Stack and block may be salvaged from faulty ones: reading a setting that is at fault raises UnreadableError.
    """

    stack: Stack
    section: CloudSettings | None
    secrets: frozenset[str]
    on: date

    @property
    def cloud(self) -> CloudSettings:
        """The cloud's own block, for rules that cannot do without."""
        if self.section is None:
            raise UnreadableError("cloud")
        return self.section
