"""Stack files that go wrong the way files do: encodings, YAML's own traps, links, look-alike letters. Each is a sentence.

Changes one place of stacks/Pulumi.aws-example.yaml at a time. Not proved: every fault that a file can have.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from components import settings
from components.faults import ConfigError
from ops import stackfiles
from tests.config.made_up import ROOT

EXAMPLE = (ROOT / "stacks" / "Pulumi.aws-example.yaml").read_text(encoding="utf-8")
ACCOUNT = 'account: "444455556666"'


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    """A folder with the example's roster, for stack files of a test's own."""
    (tmp_path / "roster.example.yaml").write_bytes((ROOT / "stacks" / "roster.example.yaml").read_bytes())
    return tmp_path


def judged(stacks: Path, content: str | bytes) -> str:
    """What a person is told about a stack file with this content; '' if it is sound."""
    raw = content.encode() if isinstance(content, str) else content
    (stacks / "Pulumi.test.yaml").write_bytes(raw)
    try:
        file = stackfiles.read(stacks, "test")
        settings.parse(file.config[settings.KEY], secrets=frozenset({"licence"}), folder=stacks)
    except ConfigError as refused:
        return str(refused)
    return ""


def changed(old: str, new: str) -> str:
    assert EXAMPLE.count(old) >= 1, old
    return EXAMPLE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (ACCOUNT, "account: 444455556666", "aws.account: 444455556666 stands without quotes"),
        (ACCOUNT, "account: 012345670123", "a number that begins with 0 is read as another one"),
        (ACCOUNT, 'account: "４４４４５５５５６６６６"', "is not an AWS account number"),
        (ACCOUNT, 'account: "444455556666 "', "write it as '444455556666'"),
        ("ttlSeconds: 60", "ttlSeconds: 060", "a number that begins with 0"),
        ("ttlSeconds: 60", f"ttlSeconds: {'9' * 6000}", "a number of 6000 digits"),
        ("ttlSeconds: 60", f"ttlSeconds: 0x{'f' * 6000}", "a number of 6002 digits"),
        ("ttlSeconds: 60", "ttlSeconds: 1e400", "not a whole number"),
        ("ttlSeconds: 60", "ttlSeconds: .inf", "not a whole number"),
        ("ttlSeconds: 60", "ttlSeconds: 1:00", "not a whole number"),
        ("private: true", "private: yes", "'yes' is neither true nor false"),
        ("private: true", 'private: "true"', "'true' is neither true nor false"),
        ("private: true", "private: 1", "1 is neither true nor false"),
        ("size: medium", "size:", "size: given without a value"),
        ("size: medium", "sіze: medium", "did you mean size?"),
        ("zone: acme-oob.example", "zone: аcme-oob.example", "write it as 'xn--cme-oob-1fg.example'"),
        ("zone: acme-oob.example", "zone: acme-oob.example.", "write it as 'acme-oob.example'"),
        ("zone: acme-oob.example", "zone: ACME-OOB.example", "write it as 'acme-oob.example'"),
        ("domains: [acme.example]", "domains: [acme-oob.example]", "acme-oob.example"),
        ("domains: [acme.example]", "domains: acme.example", "write it in brackets, like [acme.example]"),
        ("domains: [acme.example]", "domains: {a: b}", "a block of settings is not a list"),
        ("cidr: 10.64.0.0/16", "cidr: 10.64.1.0/16", "write it as 10.64.0.0/16"),
        ("cidr: 10.64.0.0/16", "cidr: 010.064.0.0/16", "is not a network"),
        ("allowedCidrs: [198.51.100.0/24", "allowedCidrs: ['::ffff:203.0.113.0/120'", "is not a network"),
        ("203.0.113.0/24]", "203.0.113.0/24, '2001:db8::/32', '2001:db8:1::/64x']", "primary.cidrs[4]"),
        ("roster: roster.example.yaml", "roster: ../../etc/passwd", "is not the name of a YAML file"),
        ("organisation: acme", 'organisation: "ac\\u202eme"', "'ac\\u202eme' is not a short name"),
        ("backend: s3://", "backend: https://user:hunter2@", "without credentials"),
        ("    cloud: aws\n", "    cloud: aws\n    cloud: other\n", "the key 'cloud' stands in line 10 already"),
        ("    cloud: aws\n", "    cloud: aws\n    <<: {size: small}\n", "'<<' merges another block"),
        ("    cloud: aws\n", "\tcloud: aws\n", "a tab stands where YAML wants spaces"),
        ("size: medium", "size: !!python/object:os.system ls", "asks for more than plain values"),
        ("    size: medium", "    ? [a, b]\n    : medium", "write a word as the key"),
        ("config:\n", "config:\n  aws:region: us-east-1\n", "aws:region: is no key that this program reads"),
        ("  oob:licence:\n", "  oob:license:\n", "did you mean oob:licence?"),
        ("    secure: v1", "    unsecure: v1", "does not stand here encrypted"),
    ],
)
def test_one_wrong_place_is_told_with_its_fix(stacks: Path, old: str, new: str, says: str) -> None:
    told = judged(stacks, changed(old, new))
    assert says in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (EXAMPLE.encode("utf-16"), "save it as UTF-8"),
        (changed("organisation: acme", "organisation: acmé").encode("latin-1"), "save it as UTF-8"),
        (EXAMPLE.encode() + b"\0", "is a binary file"),
        (EXAMPLE.encode() + b"---\na: b\n", "keep one document in the file"),
        (b"config: " + b"[" * 5000, "nests deeper than 40 levels"),
        (b"config: {oob:stack: {cloud: " + b"a" * 2_000_000 + b"}}", "keep it below 1048576"),
        (b"a: &a [x, x]\n" + b"b: &b [*a, *a]\n" * 50, "is an alias; write the value out"),
        (b"- a\n- b\n", "holds a list where keys belong"),
    ],
    ids=["utf-16", "latin-1", "nul", "two documents", "deep", "large", "bomb", "list"],
)
def test_a_file_that_is_no_stack_file_at_all(stacks: Path, content: bytes, says: str) -> None:
    assert says in judged(stacks, content)


@pytest.mark.parametrize(
    "content", [EXAMPLE.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + EXAMPLE.encode()], ids=["CRLF", "BOM"]
)
def test_what_other_editors_add_is_no_fault(stacks: Path, content: bytes) -> None:
    assert judged(stacks, content) == ""


def test_what_is_no_ordinary_file_is_told_and_never_waited_for(stacks: Path) -> None:
    (stacks / "Pulumi.folder.yaml").mkdir()
    (stacks / "Pulumi.dangling.yaml").symlink_to("/nowhere")
    (stacks / "Pulumi.loop.yaml").symlink_to("Pulumi.loop.yaml")
    (stacks / "Pulumi.zero.yaml").symlink_to("/dev/zero")
    os.mkfifo(stacks / "Pulumi.pipe.yaml")
    told: dict[str, str] = {}
    for name in ("folder", "dangling", "loop", "zero", "pipe"):
        with pytest.raises(ConfigError) as refused:
            stackfiles.read(stacks, name)
        told[name] = str(refused.value)
    assert "points at nothing" in told["dangling"]
    assert "cannot be opened" in told["loop"]
    assert all("is no ordinary file" in told[name] for name in ("folder", "zero", "pipe"))
