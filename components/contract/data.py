"""Files, backups and the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, Output

from components.contract.environment import DUMP_NAME
from components.schema import moment
from components.sections import Backup, DatabaseSource, ObjectsSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsSpec:
    """`restore` is set in a drill: read these, write only to throwaway buckets of the drill's own.

    `state_backend` is the address of this stack's state, which a scheduled export copies (OOB-66).
    """

    backup: Backup
    restore: ObjectsSource | None
    state_backend: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStore:
    """How Mattermost reaches its files: the operator's external store (url, bucket) and the driver's environment.

    The operator knows S3 only. Where the driver is another one, `url` and `bucket` are stand-ins that satisfy it, and `env`
    replaces every variable that it derives from them.
    """

    url: Input[str]
    bucket: Input[str]
    env: Mapping[str, Input[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLocation:
    """A Velero backup location. `plugin` is a name in versions.IMAGES; `read_only` in drills (ADR 0013).

    `credentials` is the content of the file that the plugin reads beside `config`; None where the plugin wants none.
    """

    provider: str
    plugin: str
    bucket: Input[str]
    prefix: str
    config: Mapping[str, Input[str]]
    read_only: bool = False
    credentials: Input[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTarget:
    """An rclone remote called `oob`, given by RCLONE_CONFIG_OOB_* variables; `path` is bucket/prefix without slash at the end."""

    env: Mapping[str, Input[str]]
    path: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsOutputs:
    """Where files and backups lie. `source` is set in a drill: the read-only side that is restored from.

    `source_backups` is in a drill the environment's own target of dumps, read-only; needed where the database is loaded from one.
    `state` is the folder above `.pulumi` where this program's own state lies, read by the scheduled export (OOB-66); None
    where it cannot be reached from here.
    """

    files: FileStore
    velero: BackupLocation
    transfer: TransferTarget
    file_copies: TransferTarget | None = None  # in a drill: the drill's own file bucket as a copy target
    source: TransferTarget | None = None  # in a drill: the environment's file bucket, read-only
    source_backups: TransferTarget | None = None
    state: TransferTarget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSpec:
    name: str
    role: str
    backup: Backup
    restore: DatabaseSource | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminCredential:
    """How a job in the cluster fetches the administrator's credential, so that it never enters this program's state.

    A container of `image` (a name in versions.IMAGES) runs `command` with `env`; it must leave a JSON document with
    the keys `username` and `password` in the file named by the variable CREDENTIAL_FILE.
    """

    image: str
    command: tuple[str, ...]
    env: Mapping[str, Input[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpSource:
    """Which dump of the environment is loaded: the one called `id`, or the newest that began not after `not_after`.

    Dumps are called after the second in which they began, in UTC, like 20261124T020700Z; `not_after` has the same form.
    """

    id: str | None = None
    not_after: str | None = None

    @classmethod
    def of(cls, restore: DatabaseSource) -> DumpSource:
        """What the drill's settings ask for; they name a dump under `snapshot`, or a moment. ValueError for neither."""
        if restore.snapshot is not None:
            return cls(id=restore.snapshot)
        if restore.point_in_time is None:
            raise ValueError("drill.database names neither a snapshot nor a moment")
        return cls(not_after=moment(restore.point_in_time).strftime(DUMP_NAME))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOutputs:
    """A PostgreSQL that refuses plain connections. `trust_pem` are the CA certificates to verify it against.

    `load` is set in a drill whose database the cloud gives empty: the platform then loads this dump into it. None where the
    cloud restores the database itself, and outside a drill.
    """

    host: Output[str]
    reader_host: Output[str] | None
    port: int
    name: str
    role: str
    trust_pem: str
    admin: AdminCredential
    load: DumpSource | None = None
