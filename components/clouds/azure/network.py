"""The virtual network, its groups of rules, private zones, the way out, flow logs (OOB-05)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureKeys, AzureNetwork, Context
from components.contract import NetworkSpec
from components.options import child


class Network(ComponentResource):
    """The virtual network, its groups of rules, private zones, the way out, flow logs (OOB-05)."""

    outputs: AzureNetwork

    def __init__(self, name: str, context: Context, spec: NetworkSpec, keys: AzureKeys, parent: Resource) -> None:
        super().__init__("oob:azure:Network", name, None, child(parent))
        raise NotImplementedError("network")
