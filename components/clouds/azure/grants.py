"""An identity for each workload that needs something outside the cluster, taken by its service account alone (OOB-123).

A pod shows the token that the cluster gave it; the directory takes it for a token of the identity if issuer, namespace and name
of the service account are the ones written here. Rights are given on single containers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, Resource
from pulumi_azure_native import authorization, dbforpostgresql, managedidentity

from components.clouds.azure import names
from components.clouds.azure.handles import AzureCluster, AzureDatabase, AzureGrants, AzureKeys, AzureObjects, Context
from components.clouds.azure.roles import assignment_name, grant, grant_definition
from components.contract import GrantsSpec, ServiceAccount, WorkloadIdentity
from components.options import child

AUDIENCE = "api://AzureADTokenExchange"  # of the tokens that the webhook of AKS projects into pods
CLIENT, TENANT = "azure.workload.identity/client-id", "azure.workload.identity/tenant-id"
POD_LABELS: Mapping[str, str] = {"azure.workload.identity/use": "true"}
WRITER, READER = "Storage Blob Data Contributor", "Storage Blob Data Reader"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers"
ADDS_COPIES = (f"{BLOBS}/blobs/read", f"{BLOBS}/blobs/write", f"{BLOBS}/blobs/add/action")


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A role on one container. `role` None: to add and to read, never to delete."""

    what: str
    scope: Input[str]
    role: str | None


def rights(objects: AzureObjects) -> Mapping[str, Sequence[Right]]:
    """Who may do what with which container. In a drill, what is restored from can only be read, whatever a job is told to do."""
    sources = objects.sources
    transfer = [Right(what="backups", scope=objects.backups_store.container_id, role=None)]
    if sources:
        transfer += [
            Right(what="source-files", scope=sources["files"], role=READER),
            Right(what="source-backups", scope=sources["backups"], role=READER),
            Right(what="files", scope=objects.files_store.container_id, role=None),
        ]
    elif objects.state_container_id is not None:
        transfer.append(Right(what="state", scope=objects.state_container_id, role=READER))
    velero = (
        Right(what="source-backups", scope=sources["velero"], role=READER)
        if sources
        else Right(what="backups", scope=objects.velero_store.container_id, role=WRITER)
    )
    return {
        "mattermost": [Right(what="files", scope=objects.files_store.container_id, role=WRITER)],
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
        self._adds = self._adding_role(keys)
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
        context = self._context
        return authorization.RoleDefinition(
            f"{self._name}-adds-copies",
            role_definition_id=assignment_name(context.subscription, context.environment.name, f"{self._name}-adds-copies"),
            role_name=f"{context.environment.name}: add and read copies",  # unique in the directory
            role_type="CustomRole",
            description="Add blobs and read them, never delete one",
            scope=keys.data.id,
            assignable_scopes=[keys.data.id],
            permissions=[
                {
                    "actions": [f"{BLOBS}/read"],
                    "data_actions": list(ADDS_COPIES),
                    "not_actions": [],
                    "not_data_actions": [],
                }
            ],
            opts=child(self, context.main),
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
        if right.role is not None:
            return grant(name, context, self, scope=right.scope, principal_id=principal_id, role=right.role)
        return grant_definition(name, context, self, scope=right.scope, principal_id=principal_id, definition=self._adds.id)

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
