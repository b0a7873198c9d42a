"""Every Kubernetes object of the example stacks, as the engine sends it, taken by a real API server of the stacks' version.

The server checks every field, Pod Security, limits and quotas. Nothing runs: controllers, webhooks and nodes are absent, so
it is not proved that a pod starts or that a network policy holds. What Helm charts render is not looked at. Definitions come
from the makers' modules, some a release older than what users install; objects without any are listed, and not sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.engine.conftest import NOT_LOOKED_AT, Lives
from tests.engine.objects import Object, Sent, pods, releases, sent
from tests.engine.test_lives import every_example
from tools.kubernetes import Programs, definitions, ensure
from tools.kubernetes.server import Answer, Api, running

pytestmark = pytest.mark.engine

# Kinds whose definition is not to be had as a Go module of bearable size, with the part that brings it.
WITHOUT_DEFINITION = {
    ("cilium.io/v2", "CiliumNetworkPolicy"): "Cilium",
    ("k8s.nginx.org/v1", "Policy"): "NGINX Ingress Controller",
}
SERVED_SECONDS = 60
MANAGER = "pulumi-kubernetes"
PRIVILEGED: Object = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "privileged"},
    "spec": {
        "containers": [
            {
                "name": "privileged",
                "image": "registry.invalid/none:1",
                "securityContext": {"privileged": True},
                "resources": {"requests": {"memory": "1Mi"}, "limits": {"memory": "1Mi"}},
            }
        ]
    },
}


@dataclass(slots=True, kw_only=True)
class Shown:
    """What the server answered to one stack's objects, by their labels."""

    refused: dict[str, str] = field(default_factory=dict[str, str])
    warned: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    taken: list[Sent] = field(default_factory=list[Sent])
    not_sent: list[Sent] = field(default_factory=list[Sent])
    refused_pods: dict[str, str] = field(default_factory=dict[str, str])
    warned_pods: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    looked_at_pods: list[str] = field(default_factory=list[str])
    privileged: dict[str, str] = field(default_factory=dict[str, str])


class Served(BaseModel):
    """A kind that the server serves, as its discovery tells it."""

    kind: str
    name: str
    namespaced: bool
    path: str = ""

    def of(self, one: Sent) -> str:
        """The address of one object."""
        inside = f"/namespaces/{one.namespace}" if self.namespaced else ""
        return f"{self.path}{inside}/{self.name}/{one.name}"


class Discovered(BaseModel):
    """What the server answers about one version of an API."""

    resources: list[Served] = []


def served(api: Api, api_version: str) -> dict[str, Served]:
    """Every kind of a version; empty when it is not served."""
    path = f"/api/{api_version}" if "/" not in api_version else f"/apis/{api_version}"
    answer = api.ask("GET", path)
    found = Discovered.model_validate(answer.body).resources if answer.accepted else []
    return {one.kind: one.model_copy(update={"path": path}) for one in found if "/" not in one.name}


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SERVED_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {SERVED_SECONDS} s in vain for: {what}"
        time.sleep(0.2)


def define(api: Api) -> None:
    """Installs every definition and waits until its kinds are served."""
    for part in definitions.ALL:
        for definition in part.read():
            made = api.ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition.body)
            assert made.accepted, f"{part.part} {part.version}: {made.why}"
            for version in definition.versions:
                wait_for(f"{version} {definition.kind}", lambda: definition.kind in served(api, version))  # noqa: B023 awaited here


def apply(api: Api, place: Served, one: Sent) -> Answer:
    """As the Kubernetes provider sends it (server-side apply), except that an unknown field is an error here."""
    return api.ask(
        "PATCH", place.of(one), one.body, kind="apply-patch+yaml", fieldManager=MANAGER, force="true", fieldValidation="Strict"
    )


class Hard(BaseModel):
    """The limits of a quota."""

    hard: dict[str, str]


class Quota(BaseModel):
    """A ResourceQuota, as far as it is needed here."""

    spec: Hard


def count(api: Api, one: Sent) -> None:
    """What the quota controller, which does not run here, would note about an empty namespace."""
    hard = Quota.model_validate(one.body).spec.hard
    status = {"hard": hard, "used": dict.fromkeys(hard, "0")}
    address = f"/api/v1/namespaces/{one.namespace}/resourcequotas/{one.name}/status"
    noted = api.ask("PATCH", address, {"status": status}, kind="merge-patch+json")
    assert noted.accepted, noted.why


def give_account(api: Api, namespace: str) -> None:
    """The account that a controller, which does not run here, makes in every namespace; an object may have brought it already."""
    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    address = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    made = api.ask("POST", address, body)
    assert made.accepted or api.ask("GET", f"{address}/default").accepted, made.why


def show(api: Api, objects: list[Sent]) -> Shown:
    """Sends every object in the engine's order, then every pod that they would make, without keeping the pods."""
    shown = Shown()
    kinds: dict[str, dict[str, Served]] = {}
    for one in objects:
        if (one.api_version, one.kind) in WITHOUT_DEFINITION:
            shown.not_sent.append(one)
            continue
        if one.api_version not in kinds:
            kinds[one.api_version] = served(api, one.api_version)
        place = kinds[one.api_version].get(one.kind)
        if place is None:
            shown.refused[one.label] = f"{one.api_version} {one.kind} is not served: is its definition missing?"
            continue
        answer = apply(api, place, one)
        if answer.accepted:
            shown.taken.append(one)
            if one.kind == "ResourceQuota":
                count(api, one)
        else:
            shown.refused[one.label] = answer.why
        if answer.warnings:
            shown.warned[one.label] = answer.warnings
    for one, pod in pods(shown.taken):
        _try(api, one, pod, shown)
    for one in shown.taken:
        if one.kind == "Namespace":
            give_account(api, one.name)
            answer = api.ask("POST", f"/api/v1/namespaces/{one.name}/pods", PRIVILEGED, dryRun="All")
            shown.privileged[one.name] = "taken" if answer.accepted else answer.why
    return shown


def _try(api: Api, one: Sent, pod: Object, shown: Shown) -> None:
    address = f"/api/v1/namespaces/{one.namespace}/pods"
    answer = api.ask("POST", address, pod, dryRun="All", fieldValidation="Strict")
    shown.looked_at_pods.append(one.label)
    if not answer.accepted:
        shown.refused_pods[one.label] = answer.why
    if answer.warnings:
        shown.warned_pods[one.label] = answer.warnings


@pytest.fixture(scope="session")
def programs() -> Programs:
    """The API server and its store: installed ones, or the pinned ones built from Go modules."""
    return ensure()


Showing = Callable[[str], Shown]


@pytest.fixture(scope="session")
def showing(
    lives: Lives, programs: Programs, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Showing:
    """What a server says to a stack's objects; each stack gets an empty server of its own."""

    @cache
    def ask(stack: str) -> Shown:
        things = lives(stack).exists.things.values()
        folder: Path = tmp_path_factory.mktemp("kubernetes")
        with running(folder, programs) as api:
            wait_for("the namespace default", lambda: api.ask("GET", "/api/v1/namespaces/default").accepted)
            define(api)
            shown = show(api, sent(things))
        request.config.stash[NOT_LOOKED_AT][f"API server, {stack}"] = [
            *(
                f"{one.label}: the definition of {WITHOUT_DEFINITION[one.api_version, one.kind]} is not at hand"
                for one in shown.not_sent
            ),
            *(f"what the Helm chart {name} renders" for name in releases(things)),
        ]
        return shown

    return ask


@every_example
def test_the_api_server_takes_every_object(showing: Showing, stack: str) -> None:
    shown = showing(stack)
    assert shown.refused == {}
    assert len(shown.taken) > 100
    assert {one.kind for one in shown.taken} >= {"NetworkPolicy", "Ingress", "CronJob", "Secret", "Mattermost", "Certificate"}


@every_example
def test_the_api_server_warns_of_nothing(showing: Showing, stack: str) -> None:
    """Deprecated versions, fields without effect, pods against their namespace's level: all of it comes as warnings."""
    assert showing(stack).warned == {}


@every_example
def test_every_pod_is_admitted_at_the_level_of_its_namespace(showing: Showing, stack: str) -> None:
    shown = showing(stack)
    assert shown.refused_pods == {}
    assert shown.warned_pods == {}
    assert len(shown.looked_at_pods) >= 3


@every_example
def test_a_privileged_pod_is_refused_in_every_namespace(showing: Showing, stack: str) -> None:
    refusals = showing(stack).privileged
    assert len(refusals) >= 5
    assert {name: why for name, why in refusals.items() if 'violates PodSecurity "restricted' not in why} == {}
