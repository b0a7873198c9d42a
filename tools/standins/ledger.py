"""The "cloud" behind the stand-ins: a file with one line for each thing that began or happened, in order.

It outlives the engine and the stand-ins, so a test can ask after a crash what exists, what was made twice, what is lost.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from tools.standins.values import Properties, plain_map, secret_texts

Deed = Literal["creating", "created", "updated", "deleted", "swept", "refused"]
Key = tuple[str, str, str]  # type, id, place


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One object of the made-up cloud, as it is now. Secrets in `inputs` and `outputs` are still wrapped.

    place: the region; two regions can hold things of the same id.
    """

    type: str
    id: str
    place: str
    urn: str
    inputs: Properties
    outputs: Properties

    @property
    def key(self) -> Key:
        """What tells it from every other thing."""
        return self.type, self.id, self.place

    @property
    def settings(self) -> Properties:
        """The inputs as the service sees them, secrets in the clear."""
        return plain_map(self.inputs)

    @property
    def name(self) -> str:
        """The logical name in the program that made it."""
        return self.urn.rpartition("::")[2]


@dataclass(slots=True, kw_only=True)
class Cloud:
    """What the ledger says. `things` are alive; `deeds` are all lines, as (deed, urn, id)."""

    things: dict[Key, Thing] = field(default_factory=dict[Key, Thing])
    deeds: list[tuple[Deed, str, str]] = field(default_factory=list[tuple[Deed, str, str]])
    secrets: set[str] = field(default_factory=set[str])  # every text that was ever a secret of something

    def urns(self) -> set[str]:
        """Of everything that is alive."""
        return {thing.urn for thing in self.things.values()}

    def made(self, urn: str) -> list[Thing]:
        """Everything alive that was made for `urn`."""
        return [thing for thing in self.things.values() if thing.urn == urn]

    def twice(self) -> list[str]:
        """URNs for which more than one thing is alive: made twice, or the old half of a replacement left behind."""
        return sorted(urn for urn, count in Counter(thing.urn for thing in self.things.values()).items() if count > 1)

    def since(self, mark: int) -> list[tuple[Deed, str]]:
        """What has happened after the first `mark` lines: deed and logical name, without beginnings."""
        return [(deed, urn.rpartition("::")[2]) for deed, urn, _ in self.deeds[mark:] if deed != "creating"]

    def lost(self, recorded: Iterable[tuple[str, str]]) -> list[str]:
        """URNs of what is alive and not among the (type, id) pairs that a state records."""
        known = set(recorded)
        return sorted(thing.urn for thing in self.things.values() if (thing.type, thing.id) not in known)

    def ghosts(self, recorded: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """(type, id) pairs that a state records and that are not alive."""
        return sorted(set(recorded) - {(thing.type, thing.id) for thing in self.things.values()})


class Ledger:
    """Writes the file. Safe to call from many threads of one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._cloud = read(path)
        self._begun = Counter(urn for deed, urn, _ in self._cloud.deeds if deed == "creating")
        self._file = path.open("a", encoding="utf-8")

    def begin(self, urn: str) -> int:
        """Notes that a create for `urn` has arrived; gives its number, from 1, so that ids repeat from run to run."""
        with self._lock:
            self._begun[urn] += 1
            self._write({"deed": "creating", "urn": urn, "id": ""})
            return self._begun[urn]

    def peek(self, urn: str) -> int:
        """How many creates for `urn` have arrived."""
        with self._lock:
            return self._begun[urn]

    def created(self, thing: Thing) -> None:
        """Notes that `thing` exists."""
        self._note("created", thing)

    def updated(self, thing: Thing) -> None:
        """Notes the new form of `thing`."""
        self._note("updated", thing)

    def deleted(self, key: Key, urn: str) -> bool:
        """Notes that it is gone; False if it did not exist."""
        with self._lock:
            return self._gone("deleted", key, urn)

    def refused(self, urn: str, id_: str) -> None:
        """Notes that something was asked for and refused."""
        with self._lock:
            self._write({"deed": "refused", "urn": urn, "id": id_})

    def find(self, key: Key) -> Thing | None:
        """What is alive there."""
        with self._lock:
            return self._cloud.things.get(key)

    def swept(self, prefix: str) -> None:
        """Notes that everything whose id begins so is gone with what held it; nobody asked for it by name."""
        with self._lock:
            for thing in [one for one in self._cloud.things.values() if one.id.startswith(prefix)]:
                self._gone("swept", thing.key, thing.urn)

    def _gone(self, deed: Deed, key: Key, urn: str) -> bool:
        gone = self._cloud.things.pop(key, None)
        type_, id_, place = key
        self._write({"deed": deed, "type": type_, "id": id_, "place": place, "urn": urn})
        return gone is not None

    def _note(self, deed: Deed, thing: Thing) -> None:
        with self._lock:
            self._cloud.things[thing.key] = thing
            self._write({"deed": deed, **asdict(thing)})

    def _write(self, line: Mapping[str, object]) -> None:
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._file.flush()


def read(path: Path) -> Cloud:
    """The cloud as the file tells it; empty if there is none yet. A line without its end is still being written, and left out."""
    cloud = Cloud()
    if not path.exists():
        return cloud
    for text in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not text.endswith("\n"):
            break
        line = json.loads(text)
        deed, urn, id_ = line["deed"], line["urn"], line["id"]
        cloud.deeds.append((deed, urn, id_))
        if deed in ("created", "updated"):
            made = Thing(type=line["type"], id=id_, place=line["place"], urn=urn, inputs=line["inputs"], outputs=line["outputs"])
            cloud.things[made.key] = made
            cloud.secrets.update(secret_texts(made.inputs), secret_texts(made.outputs))
        elif deed in ("deleted", "swept"):
            cloud.things.pop((line["type"], id_, line["place"]), None)
    return cloud
