"""The one place where a cloud is chosen. A folder beside this file is a cloud; nothing else lists them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from pulumi import RunError

if TYPE_CHECKING:
    from components.contract import Cloud, Environment
    from components.far_side import Route
    from components.preflight import Finding, Tool
    from components.settings import CloudSettings
    from components.sightings import Sighting, Unseen


def available() -> tuple[str, ...]:
    """The names of all clouds, in order."""
    return tuple(sorted(found.name for found in iter_modules(__path__) if found.ispkg))


def settings(name: str) -> type[CloudSettings]:
    """The model of that cloud's own block. Imports no cloud SDK."""
    model: type[CloudSettings] = import_module(f"{__name__}.{name}.settings").Settings
    return model


def load(name: str, section: CloudSettings, environment: Environment) -> Cloud[Any, Any, Any, Any, Any, Any, Any]:
    """That cloud, ready to build. Its SDK, and no other, is imported here. RunError if the SDK is not installed."""
    try:
        module = import_module(f"{__name__}.{name}.cloud")
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("pulumi_"):
            raise  # the folder is there and broken: show the real error
        raise RunError(f"cloud {name!r} needs {missing.name}: run `uv sync --group {name}`") from None
    cloud: Cloud[Any, Any, Any, Any, Any, Any, Any] = module.implementation(section, environment)
    return cloud


def tools(name: str) -> tuple[Tool, ...]:
    """The programs that this cloud needs on PATH."""
    found: tuple[Tool, ...] = import_module(f"{__name__}.{name}.preflight").TOOLS
    return found


def findings(name: str, section: CloudSettings) -> Iterator[Finding]:
    """What that cloud answers to `oob doctor`. Needs the network; each answer that cannot be had says so."""
    found: Iterator[Finding] = import_module(f"{__name__}.{name}.preflight").findings(section)
    return found


def sightings(name: str, section: CloudSettings) -> Iterator[Sighting | Unseen]:
    """What somebody may have joined to a deployed environment by hand. Needs credentials; says what it could not see."""
    from components.sightings import Unseen

    where = f"{__name__}.{name}.sightings"
    if find_spec(where) is None:
        yield Unseen(what="everything in the cloud", why="this program cannot look at this cloud yet")
        return
    yield from import_module(where).sightings(section)


def tunnel(name: str, section: CloudSettings, environment_name: str) -> Route | None:
    """How that cloud reaches the Kubernetes API of an environment; None where it is not the cloud's to know.

    Imports no provider SDK and asks nobody anything: the route does, once something connects.
    """
    found: Route | None = import_module(f"{__name__}.{name}.tunnel").route(section, environment_name)
    return found
