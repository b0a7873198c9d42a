"""Kubernetes objects as the engine sends them, made ready for an API server without controllers. Plain functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from tools.standins.ledger import Thing

Object = dict[str, object]
HELM = "kubernetes:helm.sh/v3:Release"
TEMPLATES = {  # where a pod's template lies in each kind that makes pods
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One object. `patch`: of something that Kubernetes makes by itself."""

    urn: str
    body: Object
    patch: bool

    @property
    def kind(self) -> str:
        """Like NetworkPolicy."""
        return str(self.body["kind"])

    @property
    def api_version(self) -> str:
        """Like networking.k8s.io/v1."""
        return str(self.body["apiVersion"])

    @property
    def metadata(self) -> Mapping[str, object]:
        """Its name, namespace, labels."""
        return cast("Mapping[str, object]", self.body["metadata"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str | None:
        """Its namespace, if it lies in one."""
        found = self.metadata.get("namespace")
        return found if isinstance(found, str) else None

    @property
    def label(self) -> str:
        """For a person: NetworkPolicy mattermost/default-deny."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def pod(self) -> Object | None:
        """A pod as its template would make it, or None for a kind that makes none."""
        found: object = self.body
        for step in TEMPLATES.get(self.kind, ("nowhere",)):
            found = cast("Mapping[str, object]", found).get(step)
            if found is None:
                return None
        template = cast("Object", found)
        metadata = {**cast("Object", template.get("metadata") or {}), "name": f"{self.name}-pod", "namespace": self.namespace}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def sent(things: Iterable[Thing]) -> list[Sent]:
    """The objects among what exists, in the order in which they were made."""
    return [_sent(thing) for thing in things if thing.type.startswith("kubernetes:") and thing.type != HELM]


def _sent(thing: Thing) -> Sent:
    version, kind = thing.type.removeprefix("kubernetes:").split(":")
    patch = kind.endswith("Patch")
    body = {key: value for key, value in thing.settings.items() if not key.startswith("__")}
    full = {"apiVersion": version.removeprefix("core/"), "kind": kind.removesuffix("Patch"), **body}
    return Sent(urn=thing.urn, body=cast("Object", full), patch=patch)


def releases(things: Iterable[Thing]) -> list[str]:
    """Names of the Helm charts among what exists."""
    return [str(thing.settings.get("name")) for thing in things if thing.type == HELM]


def pods(objects: Iterable[Sent]) -> Iterator[tuple[Sent, Object]]:
    """Every pod that these objects would make."""
    for one in objects:
        if (pod := one.pod) is not None:
            yield one, pod
