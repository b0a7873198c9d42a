"""Heartbeat: one signed marker in the database, in the file store, beside the backups and in the cluster (ADR 0012).

Two steps of one pod: `post` writes the marker as the bot, with a small attachment, and leaves a manifest for the copy to
the object store; `mark` writes it into a ConfigMap. After a restore the newest surviving marker says how much is lost.
Uses the standard library alone. `make` and `verify` are pure and serve the drills too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

Kind = Literal["positive", "negative"]
Json: TypeAlias = dict[str, Any]

SIGNED = ("id", "seq", "issuedAt", "kind", "keyId")
ATTACHMENT_BYTES = 1024
TIMEOUT_SECONDS = 20
ATTEMPTS = 5
PAUSE_SECONDS = float(os.environ.get("PAUSE_SECONDS", "3"))
log = logging.getLogger("heartbeat")


def canonical(fields: Mapping[str, Any]) -> bytes:
    """One byte form for one content, so that a signature survives every store."""
    return json.dumps(dict(fields), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def signature(key: str, fields: Mapping[str, Any]) -> str:
    return hmac.new(key.encode(), canonical(fields), hashlib.sha256).hexdigest()


def make(*, key: str, key_id: str, stack: str, interval: int, now: float, kind: Kind = "positive") -> Json:
    """A marker. `seq` counts intervals since 1970, so it needs no state, and a gap shows how many beats are missing."""
    seq = int(now // interval)
    issued = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    fields: Json = {"id": f"{stack}-{kind}-{int(now)}", "seq": seq, "issuedAt": issued, "kind": kind, "keyId": key_id}
    return fields | {"hmac": signature(key, fields)}


def verify(marker: Mapping[str, Any], keys: Mapping[str, str]) -> bool:
    """Is it whole and signed with one of `keys` (key id to key)? Unknown key, missing or additional field: no."""
    if set(marker) != {*SIGNED, "hmac"}:
        return False
    key = keys.get(str(marker["keyId"]))
    if key is None:
        return False
    return hmac.compare_digest(signature(key, {name: marker[name] for name in SIGNED}), str(marker["hmac"]))


def manifest(*, key: str, marker: Json, attachment: bytes, name: str, post: str, file: str) -> Json:
    """What is kept outside the database: the marker, where it was posted, and the digest of its attachment; signed too."""
    fields: Json = {
        "marker": marker,
        "post": post,
        "file": file,
        "attachment": {"name": name, "bytes": len(attachment), "sha256": hashlib.sha256(attachment).hexdigest()},
    }
    return fields | {"hmac": signature(key, fields)}


def verify_manifest(found: Mapping[str, Any], keys: Mapping[str, str]) -> bool:
    """Are manifest and marker whole, and signed with the same known key?"""
    held: object = found.get("marker")
    if not isinstance(held, dict):
        return False
    marker = cast("Json", held)
    if not verify(marker, keys):
        return False
    expected = signature(keys[str(marker["keyId"])], {name: value for name, value in found.items() if name != "hmac"})
    return hmac.compare_digest(expected, str(found.get("hmac")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A JSON API over verified TLS. `token` goes into the header and nowhere else."""

    url: str
    token: str
    trust: str
    strict: bool = True  # RFC 5280 to the letter; the authorities of many clusters miss a key identifier

    def context(self) -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=self.trust)
        if not self.strict:
            made.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return made

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Json:
        """The answer. Tries again while the server starts or changes hands; any other refusal is raised with its text."""
        context = self.context()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        reason: object = None
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(self.url + path, data=body, headers=headers, method=method)  # noqa: S310 https
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:  # noqa: S310
                    return json.loads(answer.read())
            except urllib.error.HTTPError as refused:
                if refused.code < 500 and refused.code != 429:
                    raise RuntimeError(f"{method} {path}: {refused.code} {refused.read(500).decode(errors='replace')}") from None
                reason = refused.code
            except OSError as fault:
                reason = fault
            if attempt < ATTEMPTS:
                log.info("%s %s: %s, trying again", method, path, reason)
                time.sleep(PAUSE_SECONDS)
        raise RuntimeError(f"{method} {path}: no answer after {ATTEMPTS} tries, last: {reason}")


def post(api: Api, marker: Json, attachment: bytes, *, team: str, channel: str) -> tuple[str, str, str]:
    """Post the marker with its attachment as the bot. Returns the ids of post and file, and the file's name."""
    where = api.call("GET", f"/api/v4/teams/name/{team}/channels/name/{channel}")["id"]
    name = f"{marker['id']}.txt"
    sent = api.call("POST", f"/api/v4/files?channel_id={where}&filename={name}", attachment, kind="application/octet-stream")
    file = sent["file_infos"][0]["id"]
    body = {"channel_id": where, "message": canonical(marker).decode(), "file_ids": [file]}
    return api.call("POST", "/api/v4/posts", json.dumps(body).encode())["id"], file, name


def step_post(env: Mapping[str, str]) -> None:
    """Marker into the database and the file store; its manifest into OUT, from where the next container copies it."""
    key = env["HEARTBEAT_KEY"]
    marker = make(
        key=key,
        key_id=env["KEY_ID"],
        stack=env["STACK"],
        interval=int(env["INTERVAL_SECONDS"]),
        now=time.time(),
        kind="negative" if env.get("KIND") == "negative" else "positive",
    )
    attachment = canonical(marker) + b"\n" + os.urandom(ATTACHMENT_BYTES // 2).hex().encode()
    token = Path(env["TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    api = Api(url=env["MATTERMOST_URL"], token=token, trust=env["MATTERMOST_TRUST"])
    posted, file, name = post(api, marker, attachment, team=env["TEAM"], channel=env["CHANNEL"])
    kept = manifest(key=key, marker=marker, attachment=attachment, name=name, post=posted, file=file)
    folder = Path(env["OUT"]) / datetime.now(UTC).strftime("%Y/%m/%d")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{marker['id']}.json").write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    Path(env["MARKER_FILE"]).write_bytes(canonical(marker))
    log.info("posted %s as %s", marker["id"], posted)


def step_mark(env: Mapping[str, str]) -> None:
    """The same marker into the ConfigMap, with the id of the run: what a restore of the cluster must bring back."""
    account = Path(env["ACCOUNT_FOLDER"])
    api = Api(
        url=env["KUBERNETES_URL"],
        token=(account / "token").read_text(encoding="utf-8").strip(),
        trust=str(account / "ca.crt"),
        strict=False,
    )
    marker = Path(env["MARKER_FILE"]).read_text(encoding="utf-8")
    patch = {"data": {"marker": marker, "run": env["RUN"]}}
    path = f"/api/v1/namespaces/{env['NAMESPACE']}/configmaps/{env['CONFIG_MAP']}"
    api.call("PATCH", path, json.dumps(patch).encode(), kind="application/merge-patch+json")
    log.info("marked %s", env["CONFIG_MAP"])


STEPS: dict[str, Callable[[Mapping[str, str]], None]] = {"post": step_post, "mark": step_mark}


def main(arguments: list[str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        STEPS[arguments[0]](os.environ)
    except (RuntimeError, OSError, KeyError, ValueError) as problem:
        log.error("%s: %s", type(problem).__name__, problem)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
