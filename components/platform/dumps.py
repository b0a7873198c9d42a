"""Logical backups on a schedule: pg_dump and a manifest of the same moment, copied to the object store, read back (OOB-52)."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.options import child
from components.platform import jobs, names
from components.platform.connections import DATABASE_TRUST, TRANSFER_SECRET, role_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.sections import Size

COMPONENT = "dump"
PREFIX = "dumps"
SCRIPTS = ("dump.sh", "dump.sql", "upload.sh")
OFFSET_MINUTES = 7  # after the whole hour, when everything else in the world starts too
SCRATCH = {Size.SMALL: "4Gi", Size.MEDIUM: "10Gi", Size.LARGE: "25Gi"}  # a compressed dump; nodes have room for one
MINIMUM_DEADLINE = 15 * 60
MAXIMUM_DEADLINE = 6 * 3600


def deadline(interval_minutes: int) -> int:
    """Seconds that one dump may take: until the next is due, within reason. A slower one fails, and the alarm says so."""
    return min(max(jobs.period(interval_minutes) * 60, MINIMUM_DEADLINE), MAXIMUM_DEADLINE)


def specification(inputs: PlatformInputs, images: Images, script_digest: str) -> jobs.Manifest:
    """A repeated job of two steps: dump with the role's own rights, then copy. Only the first knows a password."""
    size, interval = inputs.environment.size, inputs.stack.backup.dump_interval_minutes
    common = {"work": jobs.WORK_FOLDER, "scripts": jobs.SCRIPTS_FOLDER}
    needs = jobs.resources(cpu="250m", memory="256Mi", limit="1Gi", scratch=SCRATCH[size])
    work = jobs.job(
        labels=jobs.pod_labels(inputs.environment, COMPONENT, "database", "https", identity=inputs.grants.transfer.pod_labels),
        annotations={"oob.example/scripts": script_digest},
        account=names.TRANSFER_ACCOUNT.name,
        deadline=deadline(interval),
        before=[
            jobs.container(
                "dump",
                images["postgres"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/dump.sh"],
                env=[
                    *role_variables(inputs.database),
                    *jobs.variables({"WORK": jobs.WORK_FOLDER, "STACK": inputs.environment.labels.stack}),
                ],
                mounts=common | {"trust": jobs.TRUST_FOLDER},
                needs=needs,
            )
        ],
        containers=[
            jobs.container(
                "upload",
                images["rclone"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/upload.sh"],
                env=jobs.variables({"WORK": jobs.WORK_FOLDER, "FOLDER": "dump", "PREFIX": PREFIX}),
                mounts=common,
                needs=needs,
                remote=TRANSFER_SECRET,
            )
        ],
        volumes=[
            jobs.scratch_volume(size=SCRATCH[size]),
            jobs.config_volume("scripts", COMPONENT),
            jobs.config_volume("trust", DATABASE_TRUST),
        ],
    )
    return jobs.cron_job(jobs.cron(interval, OFFSET_MINUTES), work, jobs.labels(inputs.environment, COMPONENT))


class Dumps(ComponentResource):
    """The CronJob `dump` in the backup namespace. Objects: dumps/<year>/<month>/<day>/<id>/{database.dump,manifest.json}."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Dumps", name, None, child(parent, depends_on=depends_on))
        labels = jobs.labels(inputs.environment, COMPONENT)
        metadata: jobs.Manifest = {"name": COMPONENT, "namespace": names.BACKUP_NAMESPACE, "labels": labels}
        content = jobs.scripts(*SCRIPTS)
        scripts = kubernetes.core.v1.ConfigMap(f"{name}-scripts", metadata=metadata, data=content, opts=child(self))
        kubernetes.batch.v1.CronJob(
            f"{name}-schedule",
            metadata=metadata,
            spec=specification(inputs, images, jobs.fingerprint(content)),
            opts=child(self, depends_on=[scripts, *depends_on]),
        )
        self.register_outputs({})
