"""Which cloud a stack chooses when there are several: made-up names, because the rule knows no cloud."""

from __future__ import annotations

import pytest

from components.choice import choose
from components.settings import Stack

CLOUDS = ("cumulus", "nimbus", "stratus")


@pytest.mark.parametrize(
    ("block", "cloud", "faults"),
    [
        ({"cloud": "nimbus", "nimbus": {}}, "nimbus", []),
        (
            {"cloud": "nimbus", "nimbus": {}, "stratus": {}},
            "nimbus",
            ["stratus: given, but cloud is 'nimbus'; remove this block"],
        ),
        ({"cloud": "nimbus"}, None, ["nimbus: required, because cloud is 'nimbus', but not given; give the block of this cloud"]),
        (
            {"cloud": "nimbos", "nimbus": {}},
            "nimbus",
            ["cloud: 'nimbos' is not one of cumulus, nimbus, stratus; did you mean nimbus?"],
        ),
        ({"cloud": "x"}, None, ["cloud: 'x' is not one of cumulus, nimbus, stratus; give cumulus, nimbus or stratus"]),
        ({"nimbus": {}, "stratus": {}}, None, ["cloud: required, but not given; give cumulus, nimbus or stratus"]),
        ({"cluod": "nimbus", "nimbus": {}}, "nimbus", []),
        ({"cloud": "nimbus", "nibmus": {}}, None, []),
        (
            {"cloud": "nimbus", "nimbus": {}, "fog": {}},
            "nimbus",
            ["fog: a block of no cloud that is available (cumulus, nimbus, stratus), and not a known key; remove this block"],
        ),
        (
            {"cloud": "fog", "fog": {}},
            None,
            ["cloud: 'fog' is not one of cumulus, nimbus, stratus; give cumulus, nimbus or stratus"],
        ),
    ],
)
def test_the_cloud_is_told_from_what_is_given(block: dict[str, object], cloud: str | None, faults: list[str]) -> None:
    found = choose(block, Stack, CLOUDS)
    assert found.cloud == cloud
    assert [str(fault) for fault in found.faults] == faults
    assert not set(found.rest) & set(CLOUDS)
