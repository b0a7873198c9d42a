"""Explicit providers: one for the subscription in its directory, one for the directory itself."""

from __future__ import annotations

import pulumi_azure_native as azure
import pulumi_azuread as azuread

from components.clouds.azure.settings import Settings


def subscription(settings: Settings) -> azure.Provider:
    """Everything goes to the subscription that the stack names, with tokens of its directory and of no other (C-25)."""
    return azure.Provider(
        "azure",
        subscription_id=settings.subscription,
        tenant_id=settings.tenant,
        location=settings.location,
        auxiliary_tenant_ids=[],
        disable_pulumi_partner_id=True,
    )


def directory(settings: Settings) -> azuread.Provider:
    """The secondary directory (OOB-91)."""
    return azuread.Provider("directory", tenant_id=settings.tenant, disable_terraform_partner_id=True)
