"""Reading a YAML file that somebody wrote: strictly, within bounds, and to the same values as the Pulumi engine.

Refused are aliases (a few lines of them expand to gigabytes), keys given twice (YAML silently takes the last), tags that
make objects, numbers that begin with 0 (YAML takes them for octal ones), several documents, and files that are not text.
Plain `yes` is text and `1.10` a number, as in the engine.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from components.faults import Fault, shown

LARGEST_BYTES = 1024 * 1024
DEEPEST = 40
MOST_FAULTS = 20
LONGEST_NUMBER = 40  # characters
EXACT_BELOW = 2**53  # the engine's numbers are doubles

_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]*[0-9][0-9_]*")
_NUMBER = re.compile(r"[-+]?(0[xob])?[0-9a-fA-F_]+")
_BASES = {"0x": 16, "0b": 2, "0o": 8}
_SAFE_TAGS = ("!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says (None if it could not be read) and its faults, with the line as their path."""

    value: object
    faults: tuple[Fault, ...]


def read(path: Path) -> Document:
    """The one document in a YAML file."""
    content = _content(path)
    return Document(None, (content,)) if isinstance(content, Fault) else parse(content)


def _content(path: Path) -> str | Fault:
    name = shown(path.name)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe without a writer must not hold us up
    except FileNotFoundError:
        broken = path.is_symlink()
        why = f"{name} points at nothing" if broken else f"{name} does not exist"
        return Fault("file", why, "mend the link" if broken else f"write it in the folder {shown(path.parent.name)}")
    except OSError as problem:
        return Fault("file", f"{name} cannot be opened ({problem.strerror})", "make it a readable file")
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        return Fault("file", f"{name} is no ordinary file", "put a YAML file in its place")
    with os.fdopen(handle, "rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        return Fault("file", f"{name} has {max(status.st_size, len(content))} bytes", f"keep it below {LARGEST_BYTES}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        return Fault(f"line {line}", f"{name} is not UTF-8 text", "save it as UTF-8")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return Fault(f"line {line}", f"{name} is a binary file", "put a YAML file in its place")
    return text


def parse(text: str) -> Document:
    """The one document in a YAML text."""
    builder = _Builder(text)
    try:
        value = builder.document()
    except yaml.reader.ReaderError as problem:
        where = f"line {text[: problem.position].count(chr(10)) + 1}" if problem.position <= len(text) else "file"
        return Document(None, (Fault(where, "holds a character that no text file holds", "remove it"),))
    except yaml.MarkedYAMLError as problem:
        return Document(None, (*builder.faults, _syntax(problem, text)))
    except _TooMuchError as problem:
        return Document(None, (*builder.faults, problem.fault))
    return Document(value, tuple(builder.faults))


def _syntax(problem: yaml.MarkedYAMLError, text: str) -> Fault:
    mark = problem.problem_mark or problem.context_mark
    if mark is None:
        return Fault("file", f"is not YAML ({problem.problem})", "mend it")
    line = text.split("\n")[mark.line] if mark.line <= text.count("\n") else ""
    where = f"line {mark.line + 1}, column {mark.column + 1}"
    if "\t" in line[: mark.column + 1]:
        return Fault(where, "a tab stands where YAML wants spaces", "indent with spaces")
    context = f" {problem.context}" if problem.context else ""
    return Fault(where, f"is not YAML ({problem.problem}{context})", "mend that line or the one before it")


class _TooMuchError(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def scalar(text: str) -> object:
    """The value of a plain word, as the Pulumi engine reads it: 0123 is octal, 1_000 a number, a date or `yes` a text."""
    if text in _WORDS:
        return _WORDS[text]
    if not text or text[0] not in "+-.0123456789":
        return text
    if re.match("[0-9]{4}-[0-9]", text):
        return text
    bare = text.replace("_", "")
    sign, digits = (-1, bare[1:]) if bare[:1] == "-" else (1, bare.removeprefix("+"))
    base = _BASES.get(digits[:2].lower(), 8 if re.fullmatch("0[0-7]+", digits) else 10)
    body = digits[2:] if base in (16, 2) or digits[:2].lower() == "0o" else digits
    if re.fullmatch({16: "[0-9a-fA-F]+", 8: "[0-7]+", 2: "[01]+", 10: "0|[1-9][0-9]*"}[base], body) and text[0] != ".":
        return sign * int(body, base)
    if _FLOAT.fullmatch(bare):
        number = float(bare)
        return int(number) if number.is_integer() and abs(number) < EXACT_BELOW else number
    return text


@dataclass(slots=True)
class _Builder:
    """Values out of YAML's events, one after the other: nothing is expanded, and nothing nests without end."""

    text: str
    faults: list[Fault] = field(default_factory=list[Fault])
    _events: Iterator[yaml.Event] = field(init=False)

    def __post_init__(self) -> None:
        self._events = iter(yaml.parse(self.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))

    def document(self) -> object:
        found: list[object] = []
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found:
                    self._fault(event, "a second document starts here", "keep one document in the file")
                    break
                found.append(self._node(next(self._events), 0))
        return found[0] if found else None

    def _fault(self, event: yaml.Event, why: str, fix: str) -> None:
        fault = Fault(_line(event), why, fix)
        self.faults.append(fault)
        if len(self.faults) >= MOST_FAULTS:
            raise _TooMuchError(Fault(_line(event), "one fault too many to go on", "mend these first"))

    def _node(self, event: yaml.Event, depth: int) -> object:
        if depth > DEEPEST:
            raise _TooMuchError(Fault(_line(event), f"nests deeper than {DEEPEST} levels", "write it flatter"))
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, f"*{event.anchor} is an alias", "write the value out")
            return None
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _SAFE_TAGS:
            self._fault(event, f"the tag {shown(tag)} asks for more than plain values", "remove the tag")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and not event.style
            return self._plain(event) if plain else event.value
        return None

    def _plain(self, event: yaml.ScalarEvent) -> object:
        if _LEADING_ZERO.fullmatch(event.value):
            fix = "put it in quotes if it is a text, leave the 0 out if it is a number"
            self._fault(event, "a number that begins with 0 is read as another one (0123 as 83)", fix)
        elif len(event.value) > LONGEST_NUMBER and _NUMBER.fullmatch(event.value):
            self._fault(event, f"a number of {len(event.value)} digits", "write one that can be meant, or a text in quotes")
            return event.value
        return scalar(event.value)

    def _sequence(self, depth: int) -> list[object]:
        entries: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            entries.append(self._node(event, depth + 1))
        return entries

    def _mapping(self, depth: int) -> dict[str, object]:
        entries: dict[str, object] = {}
        lines: dict[str, str] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                self._node(event, depth + 1)
                if not isinstance(event, yaml.AliasEvent):
                    self._fault(event, "a list or block stands where a key belongs", "write a word as the key")
            elif key == "<<":
                self._fault(event, "'<<' merges another block into this one", "write the settings out")
            elif key in entries:
                why = f"the key {shown(key)} stands in {lines[key]} already, and the last one would win"
                self._fault(event, why, "remove one of them")
            value_event = next(self._events)
            if key == "<<" and isinstance(value_event, yaml.AliasEvent):
                continue
            value = self._node(value_event, depth + 1)
            if key is not None and key != "<<":
                entries[key] = value
                lines.setdefault(key, _line(event))
        return entries


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark is not None else "file"
