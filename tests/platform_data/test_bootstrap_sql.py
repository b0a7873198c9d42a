"""The bootstrap's own script and SQL against a real PostgreSQL 17 with TLS, as an administrator without superuser rights.

Does not prove what a managed service forbids beyond plain PostgreSQL, nor the collation en_US.UTF-8 (C.UTF-8 stands in).
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from components.platform import jobs
from tests.platform_data.servers import ADMIN, ADMIN_PASSWORD, FIRST, LOCALE, Installation, self_signed

SECOND = "Sec0nd-Passw.rd!$_0123456789abcd"


def test_the_application_role_can_work_in_its_database_and_has_no_right_beyond_it(installation: Installation) -> None:
    installation.as_role("CREATE TABLE posts (id text PRIMARY KEY); INSERT INTO posts VALUES ('a')")
    assert installation.as_role("SELECT count(*) FROM posts") == "1"
    rights = "rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit"
    found = installation.server.superuser(f"SELECT {rights} FROM pg_roles").splitlines()  # noqa: S608 a constant
    assert f"{installation.role}|f|f|f|f|f|17" in found
    with pytest.raises(subprocess.CalledProcessError):
        installation.as_role("CREATE ROLE intruder")
    with pytest.raises(subprocess.CalledProcessError):
        installation.as_role("CREATE DATABASE another")


def test_the_database_has_the_encoding_collation_and_owner_that_were_asked_for(installation: Installation) -> None:
    found = installation.server.superuser(
        "SELECT datname, pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba) FROM pg_database"
    )
    assert f"{installation.database}|UTF8|{LOCALE}|{LOCALE}|{installation.role}" in found.splitlines()


def test_a_second_run_changes_nothing_and_loses_nothing(installation: Installation) -> None:
    installation.as_role("CREATE TABLE posts (id text PRIMARY KEY); INSERT INTO posts VALUES ('kept')")
    again = installation.bootstrap()
    assert again.returncode == 0, again.stderr
    assert installation.as_role("SELECT id FROM posts") == "kept"


def test_after_a_rotation_the_new_password_works_and_the_old_one_is_refused(installation: Installation) -> None:
    assert installation.as_role("SELECT 1", FIRST) == "1"
    rotated = installation.bootstrap(SECOND)
    assert rotated.returncode == 0, rotated.stderr
    assert installation.as_role("SELECT 1", SECOND) == "1"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        installation.as_role("SELECT 1", FIRST)
    assert "password authentication failed" in refused.value.stderr


def test_strangers_may_neither_connect_nor_create(installation: Installation) -> None:
    stranger = f"{installation.role}_stranger"
    installation.server.superuser(f"CREATE ROLE {stranger} LOGIN PASSWORD 'stranger'")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        installation.server.query("SELECT 1", user=stranger, password="stranger", database=installation.database)
    assert "permission denied for database" in refused.value.stderr
    may = installation.server.superuser(
        f"SELECT has_schema_privilege('{stranger}', 'public', 'CREATE')", database=installation.database
    )
    assert may == "f"


def test_tables_made_later_by_the_administrator_are_open_to_the_application(installation: Installation) -> None:
    installation.server.query(
        "CREATE TABLE public.made_by_administrator (id integer)",
        user=ADMIN,
        password=ADMIN_PASSWORD,
        database=installation.database,
    )
    installation.as_role("INSERT INTO made_by_administrator VALUES (1)")


def test_no_password_reaches_the_server_log(installation: Installation) -> None:
    log = (installation.server.folder / "server" / "log").read_text(encoding="utf-8")
    assert "ALTER ROLE" in log, "the log must show the statements, else this test proves nothing"
    assert FIRST not in log
    assert SECOND not in log
    assert ADMIN_PASSWORD not in log


def test_a_connection_to_a_server_with_an_unknown_certificate_is_refused(installation: Installation, tmp_path: Path) -> None:
    other, _ = self_signed(tmp_path, "other")
    refused = installation.bootstrap(PGSSLROOTCERT=str(other))
    assert refused.returncode != 0
    assert "certificate verify failed" in refused.stderr


def test_a_role_with_too_many_rights_stops_the_bootstrap(installation: Installation) -> None:
    installation.server.superuser(f"ALTER ROLE {installation.role} SUPERUSER")
    refused = installation.bootstrap()
    installation.server.superuser(f"ALTER ROLE {installation.role} NOSUPERUSER")
    assert refused.returncode != 0


def test_the_scripts_hold_no_statement_that_could_remove_data() -> None:
    text = "".join(jobs.scripts("bootstrap.sh", "bootstrap_role.sql", "bootstrap_grants.sql").values()).upper()
    for word in ("DROP ", "TRUNCATE", "DELETE ", "UPDATE "):
        assert word not in text, word
