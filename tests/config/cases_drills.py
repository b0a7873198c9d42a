"""Rules on drills: what they must refuse and what they must let pass."""

from __future__ import annotations

from tests.config.cases import DRILL, SMTP, SMTP_SECRETS, Case, passes, refused
from tests.config.made_up import REMOVED

DRILLS: tuple[Case, ...] = (
    refused("block_and_mode", {"drill": REMOVED}, ("drill", "mode is 'drill'", "give a block"), of=DRILL),
    refused("block_and_mode", {"mode": "live"}, ("drill", "mode is 'live'", "remove this block"), of=DRILL),
    passes("block_and_mode", {}, of=DRILL),
    refused(
        "ends_soon",
        {"drill.expires": "2026-12-09"},
        ("drill.expires", "2026-12-09 is not within 14 days of drill.created 2026-11-24", "2026-12-08"),
        of=DRILL,
    ),
    refused("ends_soon", {"drill.expires": "2026-11-23"}, ("drill.expires", "2026-11-23", "2026-11-24 to"), of=DRILL),
    passes("ends_soon", {"drill.expires": "2026-11-24"}, of=DRILL),
    refused(
        "one_database_source",
        {"drill.database.snapshot": "weekly"},
        ("drill.database.snapshot", "'weekly' is given besides cluster", "either snapshot"),
        of=DRILL,
    ),
    refused("one_database_source", {"drill.database": {}}, ("drill.database", "names nothing to restore", "snapshot"), of=DRILL),
    refused(
        "one_database_source",
        {"drill.database.cluster": REMOVED},
        ("drill.database.cluster", "required besides pointInTime", "cluster to restore"),
        of=DRILL,
    ),
    refused(
        "one_database_source",
        {"drill.database.pointInTime": REMOVED},
        ("drill.database.pointInTime", "required besides cluster", "moment"),
        of=DRILL,
    ),
    passes("one_database_source", {"drill.database": {"snapshot": "weekly"}}, of=DRILL),
    refused(
        "sources_lie_before",
        {"drill.objects.asOf": "2026-11-25T00:00:00Z"},
        ("drill.objects.asOf", "'2026-11-25T00:00:00Z' lies after drill.created 2026-11-24", "before the drill"),
        of=DRILL,
    ),
    refused(
        "sources_lie_before",
        {"drill.database.pointInTime": "2026-10-19T23:59:59Z"},
        ("drill.database.pointInTime", "lies 36 days before drill.created", "later moment"),
        of=DRILL,
    ),
    passes("sources_lie_before", {"drill.database.pointInTime": "2026-10-20T00:00:00Z"}, of=DRILL),
    refused(
        "files_are_not_older",
        {"drill.objects.asOf": "2026-11-24T02:59:59Z"},
        ("drill.objects.asOf", "is before drill.database.pointInTime '2026-11-24T03:00:00Z'", "later one"),
        of=DRILL,
    ),
    passes("files_are_not_older", {"drill.objects.asOf": "2026-11-24T03:00:00Z"}, of=DRILL),
    refused(
        "sources_are_no_drills",
        {
            "drill.database.cluster": "drill-q3-database",
            "drill.objects.files": "drill-q3-files",
            "drill.objects.backups": "drill-q3-b",
        },
        ("drill.database.cluster", "'drill-q3-database' belongs to a drill", "environment itself"),
        ("drill.objects.files", "'drill-q3-files' belongs to a drill", "environment itself"),
        ("drill.objects.backups", "'drill-q3-b' belongs to a drill", "environment itself"),
        of=DRILL,
    ),
    passes("sources_are_no_drills", {"drill.database.cluster": "oob-drills-for-ever"}, of=DRILL),
    refused(
        "nothing_locks",
        {"backup.vaultLock": True, "backup.objectLock": "governance"},
        ("backup.vaultLock", "true, which no drill may", "remove it"),
        ("backup.objectLock", "'governance', which would stop the drill's destroy", "none"),
        of=DRILL,
    ),
    passes("nothing_locks", {"backup.vaultLock": True}),
    refused(
        "sealed",
        {"egress.mode": "nat", "smtp": SMTP},
        ("egress.mode", "'nat' opens the way to the whole internet", "'filtered'"),
        ("smtp", "a drill sends no mail", "remove this block"),
        of=DRILL,
        secrets=SMTP_SECRETS,
    ),
    passes("sealed", {"egress.mode": "nat"}),
)
