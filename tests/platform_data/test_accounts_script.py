"""The accounts helper against a stand-in of the server's local mode, and the second-factor script on a real PostgreSQL.

The stand-in has the routes of the server's published source; a real server of the pinned version is not asked here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from components.platform import accounts as component
from components.platform import heartbeat, jobs
from components.platform.scripts import accounts
from components.sections import Mode
from tests.platform_data.local_mode import LocalMode
from tests.platform_data.made_up import ROSTER, environment, stack
from tests.platform_data.servers import Installation
from tests.platform_data.standins import unix

PASSWORDS = {"administrator": "Adm1n.!secret", "break-glass-1": "First.!secret1", "break-glass-2": "Sec0nd.!secret"}
TEAMS = {"incident-response", "business-continuity"}


def plan(*, generation: int = 1, provider: bool = True, mode: Mode = Mode.LIVE) -> Any:
    return component.plan(stack(), ROSTER, environment(mode), generation=generation, provider=provider)


class Pod:
    """The helper as its container runs it, for a given number of rounds."""

    def __init__(self, server: LocalMode, folder: Path, socket: Path) -> None:
        self.server, self._folder, self._socket = server, folder, socket
        self.ready = folder / "administrator-exists"
        (folder / "passwords").mkdir()
        self.passwords(PASSWORDS)

    def passwords(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            (self._folder / "passwords" / name).write_text(value, encoding="utf-8")

    def run(self, document: Any, rounds: int = 1) -> str:
        (self._folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
        variables = {
            "PLAN": str(self._folder / "plan.json"),
            "SOCKET": str(self._socket),
            "PASSWORDS": str(self._folder / "passwords"),
            "READY": str(self.ready),
            "ROUNDS": str(rounds),
            "RETRY_SECONDS": "0.1",
        }
        command = [sys.executable, "-I", str(jobs.SCRIPTS / "accounts.py")]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True, timeout=60)
        return done.stderr


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[Pod]:
    server = LocalMode()
    with unix(server, tmp_path / "s") as socket:
        yield Pod(server, tmp_path, socket)


def test_the_first_account_of_all_is_the_administrator(pod: Pod) -> None:
    pod.run(plan())
    assert next(iter(pod.server.users)) == "administrator"
    assert pod.server.changes[0] == "POST /users"


def test_the_pod_is_not_ready_before_an_administrator_exists(pod: Pod) -> None:
    pod.server.broken = 1
    pod.run(plan())
    assert not pod.ready.exists(), "somebody who signs in now would be the administrator"
    pod.run(plan())
    assert pod.ready.exists()


def test_an_ordinary_account_of_that_name_opens_nothing(pod: Pod) -> None:
    pod.server.sign_in_first_time("administrator", "a@elsewhere.example")
    pod.server.broken_changes = True
    pod.run(plan())
    assert not pod.ready.exists()


def test_a_step_that_fails_later_does_not_take_a_working_server_out_of_service(pod: Pod) -> None:
    pod.run(plan())
    pod.ready.unlink()  # as in a pod that has just been made
    pod.server.broken_changes = True
    pod.passwords({"administrator": "An0ther.!secret"})
    assert "trying again" in pod.run(plan())
    assert pod.ready.exists()


def test_emergency_accounts_are_administrators_with_the_sealed_passwords(pod: Pod) -> None:
    pod.run(plan())
    for name, password in PASSWORDS.items():
        assert "system_admin" in pod.server.users[name]["roles"].split()
        assert pod.server.passwords[name] == password
        assert pod.server.teams_of(name) == TEAMS


def test_teams_are_closed_and_channels_exist(pod: Pod) -> None:
    pod.run(plan())
    assert set(pod.server.teams) == TEAMS
    assert {team["type"] for team in pod.server.teams.values()} == {"I"}
    assert pod.server.channels["incident-response/oob-heartbeat"]["type"] == "P"
    assert pod.server.channels["business-continuity/situation"]["type"] == "O"


def test_the_heartbeat_bot_is_a_bot_in_its_channel_with_a_token_made_by_the_server(pod: Pod) -> None:
    pod.run(plan())
    bot = pod.server.users[heartbeat.BOT]
    assert bot["is_bot"]
    assert [token["description"] for token in pod.server.tokens.values()] == [heartbeat.token_description(1)]
    assert (pod.server.channels["incident-response/oob-heartbeat"]["id"], bot["id"]) in pod.server.members


def test_a_second_run_changes_nothing(pod: Pod) -> None:
    pod.run(plan())
    before = list(pod.server.changes)
    pod.run(plan())
    assert pod.server.changes == before


def test_a_new_password_is_set_once_and_the_old_token_ends(pod: Pod) -> None:
    pod.run(plan(generation=1))
    pod.passwords({"break-glass-1": "Another.!secret1"})
    pod.run(plan(generation=2))
    assert pod.server.passwords["break-glass-1"] == "Another.!secret1"
    assert [token["description"] for token in pod.server.tokens.values()] == [heartbeat.token_description(2)]
    before = list(pod.server.changes)
    pod.run(plan(generation=2))
    assert pod.server.changes == before


def test_somebody_of_the_roster_is_admitted_after_the_first_sign_in_and_a_stranger_is_not(pod: Pod) -> None:
    pod.run(plan())
    pod.server.sign_in_first_time("ada", "ada@example.net")
    pod.server.sign_in_first_time("bea-by-mail", "bea@example.net")
    pod.server.sign_in_first_time("cleo", "cleo@example.net")
    pod.server.sign_in_first_time("mallory", "mallory@example.net")
    pod.run(plan())
    assert pod.server.teams_of("ada") == {"incident-response"}
    assert pod.server.teams_of("bea-by-mail") == {"business-continuity"}
    assert pod.server.teams_of("cleo") == TEAMS
    assert pod.server.teams_of("mallory") == set()
    assert "system_admin" in pod.server.users["cleo"]["roles"]
    assert "system_admin" not in pod.server.users["ada"]["roles"]


def test_a_local_account_with_a_name_of_the_roster_gets_nothing_where_people_come_from_the_provider(pod: Pod) -> None:
    pod.run(plan())
    pod.server.sign_in_first_time("cleo", "cleo@example.net", service="")
    told = pod.run(plan())
    assert pod.server.teams_of("cleo") == set()
    assert pod.server.users["cleo"]["roles"] == "system_user"
    assert "another way than planned" in told


def test_without_a_provider_the_roster_gets_accounts_with_passwords_that_nobody_knows(pod: Pod) -> None:
    pod.run(plan(provider=False))
    assert {person.username for person in ROSTER.people} < set(pod.server.users)
    assert pod.server.teams_of("ada") == {"incident-response"}
    assert len({pod.server.passwords[person.username] for person in ROSTER.people}) == len(ROSTER.people)


def test_in_a_drill_the_bot_has_no_token_and_the_restored_one_ends(pod: Pod) -> None:
    pod.run(plan())
    assert pod.server.tokens
    pod.run(plan(mode=Mode.DRILL))
    assert pod.server.tokens == {}


def test_a_deactivated_emergency_account_is_brought_back(pod: Pod) -> None:
    pod.run(plan())
    pod.server.users["break-glass-2"]["delete_at"] = 1
    pod.run(plan())
    assert pod.server.users["break-glass-2"]["delete_at"] == 0


def test_a_server_that_is_still_starting_is_asked_again_and_the_helper_lives_on(pod: Pod) -> None:
    pod.server.broken = 2
    told = pod.run(plan(), rounds=3)
    assert told.count("trying again") == 2
    assert set(pod.server.teams) == TEAMS


def test_helpers_of_several_servers_do_not_get_into_each_others_way(pod: Pod, tmp_path: Path) -> None:
    class Late(LocalMode):
        """Says at first that nothing is there, as if another helper made it a moment later."""

        hidden: int = 1

        def _by_username(self, _: Any, __: Any, name: str) -> tuple[int, Any]:
            if self.hidden and name == "administrator":
                self.hidden -= 1
                return 404, {}
            return super()._by_username(_, __, name)

    pod.run(plan())
    late = Late(users=pod.server.users, teams=pod.server.teams, channels=pod.server.channels, members=pod.server.members)
    (tmp_path / "other").mkdir()
    with unix(late, tmp_path / "o") as socket:
        Pod(late, tmp_path / "other", socket).run(plan())
    assert list(pod.server.users).count("administrator") == 1
    assert "POST /users" not in late.changes


def test_no_password_is_ever_told(pod: Pod) -> None:
    told = pod.run(plan())
    assert not [password for password in PASSWORDS.values() if password in told]
    assert accounts.mark("break-glass-1", "one") != accounts.mark("break-glass-1", "two")
    assert "one" not in accounts.mark("break-glass-1", "one").replace("account", "")


def set_second_factors(installation: Installation, seeds: Path) -> subprocess.CompletedProcess[str]:
    variables = installation.role_environment | {"SEEDS": str(seeds)}
    command = ["sh", str(jobs.SCRIPTS / "second_factor.sh")]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name, seed in (("break-glass-1", "A" * 32), ("break-glass-2", "B" * 32), ("absent", "C" * 32)):
        (folder / name).write_text(seed, encoding="utf-8")
    return folder


def test_the_prepared_second_factors_are_set_and_everybody_else_stays_as_they_are(
    installation: Installation, seeds: Path
) -> None:
    installation.fill()
    installation.as_role("INSERT INTO users (id, username) VALUES ('b1', 'break-glass-1'), ('b2', 'break-glass-2')")
    first = set_second_factors(installation, seeds)
    assert first.returncode == 0, first.stderr
    assert "changed: 2" in first.stdout
    found = installation.as_role("SELECT username, mfaactive, mfasecret FROM users WHERE mfaactive ORDER BY username")
    assert found.splitlines() == [f"break-glass-1|t|{'A' * 32}", f"break-glass-2|t|{'B' * 32}"]
    assert "changed: 0" in set_second_factors(installation, seeds).stdout
    (seeds / "break-glass-1").write_text("D" * 32, encoding="utf-8")
    assert "changed: 1" in set_second_factors(installation, seeds).stdout


def test_whoever_uses_an_emergency_account_or_tries_to_is_told_with_and_without_a_licence(
    installation: Installation, seeds: Path
) -> None:
    installation.fill()
    installation.as_role("INSERT INTO users (id, username) VALUES ('b1', 'break-glass-1'), ('b2', 'break-glass-2')")
    assert "login_id" not in set_second_factors(installation, seeds).stdout, "silence while nobody does"
    now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    rows = (
        f"('a1', {now}, '', '/api/v4/users/login', 'attempt - login_id=break-glass-1', '192.0.2.7')",
        f"('a2', {now} + 1, 'b2', '/api/v4/users/login', 'success', '192.0.2.8')",
        f"('a3', {now} - 3600000, 'b2', '/api/v4/users/login', 'success of an hour ago', '192.0.2.9')",
        f"('a4', {now}, 'u1', '/api/v4/users/login', 'success', '192.0.2.10')",
        f"('a5', {now}, '', '/api/v4/users/login', 'attempt - login_id=break-glass-11', '192.0.2.11')",
        f"('a6', {now}, 'b1', '/api/v4/users/b1/patch', '', '192.0.2.12')",
    )
    columns = "id, createat, userid, action, extrainfo, ipaddress"
    installation.as_role(f"INSERT INTO audits ({columns}) VALUES {', '.join(rows)}")  # noqa: S608 made here
    told = [json.loads(line) for line in set_second_factors(installation, seeds).stdout.splitlines() if line.startswith("{")]
    assert [(line["login_id"], line["address"]) for line in told] == [
        ("break-glass-1", "192.0.2.7"),
        ("break-glass-2", "192.0.2.8"),
    ]


def test_the_line_about_an_emergency_account_is_one_that_the_watch_finds() -> None:
    """The alarm's filter looks for `login_id`, at most ten characters, and the beginning of the names (OOB-105)."""
    text = (jobs.SCRIPTS / "break_glass_use.sql").read_text(encoding="utf-8")
    assert "'login_id', name" in text
    line = json.dumps({"log": json.dumps({"login_id": "break-glass-1"}, separators=(" , ", " : "))})
    assert re.search(r"login_id.{1,10}break-glass", line)


def test_no_seed_reaches_the_database_log(installation: Installation, seeds: Path) -> None:
    installation.fill()
    installation.as_role("INSERT INTO users (id, username) VALUES ('b1', 'break-glass-1')")
    assert set_second_factors(installation, seeds).returncode == 0
    log = (installation.server.folder / "server" / "log").read_text(encoding="utf-8")
    assert "COPY prepared" in log or "COPY  prepared" in log, "the log must show the statement, else this proves nothing"
    assert "A" * 32 not in log


def test_before_the_application_has_tables_there_is_nothing_to_do(installation: Installation, seeds: Path) -> None:
    done = set_second_factors(installation, seeds)
    assert done.returncode == 0, done.stderr
    assert "nothing to do" in done.stdout


def test_no_document_for_the_pod_holds_a_secret() -> None:
    text = json.dumps(plan())
    assert "password" not in text.lower()
    assert "seed" not in text.lower()
    assert date.today().isoformat() not in text, "a changing document would restart the servers"
