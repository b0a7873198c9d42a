"""How long objects and their former versions are kept, and where (OOB-89's twin, PREP-99). Plain values.

Object lock is stronger than any rule here: a locked version stays until its lock ends, and is then removed by the next run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.sections import Backup

if TYPE_CHECKING:
    from pulumi_aws.s3 import BucketLifecycleConfigurationRuleArgsDict as Rule

UNFINISHED_DAYS = 7
INFREQUENT_DAYS = 30  # the earliest that S3 moves to STANDARD_IA
ARCHIVE_MINIMUM_DAYS = 90  # GLACIER_IR is billed for as long, even if an object goes sooner
LOG_DAYS = 365  # OOB-122
OUR_PREFIXES = ("dumps/", "exports/", "heartbeat/")  # what the jobs write; below velero/ Velero itself decides what goes


def files(backup: Backup) -> list[Rule]:
    """Mattermost's files: what is current stays; what was removed or replaced can be brought back as long as an archive lives."""
    return [unfinished(), _former_versions(backup.archive_days, infrequent=True)]


def backups(backup: Backup) -> list[Rule]:
    """Backups: cheaper storage after a month, gone with the archive; what Velero let go can be brought back for a while."""
    kept = max(backup.retention_days, backup.lock_days)
    return [unfinished(), _former_versions(kept), *(_archive(prefix, backup.archive_days) for prefix in OUR_PREFIXES)]


def logs() -> list[Rule]:
    """Logs: a year, then gone."""
    return [
        unfinished(),
        _former_versions(INFREQUENT_DAYS),
        {
            "id": "logs",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "transitions": [{"days": INFREQUENT_DAYS, "storage_class": "STANDARD_IA"}],
            "expiration": {"days": LOG_DAYS},
        },
    ]


def unfinished() -> Rule:
    """Parts of uploads that were never finished go after a week."""
    return {
        "id": "unfinished-uploads",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_DAYS},
    }


def _former_versions(days: int, *, infrequent: bool = False) -> Rule:
    """Former versions go after `days`, and with the last of them the mark that the object was deleted."""
    rule: Rule = {
        "id": "former-versions",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "noncurrent_version_expiration": {"noncurrent_days": days},
        "expiration": {"expired_object_delete_marker": True},
    }
    if infrequent and days > INFREQUENT_DAYS:
        rule["noncurrent_version_transitions"] = [{"noncurrent_days": INFREQUENT_DAYS, "storage_class": "STANDARD_IA"}]
    return rule


def _archive(prefix: str, days: int) -> Rule:
    """Kept for `days`. GLACIER_IR answers at once, so that an old dump is restored like a new one."""
    rule: Rule = {
        "id": f"archive-{prefix.rstrip('/')}",
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "expiration": {"days": days},
    }
    if days >= INFREQUENT_DAYS + ARCHIVE_MINIMUM_DAYS:
        rule["transitions"] = [{"days": INFREQUENT_DAYS, "storage_class": "GLACIER_IR"}]
    return rule
