"""The secondary directory: application, people, groups, Conditional Access (OOB-91 to OOB-94)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureIdentity, AzureKeys, Context
from components.contract import IdentitySpec
from components.options import child


class Identity(ComponentResource):
    """The secondary directory: application, people, groups, Conditional Access (OOB-91 to OOB-94)."""

    outputs: AzureIdentity

    def __init__(self, name: str, context: Context, spec: IdentitySpec, keys: AzureKeys, parent: Resource) -> None:
        super().__init__("oob:azure:Identity", name, None, child(parent))
        raise NotImplementedError("identity")
