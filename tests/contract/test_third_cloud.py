"""A cloud is a folder: a made-up third one, put on the path, is found, planned and held to the contract.

It is a copy of a cloud that there is, under another name: it proves discovery and that no shared file knows names of clouds, not
that a cloud with other services fits the contract.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components import clouds
from tests.contract import test_every_cloud as contract
from tests.support import plans

NAME = "nimbus"


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the made-up cloud, while it is there."""
    first = clouds.available()[0]
    source, folder = Path(next(iter(clouds.__path__))) / first, tmp_path / NAME
    for path in source.rglob("*"):
        target = folder / path.relative_to(source)
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in (".py", ".yaml"):
            text = path.read_text(encoding="utf-8").replace(f"components.clouds.{first}", f"components.clouds.{NAME}")
            text = re.sub(rf"^{first}:", f"{NAME}:", text.replace(f"cloud: {first}", f"cloud: {NAME}"), flags=re.MULTILINE)
            target.write_text(text, encoding="utf-8")
        else:
            target.write_bytes(path.read_bytes())
    monkeypatch.setattr(clouds, "__path__", [*clouds.__path__, str(tmp_path)])
    return NAME


def test_a_made_up_cloud_is_found_planned_and_held_to_the_contract(third: str) -> None:
    assert third in clouds.available()
    plan = plans.smallest(third)
    assert plan.settings.stack.cloud == third
    for kind in ("smallest", "drill"):
        contract.test_every_resource_descends_from_the_topology(third, kind)
        contract.test_every_resource_names_an_explicit_provider(third, kind)
        contract.test_no_two_resources_share_a_urn(third, kind)
        contract.test_nothing_is_read_and_no_function_is_called(third, kind)
        contract.test_every_role_of_the_diagram_is_there(third, kind)
        contract.test_the_outputs_are_those_of_every_cloud(third, kind)
        contract.test_passwords_keys_and_licences_are_secret_everywhere(third, kind)
    contract.test_a_live_stack_protects_its_data_and_a_drill_protects_nothing(third)
    contract.test_a_drill_can_lock_nothing(third)
