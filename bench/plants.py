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
    "domains": ["primary-org.example", "b\u00fccher-primary.example"],
    "dnsZones": ["Z0PRIMARYZONE0001"],
    "issuers": ["https://login.primary-idp.example/oauth2/default"],
    "cidrs": ["10.0.0.0/12", "203.0.113.0/24", "2001:db8:77::/48", "fd12:3456:789a::/48"],
    "registries": ["registry.primary-images.example", "primaryimages.azurecr.io", "565656787878.dkr.ecr.eu-west-9.amazonaws.com"],
    "keys": [
        "https://primary-keys.vault.azure.net/keys/main",
        "arn:aws:kms:ap-southeast-4:343434121212:key/5b0e3a4e-1f0c-4d0d-8a53-3f0f0c7a1e11",
    ],
    "certificates": ["7A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A:1B:2C:3D"],
    "alertEndpoints": ["soc@primary-mail.example", "+41795550123"],
    "ciSystems": ["ci.primary-build.example"],
    "stateBackends": ["s3://primary-pulumi-state?region=ap-southeast-4"],
    "secretStores": [
        "vault.primary-vault.example",
        "/subscriptions/x/resourceGroups/y/providers/Microsoft.KeyVault/vaults/primary-secrets",
    ],
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
NETWORKS = ("10.3.0.0/16", "203.0.113.128/25", "2001:db8:77:1::/64", "fd12:3456:789a:2::/64")

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
    "base64 in a path": lambda text: f"x-y/{_coded(f'host={text}')}/z",
    "data URL": lambda text: f"data:text/plain;base64,{_coded(f'see {text} there')}",
    "percent-encoded": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "query of a URL": lambda text: f"https://elsewhere.example.net/x?to={quote(text, safe='')}&y=1",
    "in a script": lambda text: f'#!/bin/sh\\nexport A=\\"{text}\\"\\nrun',
    "environment of a manifest": lambda text: f"env:\n  - name: TARGET\n    value: '{text}'\n",
    "among others": lambda text: f"a.example.net,{text};b.example.net",
    "percent-encoded twice": lambda text: "".join(f"%25{byte:02X}" for byte in text.encode()),
    "HTML entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "HTML entities in hexadecimal": lambda text: "".join(f"&#x{ord(letter):X};" for letter in text),
    "octal escapes": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "long escapes": lambda text: "".join(f"\\U{ord(letter):08x}" for letter in text),
    "a line that goes on": lambda text: f"run --to {text[:5]}\\\n{text[5:]} --quietly",
    "bytes in hexadecimal": lambda text: f"\\x{text.encode().hex()}",
    "base64 of UTF-16 with a mark": lambda text: base64.b64encode(f"url={text}".encode("utf-16")).decode(),
    "base64 of UTF-16, big end first": lambda text: base64.b64encode(f"url={text}".encode("utf-16-be")).decode(),
    "base64 in a docker configuration": lambda text: json.dumps({"auths": {"x.example.net": {"auth": _coded(f"u:pw@{text}")}}}),
    "a token": lambda text: f"Bearer {_bare({'alg': 'RS256'})}.{_bare({'sub': text})}.c2lnbmF0dXJl",
    "YAML": lambda text: f"all:\n  - &one {{name: a, to: '{text}'}}\n  - <<: *one\n",
    "settings by --set": lambda text: f"controller.env[0].value={text},controller.replicas=2",
    "words and values": lambda text: f"host={text} port=5432 dbname=x sslmode=verify-full",
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
    "mixed case, dot and port": lambda host: f"{host.title()}.:8443",
    "JDBC": lambda host: f"jdbc:postgresql://a.example.net:1,{host}:5432/x?ssl=true",
    "address of MySQL": lambda host: f"user:pw@tcp({host}:3306)/db",
    "ODBC": lambda host: f"Driver={{PG}};Server=tcp:{host},1433;Database=x;",
    "distinguished name": lambda host: f"cn=reader,ou=people,{','.join(f'DC={label}' for label in host.split('.'))}",
    "pattern with classes": lambda host: host.replace(".", "[.]"),
    "service record": lambda host: f"0 5 389 _ldap._tcp.{host}.",
    "sender policy": lambda host: f"v=spf1 include:{host} -all",
    "soft hyphen": lambda host: f"{host[:4]}\u00ad{host[4:]}",
    "variation selector": lambda host: f"{host[:4]}\ufe0f{host[4:]}",
    "mathematical letters": lambda host: "".join(chr(ord(letter) + 0x1D3B9) if letter.islower() else letter for letter in host),
}
_ID: dict[str, Callable[[str], str]] = {
    "URL": lambda value: f"https://elsewhere.example.net/{value}/v2.0",
    "ARN": lambda value: f"arn:aws:service:eu-central-1:444455556666:thing/{value}",
    "resource id": lambda value: f"/providers/Microsoft.Example/things/{value}/parts/one",
    "resource id, percent-encoded": lambda value: f"%2fproviders%2FMicrosoft.Example%2Fthings%2F{value}%2Fparts%2Fone",
    "ARN of the government's cloud": lambda value: f"arn:aws-us-gov:service:us-gov-west-1:444455556666:thing/{value}",
    "ARN of China": lambda value: f"arn:aws-cn:service:cn-north-1:444455556666:thing/{value}",
}
_ACCOUNT: dict[str, Callable[[str], str]] = {
    "ARN of the account": lambda number: f"arn:aws:iam::{number}:role/administrators",
    "registry of the account": lambda number: f"{number}.dkr.ecr.eu-central-1.amazonaws.com/app:1",
    "name of a bucket": lambda number: f"logs-{number}-eu-central-1",
    "as the console prints it": lambda number: f"{number[:4]}-{number[4:8]}-{number[8:]}",
    "ARN of the account, any partition": lambda number: f"arn:*:iam::{number}:*",
    "ARN of the account, government": lambda number: f"arn:aws-us-gov:iam::{number}:root",
    "ARN of the account, China": lambda number: f"arn:aws-cn:iam::{number}:root",
    "in groups of four": lambda number: f"{number[:4]} {number[4:8]} {number[8:]}",
    "in groups of three": lambda number: "-".join(number[place : place + 3] for place in range(0, 12, 3)),
    "number in JSON": lambda number: f'{{"owner": {number}}}',
    "fraction in JSON": lambda number: f'{{"owner": {number}.0}}',
    "without quotes in Helm": lambda number: f"{int(number) / 1e11!r}e+11",
    "address to sign in": lambda number: f"https://{number}.signin.aws.amazon.com/console",
}


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _bare(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


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
    yield "reverse name", address.reverse_pointer
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
        first, second, third, fourth = str(address).split(".")
        yield "URL in decimal", f"http://{int(address)}/x"
        yield "URL in hexadecimal", f"https://0x{int(address):08x}:8443/x"
        yield "URL in octal", f"http://{int(first):#o}.{int(second):#o}.{int(third):#o}.{int(fourth):#o}/".replace("0o", "0")
        yield "URL in short", f"http://{first}.{second}.{int(third) * 256 + int(fourth)}/"
        yield "pattern", f"{first}.{second}.{third}.*"
        yield "wide pattern", f"{first}.{second}.*.*"
        yield "mask", f"{network.network_address} {network.netmask}"
        yield "wildcard", f"permit ip {network.supernet(new_prefix=6).network_address} 3.255.255.255 any"
        yield "name of a public host", f"ec2-{first}-{second}-{third}-{fourth}.eu-west-9.compute.amazonaws.com"
        yield "name that tells it", f"app.{first}-{second}-{third}-{fourth}.nip.io"
        yield "name that tells it in hexadecimal", f"app.{int(address):08x}.nip.io"
    else:
        yield "in words and values", f"host={address} port=5432"
        yield "with a zone", f"{address}%eth0"
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
    for kind, values in OTHERS.items():
        for name, text in values.items():
            yield Plant(kind, name, text)
    for name, disguise in _ANY.items():
        yield Plant("alertEndpoint", name, disguise("soc@primary-mail.example"))


_SUBSCRIPTION = IDS["subscription"]
OTHERS: Mapping[str, Mapping[str, str]] = {
    "alertEndpoint": {
        "mailto": "mailto:soc@primary-mail.example?subject=x",
        "mail with a tag": "soc+oob@primary-mail.example",
        "mail in quotes": '"soc"@primary-mail.example',
        "mail in quotes behind a name": '"Operations, Security" <"soc"@primary-mail.example>',
        "telephone": "+41795550123",
        "telephone as people write it": "tel:+41-79-555-01-23",
        "telephone with brackets": "+41 (79) 555 01 23",
        "telephone with two zeros": "0041795550123",
    },
    "endpoint": {"plain": "chat.corp.primary-org.example"},
    "region": {"zone": "ap-southeast-4b"},
    "stateBackend": {"host of a bucket": "primary-pulumi-state.s3.ap-southeast-4.amazonaws.com"},
    "subscription": {
        "path of a resource": f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/x/providers/y",
        "path of a resource, percent-encoded": f"%2Fsubscriptions%2F{_SUBSCRIPTION.upper()}%2FresourceGroups%2Fx",
        "upper case, no hyphens": _SUBSCRIPTION.upper().replace("-", ""),
        "in brackets": f"{{{_SUBSCRIPTION.upper()}}}",
        "underscores": _SUBSCRIPTION.replace("-", "_"),
        "URN": f"urn:uuid:{_SUBSCRIPTION}",
    },
    "tenant": {"no hyphens": IDS["tenant"].replace("-", "")},
    "certificate": {"no colons": IDS["certificate"].replace(":", "")},
    "registry": {
        "registry of Azure": "https://primaryimages.azurecr.io/v2/",
        "registry of Azure by its id": "/subscriptions/x/providers/Microsoft.ContainerRegistry/registries/primaryImages/tokens/y",
        "data of a registry of Azure": "primaryimages.westeurope.data.azurecr.io",
        "data of a registry of Azure, private": "primaryimages.westeurope.data.privatelink.azurecr.io",
        "replica of a registry of Azure": "https://primaryimages.eastus2.geo.azurecr.io/v2/",
        "registry of AWS by its account": "arn:aws:ecr:eu-west-9:565656787878:repository/app",
    },
    "secretStore": {
        "vault of Azure by its host": "https://primary-secrets.vault.azure.net/secrets/one",
        "vault of Azure by its id": "/SUBSCRIPTIONS/z/providers/Microsoft.KeyVault/vaults/primary-secrets/accessPolicies/add",
    },
    "key": {
        "key of Azure": "https://primary-keys.vault.azure.net/keys/main/0123456789abcdef0123456789abcdef",
        "key of Azure by its id": "/subscriptions/x/resourceGroups/y/providers/Microsoft.KeyVault/vaults/primary-keys/keys/main",
    },
    "domain": {
        "umlaut": "www.b\u00fccher-primary.example",
        "umlaut in two parts": "bu\u0308cher-primary.example",
        "umlaut, upper case": "B\u00dcCHER-PRIMARY.EXAMPLE",
        "umlaut in punycode": "www.xn--bcher-primary-wob.example",
        "umlaut, percent-encoded": "https://b%C3%BCcher-primary.example/",
        "umlaut, escaped": "b\\u00fccher-primary.example",
    },
}
