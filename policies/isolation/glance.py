"""Which of many texts are worth reading: the others name nothing of the primary, in any reading.

Reading a text in every way costs much, and nearly none has anything to read. One look at many of them together finds those that
have. It may suspect in vain, and never dismisses what a reading would find.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policies.isolation import addresses, decoding

_BETWEEN = "\0"


class Glance:
    """What is looked for, prepared for a look at many texts: parts of names as `decoding.normal` spells them, and networks."""

    def __init__(self, names: Iterable[str], networks: bool) -> None:
        self._names = tuple(names)
        self._networks = networks

    def suspects(self, texts: Sequence[str]) -> list[str]:
        """Those that must be read."""
        if not texts or not self._suspicious(f"{_BETWEEN}{_BETWEEN.join(texts)}{_BETWEEN}"):
            return []
        if len(texts) == 1:
            return list(texts)
        half = len(texts) // 2
        return self.suspects(texts[:half]) + self.suspects(texts[half:])

    def _suspicious(self, joined: str) -> bool:
        if decoding.unread(joined):
            return True
        low = joined.lower()
        if "xn--" in low or (self._networks and addresses.spelt_in(low)):
            return True
        return any(name in low for name in self._names)
