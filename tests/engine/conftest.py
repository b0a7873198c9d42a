"""Fixtures of the engine tier: the engine itself, found or built once."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.engine import small
from tests.engine.workshop import Workshop, workshop
from tools.engine import Binaries, ensure


@pytest.fixture(scope="session")
def binaries() -> Binaries:
    """The engine: the official one, or the pinned one built from Go modules."""
    return ensure()


@pytest.fixture
def shop(tmp_path: Path, binaries: Binaries) -> Generator[Workshop]:
    """A workshop with the small program, its stack made, nothing in it."""
    with workshop(tmp_path / "shop", binaries, prepare=small.prepare, stack="trial", checked=False) as made:
        made.pulumi("stack", "init").ok()
        yield made
