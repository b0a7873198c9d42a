"""Backups keep what they promise, failover keeps its time, permissions end."""

from __future__ import annotations

from collections.abc import Iterator

from components.checks.subject import Subject
from components.faults import Fault
from components.findings import path_of
from components.salvage import readable


def intervals_keep_the_promise(subject: Subject) -> Iterator[Fault]:
    """OOB-111, OOB-112."""
    backup = subject.stack.backup
    promised = backup.rpo_minutes
    for path, minutes in readable(
        ("backup.kubernetesIntervalMinutes", lambda: backup.kubernetes_interval_minutes),
        ("backup.dumpIntervalMinutes", lambda: backup.dump_interval_minutes),
    ):
        if minutes > promised:
            yield Fault(path, f"{minutes} is longer than backup.rpoMinutes {promised}", "shorten it, or promise a longer loss")


def intervals_fit_the_clock(subject: Subject) -> Iterator[Fault]:
    backup = subject.stack.backup
    for path, minutes in readable(
        ("backup.kubernetesIntervalMinutes", lambda: backup.kubernetes_interval_minutes),
        ("backup.dumpIntervalMinutes", lambda: backup.dump_interval_minutes),
    ):
        even = 60 % minutes == 0 if minutes < 60 else minutes % 60 == 0 and 1440 % minutes == 0
        if not even:
            why = f"{minutes} divides neither an hour nor a day evenly, so that a schedule cannot keep it"
            yield Fault(path, why, "use 15, 20, 30, 60, 120, 180, 240, 360, 480, 720 or 1440")


def locks_end_before_the_archive(subject: Subject) -> Iterator[Fault]:
    backup = subject.stack.backup
    if backup.object_lock != "none" and backup.lock_days > backup.archive_days:
        why = f"{backup.lock_days} is longer than backup.archiveDays {backup.archive_days}"
        yield Fault("backup.lockDays", why, "lower it, or keep the archive longer")


def failover_keeps_its_time(subject: Subject) -> Iterator[Fault]:
    """The arithmetic keeps the promised time (OOB-107)."""
    dns = subject.stack.dns
    timing = subject.cloud.failover(dns)
    if timing.worst_seconds > dns.target_seconds:
        yield Fault(
            "dns.targetSeconds",
            f"{dns.target_seconds} cannot be kept: the worst case is {timing.worst_seconds:g} s ({timing.formula})",
            "shorten intervalSeconds, failureThreshold or ttlSeconds, or promise a longer time",
        )


def waivers_end(subject: Subject) -> Iterator[Fault]:
    """A waiver that has ended is no waiver."""
    for name, waiver in subject.stack.waivers.items():
        for _, expires in readable(("expires", lambda waiver=waiver: waiver.expires)):
            if expires < subject.on:
                path = path_of("waivers", (name, "expires"))
                yield Fault(path, f"{expires} has passed", "mend what it excuses, or renew it")


RULES = (
    intervals_keep_the_promise,
    intervals_fit_the_clock,
    locks_end_before_the_archive,
    failover_keeps_its_time,
    waivers_end,
)
