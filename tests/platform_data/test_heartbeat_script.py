"""The heartbeat's markers, its two steps against stand-ins, and its token query on a real PostgreSQL.

The stand-ins answer as the products' sources say; a real Mattermost or Kubernetes is not asked here.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.platform import heartbeat as component
from components.platform import jobs
from components.platform.scripts import heartbeat
from tests.platform_data.servers import Installation
from tests.platform_data.standins import Answers, https

KEY, OTHER = "the-signing-key", "another-key"
NOW = 1_795_000_123.456
CHANNEL_ROUTE = "/api/v4/teams/name/incident-response/channels/name/oob-heartbeat"


def marker(**changed: Any) -> heartbeat.Json:
    made = heartbeat.make(key=KEY, key_id="generation-1", stack="production", interval=300, now=NOW)
    return made | changed


def test_a_marker_is_verified_by_its_own_key_only() -> None:
    assert heartbeat.verify(marker(), {"generation-1": KEY})
    assert not heartbeat.verify(marker(), {"generation-1": OTHER})
    assert not heartbeat.verify(marker(), {"generation-2": KEY})


@pytest.mark.parametrize(
    "changed",
    [{"seq": 1}, {"kind": "negative"}, {"issuedAt": "2026-01-01T00:00:00.000Z"}, {"id": "x"}, {"hmac": "0" * 64}, {"more": 1}],
)
def test_an_edited_marker_is_refused(changed: dict[str, Any]) -> None:
    assert not heartbeat.verify(marker(**changed), {"generation-1": KEY})


def test_the_sequence_counts_intervals_without_any_state() -> None:
    first = heartbeat.make(key=KEY, key_id="k", stack="s", interval=300, now=NOW)
    later = heartbeat.make(key=KEY, key_id="k", stack="s", interval=300, now=NOW + 300)
    assert later["seq"] == first["seq"] + 1
    assert first["issuedAt"].endswith("Z")


def test_a_manifest_with_another_digest_is_refused() -> None:
    made = heartbeat.manifest(key=KEY, marker=marker(), attachment=b"content", name="a.txt", post="p", file="f")
    assert heartbeat.verify_manifest(made, {"generation-1": KEY})
    made["attachment"]["sha256"] = "0" * 64
    assert not heartbeat.verify_manifest(made, {"generation-1": KEY})


def run(step: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The script as the container starts it."""
    command = [sys.executable, "-I", str(jobs.SCRIPTS / "heartbeat.py"), step]
    return subprocess.run(command, env=variables | {"PAUSE_SECONDS": "0"}, capture_output=True, text=True, check=False)


def post_variables(tmp_path: Path, url: str, trust: Path) -> dict[str, str]:
    (tmp_path / "token").write_text("bottoken\n", encoding="utf-8")
    return {
        "HEARTBEAT_KEY": KEY,
        "KEY_ID": "generation-1",
        "STACK": "production",
        "INTERVAL_SECONDS": "300",
        "TOKEN_FILE": str(tmp_path / "token"),
        "MATTERMOST_URL": url,
        "MATTERMOST_TRUST": str(trust),
        "TEAM": "incident-response",
        "CHANNEL": "oob-heartbeat",
        "OUT": str(tmp_path / "out"),
        "MARKER_FILE": str(tmp_path / "marker.json"),
    }


def test_the_bot_posts_a_signed_marker_with_an_attachment_whose_digest_is_kept_elsewhere(tmp_path: Path) -> None:
    answers = Answers(
        {
            ("GET", CHANNEL_ROUTE): (200, {"id": "channel1"}),
            ("POST", "/api/v4/files"): (201, {"file_infos": [{"id": "file1"}]}),
            ("POST", "/api/v4/posts"): (201, {"id": "post1"}),
        }
    )
    with https(answers, tmp_path) as (url, trust):
        done = run("post", **post_variables(tmp_path, url, trust))
    assert done.returncode == 0, done.stderr
    channel, upload, posted = answers.asked
    assert {asked.headers["Authorization"] for asked in answers.asked} == {"Bearer bottoken"}
    assert channel.path == CHANNEL_ROUTE
    assert posted.content["file_ids"] == ["file1"]
    assert heartbeat.verify(json.loads(posted.content["message"]), {"generation-1": KEY})
    (kept,) = (tmp_path / "out").rglob("*.json")
    found = json.loads(kept.read_text(encoding="utf-8"))
    assert heartbeat.verify_manifest(found, {"generation-1": KEY})
    assert found["attachment"]["sha256"] == hashlib.sha256(upload.body).hexdigest()
    assert KEY not in done.stderr
    assert "bottoken" not in done.stderr


def test_a_refused_post_fails_the_step_and_leaves_no_manifest(tmp_path: Path) -> None:
    answers = Answers({("GET", CHANNEL_ROUTE): (403, {"message": "no permission"})})
    with https(answers, tmp_path) as (url, trust):
        done = run("post", **post_variables(tmp_path, url, trust))
    assert done.returncode == 1
    assert "no permission" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_server_with_an_unknown_certificate_gets_no_token(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    answers = Answers({})
    with https(answers, tmp_path) as (url, _), https(Answers({}), tmp_path / "other") as (_, wrong):
        done = run("post", **post_variables(tmp_path, url, wrong))
    assert done.returncode == 1
    assert answers.asked == []


def test_the_cluster_marker_is_a_patch_of_one_config_map(tmp_path: Path) -> None:
    route = "/api/v1/namespaces/backup/configmaps/oob-heartbeat"
    answers = Answers({("PATCH", route): (200, {})})
    (tmp_path / "token").write_text("accounttoken", encoding="utf-8")
    (tmp_path / "marker.json").write_bytes(heartbeat.canonical(marker()))
    with https(answers, tmp_path) as (url, trust):
        (tmp_path / "ca.crt").write_bytes(trust.read_bytes())
        done = run(
            "mark",
            ACCOUNT_FOLDER=str(tmp_path),
            KUBERNETES_URL=url,
            NAMESPACE="backup",
            CONFIG_MAP="oob-heartbeat",
            MARKER_FILE=str(tmp_path / "marker.json"),
            RUN="heartbeat-123",
        )
    assert done.returncode == 0, done.stderr
    (asked,) = answers.asked
    assert asked.headers["Content-Type"] == "application/merge-patch+json"
    assert asked.content["data"]["run"] == "heartbeat-123"
    assert heartbeat.verify(json.loads(asked.content["data"]["marker"]), {"generation-1": KEY})


def fetch_token(installation: Installation, target: Path, generation: int) -> subprocess.CompletedProcess[str]:
    variables = installation.role_environment | {
        "BOT": component.BOT,
        "DESCRIPTION": component.token_description(generation),
        "TOKEN_FILE": str(target),
    }
    return subprocess.run(
        ["sh", str(jobs.SCRIPTS / "heartbeat_token.sh")], env=variables, capture_output=True, text=True, check=False
    )


def test_the_token_of_the_bot_is_found_and_nobody_elses(installation: Installation, tmp_path: Path) -> None:
    installation.fill()
    installation.as_role(
        "INSERT INTO users (id, username, deleteat) VALUES ('b1', 'oob-heartbeat', 0);"
        "INSERT INTO bots VALUES ('b1', 0);"
        "INSERT INTO useraccesstokens VALUES ('t1', 'right', 'b1', 'heartbeat, generation 2', true),"
        " ('t2', 'old', 'b1', 'heartbeat, generation 1', false), ('t3', 'stranger', 'u1', 'heartbeat, generation 2', true)"
    )
    done = fetch_token(installation, tmp_path / "token", 2)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "token").read_text(encoding="utf-8").strip() == "right"
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0
    assert "right" not in done.stdout + done.stderr
    refused = fetch_token(installation, tmp_path / "none", 1)
    assert refused.returncode == 1
    assert "no active token" in refused.stderr
