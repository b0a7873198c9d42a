"""Domain types of the configuration: what a host name, a CIDR, an account id is, with the message when it is not."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictStr, WithJsonSchema
from pydantic.alias_generators import to_camel

from components.faults import refuse, shown

type_of_network = IPv4Network | IPv6Network


class Section(BaseModel):
    """A block of a stack file: frozen, camelCase keys, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=False, validate_by_alias=True
    )


_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")


def _host(value: str) -> str:
    labels = value.split(".")
    if len(value) > 253 or len(labels) < 2 or not all(_LABEL.match(label) for label in labels) or labels[-1].isdigit():
        raise refuse(f"{shown(value)} is not a host name; write it in lower case like chat.example.org")
    return value


def _pattern(value: str) -> str:
    _host(value.removeprefix("*."))
    return value


def _network(value: object) -> object:
    if not isinstance(value, str):
        raise refuse(f"{shown(value)} must be text; write it like '192.0.2.0/24'")
    try:
        return ip_network(value)
    except ValueError as problem:
        raise refuse(f"{shown(value)} is not a network ({problem}); write it like 192.0.2.0/24") from None


def _email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    if not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}", local):
        raise refuse(f"{shown(value)} is not an e-mail address; write it like name@example.org")
    _host(domain.lower())
    return value


def _phone(value: str) -> str:
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
        raise refuse(f"{shown(value)} is not a phone number in E.164 form; write it like '+4915112345678'")
    return value


def _https(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise refuse(f"{shown(value)} is not an https address without credentials; write it like https://id.example.org/realm")
    return value.rstrip("/")


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,18}[a-z0-9]", value):
        raise refuse(f"{shown(value)} must be 3 to 20 lower-case letters, digits and hyphens, starting with a letter")
    return value


def _version(value: str) -> str:
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", value):
        raise refuse(f"{shown(value)} is not a version; write it like '12.1.0', in quotes")
    return value


def _digest(value: str) -> str:
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", value):
        raise refuse(f"{shown(value)} is not an image digest; write it like sha256: and 64 hexadecimal digits")
    return value


def _day(value: object) -> object:
    if isinstance(value, (date, str)):
        return value
    raise refuse(f"{shown(value)} is not a date; write it like 2026-12-31")


def _text_schema(description: str, pattern: str | None = None) -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string", "description": description}
    return WithJsonSchema(schema | ({"pattern": pattern} if pattern else {}))


Text = Annotated[StrictStr, Field(min_length=1, max_length=500)]
HostName = Annotated[StrictStr, AfterValidator(_host), _text_schema("A host name in lower case, like chat.example.org")]
HostPattern = Annotated[StrictStr, AfterValidator(_pattern), _text_schema("A host name; '*.' in front means any below it")]
Network = Annotated[type_of_network, BeforeValidator(_network), _text_schema("A network, like 192.0.2.0/24")]
Email = Annotated[StrictStr, AfterValidator(_email), _text_schema("An e-mail address")]
Phone = Annotated[StrictStr, AfterValidator(_phone), _text_schema("A phone number in E.164 form", r"^\+[1-9][0-9]{6,14}$")]
HttpsUrl = Annotated[StrictStr, AfterValidator(_https), _text_schema("An https address without credentials", "^https://")]
Slug = Annotated[StrictStr, AfterValidator(_slug), _text_schema("3 to 20 lower-case letters, digits, hyphens")]
Version = Annotated[StrictStr, AfterValidator(_version), _text_schema("A version, like 12.1.0, in quotes")]
Digest = Annotated[StrictStr, AfterValidator(_digest), _text_schema("An image digest", "^sha256:[0-9a-f]{64}$")]
Day = Annotated[date, BeforeValidator(_day)]


def under(host: str, zone: str) -> bool:
    """Whether `host` is `zone` itself or a name below it; both in lower case, a trailing dot is ignored."""
    host, zone = host.rstrip("."), zone.rstrip(".")
    return host == zone or host.endswith(f".{zone}")


def overlaps(left: type_of_network, right: type_of_network) -> bool:
    """Whether two networks share an address; an IPv4 and an IPv6 network never do."""
    if isinstance(left, IPv4Network) and isinstance(right, IPv4Network):
        return left.overlaps(right)
    if isinstance(left, IPv6Network) and isinstance(right, IPv6Network):
        return left.overlaps(right)
    return False
