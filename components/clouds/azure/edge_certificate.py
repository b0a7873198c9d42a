"""The certificate of the gate: one in a Key Vault, given or the internal authority's (AWS-22 to AWS-26, ADR 0007).

The gateway reads it by an address without a version and looks for a newer one every four hours, so a renewal needs no deployment.
Azure makes no public certificate for an application gateway; `azure.edge.certificate` names one that somebody else renews.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_azure_native import keyvault, managedidentity

from components.clouds.azure import names
from components.clouds.azure.handles import AzureKeys, Context, Group
from components.clouds.azure.roles import grant
from components.contract import Certificate
from components.options import child, stateful

SECRET_NAME = "edge-certificate"  # noqa: S105 a name
CONTENT_TYPE = "application/x-pkcs12"
READER = "Key Vault Secrets User"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the gateway serves: the secret's address, the identity that may read it, and what must be there before."""

    secret: Input[str]
    identity: Input[str]
    ready: tuple[Resource, ...]


def encoded(certificate: str, key: str, chain: str) -> str:
    """The secret's value: PKCS 12 without a password, as text."""
    from components.clouds.azure import pkcs12  # takes a while to load, and a plan knows no certificate yet

    return base64.b64encode(pkcs12.bundle(certificate, key, chain)).decode()


def certificate(name: str, context: Context, parent: Resource, home: Group, keys: AzureKeys, backup: Certificate) -> Served:
    """The certificate that the settings name, else one of the internal authority in the vault of secrets."""
    given = context.settings.edge.certificate
    if given is not None:
        return Served(secret=given.secret, identity=given.identity, ready=())
    environment = context.environment
    identity = managedidentity.UserAssignedIdentity(
        f"{name}-identity",
        resource_name_=names.identity(environment.name, "edge"),
        resource_group_name=home.name,
        location=home.location,
        opts=child(parent, context.main),
    )
    value = Output.secret(Output.all(backup.certificate, backup.key, backup.chain).apply(lambda pems: encoded(*pems)))
    secret = keyvault.Secret(
        f"{name}-secret",
        secret_name=SECRET_NAME,
        vault_name=keys.secret_vault_name,
        resource_group_name=keys.data.name,
        properties={"value": value, "content_type": CONTENT_TYPE, "attributes": {"enabled": True}},
        # Deleting a single secret is a call to the vault itself, which answers only inside the network.
        opts=ResourceOptions.merge(
            stateful(child(parent, context.main), disposable=environment.disposable),
            ResourceOptions(deleted_with=keys.secret_vault),
        ),
    )
    access = grant(f"{name}-access", context, parent, scope=secret.id, principal_id=identity.principal_id, role=READER)
    return Served(
        secret=Output.all(keys.secret_vault_url, secret.id).apply(lambda found: f"{found[0]}secrets/{SECRET_NAME}"),
        identity=identity.id,
        ready=(access,),
    )
