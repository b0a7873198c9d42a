"""What the wrapper refuses and how it says so, with the small program and the real engine; providers are stand-ins."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.engine.workshop import Workshop, follow, wait_for
from tools.standins.orders import Order

pytestmark = pytest.mark.engine

PROBE = """
import pulumi_aws as aws
aws.s3.Bucket("no-explicit-provider")
"""


def test_up_then_preview_finds_nothing_to_do_and_destroy_leaves_nothing(shop: Workshop) -> None:
    assert "to create" in shop.oob("preview").ok().output
    assert shop.standins.cloud().deeds == [], "a preview makes nothing"
    shop.oob("up", "--yes").ok()
    assert shop.planned() == {}
    shop.agrees()
    shop.oob("destroy", "--yes").ok()
    assert shop.standins.cloud().things == {}
    assert shop.recorded() == []


def test_a_resource_without_an_explicit_provider_is_refused_in_preview(shop: Workshop) -> None:
    (shop.project / "__main__.py").write_text(PROBE, encoding="utf-8")
    refused = shop.oob("preview")
    assert refused.code == 1
    assert "Default provider for 'aws' disabled" in refused.output


def test_destroy_of_protected_resources_is_refused_as_a_whole(shop: Workshop) -> None:
    shop.pulumi("config", "set", "small:protect", "true").ok()
    shop.oob("up", "--yes").ok()
    before = len(shop.standins.cloud().deeds)
    refused = shop.oob("destroy", "--yes")
    assert refused.code == 1
    assert "storage-bucket" in refused.output
    assert "Nothing has been touched" in refused.output
    assert len(shop.standins.cloud().deeds) == before


def test_a_preview_that_fails_stops_up_before_anything_is_made(shop: Workshop) -> None:
    (shop.project / "__main__.py").write_text("raise ValueError('a fault in the program')", encoding="utf-8")
    refused = shop.oob("up", "--yes")
    assert refused.code == 1
    assert "Nothing has been changed" in refused.output
    assert shop.standins.cloud().deeds == []


def test_up_without_a_terminal_and_without_yes_asks_for_yes(shop: Workshop) -> None:
    refused = shop.oob("up")
    assert refused.code == 1
    assert "--yes" in refused.output
    assert "Previewing" not in refused.output


def test_secrets_are_encrypted_wherever_the_engine_writes_them(shop: Workshop) -> None:
    shop.shell("printf %s CANARY-LICENCE | pulumi config set --secret small:licence --stack trial").ok()
    shop.oob("up", "--yes").ok()
    secrets = {*shop.standins.cloud().secrets, "CANARY-LICENCE"}
    assert len(secrets) >= 3, "a licence, a password and its hash"
    written = [path for path in shop.state_folder.rglob("*") if path.is_file()]
    assert len(written) > 4
    for text in (*(path.read_text(encoding="utf-8") for path in written), *shop.log):
        assert not [secret for secret in secrets if secret in text]


def no_traceback(output: str) -> bool:
    return "Traceback" not in output and "panic:" not in output


def test_a_missing_passphrase_is_said_in_one_sentence(shop: Workshop) -> None:
    refused = shop.oob("preview", PULUMI_CONFIG_PASSPHRASE=None)
    assert refused.code == 3
    assert "Set PULUMI_CONFIG_PASSPHRASE" in refused.output
    assert no_traceback(refused.output)


def test_a_wrong_passphrase_is_said_in_one_sentence(shop: Workshop) -> None:
    refused = shop.oob("up", "--yes", PULUMI_CONFIG_PASSPHRASE="another")
    assert refused.code == 3
    assert "does not fit this stack" in refused.output
    assert no_traceback(refused.output)


def test_a_stack_that_is_not_in_the_state_store_is_said_with_how_to_make_it(shop: Workshop) -> None:
    shop.stack = "never-made"
    refused = shop.oob("up", "--yes")
    assert refused.code == 3
    assert "pulumi stack init never-made" in refused.output


def test_no_state_store_chosen_is_said_with_how_to_choose_one(shop: Workshop) -> None:
    refused = shop.oob("preview", PULUMI_BACKEND_URL=None)
    assert refused.code == 3
    assert "pulumi login" in refused.output


def test_a_state_folder_that_is_gone_is_named(shop: Workshop) -> None:
    refused = shop.oob("preview", PULUMI_BACKEND_URL=f"file://{shop.folder}/absent")
    assert refused.code == 3
    assert no_traceback(refused.output)
    assert "state store cannot be opened" in refused.output


@pytest.mark.parametrize("damage", [b"", b"{", os.urandom(500)], ids=["empty", "cut", "noise"])
def test_a_corrupt_state_is_refused_and_the_printed_way_back_works(shop: Workshop, damage: bytes) -> None:
    shop.oob("up", "--yes").ok()
    state = shop.state_folder / ".pulumi" / "stacks" / "small" / "trial.json"
    state.write_bytes(damage)
    refused = shop.oob("up", "--yes")
    assert refused.code == 3
    assert no_traceback(refused.output)
    assert state.read_bytes() == damage, "nothing was written over it"
    copies = [line.strip() for line in refused.output.splitlines() if line.startswith("  cp ")]
    assert len(copies) == 2
    for command in copies:
        shop.shell(command).ok()
    shop.pulumi("refresh", "--yes").ok()
    shop.agrees()
    assert shop.planned() == {}


@pytest.fixture
def full_disk(shop: Workshop) -> Generator[Path]:
    """A tiny file system as the state folder; needs the right to mount one."""
    shop.state_folder.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(shop.state_folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    try:
        yield shop.state_folder
    finally:
        subprocess.run(["umount", "-l", str(shop.state_folder)], check=True)


def test_a_disk_without_room_is_refused_before_anything_is_made(shop: Workshop, full_disk: Path) -> None:
    shop.pulumi("stack", "init").ok()
    refused = shop.oob("up", "--yes")
    assert refused.code == 3
    assert "MB free" in refused.output
    assert shop.standins.cloud().deeds == []


def test_a_disk_that_fills_up_during_a_run_loses_nothing(shop: Workshop, full_disk: Path) -> None:
    shop.pulumi("stack", "init").ok()
    shop.standins.order(Order(operation="create", match="cluster-eks", seconds=3))
    with shop.meanwhile("up", "--yes", "--any-space") as running:
        wait_for("the engine has noted the cluster", lambda: bool(shop.deployment().pending))
        fill(full_disk / "filler")
        failed = running.finish()
    assert failed.code in (1, 3)
    assert no_traceback(failed.output)
    assert "no space left" in failed.output
    (full_disk / "filler").unlink()
    shop.standins.order()
    again = shop.oob("up", "--yes", "--any-space")
    if again.code != 0:  # whether the last step still found room is chance; what may not happen is a loss
        assert "unfinished operation" in again.output
        follow(shop, again.output)
        shop.oob("up", "--yes", "--any-space").ok()
    shop.agrees()
    assert shop.planned() == {}


def fill(path: Path) -> None:
    """Until nothing more fits."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"0" * 4096)
