"""Before and after a restore of the cluster's objects: is the chosen backup whole, and is what came back what was asked for?

Step `await`: the backup is known here, complete and free of errors. Step `check`: the restore is complete, the custom
resource carries the drill's values and not the source's, and the heartbeat's marker came back. A rewriting rule that fails
leaves an object as it was, so nothing may start before the values are read. Uses the standard library alone.
"""

from __future__ import annotations

import json
import logging
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

Json: TypeAlias = Any
TIMEOUT_SECONDS = 20
PAUSE_SECONDS = float(os.environ.get("PAUSE_SECONDS", "5"))
ENDED = ("Completed", "PartiallyFailed", "Failed", "FailedValidation")
log = logging.getLogger("restore")


class BrokenError(Exception):
    """What was found is not what was asked for; the message says what."""


class Cluster:
    """Reads from the Kubernetes API with the pod's own account."""

    def __init__(self, url: str, account: Path) -> None:
        self._url, self._token = url, (account / "token").read_text(encoding="utf-8").strip()
        self._context = ssl.create_default_context(cafile=str(account / "ca.crt"))
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the authorities of many clusters miss a key identifier

    def get(self, path: str) -> Json | None:
        """The object, or None if there is none."""
        headers = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self._url + path, headers=headers)  # noqa: S310 https
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=self._context) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            if refused.code == 404:
                return None
            raise BrokenError(f"{path}: {refused.code} {refused.read(300).decode(errors='replace')}") from None

    def until(self, path: str, done: Callable[[Json], bool], seconds: float) -> Json:
        """The object once `done` says so. A short silence of the API is waited out too."""
        deadline = time.monotonic() + seconds
        last: object = "not there"
        while time.monotonic() < deadline:
            try:
                found = self.get(path)
                if found is not None and done(found):
                    return found
                last = "not there" if found is None else found.get("status", {}).get("phase", "without a phase")
            except OSError as fault:
                last = fault
            time.sleep(PAUSE_SECONDS)
        raise BrokenError(f"{path}: not ready after {seconds:.0f} s, last: {last}")


def phase(found: Json) -> str:
    return str(found.get("status", {}).get("phase", ""))


def faults_of_backup(found: Json) -> list[str]:
    """What speaks against restoring from this backup."""
    status = found.get("status", {})
    wrong = [] if phase(found) == "Completed" else [f"phase {phase(found) or 'unknown'} instead of Completed"]
    return wrong + ([f"{status['errors']} errors"] if status.get("errors") else [])


def faults_of_restore(found: Json) -> list[str]:
    """What speaks against trusting this restore. Warnings do not: an object that is there already is one."""
    status = found.get("status", {})
    wrong = [] if phase(found) == "Completed" else [f"phase {phase(found) or 'unknown'} instead of Completed"]
    if status.get("errors"):
        wrong.append(f"{status['errors']} errors")
    if status.get("hookStatus", {}).get("hooksFailed"):
        wrong.append(f"{status['hookStatus']['hooksFailed']} hooks failed")
    progress = status.get("progress", {})
    if progress.get("itemsRestored") != progress.get("totalItems"):
        wrong.append(f"{progress.get('itemsRestored')} of {progress.get('totalItems')} objects restored")
    return wrong


def faults_of_installation(found: Json | None, wanted: Json) -> list[str]:
    """Where the restored custom resource does not carry the drill's values. `wanted` has the form of its specification."""
    if found is None:
        return ["the custom resource did not come back"]
    return _differences(found.get("spec", {}), wanted, "spec")


def _differences(found: Json, wanted: Json, path: str) -> list[str]:
    if isinstance(wanted, dict):
        values = cast("dict[str, Json]", wanted)
        held = cast("dict[str, Json]", found) if isinstance(found, dict) else {}
        return [fault for key, value in values.items() for fault in _differences(held.get(key), value, f"{path}.{key}")]
    return [] if found == wanted else [f"{path} is {found!r} instead of {wanted!r}"]


def faults_of_marker(found: Json | None) -> list[str]:
    """Whether the heartbeat's marker came back; its signature is judged outside, by whoever holds the key."""
    if found is None:
        return ["the heartbeat's ConfigMap did not come back"]
    try:
        marker = json.loads(found.get("data", {}).get("marker", ""))
    except ValueError:
        return ["the heartbeat's ConfigMap holds no marker"]
    return [] if marker.get("kind") == "positive" else [f"the marker is of kind {marker.get('kind')!r}"]


def step_await(env: Mapping[str, str], cluster: Cluster) -> list[str]:
    found = cluster.until(env["BACKUP"], lambda item: bool(phase(item)), float(env["WAIT_SECONDS"]))
    return faults_of_backup(found)


def step_check(env: Mapping[str, str], cluster: Cluster) -> list[str]:
    restore = cluster.until(env["RESTORE"], lambda item: phase(item) in ENDED, float(env["WAIT_SECONDS"]))
    marker = cluster.get(env["MARKER"])
    faults = [
        *faults_of_restore(restore),
        *faults_of_installation(cluster.get(env["INSTALLATION"]), json.loads(env["WANTED"])),
        *faults_of_marker(marker),
    ]
    if not faults and marker is not None:
        log.info("restored with marker %s", marker["data"]["marker"])
    return faults


STEPS: dict[str, Callable[[Mapping[str, str], Cluster], list[str]]] = {"await": step_await, "check": step_check}


def main(arguments: list[str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        cluster = Cluster(os.environ["KUBERNETES_URL"], Path(os.environ["ACCOUNT_FOLDER"]))
        faults = STEPS[arguments[0]](os.environ, cluster)
    except (BrokenError, OSError, KeyError, ValueError) as problem:
        faults = [f"{type(problem).__name__}: {problem}"]
    for fault in faults:
        log.error("%s", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
