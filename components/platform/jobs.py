"""What every job inside the cluster shares: a locked-down pod, a schedule from minutes, a service account, scripts as files.

Objects are plain data in Kubernetes' own spelling, made by pure functions and checked against its schema in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from pulumi import Input

from components.contract import Environment
from components.platform.pods import CONTAINER_SECURITY, Reach, object_labels, pod_security, reaches

Manifest: TypeAlias = Any  # an object of Kubernetes; its shape is the API's, checked by kubernetes-validate in the tests

SCRIPTS = Path(__file__).parent / "scripts"
SCRIPTS_FOLDER = "/scripts"
WORK_FOLDER = "/scratch"  # scratch space that the containers of one pod share
TRUST_FOLDER = "/trust"
TRUST_FILE = f"{TRUST_FOLDER}/ca.pem"

USER = 10001  # none of the images needs a user of its own; any that is not root may run them
DAY_MINUTES = 24 * 60
MINUTE_STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)  # divisors of an hour
HOUR_STEPS = (1, 2, 3, 4, 6, 8, 12)  # divisors of a day
KEPT_SUCCESSES = 3
KEPT_FAILURES = 5
DAYS_KEPT = 3  # finished jobs of a schedule are removed after this
RETRIES = 2
NOT_BACKED_UP = {"velero.io/exclude-from-backup": "true"}  # a label: what would give away more beside the backups than it helps
MAXIMUM_START_DELAY = 300  # seconds after which a missed start is skipped and counted as missed


def period(minutes: int) -> int:
    """The longest interval that cron can keep evenly and that is not longer than asked, so that no target is missed."""
    if minutes < 1:
        raise ValueError(f"an interval of {minutes} minutes is not possible")
    steps = [*MINUTE_STEPS, *(60 * hours for hours in HOUR_STEPS), DAY_MINUTES]
    return max(step for step in steps if step <= minutes)


def cron(minutes: int, offset: int = 0) -> str:
    """A cron line that runs at least every `minutes`; `offset` minutes keep jobs of one rhythm apart."""
    step = period(minutes)
    if step < 60:
        first = offset % step
        return f"{first}-59/{step} * * * *" if first or step > 1 else "* * * * *"
    minute = offset % 60
    if step == DAY_MINUTES:
        return f"{minute} 0 * * *"
    hours = step // 60
    return f"{minute} * * * *" if hours == 1 else f"{minute} */{hours} * * *"


def scripts(*names: str) -> dict[str, str]:
    """The content of shipped scripts by file name, as the data of a ConfigMap."""
    return {name: (SCRIPTS / name).read_text(encoding="utf-8") for name in names}


def fingerprint(data: Mapping[str, str]) -> str:
    """A short digest of plain data: as an annotation of a pod it makes a changed script a changed pod."""
    return sha256("\0".join(f"{key}\0{value}" for key, value in sorted(data.items())).encode()).hexdigest()[:16]


def resources(cpu: str = "50m", memory: str = "128Mi", limit: str = "512Mi", scratch: str = "64Mi") -> Manifest:
    """Requests and limits. CPU has no limit: throttling a backup helps nobody."""
    return {
        "requests": {"cpu": cpu, "memory": memory, "ephemeral-storage": scratch},
        "limits": {"memory": limit, "ephemeral-storage": scratch},
    }


def variables(plain: Mapping[str, Input[str]], secret: Mapping[str, tuple[str, str]] | None = None) -> list[Manifest]:
    """Environment of a container: plain values, and references (Secret, key) for whatever must not be in the object."""
    found: list[Manifest] = [{"name": name, "value": value} for name, value in plain.items()]
    for name, (holder, key) in (secret or {}).items():
        found.append({"name": name, "valueFrom": {"secretKeyRef": {"name": holder, "key": key}}})
    return found


def container(
    name: str,
    image: str,
    command: Sequence[str],
    *,
    env: Sequence[Manifest] = (),
    mounts: Mapping[str, str] | None = None,
    read_only: Sequence[str] = ("scripts", "trust"),
    needs: Manifest = None,
    remote: str | None = None,
) -> Manifest:
    """A container without rights. `mounts` is volume name to path; those in `read_only` cannot be written.

    remote: a Secret whose keys all become variables (the description of an object store).
    """
    return {
        "name": name,
        "image": image,
        "command": list(command),
        "env": [*variables({"HOME": WORK_FOLDER, "TMPDIR": WORK_FOLDER}), *env],
        **({"envFrom": [{"secretRef": {"name": remote}}]} if remote else {}),
        "volumeMounts": [
            {"name": volume, "mountPath": path, **({"readOnly": True} if volume in read_only else {})}
            for volume, path in (mounts or {"scripts": SCRIPTS_FOLDER, "work": WORK_FOLDER}).items()
        ],
        "resources": needs or resources(),
        "securityContext": CONTAINER_SECURITY,
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def scratch_volume(name: str = "work", size: str = "64Mi", *, memory: bool = False) -> Manifest:
    """Scratch space with an upper bound; in memory where it holds a secret."""
    return {"name": name, "emptyDir": {"sizeLimit": size, **({"medium": "Memory"} if memory else {})}}


def config_volume(name: str, config_map: Input[str]) -> Manifest:
    return {"name": name, "configMap": {"name": config_map, "defaultMode": 0o444}}


def secret_volume(name: str, secret: Input[str]) -> Manifest:
    return {"name": name, "secret": {"secretName": secret, "defaultMode": 0o440}}


def token_volume(name: str = "token", seconds: int = 3600) -> Manifest:
    """A short-lived token of the pod's own service account, for the one container that calls the Kubernetes API."""
    return {
        "name": name,
        "projected": {
            "defaultMode": 0o440,
            "sources": [
                {"serviceAccountToken": {"path": "token", "expirationSeconds": seconds}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            ],
        },
    }


def job(
    *,
    labels: Mapping[str, str],
    account: str,
    containers: Sequence[Manifest],
    volumes: Sequence[Manifest],
    before: Sequence[Manifest] = (),
    annotations: Mapping[str, str] | None = None,
    deadline: int = 900,
    retries: int = RETRIES,
    restart: str = "Never",
) -> Manifest:
    """The specification of a job: `before` runs in order, then `containers`. Tokens are mounted only where named."""
    return {
        "backoffLimit": retries,
        "activeDeadlineSeconds": deadline,
        "template": {
            "metadata": {"labels": dict(labels), "annotations": dict(annotations or {})},
            "spec": {
                "serviceAccountName": account,
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "restartPolicy": restart,
                "terminationGracePeriodSeconds": 30,
                "securityContext": pod_security(USER),
                "initContainers": list(before),
                "containers": list(containers),
                "volumes": list(volumes),
            },
        },
    }


def cron_job(schedule: str, work: Manifest, labels: Mapping[str, str], *, suspend: bool = False) -> Manifest:
    """The specification of a repeated job: never two at once, finished ones kept for a look and then removed."""
    return {
        "schedule": schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": MAXIMUM_START_DELAY,
        "successfulJobsHistoryLimit": KEPT_SUCCESSES,
        "failedJobsHistoryLimit": KEPT_FAILURES,
        "suspend": suspend,
        "jobTemplate": {
            "metadata": {"labels": dict(labels)},
            "spec": work | {"ttlSecondsAfterFinished": DAYS_KEPT * 24 * 3600},
        },
    }


def labels(environment: Environment, component: str) -> dict[str, str]:
    """Labels of an object of this part."""
    return object_labels(environment.labels, component)


def pod_labels(
    environment: Environment, component: str, *targets: Reach, identity: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Labels of a pod: what it is, what it may reach, and what makes it carry a cloud identity."""
    return labels(environment, component) | reaches(*targets) | dict(identity or {})


def once(timeout_seconds: int) -> dict[str, str]:
    """Annotations of a job that Pulumi waits for: how long, and that a failed one is replaced by the next `up`.

    Such a job has no time to live: Kubernetes would remove it and a refresh would report the gap as drift.
    """
    return {"pulumi.com/timeoutSeconds": str(timeout_seconds), "pulumi.com/replaceUnready": "true"}
