"""Who may do what: role assignments with names that a plan knows, on the narrowest scope that the caller gives.

Microsoft's own roles and their ids: "Azure built-in roles" in the Azure role-based access control documentation.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_azure_native import authorization

from components.clouds.azure.handles import Context
from components.options import child

Principal = Literal["ServicePrincipal", "Group", "User"]

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "Azure Kubernetes Service Cluster User Role": "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
        "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
        "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
        "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
        "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "PostgreSQL Flexible Server Long Term Retention Backup Role": "c088a766-074b-43ba-90d4-1fb21feae531",
        "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
        "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Storage Account Backup Contributor": "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1",
        "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Virtual Machine Administrator Login": "1c0163c0-47e6-4577-8991-ea5c82e286e4",
        "Virtual Machine User Login": "fb879df8-f326-4884-b1cf-06f3ad86be52",
    }
)
CONDITION_VERSION = "2.0"  # the only one
_NAMESPACE = uuid.UUID("6f0d5a52-7c0e-4d0b-9a55-0f6a4c1d3e27")  # made up once; only has to stay as it is


def definition_id(subscription: str, role: str) -> str:
    """The id of one of ROLES as assignments take it. KeyError for a role that is not there."""
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}"


def assignment_name(subscription: str, environment: str, name: str) -> str:
    """The GUID that names an assignment: the same for the same subscription, environment and logical name."""
    return str(uuid.uuid5(_NAMESPACE, "/".join((subscription, environment, name))))


def grant(
    name: str,
    context: Context,
    parent: Resource,
    *,
    scope: Input[str],
    principal_id: Input[str],
    role: str,
    kind: Principal = "ServicePrincipal",
    depends_on: Sequence[Input[Resource]] = (),
) -> authorization.RoleAssignment:
    """Give a principal one of Microsoft's ROLES on `scope`. `name` is the logical name, which no other assignment has."""
    return grant_definition(
        name,
        context,
        parent,
        scope=scope,
        principal_id=principal_id,
        definition=definition_id(context.subscription, role),
        kind=kind,
        depends_on=depends_on,
    )


def grant_definition(
    name: str,
    context: Context,
    parent: Resource,
    *,
    scope: Input[str],
    principal_id: Input[str],
    definition: Input[str],
    kind: Principal = "ServicePrincipal",
    condition: str | None = None,
    depends_on: Sequence[Input[Resource]] = (),
) -> authorization.RoleAssignment:
    """The same with the id of a role definition, for roles of the program's own, and with a condition on what is touched.

    The kind of the principal is always given: Azure then takes one that its directory does not show everywhere yet. An
    assignment is deleted before its successor is made, since both have the same name.
    """
    return authorization.RoleAssignment(
        name,
        role_assignment_name=assignment_name(context.subscription, context.environment.name, name),
        scope=scope,
        principal_id=principal_id,
        principal_type=kind,
        role_definition_id=Output.from_input(definition),
        condition=condition,
        condition_version=CONDITION_VERSION if condition else None,
        opts=ResourceOptions.merge(
            child(parent, context.main, depends_on=list(depends_on)), ResourceOptions(delete_before_replace=True)
        ),
    )
