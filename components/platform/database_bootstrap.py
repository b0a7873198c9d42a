"""The application's role and database, made by a job inside the cluster with the administrator's credential (PREP-86 to 95).

The job's name carries the rotation generation, so a higher one runs it again and the old password stops working (OOB-125).
In a drill the same job gives the restored role the drill's own password; nothing in it can read or change a row of data.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.options import child
from components.platform import jobs, names
from components.platform.connections import DATABASE_SECRET, DATABASE_TRUST, server_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.sections import Size

COMPONENT = "database-bootstrap"
LOCALE = "en_US.UTF-8"  # PREP-86
ADMINISTRATOR_SECRET = "database-administrator"  # noqa: S105 a name: how to fetch the credential, not the credential
CREDENTIAL_FOLDER = "/credential"
TIMEOUT_SECONDS = 900
CONNECTION_LIMITS = {Size.SMALL: 150, Size.MEDIUM: 400, Size.LARGE: 1000}  # of the role, below the server's own (PREP-104)
SCRIPTS = ("bootstrap.sh", "bootstrap_role.sql", "bootstrap_grants.sql", "bootstrap_proof.sql", "credential.py")


def specification(inputs: PlatformInputs, images: Images, script_digest: str) -> jobs.Manifest:
    """Fetch the credential, put it into libpq's form, run the SQL. Each container sees only what it needs."""
    admin, database = inputs.database.admin, inputs.database
    credential = {"credential": CREDENTIAL_FOLDER, "work": jobs.WORK_FOLDER}
    fetched = f"{CREDENTIAL_FOLDER}/administrator.json"
    return jobs.job(
        labels=jobs.pod_labels(inputs.environment, COMPONENT, "database", "https", identity=inputs.grants.bootstrap.pod_labels),
        annotations={"oob.example/scripts": script_digest},
        account=names.BOOTSTRAP_ACCOUNT.name,
        deadline=TIMEOUT_SECONDS - 60,
        retries=4,
        before=[
            jobs.container(
                "fetch-credential",
                images[admin.image].text,
                admin.command,
                env=jobs.variables({"CREDENTIAL_FILE": fetched}),
                mounts=credential,
                remote=ADMINISTRATOR_SECRET,
            ),
            jobs.container(
                "prepare-credential",
                images["python"].text,
                ["python3", "-I", f"{jobs.SCRIPTS_FOLDER}/credential.py"],
                env=jobs.variables({"CREDENTIAL_FILE": fetched}),
                mounts=credential | {"scripts": jobs.SCRIPTS_FOLDER},
            ),
        ],
        containers=[
            jobs.container(
                "bootstrap",
                images["postgres"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/bootstrap.sh"],
                env=jobs.variables(
                    server_variables(database)
                    | {
                        "CREDENTIAL_FOLDER": CREDENTIAL_FOLDER,
                        "ROLE": database.role,
                        "DATABASE": database.name,
                        "LOCALE": LOCALE,
                        "CONNECTION_LIMIT": str(CONNECTION_LIMITS[inputs.environment.size]),
                    },
                    {"ROLE_VERIFIER": (DATABASE_SECRET, "verifier"), "ROLE_PASSWORD": (DATABASE_SECRET, "password")},
                ),
                mounts=credential | {"scripts": jobs.SCRIPTS_FOLDER, "trust": jobs.TRUST_FOLDER},
            )
        ],
        volumes=[
            jobs.scratch_volume("credential", "1Mi", memory=True),
            jobs.scratch_volume(),
            jobs.config_volume("scripts", COMPONENT),
            jobs.config_volume("trust", DATABASE_TRUST),
        ],
    )


class DatabaseBootstrap(ComponentResource):
    """`ready` is the finished job: whoever depends on it finds the role, the database and the grants in place."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:DatabaseBootstrap", name, None, child(parent, depends_on=depends_on))
        labels = jobs.labels(inputs.environment, COMPONENT)
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata={
                "name": names.BOOTSTRAP_ACCOUNT.name,
                "namespace": names.BOOTSTRAP_ACCOUNT.namespace,
                "labels": labels,
                "annotations": dict(inputs.grants.bootstrap.annotations),
            },
            automount_service_account_token=False,
            opts=child(self),
        )
        content = jobs.scripts(*SCRIPTS)
        scripts = kubernetes.core.v1.ConfigMap(
            f"{name}-scripts",
            metadata={"name": COMPONENT, "namespace": names.BACKUP_NAMESPACE, "labels": labels},
            data=content,
            opts=child(self),
        )
        fetching = kubernetes.core.v1.Secret(
            f"{name}-administrator",
            metadata={"name": ADMINISTRATOR_SECRET, "namespace": names.BACKUP_NAMESPACE, "labels": labels},
            string_data=dict(inputs.database.admin.env),
            opts=child(self),
        )
        self.ready = kubernetes.batch.v1.Job(
            f"{name}-job",
            metadata={
                "name": f"{COMPONENT}-{inputs.credentials.generation}",
                "namespace": names.BACKUP_NAMESPACE,
                "labels": labels,
                "annotations": jobs.once(TIMEOUT_SECONDS),
            },
            spec=specification(inputs, images, jobs.fingerprint(content)),
            opts=child(self, depends_on=[account, scripts, fetching, *depends_on]),
        )
        self.register_outputs({})
