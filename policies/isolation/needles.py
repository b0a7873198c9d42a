"""What to look for: every declared value in every spelling that leads to the same thing, with where such a name ends.

An entry is understood by its shape, not by the list it stands in: a key may be given as an ARN, an address or a bare id.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, urlsplit

from components import hosts
from policies.isolation.declaration import Entry
from policies.isolation.decoding import normal
from policies.isolation.rewriting import telephone

# Services that many tenants share under one name: naming them leads to the primary only with its own part of the path.
SHARED_HOSTS = (
    "login.microsoftonline.com",
    "login.windows.net",
    "sts.windows.net",
    "login.microsoftonline.us",
    "accounts.google.com",
    "cognito-idp.*.amazonaws.com",
    "oidc.eks.*.amazonaws.com",
    "token.actions.githubusercontent.com",
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "dev.azure.com",
    "api.pulumi.com",
    "app.pulumi.com",
    "app.terraform.io",
    "hooks.slack.com",
    "slack.com",
    "outlook.office.com",
    "events.pagerduty.com",
    "api.opsgenie.com",
    "discord.com",
    "api.telegram.org",
)

# Registries that anybody may pull from: using one of them too is shared fate, not a way into the primary.
PUBLIC_REGISTRIES = frozenset(
    {
        "docker.io",
        "registry-1.docker.io",
        "ghcr.io",
        "quay.io",
        "public.ecr.aws",
        "registry.k8s.io",
        "mcr.microsoft.com",
        "gcr.io",
    }
)

# Resources of Azure whose names are the world's, by the service that answers for them: either form names the same thing.
_HOSTS_OF_RESOURCES = {
    "vault.azure.net": "vaults",
    "managedhsm.azure.net": "managedhsms",
    "azurecr.io": "registries",
    "blob.core.windows.net": "storageaccounts",
    "dfs.core.windows.net": "storageaccounts",
    "file.core.windows.net": "storageaccounts",
    "queue.core.windows.net": "storageaccounts",
    "table.core.windows.net": "storageaccounts",
}
_PRIVATE_NAMES = {"vault.azure.net": "vaultcore.azure.net"}  # below privatelink.; the others keep their names there

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ACCOUNT = re.compile(r"\d{12}")
_ARN = re.compile(r"arn:[a-z-]+:([a-z0-9-]+):[^:]*:[^:]*:(.+)")
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{2}:){7,}[0-9a-f]{2}")
_OWN_NUMBER = 9  # digits; shorter numbers stand in a plan by chance
_OWN_ID = 16  # an id in an ARN that is as long as this names one thing in the world; a shorter one is just a name


class Ends(Enum):
    """Where a name ends. HOST: on label boundaries; NUMBER: not inside a longer id; WORD: whole; REGION: with its zones."""

    HOST = "host"
    NUMBER = "number"
    WORD = "word"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Needle:
    """Text to look for, in the spelling of `decoding.normal`."""

    text: str
    ends: Ends
    entry: Entry


def needles(entry: Entry) -> Iterator[Needle]:
    """Every spelling of one entry. Networks have none: they are compared by address."""
    if entry.kind != "cidr":
        seen: set[tuple[str, Ends]] = set()
        for text, ends in _spellings(entry.kind, normal(entry.value.strip())):
            if text and (text, ends) not in seen:
                seen.add((text, ends))
                yield Needle(text, ends, entry)


def _spellings(kind: str, value: str) -> Iterator[tuple[str, Ends]]:
    if kind == "region":
        yield value, Ends.REGION
    elif _ACCOUNT.fullmatch(value):
        yield value, Ends.NUMBER
        for size, between in ((4, "-"), (4, " "), (3, "-"), (3, "_")):  # the first as the console prints it
            yield between.join(value[place : place + size] for place in range(0, 12, size)), Ends.NUMBER
        short = value.lstrip("0")
        if _OWN_NUMBER <= len(short) < len(value):  # read as a number somewhere on its way
            yield short, Ends.NUMBER
    elif _GUID.fullmatch(value):
        yield value, Ends.WORD
        yield value.replace("-", ""), Ends.WORD
        yield value.replace("-", "_"), Ends.WORD
    elif _FINGERPRINT.fullmatch(value):
        yield from _of_fingerprint(value)
    elif value.startswith("arn:"):
        yield from _of_arn(value)
    elif "://" in value:
        yield from _of_address(kind, value)
    elif "@" in value:
        yield value, Ends.HOST
    elif hosts.is_host(hosts.canonical(value)):
        yield from _of_host(value)
    else:
        yield telephone(value).rstrip("/"), Ends.WORD
        yield from _of_resource(value)


def _of_host(host: str) -> Iterator[tuple[str, Ends]]:
    """The host name, and what else names the same thing: an Azure resource by its id, a registry of AWS by its account."""
    yield host, Ends.HOST
    name, _, service = host.partition(".")
    if service in _HOSTS_OF_RESOURCES:
        yield from _of_named(_HOSTS_OF_RESOURCES[service], name)
    if _ACCOUNT.fullmatch(name) and service.startswith("dkr.ecr."):
        yield name, Ends.NUMBER


def _of_resource(value: str) -> Iterator[tuple[str, Ends]]:
    """The host name of an Azure resource that is declared by its id."""
    for type_ in dict.fromkeys(_HOSTS_OF_RESOURCES.values()):
        found = re.search(rf"/{type_}/([a-z0-9-]+)(?:/|$)", value)
        if found:
            yield from _of_named(type_, found[1])
    zone = re.search(r"/(?:private)?dnszones/([^/]+)$", value)
    if zone:
        yield zone[1], Ends.HOST


def _of_named(type_: str, name: str) -> Iterator[tuple[str, Ends]]:
    """Every name of an Azure resource whose name is the world's: its id, its hosts, private and of the second location too."""
    yield f"{type_}/{name}", Ends.WORD
    for service in (service for service, other in _HOSTS_OF_RESOURCES.items() if other == type_):
        yield f"{name}.{service}", Ends.HOST
        yield f"{name}.privatelink.{_PRIVATE_NAMES.get(service, service)}", Ends.HOST
        if type_ == "storageaccounts":
            yield f"{name}-secondary.{service}", Ends.HOST


def _of_fingerprint(value: str) -> Iterator[tuple[str, Ends]]:
    """A fingerprint as tools print it, and in base64 as keys of web services (RFC 7517, section 4.8) and pins name it."""
    digits = value.replace(":", "")
    for between in (":", "", " ", "-"):
        yield value.replace(":", between), Ends.WORD
    yield f"0x{digits}", Ends.WORD
    coded = base64.b64encode(bytes.fromhex(digits)).decode().rstrip("=").lower()
    yield coded, Ends.WORD
    yield coded.translate({ord("+"): "-", ord("/"): "_"}), Ends.WORD


def _of_arn(value: str) -> Iterator[tuple[str, Ends]]:
    """An ARN, the account in it, and the id at its end if that names one thing in the world."""
    yield value, Ends.WORD
    account = value.split(":")[4]
    if _ACCOUNT.fullmatch(account):
        yield account, Ends.NUMBER
    found = _ARN.fullmatch(value)
    own = re.split(r"[/:]", found[2])[-1] if found else ""
    if found and found[1] == "s3":
        yield found[2].partition("/")[0], Ends.WORD
    elif _names_one_thing(own):
        yield own, Ends.WORD


def _names_one_thing(own: str) -> bool:
    return len(own) >= _OWN_ID and re.search(r"\d", own) is not None


def _of_address(kind: str, value: str) -> Iterator[tuple[str, Ends]]:
    parts = urlsplit(value)
    host, path = (parts.hostname or "").rstrip("."), parts.path.rstrip("/")
    if parts.scheme in ("s3", "gs"):
        yield host, Ends.WORD
    elif parts.scheme == "azblob":
        account = parse_qs(parts.query).get("storage_account", [""])[0]
        if account:
            yield account, Ends.WORD
            yield from _of_named("storageaccounts", account)
        else:
            yield f"azblob://{host}", Ends.WORD
    elif not hosts.is_host(hosts.canonical(host)):
        yield value, Ends.WORD
    elif is_shared(host) and path:
        yield f"{host}{path}", Ends.WORD
        yield from ((part, Ends.WORD) for part in path.split("/") if _GUID.fullmatch(part))
        if kind == "issuer":
            yield f"{host}/{path.split('/')[1]}", Ends.WORD
            yield from ((part, Ends.WORD) for part in path.split("/") if _names_one_thing(part))  # a user pool, a cluster
        if host == "api.pulumi.com":
            yield f"app.pulumi.com{path}", Ends.WORD
        if host == "hooks.slack.com":
            yield host + "/".join(path.split("/")[:3]), Ends.WORD  # the workspace
    else:
        yield from _of_host(host)


def is_shared(host: str) -> bool:
    """Whether many tenants share this host name."""
    return any(re.fullmatch(re.escape(shared).replace(r"\*", "[a-z0-9-]+"), host) for shared in SHARED_HOSTS)


def is_public_registry(value: str) -> bool:
    """Whether anybody may pull from this registry."""
    return hosts.canonical(value) in PUBLIC_REGISTRIES
