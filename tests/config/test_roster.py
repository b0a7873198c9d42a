"""The roster names people once, for both audiences, and every fault in it is told with its place.

Not proved: that the people exist, or that their addresses reach them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components import roster
from tests.config.made_up import STACKS, example, faults

INES: dict[str, Any] = {
    "username": "ines.keller",
    "name": "Ines Keller",
    "email": "ines@responders.example.net",
    "phone": "+4915112345601",
    "groups": ["incident-response", "administrators"],
}
AYLIN: dict[str, Any] = {
    "username": "aylin.demir",
    "name": "Aylin Demir",
    "email": "aylin@responders.example.net",
    "groups": ["business-continuity"],
}


def told(folder: Path, *people: Mapping[str, object], **top: object) -> list[str]:
    path = folder / "roster.yaml"
    path.write_text(json.dumps({"people": list(people), **top}), encoding="utf-8")  # JSON is YAML without aliases
    read, found = roster.read(path, "identity.roster")
    assert (read is None) == bool(found)
    return [str(fault) for fault in found]


def test_the_example_is_sound() -> None:
    people, found = roster.read(STACKS / "roster.example.yaml", "identity.roster")
    assert found == []
    assert people is not None
    assert {group for person in people.people for group in person.groups} == {
        "incident-response",
        "business-continuity",
        "administrators",
    }


def test_two_people_of_all_groups_are_enough(tmp_path: Path) -> None:
    assert told(tmp_path, INES, AYLIN) == []


WRONG: list[tuple[list[dict[str, Any]], str, str]] = [
    ([INES], "people", "has 1 entries; give 2 or more"),
    ([INES, {**AYLIN, "username": "ines.keller"}], "people[1].username", "'ines.keller' is people[0].username already"),
    ([INES, {**AYLIN, "email": "Ines@responders.example.net"}], "people[1].email", "is people[0].email already"),
    ([INES, {**AYLIN, "phone": "+4915112345601"}], "people[1].phone", "is people[0].phone already"),
    ([INES, {**AYLIN, "groups": ["incident-response"]}], "people", "nobody is in the group 'business-continuity'"),
    ([{**INES, "groups": ["incident-response"]}, AYLIN], "people", "nobody is in the group 'administrators'"),
    ([INES, {**AYLIN, "groups": []}], "people[1].groups", "has 0 entries"),
    ([INES, {**AYLIN, "groups": ["continuity"]}], "people[1].groups[0]", "'continuity' is not one of"),
    ([INES, {**AYLIN, "username": "Aylin Demir"}], "people[1].username", "'Aylin Demir' is not a user name"),
    ([INES, {**AYLIN, "emial": "x"}], "people[1].emial", "did you mean email?"),
    ([INES, {**AYLIN, "phone": 4915112345603}], "people[1].phone", "4915112345603 stands without quotes"),
    ([INES, {**AYLIN, "name": None}], "people[1].name", "given without a value"),
    ([INES, {key: value for key, value in AYLIN.items() if key != "email"}], "people[1].email", "required, but not given"),
]


@pytest.mark.parametrize(("people", "path", "why"), WRONG, ids=[f"{path}:{why}" for _, path, why in WRONG])
def test_a_mistake_is_one_fault_at_its_place(tmp_path: Path, people: list[dict[str, Any]], path: str, why: str) -> None:
    (sentence,) = told(tmp_path, *people)
    assert sentence.startswith(f"roster.yaml: {path}: ")
    assert why in sentence


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    found = told(tmp_path, {**INES, "phone": "0151"}, AYLIN, {**AYLIN, "email": "x"}, colour="red")
    assert [sentence.split(": ")[1] for sentence in found] == [
        "colour",
        "people[0].phone",
        "people[2].email",
        "people[2].username",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "identity.roster: 'roster.yaml' is empty"),
        (b"people: [\n", "roster.yaml: line 2, column 1: is not YAML"),
        (b"people: &a []\nmore: *a\n", "roster.yaml: line 2: *a is an alias"),
        (b"\xff\xfe", "roster.yaml: line 1: 'roster.yaml' is not UTF-8 text"),
        (b"- a\n", "roster.yaml: "),
    ],
)
def test_a_file_that_is_no_roster_is_told_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "roster.yaml"
    path.write_bytes(content)
    people, found = roster.read(path, "identity.roster")
    assert people is None
    assert len(found) == 1
    assert str(found[0]).startswith(sentence), str(found[0])


def test_faults_of_the_roster_stand_with_those_of_the_stack(tmp_path: Path) -> None:
    (tmp_path / "roster.yaml").write_text(json.dumps({"people": [INES, {**AYLIN, "groups": ["x"]}]}), encoding="utf-8")
    found = faults(example({"identity.roster": "roster.yaml", "size": "huge"}), folder=tmp_path)
    assert [fault.path for fault in found] == ["roster.yaml: people[1].groups[0]", "size"]
