"""From settings to a topology: the one function that the CLI's program, the plan and the drills share."""

from __future__ import annotations

from pathlib import Path

import pulumi

from components import clouds, naming, settings
from components.contract import Environment
from components.labels import Labels
from components.sections import Mode
from components.settings import Secrets, Settings
from components.topology import Topology


def environment(parsed: Settings, stack_name: str) -> Environment:
    """What every role knows of the whole."""
    stack = parsed.stack
    drill = stack.drill
    return Environment(
        name=naming.environment(stack_name, drill.id if drill else None),
        labels=Labels(
            stack=stack_name,
            organisation=stack.organisation,
            mode=stack.mode.value,
            drill_id=drill.id if drill else None,
            expires_at=drill.expires.isoformat() if drill else None,
        ),
        size=stack.size,
        posture=stack.posture,
        mode=stack.mode,
        disposable=stack.mode is Mode.DRILL,
        kubernetes_version=parsed.cloud.kubernetes_version(),
        postgres_version=parsed.cloud.postgres_version(),
        source=naming.environment(drill.source_stack, None) if drill else None,
    )


def build(folder: Path) -> Settings:
    """Parse, register everything and export the outputs. `folder` holds the stack files. Raises settings.ConfigError."""
    parsed, secrets = settings.load(folder)
    register(parsed, secrets)
    return parsed


def register(parsed: Settings, secrets: Secrets) -> None:
    """Register everything that these settings ask for, and export the outputs."""
    around = environment(parsed, pulumi.get_stack())
    cloud = clouds.load(parsed.stack.cloud, parsed.cloud, around)
    topology = Topology(parsed, secrets, around, cloud)
    for key, value in topology.exports.items():
        pulumi.export(key, value)
