"""What the in-cluster half of a drill is made of: the Restore, its rewriting rules and its jobs, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping

from components.contract import Environment, ServiceAccount
from components.platform import heartbeat, jobs, names
from components.platform.connections import DATABASE_TRUST, role_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.rights import READ, rule
from components.sections import Drill
from components.settings import Stack

COMPONENT = "restore"
RESTORED = {namespace: f"restored-{namespace}" for namespace in (names.MATTERMOST_NAMESPACE, names.BACKUP_NAMESPACE)}
MODIFIERS = "restore-modifiers"
OBJECTS_SECRET = "restore-objects"  # noqa: S105 a name
OBJECTS, SIGN_INS, AWAIT, CHECK = "restore-objects", "restore-sign-ins", "restore-await", "restore-check"
NOWHERE = "not-restored"  # in place of the Secret that held the source's connection string
ACCOUNT = ServiceAccount(namespace=names.VELERO_NAMESPACE, name="restore-check")
ACCOUNT_FOLDER = "/account"
# Only these kinds, by name: an allow-list cannot let in what nobody thought of.
INCLUDED = ("configmaps", "mattermosts.installation.mattermost.com")
# Said once more in the other direction, for whoever widens the list: never Secrets, never anything that runs.
EXCLUDED = (
    "cronjobs.batch",
    "daemonsets.apps",
    "deployments.apps",
    "ingresses.networking.k8s.io",
    "jobs.batch",
    "persistentvolumeclaims",
    "pods",
    "secrets",
    "serviceaccounts",
    "services",
    "statefulsets.apps",
)
SELECTOR = {"app.kubernetes.io/part-of": "oob"}
ITEM_TIMEOUT = "30m0s"
SYNC_SECONDS = 600
RESTORE_SECONDS = 1800
OBJECTS_SECONDS = 6 * 3600
SIGN_INS_SECONDS = 300
ENDED = " || ".join(f"@ == '{phase}'" for phase in ("Completed", "PartiallyFailed", "Failed", "FailedValidation"))
API = "https://kubernetes.default.svc"
GROUP_VERSION = "velero.io/v1"


def wanted(stack: Stack, environment: Environment) -> jobs.Manifest:
    """What the restored custom resource must say: the drill's host and name, no server, no database of the source."""
    return {
        "ingress": {"enabled": False, "host": stack.site.host},
        "replicas": 0,
        "database": {"external": {"secret": NOWHERE}},
        "mattermostEnv": [{"name": "MM_CLUSTERSETTINGS_CLUSTERNAME", "value": environment.name}],
    }


def modifiers(specification: jobs.Manifest) -> str:
    """Velero's resource modifiers, as JSON, which is YAML. Conditions look at the original namespace."""
    kind = "mattermosts.installation.mattermost.com"
    condition = {
        "groupResource": kind,
        "resourceNameRegex": f"^{names.MATTERMOST}$",
        "namespaces": [names.MATTERMOST_NAMESPACE],
    }
    patch = {"patchData": json.dumps({"spec": specification})}
    return json.dumps({"version": "v1", "resourceModifierRules": [{"conditions": condition, "mergePatches": [patch]}]}, indent=2)


def restore(drill: Drill) -> jobs.Manifest:
    """The Restore. Nothing that exists is touched, nothing of the cluster's own kinds, no disk."""
    return {
        "backupName": drill.velero_backup,
        "includedNamespaces": list(RESTORED),
        "namespaceMapping": dict(RESTORED),
        "includedResources": list(INCLUDED),
        "excludedResources": list(EXCLUDED),
        "includeClusterResources": False,
        "labelSelector": {"matchLabels": SELECTOR},
        "existingResourcePolicy": "none",
        "restorePVs": False,
        "preserveNodePorts": False,
        "itemOperationTimeout": ITEM_TIMEOUT,
        "resourceModifier": {"kind": "ConfigMap", "name": MODIFIERS},
    }


def objects_job(inputs: PlatformInputs, images: Images, digest: str) -> jobs.Manifest:
    """Copy the files as they were, then compare and count."""
    return jobs.job(
        labels=jobs.pod_labels(inputs.environment, OBJECTS, "https", identity=inputs.grants.transfer.pod_labels),
        annotations={"oob.example/scripts": digest},
        account=names.TRANSFER_ACCOUNT.name,
        deadline=OBJECTS_SECONDS - 300,
        containers=[
            jobs.container(
                "copy",
                images["rclone"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/restore_objects.sh"],
                env=jobs.variables({"WORK": jobs.WORK_FOLDER}),
                needs=jobs.resources(cpu="250m", memory="256Mi", limit="2Gi", scratch="256Mi"),
                remote=OBJECTS_SECRET,
            )
        ],
        volumes=[jobs.scratch_volume(size="256Mi"), jobs.config_volume("scripts", COMPONENT)],
    )


def sign_ins_job(inputs: PlatformInputs, images: Images, digest: str) -> jobs.Manifest:
    """End every sign-in that came with the data, before a server has it in memory."""
    return jobs.job(
        labels=jobs.pod_labels(inputs.environment, SIGN_INS, "database"),
        annotations={"oob.example/scripts": digest},
        account="default",
        deadline=SIGN_INS_SECONDS - 60,
        containers=[
            jobs.container(
                "end",
                images["postgres"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/restore_sign_ins.sh"],
                env=[*role_variables(inputs.database), *jobs.variables({"ENVIRONMENT": inputs.environment.name})],
                mounts={"scripts": jobs.SCRIPTS_FOLDER, "trust": jobs.TRUST_FOLDER, "work": jobs.WORK_FOLDER},
            )
        ],
        volumes=[
            jobs.scratch_volume(),
            jobs.config_volume("scripts", COMPONENT),
            jobs.config_volume("trust", DATABASE_TRUST),
        ],
    )


def cluster_job(
    environment: Environment, images: Images, step: str, variables: Mapping[str, str], seconds: int, digest: str
) -> jobs.Manifest:
    """A step of restore_cluster.py, with a token that may read a handful of named objects."""
    return jobs.job(
        labels=jobs.pod_labels(environment, COMPONENT, "kubernetes"),
        annotations={"oob.example/scripts": digest},
        account=ACCOUNT.name,
        deadline=seconds + 120,
        retries=0,
        containers=[
            jobs.container(
                step,
                images["python"].text,
                ["python3", "-I", f"{jobs.SCRIPTS_FOLDER}/restore_cluster.py", step],
                env=jobs.variables(
                    {"KUBERNETES_URL": API, "ACCOUNT_FOLDER": ACCOUNT_FOLDER, "WAIT_SECONDS": str(seconds), **variables}
                ),
                mounts={"scripts": jobs.SCRIPTS_FOLDER, "account": ACCOUNT_FOLDER, "work": jobs.WORK_FOLDER},
                read_only=("scripts", "account"),
            )
        ],
        volumes=[jobs.scratch_volume(), jobs.config_volume("scripts", COMPONENT), jobs.token_volume("account")],
    )


def closed() -> jobs.Manifest:
    """No pod, so nothing of the source's can ever run there."""
    return {"hard": {"pods": "0", "services": "0", "persistentvolumeclaims": "0"}}


def writing() -> list[jobs.Manifest]:
    """What Velero may do where it restores: the two kinds, no more."""
    verbs = [*READ, "create", "patch", "update"]
    return [rule("", ["configmaps"], verbs), rule("installation.mattermost.com", ["mattermosts"], verbs)]


def looking() -> list[jobs.Manifest]:
    """What the check may read there: two objects, by name."""
    return [
        rule("", ["configmaps"], ["get"], [heartbeat.MARKER]),
        rule("installation.mattermost.com", ["mattermosts"], ["get"], [names.MATTERMOST]),
    ]
