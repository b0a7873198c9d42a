"""Providers: named by every resource, and locked to one account, subscription or cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator

from policies.model import Finding, Outcome, Resource, Severity, Unjudged, bad_if, rule
from policies.reading.iam import NO_MARKS
from policies.reading.values import UNKNOWN, Value, from_plain, present

CLOUD_PACKAGES = ("aws", "azure-native", "azuread", "kubernetes")
AWS = "pulumi:providers:aws"
AZURE = "pulumi:providers:azure-native"
ENTRA = "pulumi:providers:azuread"
KUBERNETES = "pulumi:providers:kubernetes"

REMOTE_COMPONENTS = "kubernetes:yaml/v2:"
"""Components that the provider itself builds: the engine says no provider of them, only of the resources inside."""


@rule(
    "providers-explicit",
    on=tuple(f"{package}:*" for package in CLOUD_PACKAGES),
    severity=Severity.CRITICAL,
    remedy="Give the resource, or the component above it, a provider that is locked to the account of this stack",
)
def explicit(r: Resource) -> Iterator[Outcome]:
    """Every resource names its provider: a default one takes whatever credentials lie about."""
    if r.type.startswith(REMOTE_COMPONENTS):
        return
    name = r.provider.rpartition("::")[2]
    yield from bad_if(not name or name == "default" or name.startswith("default_"), "", "comes from a default provider")


def decoded(r: Resource, key: str) -> Value:
    """A provider's setting: the engine passes lists and numbers of providers as JSON text."""
    value = r.at(key)
    if isinstance(value, str):
        try:
            read = from_plain(json.loads(value), NO_MARKS)
        except ValueError:
            return value
        return read if isinstance(read, (list, dict, bool)) else value
    return value


@rule("providers-aws-locked", on=AWS, severity=Severity.CRITICAL, remedy="Give allowedAccountIds the one account of this stack")
def aws_locked(r: Resource) -> Iterator[Outcome]:
    """A provider of AWS works in one account, whatever credentials it is given."""
    accounts = decoded(r, "allowedAccountIds")
    if accounts is UNKNOWN:
        yield Unjudged("allowedAccountIds")
    elif not isinstance(accounts, list) or len(accounts) != 1:
        yield Finding("allowedAccountIds", "does not name exactly one account")


@rule(
    "providers-azure-locked",
    on=(AZURE, ENTRA),
    severity=Severity.CRITICAL,
    remedy="Give subscriptionId and tenantId of this stack, and no others",
)
def azure_locked(r: Resource) -> Iterator[Outcome]:
    """A provider of Azure works in one subscription and one tenant."""
    if not present(r.at("tenantId")):
        yield Finding("tenantId", "is not given")
    if r.type == AZURE and not present(r.at("subscriptionId")):
        yield Finding("subscriptionId", "is not given")
    others = decoded(r, "auxiliaryTenantIds")
    yield from bad_if(UNKNOWN if others is UNKNOWN else present(others), "auxiliaryTenantIds", "opens further tenants")


@rule(
    "providers-kubernetes-locked",
    on=KUBERNETES,
    severity=Severity.CRITICAL,
    remedy="Give kubeconfig, made from the cluster of this stack",
)
def kubernetes_locked(r: Resource) -> Iterator[Outcome]:
    """The provider of Kubernetes has the configuration of this stack's cluster, never the one of whoever runs it."""
    if not present(r.at("kubeconfig")):
        yield Finding("kubeconfig", "is not given, so the context of whoever runs this is used")
