"""One stack's plan: the graph, what is protected, the failover arithmetic, as one typed value and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from components import settings as configuration
from components.notices import notices, without_digest
from components.settings import Settings
from components.timing import FailoverTiming
from ops import stackfiles
from ops.isolation import report as isolation
from ops.isolation.report import Report
from ops.plan import policy
from ops.plan.recorder import Recording, Registered, record
from ops.plan.values import Plain
from policies.judging import Verdict

PROJECT = "oob"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `oob plan` answers."""

    stack: str
    settings: Settings
    recording: Recording
    failover: FailoverTiming
    isolation: Report
    notices: tuple[str, ...] = ()
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def resources(self) -> list[Registered]:
        return self.recording.resources

    @property
    def exit_code(self) -> int:
        """0 fine, 1 a mandatory policy is violated or the primary is leant on (2, a configuration fault, never gets this far)."""
        return 1 if self.verdict.refused else self.isolation.exit_code

    def as_json(self) -> dict[str, object]:
        """The documented form: stack, cloud, resources, outputs, failover, policy, isolation, images.

        Resources stand in the order of the tree, parents first: the order in which they were asked for is chance.
        """
        return {
            "stack": self.stack,
            "cloud": self.settings.stack.cloud,
            "resources": [_resource(found) for found in in_tree_order(self.resources)],
            "outputs": dict(sorted(self.recording.outputs.items())),
            "failover": _failover(self.failover),
            "policy": policy.as_json(self.verdict),
            "isolation": self.isolation.as_json(),
            "images": {"without_digest": list(without_digest(self.settings))},
        }


def of_stack(folder: Path, name: str) -> Plan:
    """Plan the stack file `Pulumi.<name>.yaml` in `folder`. ConfigError or Unsupported for what cannot be planned."""
    file = stackfiles.read(folder, name)
    _judge(file.config.get(configuration.KEY), file.secret_keys, folder, f"{folder.name}/{file.path.name}")
    config, secret_keys = stackfiles.to_config(file)
    return of_config(folder, name, config, secret_keys)


def _judge(value: object, secret_keys: tuple[str, ...], folder: Path, source: str) -> None:
    """Refuse a faulty stack before any provider's SDK is imported: the answer comes at once."""
    names = frozenset(key.removeprefix(f"{PROJECT}:") for key in secret_keys)
    configuration.parse(value, secrets=names, folder=folder, source=source)


def of_config(folder: Path, name: str, config: Mapping[str, str], secret_keys: tuple[str, ...]) -> Plan:
    """Plan from configuration values as the Pulumi runtime knows them; `folder` holds the roster."""
    from components import program

    built: list[Settings] = []

    def run() -> None:
        built.append(program.build(folder))

    recording = record(run, project=PROJECT, stack=name, config=config, secret_keys=secret_keys)
    settings = built[0]
    return Plan(
        stack=name,
        settings=settings,
        recording=recording,
        failover=settings.cloud.failover(settings.stack.dns),
        isolation=isolation.of_recording(name, settings.stack, recording),
        notices=tuple(notices(settings)),
        verdict=policy.judge(recording, settings.stack),
    )


def as_text(plan: Plan) -> str:
    """The documented JSON, with a line end."""
    return json.dumps(plan.as_json(), indent=1, ensure_ascii=False) + "\n"


def in_tree_order(resources: Sequence[Registered]) -> list[Registered]:
    """Each resource behind its parent, sisters by URN."""
    parents = {found.urn: found.parent for found in resources}

    def ancestry(found: Registered) -> list[str]:
        path, urn = [found.urn], found.parent
        while urn:
            path.append(urn)
            urn = parents.get(urn, "")
        return path[::-1]

    return sorted(resources, key=ancestry)


def _resource(found: Registered) -> dict[str, Plain | object]:
    return {
        "urn": found.urn,
        "type": found.type,
        "name": found.name,
        "parent": found.parent,
        "provider": found.provider,
        "protect": found.protect,
        "depends_on": list(found.depends_on),
        "inputs": dict(found.inputs),
    }


def _failover(timing: FailoverTiming) -> dict[str, object]:
    return {
        "worst_seconds": timing.worst_seconds,
        "expected_seconds": timing.expected_seconds,
        "authoritative_worst_seconds": timing.authoritative_worst_seconds,
        "terms": timing.terms,
        "formula": timing.formula,
        "not_included": list(timing.not_included),
    }
