"""What must keep coming, and what must not come, by the logs of what was written (OOB-07, OOB-52, OOB-66, OOB-112)."""

from __future__ import annotations

from components.clouds.azure import queries
from components.clouds.azure.alarms import Alarm, Query, Side
from components.clouds.azure.handles import Store
from components.sections import Backup

# Where the platform's jobs write, and the heartbeat's interval; a test holds them against the platform's own.
DUMPS, EXPORTS, HEARTBEAT = "dumps", "exports", "heartbeat"
HEARTBEAT_MINUTES = 5
SLACK_MINUTES = 15  # until a line of a log can be found


def _silence(
    name: str, means: str, first: str, rows: tuple[str, ...], *, store: Store, folder: str, ending: str, minutes: int
) -> Alarm:
    text = queries.count("StorageBlobLogs", queries.written(store.account_name, store.container, folder, ending))
    source = Query(text=text, minutes=2 * minutes + SLACK_MINUTES, side=Side.BELOW, threshold=1, counted=queries.SEEN)
    return Alarm(name=name, means=means, first=first, rows=rows, subject="backup", source=source, running=True)


def happenings(backup: Backup, backups: Store, velero: Store, velero_prefix: str) -> list[Alarm]:
    """Silence of each job that writes, and failures of the vault."""
    return [
        _silence(
            "dump-old",
            "The newest database dump is older than twice its interval.",
            "look at the job dump in the namespace backup.",
            ("OOB-52", "OOB-112", "OOB-67"),
            store=backups,
            folder=DUMPS,
            ending="/manifest.json",
            minutes=backup.dump_interval_minutes,
        ),
        _silence(
            "cluster-backup-old",
            "The newest backup of the cluster's objects is older than twice its interval.",
            "look at Velero's newest backup and at its schedule.",
            ("OOB-50", "OOB-111"),
            store=velero,
            folder=f"{velero_prefix}/backups".lstrip("/"),
            ending="/velero-backup.json",
            minutes=backup.kubernetes_interval_minutes,
        ),
        _silence(
            "export-old",
            "The newest export of configuration and state is older than twice its interval.",
            "look at the export jobs in the namespace backup.",
            ("OOB-66",),
            store=backups,
            folder=EXPORTS,
            ending="/manifest.json",
            minutes=backup.dump_interval_minutes,
        ),
        _silence(
            "heartbeat-silent",
            "The heartbeat is silent: Mattermost takes no post, or stores no file, or the cluster runs no job.",
            "sign in and post something; if that works, look at the job heartbeat in the namespace backup.",
            ("OOB-07", "OOB-124"),
            store=backups,
            folder=HEARTBEAT,
            ending=".json",
            minutes=HEARTBEAT_MINUTES,
        ),
        Alarm(
            name="vault-backup-failed",
            means="A backup of the database into the vault failed.",
            first="read the reason of the job in the Backup vault.",
            rows=("OOB-53", "AWS-94"),
            subject="backup",
            source=Query(
                text=queries.lines("AddonAzureBackupJobs", 'JobStatus in ("Failed", "CompletedWithWarnings")'), minutes=60
            ),
            event=True,
        ),
    ]
