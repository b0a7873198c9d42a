"""The score against labelled cases of another tool, which are third-party data and not part of this repository.

Set OOB_POLICY_CASES to a folder with score.py, cases.json and stacks.json, or put it beside the checkout as shared/policy-cases.
Not proved where they are missing: nothing is scored then, and the test says so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops.plan import plan as planning
from tests.support import plans

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(os.environ.get("OOB_POLICY_CASES", ROOT.parent / "shared" / "policy-cases"))
EXAMPLES = sorted(
    path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in (ROOT / "stacks").glob("Pulumi.*-example.yaml")
)
SCORE = re.compile(r"caught (\d+)/(\d+) .* clean (\d+)/(\d+)")

needs_cases = pytest.mark.skipif(
    not (CASES / "score.py").is_file(), reason=f"no labelled cases in {CASES}: the score is not measured"
)


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("plans")
    for name in EXAMPLES:
        (folder / f"{name}.json").write_text(planning.as_text(plans.of_file(name)), encoding="utf-8")
    return [str(path) for path in sorted(folder.iterdir())]


def score(types: list[str], *options: str) -> tuple[float, float]:
    """Parts caught and clean."""
    command = [sys.executable, str(CASES / "score.py"), "--pack", "policies.rules:POLICIES", "--map", "tests/policies/map.json"]
    done = subprocess.run(
        [*command, "--types-from", *types, *options], cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200
    )
    found = SCORE.search(done.stdout)
    assert found is not None, done.stdout + done.stderr
    caught, bad, clean, good = map(int, found.groups())
    assert bad > 100
    assert good > 100
    return caught / bad, clean / good


@needs_cases
def test_violations_are_caught_and_clean_cases_clean(types: list[str]) -> None:
    caught, clean = score(types)
    assert caught >= 0.98
    assert clean >= 0.99


@needs_cases
def test_with_references_unknown_violations_are_still_caught(types: list[str]) -> None:
    caught, _ = score(types, "--unknown-refs")
    assert caught >= 0.95
