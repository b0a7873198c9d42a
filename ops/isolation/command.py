"""What the command line asks for: the report on a plan, or on what is deployed."""

from __future__ import annotations

from pathlib import Path

from components import clouds
from components.sections import today
from components.sightings import Unseen
from ops import doctor
from ops.engine import cli
from ops.engine.cli import Cli
from ops.engine.faults import EngineError
from ops.engine.state import Deployment
from ops.isolation import live
from ops.isolation.report import Report
from ops.plan import plan as planning


def planned(stacks: Path, name: str) -> Report:
    """The report on a plan. ConfigError or Unsupported for what cannot be planned."""
    return planning.of_stack(stacks, name).isolation


def deployed(project: Path, stacks: Path, name: str) -> Report:
    """The report on the recorded state and on the cloud, as far as either can be seen. ConfigError for a faulty stack file."""
    settings = doctor.read(stacks, name)
    seen = clouds.sightings(settings.stack.cloud, settings.cloud)
    return live.judge(name, settings.stack, _recorded(project, name), seen, today())


def _recorded(project: Path, name: str) -> Deployment | Unseen:
    try:
        found = Cli(engine=cli.find(), project=project, stack=name).export()
    except EngineError as problem:
        return Unseen(what="the recorded state", why=str(problem).splitlines()[0])
    return found if found.resources else Unseen(what="the recorded state", why="it records no resource")
