"""Networks in a text, in every notation that leads to the same addresses, and which of them lead to the primary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, summarize_address_range

from components.networks import AnyNetwork, overlaps
from policies.isolation import notations

_V4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_FIRST = (
    r"[0-9](?<![\w.][0-9])(?<![a-z]-[0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}"  # looking behind comes second: a digit is found faster
)
_TO = r"\s?(?:-|\u2013|\.\.|\bto\b)\s?"
# Of these hardly an address is in use: 240.0.0.0/4 and 0.0.0.0/8 (RFC 1112, RFC 1122), the shortest masks and wildcards.
_MASK = r"(?:2[45][0-9]|0)(?:\.[0-9]{1,3}){3}|(?:128|192|224)\.0\.0\.0|(?:1|3|7|15|31|63|127)\.255\.255\.255"
_BEFORE_MASK = r"/|[ \t]{1,24}|[,;]?\s{1,24}(?:(?:sub)?net[_ -]?|wildcard[_ -]?)?(?:mask|bits|wildcard)\s?[:=]?\s?"
_IPV4 = re.compile(
    rf"({_FIRST})(?:{_TO}({_V4})|/([0-9]{{1,2}})(?![0-9])|(?:{_BEFORE_MASK})({_MASK}))?"
    r"(?!\w)(?!\.[0-9])(?!\.in-addr\.arpa)(?!-[a-z])"
)
_BETWEEN = re.compile(_TO)
_IPV6 = re.compile(r"[0-9a-f:](?<![\w.:].)(?=[0-9a-f.]*:[0-9a-f.]*:|(?<=:)[0-9a-f.]*:)[0-9a-f:.]{1,44}(?:/[0-9]{1,3})?(?![\w:])")
# What ends a word that no part of an address is: ip6:2001:db8::/32, host:::1.
_WORD_ENDS = re.compile(r":(?:(?<=[g-z_]:)|(?<=[g-z_]\w:)|(?<=[g-z_]\w\w:)|(?<=[g-z_]\w\w\w:)|(?<=\w\w\w\w\w:))(?=[0-9a-f:])")
_DASHED = re.compile(r"ip-(?<![\w-]ip-)([0-9]{1,3})-([0-9]{1,3})-([0-9]{1,3})-([0-9]{1,3})(?![\w-])")
_FOUR = re.compile(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]")
_REVERSE = re.compile(r"(?<![\w.-])((?:[0-9]{1,3}\.){1,4})in-addr\.arpa(?![\w-])")

# RFC 4291, section 2.5.5.2; RFC 6052, section 2.1; RFC 3056, section 2. Bits in front of the IPv4 address.
_MAPPED = ((IPv6Network("::ffff:0:0/96"), 96), (IPv6Network("64:ff9b::/96"), 96), (IPv6Network("2002::/16"), 16))

# "Everybody" names nobody: a rule for the whole internet is judged as openness by other rules, not as a way to the primary.
# Every narrower network that holds one of the primary's is counted, however wide: 10.0.0.0/8 lets traffic to it through.
_EVERYBODY: tuple[AnyNetwork, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"), IPv6Network("2000::/3"))


def spelt_in(text: str) -> bool:
    """Whether `networks_in` could find anything in a lower-case text. It may say yes in vain."""
    if "::" in text or ".in-addr.arpa" in text or text.count(":") >= 7:
        return True
    if notations.possible(text):
        return True
    return _FOUR.search(text) is not None or _DASHED.search(text) is not None


def networks_in(text: str) -> Iterator[tuple[str, AnyNetwork]]:
    """Every address, network and range in a lower-case text, with its spelling there; IPv4 inside IPv6 as IPv4."""
    if _FOUR.search(text):
        for found in _IPV4.finditer(text):
            yield from _ipv4(text, found)
    if "::" in text or text.count(":") >= 7:
        yield from _ipv6(text)
    if "ip-" in text:
        for found in _DASHED.finditer(text):
            network = _parsed(".".join(found.groups()))
            if network is not None:
                yield found[0], network
    if ".in-addr.arpa" in text:
        for found in _REVERSE.finditer(text):
            parts = found[1].rstrip(".").split(".")[::-1]
            network = _parsed(f"{'.'.join(parts + ['0'] * (4 - len(parts)))}/{8 * len(parts)}")
            if network is not None:
                yield found[0], network
    yield from notations.networks(text)


def _ipv4(text: str, found: re.Match[str]) -> Iterator[tuple[str, AnyNetwork]]:
    first, last, bits, mask = found.groups()
    in_url = text[max(0, found.start() - 2) : found.start()] == "//"  # a number behind it is a path, not a prefix length
    network = _parsed(f"{first}/{bits}" if bits and not in_url else first)
    if last is not None:
        parts = list(_range(first, last)) or [one for one in (network, _parsed(last)) if one]
        yield from ((found[0], part) for part in parts)
    elif network is not None:
        yield (first if mask else found[0]), network
    if mask is not None:
        masked = _masked(first, mask)
        if masked is not None:
            yield found[0], masked


def _masked(address: str, mask: str) -> IPv4Network | None:
    """The network of an address and its mask or wildcard; None where they are two addresses: 127.0.0.1 127.255.255.255."""
    try:
        network = IPv4Network(f"{address}/{mask}", strict=False)
    except ValueError:  # bits in the middle: no mask
        return None
    sure = mask.startswith(("24", "25", "0."))
    return network if sure or str(network.network_address) == address else None


def _ipv6(text: str) -> Iterator[tuple[str, AnyNetwork]]:
    begin, ended, before = 0, 0, ""
    for found in _IPV6.finditer(_WORD_ENDS.sub(" ", text)):
        spelt = found[0].rstrip(".")
        network = _parsed(spelt)
        if not isinstance(network, IPv6Network):
            continue
        yield found[0], _unmapped(network)
        if before and _BETWEEN.fullmatch(text, ended, found.start()):
            yield from ((text[begin : found.end()], part) for part in _range(before, spelt))
        begin, ended, before = found.start(), found.start() + len(spelt), spelt


def _range(first: str, last: str) -> Iterator[AnyNetwork]:
    """The networks from one address to another; none if the texts are no such pair."""
    try:
        yield from summarize_address_range(ip_address(first), ip_address(last))
    except (ValueError, TypeError):
        return


def _parsed(text: str) -> AnyNetwork | None:
    try:
        return ip_interface(text).network
    except ValueError:
        return ip_interface(text.partition("/")[0]).network if "/" in text and _is_address(text.partition("/")[0]) else None


def _is_address(text: str) -> bool:
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True


def _unmapped(network: IPv6Network) -> AnyNetwork:
    for outer, front in _MAPPED:
        if network.prefixlen >= front and network.subnet_of(outer):
            value = (
                (int(network.network_address) >> (96 - front)) & 0xFFFFFFFF
                if front == 16
                else int(network.network_address) & 0xFFFFFFFF
            )
            return IPv4Network((value, min(32, network.prefixlen - front)), strict=False)
    return network


def leads_to(network: AnyNetwork, primary: Iterable[AnyNetwork]) -> AnyNetwork | None:
    """The first of the primary's networks that shares an address with `network`; None for everybody's network."""
    if network in _EVERYBODY:
        return None
    return next((other for other in primary if overlaps(network, other)), None)
