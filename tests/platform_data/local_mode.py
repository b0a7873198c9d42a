"""A stand-in for the server's local mode: the routes, conditions and answers that its published source has, in memory.

Only what `api4/*_local.go` registers is answered; anything else is 404, as it would be. Names and ids are made up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.platform_data.standins import Asked

Json = dict[str, Any]
Answer = tuple[int, Any]


@dataclass
class LocalMode:
    """State and a log of every change, in order."""

    users: dict[str, Json] = field(default_factory=dict[str, Json])
    teams: dict[str, Json] = field(default_factory=dict[str, Json])
    channels: dict[str, Json] = field(default_factory=dict[str, Json])
    members: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    passwords: dict[str, str] = field(default_factory=dict[str, str])
    tokens: dict[str, Json] = field(default_factory=dict[str, Json])
    changes: list[str] = field(default_factory=list[str])
    dropped_caches: int = 0
    broken: int = 0  # so many requests fail first
    broken_changes: bool = False  # as with a database that only reads

    def __post_init__(self) -> None:
        self._ids = (f"id{number:024}" for number in count(1))

    def sign_in_first_time(self, username: str, email: str, service: str = "openid") -> str:
        """What a first sign-in through the identity provider leaves: an account in no team."""
        user = {"id": next(self._ids), "username": username, "email": email, "auth_service": service, "roles": "system_user"}
        self.users[username] = user
        return user["id"]

    def teams_of(self, username: str) -> set[str]:
        user = self.users[username]["id"]
        return {name for name, team in self.teams.items() if (team["id"], user) in self.members}

    def answer(self, asked: Asked) -> Answer:
        if self.broken > 0:
            self.broken -= 1
            return 503, {"message": "starting"}
        if self.broken_changes and asked.method != "GET":
            return 500, {"message": "the database only reads"}
        split = urlsplit(asked.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        body = asked.content if asked.body else None
        for method, pattern, handle in self._routes():
            found = re.fullmatch(pattern, split.path.removeprefix("/api/v4"))
            if found and method == asked.method:
                status, value = handle(query, body, *found.groups())
                if asked.method != "GET" and status < 400 and "/email/verify" not in split.path:
                    self.changes.append(f"{asked.method} {split.path.removeprefix('/api/v4')}")
                return status, value
        return 404, {"id": "api.context.404.app_error"}

    def _routes(self) -> list[tuple[str, str, Any]]:
        name, ident = r"([a-z0-9._-]+)", r"(id\d{24})"
        return [
            ("GET", r"/users", self._list),
            ("POST", r"/users", self._create_user),
            ("GET", rf"/users/username/{name}", self._by_username),
            ("PUT", rf"/users/{ident}", self._update),
            ("PUT", rf"/users/{ident}/roles", self._roles),
            ("PUT", rf"/users/{ident}/active", self._active),
            ("PUT", rf"/users/{ident}/password", self._password),
            ("POST", rf"/users/{ident}/email/verify/member", self._verify),
            ("POST", rf"/users/{ident}/convert_to_bot", self._to_bot),
            ("GET", rf"/users/{ident}/tokens", self._tokens),
            ("POST", rf"/users/{ident}/tokens", self._make_token),
            ("POST", r"/users/tokens/revoke", self._revoke),
            ("GET", rf"/teams/name/{name}", self._team),
            ("POST", r"/teams", self._create_team),
            ("POST", rf"/teams/{ident}/members", self._join_team),
            ("GET", rf"/teams/name/{name}/channels/name/{name}", self._channel),
            ("POST", r"/channels", self._create_channel),
            ("GET", rf"/channels/{ident}/members/{ident}", self._channel_member),
            ("POST", rf"/channels/{ident}/members", self._join_channel),
        ]

    def _user(self, ident: str) -> Json:
        return next(user for user in self.users.values() if user["id"] == ident)

    def _list(self, query: Json, _: Any) -> Answer:
        found = list(self.users.values())
        if team := query.get("not_in_team"):
            found = [user for user in found if (team, user["id"]) not in self.members]
        if query.get("without_team") == "true":
            teams = {team["id"] for team in self.teams.values()}
            found = [user for user in found if not any((team, user["id"]) in self.members for team in teams)]
        first = int(query["page"]) * int(query["per_page"])
        return 200, found[first : first + int(query["per_page"])]

    def _create_user(self, _: Json, body: Json) -> Answer:
        if body["username"] in self.users:
            return 400, {"id": "app.user.save.username_exists.app_error"}
        first = not self.users
        self.passwords[body["username"]] = body["password"]
        kept = {key: value for key, value in body.items() if key != "password"}
        roles = "system_user system_admin" if first else "system_user"
        self.users[body["username"]] = kept | {"id": next(self._ids), "roles": roles, "auth_service": "", "delete_at": 0}
        return 201, self.users[body["username"]]

    def _by_username(self, _: Json, __: Any, name: str) -> Answer:
        return (200, self.users[name]) if name in self.users else (404, {"id": "app.user.missing_account.const"})

    def _update(self, _: Json, body: Json, ident: str) -> Answer:
        if body["id"] != ident:
            return 400, {}
        self._user(ident).update({"position": body.get("position", "")})
        return 200, self._user(ident)

    def _roles(self, _: Json, body: Json, ident: str) -> Answer:
        self._user(ident)["roles"] = body["roles"]
        return 200, {"status": "OK"}

    def _active(self, _: Json, body: Json, ident: str) -> Answer:
        self._user(ident)["delete_at"] = 0 if body["active"] else 1
        return 200, {"status": "OK"}

    def _password(self, _: Json, body: Json, ident: str) -> Answer:
        self.passwords[self._user(ident)["username"]] = body["new_password"]
        return 200, {"status": "OK"}

    def _verify(self, _: Json, __: Any, ident: str) -> Answer:
        self._user(ident)["email_verified"] = True
        self.dropped_caches += 1
        return 200, {}

    def _to_bot(self, _: Json, __: Any, ident: str) -> Answer:
        self._user(ident)["is_bot"] = True
        return 200, {}

    def _tokens(self, _: Json, __: Any, ident: str) -> Answer:
        return 200, [token for token in self.tokens.values() if token["user_id"] == ident]

    def _make_token(self, _: Json, body: Json, ident: str) -> Answer:
        if not body["description"]:
            return 400, {}
        token: Json = {"id": next(self._ids), "user_id": ident, "description": body["description"], "is_active": True}
        self.tokens[token["id"]] = token
        return 200, token | {"token": "made-by-the-server"}

    def _revoke(self, _: Json, body: Json) -> Answer:
        del self.tokens[body["token_id"]]
        return 200, {"status": "OK"}

    def _team(self, _: Json, __: Any, name: str) -> Answer:
        return (200, self.teams[name]) if name in self.teams else (404, {})

    def _create_team(self, _: Json, body: Json) -> Answer:
        if body["name"] in self.teams:
            return 400, {"id": "app.team.save.existing.app_error"}
        self.teams[body["name"]] = body | {"id": next(self._ids)}
        return 201, self.teams[body["name"]]

    def _join_team(self, _: Json, body: Json, ident: str) -> Answer:
        self.members.add((ident, body["user_id"]))
        return 201, body

    def _channel(self, _: Json, __: Any, team: str, name: str) -> Answer:
        found = self.channels.get(f"{team}/{name}")
        return (200, found) if found else (404, {})

    def _create_channel(self, _: Json, body: Json) -> Answer:
        team = next(name for name, team in self.teams.items() if team["id"] == body["team_id"])
        self.channels[f"{team}/{body['name']}"] = body | {"id": next(self._ids)}
        return 201, self.channels[f"{team}/{body['name']}"]

    def _channel_member(self, _: Json, __: Any, channel: str, user: str) -> Answer:
        return (200, {}) if (channel, user) in self.members else (404, {})

    def _join_channel(self, _: Json, body: Json, channel: str) -> Answer:
        team = next(found["team_id"] for found in self.channels.values() if found["id"] == channel)
        if (team, body["user_id"]) not in self.members:
            return 400, {"id": "api.channel.add_user.to.channel.failed.app_error"}
        self.members.add((channel, body["user_id"]))
        return 201, {}
