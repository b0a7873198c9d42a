"""Two roles that Microsoft does not have: to add blobs without deleting any, and to read the containers of another environment.

A drill's right to read lies on the subscription, held to one container by a condition, and not on the container itself: the lock
on the environment's data would refuse to let go of the assignment again, and the drill could not be destroyed. Sources: "Lock
your resources to protect your infrastructure", and "Actions and attributes for Azure role assignment conditions for Azure Blob
Storage" in Microsoft's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pulumi import Input, Resource
from pulumi_azure_native import authorization

from components.clouds.azure.handles import Context
from components.clouds.azure.roles import assignment_name
from components.options import child

CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
READ = f"{CONTAINERS}/blobs/read"  # of blobs, and of the list of them
ADD = (READ, f"{CONTAINERS}/blobs/write", f"{CONTAINERS}/blobs/add/action")
_CONTAINER = re.compile(r".+/storageAccounts/([a-z0-9]{3,24})/blobServices/default/containers/([a-z0-9-]{3,63})")


def in_container(container_id: str) -> str:
    """The condition that a blob lies in this container and in no other. ValueError if it is not the id of one."""
    found = _CONTAINER.fullmatch(container_id)
    if found is None:
        raise ValueError(f"{container_id!r} is not the id of a container")
    account, container = found.groups()
    return (
        f"((!(ActionMatches{{'{READ}'}})) OR "
        f"(@Resource[Microsoft.Storage/storageAccounts:name] StringEquals '{account}' AND "
        f"@Resource[{CONTAINERS}:name] StringEquals '{container}'))"
    )


def own_role(
    name: str,
    context: Context,
    parent: Resource,
    *,
    title: str,
    description: str,
    data_actions: Sequence[str],
    scope: Input[str],
) -> authorization.RoleDefinition:
    """A role of the program's own with rights to blobs alone, that can be assigned at `scope` and below."""
    environment = context.environment.name
    return authorization.RoleDefinition(
        name,
        role_definition_id=assignment_name(context.subscription, environment, name),
        role_name=f"{environment}: {title}",  # unique in the directory
        role_type="CustomRole",
        description=description,
        scope=scope,
        assignable_scopes=[scope],
        permissions=[{"actions": [], "data_actions": list(data_actions), "not_actions": [], "not_data_actions": []}],
        opts=child(parent, context.main),
    )
