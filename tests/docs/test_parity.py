"""docs/parity.md is what `./oob parity` writes today, and every role of the contract is in it for every cloud.

Not proved: that a sentence about a cloud is true. Its folder's tests and README are the evidence.
"""

from __future__ import annotations

import re

import pytest

from components import clouds
from ops import parity
from ops.parity import Given
from tests.contract.test_every_cloud import ROLES
from tests.support import plans

DOCUMENT = plans.ROOT / "docs" / "parity.md"


def test_the_document_is_current() -> None:
    by_cloud = {cloud: parity.explanations(cloud) for cloud in clouds.available()}
    found = parity.text({cloud: plans.of_file(f"{cloud}-example") for cloud in by_cloud}, by_cloud)
    assert DOCUMENT.read_text(encoding="utf-8") == found, "run ./oob parity"


def test_every_difference_is_explained() -> None:
    assert parity.unexplained({cloud: parity.explanations(cloud) for cloud in clouds.available()}) == []


@pytest.mark.parametrize("cloud", clouds.available())
def test_every_role_of_the_contract_has_resources_in_every_cloud(cloud: str) -> None:
    sections = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    by_role = {section.partition("\n")[0]: section for section in sections}
    assert set(by_role) >= ROLES
    without = [role for role in ROLES if not re.search(rf"^\| {cloud} \| [1-9]", by_role[role], re.MULTILINE)]
    assert without == []


def test_a_difference_that_nobody_explains_is_found() -> None:
    one = {"keys": {"rotation": Given(gives="yearly")}}
    other = {"keys": {"rotation": Given(gives="daily")}}
    assert parity.unexplained({"a": one, "b": other}) == ["nobody says why clouds differ in keys: rotation"]
    assert parity.unexplained({"a": one, "b": {}}) == ["b says nothing of keys: rotation"]
