"""A daily look at how long the servers' licence still runs; a failed look becomes the alert LicenceEnding (PREP-04).

The server has no metric of it, and tells the date to administrators only. So the job reads the licence that is active in the
database: one that was uploaded in the System Console counts there, and a newer one in the stack file does not until then.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.options import child
from components.platform import jobs, names
from components.platform.connections import DATABASE_TRUST, role_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs

COMPONENT = "licence"
SCRIPTS = ("licence.sh", "licence.sql")
WARNING_DAYS = 30
OFFSET_MINUTES = 23
DEADLINE_SECONDS = 300


def specification(inputs: PlatformInputs, images: Images, script_digest: str) -> jobs.Manifest:
    """A repeated job of one step with the application's role; without a cloud identity."""
    work = jobs.job(
        labels=jobs.pod_labels(inputs.environment, COMPONENT, "database"),
        annotations={"oob.example/scripts": script_digest},
        account="default",
        deadline=DEADLINE_SECONDS,
        containers=[
            jobs.container(
                COMPONENT,
                images["postgres"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/licence.sh"],
                env=[*role_variables(inputs.database), *jobs.variables({"DAYS": str(WARNING_DAYS)})],
                mounts={"work": jobs.WORK_FOLDER, "scripts": jobs.SCRIPTS_FOLDER, "trust": jobs.TRUST_FOLDER},
            )
        ],
        volumes=[
            jobs.scratch_volume(),
            jobs.config_volume("scripts", COMPONENT),
            jobs.config_volume("trust", DATABASE_TRUST),
        ],
    )
    return jobs.cron_job(jobs.cron(jobs.DAY_MINUTES, OFFSET_MINUTES), work, jobs.labels(inputs.environment, COMPONENT))


class LicenceWatch(ComponentResource):
    """The CronJob `licence` in the backup namespace, where the application's role is known to jobs."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:LicenceWatch", name, None, child(parent, depends_on=depends_on))
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
