"""The real example stacks of every cloud, brought up and taken down by the command line and the real engine.

Providers are stand-ins: order, state, protection, secrets and the truth of `oob plan` are proved, not that a cloud accepts
an input, nor how long it takes. Clouds are found by discovery. A stand-in cannot prove whose credentials a person holds; it
refuses as the providers do when the account is not the one that the program locks them to.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from components import clouds
from tests.engine import real, recorded
from tests.engine.conftest import Lives
from tests.engine.life import Life
from tools.standins import accounts
from tools.standins.ledger import Cloud
from tools.standins.values import Plain, is_secret

pytestmark = pytest.mark.engine

EXAMPLES = [real.example(cloud, kind) for cloud in clouds.available() for kind in ("live", "drill")]
LIVE = [real.example(cloud, "live") for cloud in clouds.available()]
DRILLS = [real.example(cloud, "drill") for cloud in clouds.available()]
SHORTEST_SECRET = 12  # shorter ones would be found by chance

every_example = pytest.mark.parametrize("stack", EXAMPLES)
every_live = pytest.mark.parametrize("stack", LIVE)
every_drill = pytest.mark.parametrize("stack", DRILLS)


def test_every_cloud_has_a_live_and_a_drill_example() -> None:
    missing = [name for name in EXAMPLES if not (real.ROOT / "stacks" / f"Pulumi.{name}.yaml").is_file()]
    assert missing == [], "without these files a cloud is not tested here"


# --- credentials ----------------------------------------------------------------------------------------------------


@every_example
def test_credentials_for_another_account_are_refused_before_anything_is_made(lives: Lives, stack: str) -> None:
    life = lives(stack)
    assert life.elsewhere.code == 1
    assert "the credentials are for another-account" in life.elsewhere.output
    assert life.made_elsewhere == []


@every_example
def test_every_provider_that_works_in_an_account_is_locked_to_one(lives: Lives, stack: str) -> None:
    life = lives(stack)
    providers = {one.name: one for one in life.up if one.is_provider}
    of_clouds = {name: one for name, one in providers.items() if one.type.rpartition(":")[2] in accounts.LOCKS}
    assert of_clouds, "no provider of this cloud is known to be lockable: add its setting to tools/standins/accounts.py"
    unlocked = [name for name, one in of_clouds.items() if not one.inputs.get(accounts.LOCKS[one.type.rpartition(":")[2]])]
    assert unlocked == []


# --- up -------------------------------------------------------------------------------------------------------------


@every_example
def test_the_first_up_makes_everything_and_a_second_preview_finds_nothing_to_do(lives: Lives, stack: str) -> None:
    life = lives(stack)
    assert life.first.code == 0
    custom = {one.urn for one in life.up if one.custom and not one.is_provider}
    assert life.exists.urns() == custom
    assert life.exists.twice() == []
    assert life.again.code == 0, life.again.output[-3000:]


@every_example
def test_the_plan_told_the_truth_about_the_graph(lives: Lives, stack: str) -> None:
    life = lives(stack)
    planned, made = recorded.planned_facts(life.plan.resources), recorded.recorded_facts(life.up)
    assert {urn: facts for urn, facts in planned.items() if made.get(urn) != facts} == {}, "planned, and not made like this"
    assert set(made) == set(planned), "made, and not planned"


@every_example
def test_the_plan_told_the_truth_about_the_inputs(lives: Lives, stack: str) -> None:
    life = lives(stack)
    made = {one.urn: one for one in life.up}
    wrong = {one.urn: list(recorded.disagreements(dict(one.inputs), made[one.urn].settings)) for one in life.plan.resources}
    assert {urn: differences for urn, differences in wrong.items() if differences} == {}


@every_example
def test_the_plan_told_the_truth_about_dependencies(lives: Lives, stack: str) -> None:
    life = lives(stack)
    made = {one.urn: set(one.dependencies) for one in life.up}
    wrong = {one.urn: set(one.depends_on) ^ made[one.urn] for one in life.plan.resources if one.custom}
    assert {urn: difference for urn, difference in wrong.items() if difference} == {}


def first(cloud: Cloud, deed: str) -> dict[str, int]:
    """When each URN first met this deed."""
    found: dict[str, int] = {}
    for moment, (done, urn, _) in enumerate(cloud.deeds):
        if done == deed:
            found.setdefault(urn, moment)
    return found


@every_example
def test_nothing_is_made_before_what_it_needs(lives: Lives, stack: str) -> None:
    life = lives(stack)
    begun, made = first(life.exists, "creating"), first(life.exists, "created")
    early = [
        (later, earlier)
        for later, earlier in recorded.edges(life.up)
        if later in begun and earlier in made and begun[later] < made[earlier]
    ]
    assert early == []


@every_example
def test_the_bastion_and_the_nodes_stand_before_the_first_object_in_the_cluster(lives: Lives, stack: str) -> None:
    life = lives(stack)
    begun, made = first(life.exists, "creating"), first(life.exists, "created")
    first_object = min(moment for urn, moment in begun.items() if "kubernetes:" in urn.split("::")[2].rpartition("$")[2])
    for role in ("bastion", "cluster"):
        late = [urn for urn in recorded.below(life.up, role) if made.get(urn, 0) > first_object]
        assert late == [], f"{role}: the Kubernetes API cannot be reached, or has no nodes, before these exist"


# --- afterwards -----------------------------------------------------------------------------------------------------


@every_live
def test_a_refresh_finds_nothing_changed(lives: Lives, stack: str) -> None:
    refreshed = lives(stack).refreshed
    assert refreshed.code == 0, refreshed.output[-3000:]


@every_live
def test_another_size_changes_machines_and_keeps_what_holds_data(lives: Lives, stack: str) -> None:
    life = lives(stack)
    kinds = {deed for deed, _ in life.changes}
    assert "updated" in kinds, "the size must change something in place"
    holding = {one.urn: one.id for one in life.up if one.protect and one.custom}
    assert len(holding) >= 5, "keys, zone, database, buckets, user directory hold data"
    replaced = [urn for deed, urn in life.changes if deed in ("creating", "deleted") and urn in holding]
    assert replaced == []
    still = {thing.urn: thing.id for thing in life.after_change.things.values() if thing.urn in holding}
    assert still == holding


@every_live
def test_destroy_of_a_live_stack_is_refused_as_a_whole(lives: Lives, stack: str) -> None:
    life = lives(stack)
    assert life.refused.code == 1
    assert "Nothing has been touched" in life.refused.output
    assert life.touched_by_refusal == 0
    unnamed = [one.name for one in life.up if one.protect and one.name not in life.refused.output]
    assert unnamed == [], "each protected resource is named"


@every_live
def test_a_live_stack_without_protection_goes_but_for_what_is_retained_on_purpose(lives: Lives, stack: str) -> None:
    life = lives(stack)
    assert life.destroyed.code == 0, life.destroyed.output[-3000:]
    kept = {one.urn for one in life.plan.resources if one.retain_on_delete and one.custom}
    assert life.left.urns() == kept
    assert life.remembered == []
    unnamed = [urn for urn in kept if urn not in life.destroyed.output]
    assert unnamed == [], "what stays in the cloud is said before it leaves the state"


@every_example
def test_everything_goes_before_what_it_needed(lives: Lives, stack: str) -> None:
    life = lives(stack)
    gone = {urn: moment for moment, (deed, urn, _) in enumerate(life.left.deeds) if deed == "deleted"}  # the last time counts
    wrong = [
        (later, earlier)
        for later, earlier in recorded.edges(life.up)
        if later in gone and earlier in gone and gone[later] > gone[earlier]
    ]
    assert wrong == []


@every_example
def test_what_goes_with_its_holder_was_meant_to(lives: Lives, stack: str) -> None:
    """Where a service deletes what lies inside of something with it, the program has said so of every one of them."""
    life = lives(stack)
    swept = {urn for deed, urn, _ in life.left.deeds if deed == "swept"}
    meant = {one.urn: one.deleted_with for one in life.up if one.deleted_with}
    assert swept - meant.keys() == set()
    deleted = {urn for deed, urn, _ in life.left.deeds if deed == "deleted"}
    assert set(meant.values()) <= deleted


@every_drill
def test_ctrl_c_during_up_leaves_neither_lock_nor_process_nor_unfinished_operation(lives: Lives, stack: str) -> None:
    life = lives(stack)
    assert life.interrupted.code == 130, life.interrupted.output[-3000:]
    assert life.after_interrupt == []


@every_drill
def test_what_was_interrupted_is_taken_up_again_with_nothing_made_twice(lives: Lives, stack: str) -> None:
    made = [urn for deed, urn, _ in lives(stack).exists.deeds if deed == "created"]
    assert len(made) == len(set(made))


@every_drill
def test_a_drill_leaves_nothing(lives: Lives, stack: str) -> None:
    life = lives(stack)
    assert life.destroyed.code == 0, life.destroyed.output[-3000:]
    assert life.left.urns() == set()
    assert life.remembered == []


# --- secrets --------------------------------------------------------------------------------------------------------


def forms(secret: str) -> set[str]:
    """How a text may stand in a file: as it is, inside JSON, in base64, or a line of it."""
    lines = [line for line in secret.splitlines() if len(line) >= SHORTEST_SECRET and not line.startswith("-----")]
    if "PRIVATE KEY-----" in secret:
        lines = lines[len(lines) // 2 :]  # a private key begins with its public one, which stands in certificates
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, json.dumps(secret)[1:-1], encoded, *lines}


def texts(value: Plain) -> Iterator[str]:
    """Every text in a value that is not wrapped as a secret."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict) and not is_secret(value):
        for item in value.values():
            yield from texts(item)


def public(life: Life) -> str:
    """What is no secret though it lies in a secret as well, like a user's name, an ARN, a certificate.

    That is: what the stack file says, what the plan shows, and what the cloud itself gives out in the clear. What the
    program hands on is not counted: that would be the leak.
    """
    given_out = (
        value for thing in life.exists.things.values() for key, value in thing.outputs.items() if key not in thing.inputs
    )
    settings = life.plan.settings.stack.model_dump(mode="json")
    return json.dumps([settings, life.plan.as_json(), [text for value in given_out for text in texts(value)]])


@every_example
def test_no_secret_stands_anywhere_in_the_clear(lives: Lives, stack: str) -> None:
    life = lives(stack)
    open_texts = public(life)
    known = {one for one in life.left.secrets if len(one) >= SHORTEST_SECRET and json.dumps(one)[1:-1] not in open_texts}
    assert len(known) > 10, "passwords, private keys, DSNs"
    for canary in life.canaries.values():
        assert any(canary in one for one in known), "the canary arrived where it is used, as a secret"
    searched = {*life.canaries.values(), *known}
    assert any("/history/" in path for path in life.written), "the engine's history was looked at too"
    assert any("/backups/" in path for path in life.written), "and its backups"
    for where, text in life.written.items():
        found = [secret[:4] + "..." for secret in searched if any(form in text for form in forms(secret))]
        assert found == [], f"in {Path(where).name}"
