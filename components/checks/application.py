"""The application's own settings: licence, servers side by side, sign-in, secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from components import versions
from components.checks.subject import Subject
from components.faults import Fault
from components.findings import nearest, path_of
from components.hosts import of_address, under
from components.salvage import numbered, readable
from components.sections import Posture, Size

if TYPE_CHECKING:
    from components.settings import Stack


def size_needs_a_licence(subject: Subject) -> Iterator[Fault]:
    """Cluster, metrics and audit log are Enterprise features (C-27)."""
    stack = subject.stack
    if not stack.mattermost.licensed and stack.size is not Size.SMALL:
        why = f"false, but size '{stack.size.value}' needs an Enterprise licence (cluster, metrics, audit log)"
        yield Fault("mattermost.licensed", why, "set it to true and give the secret key oob:licence, or set size: small")


def replicas_need_a_licence(subject: Subject) -> Iterator[Fault]:
    mattermost = subject.stack.mattermost
    if not mattermost.licensed and mattermost.replicas is not None and mattermost.replicas > 1:
        why = f"{mattermost.replicas} servers side by side need an Enterprise licence"
        yield Fault("mattermost.replicas", why, "set mattermost.licensed: true, or 1")


def replicas_fit_the_size(subject: Subject) -> Iterator[Fault]:
    stack = subject.stack
    if stack.mattermost.replicas == 1 and stack.size is Size.LARGE and stack.posture is Posture.HOT and stack.mattermost.licensed:
        yield Fault("mattermost.replicas", "1 server cannot carry size 'large'", "leave it out, or give 2 to 6")


def replicas_fit_the_posture(subject: Subject) -> Iterator[Fault]:
    """The setting says how many serve when hot; warm and cold keep fewer by themselves."""
    if subject.stack.mattermost.replicas == 0 and subject.stack.posture is Posture.HOT:
        fix = "leave it out, give 1 to 6, or set posture: cold"
        yield Fault("mattermost.replicas", "0 contradicts posture 'hot', which serves at once", fix)


def oidc_needs_its_block(subject: Subject) -> Iterator[Fault]:
    identity = subject.stack.identity
    if identity.provider == "oidc" and identity.oidc is None:
        yield Fault("identity.oidc", "required, because identity.provider is 'oidc', but not given", "give issuer and clientId")


def oidc_block_needs_its_provider(subject: Subject) -> Iterator[Fault]:
    identity = subject.stack.identity
    if identity.provider != "oidc" and identity.oidc is not None:
        why = f"given, but identity.provider is '{identity.provider}'"
        yield Fault("identity.oidc", why, "remove this block, or set identity.provider: oidc")


def issuer_apart(subject: Subject) -> Iterator[Fault]:
    """The identity provider is not the primary's, in no spelling (OOB-24)."""
    if subject.stack.identity.oidc is None:
        return
    issuer, primary = subject.stack.identity.oidc.issuer, subject.stack.primary
    independent = "use an independent identity provider"
    for index, other in numbered(primary.issuers):
        if issuer.casefold() == other.casefold():
            yield Fault("identity.oidc.issuer", f"'{issuer}' is the primary's (primary.issuers[{index}])", independent)
            return
    for index, domain in numbered(primary.domains):
        if under(of_address(issuer), domain):
            yield Fault("identity.oidc.issuer", f"'{issuer}' lies under '{domain}' (primary.domains[{index}])", independent)
            return
    for index, tenant in numbered(primary.tenants):
        if tenant.casefold() in urlsplit(issuer).path.casefold().split("/"):
            yield Fault("identity.oidc.issuer", f"'{issuer}' is of tenant '{tenant}' (primary.tenants[{index}])", independent)


def digests_have_images(subject: Subject) -> Iterator[Fault]:
    for name in subject.stack.images.digests:
        if name not in versions.IMAGES:
            near = nearest(name, versions.IMAGES)
            fix = f"did you mean {near}?" if near else f"use one of {', '.join(versions.IMAGES)}"
            yield Fault(path_of("images.digests", (name,)), f"'{name}' is no component with an image", fix)


SECRETS: dict[str, tuple[str, Callable[[Stack], bool]]] = {
    "licence": ("mattermost.licensed is true", lambda stack: stack.mattermost.licensed),
    "smtpPassword": ("smtp is given", lambda stack: stack.smtp is not None),
    "oidcClientSecret": ("identity.provider is 'oidc'", lambda stack: stack.identity.provider == "oidc"),
}


def secrets_are_given(subject: Subject) -> Iterator[Fault]:
    for key, needed in readable(*((key, partial(asked, subject.stack)) for key, (_, asked) in SECRETS.items())):
        if needed and key not in subject.secrets:
            why = f"required, because {SECRETS[key][0]}, but not given as a secret"
            yield Fault(f"oob:{key}", why, f"set it with `pulumi config set --secret oob:{key}`")


RULES = (
    size_needs_a_licence,
    replicas_need_a_licence,
    replicas_fit_the_size,
    replicas_fit_the_posture,
    oidc_needs_its_block,
    oidc_block_needs_its_provider,
    issuer_apart,
    digests_have_images,
    secrets_are_given,
)
