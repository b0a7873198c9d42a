"""Host names that lead to nobody in particular: services that many tenants share, and registries that anybody may pull from."""

from __future__ import annotations

import re

from components import hosts

# Naming one of these leads to the primary only with the primary's own part of the path.
SHARED_HOSTS = (
    "login.microsoftonline.com",
    "login.windows.net",
    "sts.windows.net",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "accounts.google.com",
    "token.actions.githubusercontent.com",
    "github.com",
    "api.github.com",
    "gitlab.com",
    "bitbucket.org",
    "dev.azure.com",
    "vstoken.dev.azure.com",
    "circleci.com",
    "app.circleci.com",
    "api.pulumi.com",
    "app.pulumi.com",
    "app.terraform.io",
    "hooks.slack.com",
    "slack.com",
    "outlook.office.com",
    "outlook.office365.com",
    "graph.microsoft.com",
    "management.azure.com",
    "events.pagerduty.com",
    "events.eu.pagerduty.com",
    "api.opsgenie.com",
    "api.eu.opsgenie.com",
    "alert.victorops.com",
    "chat.googleapis.com",
    "storage.googleapis.com",
    "discord.com",
    "api.telegram.org",
)
_LOGIC = re.compile(r"[a-z0-9-]+\.[a-z0-9]+\.logic\.azure\.com")  # workflows, those behind the hooks of Teams as well
# A service of AWS, perhaps in one region. With a bucket's, a registry's or a balancer's name in front it is nobody else's.
_OF_AWS = re.compile(
    r"(?:[a-z][a-z0-9-]*|oidc\.eks|api\.ecr|s3\.dualstack)(?:\.[a-z]{2}(?:-[a-z]+)+-[0-9])?\.amazonaws\.com(?:\.cn)?"
)

PUBLIC_REGISTRIES = frozenset(
    {
        "docker.io",
        "registry-1.docker.io",
        "ghcr.io",
        "quay.io",
        "public.ecr.aws",
        "registry.k8s.io",
        "mcr.microsoft.com",
        "gcr.io",
    }
)
"""Registries that anybody may pull from: using one of them too is shared fate, not a way into the primary."""


def is_shared(host: str) -> bool:
    """Whether many tenants share this host name."""
    return host in SHARED_HOSTS or _LOGIC.fullmatch(host) is not None or _OF_AWS.fullmatch(host) is not None


def is_public_registry(value: str) -> bool:
    """Whether anybody may pull from this registry."""
    return hosts.canonical(value) in PUBLIC_REGISTRIES
