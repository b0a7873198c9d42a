"""The look at the licence's last day, on a real PostgreSQL.

Not proved: a licence that Mattermost signed. The made-up ones have its form, as the server's source describes it.
"""

from __future__ import annotations

import base64
import json
import subprocess
import time

import pytest

from components.platform import jobs, licence
from components.platform.monitoring_rules import faults
from tests.platform_data.servers import Installation

DAY = 86400
TABLE = "CREATE TABLE licenses (id varchar(26) PRIMARY KEY, createat bigint, bytes varchar(10000))"


def stored(days: float, *, ending: bytes = b"") -> str:
    """A licence as the server keeps it: a document, a signature of 256 bytes, all as base64."""
    document = {"id": "l1", "customer": {"name": 'Ünited "Example"'}, "expires_at": int((time.time() + days * DAY) * 1000)}
    return base64.b64encode(json.dumps(document, ensure_ascii=False).encode() + b"\xff" * 256 + ending).decode()


def look(installation: Installation) -> subprocess.CompletedProcess[str]:
    variables = installation.role_environment | {"DAYS": str(licence.WARNING_DAYS)}
    command = ["sh", str(jobs.SCRIPTS / "licence.sh")]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def activate(installation: Installation, *licences: str) -> None:
    """The last of `licences` is the active one."""
    installation.fill()
    installation.as_role(TABLE)
    for number, text in enumerate(licences):
        installation.as_role(f"INSERT INTO licenses VALUES ('l{number}', {number}, '{text}')")  # noqa: S608 base64
    installation.as_role(f"INSERT INTO systems VALUES ('ActiveLicenseId', 'l{len(licences) - 1}')")  # noqa: S608 a number


@pytest.mark.parametrize(("days", "fine"), [(400.0, True), (30.5, True), (29.5, False), (0.5, False), (-3.0, False)])
def test_a_licence_that_ends_within_a_month_fails_the_job(installation: Installation, days: float, fine: bool) -> None:
    activate(installation, stored(days))
    done = look(installation)
    last = time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * DAY))
    assert (done.returncode == 0) == fine, done.stderr
    assert last in done.stdout + done.stderr


def test_the_active_licence_counts_and_no_other(installation: Installation) -> None:
    activate(installation, stored(400), stored(10, ending=b"\x00\x00"))
    assert look(installation).returncode == 1


def test_without_an_active_licence_the_job_fails_and_before_the_first_start_it_does_not(installation: Installation) -> None:
    assert look(installation).returncode == 0
    activate(installation)
    done = look(installation)
    assert done.returncode == 1
    assert "no licence is active" in done.stderr


def test_what_cannot_be_read_is_no_good_news(installation: Installation) -> None:
    activate(installation, base64.b64encode(b"x" * 300).decode())
    assert look(installation).returncode != 0


def test_the_failed_job_is_an_alert_of_its_own() -> None:
    rules = {fault.name: fault for fault in faults(2, 60)}
    assert f'job_name=~"{licence.COMPONENT}-.+"' in rules["LicenceEnding"].expression
    assert f'job_name!~"{licence.COMPONENT}-.+"' in rules["JobFailed"].expression
