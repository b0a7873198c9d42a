"""What differs between two property maps, as paths, and what of it can be changed in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tools.standins.shapes import replaces
from tools.standins.values import Plain, revealed

Kind = Literal["add", "delete", "update"]
_SIMPLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One changed property. `path` as the engine prints it."""

    path: str
    kind: Kind
    replaces: bool


def between(token: str, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> list[Difference]:
    """Every changed property, secrets compared in the clear."""
    return [
        Difference(path=path, kind=kind, replaces=replaces(token, path))
        for path, kind in _walk("", revealed(dict(old)), revealed(dict(new)))
    ]


def _walk(path: str, old: Plain, new: Plain) -> Iterator[tuple[str, Kind]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if not key.startswith("__"):
                yield from _walk(_below(path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            left = old[index] if index < len(old) else None
            right = new[index] if index < len(new) else None
            yield from _walk(f"{path}[{index}]", left, right)
    elif old != new:
        yield path, "add" if old is None else "delete" if new is None else "update"


def _below(path: str, key: str) -> str:
    if not _SIMPLE.match(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
