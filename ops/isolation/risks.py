"""Shared fate: nothing here names the primary, and one failure would take both all the same.

Each kind has a level and a way out. The stack file accepts one in the open (primary.acceptedRisks), with an end. What nobody
has stated is a risk as well, because it could not be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from components.hosts import canonical, of_address, of_email
from components.sections import SHARED_FATE, Acceptance
from components.settings import Stack
from policies.isolation import Dependency
from policies.isolation.services import is_shared

HIGH, MEDIUM, UNKNOWN = "high", "medium", "unknown"

WAY_OUT: dict[str, str] = {
    "organisation": "move the account to an organisation of its own: administrators and policies reach every account in one",
    "region": "build in a region in which the primary does not run",
    "registrar": "move the zone to another registrar: one stolen login there takes both names",
    "parentZone": "use a zone right below a public suffix: whoever holds the parent holds both",
    "stateBackend": "keep this stack's state in a store of its own account",
    "alertChannel": "send alarms to a mail domain that the primary does not use for its own",
    "certificateAuthority": "let another authority issue: one that is distrusted or cannot be reached takes both",
    "imageRegistry": "mirror the images to a registry of your own (images.mirror)",
}
_STATE_IT = "state it, so that it can be compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One shared fate. `level` is high, medium or unknown; `accepted` says who answers for it, None while it counts."""

    kind: str
    level: str
    message: str
    accepted: Acceptance | None = None

    def as_json(self) -> dict[str, object]:
        """The documented form: kind, level, message, accepted (reason, owner, expires; null while it counts)."""
        accepted = self.accepted.model_dump(mode="json", by_alias=True) if self.accepted is not None else None
        return {"kind": self.kind, "level": self.level, "message": self.message, "accepted": accepted}


@dataclass(frozen=True, slots=True)
class _Found:
    level: str
    says: str


_Shared = tuple[Dependency, ...]


def judge(stack: Stack, shared: Iterable[Dependency], on: date) -> tuple[Risk, ...]:
    """Every shared fate of a stack. `shared` are places that name a region or a public registry of the primary."""
    places = tuple(shared)
    return tuple(_risk(stack, kind, found, on) for kind in SHARED_FATE for found in RULES[kind](stack, places))


def _risk(stack: Stack, kind: str, found: _Found, on: date) -> Risk:
    """An acceptance holds until its last day is over; from then on the risk counts again, and says so."""
    waiver = stack.primary.accepted_risks.get(kind)
    says = f"{found.says}. Way out: {_STATE_IT if found.level == UNKNOWN else WAY_OUT[kind]}."
    if waiver is not None and waiver.expires < on:
        says = f"{says} {waiver.owner} accepted it until {waiver.expires}, which has passed."
        waiver = None
    return Risk(kind=kind, level=found.level, message=says, accepted=waiver)


def _unstated(what: str, *given: tuple[str, object]) -> Iterator[_Found]:
    missing = [path for path, value in given if not value]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        yield _Found(UNKNOWN, f"{what} cannot be compared, because {' and '.join(missing)} {are} not given")


def _same(what: str, level: str, own: tuple[str, str | None], primary: tuple[str, tuple[str, ...]]) -> Iterator[_Found]:
    """One own value against the primary's list, each with its setting."""
    (setting, value), (listed, others) = own, primary
    yield from _unstated(what, own, primary)
    if value is not None and value.casefold() in {other.casefold() for other in others}:
        yield _Found(level, f"{what} is the primary's too: {value} ({setting}, {listed})")


def _organisation(stack: Stack, _: _Shared) -> Iterator[_Found]:
    own = "foundations.organisation", stack.foundations.organisation
    yield from _same("the cloud organisation", HIGH, own, ("primary.organisations", stack.primary.organisations))


def _region(stack: Stack, shared: _Shared) -> Iterator[_Found]:
    yield from _unstated("the regions", ("primary.regions", stack.primary.regions))
    for name in stack.primary.regions:
        places = [found for found in shared if found.kind == "region" and found.primary == name]
        if places:
            built = any("pulumi:providers:" in found.urn for found in places)
            count = len({found.urn for found in places})
            where = f"{places[0].urn.rpartition('::')[2]} at {places[0].path}"
            says = (
                f"{name} is a region of the primary, and {count} resource{'s name' if count > 1 else ' names'} it, first {where}"
            )
            yield _Found(HIGH if built else MEDIUM, says)


def _registrar(stack: Stack, _: _Shared) -> Iterator[_Found]:
    own = "foundations.registrar", stack.foundations.registrar
    yield from _same(f"the registrar of {stack.site.zone}", HIGH, own, ("primary.registrars", stack.primary.registrars))


# Labels below a country's domain under which its registry registers: co.uk is nobody's parent zone.
_REGISTRY_LABELS = frozenset({"co", "com", "net", "org", "ac", "gov", "edu", "go", "or", "ne", "gob", "gouv"})


def _parent_zone(stack: Stack, _: _Shared) -> Iterator[_Found]:
    """A zone above both that somebody could hold: not a top-level domain, nor a registry's label below one."""
    for domain in stack.primary.domains:
        common = _common_end(canonical(stack.site.zone).split("."), canonical(domain).split("."))
        registry = len(common) == 2 and len(common[1]) == 2 and common[0] in _REGISTRY_LABELS
        if len(common) >= 2 and not registry:
            yield _Found(HIGH, f"{stack.site.zone} and the primary's {domain} lie under one parent zone, {'.'.join(common)}")


def _common_end(left: list[str], right: list[str]) -> list[str]:
    length = 0
    while length < min(len(left), len(right)) and left[-length - 1] == right[-length - 1]:
        length += 1
    return left[len(left) - length :]


def _state_backend(stack: Stack, _: _Shared) -> Iterator[_Found]:
    own = stack.state.backend if stack.state is not None else None
    others = stack.primary.state_backends
    yield from _unstated("the state stores", ("state.backend", own), ("primary.stateBackends", others))
    service = _service(own or "")
    if service and service in {_service(other) for other in others}:
        yield _Found(HIGH, f"the state lies with the service that keeps the primary's, {service}")


def _service(address: str) -> str:
    """The domain of a service that many share, like pulumi.com; '' for a store of one's own, which settings compare already."""
    host = of_address(address)
    return ".".join(host.split(".")[-2:]) if is_shared(host) else ""


def _alert_channel(stack: Stack, _: _Shared) -> Iterator[_Found]:
    yield from _unstated("the alert channels", ("primary.alertEndpoints", stack.primary.alert_endpoints))
    others = {of_email(other): other for other in stack.primary.alert_endpoints if "@" in other}
    for email in stack.alerts.emails:
        if of_email(email) in others:
            yield _Found(HIGH, f"alarms to {email} take the mail domain of the primary's {others[of_email(email)]}")


def _certificate_authority(stack: Stack, _: _Shared) -> Iterator[_Found]:
    own = "foundations.certificateAuthority", stack.foundations.certificate_authority
    others = "primary.certificateAuthorities", stack.primary.certificate_authorities
    yield from _same("the certificate authority", MEDIUM, own, others)


def _image_registry(stack: Stack, shared: _Shared) -> Iterator[_Found]:
    yield from _unstated("the image registries", ("primary.registries", stack.primary.registries))
    for name in stack.primary.registries:
        count = len({found.urn for found in shared if found.kind == "registry" and found.primary == name})
        if count:
            yield _Found(MEDIUM, f"{name} is a public registry that the primary uses, and {count} resources here name it")


RULES: dict[str, Callable[[Stack, _Shared], Iterator[_Found]]] = {
    "organisation": _organisation,
    "region": _region,
    "registrar": _registrar,
    "parentZone": _parent_zone,
    "stateBackend": _state_backend,
    "alertChannel": _alert_channel,
    "certificateAuthority": _certificate_authority,
    "imageRegistry": _image_registry,
}
"""One rule for each name in `components.sections.SHARED_FATE`."""
