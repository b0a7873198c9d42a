"""The same judgement on what is deployed: the recorded state, and what the cloud itself describes.

A question that got no answer keeps the verdict open: the exit code never claims an independence that was not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from components.settings import Stack
from components.sightings import Sighting, Unseen
from ops.engine.state import Deployment
from ops.isolation.report import LINK, Report, of_subjects
from ops.isolation.subjects import ASKED_BY, Subject
from policies.isolation import Dependency

ANY_OTHER = "any other network or account (OOB-05)"


def judge(name: str, stack: Stack, deployment: Deployment | Unseen, seen: Iterable[Sighting | Unseen], on: date) -> Report:
    """The report on a deployed environment. `deployment` is its state, or why that could not be read."""
    unseen = [deployment] if isinstance(deployment, Unseen) else []
    sightings: list[Sighting] = []
    for one in seen:
        if isinstance(one, Unseen):
            unseen.append(one)
        else:
            sightings.append(one)
    recorded = () if isinstance(deployment, Unseen) else of_state(deployment)
    found = of_subjects(name, stack, [*recorded, *(_subject(one) for one in sightings)], on)
    linked = tuple(_link(one) for one in sightings if one.link)
    return replace(found, dependent=(*found.dependent, *linked), unseen=tuple(unseen), live=True)


def of_state(deployment: Deployment) -> Iterator[Subject]:
    """Every recorded resource: what was asked for and its id, then what the cloud made of it. Secrets in it are encrypted."""
    for found in deployment.resources:
        yield Subject(urn=found.urn, type=found.type, inputs={**found.inputs, ASKED_BY: found.id} if found.id else found.inputs)
        yield Subject(urn=found.urn, type=found.type, inputs=found.outputs, counts=0)


def _urn(one: Sighting) -> str:
    return f"{one.what} {one.name}"


def _subject(one: Sighting) -> Subject:
    return Subject(urn=_urn(one), type=one.what, inputs=one.settings)


def _link(one: Sighting) -> Dependency:
    """What joins networks or accounts is none of this program's making, whatever it leads to."""
    return Dependency(urn=_urn(one), path="", kind=LINK, value=one.name, primary=ANY_OTHER)
