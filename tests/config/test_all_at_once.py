"""A file with many faults of many kinds is answered with all of them in one run, in the order of their paths.

Not proved: that the sentences are understood; test_every_rule.py and test_messages.py say what each must hold.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from components import settings
from components.faults import ConfigError, Fault
from tests.config.made_up import DAY, REMOVED, STACKS, example, faults

FAULTY: dict[str, object] = {
    "sizze": "medium",
    "backup.objectLok": "none",
    "mattermost.version": "11.7.1",
    "mattermost.operatorVersion": 1.25,
    "access.allowedCidrs": ["198.51.100.0/24", "10.1.2.3/16", "203.0.113.0/25", "0.0.0.0/0"],
    "site.zone": "oob.acme.example",
    "site.host": "chat.oob.acme.example",
    "site.directHost": "direct.oob.acme.example",
    "primary.domains": ["Acme.example", "acme.example"],
    "alerts.phones": ["015112345600"],
    "alerts.emails": ["oncall@acme.example"],
    "dns.ttlSeconds": 300,
    "dns.targetSeconds": REMOVED,
    "aws.account": "999988887777",
    "aws.network.cidr": "172.21.0.0/16",
    "aws.database.engineVersion": "14.2",
    "aws.cluster.version": 1.36,
    "aws.regoin": "eu-central-1",
    "gcp": {"project": "x"},
    "drill": None,
}

EXPECTED = {
    "sizze": "did you mean size?",
    "backup.objectLok": "did you mean objectLock?",
    "mattermost.version": "'11.7.15'",
    "mattermost.operatorVersion": "1.25 stands without quotes",
    "access.allowedCidrs[1]": "write it as 10.1.0.0/16",
    "access.allowedCidrs[2]": "overlaps '203.0.113.0/24' (primary.cidrs[2])",
    "access.allowedCidrs[3]": "lets in the internet",
    "site.zone": "lies under 'acme.example' (primary.domains[1])",
    "primary.domains[0]": "write it as 'acme.example'",
    "alerts.phones[0]": "E.164",
    "alerts.emails[0]": "lies under 'acme.example'",
    "dns.ttlSeconds": "write 60 or less",
    "aws.account": "is an account of the primary (primary.accounts[0])",
    "aws.network.cidr": "overlaps '172.20.0.0/14' (primary.cidrs[1])",
    "aws.database.engineVersion": "older than PostgreSQL 16",
    "aws.cluster.version": "1.36 stands without quotes",
    "aws.regoin": "did you mean region?",
    "gcp": "a block of no cloud that is available",
    "drill": "given without a value",
    "oob:licence": "mattermost.licensed is true",
}


def found_in(changes: dict[str, object]) -> tuple[Fault, ...]:
    return faults(example(changes), secrets=frozenset())


def test_every_fault_is_reported_once_in_one_run() -> None:
    found = found_in(FAULTY)
    assert [fault.path for fault in found] == sorted(EXPECTED, key=lambda path: [fault.path for fault in found].index(path))
    for fault in found:
        assert EXPECTED[fault.path] in fault.reason, str(fault)


def test_the_message_is_one_line_a_fault_under_a_head_with_their_number() -> None:
    with pytest.raises(ConfigError) as refused:
        settings.parse(example(FAULTY), secrets=frozenset(), folder=STACKS, source="stacks/Pulumi.x.yaml", on=DAY)
    lines = str(refused.value).splitlines()
    assert lines[0] == f"stacks/Pulumi.x.yaml has {len(EXPECTED)} faults"
    assert len(lines) == 1 + len(EXPECTED)
    assert all(line.startswith("  ") and ": " in line and "; " in line for line in lines[1:])


def test_each_fault_alone_reads_as_it_does_among_the_others() -> None:
    """Where no other setting has a part in it: a faulty neighbour neither hides nor changes a message."""
    together = {str(fault) for fault in found_in(FAULTY)}
    for path in ("sizze", "dns.ttlSeconds", "alerts.phones", "mattermost.version", "aws.cluster.version", "aws.account", "drill"):
        alone = faults(example({path: FAULTY[path]}))
        assert {str(fault) for fault in alone} <= together, [str(fault) for fault in alone]


def test_list_entries_are_in_the_order_of_the_file() -> None:
    many = [f"10.{index}.0.1/24" for index in range(12)]
    paths = [fault.path for fault in faults(example({"primary.cidrs": many}))]
    assert paths == [f"primary.cidrs[{index}]" for index in range(12)], "10 comes after 9, not after 1"


def test_nothing_is_written_and_nothing_is_asked_of_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a parser must not need a network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (tmp_path / "roster.example.yaml").write_bytes((STACKS / "roster.example.yaml").read_bytes())
    faults(example(FAULTY), folder=tmp_path)
    faults(example(), folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["roster.example.yaml"]
