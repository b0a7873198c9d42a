"""Resource groups by what their contents live and die with; those that hold data are locked against deletion.

A lock refuses every deletion in its group, of what is inside as well, to everybody who may not delete locks. It is one more hand
to lift than `protect`, which only this program obeys. A drill has none: destroy must leave nothing.
"""

from __future__ import annotations

from pulumi import Resource
from pulumi_azure_native import authorization, resources

from components.clouds.azure import names
from components.clouds.azure.handles import Context, Group
from components.options import child, stateful


def group(
    name: str, context: Context, parent: Resource, lifetime: str, *, holds_data: bool, location: str | None = None
) -> Group:
    """The group `lifetime` of the environment, in the main location if no other is given."""
    environment = context.environment
    place = location or context.location
    options = child(parent, context.main)
    made = resources.ResourceGroup(
        f"{name}-{lifetime}",
        resource_group_name=names.resource_group(environment.name, lifetime),
        location=place,
        opts=stateful(options, disposable=environment.disposable) if holds_data else options,
    )
    if holds_data and not environment.disposable:
        authorization.ManagementLockByScope(
            f"{name}-{lifetime}-lock",
            lock_name="holds-data",
            scope=made.id,
            level="CanNotDelete",
            notes="Data of the out-of-band environment. Remove this lock only to take the environment down.",
            opts=stateful(child(parent, context.main), disposable=False),
        )
    return Group(name=made.name, id=made.id, location=place)
