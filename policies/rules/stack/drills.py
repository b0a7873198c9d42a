"""Drills: names apart from the environment's, and a drill that passed not long ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policies.model import Finding, Level, Outcome, Resource, Severity, bad_if, rule
from policies.reading.values import asked, strings
from policies.settings import Profile

ROOT = "pulumi:pulumi:Stack"
STALE_DAYS = 92
WARNING_DAYS = 80
NAMES = (
    "bucket",
    "clusterIdentifier",
    "domain",
    "fqdn",
    "identifier",
    "name",
    "namePrefix",
    "nodeGroupName",
    "resourceName",
    "serverName",
    "vaultName",
)


@rule(
    "drill-record-given",
    on=ROOT,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 CP-4",),
    remedy="Give lastDrill in the pack's configuration: verdict, day and digest of the signed report",
    level=Level.ADVISORY,
    profile=Profile.PRODUCTION,
)
def record_given(r: Resource) -> Iterator[Outcome]:
    """Somebody has shown that this environment can be restored, and the next drill is not due."""
    last = r.settings.last_drill
    if last is None:
        if not r.settings.drill_required:
            yield Finding("", "shows no drill that passed")
    elif timedelta(days=WARNING_DAYS) <= r.settings.today - last.day <= timedelta(days=STALE_DAYS):
        yield Finding("", f"has its last drill more than {WARNING_DAYS} days behind it")


@rule(
    "drill-passed-recently",
    on=ROOT,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-4",),
    remedy="Run a drill; in an incident set drillExemption with reason and expiry in the pack's configuration",
    profile=Profile.PRODUCTION,
)
def passed_recently(r: Resource) -> Iterator[Outcome]:
    """The last drill passed, and is not older than a quarter. Asked where a record is given or required."""
    told = r.settings
    if not told.drill_required or (told.drill_exemption is not None and told.drill_exemption.expires >= told.today):
        return
    if told.last_drill is None:
        yield Finding("", "shows no drill that passed")
    elif told.last_drill.verdict != "PASSED":
        yield Finding("", "shows a drill that did not pass")
    elif told.today - told.last_drill.day > timedelta(days=STALE_DAYS):
        yield Finding("", f"has its last drill more than {STALE_DAYS} days behind it")
    elif told.last_drill.day > told.today:
        yield Finding("", "shows a drill of a day that has not come")


@rule(
    "drill-names-apart",
    on=("aws:*", "azure-native:*"),
    severity=Severity.HIGH,
    remedy="Name it after the drill",
    profile=Profile.DRILL,
)
def names_apart(r: Resource) -> Iterator[Outcome]:
    """Nothing in a drill carries a name that the environment uses."""
    taken = frozenset(r.settings.production_names)
    for key in NAMES:
        for seen in strings(r.props.get(key), key):
            if taken:
                yield from bad_if(asked(lambda v: v in taken, seen.value), seen.path, "is a name of the environment")


@rule(
    "profile-agrees",
    on=ROOT,
    severity=Severity.CRITICAL,
    remedy="Say profile drill for drill stacks and production for all others",
)
def profile_agrees(r: Resource) -> Iterator[Outcome]:
    """Stacks that are called drill are judged as drills, and no other."""
    stack = r.urn.split("::")[0].rpartition(":")[2]
    called = stack.startswith("drill-") or "-drill" in stack
    if called is not (r.settings.profile is Profile.DRILL) and stack:
        yield Finding("", "is judged by a profile that its name contradicts")
