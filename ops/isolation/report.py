"""The answer of `oob isolation`: every dependency with its place, the expected crossing points, the shared fate."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from components.sections import today
from components.settings import Stack
from components.sightings import Unseen
from ops.isolation import risks
from ops.isolation.risks import Risk
from ops.isolation.subjects import Subject, subjects
from ops.plan.recorder import Recording
from policies.isolation import Declaration, Dependency, declared, prepared

FINE, DEPENDENT, NOT_SEEN = 0, 1, 3

LINK = "link"
"""The kind of what joins networks or accounts, whatever it names."""

HOW: Mapping[str, str] = {
    "account": "as a whole number in any text or number: ARNs, principals, names; also in groups, as 1234-5678-9012",
    "subscription": "as a whole id, with and without hyphens: resource ids, scopes, provider settings",
    "tenant": "as a whole id, with and without hyphens: issuers, provider settings, sign-in settings",
    "organisation": "as a whole id: conditions of policies, shares, ARNs",
    "region": "as a word, with its zones; a shared region is a risk, not a dependency",
    "domain": "on label boundaries, in any spelling: names, addresses, mail, patterns with escaped dots, punycode",
    "dnsZone": "as a whole id or, if it is a name, on label boundaries",
    "issuer": "by its host name; on hosts that many tenants share, by host and path",
    "cidr": "by overlap with every address, range and network, IPv4 inside IPv6 too; only the whole internet names nobody",
    "registry": "by its host name or resource id: images, charts, secrets, grants; a public registry is a risk, not a dependency",
    "key": "by its ARN or address and by its own id: encryption settings, policies, replica keys",
    "certificate": "by its ARN, its fingerprint with and without colons, or its name",
    "alertEndpoint": "by the whole mail address, phone number however it is spaced, ARN or hook address",
    "ciSystem": "by its host name: federation, hooks, images",
    "stateBackend": "by bucket, storage account or host name: stack references, policies, exports",
    "secretStore": "by its host name, ARN or resource id",
    "endpoint": "by its host name; expected at the crossing points alone",
}
"""For each kind of declared value, how it is looked for."""

READINGS = (
    "Read in every value: JSON and policy documents inside texts, base64 (nested too, certificates by the names in them), "
    "compressed data, percent-encoding, escapes, HTML entities, environment variables, provider configuration, keys of mappings, "
    "and the insides of secrets, which are searched and never shown. Not opened: files that a resource names by path, and values "
    "that only a cloud can answer."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `oob isolation` answers. `declared` counts the declared values of each kind.

    `live` is set for what is deployed; `unseen` then holds the questions that got no answer.
    """

    stack: str
    resources: int
    dependent: tuple[Dependency, ...]
    crossings: tuple[Dependency, ...]
    risks: tuple[Risk, ...]
    declared: Mapping[str, int]
    on: date
    live: bool = False
    unseen: tuple[Unseen, ...] = ()

    @property
    def dependent_resources(self) -> int:
        """How many resources depend on the primary, each counted once."""
        return len({found.urn for found in self.dependent})

    @property
    def verdict(self) -> str:
        """The one line that matters."""
        what = "things that could be seen" if self.unseen else "resources"
        return f"{self.dependent_resources} of {self.resources} {what} depend on the primary"

    @property
    def proved(self) -> bool:
        """Nothing depends on the primary, and everything was seen."""
        return not self.dependent and not self.unseen

    @property
    def open_risks(self) -> tuple[Risk, ...]:
        """Shared fate that nobody has accepted, or not for today."""
        return tuple(risk for risk in self.risks if risk.accepted is None)

    @property
    def exit_code(self) -> int:
        """0 independent, 1 dependent, 3 nothing was found, but not everything could be seen."""
        if self.dependent:
            return DEPENDENT
        return NOT_SEEN if self.unseen else FINE

    def as_json(self) -> dict[str, object]:
        """The documented form: stack, resources, dependent, crossings, risks; of what is deployed also unseen."""
        unseen = {"unseen": [{"what": one.what, "why": one.why} for one in self.unseen]} if self.live else {}
        return {
            "stack": self.stack,
            "resources": self.resources,
            "dependent": [
                {"urn": one.urn, "path": one.path, "kind": one.kind, "value": one.value, "primary": one.primary}
                for one in self.dependent
            ],
            "crossings": [{"name": one.crossing, "urn": one.urn, "path": one.path, "value": one.value} for one in self.crossings],
            "risks": [risk.as_json() for risk in self.risks],
            **unseen,
        }


def declaration_of(stack: Stack) -> Declaration:
    """The primary as the stack file declares it."""
    return declared(stack.primary.model_dump(mode="json", by_alias=True), stack.site.host)


def of_recording(name: str, stack: Stack, recording: Recording, on: date | None = None) -> Report:
    """The report on a plan. `on` is the day on which acceptances are judged, today if None."""
    return of_subjects(name, stack, subjects(recording), on or today())


def of_subjects(name: str, stack: Stack, looked_at: Iterable[Subject], on: date) -> Report:
    """The report on anything that has resources: a plan, or a deployed state."""
    declaration = declaration_of(stack)
    search = prepared(declaration)
    resources = 0
    found: list[Dependency] = []
    for subject in looked_at:
        resources += subject.counts
        found += search.examine(subject)
    found = list(dict.fromkeys(found))
    return Report(
        stack=name,
        resources=resources,
        dependent=tuple(one for one in found if not one.crossing and not one.shared_fate),
        crossings=tuple(one for one in found if one.crossing),
        risks=risks.judge(stack, [one for one in found if one.shared_fate], on),
        declared=Counter(entry.kind for entry in declaration.entries),
        on=on,
    )


def as_text(report: Report) -> str:
    """The documented JSON, with a line end."""
    return json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n"
