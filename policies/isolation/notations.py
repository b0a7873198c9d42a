"""Networks in notations that programs understand and people seldom write: see `networks`."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from components.networks import AnyNetwork

_NUMBER = r"(?:0x[0-9a-f]{1,8}|\d{1,10})"
_URL_HOST = re.compile(rf"://(?:[^/@\s]*@)?({_NUMBER}(?:\.{_NUMBER}){{0,3}})(?![\w.-])")
_PATTERN = re.compile(r"(?<![\w.*-])(?=[\d.]+\*)(?:\d{1,3}\.){1,3}\*(?:\.\*)*(?![\w.*-])")
_REVERSE = re.compile(r"(?<![\w.-])((?:[0-9a-f]\.){1,32})ip6\.arpa(?![\w-])")
_PUBLIC_NAME = re.compile(r"(?<![\w-])ec2-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})\.(?:[a-z0-9-]+\.)*amazonaws\.com(?![\w-])")
_TELLING = r"(?:nip\.io|sslip\.io|xip\.io|traefik\.me)"
_TOLD = re.compile(rf"(?<!\d)(?<!\d-)(\d{{1,3}})[.-](\d{{1,3}})[.-](\d{{1,3}})[.-](\d{{1,3}})\.{_TELLING}(?![\w-])")
_TOLD_HEXADECIMAL = re.compile(rf"(?<![0-9a-z])([0-9a-f]{{8}})\.{_TELLING}(?![\w-])")
_TOLD_V6 = re.compile(r"(?<![0-9a-z])([0-9a-f]{0,4}(?:-[0-9a-f]{0,4}){2,7})\.(?:sslip\.io|ipv6-literal\.net)(?![\w-])")
_URL_DIGIT = re.compile(r"://(?:[^/@\s]*@)?\d")
_SIGNS = ("ip6.arpa", "ec2-", ".nip.io", ".sslip.io", ".xip.io", ".traefik.me", ".ipv6-literal.net")


def possible(text: str) -> bool:
    """Whether `networks` could find anything in a lower-case text. It may say yes in vain."""
    return (
        any(sign in text for sign in _SIGNS)
        or ("://" in text and _URL_DIGIT.search(text) is not None)
        or (".*" in text and _PATTERN.search(text) is not None)
    )


def networks(text: str) -> Iterator[tuple[str, AnyNetwork]]:
    """Networks in a lower-case text, each with its spelling there.

    Hosts of URLs in decimal, hexadecimal, octal and short form, as inet_aton(3) reads them; patterns such as 10.3.*.*; reverse
    names of IPv6 (RFC 3596, section 2.5); names that tell an address: ec2-10-3-0-5.*.amazonaws.com, 10-3-0-5.nip.io,
    2001-db8--1.sslip.io.
    """
    if not possible(text):
        return
    for found in _URL_HOST.finditer(text):
        address = _as_programs_read(found[1])
        if address is not None:
            yield found[1], IPv4Network(address)
    for found in _PATTERN.finditer(text):
        parts = found[0].split(".")
        given = parts[: parts.index("*")]
        if len(parts) == 4 and all(int(part) < 256 for part in given):
            yield found[0], IPv4Network(f"{'.'.join(given + ['0'] * (4 - len(given)))}/{8 * len(given)}", strict=False)
    for found in _REVERSE.finditer(text):
        digits = found[1].replace(".", "")[::-1]
        yield found[0], IPv6Network((int(digits.ljust(32, "0"), 16), 4 * len(digits)))
    for shape in (_PUBLIC_NAME, _TOLD):
        for found in shape.finditer(text):
            if all(int(part) < 256 for part in found.groups()):
                yield found[0], IPv4Network(IPv4Address(".".join(str(int(part)) for part in found.groups())))
    for found in _TOLD_V6.finditer(text):
        try:
            yield found[0], IPv6Network(found[1].replace("-", ":"))
        except ValueError:
            continue
    for found in _TOLD_HEXADECIMAL.finditer(text):
        yield found[0], IPv4Network(int(found[1], 16))


def _as_programs_read(host: str) -> IPv4Address | None:
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
