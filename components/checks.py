"""Rules over several settings at once. Plain functions of a parsed stack; each names the path, the value and the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from components import versions
from components.faults import Fault
from components.schema import overlaps, under
from components.sections import Mode, Size, today
from components.timing import FailoverTiming

if TYPE_CHECKING:
    from components.settings import Stack

WIDEST_ALLOWED_PREFIX = 8  # an allow-list entry wider than a /8 is open access in all but name (C-02)


def all_faults(stack: Stack) -> list[Fault]:
    """Every cross-field fault of a stack that parsed."""
    rules: tuple[Callable[[Stack], Iterator[Fault]], ...] = (
        names_faults,
        access_faults,
        egress_faults,
        issuer_faults,
        version_faults,
        licence_faults,
        backup_faults,
        drill_faults,
        channel_faults,
        waiver_faults,
    )
    return [fault for rule in rules for fault in rule(stack)]


def names_faults(stack: Stack) -> Iterator[Fault]:
    """Names lie in the zone, differ from each other and from the primary's (OOB-37, drills.md 7.3)."""
    site = stack.site
    for path, host in (("site.host", site.host), ("site.directHost", site.direct_host)):
        if not under(host, site.zone) or host == site.zone:
            yield Fault(path, f"{host!r} is not a name below site.zone {site.zone!r}; choose one like chat.{site.zone}")
    if site.host == site.direct_host:
        yield Fault("site.directHost", f"{site.direct_host!r} equals site.host; it must be a second name that never moves")
    for path, host in (("site.zone", site.zone), ("site.host", site.host), ("site.directHost", site.direct_host)):
        for domain in stack.primary.domains:
            if under(host, domain):
                yield Fault(
                    path, f"{host!r} lies under {domain!r} of primary.domains; use a zone with its own registrar and account"
                )
    endpoint = stack.primary.endpoint.host
    if endpoint in (site.host, site.direct_host) or under(endpoint, site.zone):
        yield Fault(
            "primary.endpoint.host", f"{endpoint!r} is one of the out-of-band names; give the primary system's own host name"
        )


def access_faults(stack: Stack) -> Iterator[Fault]:
    """The allow-list is a list, not the internet, unless for a stated while (C-02, OOB-21)."""
    opened = stack.access.open_to_all
    for index, network in enumerate(stack.access.allowed_cidrs):
        path = f"access.allowedCidrs[{index}]"
        if network.prefixlen < WIDEST_ALLOWED_PREFIX and opened is None:
            yield Fault(path, f"'{network}' lets in the internet; list real networks, or set access.openToAll with until and reason")
        for inner, cidr in enumerate(stack.primary.cidrs):
            if overlaps(network, cidr) and network.prefixlen >= WIDEST_ALLOWED_PREFIX:
                yield Fault(
                    path,
                    f"'{network}' overlaps primary.cidrs[{inner}] '{cidr}'; people must get in from elsewhere when that network is down",
                )
    if opened is not None and opened.until < today():
        yield Fault("access.openToAll.until", f"{opened.until} has passed; remove openToAll or set a new end")


def egress_faults(stack: Stack) -> Iterator[Fault]:
    """A closed network needs what it cannot fetch from a mirror; a list belongs to `filtered` only."""
    egress = stack.egress
    if egress.mode == "none" and stack.images.mirror is None:
        yield Fault("egress.mode", "'none' leaves no way to public image registries; set images.mirror to a registry inside")
    if egress.mode != "filtered" and egress.domains:
        yield Fault("egress.domains", f"only used with egress.mode 'filtered', but the mode is {egress.mode!r}; remove one of them")
    for index, pattern in enumerate(egress.domains):
        for domain in stack.primary.domains:
            if under(pattern.removeprefix("*."), domain):
                yield Fault(f"egress.domains[{index}]", f"{pattern!r} lies under {domain!r} of primary.domains; remove it")


def issuer_faults(stack: Stack) -> Iterator[Fault]:
    """The identity provider is not the primary's (OOB-24)."""
    if stack.identity.oidc is None:
        return
    issuer = stack.identity.oidc.issuer
    host = urlsplit(issuer).hostname or ""
    if issuer in stack.primary.issuers:
        yield Fault("identity.oidc.issuer", f"{issuer!r} is one of primary.issuers; use an independent identity provider")
    for domain in stack.primary.domains:
        if under(host, domain):
            yield Fault("identity.oidc.issuer", f"{host!r} lies under {domain!r} of primary.domains; use an independent provider")


def version_faults(stack: Stack) -> Iterator[Fault]:
    """Server, operator and support dates fit together (PREP-81, AWS-63); database and cluster are the cloud's to check."""
    server = server_of(stack.mattermost.version)
    wanted = stack.mattermost.version
    if wanted in versions.REFUSED_SERVERS:
        yield Fault("mattermost.version", f"{wanted!r} has a known migration fault; use {versions.SERVERS[0].newest}")
    if server is None:
        lines = ", ".join(line.line for line in versions.SERVERS)
        yield Fault("mattermost.version", f"{wanted!r} is not of a supported release line; supported: {lines}")
    elif server.ends < today():
        yield Fault("mattermost.version", f"{wanted!r} lost support on {server.ends}; use {versions.SERVERS[-1].newest}")
    operator = versions.triple(stack.mattermost.operator_version)
    if operator < versions.OPERATOR_FLOOR:
        yield Fault(
            "mattermost.operatorVersion",
            f"{stack.mattermost.operator_version!r} cannot run server {wanted} (no readinessCheck before 1.25.8); use 1.25.9",
        )
    elif operator >= (2, 0, 0):
        yield Fault("mattermost.operatorVersion", f"{stack.mattermost.operator_version!r} is not known to this program; use 1.25.9")


def server_of(version: str) -> versions.Server | None:
    """The release line of a server version, or None if it is not a supported one."""
    wanted = versions.triple(version)[:2]
    return next((server for server in versions.SERVERS if versions.triple(server.line)[:2] == wanted), None)


def database_fault(path: str, postgres: str, server_version: str) -> Fault | None:
    """The fault of a PostgreSQL version for this server, for a cloud to report at its own path."""
    major = versions.triple(postgres)[0]
    server = server_of(server_version)
    floor = server.postgres_floor if server else min(versions.POSTGRES)
    if major not in versions.POSTGRES:
        known = ", ".join(map(str, versions.POSTGRES))
        return Fault(path, f"{postgres!r} is not a supported PostgreSQL; supported majors: {known}")
    if major < floor:
        return Fault(path, f"{postgres!r} is too old for Mattermost {server_version}, which needs PostgreSQL {floor} or newer")
    return None


def kubernetes_fault(path: str, kubernetes: str) -> Fault | None:
    """The fault of a Kubernetes version, for a cloud to report at its own path."""
    ends = versions.KUBERNETES.get(kubernetes)
    if ends is None or ends < today():
        known = ", ".join(versions.KUBERNETES)
        return Fault(path, f"{kubernetes!r} is not a Kubernetes version that every part is tested on; use one of {known}")
    return None


def licence_faults(stack: Stack) -> Iterator[Fault]:
    """High availability is an Enterprise feature (C-27, platform T14)."""
    replicas = stack.mattermost.replicas
    if stack.mattermost.licensed:
        if replicas == 1 and stack.size is Size.LARGE:
            yield Fault("mattermost.replicas", "1 cannot serve size 'large'; leave it out, or give 2 to 6")
        return
    if replicas is not None and replicas > 1:
        yield Fault("mattermost.replicas", f"{replicas} replicas need an Enterprise licence; set mattermost.licensed, or 1 replica")
    if stack.size is not Size.SMALL:
        yield Fault("mattermost.licensed", f"size {stack.size.value!r} needs an Enterprise licence (cluster, metrics, audit log)")


def backup_faults(stack: Stack) -> Iterator[Fault]:
    """Intervals keep the recovery point; locks are not longer than what is kept (OOB-111, OOB-112)."""
    backup = stack.backup
    for path, minutes in (
        ("backup.kubernetesIntervalMinutes", backup.kubernetes_interval_minutes),
        ("backup.dumpIntervalMinutes", backup.dump_interval_minutes),
    ):
        if minutes > backup.rpo_minutes:
            yield Fault(path, f"{minutes} is longer than backup.rpoMinutes {backup.rpo_minutes}; shorten it or accept a longer loss")
        if minutes < 60 and 60 % minutes or minutes >= 60 and (1440 % minutes or minutes % 60):
            yield Fault(path, f"{minutes} does not divide an hour or a day evenly, so cron cannot keep it; use 15, 30, 60, 120, 240 …")
    if backup.lock_days > backup.archive_days:
        yield Fault("backup.lockDays", f"{backup.lock_days} is longer than backup.archiveDays {backup.archive_days}; lower it")


def drill_faults(stack: Stack) -> Iterator[Fault]:
    """Drills say what they restore and when they end; nothing in them can lock (drills.md S2)."""
    drill = stack.drill
    if stack.mode is Mode.DRILL and drill is None:
        yield Fault("drill", "required, because mode is 'drill', but not given")
    if stack.mode is Mode.LIVE and drill is not None:
        yield Fault("drill", "given, but mode is 'live'; remove this block or set mode: drill")
    if drill is None:
        return
    if drill.expires < today():
        yield Fault("drill.expires", f"{drill.expires} has passed; give a day within the next two weeks")
    elif drill.expires > today() + timedelta(days=92):
        yield Fault("drill.expires", f"{drill.expires} is more than a quarter away; a drill is disposable")
    if stack.backup.vault_lock:
        yield Fault("backup.vaultLock", "true in a drill would lock for ever; remove it")
    if stack.backup.object_lock != "none":
        yield Fault("backup.objectLock", f"{stack.backup.object_lock!r} in a drill would stop its destroy; set 'none'")
    moment = drill.database.point_in_time
    if moment is not None and drill.objects.as_of < moment:
        yield Fault("drill.objects.asOf", f"{drill.objects.as_of!r} is before drill.database.pointInTime; files must not be older")


def channel_faults(stack: Stack) -> Iterator[Fault]:
    """Alarms, mail and state do not go through the primary (OOB-124, OOB-04)."""
    hosts = [(f"alerts.emails[{i}]", email.rpartition("@")[2].lower()) for i, email in enumerate(stack.alerts.emails)]
    if stack.smtp is not None:
        hosts += [("smtp.host", stack.smtp.host), ("smtp.sender", stack.smtp.sender.rpartition("@")[2].lower())]
    for path, host in hosts:
        for domain in stack.primary.domains:
            if under(host, domain):
                yield Fault(path, f"{host!r} lies under {domain!r} of primary.domains; use an address that survives the primary")
    mirror = stack.images.mirror
    if mirror is not None:
        host = mirror.partition("/")[0].partition(":")[0]
        if host in stack.primary.registries or any(under(host, domain) for domain in stack.primary.domains):
            yield Fault("images.mirror", f"{host!r} is a registry of the primary; copy the images to one of your own")
    if stack.state is not None and stack.state.backend in stack.primary.state_backends:
        yield Fault("state.backend", f"{stack.state.backend!r} is one of primary.stateBackends; keep this state elsewhere")


def waiver_faults(stack: Stack) -> Iterator[Fault]:
    """A waiver that has ended is no waiver."""
    for name, waiver in stack.waivers.items():
        if waiver.expires < today():
            yield Fault(f"waivers.{name}.expires", f"{waiver.expires} has passed; mend the finding or renew the waiver")


def failover_faults(stack: Stack, timing: FailoverTiming) -> Iterator[Fault]:
    """The arithmetic keeps the promised time (OOB-107)."""
    if timing.worst_seconds > stack.dns.target_seconds:
        yield Fault(
            "dns.targetSeconds",
            f"{stack.dns.target_seconds} cannot be kept: the worst case is {timing.worst_seconds:g} s ({timing.formula}); "
            "shorten intervalSeconds, failureThreshold or ttlSeconds, or accept a longer target",
        )

