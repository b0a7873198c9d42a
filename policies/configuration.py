"""Reading what a pack is told: from its configuration file to checked settings, or every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from typing import cast

from policies.settings import Exemption, LastDrill, Profile, Settings, SettingsError, Waiver

KEYS = (
    "profile",
    "primary",
    "failoverName",
    "waivers",
    "allowedStackReferences",
    "allowedReads",
    "drillRequired",
    "lastDrill",
    "drillExemption",
    "productionNames",
    "today",
)
PRIMARY_LISTS = (
    "accounts",
    "subscriptions",
    "tenants",
    "organisations",
    "regions",
    "domains",
    "dnsZones",
    "issuers",
    "cidrs",
    "registries",
    "keys",
    "certificates",
    "alertEndpoints",
    "ciSystems",
    "stateBackends",
    "secretStores",
    "registrars",
    "certificateAuthorities",
)
PRIMARY_BLOCKS = ("endpoint", "acceptedRisks")
_ACCOUNT_DIGITS = 12
# A text of such a length that is digits but for a few signs is meant as an account number.
_NEARLY = range(10, 15)
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# What is declared by a name, perhaps with a scheme before it and a path behind it.
_NAMED = ("domains", "issuers", "registries", "ciSystems")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def parse(given: Mapping[str, object], rules: frozenset[str]) -> Settings:
    """Settings from the pack's configuration file. SettingsError with every fault at once; `rules` are the names that exist."""
    faults: list[str] = []
    reader = _Reader(given, faults)
    for key in given:
        if key not in KEYS:
            faults.append(f"{key}: is no key of this pack; use one of {', '.join(KEYS)}")
    today = reader.day("today") or date.today()
    settings = Settings(
        profile=reader.profile(),
        primary=reader.primary(),
        failover_name=reader.text("failoverName"),
        waivers=tuple(waivers(given.get("waivers"), rules, today, faults)),
        allowed_stack_references=reader.texts("allowedStackReferences"),
        allowed_reads=reader.texts("allowedReads"),
        drill_required=given.get("drillRequired") is True or "lastDrill" in given,
        last_drill=reader.last_drill(),
        drill_exemption=reader.exemption(today),
        production_names=reader.texts("productionNames"),
        today=today,
    )
    if not isinstance(given.get("drillRequired", False), bool):
        faults.append("drillRequired: is neither true nor false")
    if faults:
        raise SettingsError(tuple(faults))
    return settings


def waivers(given: object, rules: frozenset[str], today: date, faults: list[str]) -> Iterator[Waiver]:
    """Waivers from their list; what is wrong with one goes to `faults`, and that one sets nothing aside."""
    if given is None:
        return
    if not isinstance(given, list):
        faults.append("waivers: is no list")
        return
    for index, entry in enumerate(cast("list[object]", given)):
        path = f"waivers[{index}]"
        if not isinstance(entry, Mapping):
            faults.append(f"{path}: is no block of rule, resource, reason, owner, expires")
            continue
        fields = {str(key): value for key, value in cast("Mapping[object, object]", entry).items()}
        before = len(faults)
        faults += [
            f"{path}.{key}: is no key of a waiver"
            for key in fields
            if key not in ("rule", "resource", "reason", "owner", "expires")
        ]
        name = _required(fields, "rule", path, faults)
        if name and name not in rules:
            faults.append(f"{path}.rule: there is no rule '{name}'; `./oob policies` lists them")
        reason = _required(fields, "reason", path, faults)
        owner = _required(fields, "owner", path, faults)
        if owner and not _EMAIL.fullmatch(owner):
            faults.append(f"{path}.owner: is no mail address of somebody who answers for it")
        resource = fields.get("resource", "*")
        if not isinstance(resource, str) or not resource:
            faults.append(f"{path}.resource: is no pattern for a URN or a name")
        expires = _day(fields.get("expires"))
        if expires is None:
            faults.append(f"{path}.expires: give the last day of it, like 2027-03-31; a waiver without an end is refused")
        elif expires < today:
            faults.append(f"{path}.expires: {expires} has passed; renew it with its owner, or mend what it covers")
        if len(faults) == before and expires is not None:
            yield Waiver(rule=name, resource=str(resource), reason=reason, owner=owner, expires=expires)


def _required(fields: Mapping[str, object], key: str, path: str, faults: list[str]) -> str:
    value = fields.get(key)
    if isinstance(value, str) and value.strip():
        return value
    faults.append(f"{path}.{key}: required, but not given")
    return ""


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    # An unquoted day reaches a pack in Go's notation of a time, because the engine's YAML reader takes it for one.
    text = value.removesuffix(" 00:00:00 +0000 UTC").removesuffix("T00:00:00Z") if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _misspelt(name: str, entry: object) -> str:
    """What is wrong with one entry of the primary; '' when nothing is. The value itself is not told: it may be anything."""
    if not isinstance(entry, str) or not entry.strip():
        return "is no text; put it in quotes"
    if name == "accounts" and entry.isdigit() and len(entry) != _ACCOUNT_DIGITS:
        return f"has {len(entry)} digits, and an account number has {_ACCOUNT_DIGITS}"
    if (
        name == "accounts"
        and not entry.isdigit()
        and len(entry) in _NEARLY
        and sum(sign.isdigit() for sign in entry) >= _NEARLY[0] - 1
    ):
        return "is nearly an account number, but holds other signs than digits; write its 12 digits"
    if name in ("subscriptions", "tenants") and not _GUID.fullmatch(entry) and not (name == "tenants" and "." in entry):
        return "is not an id of 32 hexadecimal digits in five groups, like 3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b11"
    if name in _NAMED and not _HOST.fullmatch(_SCHEME.sub("", entry.strip()).partition("/")[0].partition(":")[0]):
        return "is no name like example.net; what lies below it is meant as well, so leave out '*.' and a dot at the end"
    if name == "dnsZones" and (entry.startswith("*.") or entry.endswith(".")):
        return "is no zone; write its id, or its name without '*.' and without a dot at the end"
    if name == "cidrs":
        try:
            ip_network(entry)
        except ValueError:
            return "is no network like 10.0.0.0/12"
    return ""


@dataclass(frozen=True, slots=True)
class _Reader:
    given: Mapping[str, object]
    faults: list[str]

    def profile(self) -> Profile:
        value = self.given.get("profile", Profile.PRODUCTION.value)
        try:
            return Profile(str(value))
        except ValueError:
            self.faults.append(f"profile: '{value}' is neither production nor drill")
            return Profile.PRODUCTION

    def mapping(self, key: str) -> Mapping[str, object]:
        value = self.given.get(key, {})
        if isinstance(value, Mapping):
            return {str(name): inner for name, inner in cast("Mapping[object, object]", value).items()}
        self.faults.append(f"{key}: is no block of settings")
        return {}

    def primary(self) -> Mapping[str, object]:
        """The declaration of the primary. What is misspelt in it would never be found, and everything would look well."""
        given = self.mapping("primary")
        for name, entries in given.items():
            path = f"primary.{name}"
            if name not in (*PRIMARY_LISTS, *PRIMARY_BLOCKS):
                self.faults.append(f"{path}: is no setting of the primary; use one of {', '.join(PRIMARY_LISTS)}")
            elif name in PRIMARY_LISTS and not isinstance(entries, list):
                self.faults.append(f"{path}: is no list of texts")
            elif isinstance(entries, list):
                self.faults.extend(
                    f"{path}[{index}]: {fault}"
                    for index, entry in enumerate(cast("list[object]", entries))
                    if (fault := _misspelt(name, entry))
                )
        return given

    def text(self, key: str) -> str:
        value = self.given.get(key, "")
        if isinstance(value, str):
            return value
        self.faults.append(f"{key}: is no text")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.given.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in cast("list[object]", value)):
            return tuple(cast("list[str]", value))
        self.faults.append(f"{key}: is no list of texts")
        return ()

    def day(self, key: str) -> date | None:
        if key not in self.given:
            return None
        found = _day(self.given[key])
        if found is None:
            self.faults.append(f"{key}: is no day like 2027-03-31")
        return found

    def last_drill(self) -> LastDrill | None:
        fields = self.mapping("lastDrill")
        if not fields:
            return None
        self.faults.extend([f"lastDrill.{key}: is no key of it" for key in fields if key not in ("verdict", "day", "digest")])
        verdict, digest = fields.get("verdict"), fields.get("digest")
        day = _day(fields.get("day"))
        if not isinstance(verdict, str):
            self.faults.append("lastDrill.verdict: required, like PASSED")
        if day is None:
            self.faults.append("lastDrill.day: required, like 2027-03-31")
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            self.faults.append("lastDrill.digest: required, sha256: and 64 hexadecimal digits of the signed report")
        if day is None:
            return None
        return LastDrill(verdict=str(verdict), day=day, digest=str(digest))

    def exemption(self, today: date) -> Exemption | None:
        fields = self.mapping("drillExemption")
        if not fields:
            return None
        self.faults.extend([f"drillExemption.{key}: is no key of it" for key in fields if key not in ("reason", "expires")])
        reason = _required(fields, "reason", "drillExemption", self.faults)
        expires = _day(fields.get("expires"))
        if expires is None:
            self.faults.append("drillExemption.expires: give the last day of it, like 2027-03-31")
            return None
        if expires < today:
            self.faults.append(f"drillExemption.expires: {expires} has passed")
        return Exemption(reason=reason, expires=expires)
