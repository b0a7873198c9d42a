"""What a person reads of a plan does not change from run to run. Not proved: how it looks."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from rich.console import Console

from ops.plan.plan import Plan
from ops.plan.render import ROOT, show
from tests.support import plans


def text(plan: Plan) -> str:
    written = StringIO()
    show(plan, Console(file=written, width=140))
    return written.getvalue()


def test_the_order_in_which_resources_were_asked_for_does_not_show() -> None:
    plan = plans.smallest("aws")
    roles = [found for found in plan.resources if found.type == ROOT or found.parent.endswith(f"{ROOT}::oob")]
    others = [found for found in plan.resources if found not in roles]
    turned = replace(plan, recording=replace(plan.recording, resources=[*roles, *reversed(others)]))
    assert turned.resources != plan.resources
    assert text(turned) == text(plan)
    assert "resources by role" in text(plan)
