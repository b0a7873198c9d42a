"""The heartbeat: every five minutes a signed marker into each store, so that a drill can say what was lost (ADR 0012).

The bot is a Mattermost bot account: bots are exempt from the server's second factor, and their tokens work without opening
tokens to people. The accounts sidecar lets the server make the token; a job reads it from the database when it needs it, so
it is never in this program's state. A marker is signed with a key that the database does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.options import child
from components.platform import jobs, names
from components.platform.certificates import AUTHORITY_TRUST
from components.platform.connections import DATABASE_TRUST, TRANSFER_SECRET, role_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.sizes import replicas

COMPONENT = "heartbeat"
BOT = "oob-heartbeat"
CHANNEL = "oob-heartbeat"
MARKER = "oob-heartbeat"  # the ConfigMap
PREFIX = "heartbeat"
SECRET = "heartbeat"  # noqa: S105 a name
INTERVAL_MINUTES = 5  # well below the least loss of data that is aimed at
DEADLINE_SECONDS = 240
SCRIPTS = ("heartbeat.py", "heartbeat_token.sh", "upload.sh")
SECRETS_FOLDER = "/credential"
APPLICATION_TRUST = "/application"
ACCOUNT_FOLDER = "/account"
TOKEN_FILE = f"{SECRETS_FOLDER}/token"
MARKER_FILE = f"{jobs.WORK_FOLDER}/marker.json"


def token_description(generation: int) -> str:
    """The name of the bot's token; a higher generation makes another and ends this one (OOB-125)."""
    return f"heartbeat, generation {generation}"


def key_id(generation: int) -> str:
    return f"generation-{generation}"


def specification(inputs: PlatformInputs, images: Images, script_digest: str) -> jobs.Manifest:
    """Read the token, post, then side by side: copy the manifest, mark the ConfigMap. Each container knows one secret."""
    environment, generation = inputs.environment, inputs.credentials.generation
    common = {"work": jobs.WORK_FOLDER, "scripts": jobs.SCRIPTS_FOLDER}
    script = ["python3", "-I", f"{jobs.SCRIPTS_FOLDER}/heartbeat.py"]
    before = [
        jobs.container(
            "token",
            images["postgres"].text,
            ["sh", f"{jobs.SCRIPTS_FOLDER}/heartbeat_token.sh"],
            env=[
                *role_variables(inputs.database),
                *jobs.variables({"BOT": BOT, "DESCRIPTION": token_description(generation), "TOKEN_FILE": TOKEN_FILE}),
            ],
            mounts=common | {"credential": SECRETS_FOLDER, "trust": jobs.TRUST_FOLDER},
        ),
        jobs.container(
            "post",
            images["python"].text,
            [*script, "post"],
            env=jobs.variables(
                {
                    "KEY_ID": key_id(generation),
                    "STACK": environment.labels.stack,
                    "INTERVAL_SECONDS": str(INTERVAL_MINUTES * 60),
                    "TOKEN_FILE": TOKEN_FILE,
                    "MATTERMOST_URL": f"https://{names.WEB_HOST}:{names.APP_PORT}",
                    "MATTERMOST_TRUST": f"{APPLICATION_TRUST}/ca.pem",
                    "TEAM": inputs.stack.mattermost.teams[0],
                    "CHANNEL": CHANNEL,
                    "OUT": f"{jobs.WORK_FOLDER}/out",
                    "MARKER_FILE": MARKER_FILE,
                },
                {"HEARTBEAT_KEY": (SECRET, "key")},
            ),
            mounts=common | {"credential": SECRETS_FOLDER, "application": APPLICATION_TRUST},
            read_only=("scripts", "credential", "application"),
        ),
    ]
    after = [
        jobs.container(
            "copy",
            images["rclone"].text,
            ["sh", f"{jobs.SCRIPTS_FOLDER}/upload.sh"],
            env=jobs.variables({"WORK": jobs.WORK_FOLDER, "FOLDER": "out", "PREFIX": PREFIX}),
            mounts=common,
            remote=TRANSFER_SECRET,
        ),
        jobs.container(
            "mark",
            images["python"].text,
            [*script, "mark"],
            env=[
                *jobs.variables(
                    {
                        "ACCOUNT_FOLDER": ACCOUNT_FOLDER,
                        "KUBERNETES_URL": "https://kubernetes.default.svc",
                        "NAMESPACE": names.BACKUP_NAMESPACE,
                        "CONFIG_MAP": MARKER,
                        "MARKER_FILE": MARKER_FILE,
                    }
                ),
                {"name": "RUN", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            ],
            mounts=common | {"account": ACCOUNT_FOLDER},
            read_only=("scripts", "account"),
        ),
    ]
    work = jobs.job(
        labels=jobs.pod_labels(
            environment,
            COMPONENT,
            "database",
            "https",
            "mattermost",
            "kubernetes",
            identity=inputs.grants.transfer.pod_labels,
        ),
        annotations={"oob.example/scripts": script_digest},
        account=names.TRANSFER_ACCOUNT.name,
        deadline=DEADLINE_SECONDS,
        retries=1,
        before=before,
        containers=after,
        volumes=[
            jobs.scratch_volume(),
            jobs.scratch_volume("credential", "1Mi", memory=True),
            jobs.config_volume("scripts", COMPONENT),
            jobs.config_volume("trust", DATABASE_TRUST),
            jobs.config_volume("application", AUTHORITY_TRUST),
            jobs.token_volume("account"),
        ],
    )
    # With no server running nothing can be posted, and a job that must fail would hide one that should not.
    idle = replicas(environment, inputs.stack.mattermost) == 0
    return jobs.cron_job(jobs.cron(INTERVAL_MINUTES), work, jobs.labels(environment, COMPONENT), suspend=idle)


def marker_rules() -> list[jobs.Manifest]:
    """The one ConfigMap, and nothing else."""
    return [{"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [MARKER], "verbs": ["get", "patch"]}]


class Heartbeat(ComponentResource):
    """The CronJob `heartbeat` and the ConfigMap `oob-heartbeat` in the backup namespace. Never in a drill."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Heartbeat", name, None, child(parent, depends_on=depends_on))
        labels = jobs.labels(inputs.environment, COMPONENT)
        metadata: jobs.Manifest = {"name": COMPONENT, "namespace": names.BACKUP_NAMESPACE, "labels": labels}
        content = jobs.scripts(*SCRIPTS)
        scripts = kubernetes.core.v1.ConfigMap(f"{name}-scripts", metadata=metadata, data=content, opts=child(self))
        key = kubernetes.core.v1.Secret(
            f"{name}-key",
            metadata=metadata | {"name": SECRET, "labels": labels | jobs.NOT_BACKED_UP},  # it vouches for the backups
            string_data={"key": inputs.credentials.heartbeat_key},
            opts=child(self),
        )
        # Without data: what the job writes into it is the job's, and no difference to this program.
        marker = kubernetes.core.v1.ConfigMap(f"{name}-marker", metadata=metadata | {"name": MARKER}, opts=child(self))
        role = kubernetes.rbac.v1.Role(f"{name}-marker", metadata=metadata, rules=marker_rules(), opts=child(self))
        binding = kubernetes.rbac.v1.RoleBinding(
            f"{name}-marker",
            metadata=metadata,
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": COMPONENT},
            subjects=[{"kind": "ServiceAccount", "name": names.TRANSFER_ACCOUNT.name, "namespace": names.BACKUP_NAMESPACE}],
            opts=child(self, depends_on=[role]),
        )
        kubernetes.batch.v1.CronJob(
            f"{name}-schedule",
            metadata=metadata,
            spec=specification(inputs, images, jobs.fingerprint(content)),
            opts=child(self, depends_on=[scripts, key, marker, binding, *depends_on]),
        )
        self.register_outputs({})
