"""Killed, cancelled, failed runs of the small program, against the real engine.

The providers are stand-ins: this proves what engine and wrapper do with state and locks, not what a cloud does.
"""

from __future__ import annotations

import json
import os
import signal
import socket

import pytest

from tests.engine.workshop import Workshop, follow, wait_for
from tools.standins.orders import Order

pytestmark = pytest.mark.engine

CLUSTER = "cluster-eks"
SLOW = Order(operation="create", match=CLUSTER, seconds=4)


def creating(shop: Workshop, name: str) -> bool:
    return any(deed == "creating" and urn.endswith(f"::{name}") for deed, urn, _ in shop.standins.cloud().deeds)


def exists(shop: Workshop, name: str) -> bool:
    return any(thing.name == name for thing in shop.standins.cloud().things.values())


def kill_in_the_middle(shop: Workshop) -> None:
    """An `up` whose CLI is killed while the cluster is being made; the cloud goes on and finishes the cluster."""
    shop.standins.order(SLOW)
    with shop.meanwhile("up", "--yes") as running:
        wait_for("the cluster is being made", lambda: creating(shop, CLUSTER))
        wait_for("the engine has noted it", lambda: bool(shop.deployment().pending))
        os.kill(running.engine(), signal.SIGKILL)
        running.finish()
    shop.standins.order()
    wait_for("the cloud has made the cluster", lambda: exists(shop, CLUSTER))


def test_a_killed_up_is_refused_and_taken_up_again_with_nothing_lost_or_made_twice(shop: Workshop) -> None:
    kill_in_the_middle(shop)
    before = len(shop.standins.cloud().deeds)
    refused = shop.oob("up", "--yes")
    assert refused.code == 1
    assert len(shop.standins.cloud().deeds) == before, "a refusal touches nothing"
    assert "1. Keep a copy" in refused.output
    assert "5. Look" in refused.output
    assert f"aws:eks/cluster:Cluster {CLUSTER}" in refused.output
    assert "has ended" in refused.output, "the lock's process is looked up"
    follow(shop, refused.output)
    assert (shop.project / "before-recovery.json").exists()
    assert not any(urn.endswith(f"::{CLUSTER}") for urn in shop.planned()), "what was adopted is not created again"
    shop.oob("up", "--yes").ok()
    shop.agrees()
    assert shop.planned() == {}


def test_an_update_killed_in_the_middle_is_repeated_after_the_same_steps(shop: Workshop) -> None:
    shop.oob("up", "--yes").ok()
    shop.pulumi("config", "set", "small:description", "second").ok()
    shop.standins.order(Order(operation="update", match="storage-key", seconds=4))
    with shop.meanwhile("up", "--yes") as running:
        wait_for("the engine has noted the update", lambda: bool(shop.deployment().pending))
        os.kill(running.engine(), signal.SIGKILL)
        running.finish()
    shop.standins.order()
    refused = shop.oob("up", "--yes")
    assert refused.code == 1
    assert "updating aws:kms/key:Key storage-key" in refused.output
    follow(shop, refused.output)
    shop.oob("up", "--yes").ok()
    shop.agrees()
    assert shop.planned() == {}


def test_a_destroy_killed_in_the_middle_goes_on_after_its_lock_is_removed(shop: Workshop) -> None:
    shop.oob("up", "--yes").ok()
    shop.standins.order(Order(operation="delete", match=CLUSTER, seconds=12))  # longer than a busy machine takes to look
    with shop.meanwhile("destroy", "--yes") as running:
        wait_for("deletes have begun", lambda: not exists(shop, "space"))
        os.kill(running.engine(), signal.SIGKILL)
        running.finish()
    shop.standins.order()
    refused = shop.oob("destroy", "--yes")
    assert refused.code == 1
    assert "has ended" in refused.output
    shop.shell(refused.output[refused.output.rindex("pulumi cancel") :].splitlines()[0]).ok()
    shop.oob("destroy", "--yes").ok()
    assert shop.standins.cloud().things == {}
    assert shop.recorded() == []


def test_preview_tells_of_unfinished_operations_that_the_engine_keeps_silent_about(shop: Workshop) -> None:
    kill_in_the_middle(shop)
    shown = shop.oob("preview").ok()
    assert "unfinished operation" in shown.output
    assert "to create" in shown.output


def test_any_number_of_interrupts_is_one_graceful_cancel(shop: Workshop) -> None:
    shop.standins.order(SLOW)
    with shop.meanwhile("up", "--yes") as running:
        wait_for("the cluster is being made", lambda: creating(shop, CLUSTER))
        for _ in range(3):
            os.kill(running.process.pid, signal.SIGINT)
        ended = running.finish()
    assert ended.code == 130
    assert "stopping" in ended.output
    assert shop.locks() == []
    assert shop.deployment().pending == ()
    assert exists(shop, CLUSTER), "what was under way is finished"
    shop.standins.order()
    shop.oob("up", "--yes").ok()
    shop.agrees()


def test_a_run_whose_wrapper_is_killed_finishes_by_itself(shop: Workshop) -> None:
    shop.standins.order(SLOW)
    with shop.meanwhile("up", "--yes") as running:
        wait_for("the cluster is being made", lambda: creating(shop, CLUSTER))
        running.process.kill()
        wait_for("the last object exists", lambda: exists(shop, "map-2"))
        wait_for("the lock is gone", lambda: shop.locks() == [])
    assert shop.deployment().pending == ()
    shop.agrees()


def test_a_provider_that_fails_on_one_resource_costs_that_resource_only(shop: Workshop) -> None:
    shop.standins.order(Order(operation="create", match=CLUSTER, error="LimitExceeded: no more clusters"))
    failed = shop.oob("up", "--yes")
    assert failed.code == 1
    assert "LimitExceeded" in failed.output
    assert shop.locks() == []
    shop.agrees()
    assert not exists(shop, CLUSTER)
    shop.standins.order()
    shop.oob("up", "--yes").ok()
    shop.agrees()
    made = [urn for deed, urn, _ in shop.standins.cloud().deeds if deed == "created"]
    assert len(made) == len(set(made)), "what existed after the failure was not made again"


def held_by(shop: Workshop, pid: int) -> None:
    """A lock on the state, as a run of that process writes it."""
    folder = shop.state_folder / ".pulumi" / "locks" / "organization" / "small" / "trial"
    folder.mkdir(parents=True, exist_ok=True)
    lock = {"pid": pid, "username": "ines", "hostname": socket.gethostname(), "timestamp": "2026-11-24T04:41:42.7Z"}
    (folder / "held.json").write_text(json.dumps(lock), encoding="utf-8")


def test_a_lock_whose_process_lives_is_never_offered_for_removal(shop: Workshop) -> None:
    held_by(shop, os.getpid())
    refused = shop.oob("up", "--yes")
    assert refused.code == 1
    assert f"process {os.getpid()} is running" in refused.output
    assert "--yes" not in refused.output, "no command to remove the lock is printed"
    assert shop.standins.cloud().deeds == []


def test_a_lock_left_behind_is_named_with_the_command_that_removes_it(shop: Workshop) -> None:
    held_by(shop, 999_999_999)
    refused = shop.oob("up", "--yes")
    assert refused.code == 1
    assert "ines@" in refused.output
    assert "has ended" in refused.output
    shop.shell(refused.output[refused.output.rindex("pulumi cancel") :].splitlines()[0]).ok()
    assert shop.locks() == []
