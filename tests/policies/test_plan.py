"""The verdict in a plan: the examples pass their own pack, what breaks a rule is told, waivers count and show.

Proves the in-process way. Not proved: what the engine adds to inputs.
"""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from components.faults import ConfigError
from ops import stackfiles
from ops.plan import plan as planning
from ops.plan import policy
from ops.plan.plan import Plan
from ops.plan.render import show
from policies.model import Level
from tests.support import plans

STACKS = Path(__file__).resolve().parents[2] / "stacks"

EXAMPLES = [name for name in stackfiles.list_stacks(STACKS) if name.endswith("-example")]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_passes_its_own_pack_and_every_waiver_of_it_is_needed(name: str) -> None:
    plan = plans.of_file(name)
    assert [found.sentence() for found in plan.verdict.violations if found.level is Level.MANDATORY] == []
    assert {found.rule for found in plan.verdict.waived} == set(plan.settings.stack.waivers)
    assert plan.exit_code == 0


def test_the_json_has_the_documented_form() -> None:
    document = json.loads(planning.as_text(plans.of_file("aws-example")))["policy"]
    assert list(document) == ["violations", "notYetJudged", "waived"]
    assert set(document["violations"][0]) == {"policy", "severity", "level", "urn", "path", "message", "remedy"}
    assert set(document["notYetJudged"][0]) == {"policy", "level", "urn", "path"}
    assert set(document["waived"][0]) == {"policy", "urn", "path", "message", "reason", "owner", "expires"}


def changed(plan: Plan, type_: str, **inputs: object) -> Plan:
    """The same plan with other inputs of the first resource of a type, judged anew."""
    resources = list(plan.recording.resources)
    index = next(number for number, one in enumerate(resources) if one.type == type_)
    resources[index] = replace(resources[index], inputs={**resources[index].inputs, **inputs})  # type: ignore[arg-type]
    recording = replace(plan.recording, resources=resources)
    return replace(plan, recording=recording, verdict=policy.judge(recording, plan.settings.stack))


def test_a_mandatory_finding_is_told_with_its_remedy_and_gives_exit_code_1() -> None:
    plan = changed(plans.of_file("aws-example"), "aws:rds/cluster:Cluster", storageEncrypted=False)
    assert plan.exit_code == 1
    buffer = StringIO()
    show(plan, Console(file=buffer, width=300))
    assert "refused, 1 mandatory finding" in buffer.getvalue()
    assert "rds-storage-encrypted: storageEncrypted: is off. Set storageEncrypted to true" in buffer.getvalue()


def test_what_an_unknown_hides_is_told_as_not_yet_judged() -> None:
    plan = changed(
        plans.of_file("aws-example"), "aws:rds/cluster:Cluster", storageEncrypted="[unknown]", deletionProtection=False
    )
    assert "rds-deletion-protection" in {found.rule for found in plan.verdict.violations}
    assert "rds-storage-encrypted" in {found.rule for found in plan.verdict.not_yet_judged}
    assert "rds-storage-encrypted" not in {found.rule for found in plan.verdict.violations}


def test_a_waiver_of_a_rule_that_does_not_exist_is_a_fault_that_names_the_right_one() -> None:
    plan = plans.of_file("aws-example")
    waiver = next(iter(plan.settings.stack.waivers.values()))
    stack = plan.settings.stack.model_copy(update={"waivers": {"rds-storage-encryptd": waiver}})
    with pytest.raises(ConfigError, match="did you mean rds-storage-encrypted"):
        policy.settings(stack)


def test_a_waiver_covers_the_resources_that_it_names_and_no_others() -> None:
    plan = plans.of_file("aws-example")
    waiver = next(iter(plan.settings.stack.waivers.values())).model_copy(update={"resources": "heartbeat-*"})
    stack = plan.settings.stack.model_copy(update={"waivers": {**plan.settings.stack.waivers, "pods-image-digest": waiver}})
    verdict = policy.judge(plan.recording, stack)
    assert "pods-image-digest" in {found.rule for found in verdict.violations}
    covered = [found.urn for found in verdict.waived if found.rule == "pods-image-digest"]
    assert covered
    assert all(urn.rpartition("::")[2].startswith("heartbeat-") for urn in covered)
