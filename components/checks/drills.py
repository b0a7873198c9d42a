"""A drill restores something stated, is sealed, ends, and can lock nothing (ADR 0013).

Its dates are compared with each other and never with today: a drill that has ended still plans, and
components/notices.py says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from components.checks.subject import Subject
from components.faults import Fault
from components.salvage import readable
from components.schema import UnreadableError, moment
from components.sections import Mode

if TYPE_CHECKING:
    from components.sections import Drill

LONGEST_DAYS = 14  # a drill is disposable
OLDEST_SOURCE_DAYS = 35  # managed PostgreSQL keeps no older point in time
PREFIX = "drill-"  # what drills are called (ADR 0013)


def block_and_mode(subject: Subject) -> Iterator[Fault]:
    stack = subject.stack
    if stack.mode is Mode.DRILL and stack.drill is None:
        fix = "give a block with id, created, expires, sourceStack, database, objects and veleroBackup"
        yield Fault("drill", "required, because mode is 'drill', but not given", fix)
    if stack.mode is Mode.LIVE and stack.drill is not None:
        yield Fault("drill", "given, but mode is 'live'", "remove this block, or set mode: drill")


def _drill(subject: Subject) -> Drill:
    """The block of a drill. A rule on drills has nothing to judge without one."""
    drill = subject.stack.drill
    if drill is None or subject.stack.mode is not Mode.DRILL:
        raise UnreadableError("drill")
    return drill


def ends_soon(subject: Subject) -> Iterator[Fault]:
    drill = _drill(subject)
    last = drill.created + timedelta(days=LONGEST_DAYS)
    if not drill.created <= drill.expires <= last:
        why = f"{drill.expires} is not within {LONGEST_DAYS} days of drill.created {drill.created}"
        yield Fault("drill.expires", why, f"give a day from {drill.created} to {last}")


def one_database_source(subject: Subject) -> Iterator[Fault]:
    """S8: a snapshot, or a cluster and an explicit moment."""
    source = _drill(subject).database
    by_moment = (source.cluster is not None, source.point_in_time is not None)
    if source.snapshot is not None and any(by_moment):
        why = f"'{source.snapshot}' is given besides {'cluster' if by_moment[0] else 'pointInTime'}"
        yield Fault("drill.database.snapshot", why, "keep either snapshot, or cluster and pointInTime")
    elif by_moment == (False, True):
        yield Fault("drill.database.cluster", "required besides pointInTime, but not given", "give the cluster to restore")
    elif by_moment == (True, False):
        yield Fault("drill.database.pointInTime", "required besides cluster, but not given", "give the moment to restore")
    elif source.snapshot is None and by_moment == (False, False):
        yield Fault("drill.database", "names nothing to restore", "give snapshot, or cluster and pointInTime together")


def sources_lie_before(subject: Subject) -> Iterator[Fault]:
    """Nothing is restored from a future, and nothing from before what managed databases keep."""
    drill = _drill(subject)
    for path, value in readable(
        ("drill.database.pointInTime", lambda: drill.database.point_in_time), ("drill.objects.asOf", lambda: drill.objects.as_of)
    ):
        if value is None:
            continue
        age = (drill.created - moment(value).date()).days
        if age < 0:
            yield Fault(path, f"'{value}' lies after drill.created {drill.created}", "give a moment before the drill")
        elif age > OLDEST_SOURCE_DAYS and path.endswith("pointInTime"):
            why = f"'{value}' lies {age} days before drill.created {drill.created}; {OLDEST_SOURCE_DAYS} are kept at most"
            yield Fault(path, why, "give a later moment")


def files_are_not_older(subject: Subject) -> Iterator[Fault]:
    """Files from before the database leave posts that point at nothing."""
    drill = _drill(subject)
    point = drill.database.point_in_time
    if point is not None and moment(drill.objects.as_of) < moment(point):
        why = f"'{drill.objects.as_of}' is before drill.database.pointInTime '{point}'"
        yield Fault("drill.objects.asOf", why, "give that moment or a later one")


def sources_are_no_drills(subject: Subject) -> Iterator[Fault]:
    """The copy of a copy proves nothing about the backup."""
    drill = _drill(subject)
    for path, value in readable(
        ("drill.database.cluster", lambda: drill.database.cluster),
        ("drill.database.snapshot", lambda: drill.database.snapshot),
        ("drill.objects.files", lambda: drill.objects.files),
        ("drill.objects.backups", lambda: drill.objects.backups),
    ):
        if value is not None and value.startswith(PREFIX):
            yield Fault(path, f"'{value}' belongs to a drill", "name what belongs to the environment itself")


def nothing_locks(subject: Subject) -> Iterator[Fault]:
    """S2: a lock would outlive the drill and stop its destroy."""
    _drill(subject)
    backup = subject.stack.backup
    for _, locked in readable(("backup.vaultLock", lambda: backup.vault_lock)):
        if locked:
            yield Fault("backup.vaultLock", "true, which no drill may, because it is for ever", "remove it")
    if backup.object_lock != "none":
        why = f"'{backup.object_lock}', which would stop the drill's destroy"
        yield Fault("backup.objectLock", why, "set backup.objectLock: none")


def sealed(subject: Subject) -> Iterator[Fault]:
    """S4: no mail, and no way to the whole internet."""
    _drill(subject)
    for _, smtp in readable(("smtp", lambda: subject.stack.smtp)):
        if smtp is not None:
            yield Fault("smtp", "given, but a drill sends no mail to anybody", "remove this block")
    if subject.stack.egress.mode == "nat":
        yield Fault("egress.mode", "'nat' opens the way to the whole internet, and a drill is sealed", "use 'filtered' or 'none'")


RULES = (
    block_and_mode,
    ends_soon,
    one_database_source,
    sources_lie_before,
    files_are_not_older,
    sources_are_no_drills,
    nothing_locks,
    sealed,
)
