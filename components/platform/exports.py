"""Scheduled export of what a database dump and a cluster backup do not say by themselves (OOB-66).

The server's configuration, its custom resource, the identity provider's settings and this program's state go to the object
store together, with one manifest that names the dump and the cluster backup of the same time (OOB-56). The configuration
can hold secrets that were typed into the console, and the state holds encrypted ones: they lie where the backups lie,
encrypted with the environment's own key, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import IdentityOutputs, ServiceAccount
from components.options import child
from components.platform import dumps, jobs, names
from components.platform.connections import DATABASE_TRUST, TRANSFER_SECRET, remote_variables, role_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.rights import grant, rule

COMPONENT = "export"
PREFIX = "exports"
STATE_SECRET = "state-source"  # noqa: S105 a name
STATE_REMOTE = "STATE"
OFFSET_MINUTES = 37  # when the dump of the hour is done
DEADLINE_SECONDS = 900
ACCOUNT_FOLDER = "/account"
PARTS = f"{jobs.WORK_FOLDER}/parts"
OUT = "out"
IDENTITY_FILE = "identity.json"
SCRATCH = "512Mi"
SCRIPTS = ("export.sh", "export.py", "export_collect.sh", "upload.sh")
INSTALLATION = f"/apis/installation.mattermost.com/v1beta1/namespaces/{names.MATTERMOST_NAMESPACE}/mattermosts/{names.MATTERMOST}"
BACKUPS = f"/apis/velero.io/v1/namespaces/{names.VELERO_NAMESPACE}/backups"


def identity_note(identity: IdentityOutputs | None) -> str:
    """What the manifest says of where sign-in is kept: in the dump, in a file beside it, or with somebody else."""
    if identity is None:
        return "local accounts, in the dump"
    if identity.export is not None:
        return f"a managed service, its settings in {IDENTITY_FILE}"
    return "kept by the provider given in the stack"


def specification(inputs: PlatformInputs, images: Images, script_digest: str) -> jobs.Manifest:
    """One pod: configuration, cluster, identity provider, stores, manifest, copy. Each container knows one secret at most."""
    common = {"work": jobs.WORK_FOLDER, "scripts": jobs.SCRIPTS_FOLDER}
    python = ["python3", "-I", f"{jobs.SCRIPTS_FOLDER}/export.py"]
    needs = jobs.resources(scratch=SCRATCH)
    identity, state = inputs.identity, inputs.objects.state
    before = [
        jobs.container(
            "configuration",
            images["postgres"].text,
            ["sh", f"{jobs.SCRIPTS_FOLDER}/export.sh"],
            env=[*role_variables(inputs.database), *jobs.variables({"PARTS": PARTS})],
            mounts=common | {"trust": jobs.TRUST_FOLDER},
            needs=needs,
        ),
        jobs.container(
            "cluster",
            images["python"].text,
            [*python, "cluster"],
            env=jobs.variables(
                {
                    "PARTS": PARTS,
                    "ACCOUNT_FOLDER": ACCOUNT_FOLDER,
                    "KUBERNETES_URL": "https://kubernetes.default.svc",
                    "INSTALLATION": INSTALLATION,
                    "BACKUPS": BACKUPS,
                }
            ),
            mounts=common | {"account": ACCOUNT_FOLDER},
            read_only=("scripts", "account"),
            needs=needs,
        ),
    ]
    if identity is not None and identity.export is not None:
        fetch = identity.export
        before.append(
            jobs.container(
                "identity",
                images[fetch.image].text,
                fetch.command,
                env=jobs.variables({"EXPORT_FILE": f"{PARTS}/{IDENTITY_FILE}", **fetch.env}),
                mounts=common,
                needs=needs,
            )
        )
    collect = jobs.container(
        "collect",
        images["rclone"].text,
        ["sh", f"{jobs.SCRIPTS_FOLDER}/export_collect.sh"],
        env=jobs.variables({"PARTS": PARTS, "DUMPS": dumps.PREFIX, "PROJECT": pulumi.get_project()}),
        mounts=common,
        needs=needs,
        remote=TRANSFER_SECRET,
    )
    if state is not None:
        collect["envFrom"].append({"secretRef": {"name": STATE_SECRET}})
    before += [
        collect,
        jobs.container(
            "manifest",
            images["python"].text,
            [*python, "manifest"],
            env=jobs.variables(
                {
                    "PARTS": PARTS,
                    "OUT": f"{jobs.WORK_FOLDER}/{OUT}",
                    "STACK": inputs.environment.labels.stack,
                    "IDENTITY": identity_note(identity),
                }
            ),
            mounts=common,
            needs=needs,
        ),
    ]
    work = jobs.job(
        labels=jobs.pod_labels(
            inputs.environment,
            COMPONENT,
            "database",
            "https",
            "kubernetes",
            identity=inputs.grants.transfer.pod_labels,
        ),
        annotations={"oob.example/scripts": script_digest},
        account=names.TRANSFER_ACCOUNT.name,
        deadline=DEADLINE_SECONDS,
        before=before,
        containers=[
            jobs.container(
                "copy",
                images["rclone"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/upload.sh"],
                env=jobs.variables({"WORK": jobs.WORK_FOLDER, "FOLDER": OUT, "PREFIX": PREFIX}),
                mounts=common,
                needs=needs,
                remote=TRANSFER_SECRET,
            )
        ],
        volumes=[
            jobs.scratch_volume(size=SCRATCH),
            jobs.config_volume("scripts", COMPONENT),
            jobs.config_volume("trust", DATABASE_TRUST),
            jobs.token_volume("account"),
        ],
    )
    interval = inputs.stack.backup.dump_interval_minutes
    return jobs.cron_job(jobs.cron(interval, OFFSET_MINUTES), work, jobs.labels(inputs.environment, COMPONENT))


class Exports(ComponentResource):
    """The CronJob `export` in the backup namespace. Objects: exports/<year>/<month>/<day>/<id>/."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Exports", name, None, child(parent, depends_on=depends_on))
        labels = jobs.labels(inputs.environment, COMPONENT)
        metadata: jobs.Manifest = {"name": COMPONENT, "namespace": names.BACKUP_NAMESPACE, "labels": labels}
        account: ServiceAccount = names.TRANSFER_ACCOUNT
        content = jobs.scripts(*SCRIPTS)
        needed: list[Resource] = [
            kubernetes.core.v1.ConfigMap(f"{name}-scripts", metadata=metadata, data=content, opts=child(self)),
            *grant(
                self,
                f"{name}-installation",
                "export-installation",
                account,
                [rule("installation.mattermost.com", ["mattermosts"], ["get"], [names.MATTERMOST])],
                labels,
                namespace=names.MATTERMOST_NAMESPACE,
            ),
            *grant(
                self,
                f"{name}-backups",
                "export-backups",
                account,
                [rule("velero.io", ["backups"], ["list"])],
                labels,
                namespace=names.VELERO_NAMESPACE,
            ),
        ]
        if inputs.objects.state is not None:
            needed.append(
                kubernetes.core.v1.Secret(
                    f"{name}-state",
                    metadata=metadata | {"name": STATE_SECRET},
                    string_data=remote_variables(inputs.objects.state, STATE_REMOTE),
                    opts=child(self),
                )
            )
        kubernetes.batch.v1.CronJob(
            f"{name}-schedule",
            metadata=metadata,
            spec=specification(inputs, images, jobs.fingerprint(content)),
            opts=child(self, depends_on=[*needed, *depends_on]),
        )
        self.register_outputs({})
