"""What to do after a run was killed, as text: pure functions of what the state and the locks say.

The order is the one that loses nothing and makes nothing twice; each step was tried against the real engine
(tests/engine).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from ops.engine.backend import Lock
from ops.engine.state import STACK_TYPE, Operation, Resource

COPY = "before-recovery.json"
# Providers that make nothing outside the state: an unfinished create has left nothing behind.
NOTHING_OUTSIDE = ("random", "tls", "time", "pulumi")
CREATING, IMPORTING, READING = "creating", "importing", "reading"


def steps(stack: str, pending: Sequence[Operation], locks: Sequence[Lock]) -> str:
    """The numbered steps for these unfinished operations."""
    creates = [one for one in pending if one.type == CREATING]
    count = f"{len(pending)} unfinished operation{'' if len(pending) == 1 else 's'}"
    lines = [
        f"The state of {stack} holds {count}: a run was killed while they were under way.",
        *(["Going on now would make what was being created a second time. Nothing has been changed."] if creates else []),
        "Recover first, in this order:",
        "",
        "1. Keep a copy of the state:",
        f"     pulumi stack export --stack {stack} --file {COPY}",
        "",
        *_unlocking(stack, locks),
        "",
        "3. Adopt what exists already:",
        *(line for number, one in enumerate(pending) for line in _adoption(stack, _letter(number), one)),
        "",
        "4. Forget what was under way (after step 3, never before it; the target keeps it from reading everything):",
        f"     pulumi refresh --stack {stack} --clear-pending-creates --yes --target {_root(pending[0].resource.urn)}",
        "",
        "5. Look: this must not plan to create what you adopted.",
        f"     ./oob preview {stack}",
    ]
    return "\n".join(lines)


def _root(urn: str) -> str:
    """The URN of the stack itself, for a shell."""
    head, project = urn.split("::")[:2]
    return shlex.quote(f"{head}::{project}::{STACK_TYPE}::{project}-{head.rpartition(':')[2]}")


def _unlocking(stack: str, locks: Sequence[Lock]) -> Iterable[str]:
    if not locks:
        return ["2. The state is not locked: go on."]
    return [
        "2. The killed run has left its lock. Make sure that its process has ended, then remove the lock:",
        *(f"     {described(lock)}" for lock in locks),
        f"     pulumi cancel --stack {stack} --yes",
    ]


def _letter(number: int) -> str:
    return f"{number + 1})"


def _adoption(stack: str, label: str, operation: Operation) -> Iterable[str]:
    resource = operation.resource
    yield f"   {label} {operation.type} {resource.type} {resource.name}"
    yield f"      {resource.urn}"
    if operation.type != CREATING:
        yield "      Nothing to do: the next run repeats it."
        return
    if resource.package in NOTHING_OUTSIDE:
        yield "      Nothing to do: it exists in the state only and will be made anew."
        return
    known = known_id(resource)
    if known is None:
        yield f"      Look for it in the cloud (tag oob:stack = {stack}{_hint(resource)})."
        yield "      If it is not there: nothing to do. If it is, adopt it, with its id in place of ID:"
    else:
        yield "      Look whether it exists. If not: nothing to do. If it does, adopt it:"
    yield f"        {adopt(stack, resource, known or 'ID')}"


def adopt(stack: str, resource: Resource, id_: str) -> str:
    """The command that takes an existing thing into the state under the URN that the program gives it."""
    words = ["pulumi", "import", resource.type, resource.name, id_, "--stack", stack]
    if resource.parent and resource.parent.split("::")[2] != STACK_TYPE:
        words += ["--parent", f"{_name(resource.parent)}={resource.parent}"]
    if resource.provider_urn:
        words += ["--provider", f"{_name(resource.provider_urn)}={resource.provider_urn}"]
    words += ["--generate-code=false", "--protect=false", "--yes"]
    return shlex.join(words)


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def known_id(resource: Resource) -> str | None:
    """The id, where it follows from the inputs: Kubernetes objects are called namespace/name."""
    if resource.package != "kubernetes":
        return None
    metadata = resource.inputs.get("metadata", resource.inputs)
    if not isinstance(metadata, Mapping):
        return None
    found = cast("Mapping[str, object]", metadata)
    name, namespace = found.get("name"), found.get("namespace")
    if not isinstance(name, str):
        return None
    return f"{namespace}/{name}" if isinstance(namespace, str) else name


def _hint(resource: Resource) -> str:
    for key in ("name", "bucket", "clusterIdentifier", "identifier", "namePrefix"):
        value = resource.inputs.get(key)
        if isinstance(value, str):
            return f", {key} {value}"
    return ""


def described(lock: Lock) -> str:
    """One lock, and whether its process still runs."""
    state = {
        True: f"process {lock.pid} is running on this machine",
        False: f"process {lock.pid} has ended",
        None: f"look on {lock.host} whether process {lock.pid} still runs",
    }[lock.alive]
    return f"{lock.where}: {lock.owner}@{lock.host}, since {lock.since}; {state}"


def locked(stack: str, locks: Sequence[Lock]) -> str:
    """What to do about a locked state without unfinished operations."""
    lines = [f"The state of {stack} is locked:", *(f"  {described(lock)}" for lock in locks), ""]
    if any(lock.alive for lock in locks):
        lines += [
            "Another run is under way. Wait for it, or end it gracefully with one Ctrl-C where it runs.",
            "Do not remove the lock beside a run that lives (`pulumi cancel` only deletes the lock file): both would go on,",
            "make things twice, and the last writer's state would win.",
        ]
    else:
        ended = all(lock.alive is False for lock in locks)
        lines += [
            "The run that held it has ended without letting go." if ended else "If its process has ended, the lock is left over.",
            f"Remove the lock, then call again:  pulumi cancel --stack {stack} --yes",
        ]
    return "\n".join(lines)
