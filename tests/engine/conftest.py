"""Fixtures of the engine tier: the engine itself, found or built once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.engine import life, real, small
from tests.engine.life import Life
from tests.engine.workshop import Workshop, workshop
from tools.engine import Binaries, ensure


@pytest.fixture(scope="session")
def binaries() -> Binaries:
    """The engine: the official one, or the pinned one built from Go modules."""
    return ensure()


@pytest.fixture
def shop(tmp_path: Path, binaries: Binaries) -> Generator[Workshop]:
    """A workshop with the small program, its stack made, nothing in it."""
    with workshop(tmp_path / "shop", binaries, prepare=small.prepare, stack="trial") as made:
        made.pulumi("stack", "init").ok()
        yield made


Lives = Callable[[str], Life]
NOT_LOOKED_AT = pytest.StashKey[dict[str, list[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Room for what a test leaves out, by what it was about."""
    config.stash[NOT_LOOKED_AT] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says at the end what was left out and why: never silently."""
    for about, left_out in config.stash[NOT_LOOKED_AT].items():
        terminalreporter.write_sep("-", f"{about}: not looked at")
        for line in left_out:
            terminalreporter.write_line(f"  {line}")


@pytest.fixture(scope="session")
def lives(tmp_path_factory: pytest.TempPathFactory, binaries: Binaries) -> Lives:
    """The life of an example stack by its name; lived at the first call."""
    lived: dict[str, Life | Exception] = {}

    def lived_once(stack: str) -> Life:
        if stack not in lived:
            kind, course = ("drill", life.drill) if "-drill-" in stack else ("live", life.live)
            fill = real.prepare(stack, life.ADDITIONS[kind])
            folder = tmp_path_factory.mktemp(stack)
            try:
                with workshop(folder / "shop", binaries, prepare=fill, stack=stack, whole=True) as shop:
                    lived[stack] = course(shop)
            except Exception as problem:  # noqa: BLE001 raised below, and for every other test that asks: minutes are not spent again
                lived[stack] = problem
        found = lived[stack]
        if isinstance(found, Exception):
            raise found
        return found

    return lived_once
