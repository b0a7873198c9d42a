"""YAML is read strictly, within bounds, and to the values that the engine gives the same words.

The table of words follows the engine's reader (gopkg.in/yaml.v3, resolve.go). Not proved: that a later engine reads the same.
"""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from components import documents
from components.documents import parse, scalar

WORDS: list[tuple[str, object]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("nul", "nul"),
    ("true", True),
    ("True", True),
    ("FALSE", False),
    ("yes", "yes"),
    ("No", "No"),
    ("on", "on"),
    ("y", "y"),
    ("0", 0),
    ("-0", 0),
    ("42", 42),
    ("+42", 42),
    ("-7", -7),
    ("1_000", 1000),
    ("0o17", 15),
    ("017", 15),
    ("-017", -15),
    ("012345670123", 0o12345670123),
    ("012345678901", 12345678901),
    ("08", 8),
    ("0x1F", 31),
    ("0b101", 5),
    ("1.36", 1.36),
    ("1.30", 1.3),
    ("17.10", 17.1),
    (".5", 0.5),
    ("5.", 5),
    ("1e3", 1000),
    ("0E0", 0),
    ("60.0", 60),
    ("12.1.0", "12.1.0"),
    ("1:30", "1:30"),
    ("10.0.0.0/16", "10.0.0.0/16"),
    ("2026-12-31", "2026-12-31"),
    ("2026-12-31T00:00:00Z", "2026-12-31T00:00:00Z"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    (".", "."),
    ("+", "+"),
    ("-", "-"),
    ("0x", "0x"),
    ("1e", "1e"),
    ("+4915112345600", 4915112345600),
    ("a_b", "a_b"),
]


@pytest.mark.parametrize(("word", "value"), WORDS)
def test_a_plain_word_has_the_value_that_the_engine_gives_it(word: str, value: object) -> None:
    found = scalar(word)
    assert found == value
    assert type(found) is type(value)


@given(st.text(alphabet="0123456789+-._xobeE:aZ", max_size=12))
def test_any_word_has_a_value(word: str) -> None:
    assert isinstance(scalar(word), (str, int, float, bool, type(None)))


def test_quotes_and_blocks_make_text() -> None:
    text = "a: \"1.36\"\nb: 'yes'\nc: |\n  007\nd: !!str 12\n"
    assert parse(text).value == {"a": "1.36", "b": "yes", "c": "007\n", "d": "12"}


def test_keys_are_the_words_themselves() -> None:
    assert parse("on: 1\n1: 2\ntrue: 3\n").value == {"on": 1, "1": 2, "true": 3}


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

REFUSED: list[tuple[str, str, str, str]] = [
    ("a: 1\nb: 2\na: 3\n", "line 3", "the key 'a' stands in line 1 already", "remove one"),
    ("a: {b: 1, b: 2}\n", "line 1", "the key 'b' stands in line 1 already", "remove one"),
    ("a: &x 1\nb: *x\n", "line 2", "*x is an alias", "write the value out"),
    ("a: &x {b: 1}\nc:\n  <<: *x\n", "line 3", "'<<' merges another block", "write the settings out"),
    ("a: 1\n--- \nb: 2\n", "line 2", "a second document starts here", "one document"),
    (
        "a: !!python/object/apply:os.system [ls]\n",
        "line 1",
        "the tag 'tag:yaml.org,2002:python/object/apply:os.system'",
        "remove the tag",
    ),
    ("a: !!binary aGk=\n", "line 1", "the tag", "remove the tag"),
    ("a: !secret x\n", "line 1", "the tag '!secret'", "remove the tag"),
    ("? [a, b]\n: 1\n", "line 1", "a list or block stands where a key belongs", "a word"),
    ("a:\n\tb: 1\n", "line 2, column 1", "a tab stands where YAML wants spaces", "spaces"),
    ("a:\n  - b\n c: 1\n", "line 3, column 2", "is not YAML", "mend that line"),
    ("a: [1, 2\n", "line 2, column 1", "is not YAML", "mend"),
    ('a: "unfinished\n', "line 2, column 1", "is not YAML", "mend"),
    ("a: 1\n\x07\n", "line 2", "a character that no text file holds", "remove it"),
    ("a: " + "[" * 100_000, "line 1", "nests deeper than 40 levels", "flatter"),
    ("{a: " * 100_000, "line 1", "nests deeper than 40 levels", "flatter"),
]


@pytest.mark.parametrize(("text", "where", "why", "fix"), REFUSED, ids=[why for _, _, why, _ in REFUSED])
def test_what_only_looks_sound_is_refused_with_its_line(text: str, where: str, why: str, fix: str) -> None:
    (found,) = parse(text).faults
    assert found.path == where
    assert why in found.why
    assert fix in found.fix


def test_every_fault_of_a_file_is_told_and_not_only_the_first() -> None:
    found = parse("a: &x 1\nb: *x\na: 2\nc: !!binary aGk=\n").faults
    assert [fault.path for fault in found] == ["line 2", "line 3", "line 4"]


def test_a_bomb_is_refused_at_its_first_aliases() -> None:
    document = parse(LAUGHS)
    told = [fault.why for fault in document.faults]
    assert len(told) == documents.MOST_FAULTS + 1
    assert all("is an alias" in why for why in told[:-1])
    assert told[-1] == "one fault too many to go on"
    assert document.value is None


def test_a_file_near_the_limit_of_size_is_read() -> None:
    """How long it takes, bench/reading.py says."""
    text = "\n".join(f"key{index}: [1, 2, {{a: b}}]" for index in range(30_000))
    assert len(text) < documents.LARGEST_BYTES
    assert parse(text).faults == ()


SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), inner, max_size=4),
)


class Writer(yaml.SafeDumper):
    """Quotes what is no number in YAML 1.1, and to the engine is one: '0E0', '0o17', '+.1' (WORDS has the table)."""


Writer.add_implicit_resolver("!number", re.compile(r"[-+._0-9][-+._0-9a-fox]*\Z", re.IGNORECASE), list("-+._0123456789"))


@given(VALUES)
@example("0E0")
def test_what_a_yaml_writer_wrote_is_read_back(value: object) -> None:
    document = parse(yaml.dump(value, Dumper=Writer, allow_unicode=True))
    assert document.faults == ()
    assert document.value == value


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_never_an_error(text: str) -> None:
    document = parse(text)
    assert all(fault.why and fault.fix for fault in document.faults)


@given(st.text(alphabet="ab:-[]{},&*!|>'\"#\n \t?<%@`1.", max_size=60))
def test_any_punctuation_is_read_or_refused_and_never_an_error(text: str) -> None:
    assert parse(text) is not None


def test_without_the_fast_parser_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert parse('a: "1"\nb: [x, 2]\n').value == {"a": "1", "b": ["x", 2]}
    for text, where, _, _ in REFUSED[:8]:
        assert [fault.path for fault in parse(text).faults] == [where]
