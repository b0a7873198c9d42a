"""Export: what the cluster knows, and one manifest that ties configuration, dump and cluster backup to one point in time.

Two steps of one pod, each in a container of its own: `cluster` asks the Kubernetes API, `manifest` puts everything into a
dated folder. Uses the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any
TIMEOUT_SECONDS = 20
log = logging.getLogger("export")


def newest_backup(found: Iterable[Json]) -> Json | None:
    """The newest cluster backup that is complete and free of errors, by its start."""
    whole = [item for item in found if item.get("status", {}).get("phase") == "Completed" and not item["status"].get("errors", 0)]
    newest = max(whole, key=lambda item: item["status"]["startTimestamp"], default=None)
    if newest is None:
        return None
    status = newest["status"]
    kept = {key: status[key] for key in ("startTimestamp", "completionTimestamp") if key in status}
    return {"name": newest["metadata"]["name"], **kept, "items": status.get("progress", {}).get("totalItems")}


def without_secrets(resource: Json) -> Json:
    """A custom resource without what the API adds. Our own resource refers to Secrets by name and holds none."""
    metadata = {key: resource["metadata"][key] for key in ("name", "namespace", "labels") if key in resource["metadata"]}
    return {"apiVersion": resource["apiVersion"], "kind": resource["kind"], "metadata": metadata, "spec": resource["spec"]}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def tie(points: Mapping[str, str | None]) -> Json:
    """The points in time of the parts, the newest of them, and how far apart they are (OOB-56)."""
    known = {name: moment(text) for name, text in points.items() if text}
    if not known:
        return {"points": dict(points), "asOf": None, "spreadSeconds": None, "missing": sorted(points)}
    latest, earliest = max(known.values()), min(known.values())
    return {
        "points": dict(points),
        "asOf": latest.isoformat().replace("+00:00", "Z"),
        "spreadSeconds": (latest - earliest).total_seconds(),
        "missing": sorted(set(points) - set(known)),
    }


def step_cluster(env: Mapping[str, str]) -> None:
    """The installation's custom resource and the newest complete backup, by the Kubernetes API."""
    account, parts = Path(env["ACCOUNT_FOLDER"]), Path(env["PARTS"])
    context = ssl.create_default_context(cafile=str(account / "ca.crt"))
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the authorities of many clusters miss a key identifier
    headers = {"Authorization": f"Bearer {(account / 'token').read_text(encoding='utf-8').strip()}"}

    def get(path: str) -> Json:
        request = urllib.request.Request(env["KUBERNETES_URL"] + path, headers=headers)  # noqa: S310 https
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:  # noqa: S310
            return json.loads(answer.read())

    resource = get(env["INSTALLATION"])
    backup = newest_backup(get(env["BACKUPS"])["items"])
    parts.mkdir(parents=True, exist_ok=True)
    _write(parts / "mattermost-resource.json", without_secrets(resource))
    _write(parts / "cluster-backup.json", backup)


def step_manifest(env: Mapping[str, str]) -> None:
    """Move the parts into a folder of their own with a manifest: digests, and what belongs to which moment."""
    parts = Path(env["PARTS"])
    now = datetime.now(UTC)
    identifier = now.strftime("%Y%m%dT%H%M%SZ")
    folder = Path(env["OUT"]) / now.strftime("%Y/%m/%d") / identifier
    shutil.copytree(parts, folder)
    dump: Json = _read(parts / "dump-manifest.json") or {}
    backup: Json = _read(parts / "cluster-backup.json") or {}
    points: dict[str, str | None] = {
        "configuration": (parts / "database-time.txt").read_text(encoding="utf-8").strip(),
        "dump": dump.get("createdAt"),
        "clusterBackup": backup.get("startTimestamp"),
    }
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    manifest: Json = {
        "version": 1,
        "id": identifier,
        "stack": env["STACK"],
        "createdAt": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        **tie(points),
        "dump": dump.get("id"),
        "clusterBackup": backup.get("name"),
        "identity": "exported" if (parts / "identity.json").exists() else env["IDENTITY"],
        "state": "exported" if (parts / "state").exists() else "not reachable from the cluster",
        "files": [
            {
                "name": str(path.relative_to(folder)),
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in files
        ],
    }
    _write(folder / "manifest.json", manifest)
    log.info("export %s: %d files, %s s apart", identifier, len(files), manifest["spreadSeconds"])


def _write(path: Path, value: Json) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _read(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


STEPS: dict[str, Callable[[Mapping[str, str]], None]] = {"cluster": step_cluster, "manifest": step_manifest}


def main(arguments: list[str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        STEPS[arguments[0]](os.environ)
    except urllib.error.HTTPError as refused:
        log.error("%s: %s %s", refused.url, refused.code, refused.read(500).decode(errors="replace"))
        return 1
    except (OSError, KeyError, ValueError) as problem:
        log.error("%s: %s", type(problem).__name__, problem)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
