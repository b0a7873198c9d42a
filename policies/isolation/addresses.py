"""Networks in a text, in every notation that leads to the same addresses, and which of them lead to the primary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_interface, summarize_address_range

from components.networks import AnyNetwork, overlaps
from policies.isolation import notations

_V4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_FIRST = (
    r"[0-9](?<![\w.][0-9])(?<![a-z]-[0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}"  # looking behind comes second: a digit is found faster
)
_IPV4 = re.compile(rf"({_FIRST})(?:\s?-\s?({_V4})|/([0-9]{{1,2}})(?![0-9]))?(?!\w)(?!\.[0-9])(?!\.in-addr\.arpa)(?!-[a-z])")
_IPV6 = re.compile(r"[0-9a-f:](?<![\w.:].)(?=[0-9a-f.]*:[0-9a-f.]*:|(?<=:)[0-9a-f.]*:)[0-9a-f:.]{1,44}(?:/[0-9]{1,3})?(?![\w:])")
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
        for found in _IPV6.finditer(text):
            network = _parsed(found[0].rstrip("."))
            if isinstance(network, IPv6Network):
                yield found[0], _unmapped(network)
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
    first, last, bits = found.groups()
    in_url = text[max(0, found.start() - 2) : found.start()] == "//"  # a number behind it is a path, not a prefix length
    network = _parsed(f"{first}/{bits}" if bits and not in_url else first)
    if last is None:
        if network is not None:
            yield found[0], network
        return
    try:
        ends = IPv4Address(first), IPv4Address(last)
        for part in summarize_address_range(*ends):
            yield found[0], part
    except ValueError:
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
