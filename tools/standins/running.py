"""Starts and stops the stand-ins for a test, and gives it a hand on them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.standins import accounts, ledger, orders
from tools.standins.ledger import Cloud
from tools.standins.orders import Order

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """Running stand-ins: what the engine needs to find them, what they are told, what they hold."""

    folder: Path
    environment: dict[str, str]

    def order(self, *given: Order) -> None:
        """From now on these orders stand, and no others."""
        orders.give(self.folder / "orders.json", given)

    def sign_in(self, account: str | None) -> None:
        """From now on the credentials at hand belong to this account; None: to whichever the program asks for."""
        accounts.sign_in(self.folder / "signed-in", account)

    def cloud(self) -> Cloud:
        """What exists now."""
        return ledger.read(self.folder / "ledger.jsonl")


@contextmanager
def running(folder: Path) -> Generator[StandIns]:
    """Stand-ins whose ledger lies in `folder`; a folder used before goes on where it was."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.standins.server", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C that a test sends to its own group is not for the cloud
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the stand-ins were started without pipes")
    try:
        first = process.stdout.readline()
        if not first:
            raise RuntimeError("the stand-ins did not start; their error stands above")
        ports: dict[str, int] = json.loads(first)
        attached = ",".join(f"{package}:{port}" for package, port in ports.items())
        yield StandIns(folder=folder, environment={"PULUMI_DEBUG_PROVIDERS": attached})
    finally:
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


__all__: Sequence[str] = ("Order", "StandIns", "running")
