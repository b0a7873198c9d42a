"""The vault's secrets: one for each credential (OOB-104, OOB-76, PREP-89), written through the Resource Manager.

The vault itself answers inside the network alone, so a value goes in by a call that only the subscription's deployers may make,
and comes out for members of the administrators' groups, through the bastion (OOB-28). Conditional Access asks them for a second
factor (OOB-103). No workload has a role on the vault. Every read of a break-glass secret raises an alarm (OOB-105).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pulumi import ComponentResource, Output, Resource, ResourceOptions
from pulumi_azure_native import keyvault

from components.clouds.azure.handles import AzureKeys, AzureSecrets, Context
from components.clouds.azure.roles import grant
from components.contract import SecretsSpec
from components.options import child, stateful

LEGAL = r"[A-Za-z0-9-]{1,127}"  # "Naming rules and restrictions for Azure resources", Microsoft.KeyVault vaults/secrets
APPLICATION, BREAK_GLASS = "application", "break-glass"
READERS = "Key Vault Secrets User"


def secret_name(kind: str, key: str) -> str:
    """The name under which people look a secret up. ValueError if the vault would refuse it."""
    name = f"{kind}-{key}"
    if not re.fullmatch(LEGAL, name):
        raise ValueError(f"{name!r} is no name of a secret: 1 to 127 letters, digits and hyphens")
    return name


class Secrets(ComponentResource):
    """The secrets. `outputs.references` are addresses without a version; values go in and are never read back by anything here.

    A new value becomes the current version and the one before it stays readable under its own address, so that a drill can show
    that the new one works and the old one is refused (OOB-125). Content type and tags say which generation a value is and how old
    it may become; no expiry is set, since a plan that reads the clock would differ from day to day.
    """

    def __init__(self, name: str, context: Context, spec: SecretsSpec, keys: AzureKeys, parent: Resource) -> None:
        super().__init__("oob:azure:Secrets", name, None, child(parent))
        self._name, self._context, self._keys = name, context, keys
        self._generation = spec.rotation.generation
        self._max_age_days = spec.rotation.max_age_days
        self._readers()
        references = self._all(APPLICATION, spec.application) | self._all(BREAK_GLASS, spec.break_glass)
        self.outputs = AzureSecrets(
            references=references,
            break_glass_names=tuple(secret_name(BREAK_GLASS, key) for key in spec.break_glass),
        )
        self.register_outputs({})

    def _readers(self) -> None:
        for number, group in enumerate(self._context.settings.cluster.administrators, 1):
            grant(
                f"{self._name}-readers-{number}",
                self._context,
                self,
                scope=self._keys.secret_vault_id,
                principal_id=group,
                role=READERS,
                kind="Group",
            )

    def _all(self, kind: str, values: Mapping[str, Output[str]]) -> dict[str, Output[str]]:
        return {key: self._secret(kind, key, value) for key, value in values.items()}

    def _secret(self, kind: str, key: str, value: Output[str]) -> Output[str]:
        context = self._context
        name = secret_name(kind, key)
        made = keyvault.Secret(
            f"{self._name}-{key}",
            secret_name=name,
            vault_name=self._keys.secret_vault_name,
            resource_group_name=self._keys.data.name,
            properties={
                "value": Output.secret(value),
                "content_type": f"generation {self._generation}",
                "attributes": {"enabled": True},
            },
            tags={
                "oob:class": kind,
                "oob:rotation-generation": str(self._generation),
                "oob:max-age-days": str(self._max_age_days),
            },
            # Deleting a single secret is a call to the vault itself, which answers only inside the network.
            opts=ResourceOptions.merge(
                stateful(child(self, context.main), disposable=context.environment.disposable),
                ResourceOptions(deleted_with=self._keys.secret_vault),
            ),
        )
        # By the name and not by what the service answers: its answer repeats the value's version.
        return Output.all(self._keys.secret_vault_url, made.id).apply(lambda found: f"{found[0]}secrets/{name}")
