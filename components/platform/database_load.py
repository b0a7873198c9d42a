"""A drill's database from a dump, for clouds whose own restore would not be apart from its source.

The cloud gives an empty server and says which dump. After the bootstrap has made role and database, one job finds the dump in
the environment's own backups, which it may only read, compares it with the digest in its manifest, loads it as the application's
role in one transaction, and compares versions, migrations and rows with the manifest. It asks nothing of the environment itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import DumpSource
from components.options import child
from components.platform import dumps, jobs, names
from components.platform.connections import DATABASE_TRUST, remote_variables, role_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs

COMPONENT = "database-load"
SOURCE_SECRET = "database-load"  # noqa: S105 a name: where the dumps are
SCRIPTS = ("load_fetch.sh", "load.sh", "load.sql", "verify_dump.sh")
TIMEOUT_SECONDS = 6 * 3600


def chosen(source: DumpSource) -> dict[str, str]:
    """How the script is told which dump. ValueError unless exactly one of the two is given."""
    if (source.id is None) == (source.not_after is None):
        raise ValueError("a dump is chosen by its id or by a moment, not by both or neither")
    return {"DUMP_ID": source.id} if source.id is not None else {"NOT_AFTER": source.not_after or ""}


def specification(
    inputs: PlatformInputs, images: Images, source: DumpSource, source_stack: str, script_digest: str
) -> jobs.Manifest:
    """Fetch and verify, then load and compare. The first container is told where dumps are, the second the password."""
    common = {"work": jobs.WORK_FOLDER, "scripts": jobs.SCRIPTS_FOLDER}
    scratch = dumps.SCRATCH[inputs.environment.size]
    needs = jobs.resources(cpu="250m", memory="256Mi", limit="1Gi", scratch=scratch)
    place = {"WORK": jobs.WORK_FOLDER}
    return jobs.job(
        labels=jobs.pod_labels(inputs.environment, COMPONENT, "database", "https", identity=inputs.grants.transfer.pod_labels),
        annotations={"oob.example/scripts": script_digest},
        account=names.TRANSFER_ACCOUNT.name,
        deadline=TIMEOUT_SECONDS - 300,
        before=[
            jobs.container(
                "fetch",
                images["rclone"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/load_fetch.sh"],
                env=jobs.variables(place | {"PREFIX": dumps.PREFIX, "SOURCE_STACK": source_stack} | chosen(source)),
                mounts=common,
                needs=needs,
                remote=SOURCE_SECRET,
            )
        ],
        containers=[
            jobs.container(
                "load",
                images["postgres"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/load.sh"],
                env=[*role_variables(inputs.database), *jobs.variables(place | {"ENVIRONMENT": inputs.environment.name})],
                mounts=common | {"trust": jobs.TRUST_FOLDER},
                needs=needs,
            )
        ],
        volumes=[
            jobs.scratch_volume(size=scratch),
            jobs.config_volume("scripts", COMPONENT),
            jobs.config_volume("trust", DATABASE_TRUST),
        ],
    )


class DatabaseLoad(ComponentResource):
    """`ready` is the finished job: the database holds what the dump's manifest says. Only in a drill.

    `depends_on` must hold the finished database bootstrap. ValueError outside a drill, or without a place to read dumps from.
    """

    def __init__(
        self,
        name: str,
        inputs: PlatformInputs,
        images: Images,
        source: DumpSource,
        parent: Resource,
        *,
        depends_on: Sequence[Resource] = (),
    ) -> None:
        super().__init__("oob:platform:DatabaseLoad", name, None, child(parent, depends_on=depends_on))
        drill, place = inputs.stack.drill, inputs.objects.source_backups
        if drill is None or not inputs.environment.disposable:
            raise ValueError("only a drill loads a dump")
        if place is None:
            raise ValueError("a dump is to be loaded, and no place to read it from is given")
        content = jobs.scripts(*SCRIPTS)
        metadata: jobs.Manifest = {
            "name": COMPONENT,
            "namespace": names.BACKUP_NAMESPACE,
            "labels": jobs.labels(inputs.environment, COMPONENT),
        }
        made: list[Resource] = [
            kubernetes.core.v1.ConfigMap(f"{name}-scripts", metadata=metadata, data=content, opts=child(self)),
            kubernetes.core.v1.Secret(
                f"{name}-source",
                metadata=metadata | {"name": SOURCE_SECRET},
                string_data=remote_variables(place),
                opts=child(self),
            ),
        ]
        self.ready: Resource = kubernetes.batch.v1.Job(
            f"{name}-job",
            metadata=metadata | {"annotations": jobs.once(TIMEOUT_SECONDS)},
            spec=specification(inputs, images, source, drill.source_stack, jobs.fingerprint(content)),
            opts=child(self, depends_on=[*made, *depends_on]),
        )
        self.register_outputs({})
