"""The rules as the Pulumi engine wants them: few policy objects, because the SDK decodes every resource anew for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import Severity as SdkSeverity

from policies import judging, rules
from policies.judging import Answer, NotYetJudged, Reported
from policies.model import Graph, Level, Resource, Rule, Severity, StackRule
from policies.reading.sdk import plain
from policies.reading.values import Value
from policies.settings import Settings

NAME = "oob"
RESOURCES, RESOURCES_ADVICE = "oob-resources", "oob-resources-advice"
STACK, STACK_ADVICE = "oob-stack", "oob-stack-advice"

_LEVELS = {Level.MANDATORY: EnforcementLevel.MANDATORY, Level.ADVISORY: EnforcementLevel.ADVISORY}
_SEVERITIES = {
    Severity.LOW: SdkSeverity.LOW,
    Severity.MEDIUM: SdkSeverity.MEDIUM,
    Severity.HIGH: SdkSeverity.HIGH,
    Severity.CRITICAL: SdkSeverity.CRITICAL,
}
Tell = Callable[[], Settings]

AskedFor = dict[str, dict[str, Value]]
"""Inputs by URN, kept until the whole stack is judged: at a preview the engine then gives no properties of resources whose
provider waits for what it is configured by, such as everything in a cluster that is still to be made."""


def grouped(settings: Tell) -> list[Policy]:
    """Four policy objects for all rules. `settings` gives what the pack was told, asked at every call."""
    asked_for: AskedFor = {}
    return [
        _resources(RESOURCES, Level.MANDATORY, "What every resource must be", settings, asked_for),
        _resources(
            RESOURCES_ADVICE, Level.ADVISORY, "What is advised, set aside or not yet judged about resources", settings, asked_for
        ),
        _stack(STACK, Level.MANDATORY, "How resources must belong together", settings, asked_for),
        _stack(STACK_ADVICE, Level.ADVISORY, "What is advised, set aside or not yet judged about the stack", settings, asked_for),
    ]


def _resources(name: str, level: Level, description: str, settings: Tell, asked_for: AskedFor) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        told = settings()
        asked = judging.rules_for(args.resource_type, told.profile)
        if level is Level.MANDATORY:
            asked = tuple(one for one in asked if one.level is level)
        if asked:
            resource = _resource(args, told)
            asked_for[args.urn] = dict(resource.props)
            _tell(judging.about(resource, asked, told), level, report)

    return ResourceValidationPolicy(name=name, description=description, validate=validate, enforcement_level=_LEVELS[level])


def _stack(name: str, level: Level, description: str, settings: Tell, asked_for: AskedFor) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        told = settings()
        asked = [one for one in rules.STACK_RULES if level is Level.ADVISORY or one.level is level]
        _tell(judging.about_stack(_graph(args, told, asked_for), asked), level, report)

    return StackValidationPolicy(name=name, description=description, validate=validate, enforcement_level=_LEVELS[level])


def _tell(answers: Iterable[Answer], level: Level, report: Callable[[str, str | None], None]) -> None:
    """The mandatory object tells broken mandatory rules; the advisory one everything else."""
    for answer in answers:
        mandatory = isinstance(answer, Reported) and answer.level is Level.MANDATORY
        if mandatory is (level is Level.MANDATORY):
            report(answer.sentence(), answer.urn)


def _resource(args: ResourceValidationArgs, settings: Settings) -> Resource:
    return Resource(
        type=args.resource_type,
        urn=args.urn,
        name=args.name,
        props=_properties(args.props),
        protect=bool(args.opts.protect),
        provider=args.provider.urn if args.provider is not None else "",
        parent=args.opts.parent or "",
        settings=settings,
    )


def _graph(args: StackValidationArgs, settings: Settings, asked_for: AskedFor) -> Graph:
    return Graph(
        tuple(
            Resource(
                type=one.resource_type,
                urn=one.urn,
                name=one.name,
                props=_properties(one.props) or asked_for.get(one.urn, {}),
                protect=bool(one.opts.protect),
                provider=one.provider.urn if one.provider is not None else "",
                parent=one.parent.urn if one.parent is not None else "",
                depends_on=frozenset(other.urn for other in one.dependencies),
                property_depends={
                    key: frozenset(other.urn for other in others) for key, others in one.property_dependencies.items()
                },
                settings=settings,
            )
            for one in args.resources
        ),
        settings,
    )


def _properties(props: object) -> dict[str, Value]:
    value = plain(props)
    return value if isinstance(value, dict) else {}


def one_by_one() -> list[Policy]:
    """A policy object for each rule, for scoring; `NAME-not-yet-judged` tells what the rule could not decide."""
    settings = Settings()
    found: list[Policy] = []
    for one in rules.RESOURCE_RULES:
        found += _alone(one, settings)
    for other in rules.STACK_RULES:
        found += _alone_stack(other, settings)
    return found


def _alone(one: Rule, settings: Settings) -> Iterable[Policy]:
    def answers(args: ResourceValidationArgs) -> Iterable[Answer]:
        asked = one in judging.rules_for(args.resource_type, settings.profile)
        return judging.about(_resource(args, settings), [one], settings) if asked else ()

    def findings(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for answer in answers(args):
            if isinstance(answer, Reported):
                report(answer.sentence(), answer.urn)

    def open_questions(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for answer in answers(args):
            if isinstance(answer, NotYetJudged):
                report(answer.sentence(), answer.urn)

    yield ResourceValidationPolicy(
        name=one.name,
        description=one.summary,
        validate=findings,
        enforcement_level=_LEVELS[one.level],
        severity=_SEVERITIES[one.severity],
        tags=list(one.frameworks),
        remediation_steps=one.remedy,
    )
    yield ResourceValidationPolicy(
        name=f"{one.name}-not-yet-judged",
        description=one.summary,
        validate=open_questions,
        enforcement_level=EnforcementLevel.ADVISORY,
    )


def _alone_stack(one: StackRule, settings: Settings) -> Iterable[Policy]:
    def findings(args: StackValidationArgs, report: ReportViolation) -> None:
        for answer in judging.about_stack(_graph(args, settings, {}), [one]):
            if isinstance(answer, Reported):
                report(answer.sentence(), answer.urn)

    def open_questions(args: StackValidationArgs, report: ReportViolation) -> None:
        for answer in judging.about_stack(_graph(args, settings, {}), [one]):
            if isinstance(answer, NotYetJudged):
                report(answer.sentence(), answer.urn)

    yield StackValidationPolicy(
        name=one.name,
        description=one.summary,
        validate=findings,
        enforcement_level=_LEVELS[one.level],
        severity=_SEVERITIES[one.severity],
        tags=list(one.frameworks),
        remediation_steps=one.remedy,
    )
    yield StackValidationPolicy(
        name=f"{one.name}-not-yet-judged",
        description=one.summary,
        validate=open_questions,
        enforcement_level=EnforcementLevel.ADVISORY,
    )
