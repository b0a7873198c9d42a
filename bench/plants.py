"""References to a primary, plain and disguised, to be planted into plans: what the isolation search must find.

A plant is a text that somebody could really write at some place of a stack. The primary here declares one value of every kind.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import quote

from policies.isolation import Declaration, declared

PRIMARY: Mapping[str, object] = {
    "endpoint": {"host": "chat.corp.primary-org.example", "path": "/api/v4/system/ping"},
    "accounts": ["121212343434"],
    "subscriptions": ["0d6e2d62-6a3c-4f04-9a55-1f5f2b5a7c01"],
    "tenants": ["5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d"],
    "organisations": ["o-primary0001"],
    "regions": ["ap-southeast-4"],
    "domains": ["primary-org.example"],
    "dnsZones": ["Z0PRIMARYZONE0001"],
    "issuers": ["https://login.primary-idp.example/oauth2/default"],
    "cidrs": ["10.0.0.0/12", "203.0.113.0/24", "2001:db8:77::/48"],
    "registries": ["registry.primary-images.example"],
    "keys": ["arn:aws:kms:ap-southeast-4:343434121212:key/5b0e3a4e-1f0c-4d0d-8a53-3f0f0c7a1e11"],
    "certificates": ["7A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A:1B:2C:3D"],
    "alertEndpoints": ["soc@primary-mail.example"],
    "ciSystems": ["ci.primary-build.example"],
    "stateBackends": ["s3://primary-pulumi-state?region=ap-southeast-4"],
    "secretStores": ["vault.primary-vault.example"],
}
FAILOVER_NAME = "chat.oob.example"


@dataclass(frozen=True, slots=True)
class Plant:
    """A text that leads to the primary. `disguise` names how it is written."""

    kind: str
    disguise: str
    text: str


def declaration() -> Declaration:
    """The primary that the plants lead to."""
    return declared(PRIMARY, FAILOVER_NAME)


HOSTS = {
    "domain": "db.primary-org.example",
    "issuer": "login.primary-idp.example",
    "registry": "registry.primary-images.example",
    "ciSystem": "ci.primary-build.example",
    "secretStore": "vault.primary-vault.example",
}
IDS = {
    "account": "121212343434",
    "subscription": "0d6e2d62-6a3c-4f04-9a55-1f5f2b5a7c01",
    "tenant": "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
    "organisation": "o-primary0001",
    "region": "ap-southeast-4",
    "dnsZone": "Z0PRIMARYZONE0001",
    "key": "5b0e3a4e-1f0c-4d0d-8a53-3f0f0c7a1e11",
    "certificate": "7A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A:1B:2C:3D",
    "stateBackend": "primary-pulumi-state",
}
NETWORKS = ("10.3.0.0/16", "203.0.113.128/25", "2001:db8:77:1::/64")

_ANY: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "JSON document": lambda text: json.dumps({"Statement": [{"Principal": {"AWS": [text]}}]}),
    "JSON text": lambda text: json.dumps(json.dumps({"key": text})),
    "JSON key": lambda text: json.dumps({text: True}),
    "JSON escapes": lambda text: '{"a": "' + "".join(f"\\u{ord(letter):04x}" for letter in text) + '"}',
    "JSON escapes twice": lambda text: json.dumps(json.dumps("".join(f"\\u{ord(letter):04x}" for letter in text))),
    "base64": lambda text: _coded(f"host={text}\n"),
    "base64 of the value alone": lambda text: _coded(text),
    "base64, URL alphabet, no padding": lambda text: (
        base64.urlsafe_b64encode(f"~~~ host: {text} ???".encode()).decode().rstrip("=")
    ),
    "base64 of base64": lambda text: _coded(_coded(f"host={text}")),
    "base64 of JSON": lambda text: _coded(json.dumps({"auths": {text: {}}})),
    "base64 of UTF-16": lambda text: base64.b64encode(f"$a = '{text}'".encode("utf-16-le")).decode(),
    "base64 in lines": lambda text: base64.encodebytes(f"{'#' * 90}\nhost: {text}\n".encode()).decode(),
    "base64 in a manifest, in lines": lambda text: _in_lines(f"{'#' * 43} host: {text} {'#' * 91}\n"),
    "base64 in a path": lambda text: f"x-y/{_coded(f'host={text}')}",
    "data URL": lambda text: f"data:text/plain;base64,{_coded(f'see {text} there')}",
    "percent-encoded": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "query of a URL": lambda text: f"https://elsewhere.example.net/x?to={quote(text, safe='')}&y=1",
    "in a script": lambda text: f'#!/bin/sh\\nexport A=\\"{text}\\"\\nrun',
    "environment of a manifest": lambda text: f"env:\n  - name: TARGET\n    value: '{text}'\n",
    "among others": lambda text: f"a.example.net,{text};b.example.net",
}
_HOST: dict[str, Callable[[str], str]] = {
    "trailing dot": lambda host: f"{host}.",
    "port": lambda host: f"{host}:8443",
    "URL": lambda host: f"https://user:pw@{host}:443/path?q=1",
    "connection string": lambda host: f"postgres://u:p@{host}/db?sslmode=verify-full",
    "below it": lambda host: f"a.b.{host}",
    "wildcard": lambda host: f"*.{host}",
    "mail": lambda host: f"Somebody <name@{host}>",
    "punycode": lambda host: ".".join(f"xn--{label.encode('punycode').decode()}" for label in host.split(".")),
    "full width": lambda host: "".join(chr(ord(letter) + 0xFEE0) if letter.isalnum() else letter for letter in host),
    "ideographic dots": lambda host: host.replace(".", "\u3002"),
    "pattern": lambda host: f"^https://{re.escape(host)}/.*$",
    "image": lambda host: f"{host}/team/app:1.0@sha256:{'0' * 64}",
    "ARN": lambda host: f"arn:aws:iam::444455556666:oidc-provider/{host}",
}
_ID: dict[str, Callable[[str], str]] = {
    "URL": lambda value: f"https://elsewhere.example.net/{value}/v2.0",
    "ARN": lambda value: f"arn:aws:service:eu-central-1:444455556666:thing/{value}",
    "resource id": lambda value: f"/providers/Microsoft.Example/things/{value}/parts/one",
}
_ACCOUNT: dict[str, Callable[[str], str]] = {
    "ARN of the account": lambda number: f"arn:aws:iam::{number}:role/administrators",
    "registry of the account": lambda number: f"{number}.dkr.ecr.eu-central-1.amazonaws.com/app:1",
    "name of a bucket": lambda number: f"logs-{number}-eu-central-1",
    "as the console prints it": lambda number: f"{number[:4]}-{number[4:8]}-{number[8:]}",
}


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _in_lines(text: str) -> str:
    """As a block of YAML holds it: the value itself is broken by a line end."""
    lines = base64.encodebytes(text.encode()).decode().splitlines()
    return "data:\n  file: |\n" + "".join(f"    {line}\n" for line in lines)


def _network_spellings(text: str) -> Iterator[tuple[str, str]]:
    network = ip_network(text)
    address = network.network_address + 5
    yield "address", str(address)
    yield "whole supernet", str(network.supernet(new_prefix=8 if network.version == 4 else 32))
    yield "supernet, wide", str(network.supernet(new_prefix=3 if network.version == 4 else 16))
    yield "host bits set", f"{address}/{network.prefixlen}"
    if network.version == 4:
        yield "address with port", f"{address}:5432"
        yield "URL", f"http://{address}:8080/4"
        yield "range", f"{address}-{network.broadcast_address}"
        yield "IPv4-mapped", f"::ffff:{address}"
        yield "IPv4-mapped in hexadecimal", f"::ffff:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"
        yield "IPv4-mapped network", f"::ffff:{network.network_address}/{96 + network.prefixlen}"
        yield "NAT64", f"64:ff9b::{address}"
        yield "6to4", f"2002:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}::1"
        yield "name of a host", f"ip-{str(address).replace('.', '-')}.eu-west-9.compute.internal"
        yield "reverse name", address.reverse_pointer
    else:
        yield "written out", network.exploded
        yield "URL", f"https://[{address}]:8443/x"


def plants() -> Iterator[Plant]:
    """Every kind in every disguise that such a thing can wear."""
    for kind, host in HOSTS.items():
        for name, disguise in (_ANY | _HOST).items():
            yield Plant(kind, name, disguise(host))
    for kind, value in IDS.items():
        for name, disguise in (_ANY | _ID | (_ACCOUNT if kind == "account" else {})).items():
            yield Plant(kind, name, disguise(value))
    for network in NETWORKS:
        for name, disguise in _ANY.items():
            yield Plant("cidr", name, disguise(network))
        for name, text in _network_spellings(network):
            yield Plant("cidr", name, text)
    mail = "soc@primary-mail.example"
    for name, disguise in _ANY.items():
        yield Plant("alertEndpoint", name, disguise(mail))
    yield Plant("alertEndpoint", "mailto", f"mailto:{mail}?subject=x")
    yield Plant("endpoint", "plain", "chat.corp.primary-org.example")
    yield Plant("region", "zone", "ap-southeast-4b")
    yield Plant("stateBackend", "host of a bucket", "primary-pulumi-state.s3.ap-southeast-4.amazonaws.com")
    yield Plant("subscription", "resource id", f"/subscriptions/{IDS['subscription']}/resourceGroups/x/providers/y")
    yield Plant("tenant", "no hyphens", IDS["tenant"].replace("-", ""))
    yield Plant("certificate", "no colons", IDS["certificate"].replace(":", ""))
