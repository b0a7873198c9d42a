"""What workloads reach outside the cluster: a role for each, taken by its service account alone, and the way to the database.

OOB-71 to OOB-73, AWS-14. A pod has an address of its node's, so the database lets in the nodes; which pod may ask it is the
network policies' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.clouds.aws import workload_policies as policies
from components.clouds.aws.database import allow_from
from components.clouds.aws.documents import Statement
from components.clouds.aws.handles import AwsCluster, AwsDatabase, AwsKeys, AwsObjects, Context
from components.clouds.aws.workload_policies import Place
from components.clouds.aws.workload_roles import Issuer, allow, identity, workload_role
from components.contract import GrantsOutputs, GrantsSpec, ServiceAccount
from components.options import child


class Grants(ComponentResource):
    """The roles. In a drill, what is restored from can only be read, whatever a job is told to do (ADR 0013)."""

    def __init__(
        self,
        name: str,
        context: Context,
        spec: GrantsSpec,
        keys: AwsKeys,
        cluster: AwsCluster,
        database: AwsDatabase,
        objects: AwsObjects,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Grants", name, None, child(parent))
        self._name, self._context = name, context
        self._issuer = Issuer(arn=cluster.oidc_arn, host=cluster.oidc_host)
        way_in = "PostgreSQL from the nodes of the cluster"
        allow_from(f"{name}-into-database", database, cluster.node_group_id, way_in, child(self, context.main))
        place = Place(account=context.account, region=context.region)
        key = keys.main["objects"]
        files = Output.all(objects.files_arn, key).apply(lambda found: policies.mattermost(place, found[0], found[1]))
        secret = Output.all(database.admin_secret_arn, keys.main["secrets"]).apply(
            lambda found: policies.bootstrap(place, found[0], found[1])
        )
        self.outputs = GrantsOutputs(
            mattermost=identity(self._role("mattermost", spec.mattermost, "files of Mattermost", files)),
            velero=identity(self._role("velero", spec.velero, "backups by Velero", _velero(place, objects, key))),
            transfer=identity(
                self._role("transfer", spec.transfer, "dumps, exports and markers", self._transfer(place, objects, key))
            ),
            bootstrap=identity(self._role("bootstrap", spec.bootstrap, "bootstrap of the database", secret)),
        )
        self.register_outputs({})

    def _role(self, what: str, account: ServiceAccount, description: str, statements: Input[Sequence[Statement]]) -> aws.iam.Role:
        options = child(self, self._context.main)
        role = workload_role(f"{self._name}-{what}", self._context, self._issuer, account, description, options)
        allow(f"{self._name}-{what}-rights", role, statements, options)
        return role

    def _transfer(self, place: Place, objects: AwsObjects, key: Output[str]) -> Output[Sequence[Statement]]:
        """Copies to add; in a drill the sources to read and the drill's own files to fill; settings and state to export."""
        stack = self._context.environment.labels.stack
        sources, source_key, state = objects.source_arns, objects.source_key_arn, objects.export_source

        def statements(found: Sequence[str]) -> Sequence[Statement]:
            files, backups, own_key = found
            allowed = policies.transfer(place, backups, own_key)
            if sources:
                return allowed + policies.transfer_in_a_drill(place, sources, source_key, files, own_key)
            return allowed + policies.sign_in_settings(place, stack) + (policies.state(place, state) if state else [])

        asked = Output.all(objects.files_arn, objects.backups_arn, key)
        return asked.apply(lambda found: statements(cast("Sequence[str]", found)))


def _velero(place: Place, objects: AwsObjects, key: Output[str]) -> Input[Sequence[Statement]]:
    if objects.source_arns:
        return policies.velero_in_a_drill(place, objects.source_arns, objects.source_key_arn)
    return Output.all(objects.backups_arn, key).apply(lambda found: policies.velero(place, found[0], found[1]))
