"""The policy pack in the real engine, against the real program: the live example of every cloud, with its own waivers.

Proves that the engine lets pass what `oob plan` lets pass and refuses what leans on the primary, at preview. Providers are
stand-ins: a preview shows the rules what the program gives, and nothing that a service would add.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from components import clouds
from ops.plan import plan as planning
from tests.engine import life, real
from tests.engine.test_pack import PACK, without_host
from tests.engine.workshop import ROOT, Ran, Workshop, workshop
from tools.engine import Binaries

pytestmark = pytest.mark.engine

DRIVER = ROOT / "tests" / "engine" / "inline_example.py"  # as a file: the project in its folder brings its own modules


@pytest.fixture(params=clouds.available())
def example(request: pytest.FixtureRequest, tmp_path: Path, binaries: Binaries) -> Generator[Workshop]:
    """The real program with a live example whose stack is made and whose secrets are set."""
    stack = real.example(str(request.param), "live")
    fill = real.prepare(stack, life.ADDITIONS["live"])
    with workshop(tmp_path / "shop", binaries, prepare=fill, stack=stack, whole=True) as shop:
        life.make_stack(shop)
        yield shop


def preview(shop: Workshop, told: dict[str, object]) -> Ran:
    """A preview with the pack. `told`: its configuration, over what the stack file says."""
    config = shop.folder / "told.json"
    config.write_text(json.dumps(told), encoding="utf-8")
    arguments = [str(shop.project), shop.stack, PACK, str(config) if told else ""]
    return shop.shell(shlex.join([sys.executable, str(DRIVER), *arguments]), PATH=without_host(shop))


def test_an_example_passes_its_pack_and_is_refused_when_it_lies_in_the_primary(example: Workshop) -> None:
    passed = preview(example, {}).ok()
    waived = planning.of_stack(example.project / "stacks", example.stack).settings.stack.waivers
    unsaid = [rule for rule in waived if rule not in passed.output]
    assert unsaid == [], "what a waiver sets aside is said"
    host = planning.of_stack(example.project / "stacks", example.stack).settings.stack.site.host
    refused = preview(example, {"oob-resources": {"primary": {"domains": [host.partition(".")[2]]}}})
    assert refused.code == 1
    assert "independent-of-primary" in refused.output
    assert "leans on the primary, by a domain" in refused.output
    assert example.standins.cloud().things == {}
