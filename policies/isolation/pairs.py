"""Two settings that say one network together: the ends of a range, an address and its mask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "-": (
        ("startIpAddress", "endIpAddress"),
        ("start_ip_address", "end_ip_address"),
        ("startIPAddress", "endIPAddress"),
        ("startIp", "endIp"),
        ("startIP", "endIP"),
        ("startAddress", "endAddress"),
        ("rangeStart", "rangeEnd"),
        ("start", "end"),
        ("start", "stop"),
        ("from", "to"),
        ("first", "last"),
        ("begin", "end"),
    ),
    "/": (
        *(
            (address, length)
            for address in ("address", "ip", "ipAddress", "ip_address", "network", "prefix", "addressPrefix", "subnet")
            for length in ("mask", "netmask", "subnetMask", "prefixLength", "prefixLen", "prefix_length", "prefix", "bits")
            if address != length
        ),
    ),
}

FIRST = frozenset(first for pairs in _PAIRS.values() for first, _ in pairs)
"""Settings that may be the first of a pair."""


def joined(block: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    """Each pair in a block as one text, `9.0.0.0-11.0.0.0` or `8.0.0.0/252.0.0.0`, with the name of its first setting."""
    for between, pairs in _PAIRS.items():
        for first, second in pairs:
            start, end = block.get(first), block.get(second)
            if isinstance(start, str) and _is_number(start) and isinstance(end, (str, int)) and not isinstance(end, bool):
                yield first, f"{start}{between}{end}"


def _is_number(text: str) -> bool:
    """Whether a text could be an address; names, ports and times of other pairs are passed over."""
    return text.count(".") == 3 or text.count(":") >= 2
