"""How databases run: logs, watching, zones, updates, sign-in, TLS. Facts: FSBP RDS; RDS User Guide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.model import Finding, Level, Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.values import (
    UNKNOWN,
    Value,
    asked,
    is_true,
    listed,
    negated,
    number,
    one_of,
    present,
    services_key,
)
from policies.rules.aws.rds import CLUSTER, INSTANCE, MEMBER
from policies.settings import Profile

# log_fdw could read files of the host before these (AWS-2022-004, by major version).
_LOG_FDW = {
    "postgres": {9: (9, 6, 22), 10: (10, 17), 11: (11, 12), 12: (12, 7), 13: (13, 3)},
    "aurora-postgresql": {10: (10, 14), 11: (11, 9), 12: (12, 4)},
}


@rule(
    "rds-logs-exported",
    on=(CLUSTER, INSTANCE),
    severity=Severity.MEDIUM,
    frameworks=("FSBP RDS.9", "FSBP RDS.36", "FSBP RDS.37", "NIST 800-53 AU-2"),
    remedy="List the engine's logs in enabledCloudwatchLogsExports",
    profile=Profile.PRODUCTION,
)
def logs_exported(r: Resource) -> Iterator[Outcome]:
    """The engine's logs leave the machine."""
    yield from must_have(r, "enabledCloudwatchLogsExports", "is not given")


@rule(
    "rds-insights",
    on=(INSTANCE, MEMBER),
    severity=Severity.LOW,
    remedy="Set performanceInsightsEnabled to true",
    level=Level.ADVISORY,
)
def insights(r: Resource) -> Iterator[Outcome]:
    """Load can be explained afterwards."""
    yield from must(r, "performanceInsightsEnabled", is_true, "is off")


@rule(
    "rds-insights-own-key",
    on=(INSTANCE, MEMBER),
    severity=Severity.LOW,
    remedy="Set performanceInsightsKmsKeyId to a key of this stack",
)
def insights_own_key(r: Resource) -> Iterator[Outcome]:
    """Recorded queries are encrypted with a key of our own."""
    if not present(r.at("performanceInsightsKmsKeyId")):
        on = asked(is_true, r.at("performanceInsightsEnabled"))
        yield from bad_if(on, "performanceInsightsKmsKeyId", "is not given")
    yield from must_not(r, "performanceInsightsKmsKeyId", services_key, "is the service's key")


MONITORING_SECONDS = (1, 5, 10, 15, 30, 60)


@rule(
    "rds-enhanced-monitoring",
    on=(INSTANCE, MEMBER),
    severity=Severity.LOW,
    frameworks=("FSBP RDS.6",),
    remedy="Set monitoringInterval to 60 seconds or less, and monitoringRoleArn",
    profile=Profile.PRODUCTION,
)
def enhanced_monitoring(r: Resource) -> Iterator[Outcome]:
    """The host of the database is measured."""
    yield from must(r, "monitoringInterval", lambda v: number(v) in MONITORING_SECONDS, "is off, or no interval of the service")


@rule(
    "rds-multi-zone",
    on=INSTANCE,
    severity=Severity.MEDIUM,
    frameworks=("FSBP RDS.5",),
    remedy="Set multiAz to true",
    profile=Profile.PRODUCTION,
)
def multi_zone(r: Resource) -> Iterator[Outcome]:
    """A single instance has a standby in another zone."""
    yield from must(r, "multiAz", is_true, "is off")


@rule(
    "rds-tags-on-snapshots",
    on=(CLUSTER, INSTANCE),
    severity=Severity.LOW,
    frameworks=("FSBP RDS.16", "FSBP RDS.17"),
    remedy="Set copyTagsToSnapshot to true",
)
def tags_on_snapshots(r: Resource) -> Iterator[Outcome]:
    """Snapshots carry the tags by which they are found and cleaned up."""
    yield from must(r, "copyTagsToSnapshot", is_true, "is off")


@rule(
    "rds-minor-upgrades",
    on=(INSTANCE, MEMBER),
    severity=Severity.MEDIUM,
    frameworks=("FSBP RDS.13", "NIST 800-53 SI-2"),
    remedy="Set autoMinorVersionUpgrade to true",
)
def minor_upgrades(r: Resource) -> Iterator[Outcome]:
    """Fixes of the engine are installed in the maintenance window."""
    yield from must(r, "autoMinorVersionUpgrade", is_true, "is not stated")


@rule(
    "rds-engine-not-vulnerable",
    on=(CLUSTER, INSTANCE),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SI-2",),
    remedy="Upgrade the engine to a version with the fix of log_fdw",
)
def engine_not_vulnerable(r: Resource) -> Iterator[Outcome]:
    """PostgreSQL is not one of the versions whose log_fdw could read the host's files."""
    engine, version = r.at("engine"), r.at("engineVersion")
    if engine is UNKNOWN or version is UNKNOWN:
        yield from bad_if(UNKNOWN, "engineVersion", "")
    elif isinstance(engine, str) and isinstance(version, (str, int, float)) and (fixed := _LOG_FDW.get(engine)):
        parts = tuple(int(part) for part in re.findall(r"\d+", str(version)))
        least = fixed.get(parts[0], ()) if parts else ()
        # A version that names less than the fix does stands for the newest of its kind: 13 is 13.x of today.
        if parts < least and parts != least[: len(parts)]:
            yield Finding("engineVersion", "has a known hole in log_fdw")


@rule(
    "rds-current-authority",
    on=(INSTANCE, MEMBER),
    severity=Severity.MEDIUM,
    remedy="Set caCertIdentifier to rds-ca-rsa2048-g1 or newer",
)
def current_authority(r: Resource) -> Iterator[Outcome]:
    """The server's certificate comes from an authority that has not expired."""
    yield from must_not(r, "caCertIdentifier", one_of("rds-ca-2015", "rds-ca-2019"), "names an authority that has expired")


@rule(
    "rds-own-administrator",
    on=(CLUSTER, INSTANCE),
    severity=Severity.LOW,
    frameworks=("FSBP RDS.24", "FSBP RDS.25"),
    remedy="Choose masterUsername yourself",
)
def own_administrator(r: Resource) -> Iterator[Outcome]:
    """The administrator is not called as everybody guesses."""
    yield from must_not(
        r, "masterUsername", one_of("postgres", "admin", "root", "administrator"), "is the first guess of everybody"
    )


@rule(
    "rds-password-managed",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-5",),
    remedy="Set manageMasterUserPassword to true and leave masterPassword out",
)
def password_managed(r: Resource) -> Iterator[Outcome]:
    """The administrator's password is made and rotated by the service."""
    restored = ("snapshotIdentifier", "restoreToPointInTime", "replicationSourceIdentifier", "globalClusterIdentifier")
    if any(present(r.at(path)) for path in restored) and not present(r.at("masterPassword")):
        return
    yield from must(r, "manageMasterUserPassword", is_true, "is off")


PARAMETERS = ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/parameterGroup:ParameterGroup")


def parameter(r: Resource, name: str) -> Value:
    """The value of a database parameter in a parameter group; None when the group leaves it at its default."""
    given = r.at("parameters")
    if given is UNKNOWN:
        return UNKNOWN
    for one in listed(given):
        if one is UNKNOWN:
            return UNKNOWN
        if isinstance(one, dict):
            key = one.get("name")
            if key is UNKNOWN:
                return UNKNOWN
            if key == name:
                return one.get("value")
    return None


@rule(
    "rds-tls-forced",
    on=PARAMETERS[0],
    severity=Severity.HIGH,
    frameworks=("FSBP RDS.38", "NIST 800-53 SC-8"),
    remedy="Set the parameter rds.force_ssl to 1",
)
def tls_forced(r: Resource) -> Iterator[Outcome]:
    """The cluster refuses connections without TLS."""
    family = r.at("family")
    if isinstance(family, str) and "postgres" not in family:
        return
    yield from bad_if(negated(asked(is_true, parameter(r, "rds.force_ssl"))), "parameters", "does not set rds.force_ssl to 1")
