"""Versions that fit together as one tuple: server, operator, PostgreSQL, Kubernetes, object store (PREP-81, AWS-63, C-16).

An end of support is no fault, because a stack must not stop planning by itself: components/notices.py points it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from components import versions
from components.checks.subject import Subject
from components.faults import Fault, either

# Kubernetes minors that each pinned part is tested on by its makers (the tables of tested versions in each project's README).
TESTED_ON: dict[str, tuple[str, str]] = {
    "velero": ("1.33", "1.35"),
    "cert-manager": ("1.33", "1.36"),
    "nginx-ingress": ("1.29", "1.36"),
}
OLDEST_MANAGED_POSTGRES = 16  # AWS-39
OPERATOR_CEILING: versions.Triple = (1, 26, 0)  # the custom resources of later lines are not known here
_OPERATOR = versions.IMAGES["mattermost-operator"].tag.removeprefix("v")


def server_of(version: str) -> versions.Server | None:
    """The release line of a server version, or None if it is not a known one."""
    wanted = versions.triple(version)[:2]
    return next((server for server in versions.SERVERS if versions.triple(server.line)[:2] == wanted), None)


def newest() -> versions.Server:
    """The newest release line."""
    return max(versions.SERVERS, key=lambda server: versions.triple(server.line))


def server_is_known(subject: Subject) -> Iterator[Fault]:
    wanted = subject.stack.mattermost.version
    server = server_of(wanted)
    if server is None:
        lines = either(line.line for line in versions.SERVERS)
        yield Fault("mattermost.version", f"'{wanted}' is of no supported release line ({lines})", f"use '{newest().newest}'")
    elif wanted in versions.REFUSED_SERVERS:
        yield Fault("mattermost.version", f"'{wanted}' fails to migrate existing data", f"use '{server.newest}'")


def operator_fits(subject: Subject) -> Iterator[Fault]:
    wanted = subject.stack.mattermost.operator_version
    if versions.triple(wanted) < versions.OPERATOR_FLOOR:
        floor = ".".join(map(str, versions.OPERATOR_FLOOR))
        why = f"'{wanted}' is older than {floor}, the first that runs v12 servers"
        yield Fault("mattermost.operatorVersion", why, f"use '{_OPERATOR}'")
    elif versions.triple(wanted) >= OPERATOR_CEILING:
        yield Fault("mattermost.operatorVersion", f"'{wanted}' is newer than this program knows", f"use '{_OPERATOR}'")


def object_store_fits(subject: Subject) -> Iterator[Fault]:
    """Servers differ in the object stores that they speak to; which one it is, is the cloud's to say (C-16)."""
    server = server_of(subject.stack.mattermost.version)
    if subject.cloud.native_object_store and server is not None and not server.native_blob_store:
        speaking = either(f"'{line.newest}'" for line in versions.SERVERS if line.native_blob_store)
        yield Fault(
            "mattermost.version",
            f"'{subject.stack.mattermost.version}' cannot keep files in the object store of cloud '{subject.stack.cloud}'",
            f"use {speaking}",
        )


def database_fault(path: str, postgres: str, server_version: str) -> Fault | None:
    """The fault of a PostgreSQL version for this server, for a cloud to report at its own path (PREP-77, C-15)."""
    major = versions.triple(postgres)[0]
    server = server_of(server_version)
    if major not in versions.POSTGRES:
        return Fault(path, f"'{postgres}' is no supported PostgreSQL", f"use one of major {either(map(str, versions.POSTGRES))}")
    if server is not None and major < server.postgres_floor:
        why = f"'{postgres}' is too old for Mattermost {server_version} (mattermost.version)"
        return Fault(path, why, f"use major {server.postgres_floor} or newer")
    client = versions.triple(versions.IMAGES["postgres"].tag)[0]
    if major > client:
        why = f"'{postgres}' is newer than the client that dumps it ({client}), which refuses that"
        return Fault(path, why, f"use major {client}")
    return None


def managed_database_fault(path: str, postgres: str, server_version: str) -> Fault | None:
    """The same for a database that a cloud runs, which is never made with an older major than this one."""
    if versions.triple(postgres)[0] < OLDEST_MANAGED_POSTGRES:
        why = f"'{postgres}' is older than PostgreSQL {OLDEST_MANAGED_POSTGRES}"
        return Fault(path, why, f"use major {OLDEST_MANAGED_POSTGRES} or 17")
    return database_fault(path, postgres, server_version)


def kubernetes_fault(path: str, kubernetes: str) -> Fault | None:
    """The fault of a Kubernetes version, for a cloud to report at its own path."""
    if kubernetes in versions.KUBERNETES:
        return None
    known = either(f"'{version}'" for version in versions.KUBERNETES)
    return Fault(path, f"'{kubernetes}' is no Kubernetes that every part here runs on", f"use {known}")


def untested_on(kubernetes: str) -> tuple[str, ...]:
    """The pinned parts whose makers do not test them on this Kubernetes."""
    minor = versions.triple(kubernetes)
    outside = (part for part, (first, last) in TESTED_ON.items() if not versions.triple(first) <= minor <= versions.triple(last))
    return tuple(sorted(outside))


RULES = (server_is_known, operator_fits, object_store_fits)
