"""Ways to write a dependency that reviewers came up with by hand: packed data, pairs of settings, other names of one thing.

Not proved here: that there are no others; docs/isolation.md lists those that are known and not read.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import re
import time
import zipfile
import zlib

import pytest

from bench import plants
from ops.isolation.subjects import Subject
from policies.isolation import Dependency, Search, declared, decoding, packing, pairs
from policies.isolation.secrecy import Concealed

SEARCH = Search(plants.declaration())
SCRIPT = b"#!/bin/sh\nregister --with https://db.primary-org.example --quietly\n"
MORE = {
    "accounts": ["012345678901"],
    "issuers": ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"],
    "dnsZones": ["/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/dnsZones/primary-zone.example"],
    "alertEndpoints": [
        "https://hooks.slack.com/services/T00000001/B00000001/x",
        "arn:aws:sns:ap-southeast-4:787878565656:primary-alerts",
    ],
    "stateBackends": ["azblob://state?storage_account=primarystate01", "https://api.pulumi.com/primary-org-state"],
}
OTHERS = Search(declared(MORE, ""))


def look(search: Search, value: object) -> list[Dependency]:
    return search.examine(Subject(urn="urn:x::y", type="some:thing:Thing", inputs={"a": value}))


def coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def archive(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(name, content)
    return made.getvalue()


PACKED = {
    "gzip": coded(gzip.compress(SCRIPT)),
    "gzip of one name": coded(gzip.compress(b"db.primary-org.example")),
    "zlib": coded(zlib.compress(SCRIPT)),
    "zlib of one name": coded(zlib.compress(b"db.primary-org.example")),
    "bzip2": coded(bz2.compress(SCRIPT)),
    "xz": coded(lzma.compress(SCRIPT)),
    "zip": coded(archive("index.py", SCRIPT)),
    "gzip of gzip": coded(gzip.compress(gzip.compress(SCRIPT))),
    "gzip of base64": coded(gzip.compress(coded(SCRIPT).encode())),
    "gzip of base64 of gzip": coded(gzip.compress(coded(gzip.compress(SCRIPT)).encode())),
    "a release of Helm": coded(coded(gzip.compress(b'{"config": {"host": "db.primary-org.example"}}')).encode()),
    "cloud-init": f"#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: {coded(gzip.compress(SCRIPT))}\n",
    "binary inside": coded(gzip.compress(b"\x00\xff" * 30 + SCRIPT + b"\x00\xff")),
}


def nothing(_: bytes) -> None:
    return None


@pytest.mark.parametrize("text", list(PACKED.values()), ids=list(PACKED))
def test_what_compressed_data_holds_is_read(text: str) -> None:
    assert {one.kind for one in look(SEARCH, text)} == {"domain"}


@pytest.mark.parametrize("text", list(PACKED.values()), ids=list(PACKED))
def test_without_unpacking_it_is_missed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(packing, "unpacked", nothing)
    assert look(Search(plants.declaration()), text) == []


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"https://db.elsewhere.example/"),
        gzip.compress(SCRIPT)[:20],
        b"\x1f\x8b\x08" + bytes(40),
        b"PK\x03\x04" + bytes(40),
        b"BZh9" + bytes(40),
        b"\xfd7zXZ\x00" + bytes(40),
        archive("index.py", SCRIPT)[:60],
    ],
)
def test_harmless_and_broken_archives_are_not_flagged(data: bytes) -> None:
    assert look(SEARCH, coded(data)) == []


def test_little_that_unpacks_to_much_is_read_up_to_a_bound() -> None:
    bomb = gzip.compress(bytes(200_000_000))
    begin = time.process_time()
    assert look(SEARCH, coded(bomb)) == []
    assert time.process_time() - begin < 5
    unpacked = packing.unpacked(bomb)
    assert unpacked is not None
    assert len(unpacked) == packing.LARGEST


def test_deep_nesting_comes_to_an_end_and_spoils_no_later_answer() -> None:
    levels = [coded(gzip.compress(SCRIPT))]
    for _ in range(packing.NESTED + 60):
        levels.append(coded(gzip.compress(levels[-1].encode())))
    search = Search(plants.declaration())
    look(search, levels[-1])
    assert look(search, levels[0])
    assert look(search, levels[packing.NESTED - 1])


def test_a_finding_in_packed_data_says_where_it_was() -> None:
    (found,) = look(SEARCH, PACKED["gzip"])
    assert (found.path, found.value) == (f"a{decoding.UNPACKED}", "db.primary-org.example")


NETWORKS = (
    {"startIpAddress": "9.0.0.0", "endIpAddress": "11.0.0.0"},
    {"start": "9.255.0.0", "end": "10.255.0.0"},
    {"from": "2001:db8:76::", "to": "2001:db8:78::"},
    {"address": "8.0.0.0", "mask": "252.0.0.0"},
    {"ip": "8.0.0.0", "prefix": "6"},
    {"address": "2001:db8:70::", "prefixLength": 44},
    '{"startIpAddress": "9.0.0.0", "endIpAddress": "11.0.0.0"}',
    "8.0.0.0 252.0.0.0",
    "8.0.0.0/252.0.0.0",
    "route 8.0.0.0 mask 252.0.0.0 192.0.2.1",
    "route add -net 8.0.0.0 netmask 252.0.0.0 gw 192.0.2.1",
    "permit 8.0.0.0/0.255.255.255 and 10.3.0.0/0.0.255.255",
    "9.0.0.0 - 11.0.0.0",
    "9.0.0.0..11.0.0.0",
    "9.0.0.0 to 11.0.0.0",
    "9.0.0.0\u201311.0.0.0",
    "2001:db8:76:: - 2001:db8:78::",
    "10.3.0.5-1.2.3.4",
    "1.2.3.4 10.3.0.5",
    "10.3.0.5 0.0.0.0",
    "2001-db8-77--1.sslip.io",
    "2001-db8-77--1.ipv6-literal.net",
)

MASKS = (
    "8.0.0.0 3.255.255.255",
    "8.0.0.0     252.0.0.0",
    "8.0.0.0\n netmask 252.0.0.0",
    "8.0.0.0 wildcard 3.255.255.255",
    "8.0.0.0, mask 252.0.0.0",
    "0.0.0.0 128.0.0.0",
    "v=spf1 ip6:2001:db8:77::/48 -all",
    {"network": "8.0.0.0", "wildcardMask": "3.255.255.255"},
    {"network_address": "8.0.0.0", "prefix_length": 6},
    {"StartIPAddress": "9.0.0.0", "EndIPAddress": "11.0.0.0"},
)


@pytest.mark.parametrize("value", [*NETWORKS, *MASKS], ids=str)
def test_networks_are_found_however_they_are_said(value: object) -> None:
    assert {one.kind for one in look(SEARCH, value)} == {"cidr"}


ANY = ".".join("0000")
NO_NETWORKS = (
    {"startIpAddress": "11.0.0.0", "endIpAddress": "12.0.0.0"},
    {"startIpAddress": ANY, "endIpAddress": "255.255.255.255"},
    {"startIpAddress": ANY, "endIpAddress": ANY},
    {"start": "2001:db8:78::", "end": "2001:db8:79::"},
    {"start": "10:00:00", "end": "12:00:00"},
    {"from": 8, "to": 12},
    {"address": "11.0.0.0", "mask": "255.0.0.0"},
    {"address": "8.0.0.0", "prefixLength": 8},
    {"address": "8.0.0.0", "mask": True},
    "11.0.0.0 255.0.0.0",
    "8.0.0.0/255.0.0.0",
    "172.16.0.0 255.252.0.0",
    "8.0.0.0 255.0.255.0",
    "0.0.0.0 0.0.0.0",
    "11.0.0.0..12.0.0.0",
    "2001:db8:78::-2001:db8:79::",
    "2001-db8-78--1.sslip.io",
    "2001-db8-77--1.example.net",
    "8.0.0.0 1.255.255.255",
    "127.0.0.1 127.255.255.255",
    "9.9.9.9 224.0.0.0",
    "0.0.0.0, 240.0.0.0, 255.255.255.255",
    "v=spf1 ip6:2001:db8:78::/48 -all",
    {"network": "16.0.0.0", "wildcardMask": "3.255.255.255"},
)


@pytest.mark.parametrize("value", NO_NETWORKS, ids=str)
def test_neighbours_said_the_same_way_are_not_flagged(value: object) -> None:
    assert look(SEARCH, value) == []


def test_without_joining_pairs_a_range_over_two_settings_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "FIRST", frozenset[str]())
    assert look(Search(plants.declaration()), NETWORKS[0]) == []


def test_a_pair_in_a_secret_is_found_and_not_shown() -> None:
    (found,) = look(SEARCH, Concealed(NETWORKS[0]))
    assert (found.path, found.value) == ("a", "[secret]")


NAMES = (
    ("account", "arn:aws:iam::12345678901:root".replace("12345678901", "012345678901")),
    ("account", 12345678901),
    ("account", "owner: 12345678901\n"),
    ("issuer", "arn:aws:cognito-idp:eu-west-1:444455556666:userpool/eu-west-1_AbCdEf123"),
    ("dnsZone", "www.primary-zone.example"),
    ("alertEndpoint", "https://hooks.slack.com/services/T00000001/B00000009/another"),
    ("alertEndpoint", "https://sqs.ap-southeast-4.amazonaws.com/787878565656/primary-alerts"),
    ("stateBackend", "https://primarystate01-secondary.blob.core.windows.net/state"),
    ("stateBackend", "abfss://state@primarystate01.dfs.core.windows.net/"),
    ("stateBackend", "primarystate01.privatelink.blob.core.windows.net"),
    ("stateBackend", "/subscriptions/x/providers/Microsoft.Storage/storageAccounts/primaryState01"),
    ("stateBackend", "https://app.pulumi.com/primary-org-state/oob/prod"),
)


@pytest.mark.parametrize(("kind", "value"), NAMES, ids=[f"{kind} {value}".strip() for kind, value in NAMES])
def test_other_names_of_the_same_thing_are_found(kind: str, value: object) -> None:
    assert {one.kind for one in look(OTHERS, value)} == {kind}


SAME_NAMES = (
    ("secretStore", "primary-secrets.privatelink.vaultcore.azure.net"),
    ("registry", "primaryimages.privatelink.azurecr.io"),
    ("key", "arn:aws:kms:eu-central-1:343434121212:alias/another"),
    ("certificate", "7a 1b 2c 3d 4e 5f 60 71 82 93 a4 b5 c6 d7 e8 f9 0a 1b 2c 3d"),
    ("certificate", "0x7A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D"),
    ("certificate", coded(bytes.fromhex("7A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D"))),
    ("domain", "Content-Transfer-Encoding: quoted-printable\n\nhost db.primary-=\norg.example now"),
    ("domain", SCRIPT.hex()),
)


@pytest.mark.parametrize(("kind", "text"), SAME_NAMES, ids=[kind for kind, _ in SAME_NAMES])
def test_other_names_of_what_the_plants_declare_are_found(kind: str, text: str) -> None:
    assert {one.kind for one in look(SEARCH, text)} == {kind}


OTHER_NAMES = (
    "owner: 112345678901",
    "owner: 2345678901",
    "eu-west-1_AbCdEf124",
    "www.primary-zone.example.org",
    "https://hooks.slack.com/services/T00000002/B00000001/x",
    "primarystate012.blob.core.windows.net",
    "primarystate01-third.blob.core.windows.net",
    "https://app.pulumi.com/primary-org-states/oob",
    "primary-secrets.privatelink.vaultcore.azure.net.evil",
    "7a 1b 2c 3d 4e 5f 60 71 82 93 a4 b5 c6 d7 e8 f9 0a 1b 2c 3e",
)


@pytest.mark.parametrize("text", OTHER_NAMES)
def test_names_near_them_are_not_flagged(text: str) -> None:
    assert look(OTHERS, text) == []
    assert look(SEARCH, text) == []


def test_the_beginnings_of_packed_data_are_what_is_looked_for() -> None:
    short = {coded(gzip.compress(b"x", mtime=0)), *(coded(zlib.compress(b"x", level)) for level in range(10))}
    for text in short | {coded(bz2.compress(b"x")), coded(lzma.compress(b"x")), coded(archive("x", b"x"))}:
        assert re.match(packing.CODED, text)


def test_the_account_in_an_arn_is_told_once() -> None:
    primary = {"accounts": ["121212343434"], "keys": ["arn:aws:kms:ap-southeast-4:121212343434:alias/main"]}
    (found,) = look(Search(declared(primary, "")), "arn:aws:iam::121212343434:root")
    assert found.kind == "account"


DECLARED = {
    "accounts": ["999000000000"],
    "dnsZones": ["/hostedzone/Z08ABCDEF1234", "arn:aws:route53:::hostedzone/Z3M3LMPEX"],
    "registries": ["/x/providers/Microsoft.ContainerRegistry/registries/firstimages", "firstcopies.azurecr.us"],
    "keys": ["awskms:///arn:aws:kms:eu-west-1:111122223333:key/aaaabbbb-cccc-4ddd-8eee-ffff00001111?region=eu-west-1"],
    "certificates": ["0123456789abcdef0123456789abcdef01234567"],
    "alertEndpoints": [
        "Security <first.last@mail.example>",
        "oncall+one@mail.example",
        "@everybody.example",
        "tel:+44 20 7946 0958",
        "https://sqs.eu-west-1.amazonaws.com/444455556666/alarms",
    ],
    "stateBackends": [
        "https://api.pulumi.com/first-org",
        "https://first-state.s3.eu-west-1.amazonaws.com/",
        "git@github.com:first/state.git",
    ],
    "secretStores": ["first-keys.vault.azure.net/secrets/one"],
}
FIRST = Search(declared(DECLARED, ""))
ALSO = (
    ("account", "9.99e11"),
    ("account", "9.99E+11"),
    ("account", "999,000,000,000"),
    ("account", "999000000000.0"),
    ("dnsZone", "Z08ABCDEF1234"),
    ("dnsZone", "/hostedzone/Z3M3LMPEX"),
    ("registry", "firstimages.westeurope.data.azurecr.io"),
    ("registry", "firstimages.westeurope.data.privatelink.azurecr.io"),
    ("registry", "firstimages.eastus2.geo.azurecr.io"),
    ("registry", "firstcopies.usgovvirginia.data.azurecr.us"),
    ("key", "arn:aws:kms:eu-west-2:1:key/aaaabbbb-cccc-4ddd-8eee-ffff00001111"),
    ("certificate", "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67"),
    ("alertEndpoint", '"first.last"@mail.example'),
    ("alertEndpoint", '"Last, First" <"first.last"@mail.example>'),
    ("alertEndpoint", "first.last+oob@mail.example"),
    ("alertEndpoint", "oncall@mail.example"),
    ("alertEndpoint", "oncall+two@mail.example"),
    ("alertEndpoint", "anyone@everybody.example"),
    ("alertEndpoint", "0044 20 7946 0958"),
    ("alertEndpoint", "arn:aws:sqs:eu-west-1:444455556666:alarms"),
    ("stateBackend", "s3://first-state"),
    ("stateBackend", "https://github.com/first/state"),
    ("stateBackend", "git@github.com:first/state.git"),
    ("secretStore", "/x/providers/Microsoft.KeyVault/vaults/first-keys"),
    ("secretStore", coded("Gr\u00fc\u00dfe an first-keys.vault.azure.net".encode())),
    ("secretStore", coded(b"\0user\0first-keys.vault.azure.net")),
)
NOT = (
    "9.99e12",
    "19.99e11",
    "9.990001e11",
    "1,999,000,000,000",
    "5555-9990-0000-0000",
    "999000000000.5",
    "Z08ABCDEF12345",
    "firstimages2.westeurope.data.azurecr.io",
    "xfirstimages.westeurope.data.azurecr.io",
    "firstimages.westeurope.data.azurecr.io.evil",
    "westeurope.data.azurecr.io",
    "firstcopies.westeurope.data.azurecr.io",
    "/x/providers/Microsoft.MachineLearningServices/registries/firstimages",
    "/x/providers/Microsoft.RecoveryServices/vaults/first-keys",
    "0123456789abcdef0123456789abcdef0123456789",
    "my.first.last@mail.example",
    '"my.first.last"@mail.example',
    "my+first.last@mail.example",
    "last@mail.example",
    "oncall2@mail.example",
    "anyone@not-everybody.example",
    "https://sqs.eu-west-1.amazonaws.com/",
    "s3.eu-west-1.amazonaws.com",
    "first-state-2.s3.eu-west-1.amazonaws.com",
    "git@github.com:second/state.git",
    "first-org/network/live",
)


@pytest.mark.parametrize(("kind", "text"), ALSO, ids=[text for _, text in ALSO])
def test_whichever_name_was_declared_the_others_are_found(kind: str, text: str) -> None:
    assert {one.kind for one in look(FIRST, text)} == {kind}


@pytest.mark.parametrize("text", NOT)
def test_what_is_named_nearly_so_is_not_flagged(text: str) -> None:
    assert look(FIRST, text) == []


def test_a_stack_of_the_organisation_that_the_state_backend_keeps_is_found() -> None:
    def refer(name: object) -> list[tuple[str, str, str]]:
        inputs = {"name": name}
        found = FIRST.examine(Subject(urn="u", type="pulumi:pulumi:StackReference", inputs=inputs))
        return [(one.path, one.kind, one.value) for one in found]

    assert refer("first-org/network/live") == [("name", "stateBackend", "first-org/network/live")]
    assert refer(Concealed("First-Org/network/live")) == [("name", "stateBackend", "[secret]")]
    for other in ("first-org2/network/live", "my/first-org/live", "first-org/live", "organization/network/live"):
        assert refer(other) == []


@pytest.mark.parametrize("value", ["arn:aws:kms", "https://[", "@", "<>", "e+", "/", "://", "git@github.com:", "azblob://"])
def test_an_entry_of_no_known_shape_is_looked_for_as_it_stands(value: str) -> None:
    for kind in ("keys", "stateBackends", "alertEndpoints", "accounts"):
        assert look(Search(declared({kind: [value]}, "")), "nothing of it") == []
