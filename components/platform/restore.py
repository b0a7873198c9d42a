"""The in-cluster half of a drill: what is restored beside the database, in which order, and the proof that it is right.

The database was restored by the cloud, or loaded from a dump (database_load.py), and the bootstrap has given its role the
drill's own password. Then, side by side: sign-ins that came with the data are ended, files are copied from the source as of
the chosen moment, and Velero brings the cluster's objects back. The application starts after all three.

Velero restores into namespaces of its own, which hold no pod: what this program declares has one owner, so nothing is
skipped because it exists already and nothing of the source's runs here. Secrets stay in the backup. The
custom resource comes back with the drill's host, no replicas and no database, and is read back before anything starts,
because a rewriting rule that fails leaves the object as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import Environment
from components.options import child
from components.platform import heartbeat, jobs, names
from components.platform import restore_manifests as manifests
from components.platform.connections import remote_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.namespaces import namespace_labels
from components.platform.rights import grant, rule
from components.sections import Drill


class RestoredNamespace(ComponentResource):
    """A namespace that things are restored into: no pod runs there, nothing gets in or out, Velero may write two kinds."""

    def __init__(self, name: str, namespace: str, environment: Environment, parent: Resource) -> None:
        labels = jobs.labels(environment, manifests.COMPONENT)
        space = kubernetes.core.v1.Namespace(
            name, metadata={"name": namespace, "labels": namespace_labels(environment)}, opts=child(parent)
        )
        super().__init__("oob:platform:RestoredNamespace", name, None, child(parent, depends_on=[space]))
        inside = child(self, depends_on=[space])
        self.made: list[Resource] = [
            space,
            kubernetes.core.v1.ResourceQuota(
                f"{name}-quota",
                metadata={"name": "closed", "namespace": namespace, "labels": labels},
                spec=manifests.closed(),
                opts=inside,
            ),
            kubernetes.networking.v1.NetworkPolicy(
                f"{name}-denial",
                metadata={"name": "deny-all", "namespace": namespace, "labels": labels},
                spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
                opts=inside,
            ),
        ]
        for who, account, rules in (
            ("velero", names.VELERO_ACCOUNT, manifests.writing()),
            ("check", manifests.ACCOUNT, manifests.looking()),
        ):
            self.made += grant(self, f"{name}-{who}", f"restore-{who}", account, rules, labels, namespace=namespace)
        self.register_outputs({})


class Restore(ComponentResource):
    """`ready` is everything that must be done before the application starts. Only in a drill.

    `depends_on` must hold the running Velero and the database with its data in it.
    """

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Restore", name, None, child(parent, depends_on=depends_on))
        drill = inputs.stack.drill
        if drill is None or not inputs.environment.disposable:
            raise ValueError("a restore belongs to a drill")
        self._name, self._inputs, self._images, self._after = name, inputs, images, list(depends_on)
        self._labels = jobs.labels(inputs.environment, manifests.COMPONENT)
        shipped = self._scripts(names.BACKUP_NAMESPACE, "restore_objects.sh", "restore_sign_ins.sh", "restore_sign_ins.sql")
        self.ready: list[Resource] = [self._sign_ins(*shipped), self._objects(*shipped), self._cluster(drill)]
        self.register_outputs({})

    def _metadata(self, name: str, namespace: str, annotations: Mapping[str, str] | None = None) -> jobs.Manifest:
        return {"name": name, "namespace": namespace, "labels": self._labels, "annotations": dict(annotations or {})}

    def _job(self, name: str, namespace: str, specification: jobs.Manifest, seconds: int, after: Sequence[Resource]) -> Resource:
        return kubernetes.batch.v1.Job(
            f"{self._name}-{name.removeprefix('restore-')}",
            metadata=self._metadata(name, namespace, jobs.once(seconds)),
            spec=specification,
            opts=child(self, depends_on=[*after, *self._after]),
        )

    def _scripts(self, namespace: str, *shipped: str) -> tuple[Resource, str]:
        content = jobs.scripts(*shipped)
        made = kubernetes.core.v1.ConfigMap(
            f"{self._name}-scripts-{namespace}",
            metadata=self._metadata(manifests.COMPONENT, namespace),
            data=content,
            opts=child(self),
        )
        return made, jobs.fingerprint(content)

    def _sign_ins(self, scripts: Resource, digest: str) -> Resource:
        work = manifests.sign_ins_job(self._inputs, self._images, digest)
        return self._job(manifests.SIGN_INS, names.BACKUP_NAMESPACE, work, manifests.SIGN_INS_SECONDS, [scripts])

    def _objects(self, scripts: Resource, digest: str) -> Resource:
        source, copies = self._inputs.objects.source, self._inputs.objects.file_copies
        if source is None or copies is None:
            raise ValueError("a drill without a source and a place for its files")
        places = kubernetes.core.v1.Secret(
            f"{self._name}-places",
            metadata=self._metadata(manifests.OBJECTS_SECRET, names.BACKUP_NAMESPACE),
            string_data=remote_variables(source, "SOURCE") | remote_variables(copies, "COPIES"),
            opts=child(self),
        )
        work = manifests.objects_job(self._inputs, self._images, digest)
        return self._job(manifests.OBJECTS, names.BACKUP_NAMESPACE, work, manifests.OBJECTS_SECONDS, [scripts, places])

    def _cluster(self, drill: Drill) -> Resource:
        """Wait until Velero knows the backup, restore, then read back what was restored."""
        environment, images = self._inputs.environment, self._images
        specification = manifests.wanted(self._inputs.stack, environment)
        restored = f"{manifests.COMPONENT}-{drill.id}"
        space = names.VELERO_NAMESPACE
        backup_path = f"/apis/{manifests.GROUP_VERSION}/namespaces/{space}/backups/{drill.velero_backup}"
        restore_path = f"/apis/{manifests.GROUP_VERSION}/namespaces/{space}/restores/{restored}"
        scripts, digest = self._scripts(space, "restore_cluster.py")
        account = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(manifests.ACCOUNT.name, space),
            automount_service_account_token=False,
            opts=child(self),
        )
        rules = [
            rule("velero.io", ["backups"], ["get"], [drill.velero_backup]),
            rule("velero.io", ["restores"], ["get"], [restored]),
        ]
        reader = manifests.ACCOUNT
        granted = grant(self, f"{self._name}-check", reader.name, reader, rules, self._labels, namespace=space)
        rewriting = kubernetes.core.v1.ConfigMap(
            f"{self._name}-modifiers",
            metadata=self._metadata(manifests.MODIFIERS, space),
            data={"modifiers.yaml": manifests.modifiers(specification)},
            opts=child(self),
        )
        spaces: list[Resource] = [
            made
            for namespace in manifests.RESTORED.values()
            for made in RestoredNamespace(f"{self._name}-{namespace}", namespace, environment, self).made
        ]
        known = self._job(
            manifests.AWAIT,
            space,
            manifests.cluster_job(environment, images, "await", {"BACKUP": backup_path}, manifests.SYNC_SECONDS, digest),
            manifests.SYNC_SECONDS + 300,
            [scripts, account, *granted],
        )
        done = kubernetes.apiextensions.CustomResource(
            f"{self._name}-objects-of-the-cluster",
            api_version=manifests.GROUP_VERSION,
            kind="Restore",
            # Any end is waited for: a plain wait for Completed hangs on PartiallyFailed. The next job judges.
            metadata=self._metadata(
                restored,
                space,
                {
                    "pulumi.com/waitFor": f"jsonpath={{.status[?{manifests.ENDED}]}}",
                    "pulumi.com/timeoutSeconds": str(manifests.RESTORE_SECONDS),
                },
            ),
            spec=manifests.restore(drill),
            opts=child(self, depends_on=[known, rewriting, *spaces, *self._after]),
        )
        paths = {
            "RESTORE": restore_path,
            "INSTALLATION": "/apis/installation.mattermost.com/v1beta1/namespaces/"
            f"{manifests.RESTORED[names.MATTERMOST_NAMESPACE]}/mattermosts/{names.MATTERMOST}",
            "MARKER": f"/api/v1/namespaces/{manifests.RESTORED[names.BACKUP_NAMESPACE]}/configmaps/{heartbeat.MARKER}",
            "WANTED": json.dumps(specification),
        }
        checking = manifests.cluster_job(environment, images, "check", paths, manifests.SYNC_SECONDS, digest)
        return self._job(manifests.CHECK, space, checking, manifests.SYNC_SECONDS + 300, [done])
