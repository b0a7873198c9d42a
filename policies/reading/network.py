"""Addresses and ports as rules of firewalls write them."""

from __future__ import annotations

from ipaddress import ip_network

from policies.reading.values import UNKNOWN, NotYetKnown, Truth, Value, any_of, asked, listed, number

# A block this wide is a good part of the internet; halves of it are the usual disguise.
WIDEST_V4, WIDEST_V6 = 8, 16
ANYWHERE_WORDS = frozenset({"*", "any", "internet", "0.0.0.0", "::"})  # noqa: S104 read, not bound


def anywhere(value: Value) -> bool:
    """Whether a range means the internet: /0, Azure's `*`, `Any`, `Internet`, or a piece too wide to be anybody's own."""
    if value is UNKNOWN:
        raise NotYetKnown
    if not isinstance(value, str):
        return False
    text = value.strip().lower()
    if text in ANYWHERE_WORDS or text.endswith("/0"):
        return True
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False
    if network.is_private and network.prefixlen > 0:
        return False
    return network.prefixlen < (WIDEST_V4 if network.version == 4 else WIDEST_V6)


def any_anywhere(*ranges: Value) -> Truth:
    """Whether one of these ranges, or lists of ranges, means the internet."""
    return any_of(asked(anywhere, one) for given in ranges for one in _elements(given))


def _elements(given: Value) -> list[Value]:
    """What a list holds, lists inside it as well."""
    if given is UNKNOWN:
        return [UNKNOWN]
    return [inner for one in listed(given) for inner in (_elements(one) if isinstance(one, list) else [one])]


def all_ports(protocol: Value) -> bool:
    """Whether a protocol field means every protocol, and so every port."""
    if protocol is UNKNOWN:
        raise NotYetKnown
    return protocol in (-1, "-1", "all", "All", "ALL", "*", "Any")


def covers_port(first: Value, last: Value, port: int) -> Truth:
    """Whether a range of ports holds this one. AWS writes 0 to 0 (or -1) for all of them."""
    if first is UNKNOWN or last is UNKNOWN:
        return UNKNOWN
    low, high = number(first), number(last)
    if low is None and high is None:
        return True
    low, high = low if low is not None else high, high if high is not None else low
    if low is None or high is None:
        return False
    return (low <= 0 and high in (0, -1)) or low <= port <= high


def ports_in(given: Value, port: int) -> Truth:
    """The same for Azure's forms: 22, '22', '20-30', '*', or a list of them."""
    return any_of(_port_in(one, port) for one in _elements(given))


def _port_in(given: Value, port: int) -> Truth:
    if given is UNKNOWN:
        return UNKNOWN
    if isinstance(given, (int, float)):
        return int(given) == port
    return isinstance(given, str) and any(_range_holds(part.strip(), port) for part in given.split(","))


def _range_holds(text: str, port: int) -> bool:
    if text.lower() in ("*", "any"):
        return True
    low, _, high = text.partition("-")
    try:
        return int(low) <= port <= int(high or low)
    except ValueError:
        return False
