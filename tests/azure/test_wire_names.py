"""Arguments go out under the names that Azure knows: in a list of several kinds the SDK translates its own classes only.

Not proved: that a name which looks right is one that the service knows; the SDK's types say that where they are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import pytest
from pulumi import Resource

from components.clouds.azure import keys, network, secrets
from components.contract import NetworkSpec, SecretsSpec
from components.sections import Egress, Images
from ops.plan.recorder import Recording
from tests.azure import made_up

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


@pytest.fixture(scope="module", params=["filtered", "nat"])
def planned(request: pytest.FixtureRequest) -> Recording:
    def program(parent: Resource) -> None:
        context = made_up.context()
        made = keys.Keys("keys", context, parent).outputs
        spec = NetworkSpec(egress=Egress(mode=request.param), images=Images(), hosts=("mail.responders.example.net",))
        network.Network("network", context, spec, made, parent)
        stored = SecretsSpec(application={}, break_glass={}, rotation=made_up.rotation())
        secrets.Secrets("secrets", context, stored, made, parent)

    return made_up.recording(program)


def test_no_argument_is_sent_under_a_name_of_python(planned: Recording) -> None:
    found = [wrong for each in planned.resources for wrong in misspelt(dict(each.inputs), each.name)]
    assert found == []


def test_a_name_of_python_would_be_seen() -> None:
    inputs: dict[str, object] = {"rules": [{"fqdn_tags": "x"}], "tags": {"my_team": "x"}}
    assert re.search(r"\[0\]\.fqdn_tags$", next(misspelt(inputs, "it")))
    assert not re.search("my_team", " ".join(misspelt(inputs, "it")))
