"""The policy verdict over a plan: the rules called as plain functions, with what the stack file says about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from components.faults import ConfigError, Fault
from components.findings import nearest
from components.settings import Stack
from ops.plan.recorder import Recording
from ops.plan.values import SECRET, UNKNOWN
from policies import judging, rules
from policies.judging import Verdict
from policies.model import Resource
from policies.reading.values import Value, from_plain
from policies.settings import Profile, Settings, Waiver

MASKED = frozenset({SECRET, UNKNOWN})


def judge(recording: Recording, stack: Stack) -> Verdict:
    """Every rule about every resource of a recording. ConfigError for a waiver of a rule that does not exist.

    Resources are judged in the order of their names: the order in which they were asked for is chance.
    """
    told = settings(stack)
    return judging.judge(sorted([*_made(recording, told), *_read(recording, told)], key=lambda one: one.urn), told)


def settings(stack: Stack) -> Settings:
    """What the pack is told about a stack by its file."""
    faults = [
        Fault(f"waivers.{name}", f"there is no rule '{name}'", _meant(name)) for name in stack.waivers if name not in rules.NAMES
    ]
    if faults:
        raise ConfigError("oob:stack", faults)
    return Settings(
        profile=Profile.DRILL if stack.disposable else Profile.PRODUCTION,
        primary=cast("Mapping[str, object]", stack.primary.model_dump(mode="json", by_alias=True)),
        failover_name=stack.site.host,
        waivers=tuple(
            Waiver(rule=name, resource=waiver.resources, reason=waiver.reason, owner=waiver.owner, expires=waiver.expires)
            for name, waiver in stack.waivers.items()
        ),
        production_names=_production_names(stack),
    )


def _production_names(stack: Stack) -> tuple[str, ...]:
    """In a drill: names of the environment that is restored, which the drill may read and never carry."""
    if stack.drill is None:
        return ()
    source = stack.drill
    named = (source.database.cluster, source.database.snapshot, source.objects.files, source.objects.backups, source.source_stack)
    return tuple(name for name in named if name)


def _meant(name: str) -> str:
    near = nearest(name, sorted(rules.NAMES))
    return f"did you mean {near}?" if near else "`./oob policies` lists them"


def _made(recording: Recording, told: Settings) -> list[Resource]:
    return [
        Resource(
            type=one.type,
            urn=one.urn,
            name=one.name,
            props=_props(one.inputs),
            protect=one.protect,
            provider=one.provider,
            parent=one.parent,
            depends_on=frozenset(one.depends_on),
            property_depends={key: frozenset(urns) for key, urns in one.property_depends.items()},
            settings=told,
        )
        for one in recording.resources
    ]


def _read(recording: Recording, told: Settings) -> list[Resource]:
    return [
        Resource(
            type=one.type, urn=one.urn, name=one.urn.rpartition("::")[2], props=_props(one.inputs), external=True, settings=told
        )
        for one in recording.reads
    ]


def _props(inputs: Mapping[str, object]) -> dict[str, Value]:
    value = from_plain(inputs, MASKED)
    return value if isinstance(value, dict) else {}


def as_json(verdict: Verdict) -> dict[str, object]:
    """The documented form: violations, notYetJudged, waived."""
    return {
        "violations": [
            {
                "policy": found.rule,
                "severity": found.severity.value,
                "level": found.level.value,
                "urn": found.urn,
                "path": found.path,
                "message": found.message,
                "remedy": found.remedy,
            }
            for found in verdict.violations
        ],
        "notYetJudged": [
            {"policy": found.rule, "level": found.level.value, "urn": found.urn, "path": found.path}
            for found in verdict.not_yet_judged
        ],
        "waived": [
            {
                "policy": found.rule,
                "urn": found.urn,
                "path": found.path,
                "message": found.message,
                "reason": found.reason,
                "owner": found.owner,
                "expires": found.expires,
            }
            for found in verdict.waived
        ],
    }
