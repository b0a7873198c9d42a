"""`./oob up` as a person types it, on the real program: what stops it before anything is made, and its exit code.

2 and 3 are here; 0, 1 and 130 are in test_lives.py, where the same command line runs to its end. Providers are stand-ins.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from components import clouds
from tests.engine import real
from tests.engine.workshop import Ran, Workshop, workshop
from tools.engine import Binaries

pytestmark = pytest.mark.engine

CONFIGURATION, COULD_NOT_RUN = 2, 3
STACK = real.example(clouds.available()[0], "live")


@pytest.fixture
def fresh(tmp_path: Path, binaries: Binaries) -> Generator[Workshop]:
    """The real program with an example stack that the state store does not know yet."""
    with workshop(tmp_path / "shop", binaries, prepare=real.prepare(STACK, {}), stack=STACK, whole=True) as made:
        made.extra["PULUMI_CONFIG_PASSPHRASE"] = real.EXAMPLE_PASSPHRASE
        yield made


def nothing_happened(shop: Workshop, ran: Ran) -> None:
    """One or a few sentences, no traceback, nothing made, no state begun."""
    assert "Traceback" not in ran.output
    assert "panic:" not in ran.output
    assert shop.standins.cloud().deeds == []
    assert [path for path in shop.state_folder.rglob(f"{shop.stack}*") if path.is_file()] == []
    assert shop.locks() == []


def test_a_stack_without_a_file_is_2_and_names_the_ones_there_are(fresh: Workshop) -> None:
    fresh.stack = "nowhere"
    refused = fresh.oob("up", "--yes")
    assert refused.code == CONFIGURATION
    assert STACK in refused.output
    nothing_happened(fresh, refused)


def test_faults_in_the_stack_file_are_2_all_at_once_before_the_engine_starts(fresh: Workshop) -> None:
    real.change(fresh.project, STACK, {"size": "enormous", "owner": 7, "colour": "green"})
    refused = fresh.oob("up", "--yes", PATH=str(Path(os.devnull).parent))  # no engine could be found
    assert refused.code == CONFIGURATION
    for fault in ("size", "owner", "colour"):
        assert fault in refused.output
    nothing_happened(fresh, refused)


def test_a_stack_file_that_is_no_text_is_2(fresh: Workshop) -> None:
    (fresh.project / "stacks" / f"Pulumi.{STACK}.yaml").write_bytes(os.urandom(300))
    refused = fresh.oob("up", "--yes")
    assert refused.code == CONFIGURATION
    nothing_happened(fresh, refused)


def test_no_cli_on_path_is_3_and_says_where_to_get_it(fresh: Workshop) -> None:
    refused = fresh.oob("up", "--yes", PATH=str(Path(os.devnull).parent))
    assert refused.code == COULD_NOT_RUN
    assert "https://www.pulumi.com/docs/install" in refused.output
    nothing_happened(fresh, refused)


def test_a_stack_that_the_state_store_does_not_know_is_3_and_says_how_to_make_it(fresh: Workshop) -> None:
    refused = fresh.oob("up", "--yes")
    assert refused.code == COULD_NOT_RUN
    assert f"pulumi stack init {STACK}" in refused.output
    nothing_happened(fresh, refused)


def test_a_state_folder_that_is_gone_is_3(fresh: Workshop) -> None:
    refused = fresh.oob("up", "--yes", PULUMI_BACKEND_URL=f"file://{fresh.folder}/absent")
    assert refused.code == COULD_NOT_RUN
    nothing_happened(fresh, refused)


def test_a_missing_passphrase_is_3_with_the_real_program_too(fresh: Workshop) -> None:
    fresh.pulumi("stack", "init").ok()
    state = {path: path.read_bytes() for path in fresh.state_folder.rglob("*.json")}
    refused = fresh.oob("up", "--yes", PULUMI_CONFIG_PASSPHRASE=None)
    assert refused.code == COULD_NOT_RUN
    assert "Set PULUMI_CONFIG_PASSPHRASE" in refused.output
    assert "Traceback" not in refused.output
    assert {path: path.read_bytes() for path in fresh.state_folder.rglob("*.json")} == state
    assert fresh.standins.cloud().deeds == []
