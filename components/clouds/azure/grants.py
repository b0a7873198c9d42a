"""An identity for each workload that needs something outside the cluster, taken by its service account alone (OOB-123).

A pod shows the token that the cluster gave it; the directory takes it for a token of the identity if issuer, namespace and name
of the service account are the ones written here. Rights are given on single containers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pulumi import ComponentResource, Input, Output, Resource
from pulumi_azure_native import authorization, dbforpostgresql, managedidentity

from components.clouds.azure import names
from components.clouds.azure.container_roles import ADD, READ, in_container, own_role
from components.clouds.azure.handles import AzureCluster, AzureDatabase, AzureGrants, AzureKeys, AzureObjects, Context
from components.clouds.azure.roles import grant, grant_definition
from components.contract import GrantsSpec, ServiceAccount, WorkloadIdentity
from components.options import child

AUDIENCE = "api://AzureADTokenExchange"  # of the tokens that the webhook of AKS projects into pods
CLIENT, TENANT = "azure.workload.identity/client-id", "azure.workload.identity/tenant-id"
POD_LABELS: Mapping[str, str] = {"azure.workload.identity/use": "true"}

Kind = Literal["change", "add", "read", "read-source"]
WRITER, READER = "Storage Blob Data Contributor", "Storage Blob Data Reader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What may be done with the blobs of one container: change (and delete), add, read, or read in another environment's."""

    what: str
    kind: Kind
    container: Input[str]


def rights(objects: AzureObjects) -> Mapping[str, Sequence[Right]]:
    """Who may do what with which container. In a drill, what is restored from can only be read, whatever a job is told to do."""
    sources = objects.sources
    transfer = [Right(what="backups", kind="add", container=objects.backups_store.container_id)]
    if sources:
        transfer += [
            Right(what="source-files", kind="read-source", container=sources["files"]),
            Right(what="source-backups", kind="read-source", container=sources["backups"]),
            Right(what="files", kind="add", container=objects.files_store.container_id),
        ]
    elif objects.state_container_id is not None:
        transfer.append(Right(what="state", kind="read", container=objects.state_container_id))
    velero = (
        Right(what="source-backups", kind="read-source", container=sources["velero"])
        if sources
        else Right(what="backups", kind="change", container=objects.velero_store.container_id)
    )
    return {
        "mattermost": [Right(what="files", kind="change", container=objects.files_store.container_id)],
        "velero": [velero],
        "transfer": transfer,
        "bootstrap": [],
    }


def subject(account: ServiceAccount) -> str:
    """How the cluster's issuer names a service account."""
    return f"system:serviceaccount:{account.namespace}:{account.name}"


class Grants(ComponentResource):
    """The identities. A pod gets to know its own when its rights are in place, and not before."""

    def __init__(
        self,
        name: str,
        context: Context,
        spec: GrantsSpec,
        keys: AzureKeys,
        cluster: AzureCluster,
        database: AzureDatabase,
        objects: AzureObjects,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Grants", name, None, child(parent))
        self._name, self._context, self._cluster = name, context, cluster
        self._subscription = f"/subscriptions/{context.subscription}"
        self._adds, self._reads = self._adding_role(keys), self._reading_role(objects)
        self._principals: dict[str, Output[str]] = {}
        self._rights = rights(objects)
        bootstrap = self._identity("bootstrap")
        administrator = self._administrator(bootstrap, database)
        self.outputs = AzureGrants(
            mattermost=self._workload("mattermost", spec.mattermost, self._identity("mattermost")),
            velero=self._workload("velero", spec.velero, self._identity("velero")),
            transfer=self._workload("transfer", spec.transfer, self._identity("transfer")),
            bootstrap=self._workload("bootstrap", spec.bootstrap, bootstrap, administrator),
            principal_ids=self._principals,
        )
        self.register_outputs({})

    def _adding_role(self, keys: AzureKeys) -> authorization.RoleDefinition:
        """Whoever takes over the jobs cannot undo a backup: to overwrite a blob leaves its former version where it was."""
        return own_role(
            f"{self._name}-adds-copies",
            self._context,
            self,
            title="add and read copies",
            description="Add blobs and read them, never delete one",
            data_actions=ADD,
            scope=keys.data.id,
        )

    def _reading_role(self, objects: AzureObjects) -> authorization.RoleDefinition | None:
        if not objects.sources:
            return None
        return own_role(
            f"{self._name}-reads-sources",
            self._context,
            self,
            title="read what is restored",
            description="Read the blobs of the containers that an assignment's condition names",
            data_actions=(READ,),
            scope=self._subscription,
        )

    def _identity(self, what: str) -> managedidentity.UserAssignedIdentity:
        context = self._context
        made = managedidentity.UserAssignedIdentity(
            f"{self._name}-{what}",
            resource_name_=names.identity(context.environment.name, what),
            resource_group_name=self._cluster.group_name,
            location=context.location,
            opts=child(self, context.main),
        )
        self._principals[what] = made.principal_id
        return made

    def _workload(
        self, what: str, account: ServiceAccount, identity: managedidentity.UserAssignedIdentity, *more: Resource
    ) -> WorkloadIdentity:
        context = self._context
        credential = managedidentity.FederatedIdentityCredential(
            f"{self._name}-{what}-account",
            federated_identity_credential_resource_name="service-account",
            resource_name_=identity.name,
            resource_group_name=self._cluster.group_name,
            issuer=self._cluster.issuer_url,
            subject=subject(account),
            audiences=[AUDIENCE],
            opts=child(self, context.main),
        )
        given = [self._grant(f"{self._name}-{what}-{right.what}", right, identity.principal_id) for right in self._rights[what]]
        # Tied to the rights, so that no pod starts with an identity that may do nothing yet.
        client_id = Output.from_input(identity.client_id).apply(str)
        ready = Output.all(client_id, credential.id, *(found.id for found in given), *(_id(found) for found in more))
        return WorkloadIdentity(
            annotations={CLIENT: ready.apply(lambda found: str(found[0])), TENANT: context.tenant}, pod_labels=POD_LABELS
        )

    def _grant(self, name: str, right: Right, principal_id: Output[str]) -> authorization.RoleAssignment:
        context = self._context
        if right.kind == "add":
            return grant_definition(
                name, context, self, scope=right.container, principal_id=principal_id, definition=self._adds.id
            )
        if right.kind == "read-source" and self._reads is not None:
            return grant_definition(
                name,
                context,
                self,
                scope=self._subscription,
                principal_id=principal_id,
                definition=self._reads.id,
                condition=in_container(str(right.container)),
            )
        role = WRITER if right.kind == "change" else READER
        return grant(name, context, self, scope=right.container, principal_id=principal_id, role=role)

    def _administrator(
        self, identity: managedidentity.UserAssignedIdentity, database: AzureDatabase
    ) -> dbforpostgresql.AdministratorsMicrosoftEntra:
        """The bootstrap signs in to the database as its administrator with a token; there is no password to read (PREP-87)."""
        return dbforpostgresql.AdministratorsMicrosoftEntra(
            f"{self._name}-bootstrap-administers",
            object_id=identity.principal_id,
            principal_name=database.bootstrap_name,
            principal_type="ServicePrincipal",
            tenant_id=self._context.tenant,
            server_name=database.server_name,
            resource_group_name=database.group_name,
            opts=child(self, self._context.main),
        )


def _id(resource: Resource) -> Output[str]:
    found: Output[str] = getattr(resource, "id")  # noqa: B009 a component has none
    return found
