"""Which cloud a stack file chooses, and which block is that cloud's own. Knows clouds only by the names it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from components.faults import Fault, either, shown
from components.findings import keys_of, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The chosen cloud (None if it cannot be told), its block, and the settings that mean the same on every cloud.

    `also` are top-level keys that are known beside the neutral ones; `explained` are paths whose fault is told here.
    """

    cloud: str | None
    block: object
    rest: Mapping[str, object]
    also: tuple[str, ...]
    faults: tuple[Fault, ...]
    explained: frozenset[str]

    def own(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults of the neutral settings without those that are told here already."""
        return [fault for fault in faults if fault.path not in self.explained]


def choose(block: Mapping[str, object], stack: type[BaseModel], legal: tuple[str, ...]) -> Choice:
    """Split a stack's block by cloud. A misspelt cloud is read as the one whose block is given, so that it is checked too."""
    given = {name: block[name] for name in legal if name in block}
    rest = {key: value for key, value in block.items() if key not in given}
    chosen = block.get("cloud")
    faults: list[Fault] = []
    explained: set[str] = set()
    neutral = keys_of(stack)
    meant = chosen if isinstance(chosen, str) and chosen in legal else None
    if meant is None:
        near = nearest(chosen, legal) if isinstance(chosen, str) else None
        typo = "cloud" not in block and any(nearest(key, [*neutral, *legal]) == "cloud" for key in rest if key not in neutral)
        why = f"{shown(chosen)} is not one of {', '.join(legal)}" if chosen is not None else "given without a value"
        why = why if "cloud" in block else "required, but not given"
        if not typo:
            faults.append(Fault("cloud", why, f"did you mean {near}?" if near else f"give {either(legal)}"))
            explained |= {"cloud", str(chosen)}
        rest = {key: value for key, value in rest.items() if key != "cloud"}
        if len(given) == 1:
            meant = next(iter(given))
    else:
        for name in given:
            if name != meant:
                faults.append(Fault(name, f"given, but cloud is '{meant}'", "remove this block"))
        typo = any(key not in neutral and nearest(key, [*neutral, *legal]) == meant for key in rest)
        if meant not in given and not typo:
            faults.append(Fault(meant, f"required, because cloud is '{meant}', but not given", "give the block of this cloud"))
    for key, value in rest.items():
        unknown = key not in neutral and key not in explained and nearest(key, [*neutral, *legal]) is None
        if unknown and isinstance(value, Mapping):
            why = f"a block of no cloud that is available ({', '.join(legal)}), and not a known key"
            faults.append(Fault(key, why, "remove this block"))
            explained.add(key)
    return Choice(
        cloud=meant if meant in given else None,
        block=given.get(meant) if meant else None,
        rest=rest,
        also=legal,
        faults=tuple(faults),
        explained=frozenset(explained),
    )
