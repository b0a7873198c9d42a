"""A secret that may be searched and never shown."""

from __future__ import annotations

MASK = "[secret]"


class Concealed(str):
    """Reads, compares and prints as `[secret]`; `inside` is the value, for `walk` alone to look into."""

    inside: object

    def __new__(cls, inside: object) -> Concealed:
        made = super().__new__(cls, MASK)
        made.inside = inside
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """A copy or a pickle is the text `[secret]` and nothing else."""
        return (str, (MASK,))
