"""Host names, compared as the resolver compares them: without case, final dot or a second spelling (punycode)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

LONGEST_NAME, LONGEST_LABEL = 253, 63  # RFC 1035, section 2.3.4
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # RFC 3490, section 3.1: these separate labels as well


def canonical(name: str) -> str:
    """The one spelling of a name: lower case, no final dot, labels beyond ASCII in punycode (xn--)."""
    text = _DOTS.sub(".", unicodedata.normalize("NFKC", name.strip()).lower()).removesuffix(".")
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in text.split("."))


def is_host(name: str) -> bool:
    """Whether `name` is a full host name in its one spelling."""
    labels = name.split(".")
    legal = all(_LABEL.fullmatch(label) for label in labels)
    return legal and len(name) <= LONGEST_NAME and len(labels) >= 2 and not labels[-1].isdigit()


def suggestion(text: str) -> str | None:
    """The host name that was probably meant by `text`: out of an address, without port, in its one spelling."""
    host = urlsplit(text if "://" in text else f"//{text}").hostname if _splits(text) else None
    meant = canonical(host) if host else ""
    return meant if is_host(meant) else None


def _splits(text: str) -> bool:
    try:
        urlsplit(text if "://" in text else f"//{text}")
    except ValueError:  # a broken IPv6 address in brackets
        return False
    return True


def under(host: str, zone: str) -> bool:
    """Whether `host` is `zone` itself or a name below it, whatever the spelling of either."""
    host, zone = canonical(host), canonical(zone)
    return host == zone or host.endswith(f".{zone}")


def of_address(address: str) -> str:
    """The host in an address or in an image reference; '' if there is none."""
    if not _splits(address):
        return ""
    return canonical(urlsplit(address if "://" in address else f"//{address}").hostname or "")


def of_email(address: str) -> str:
    """The host behind the @ of an e-mail address."""
    return canonical(address.rpartition("@")[2])
