"""What to look for: every declared value in every spelling that leads to the same thing, with where such a name ends.

An entry is understood by its shape, not by the list it stands in: a key may be given as an ARN, an address or a bare id.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from components import hosts
from policies.isolation import azure_names
from policies.isolation.declaration import Entry
from policies.isolation.decoding import normal
from policies.isolation.rewriting import telephone
from policies.isolation.services import is_shared

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ACCOUNT = re.compile(r"\d{12}")
_ARN = re.compile(r"arn:[a-z-]+:([a-z0-9-]+):[^:]*:([^:]*):(.+)")
_ARN_INSIDE = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[^:?]*:[^:?]*:[^?]+")
_FINGERPRINT = re.compile(r"(?:sha-?(?:1|256)[: ]|0x)?((?:[0-9a-f]{2}[: -]){7,}[0-9a-f]{2}|[0-9a-f]{40}|[0-9a-f]{64})")
_WITHOUT_SCHEME = re.compile(r"(?=[^/:]*\.)[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/.*)?")
_COPIED_FROM = re.compile(r"[\w.-]+@([\w.-]+):(?![0-9])(.+)")  # git@github.com:acme/state
_MAILBOX = re.compile(r'(?:"([^"\s@]+)"|([^\s"<>()\[\],;:@]*))@([\w.-]+)')
_BUCKET = re.compile(r"(.+?)\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")
_REGISTRY_OF_AWS = re.compile(r"(\d{12})\.dkr[.-]ecr[.-].+")
_PULUMI = ("api.pulumi.com", "app.pulumi.com")  # one service by two names
_OWN_NUMBER = 9  # digits; shorter numbers stand in a plan by chance
_OWN_ID = 16  # an id in an ARN that is as long as this names one thing in the world; a shorter one is just a name


class Ends(Enum):
    """Where a name ends. HOST: on label boundaries; MAILBOX: a whole mailbox; NUMBER: not inside a longer id; WORD: whole;
    REGION: with its zones.
    """

    HOST = "host"
    MAILBOX = "mailbox"
    NUMBER = "number"
    WORD = "word"
    REGION = "region"


class Spelling(NamedTuple):
    """Text to look for in the spelling of `decoding.normal`, and what must stand behind it for the name to be whole."""

    text: str
    ends: Ends
    behind: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Needle:
    """A spelling of an entry."""

    text: str
    ends: Ends
    entry: Entry
    behind: re.Pattern[str] | None = None


def needles(entry: Entry) -> Iterator[Needle]:
    """Every spelling of one entry. Networks have none: they are compared by address."""
    if entry.kind != "cidr":
        spelt = dict.fromkeys(_spellings(entry.kind, normal(entry.value.strip())))
        yield from (Needle(one.text, one.ends, entry, one.behind) for one in spelt if one.text)


def organisation(entry: Entry) -> str:
    """The organisation that a state backend keeps stacks for, as references to them begin with it; '' if it names none."""
    parts = _split(normal(entry.value.strip())) if entry.kind == "stateBackend" else None
    path = parts.path.strip("/").split("/") if parts is not None and parts.scheme in ("http", "https") else []
    of_pulumi = parts is not None and (parts.hostname or "") in _PULUMI
    return path[0] if of_pulumi or len(path) == 1 else ""


def _spellings(kind: str, value: str) -> Iterator[Spelling]:
    if kind == "region":
        yield Spelling(value, Ends.REGION)
    elif _ACCOUNT.fullmatch(value):
        yield from _of_account(value)
    elif _GUID.fullmatch(value):
        yield from (Spelling(value.replace("-", between), Ends.WORD) for between in ("-", "", "_"))
    elif found := _FINGERPRINT.fullmatch(value):
        yield from _of_fingerprint(re.sub("[: -]", "", found[1]))
    elif found := _ARN_INSIDE.search(value):
        yield Spelling(value, Ends.WORD)
        yield from _of_arn(kind, found[0])
    elif "://" in value:
        yield from _of_address(kind, value)
    elif found := _COPIED_FROM.fullmatch(value):
        yield from _of_address(kind, f"ssh://{found[1]}/{found[2]}")
    elif "@" in value:
        yield from _of_mailboxes(value)
    elif hosts.is_host(hosts.canonical(value)):
        yield from _of_host(value)
    elif _WITHOUT_SCHEME.fullmatch(value):
        yield from _of_address(kind, f"https://{value}")
    else:
        yield Spelling(telephone(value).rstrip("/").removeprefix("/hostedzone/"), Ends.WORD)
        yield from _of_resource(value)


def _of_account(value: str) -> Iterator[Spelling]:
    """An account in groups, as tools make a number of it, and without the zeros that it begins with."""
    yield Spelling(value, Ends.NUMBER)
    for size, between in ((4, "-"), (4, " "), (3, "-"), (3, "_"), (3, " "), (3, ","), (3, ".")):  # first as the console prints it
        yield Spelling(between.join(value[place : place + size] for place in range(0, 12, size)), Ends.NUMBER)
    short = value.lstrip("0")
    if len(short) < _OWN_NUMBER:
        return
    yield Spelling(short, Ends.NUMBER)
    digits = short.rstrip("0")
    if len(digits) > 1:
        fraction, power = f"{digits[0]}.{digits[1:]}", len(short) - 1
        yield from (Spelling(f"{fraction}{between}{power}", Ends.NUMBER) for between in ("e+", "e"))
    else:
        yield from (Spelling(f"{digits}{between}{len(short) - 1}", Ends.NUMBER) for between in ("e+", ".0e+", ".0e"))


def _of_host(host: str) -> Iterator[Spelling]:
    """The host name, and what else names the same thing: an Azure resource by its id, a registry of AWS by its account."""
    yield Spelling(host, Ends.HOST)
    yield from _of_azure(azure_names.of_host(host))
    if found := _REGISTRY_OF_AWS.fullmatch(host):
        yield from _of_account(found[1])
    if found := _BUCKET.fullmatch(host):
        yield Spelling(found[1], Ends.WORD)


def _of_azure(names: Iterator[azure_names.Name]) -> Iterator[Spelling]:
    yield from (Spelling(text, Ends.HOST if behind else Ends.WORD, behind) for text, behind in names)


def _of_resource(value: str) -> Iterator[Spelling]:
    """The host name of an Azure resource that is declared by its id."""
    yield from _of_azure(azure_names.of_id(value))
    zone = re.search(r"/(?:private)?dnszones/([^/]+)$", value)
    if zone:
        yield Spelling(zone[1], Ends.HOST)


def _of_mailboxes(value: str) -> Iterator[Spelling]:
    """Mailboxes in an entry, alone, behind names or in a mailto: address; without a mailbox, every one of the domain."""
    for quoted, plain, domain in _MAILBOX.findall(value):
        local, host = quoted or plain, domain.rstrip(".")
        if local in ("", "*"):
            yield Spelling(host, Ends.HOST)
        else:
            yield Spelling(f"{local}@{host}", Ends.MAILBOX)
            yield Spelling(f"{local.partition('+')[0] or local}@{host}", Ends.MAILBOX)  # RFC 5233: the same mailbox


def _of_fingerprint(digits: str) -> Iterator[Spelling]:
    """A fingerprint as tools print it, and in base64 as keys of web services (RFC 7517, section 4.8) and pins name it."""
    pairs = [digits[place : place + 2] for place in range(0, len(digits), 2)]
    yield from (Spelling(between.join(pairs), Ends.WORD) for between in (":", "", " ", "-"))
    yield Spelling(f"0x{digits}", Ends.WORD)
    coded = base64.b64encode(bytes.fromhex(digits)).decode().rstrip("=").lower()
    yield Spelling(coded, Ends.WORD)
    yield Spelling(coded.translate({ord("+"): "-", ord("/"): "_"}), Ends.WORD)


def _of_arn(kind: str, value: str) -> Iterator[Spelling]:
    """An ARN, the account in it, and the id at its end if that names one thing in the world."""
    yield Spelling(value, Ends.WORD)
    found = _ARN.fullmatch(value)
    if found is None:
        return
    service, account, rest = found.groups()
    if _ACCOUNT.fullmatch(account):
        yield from _of_account(account)
    own = re.split(r"[/:]", rest)[-1]
    if service == "s3":
        yield Spelling(rest.partition("/")[0], Ends.WORD)
    elif _names_one_thing(own) or kind == "dnsZone":
        yield Spelling(own, Ends.WORD)


def _names_one_thing(own: str) -> bool:
    return len(own) >= _OWN_ID and re.search(r"\d", own) is not None


def _split(value: str) -> SplitResult | None:
    """The parts of an address; None if it is none."""
    try:
        return urlsplit(value)
    except ValueError:  # a bracket that is not closed
        return None


def _of_address(kind: str, value: str) -> Iterator[Spelling]:
    parts = _split(value)
    host, path = ((parts.hostname or "").rstrip("."), parts.path.rstrip("/")) if parts is not None else ("", "")
    if parts is not None and parts.scheme in ("s3", "gs"):
        yield Spelling(host, Ends.WORD)
    elif parts is not None and parts.scheme == "azblob":
        account = parse_qs(parts.query).get("storage_account", [""])[0]
        if account:
            yield Spelling(account, Ends.WORD)
            yield from _of_azure(azure_names.of_named(azure_names.STORAGE, account))
        else:
            yield Spelling(f"azblob://{host}", Ends.WORD)
    elif not hosts.is_host(hosts.canonical(host)):
        yield Spelling(value, Ends.WORD)
    elif is_shared(host) and path:
        yield from _of_path(kind, host, path.removesuffix(".git"))
    else:
        yield from _of_host(host)


def _of_path(kind: str, host: str, path: str) -> Iterator[Spelling]:
    """The primary's own part of a service that many share, and what in it names one thing in the world."""
    parts = path.split("/")[1:]
    yield Spelling(f"{host}{path}", Ends.WORD)
    yield Spelling(f"{host}:{path[1:]}", Ends.WORD)  # as git writes it
    yield from (Spelling(part, Ends.WORD) for part in _GUID.findall(path))
    yield from (spelling for part in parts if _ACCOUNT.fullmatch(part) for spelling in _of_account(part))
    if kind == "issuer":
        yield Spelling(f"{host}/{parts[0]}", Ends.WORD)
    if kind in ("issuer", "alertEndpoint"):
        yield from (Spelling(part, Ends.WORD) for part in parts if _names_one_thing(part))  # a user pool, a cluster, a hook's key
    if host in _PULUMI:
        yield from (Spelling(f"{name}{path}", Ends.WORD) for name in _PULUMI)
    if host == "hooks.slack.com" and len(parts) > 1:
        yield from (
            Spelling(f"{host}/{way}/{parts[1]}", Ends.WORD) for way in ("services", "workflows", "triggers")
        )  # the workspace
    if host.startswith("s3") and "amazonaws.com" in host:
        yield Spelling(parts[0], Ends.WORD)
