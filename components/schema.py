"""Domain types of the configuration: what a host name, a network, a version is, with the message when it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from annotated_types import GroupedMetadata
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from components import hosts, networks
from components.faults import refuse, shown
from components.hosts import under
from components.networks import AnyNetwork, overlaps

__all__ = ["overlaps", "under"]  # handed on: whoever has the types also wants to compare them


class UnreadableError(Exception):
    """A rule asked for a setting that is itself at fault, so the rule cannot be judged. Never reaches a person."""


class Section(BaseModel):
    """A block of a stack file: frozen, camelCase keys, unknown keys refused.

    A section that was salvaged from a faulty block raises UnreadableError for the settings that are at fault.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=False, validate_by_alias=True
    )

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in type(self).model_fields:
                raise UnreadableError(name)
            return super().__getattr__(name)


@dataclass(frozen=True, slots=True)
class Kind(GroupedMetadata):
    """What a type of value is: how to describe it to a person, what checks it, what an editor may check of it."""

    hint: str
    check: Callable[[Any], object] | None = None
    pattern: str | None = None
    before: bool = False
    form: str | None = None

    def __iter__(self) -> Iterator[object]:
        if self.check is not None:
            yield BeforeValidator(self.check) if self.before else AfterValidator(self.check)
            schema: dict[str, Any] = {"type": "string", "description": f"{self.hint[0].upper()}{self.hint[1:]}."}
            schema |= {"pattern": f"^{self.pattern}$"} if self.pattern else {}
            yield WithJsonSchema(schema | ({"format": self.form} if self.form else {}))
        yield Hint(self.hint)


@dataclass(frozen=True, slots=True)
class Hint:
    """How to describe a type, where pydantic keeps a field's annotations."""

    text: str


def _host(value: str, before: str = "") -> str:
    if hosts.is_host(value):
        return value
    meant = hosts.suggestion(value)
    fix = f"write it as '{before}{meant}'" if meant and meant != value else f"write it like {before}chat.example.org"
    raise refuse(f"{shown(before + value)} is not a host name in its one spelling (lower case, ASCII, at least one dot)", fix)


def _pattern(value: str) -> str:
    before = "*." if value.startswith("*.") else ""
    return before + _host(value.removeprefix("*."), before)


def _network(value: object) -> object:
    if isinstance(value, AnyNetwork):
        return value
    if not isinstance(value, str):
        raise refuse(f"{shown(value)} is not text", "write the network in quotes, like '192.0.2.0/24'")
    network = networks.parsed(value)
    if isinstance(network, str):
        fix = f"write it as {network}" if network else "write it like 192.0.2.0/24"
        raise refuse(f"{shown(value)} is not a network (first address, slash, prefix length)", fix)
    return network


def _email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    named = re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}", local) is not None
    if named and hosts.is_host(domain):
        return value
    right = f"{local}@{hosts.canonical(domain)}"
    fix = f"write it as '{right}'" if named and hosts.is_host(hosts.canonical(domain)) else "write it like name@example.org"
    raise refuse(f"{shown(value)} is not an e-mail address", fix)


def _phone(value: str) -> str:
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
        return value
    bare = re.sub(r"[\s()./-]", "", value)
    fix = f"write it as '{bare}'" if re.fullmatch(r"\+[1-9][0-9]{6,14}", bare) else "write it like '+4915112345678'"
    raise refuse(f"{shown(value)} is not a phone number in E.164 form", fix)


def _https(value: str) -> str:
    host = hosts.of_address(value) if value.startswith("https://") else ""
    clean = host and hosts.is_host(host) and not urlsplit(value).username and not urlsplit(value).password
    if not clean or urlsplit(value).query or urlsplit(value).fragment or not value.isprintable() or " " in value:
        raise refuse(f"{shown(value)} is not an https address without credentials", "write it like https://id.example.org/realm")
    if urlsplit(value).netloc.partition(":")[0] != host:
        fixed = value.replace(urlsplit(value).netloc.partition(":")[0], host, 1)
        raise refuse(f"{shown(value)} does not spell its host name in lower case and ASCII", f"write it as '{fixed}'")
    if not _has_a_real_port(value):
        raise refuse(f"{shown(value)} has a port that cannot be", "leave it out for 443, or write a number up to 65535")
    return value.rstrip("/")


def _has_a_real_port(address: str) -> bool:
    try:
        port = urlsplit(address).port
    except ValueError:
        return False
    return port is None or port > 0


def _text(value: str) -> str:
    if "\n" in value:
        raise refuse(f"{shown(value)} has more than one line", "write it on one")
    return _prose(value)


def _prose(value: str) -> str:
    if value != value.strip() or not value.replace("\n", "").isprintable():
        raise refuse(f"{shown(value)} has spaces at an end, or characters that cannot be printed", "write plain text")
    return value


def matching(expression: str, name: str, fix: str) -> Callable[[str], str]:
    """A check of a text type against one expression. `fix` completes 'write ...'."""
    compiled = re.compile(expression)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise refuse(f"{shown(value)} is not {name}", f"write {fix}")
        return value

    return check


def _numbers(count: int, example: str) -> Callable[[str], str]:
    expression = re.compile(r"\.".join([r"[0-9]+"] * count))

    def check(value: str) -> str:
        if expression.fullmatch(value):
            return value
        bare = value.strip().removeprefix("v")
        fix = f"write it as '{bare}'" if expression.fullmatch(bare) else f"write it like '{example}', in quotes"
        raise refuse(f"{shown(value)} is not a version of {count} numbers", fix)

    return check


# Unquoted dates reach `pulumi up` in Go's own notation, because the engine's YAML reader takes them for times.
_GO_TIME = re.compile(r"([0-9]{4}-[0-9][0-9]-[0-9][0-9]) ([0-9][0-9]:[0-9][0-9]:[0-9][0-9]) \+0000 UTC")
_MOMENT = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z")


def _day(value: object) -> object:
    text = value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
    if isinstance(text, date):
        return text
    if isinstance(text, str):
        text = _GO_TIME.sub(r"\1T\2Z", text).removesuffix("T00:00:00Z")
        if re.fullmatch(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                pass
    raise refuse(f"{shown(value)} is not a day of the calendar", "write it like 2026-12-31")


def _moment(value: object) -> object:
    text = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) and value.tzinfo else value
    text = value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) and not value.tzinfo else text
    text = _GO_TIME.sub(r"\1T\2Z", text) if isinstance(text, str) else text
    if isinstance(text, str) and _MOMENT.fullmatch(text):
        try:
            datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            pass
        else:
            return text
    raise refuse(f"{shown(value)} is not a moment in UTC", "write it like '2026-11-22T03:00:00Z'")


def moment(text: str) -> datetime:
    """The value of a Moment, to reckon with."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


_SLUG = r"[a-z][a-z0-9-]{1,18}[a-z0-9]"
_STACK = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_FILE = r"[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml"
_DIGEST = r"sha256:[0-9a-f]{64}"
_COLOUR = r"#[0-9A-Fa-f]{6}"
_REGISTRY = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
_PATH = r"/[^\s?#]*"
_BACKEND = r"[a-z][a-z0-9+]*://[^@\s]+"
_HOST = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_PHONE = r"\+[1-9][0-9]{6,14}"
_SLUG_FIX = "3 to 20 lower-case letters, digits and hyphens, a letter first"
_USER = r"[a-z][a-z0-9._-]{2,21}"
_USER_FIX = "3 to 22 lower-case letters, digits, dots, hyphens and underscores, a letter first"
_PATH_FIX = "a path that starts with /, without ? and #"
_BACKEND_FIX = "an address as for `pulumi login`, without credentials, like s3://bucket?region=eu-central-1"
_STACK_FIX = "the part between Pulumi. and .yaml"
_FILE_FIX = "the name of a file beside the stack files, like roster.yaml"
_DIGEST_FIX = "sha256: and 64 hexadecimal digits"
_COLOUR_FIX = "# and 6 hexadecimal digits, in quotes, like '#8B0000'"
_REGISTRY_FIX = "host, port and path of a registry alone, like registry.example.org/mirror"

Flag = Annotated[StrictBool, Kind("true or false")]
Whole = Annotated[StrictInt, Kind("a whole number")]
Text = Annotated[StrictStr, Field(min_length=1, max_length=500), AfterValidator(_text), Kind("a text")]
Prose = Annotated[StrictStr, Field(min_length=1, max_length=500), AfterValidator(_prose), Kind("a text")]
HostName = Annotated[StrictStr, Kind("a host name in lower case, like chat.example.org", _host, _HOST)]
HostPattern = Annotated[StrictStr, Kind("a host name; '*.' in front means any name below it", _pattern, rf"(\*\.)?{_HOST}")]
Network = Annotated[AnyNetwork, Kind("a network, like 192.0.2.0/24", _network, r"[0-9A-Fa-f.:]+/[0-9]{1,3}", before=True)]
Email = Annotated[StrictStr, Kind("an e-mail address, like name@example.org", _email, r"[^@\s]+@[^@\s]+")]
Phone = Annotated[StrictStr, Kind("a phone number in E.164 form, like '+4915112345678'", _phone, _PHONE)]
HttpsUrl = Annotated[StrictStr, Kind("an https address without credentials", _https, r"https://[^@\s]+")]
Slug = Annotated[StrictStr, Kind(_SLUG_FIX, matching(_SLUG, "a short name", _SLUG_FIX), _SLUG)]
StackName = Annotated[StrictStr, Kind("the name of a stack", matching(_STACK, "the name of a stack", _STACK_FIX), _STACK)]
FileName = Annotated[StrictStr, Kind("the name of a YAML file", matching(_FILE, "the name of a YAML file", _FILE_FIX), _FILE)]
Version = Annotated[StrictStr, Kind("two numbers in quotes, like '17.9'", _numbers(2, "17.9"), r"[0-9]+\.[0-9]+")]
Release = Annotated[StrictStr, Kind("three numbers, like 12.1.0", _numbers(3, "12.1.0"), r"[0-9]+\.[0-9]+\.[0-9]+")]
Digest = Annotated[StrictStr, Kind(_DIGEST_FIX, matching(_DIGEST, "an image digest", _DIGEST_FIX), _DIGEST)]
Colour = Annotated[StrictStr, Kind(_COLOUR_FIX, matching(_COLOUR, "a colour", _COLOUR_FIX), _COLOUR)]
Registry = Annotated[StrictStr, Kind(_REGISTRY_FIX, matching(_REGISTRY, "a registry without scheme", _REGISTRY_FIX), _REGISTRY)]
Username = Annotated[StrictStr, Kind(_USER_FIX, matching(_USER, "a user name", _USER_FIX), _USER)]
UrlPath = Annotated[StrictStr, Kind("a path that starts with /", matching(_PATH, "a path", _PATH_FIX), _PATH)]
Backend = Annotated[StrictStr, Kind("an address like s3://bucket", matching(_BACKEND, "an address", _BACKEND_FIX), _BACKEND)]
Day = Annotated[date, Kind("a day, like 2026-12-31", _day, before=True, form="date")]
Moment = Annotated[str, Kind("a moment in UTC, like '2026-11-22T03:00:00Z'", _moment, _MOMENT.pattern, before=True)]
