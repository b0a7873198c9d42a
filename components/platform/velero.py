"""Velero: scheduled backups of the cluster's own objects to the object store, without disks and with few rights (OOB-50, OOB-51).

Nothing of value lies on a volume of the cluster, so there is no node agent, no snapshot and no privileged pod. What is
backed up is a list of kinds, and the same list is what Velero may read: the chart's own rights are cluster-admin. It writes
in its own namespace alone. In a drill it has no schedule, its location is the source's and read-only, and everything but
restoring is switched off (ADR 0013).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Input, Resource

from components.contract import BackupLocation
from components.options import child
from components.platform import jobs, names
from components.platform.flows import NAMESPACES
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.pods import CONTAINER_SECURITY, pod_security, reaches
from components.platform.releases import release
from components.platform.rights import GROUP, READ, grant, rule

COMPONENT = "velero"
LOCATION = "default"
CREDENTIALS_SECRET = "velero-location"  # noqa: S105 a name
CREDENTIALS_KEY = "cloud"  # the chart mounts this key of the Secret as the plugin's file
SCHEDULE = "oob"
USER = 1337  # also the group under which a pod may read its identity token
OFFSET_MINUTES = 17  # apart from the dumps
GRACE_SECONDS = 300
SYNC_LIVE, SYNC_DRILL = "1m0s", "10s"
ITEM_TIMEOUT = "30m0s"
HELM_LABEL = "app.kubernetes.io/managed-by"  # the chart sets it itself, and a key may stand only once

# Kinds that belong to a namespace, by API group. What controllers make of them (pods, replica sets, endpoints) is left out.
KINDS: Mapping[str, tuple[str, ...]] = {
    "": ("configmaps", "limitranges", "resourcequotas", "secrets", "serviceaccounts", "services"),
    "apps": ("daemonsets", "deployments", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs",),
    "cert-manager.io": ("certificates", "issuers"),
    "installation.mattermost.com": ("mattermosts",),
    "k8s.nginx.org": ("globalconfigurations", "policies", "transportservers", "virtualserverroutes", "virtualservers"),
    "monitoring.coreos.com": ("alertmanagers", "podmonitors", "probes", "prometheuses", "prometheusrules", "servicemonitors"),
    "networking.k8s.io": ("ingresses", "networkpolicies"),
    "policy": ("poddisruptionbudgets",),
    "rbac.authorization.k8s.io": ("rolebindings", "roles"),
    "velero.io": ("backupstoragelocations", "schedules"),
}
CLUSTER_KINDS: Mapping[str, tuple[str, ...]] = {
    "admissionregistration.k8s.io": ("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
    "apiextensions.k8s.io": ("customresourcedefinitions",),
    "cert-manager.io": ("clusterissuers",),
    "networking.k8s.io": ("ingressclasses",),
    "rbac.authorization.k8s.io": ("clusterrolebindings", "clusterroles"),
}
OWN_KINDS = (
    "backuprepositories",
    "backups",
    "backupstoragelocations",
    "datadownloads",
    "datauploads",
    "deletebackuprequests",
    "downloadrequests",
    "podvolumebackups",
    "podvolumerestores",
    "restores",
    "schedules",
    "serverstatusrequests",
    "volumesnapshotlocations",
)
# Everything but finding backups and restoring them (velero pkg/constant).
DRILL_DISABLED = ("backup", "backup-deletion", "backup-finalizer", "backup-operations", "gc", "schedule")


def qualified(kinds: Mapping[str, Sequence[str]]) -> list[str]:
    """Kinds as Velero names them: `plural.group`."""
    return [f"{kind}.{group}" if group else kind for group, plurals in kinds.items() for kind in plurals]


def backup_template(retention_days: int, labels: Mapping[str, str]) -> jobs.Manifest:
    """What one scheduled backup holds, and for how long (PREP-99)."""
    return {
        "metadata": {"labels": dict(labels)},
        "storageLocation": LOCATION,
        "ttl": f"{retention_days * 24}h0m0s",
        "includedNamespaces": list(NAMESPACES),
        "includedNamespaceScopedResources": qualified(KINDS),
        "includedClusterScopedResources": qualified(CLUSTER_KINDS),
        "snapshotVolumes": False,
        "defaultVolumesToFsBackup": False,
        "itemOperationTimeout": ITEM_TIMEOUT,
    }


def location(found: BackupLocation, *, disposable: bool) -> jobs.Manifest:
    """The one place of backups: read-only in a drill, whatever the cloud says."""
    return {
        "name": LOCATION,
        "default": True,
        "provider": found.provider,
        "bucket": found.bucket,
        "prefix": found.prefix,
        "config": dict(found.config),
        "accessMode": "ReadOnly" if disposable or found.read_only else "ReadWrite",
        "backupSyncPeriod": SYNC_DRILL if disposable else SYNC_LIVE,
        "validationFrequency": "1m0s",
    }


def image(images: Images, name: str) -> dict[str, str]:
    reference = images[name]
    found = {"repository": reference.name, "tag": reference.tag, "pullPolicy": "IfNotPresent"}
    return found | ({"digest": reference.digest} if reference.digest else {})


def values(inputs: PlatformInputs, images: Images) -> jobs.Manifest:
    """Values of the chart that versions.CHARTS pins."""
    environment, backup, grants = inputs.environment, inputs.stack.backup, inputs.grants.velero
    place, common = inputs.objects.velero, jobs.labels(inputs.environment, COMPONENT)
    labels = {key: value for key, value in common.items() if key != HELM_LABEL}
    disposable = environment.disposable
    schedule = {
        "schedule": jobs.cron(backup.kubernetes_interval_minutes, OFFSET_MINUTES),
        "labels": labels,
        "template": backup_template(backup.retention_days, common),
    }
    settings: jobs.Manifest = {
        "backupStorageLocation": [location(place, disposable=disposable)],
        "volumeSnapshotLocation": [],
        "defaultBackupTTL": f"{backup.retention_days * 24}h0m0s",
        "defaultItemOperationTimeout": ITEM_TIMEOUT,
        "logFormat": "json",
    }
    if disposable:
        settings["disableControllers"] = ",".join(DRILL_DISABLED)
        settings["disableInformerCache"] = True  # it would list whole kinds in every namespace, which it may not
    return {
        "image": image(images, "velero"),
        "kubectl": {
            "image": image(images, "kubectl"),
            "labels": reaches("kubernetes"),  # of the job that brings the definitions up to date
            "containerSecurityContext": CONTAINER_SECURITY,
        },
        "labels": labels,
        "podLabels": labels | reaches("kubernetes", "https") | dict(grants.pod_labels),
        "podSecurityContext": pod_security(USER),
        "containerSecurityContext": CONTAINER_SECURITY,
        "resources": jobs.resources(cpu="100m", memory="256Mi", limit="1Gi", scratch="1Gi"),
        "upgradeJobResources": jobs.resources(),
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "initContainers": [
            {
                "name": place.plugin,
                "image": images[place.plugin].text,
                "imagePullPolicy": "IfNotPresent",
                "volumeMounts": [{"name": "plugins", "mountPath": "/target"}],
                "resources": jobs.resources(scratch="256Mi"),
                "securityContext": CONTAINER_SECURITY,
            }
        ],
        "configuration": settings,
        "credentials": {"useSecret": True, "existingSecret": CREDENTIALS_SECRET}
        if place.credentials is not None
        else {"useSecret": False},
        "serviceAccount": {
            "server": {"create": True, "name": names.VELERO_ACCOUNT.name, "annotations": dict(grants.annotations)}
        },
        "rbac": {"create": False, "clusterAdministrator": False},
        "backupsEnabled": True,  # makes the location; the schedules below make backups
        "snapshotsEnabled": False,
        "deployNodeAgent": False,
        "upgradeCRDs": True,
        "cleanUpCRDs": False,
        "metrics": {"enabled": True, "serviceMonitor": {"enabled": False}, "prometheusRule": {"enabled": False}},
        "schedules": {} if disposable else {SCHEDULE: schedule},
    }


def reading() -> list[jobs.Manifest]:
    """In a namespace: what is backed up, no more."""
    return [rule(group, kinds, READ) for group, kinds in KINDS.items()]


def reading_cluster() -> list[jobs.Manifest]:
    """In the cluster: namespaces themselves and the kinds without one."""
    return [rule("", ["namespaces"], READ), *(rule(group, kinds, READ) for group, kinds in CLUSTER_KINDS.items())]


def own() -> list[jobs.Manifest]:
    """In Velero's namespace: its own kinds, and the Secret that it keeps the key of a repository in."""
    write = ["create", "delete", "patch", "update"]
    return [
        rule("velero.io", OWN_KINDS, [*READ, *write]),
        rule("velero.io", [f"{kind}/status" for kind in OWN_KINDS], ["get", "patch", "update"]),
        rule("velero.io", [f"{kind}/finalizers" for kind in OWN_KINDS], ["update"]),
        rule("", ["secrets", "configmaps"], ["create", "patch", "update"]),
        rule("", ["events"], ["create", "patch"]),
        rule("", ["pods", "pods/log"], READ),
        rule("apps", ["daemonsets"], READ),
        rule("batch", ["jobs"], READ),
    ]


class Velero(ComponentResource):
    """`ready` is the running release: definitions, location and schedule exist."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Velero", name, None, child(parent, depends_on=depends_on))
        labels = jobs.labels(inputs.environment, COMPONENT)
        account = names.VELERO_ACCOUNT
        granted = [
            *grant(self, f"{name}-cluster", "velero-cluster-reader", account, reading_cluster(), labels),
            *grant(self, f"{name}-own", "velero", account, own(), labels, namespace=names.VELERO_NAMESPACE),
        ]
        kinds = kubernetes.rbac.v1.ClusterRole(
            f"{name}-reader", metadata={"name": "velero-reader", "labels": labels}, rules=reading(), opts=child(self)
        )
        # Bound in each namespace, not in the cluster: other namespaces' Secrets stay closed to it.
        bindings = [
            kubernetes.rbac.v1.RoleBinding(
                f"{name}-reader-{namespace}",
                metadata={"name": "velero-reader", "namespace": namespace, "labels": labels},
                role_ref={"api_group": GROUP, "kind": "ClusterRole", "name": "velero-reader"},
                subjects=[{"kind": "ServiceAccount", "name": account.name, "namespace": account.namespace}],
                opts=child(self, depends_on=[kinds]),
            )
            for namespace in NAMESPACES
        ]
        credentials = self._credentials(name, inputs.objects.velero.credentials, labels)
        self.ready: Resource = release(
            f"{name}-release",
            "velero",
            names.VELERO_NAMESPACE,
            values(inputs, images),
            child(self, depends_on=[*granted, *bindings, *credentials, *depends_on]),
            release_name=COMPONENT,
        )
        self.register_outputs({})

    def _credentials(self, name: str, content: Input[str] | None, labels: Mapping[str, str]) -> list[Resource]:
        """The file that the plugin reads, as a Secret that no backup takes along; nothing where the plugin wants none."""
        if content is None:
            return []
        metadata: jobs.Manifest = {
            "name": CREDENTIALS_SECRET,
            "namespace": names.VELERO_NAMESPACE,
            "labels": dict(labels) | jobs.NOT_BACKED_UP,
        }
        return [
            kubernetes.core.v1.Secret(
                f"{name}-location", metadata=metadata, string_data={CREDENTIALS_KEY: content}, opts=child(self)
            )
        ]
