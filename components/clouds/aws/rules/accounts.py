"""Accounts, regions and what belongs to them: nothing is the primary's (OOB-74), and copies lie elsewhere (OOB-69)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from components.clouds.aws.identifiers import ACCOUNT, account_of, registry_of, zone_letters
from components.clouds.aws.trust import regions_with_trust
from components.faults import Fault
from components.salvage import numbered, readable
from components.sections import Mode

if TYPE_CHECKING:
    from components.clouds.aws.settings import Settings
    from components.settings import Stack

_SURVIVES = "use one that survives the primary"


def primary_accounts(stack: Stack) -> dict[str, str]:
    """Account numbers of the primary, each with the setting that says so: listed, or named in an ARN of the primary."""
    primary = stack.primary
    found: dict[str, str] = {}
    for path, entries in readable(
        ("primary.accounts", lambda: primary.accounts),
        ("primary.keys", lambda: primary.keys),
        ("primary.certificates", lambda: primary.certificates),
        ("primary.alertEndpoints", lambda: primary.alert_endpoints),
        ("primary.secretStores", lambda: primary.secret_stores),
        ("primary.organisations", lambda: primary.organisations),
    ):
        for index, entry in numbered(entries):
            account = entry if re.fullmatch(ACCOUNT, entry) else account_of(entry)
            if account is not None:
                found.setdefault(account, f"{path}[{index}]")
    for index, registry in numbered(primary.registries):
        private = registry_of(registry)
        if private is not None:
            found.setdefault(private[0], f"primary.registries[{index}]")
    return found


def own_account(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """OOB-74."""
    said = primary_accounts(stack).get(settings.account)
    if said is not None:
        yield Fault("aws.account", f"'{settings.account}' is an account of the primary ({said})", "use an account of its own")


def account_numbers(stack: Stack) -> Iterator[Fault]:
    """An account in another spelling would never be found again."""
    for index, account in numbered(stack.primary.accounts):
        bare = re.sub(r"[\s-]", "", account)
        if bare != account and re.fullmatch(ACCOUNT, bare):
            why = f"'{account}' is an account number in another spelling"
            yield Fault(f"primary.accounts[{index}]", why, f"write it as '{bare}'")


def arns(settings: Settings, stack: Stack) -> Iterator[tuple[str, str]]:
    """Every ARN that this environment leans on, with its path."""
    cluster, vault, drill = lambda: settings.cluster, lambda: settings.vault, lambda: stack.drill
    for path, given in readable(("aws.cluster.administrators", lambda: cluster().administrators)):
        yield from ((f"{path}[{index}]", arn) for index, arn in numbered(given))
    single: tuple[tuple[str, Callable[[], str | None]], ...] = (
        ("aws.vault.secondAccountVault", lambda: vault().second_account_vault),
        ("aws.permissionsBoundary", lambda: settings.permissions_boundary),
        ("drill.objects.key", lambda: found.objects.key if (found := drill()) else None),
        ("drill.database.snapshot", lambda: found.database.snapshot if (found := drill()) else None),
        ("drill.database.cluster", lambda: found.database.cluster if (found := drill()) else None),
    )
    yield from ((path, arn) for path, arn in readable(*single) if arn is not None)


def arns_apart(settings: Settings, stack: Stack) -> Iterator[Fault]:
    taken = primary_accounts(stack)
    for path, arn in arns(settings, stack):
        account = account_of(arn)
        if account in taken:
            yield Fault(path, f"'{arn}' belongs to an account of the primary ({taken[account]})", _SURVIVES)


def mirror_apart(stack: Stack) -> Iterator[Fault]:
    mirror = stack.images.mirror
    private = registry_of(mirror) if mirror else None
    said = primary_accounts(stack).get(private[0]) if private else None
    if said is not None:
        why = f"'{mirror}' belongs to an account of the primary ({said})"
        yield Fault("images.mirror", why, "copy the images to a registry of your own")


def second_account(settings: Settings) -> Iterator[Fault]:
    vault = settings.vault.second_account_vault
    if vault is not None and account_of(vault) == settings.account:
        why = f"'{vault}' lies in aws.account itself"
        yield Fault("aws.vault.secondAccountVault", why, "give a vault in another account, or leave it out")


def boundary_account(settings: Settings) -> Iterator[Fault]:
    boundary = settings.permissions_boundary
    if boundary is not None and account_of(boundary) not in (None, settings.account):
        why = f"'{boundary}' lies in another account than aws.account '{settings.account}'"
        yield Fault("aws.permissionsBoundary", why, "give a policy of that account")


def two_regions(settings: Settings) -> Iterator[Fault]:
    """OOB-69."""
    if settings.region == settings.replica_region:
        yield Fault("aws.replicaRegion", f"'{settings.replica_region}' equals aws.region", "give another region for the copies")


def enough_zones(settings: Settings) -> Iterator[Fault]:
    """AWS-05."""
    offered = len(zone_letters(settings.region))
    if settings.network.zones > offered:
        why = f"{settings.network.zones} is more than the {offered} that '{settings.region}' (aws.region) offers to an account"
        yield Fault("aws.network.zones", why, f"set it to {offered}, or use another region")


def known_region(settings: Settings) -> Iterator[Fault]:
    """Without its certificate authorities no connection to the database could be verified (TLS-14)."""
    if settings.region not in regions_with_trust():
        known = ", ".join(regions_with_trust())
        why = f"the certificate authorities of Aurora in '{settings.region}' are not in this repository"
        yield Fault("aws.region", why, f"use one of {known}, or add them to components/clouds/aws/trust")


def closed_mirror(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """Without a way out, only the VPC's endpoints lead to a registry, and they lead to ECR in the same region."""
    mirror = stack.images.mirror
    if stack.egress.mode == "none" and mirror is not None:
        private = registry_of(mirror)
        if private is None or private[1] != settings.region:
            fix = f"use a private ECR registry in '{settings.region}', or egress.mode: filtered"
            yield Fault("images.mirror", f"'{mirror}' cannot be reached with egress.mode 'none'", fix)


def drill_copies(settings: Settings, stack: Stack) -> Iterator[Fault]:
    """A drill's destroy leaves nothing, and a copy in another account would stay (ADR 0013)."""
    if stack.mode is Mode.DRILL and settings.vault.second_account_vault is not None:
        why = f"'{settings.vault.second_account_vault}' would keep a drill's copies after its destroy"
        yield Fault("aws.vault.secondAccountVault", why, "remove it")


def shared_regions(settings: Settings, stack: Stack) -> Iterator[str]:
    """Regions in which the primary runs as well."""
    for path, region in (("aws.region", settings.region), ("aws.replicaRegion", settings.replica_region)):
        if region in stack.primary.regions:
            yield f"{path} {region} is one of primary.regions: a failure of that region takes both"


OWN = (second_account, boundary_account, two_regions, known_region, enough_zones)
NEUTRAL = (account_numbers, mirror_apart)
ACROSS = (own_account, arns_apart, closed_mirror, drill_copies)
