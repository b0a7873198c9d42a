"""Arguments go out under the names that Azure knows: in a list of several kinds the SDK translates its own classes only.

This sees what the types of `service_types` cannot: names below an input that takes anything. Not proved: that a name which looks
right is one that the service knows; `test_service_types` says that of all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import pytest

from tests.azure.service_types import described
from tests.azure.whole_plans import CASES, the_plan

# Maps whose keys are somebody's words.
OWN_WORDS = ("tags",)


def misspelt(value: object, path: str) -> Iterator[str]:
    """Paths of keys with an underscore below a resource's inputs."""
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            if key not in OWN_WORDS:
                if "_" in key:
                    yield f"{path}.{key}"
                yield from misspelt(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[object]", value)):
            yield from misspelt(inner, f"{path}[{index}]")


@pytest.mark.parametrize("case", CASES)
def test_no_argument_is_sent_under_a_name_of_python(case: str) -> None:
    resources = [each for each in the_plan(case).resources if described(each.type)]
    assert [wrong for each in resources for wrong in misspelt(dict(each.inputs), each.name)] == []


def test_a_name_of_python_would_be_seen() -> None:
    inputs: dict[str, object] = {"rules": [{"fqdn_tags": "x"}], "tags": {"my_team": "x"}}
    assert re.search(r"\[0\]\.fqdn_tags$", next(misspelt(inputs, "it")))
    assert not re.search("my_team", " ".join(misspelt(inputs, "it")))
