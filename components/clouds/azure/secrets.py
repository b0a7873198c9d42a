"""Application and break-glass secrets in the vault (OOB-104, OOB-125)."""

from __future__ import annotations

from pulumi import ComponentResource, Resource

from components.clouds.azure.handles import AzureKeys, AzureSecrets, Context
from components.contract import SecretsSpec
from components.options import child


class Secrets(ComponentResource):
    """Application and break-glass secrets in the vault (OOB-104, OOB-125)."""

    outputs: AzureSecrets

    def __init__(self, name: str, context: Context, spec: SecretsSpec, keys: AzureKeys, parent: Resource) -> None:
        super().__init__("oob:azure:Secrets", name, None, child(parent))
        raise NotImplementedError("secrets")
