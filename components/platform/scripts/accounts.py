"""Accounts, teams and channels that must be there before anybody needs them; runs beside each server and never ends.

It speaks to the server's local mode, a Unix socket inside the pod that needs no sign-in: so the first administrator exists
before anyone can ask for the sign-up page. Each step looks first and changes only what differs, so any number of
servers may run it at once. It never exits on a fault: a stopped container would take its server out of service.
Uses the standard library alone.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

Json: TypeAlias = Any
ADMIN_ROLES = "system_user system_admin"
PAGE = 200  # the most that the server gives at once
REQUEST_SECONDS = 30
MEMBERSHIP_SECONDS = 60  # how soon somebody who signed in for the first time is in the right teams
FULL_SECONDS = 24 * 3600
RETRY_SECONDS = float(os.environ.get("RETRY_SECONDS", "15"))
REFRESH_SECONDS = 35 * 60  # longer than the servers keep a copy of an account
log = logging.getLogger("accounts")


class RefusedError(Exception):
    """The server answered with an error; `status` is the HTTP status."""

    def __init__(self, method: str, path: str, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{method} {path}: {status} {text}")


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(REQUEST_SECONDS)
        self.sock.connect(self._path)


@dataclass(frozen=True, slots=True)
class Server:
    """The API version 4 of the server in this pod, through its socket."""

    socket: str

    def call(self, method: str, path: str, body: Json = None) -> Json:
        connection = _Connection(self.socket)
        try:
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, f"/api/v4{path}", body=content, headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status >= 400:
                raise RefusedError(method, path, answer.status, text[:300])
            return json.loads(text) if text else None
        finally:
            connection.close()

    def find(self, path: str) -> Json:
        """What is there, or None."""
        try:
            return self.call("GET", path)
        except RefusedError as refused:
            if refused.status == 404:
                return None
            raise

    def ensure(self, where: str, method_path: str, body: Json) -> Json:
        """What is at `where`; made if missing. Another server may have made it in between: then that one counts."""
        found = self.find(where)
        if found is not None:
            return found
        try:
            made = self.call("POST", method_path, body)
            log.info("made %s", where)
        except RefusedError as refused:
            if (again := self.find(where)) is not None:
                return again
            raise refused from None
        return made

    def users(self, query: str) -> Iterator[Json]:
        """All users of a query, page by page."""
        page = 0
        while found := self.call("GET", f"/users?{query}&page={page}&per_page={PAGE}"):
            yield from found
            if len(found) < PAGE:
                return
            page += 1


def mark(name: str, password: str) -> str:
    """What an emergency account's profile says once its password is set: derived from it one way, so it tells nothing."""
    digest = hmac.new(password.encode(), b"oob account " + name.encode(), hashlib.sha256).hexdigest()[:12]
    return f"Sealed account {digest}"


def throwaway() -> str:
    """A password that nobody knows, of every class of character that the server may ask for."""
    return secrets.token_urlsafe(24) + "aA1!"


def wanted_teams(groups: list[str], teams: list[str]) -> list[str]:
    """The teams of a person: those called like a group; all for administrators, and where no team is called so."""
    named = [team for team in teams if team in groups]
    return teams if "administrators" in groups or not named else named


class Accounts:
    """The whole of it. `plan` is public, `passwords` are read from files when needed."""

    def __init__(self, server: Server, plan: Json, passwords: Path, ready: Path) -> None:
        self._server, self._plan, self._passwords, self._ready = server, plan, passwords, ready

    def report_ready(self) -> None:
        """Leave the file `ready` once an administrator exists: until then the pod takes no request from anybody.

        The server makes the first account of all its administrator, whoever that is. It asks for no more than one, so that a
        step which fails later cannot keep a server out of service that has worked before.
        """
        if self._ready.exists():
            return
        found = (self._server.find(f"/users/username/{account['username']}") for account in self._plan["administrators"])
        if any(user is not None and "system_admin" in user["roles"].split() for user in found):
            self._ready.touch()
            log.info("an administrator exists: people may come in")

    def full(self) -> None:
        """Everything, in the order in which each step needs the one before."""
        administrators = [self._administrator(account) for account in self._plan["administrators"]]
        self.report_ready()
        teams = {team["name"]: self._team(team) for team in self._plan["teams"]}
        for team in teams.values():
            self._join(team, [user["id"] for user in administrators])
        self._bot(teams[self._plan["bot"]["team"]])
        if self._plan["createPeople"]:
            for person in self._plan["people"]:
                # An administrator gives the first password in person; at sign-in the server asks for a second factor.
                self._user(person["username"], person["email"], throwaway())
        self.memberships()
        self.refresh()

    def refresh(self) -> None:
        """Make every server read the emergency accounts anew. Their second factor is set in the database by a job of its own,
        and servers keep copies for half an hour; confirming a confirmed address changes nothing and drops the copies.
        """
        for account in self._plan["administrators"]:
            user = self._server.call("GET", f"/users/username/{account['username']}")
            self._server.call("POST", f"/users/{user['id']}/email/verify/member")

    def _administrator(self, account: Json) -> Json:
        name = account["username"]
        password = self._password(name)
        user = self._user(name, account["email"], password)
        if user.get("delete_at", 0):
            self._server.call("PUT", f"/users/{user['id']}/active", {"active": True})
            log.info("activated %s", name)
        if "system_admin" not in user["roles"].split():
            self._server.call("PUT", f"/users/{user['id']}/roles", {"roles": ADMIN_ROLES})
            log.info("made %s an administrator", name)
        if user.get("position") != (wanted := mark(name, password)):
            self._server.call("PUT", f"/users/{user['id']}/password", {"new_password": password})
            user = self._server.call("GET", f"/users/username/{name}")
            self._server.call("PUT", f"/users/{user['id']}", user | {"position": wanted})
            log.info("set the password of %s", name)
        return user

    def _team(self, team: Json) -> Json:
        made = self._server.ensure(
            f"/teams/name/{team['name']}",
            "/teams",
            {"name": team["name"], "display_name": team["displayName"], "type": "I", "allow_open_invite": False},
        )
        for channel in team["channels"]:
            self._server.ensure(
                f"/teams/name/{team['name']}/channels/name/{channel['name']}",
                "/channels",
                {
                    "team_id": made["id"],
                    "name": channel["name"],
                    "display_name": channel["displayName"],
                    "purpose": channel.get("purpose", ""),
                    "type": "P" if channel.get("private") else "O",
                },
            )
        return made

    def _join(self, team: Json, members: list[str]) -> None:
        missing = {user["id"] for user in self._server.users(f"not_in_team={team['id']}")}
        for member in members:
            if member in missing:
                self._server.call("POST", f"/teams/{team['id']}/members", {"team_id": team["id"], "user_id": member})
                log.info("added a member to team %s", team["name"])

    def _bot(self, team: Json) -> None:
        bot = self._plan["bot"]
        user = self._user(bot["username"], bot["email"], throwaway())
        if not user.get("is_bot"):
            self._server.call("POST", f"/users/{user['id']}/convert_to_bot")
            log.info("made %s a bot", bot["username"])
        self._join(team, [user["id"]])
        channel = self._server.call("GET", f"/teams/name/{team['name']}/channels/name/{bot['channel']}")
        if self._server.find(f"/channels/{channel['id']}/members/{user['id']}") is None:
            self._server.call("POST", f"/channels/{channel['id']}/members", {"user_id": user["id"]})
        held: list[Json] = self._server.call("GET", f"/users/{user['id']}/tokens?page=0&per_page={PAGE}") or []
        for token in held:
            if token["description"] != bot["token"] or not token.get("is_active", True):
                self._server.call("POST", "/users/tokens/revoke", {"token_id": token["id"]})
                log.info("ended the token %r", token["description"])
        if bot["token"] and not any(token["description"] == bot["token"] and token.get("is_active", True) for token in held):
            self._server.call("POST", f"/users/{user['id']}/tokens", {"description": bot["token"]})
            log.info("made the token %r", bot["token"])

    def memberships(self) -> None:
        """People of the roster who are in no team yet, because they signed in for the first time: into their teams."""
        known: dict[str, Json] = {person["username"]: person for person in self._plan["people"]}
        known |= {person["email"].lower(): person for person in self._plan["people"]}
        names = [team["name"] for team in self._plan["teams"]]
        for user in self._server.users("without_team=true&active=true"):
            person = known.get(user["username"]) or known.get(user.get("email", "").lower())
            if person is None or user.get("is_bot"):
                continue
            if (user.get("auth_service") or "") != self._plan["service"]:
                log.warning("%s is on the roster, but signed in by another way than planned: left alone", user["username"])
                continue
            try:
                self._admit(user, person, names)
            except RefusedError as refused:
                log.warning("%s could not be given their teams: %s", user["username"], refused)

    def _admit(self, user: Json, person: Json, teams: list[str]) -> None:
        for name in wanted_teams(person["groups"], teams):
            team = self._server.call("GET", f"/teams/name/{name}")
            self._server.call("POST", f"/teams/{team['id']}/members", {"team_id": team["id"], "user_id": user["id"]})
        if "administrators" in person["groups"] and "system_admin" not in user["roles"].split():
            self._server.call("PUT", f"/users/{user['id']}/roles", {"roles": ADMIN_ROLES})
        log.info("%s of the roster is in the right teams", user["username"])

    def _user(self, name: str, email: str, password: str) -> Json:
        body = {"username": name, "email": email, "password": password, "email_verified": True}
        return self._server.ensure(f"/users/username/{quote(name)}", "/users", body)

    def _password(self, name: str) -> str:
        return (self._passwords / name).read_text(encoding="utf-8")


def keep(accounts: Accounts, rounds: int | None = None) -> None:
    """Everything once a day, memberships every minute. `rounds` ends it, for tests."""
    due, started = 0.0, time.monotonic()
    while rounds is None or rounds > 0:
        rounds = None if rounds is None else rounds - 1
        pause = MEMBERSHIP_SECONDS
        try:
            accounts.report_ready()
            if time.monotonic() >= due:
                accounts.full()
                due = time.monotonic() + FULL_SECONDS
                log.info("accounts, teams and channels are as they should be")
            else:
                accounts.memberships()
                if time.monotonic() - started < REFRESH_SECONDS:
                    accounts.refresh()
        except Exception as problem:  # noqa: BLE001 whatever it is, the server must go on and this must try again
            log.warning("not done yet, trying again: %s: %s", type(problem).__name__, problem)
            pause = RETRY_SECONDS
        if rounds is None or rounds > 0:
            time.sleep(pause)


def _stop(*_: object) -> None:
    sys.exit(0)


def main(env: Mapping[str, str]) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGTERM, _stop)
    plan = json.loads(Path(env["PLAN"]).read_text(encoding="utf-8"))
    keep(
        Accounts(Server(env["SOCKET"]), plan, Path(env["PASSWORDS"]), Path(env["READY"])),
        int(env["ROUNDS"]) if "ROUNDS" in env else None,
    )


if __name__ == "__main__":
    main(os.environ)
