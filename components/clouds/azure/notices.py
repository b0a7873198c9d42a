"""Whom alarms tell, and how: one action group, to phones by text and voice, and to mail (OOB-97, OOB-124)."""

from __future__ import annotations

from pulumi import ComponentResource, Output, Resource

from components.clouds.azure.handles import AzureKeys, Context
from components.options import child
from components.sections import Alerts


class Notices(ComponentResource):
    """`group_id` is the action group that every alarm names."""

    group_id: Output[str]

    def __init__(self, name: str, context: Context, alerts: Alerts, keys: AzureKeys, parent: Resource) -> None:
        super().__init__("oob:azure:Notices", name, None, child(parent))
        raise NotImplementedError("notices")
