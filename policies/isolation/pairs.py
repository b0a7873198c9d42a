"""Two settings that say one network together: the ends of a range, an address and its mask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_ENDS = (
    ("start", "end"),
    ("start", "stop"),
    ("begin", "end"),
    ("from", "to"),
    ("first", "last"),
    ("lower", "upper"),
    ("min", "max"),
)
_OF_WHAT = ("", "ip", "address", "ip address", "addr", "ip addr")
_ADDRESSES = (
    "address",
    "addr",
    "ip",
    "ip address",
    "ip addr",
    "network",
    "network address",
    "prefix",
    "address prefix",
    "subnet",
    "base",
)
_LENGTHS = (
    *(
        "mask",
        "netmask",
        "net mask",
        "subnet mask",
        "network mask",
        "prefix",
        "prefix length",
        "prefix len",
        "cidr",
        "bits",
        "mask bits",
    ),
    *("wildcard", "wildcard mask", "wildcard bits", "host mask"),
)


def _spellings(*names: str) -> Iterator[tuple[str, ...]]:
    """Names of settings in each way in which programs write them: ipAddress, ip_address, IpAddress, IPAddress, ip-address."""
    for between, later, first in (("", str.title, str.lower), ("_", str.lower, str.lower), ("", str.title, str.title)):
        yield tuple(between.join([first(name.split()[0]), *map(later, name.split()[1:])]) for name in names)
    yield tuple("-".join(name.split()) for name in names)
    yield tuple("".join(name.split()) for name in names)
    for first in (str.lower, str.title):
        words = ([first(name.split()[0]), *map(str.title, name.split()[1:])] for name in names)
        yield tuple("".join(word.upper() if word == "Ip" else word for word in each) for each in words)


def _pairs() -> Iterator[tuple[str, str, str]]:
    for start, end in _ENDS:
        for what in _OF_WHAT:
            for first, second in (
                *_spellings(f"{start} {what}", f"{end} {what}"),
                *_spellings(f"{what} {start}", f"{what} {end}"),
                *_spellings(f"range {start}", f"range {end}"),
            ):
                yield first, second, "-"
    for address in _ADDRESSES:
        for length in _LENGTHS:
            yield from ((first, second, "/") for first, second in _spellings(address, length) if first != second)


_SECONDS: dict[str, dict[str, str]] = {}
for _first, _second, _between in _pairs():
    _SECONDS.setdefault(_first, {})[_second] = _between

FIRST = frozenset(_SECONDS)
"""Settings that may be the first of a pair."""


def joined(block: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    """Each pair in a block as one text, `9.0.0.0-11.0.0.0` or `8.0.0.0/252.0.0.0`, with the name of its first setting."""
    named = {key: value for key, value in block.items() if isinstance(key, str)}
    for first, start in named.items():
        if first not in FIRST or not isinstance(start, str) or not _is_number(start):
            continue
        for second, between in _SECONDS[first].items():
            end = named.get(second)
            if isinstance(end, (str, int)) and not isinstance(end, bool):
                yield first, f"{start}{between}{end}"


def _is_number(text: str) -> bool:
    """Whether a text could be an address; names, ports and times of other pairs are passed over."""
    return text.count(".") == 3 or text.count(":") >= 2
