"""What a person should know although nothing is wrong: one sentence each, for the plan to print.

Dates belong here: an end of support or of a drill must not stop a stack from planning one morning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from components import versions
from components.checks import drills, fit
from components.hosts import of_email, under
from components.platform.images import Images
from components.sections import Mode, Posture, Size, today
from components.settings import Settings

SERVER_WARNING = timedelta(days=45)  # a line lives about three months
CLUSTER_WARNING = timedelta(days=120)
DATABASE_WARNING = timedelta(days=270)  # nine months (PREP-79)


def notices(parsed: Settings, on: date | None = None) -> list[str]:
    """Every notice on a stack, as of a day (today if None)."""
    day = on or today()
    dated = [notice for rule in (_support, _drill) for notice in rule(parsed, day)]
    standing = [notice for rule in (_permissions, _irreversible, _dependencies, _readiness, _images) for notice in rule(parsed)]
    return [*dated, *standing, *parsed.cloud.notices(parsed.stack, day)]


def expired_drill(parsed: Settings, on: date | None = None) -> str | None:
    """Why this stack may be planned and destroyed but not brought up any more; None if it may."""
    drill = parsed.stack.drill
    if drill is None or drill.expires >= (on or today()):
        return None
    return f"the drill {drill.id} ended on {drill.expires} (drill.expires): destroy what is left of it, and write down a new one"


def _ends(what: str, ends: date, on: date, warning: timedelta, fix: str) -> Iterator[str]:
    if ends < on:
        yield f"{what} has been without support since {ends}; {fix}"
    elif ends - on <= warning:
        yield f"{what} loses support on {ends}, in {(ends - on).days} days; {fix}"


def _support(parsed: Settings, on: date) -> Iterator[str]:
    version = parsed.stack.mattermost.version
    server = fit.server_of(version)
    if server is not None:
        wanted = versions.triple(server.newest)
        what = f"Mattermost {version} (mattermost.version)"
        yield from _ends(what, server.ends, on, SERVER_WARNING, f"move to {fit.newest().newest} or newer")
        if versions.triple(version) < wanted:
            yield f"{what} is older than {server.newest}, the newest of its line that this program knows"
    kubernetes = parsed.cloud.kubernetes_version()
    if kubernetes in versions.KUBERNETES:
        ends = versions.KUBERNETES[kubernetes]
        yield from _ends(f"Kubernetes {kubernetes}", ends, on, CLUSTER_WARNING, "move to the next minor")
        for part in fit.untested_on(kubernetes):
            first, last = fit.TESTED_ON[part]
            tested = f"{part} is tested by its makers on Kubernetes {first} to {last}, not on {kubernetes}"
            yield f"{tested}: rehearse before you rely on it"
    postgres = parsed.cloud.postgres_version()
    major = versions.triple(postgres)[0]
    if major in versions.POSTGRES:
        yield from _ends(f"PostgreSQL {postgres}", versions.POSTGRES[major], on, DATABASE_WARNING, "plan the next major")


def _permissions(parsed: Settings) -> Iterator[str]:
    stack = parsed.stack
    if stack.access.open_to_all is not None:
        yield f"anybody may connect until {stack.access.open_to_all.until} (access.openToAll): {stack.access.open_to_all.reason}"
    for name, waiver in stack.waivers.items():
        yield f"the rule {name} is set aside until {waiver.expires} by {waiver.owner}: {waiver.reason}"


def _irreversible(parsed: Settings) -> Iterator[str]:
    if parsed.stack.backup.vault_lock:
        yield "backup.vaultLock is true: once its days of grace are over, nobody can lift it or keep less"
    if parsed.stack.backup.object_lock == "compliance":
        days = parsed.stack.backup.lock_days
        yield f"backup.objectLock is compliance: nobody can delete a backup for {days} days, not even with the account"


def _dependencies(parsed: Settings) -> Iterator[str]:
    primary = parsed.stack.primary
    corporate = [p.username for p in parsed.roster.people if any(under(of_email(p.email), domain) for domain in primary.domains)]
    if corporate:
        yield f"invitations and password resets of {', '.join(corporate)} go to addresses that are lost with the primary"
    if not (primary.accounts or primary.subscriptions or primary.tenants):
        yield "primary names no account, subscription or tenant, so nothing can be checked against them"


def _readiness(parsed: Settings) -> Iterator[str]:
    stack = parsed.stack
    if not stack.site.zone_delegated:
        yield "site.zoneDelegated is false: the public certificate is not validated, and browsers see the internal one"
    if stack.identity.provider != "local" and stack.mode is Mode.LIVE:
        yield (
            f"sign-in by the identity provider leads to {stack.site.host} (site.host), which is the primary until a failover; "
            f"at {stack.site.direct_host} use a local account before it, or set the latch first (OOB-28)"
        )
    if stack.posture is Posture.COLD:
        yield "posture is cold: nothing serves until somebody wakes it (OOB-06)"
    alone = stack.mattermost.replicas == 1 and stack.posture is Posture.HOT and stack.mode is Mode.LIVE
    if alone and stack.mattermost.licensed and stack.size is not Size.SMALL:
        yield "mattermost.replicas is 1: the loss of one server interrupts the service (OOB-129)"
    if not stack.mattermost.private and stack.mode is Mode.LIVE:
        yield "mattermost.private is false: the application calls its makers' services"


def _images(parsed: Settings) -> Iterator[str]:
    open_ones = without_digest(parsed)
    if open_ones:
        of = f"{len(open_ones)} of {len(versions.IMAGES)} images have no digest (images.digests)"
        yield f"{of}: whoever rules their registry can change them under their tag; --json names them (AIR-63)"


def without_digest(parsed: Settings) -> tuple[str, ...]:
    """Images that a stack does not fix by digest, by their name in images.digests."""
    return Images(parsed.stack.images).without_digest()


def _drill(parsed: Settings, on: date) -> Iterator[str]:
    drill = parsed.stack.drill
    if drill is None:
        return
    stop = expired_drill(parsed, on)
    if stop is not None:
        yield stop
    elif drill.expires - on > timedelta(days=drills.LONGEST_DAYS):
        yield f"the drill {drill.id} was written down for {drill.created}, which is still to come"
