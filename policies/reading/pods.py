"""Pod specs, wherever a kind keeps them, and their containers of every sort."""

from __future__ import annotations

from fnmatch import fnmatchcase

from policies.model import Resource
from policies.reading.values import UNKNOWN, Seen, Value, below, each

CONTROLLERS = (
    "kubernetes:apps/*:Deployment",
    "kubernetes:apps/*:DaemonSet",
    "kubernetes:apps/*:ReplicaSet",
    "kubernetes:apps/*:StatefulSet",
    "kubernetes:extensions/*:Deployment",
    "kubernetes:extensions/*:DaemonSet",
    "kubernetes:extensions/*:ReplicaSet",
    "kubernetes:core/*:ReplicationController",
    "kubernetes:batch/*:Job",
)
CRON = "kubernetes:batch/*:CronJob"
POD = "kubernetes:core/*:Pod"
TEMPLATE = "kubernetes:core/*:PodTemplate"
PODS = (*CONTROLLERS, CRON, POD, TEMPLATE)
LONG_RUNNING = tuple(kind for kind in PODS if not kind.startswith("kubernetes:batch/"))
SORTS = ("containers", "initContainers", "ephemeralContainers")


def template(resource: Resource) -> Seen:
    """The pod's metadata and spec together, with its path; an empty one when nothing stands there."""
    return resource.read(_template)


def _template(resource: Resource) -> Seen:
    path = ""
    if fnmatchcase(resource.type, CRON):
        path = "spec.jobTemplate.spec.template"
    elif fnmatchcase(resource.type, TEMPLATE):
        path = "template"
    elif not fnmatchcase(resource.type, POD):
        path = "spec.template"
    found = below(resource.props, path)
    return found if found.value is not None else Seen(found.path, {})


def spec(resource: Resource) -> Seen:
    """The pod's spec with its path; None as its value when there is none."""
    return resource.read(_spec)


def _spec(resource: Resource) -> Seen:
    above = template(resource)
    return below(above.value, "spec", above.path)


def containers(resource: Resource, *sorts: str) -> tuple[Seen, ...]:
    """Every container of a pod, of the sorts given or of all. UNKNOWN where a list or an element is not known yet."""
    every = resource.read(_containers)
    return tuple(one for sort in sorts for one in every[sort]) if sorts else every[_ALL]


_ALL = "all"


def _containers(resource: Resource) -> dict[str, tuple[Seen, ...]]:
    pod = spec(resource)
    if pod.value is UNKNOWN or (pod.value is not None and not isinstance(pod.value, dict)):
        return dict.fromkeys((*SORTS, _ALL), (pod,))  # a spec that is none lacks whatever a container must have
    found = {sort: tuple(one for one in each(pod.value, f"{sort}[*]", pod.path) if one.value is not None) for sort in SORTS}
    return {**found, _ALL: tuple(one for sort in SORTS for one in found[sort])}


# What Kubernetes reads in the security context of a pod too; the rest is a container's alone (API reference, PodSecurityContext).
_OF_PODS = ("runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile", "seLinuxOptions", "appArmorProfile", "windowsOptions")


def setting(resource: Resource, container: Seen, key: str) -> Seen:
    """A security setting of a container: its own, or else the pod's. UNKNOWN of the container wins over the pod's."""
    path = f"securityContext.{key}"
    own = below(container.value, path, container.path)
    if own.value is not None or not key.startswith(_OF_PODS):
        return own
    pod = spec(resource)
    outer = below(pod.value, path, pod.path)
    return outer if outer.value is not None else own


def noted(resource: Resource) -> Value:
    """Annotations of the pod."""
    return below(template(resource).value, "metadata.annotations").value
