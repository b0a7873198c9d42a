"""What a workload brings: images, resources, probes, accounts, secrets. Facts: CIS Kubernetes 5.x."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.model import Finding, Level, Outcome, Resource, Severity, Unjudged, bad_if, must, rule
from policies.reading.pods import LONG_RUNNING, PODS, containers, spec
from policies.reading.values import (
    UNKNOWN,
    NotYetKnown,
    Value,
    any_of,
    asked,
    below,
    each,
    is_false,
    listed,
    matches,
    negated,
    one_of,
    peek,
    present,
)

_DIGEST = re.compile(r"@sha(256|512):\w")


def tag_of(image: str) -> str | None:
    """The tag of an image reference; None when it has none (a registry's port is no tag)."""
    name = image.partition("@")[0]
    last = name.rpartition("/")[2]
    return last.partition(":")[2] or None


def has_digest(image: Value) -> bool:
    """Whether an image is named by what it holds."""
    return isinstance(image, str) and _DIGEST.search(image) is not None


@rule(
    "pods-image-tagged",
    on=PODS,
    severity=Severity.MEDIUM,
    frameworks=("CIS EKS 5.1.4",),
    remedy="Name a version, or better a digest",
)
def image_tagged(r: Resource) -> Iterator[Outcome]:
    """Every image names its version."""
    for container in containers(r):
        yield from bad_if(
            asked(_floating, peek(container.value, "image")), f"{container.path}.image", "names no version, or latest"
        )


def _floating(image: Value) -> bool:
    if not isinstance(image, str):
        return True
    return not has_digest(image) and tag_of(image) in (None, "latest")


@rule(
    "pods-image-digest",
    on=PODS,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 5.1.4", "NIST 800-53 CM-14"),
    remedy="Write NAME:TAG@sha256:DIGEST; `images.digests` in the stack file is the place",
)
def image_digest(r: Resource) -> Iterator[Outcome]:
    """Every image is named by its digest, so that it cannot change behind our back."""
    for container in containers(r):
        yield from bad_if(
            asked(lambda v: not has_digest(v), peek(container.value, "image")),
            f"{container.path}.image",
            "is named by a tag that can be moved",
        )


@rule(
    "pods-image-pull",
    on=PODS,
    severity=Severity.LOW,
    frameworks=("CIS EKS 5.1",),
    remedy="Set imagePullPolicy to Always, or name the image by its digest",
    level=Level.ADVISORY,
)
def image_pull(r: Resource) -> Iterator[Outcome]:
    """An image kept on a node is used only when its digest says which one it is."""
    for container in containers(r):
        yield from bad_if(
            asked(_may_be_stale, container.value), f"{container.path}.imagePullPolicy", "may run an old image from the node"
        )


def _may_be_stale(container: Value) -> bool:
    image, policy = peek(container, "image"), peek(container, "imagePullPolicy")
    if image is UNKNOWN or policy is UNKNOWN:
        raise NotYetKnown
    if has_digest(image):
        return False
    if policy is None:  # Kubernetes pulls always without a tag and with latest, else only what is missing
        return isinstance(image, str) and tag_of(image) not in (None, "latest")
    return policy != "Always"


def _resources(r: Resource, path: str) -> Iterator[Outcome]:
    """A finding for each container without it, unless the pod has it for all; debugging containers can have none."""
    pod = spec(r)
    if present(below(pod.value, f"resources.{path}").value):
        return
    for container in containers(r, "containers", "initContainers"):
        if container.value is UNKNOWN:
            yield Unjudged(container.path)
        elif not present(peek(container.value, f"resources.{path}")):
            yield Finding(f"{container.path}.resources.{path}", "is not given")


@rule("pods-cpu-request", on=PODS, severity=Severity.LOW, remedy="Set resources.requests.cpu")
def cpu_request(r: Resource) -> Iterator[Outcome]:
    """Every container says how much CPU it needs."""
    yield from _resources(r, "requests.cpu")


@rule(
    "pods-cpu-limit",
    on=PODS,
    severity=Severity.LOW,
    remedy="Set resources.limits.cpu, or leave it to the quota of the namespace",
    level=Level.ADVISORY,
)
def cpu_limit(r: Resource) -> Iterator[Outcome]:
    """Every container has a most of CPU; a limit also slows what has room, so this is advice."""
    yield from _resources(r, "limits.cpu")


@rule("pods-memory-request", on=PODS, severity=Severity.LOW, remedy="Set resources.requests.memory")
def memory_request(r: Resource) -> Iterator[Outcome]:
    """Every container says how much memory it needs."""
    yield from _resources(r, "requests.memory")


@rule(
    "pods-memory-limit", on=PODS, severity=Severity.MEDIUM, frameworks=("NIST 800-53 SC-5",), remedy="Set resources.limits.memory"
)
def memory_limit(r: Resource) -> Iterator[Outcome]:
    """Every container has a most of memory."""
    yield from _resources(r, "limits.memory")


def _probe(r: Resource, key: str) -> Iterator[Outcome]:
    for container in containers(r, "containers"):
        if container.value is UNKNOWN:
            yield Unjudged(container.path)
        elif not present(peek(container.value, key)):
            yield Finding(f"{container.path}.{key}", "is not given")


@rule("pods-liveness", on=LONG_RUNNING, severity=Severity.LOW, remedy="Give livenessProbe")
def liveness(r: Resource) -> Iterator[Outcome]:
    """A container that hangs is started again."""
    yield from _probe(r, "livenessProbe")


@rule("pods-readiness", on=LONG_RUNNING, severity=Severity.LOW, remedy="Give readinessProbe")
def readiness(r: Resource) -> Iterator[Outcome]:
    """A container gets requests when it can answer them."""
    yield from _probe(r, "readinessProbe")


@rule(
    "pods-token-not-mounted",
    on=PODS,
    severity=Severity.MEDIUM,
    frameworks=("CIS EKS 4.1.6",),
    remedy="Set automountServiceAccountToken to false for the pod; a workload that speaks to the API is a waiver with its reason",
    level=Level.ADVISORY,
)
def token_not_mounted(r: Resource) -> Iterator[Outcome]:
    """A token for the Kubernetes API is in no pod that does not need it."""
    pod = spec(r)
    seen = below(pod.value, "automountServiceAccountToken", pod.path)
    yield from bad_if(negated(asked(is_false, seen.value)), seen.path, "is not false")


@rule(
    "pods-secrets-as-files",
    on=PODS,
    severity=Severity.LOW,
    frameworks=("CIS EKS 4.4.1",),
    remedy="Mount the secret as a file",
    level=Level.ADVISORY,
)
def secrets_as_files(r: Resource) -> Iterator[Outcome]:
    """Secrets are files, which no crash report prints."""
    for container in containers(r):
        for source, path in (("env[*]", "valueFrom.secretKeyRef"), ("envFrom[*]", "secretRef")):
            for given in each(container.value, source, container.path):
                if peek(given.value, path) is not None:
                    seen = below(given.value, path, given.path)
                    verdict = UNKNOWN if seen.value is UNKNOWN else True
                    yield from bad_if(verdict, seen.path, "puts a secret into the environment")


@rule(
    "pods-no-git-sync",
    on=PODS,
    severity=Severity.HIGH,
    remedy="Take git-sync's GITSYNC_GIT away, or bake the content into the image",
)
def no_git_sync(r: Resource) -> Iterator[Outcome]:
    """No container lets its settings choose the program that git-sync runs."""
    for container in containers(r):
        chosen = [asked(_IS_PROGRAM, peek(one, "name")) for one in listed(peek(container.value, "env"))]
        argued = [asked(_NAMES_PROGRAM, one) for key in ("args", "command") for one in listed(peek(container.value, key))]
        yield from bad_if(any_of([*chosen, *argued]), container.path, "chooses the program that git-sync runs")


_IS_PROGRAM = one_of("GITSYNC_GIT")
_NAMES_PROGRAM = matches("^--git=")


_NAMESPACED = (
    *PODS,
    "kubernetes:core/*:Service",
    "kubernetes:core/*:ServiceAccount",
    "kubernetes:core/*:ConfigMap",
    "kubernetes:core/*:Secret",
    "kubernetes:rbac.authorization.k8s.io/*:Role",
    "kubernetes:rbac.authorization.k8s.io/*:RoleBinding",
    "kubernetes:networking.k8s.io/*:Ingress",
    "kubernetes:core/*:PersistentVolumeClaim",
)


@rule("namespace-own", on=_NAMESPACED, severity=Severity.LOW, frameworks=("CIS EKS 4.5.2",), remedy="Give metadata.namespace")
def namespace_own(r: Resource) -> Iterator[Outcome]:
    """Nothing lies in the namespace `default`, where no rule of ours looks."""
    name = r.at("metadata.name")
    builtin = (r.type.endswith(":ServiceAccount") and asked(one_of("default"), name) is True) or (
        r.type.endswith(":Service") and asked(one_of("kubernetes"), name) is True
    )
    if not builtin:
        yield from bad_if(
            asked(lambda v: v in (None, "", "default"), r.at("metadata.namespace")),
            "metadata.namespace",
            "is the default namespace",
        )


@rule(
    "accounts-default-unused",
    on=("kubernetes:core/*:ServiceAccount", "kubernetes:core/*:ServiceAccountPatch"),
    severity=Severity.MEDIUM,
    frameworks=("CIS EKS 4.1.5",),
    remedy="Set automountServiceAccountToken to false for the account 'default'",
)
def accounts_default_unused(r: Resource) -> Iterator[Outcome]:
    """The default account of a namespace hands out no token."""
    named = asked(one_of("default"), r.at("metadata.name"))
    if named is not False:
        yield from (
            must(r, "automountServiceAccountToken", is_false, "is not false")
            if named is True
            else bad_if(UNKNOWN, "metadata.name", "")
        )


@rule(
    "namespace-pod-security",
    on="kubernetes:core/*:Namespace",
    severity=Severity.HIGH,
    frameworks=("PSS", "CIS EKS 4.2"),
    remedy="Label the namespace pod-security.kubernetes.io/enforce: restricted or baseline",
)
def namespace_pod_security(r: Resource) -> Iterator[Outcome]:
    """Every namespace refuses pods above a stated level."""
    labels = r.at("metadata.labels")
    level = (
        UNKNOWN if labels is UNKNOWN else (labels.get("pod-security.kubernetes.io/enforce") if isinstance(labels, dict) else None)
    )
    yield from bad_if(
        negated(asked(one_of("restricted", "baseline"), level)), "metadata.labels", "enforces no level, or the open one"
    )


_LOOKS_SECRET = re.compile(r"(?i)(password|passwd|secret|token|api[-_]?key|private[-_]?key|access[-_]?key)s?$")


@rule(
    "config-maps-hold-no-secrets",
    on="kubernetes:core/*:ConfigMap",
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.4.1", "NIST 800-53 SC-28"),
    remedy="Use a Secret",
)
def config_maps_hold_no_secrets(r: Resource) -> Iterator[Outcome]:
    """No ConfigMap has a key that is called like a secret."""
    for path in ("data", "binaryData"):
        data = r.at(path)
        for key, value in data.items() if isinstance(data, dict) else ():
            if _LOOKS_SECRET.search(key):
                yield from bad_if(UNKNOWN if value is UNKNOWN else bool(value), f"{path}.{key}", "is called like a secret")
