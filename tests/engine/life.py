"""The life of one example stack through the command line and the real engine, told as facts that tests look at.

A life is lived once a session, whichever tests ask for it.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
from dataclasses import dataclass, field
from pathlib import Path

from ops.plan import plan as planning
from ops.plan.plan import Plan
from tests.engine import real
from tests.engine.recorded import Record, records
from tests.engine.workshop import Ran, Workshop, wait_for
from tools.standins.ledger import Cloud

SOON = 40  # so many things exist when a run is interrupted
MAIL = {"host": "smtp.post.example.net", "username": "oob", "sender": "oob@post.example.net"}
# Of the made-up mail server the password is one more secret to look for.
ADDITIONS: dict[str, dict[str, object]] = {"live": {"smtp": MAIL}, "drill": {}}


NOT_RUN = Ran(code=-1, output="this kind of life does not come to it")


@dataclass(slots=True, kw_only=True)
class Life:
    """What happened, in the order of the fields. Lists of deeds are (deed, URN)."""

    stack: str
    plan: Plan
    canaries: dict[str, str]
    elsewhere: Ran
    made_elsewhere: list[str]
    interrupted: Ran = NOT_RUN
    after_interrupt: list[str] = field(default_factory=list[str])
    first: Ran = NOT_RUN
    up: list[Record] = field(default_factory=list[Record])
    exists: Cloud = field(default_factory=Cloud)
    again: Ran = NOT_RUN
    refreshed: Ran = NOT_RUN
    changed: Ran = NOT_RUN
    changes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    after_change: Cloud = field(default_factory=Cloud)
    refused: Ran = NOT_RUN
    touched_by_refusal: int = 0
    destroyed: Ran = NOT_RUN
    left: Cloud = field(default_factory=Cloud)
    remembered: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    written: dict[str, str] = field(default_factory=dict[str, str])


def deeds(cloud: Cloud, since: int = 0) -> list[tuple[str, str]]:
    """Deeds and URNs from a mark on."""
    return [(deed, urn) for deed, urn, _ in cloud.deeds[since:]]


def make_stack(shop: Workshop) -> dict[str, str]:
    """Makes the stack with its secrets; gives them by their keys."""
    shop.extra |= {"PULUMI_CONFIG_PASSPHRASE": real.EXAMPLE_PASSPHRASE, "PULUMI_SKIP_CHECKPOINTS": "true"}
    shop.pulumi("stack", "init").ok()
    canaries: dict[str, str] = {}
    for key in real.secret_keys(shop.project, shop.stack):
        canaries[key] = f"canary-{key.partition(':')[2]}-{secrets.token_hex(12)}"
        shop.shell(f'printf %s "$CANARY" | pulumi config set --secret {key} --stack {shop.stack}', CANARY=canaries[key]).ok()
    return canaries


def begin(shop: Workshop) -> Life:
    """Makes the stack, then tries to bring it up with somebody else's credentials."""
    canaries = make_stack(shop)
    shop.standins.sign_in("another-account")
    elsewhere = shop.oob("up", "--yes")
    made = [urn for deed, urn in deeds(shop.standins.cloud()) if deed in ("creating", "created")]
    shop.standins.sign_in(None)
    plan = planning.of_stack(shop.project / "stacks", shop.stack)
    return Life(stack=shop.stack, plan=plan, canaries=canaries, elsewhere=elsewhere, made_elsewhere=made)


def live(shop: Workshop) -> Life:
    """Up, nothing more to do, a change of size, a destroy that is refused, one after the protection is lifted."""
    life = begin(shop)
    life.first = shop.oob("up", "--yes").ok()
    _look(shop, life)
    life.refreshed = shop.pulumi("refresh", "--yes", "--expect-no-changes")
    mark = len(shop.standins.cloud().deeds)
    real.change(shop.project, shop.stack, {"size": "large"})
    life.changed = shop.pulumi("up", "--yes", "--skip-preview").ok()
    life.after_change = shop.standins.cloud()
    life.changes = deeds(life.after_change, mark)
    mark = len(life.after_change.deeds)
    life.refused = shop.oob("destroy", "--yes")
    life.touched_by_refusal = len(shop.standins.cloud().deeds) - mark
    shop.pulumi("state", "unprotect", "--all", "--yes").ok()
    return _end(shop, life)


def drill(shop: Workshop) -> Life:
    """Up, interrupted by Ctrl-C, up again to the end, and down."""
    life = begin(shop)
    with shop.meanwhile("up", "--yes") as running:
        wait_for("some things exist", lambda: len(shop.standins.cloud().things) >= SOON)
        os.kill(running.process.pid, signal.SIGINT)
        life.interrupted = running.finish()
        life.after_interrupt = [
            *(f"a lock: {path}" for path in shop.locks()),
            *(f"a process: {pid}" for pid in running.family() if Path(f"/proc/{pid}/cmdline").exists()),
            *(f"an unfinished operation: {one.resource.urn}" for one in shop.deployment().pending),
            *(f"in the cloud, unknown to the state: {urn}" for urn in shop.standins.cloud().lost(shop.recorded())),
        ]
    life.first = shop.oob("up", "--yes").ok()
    _look(shop, life)
    return _end(shop, life)


def _look(shop: Workshop, life: Life) -> None:
    exported = json.loads(shop.pulumi("stack", "export").ok().output)
    life.up = records(exported["deployment"].get("resources"))
    life.exists = shop.standins.cloud()
    life.again = shop.pulumi("preview", "--expect-no-changes")
    shop.agrees()


def _end(shop: Workshop, life: Life) -> Life:
    life.destroyed = shop.oob("destroy", "--yes")
    life.left = shop.standins.cloud()
    life.remembered = shop.recorded()
    files = [path for path in (*shop.state_folder.rglob("*"), *(shop.project / "stacks").iterdir()) if path.is_file()]
    life.written = {str(path): path.read_text(encoding="utf-8", errors="replace") for path in files}
    life.written |= {f"output of command {number}": text for number, text in enumerate(shop.log)}
    return life
