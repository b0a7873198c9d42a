"""What a pod may do to its node. Facts: Pod Security Standards, restricted; CIS Kubernetes 5.2."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Finding, Outcome, Resource, Severity, Unjudged, bad_if, rule
from policies.reading.pods import PODS, containers, noted, setting, spec
from policies.reading.values import (
    UNKNOWN,
    Seen,
    Test,
    any_of,
    asked,
    at_least,
    below,
    each,
    is_false,
    is_true,
    negated,
    number,
    one_of,
    peek,
    present,
)

HIGH_ID = 10_000
HARMLESS_CAPABILITY = "NET_BIND_SERVICE"


def whole_pod(r: Resource, key: str, test: Test, says: str) -> Iterator[Outcome]:
    """A finding when a setting of the pod itself passes the test."""
    pod = spec(r)
    seen = below(pod.value, key, pod.path)
    yield from bad_if(asked(test, seen.value), seen.path, says)


def each_container(r: Resource, key: str, test: Test, says: str) -> Iterator[Outcome]:
    """A finding for each container whose setting, its own or the pod's, passes the test."""
    for container in containers(r):
        found = setting(r, container, key)
        yield from bad_if(asked(test, found.value), found.path, says)


@rule(
    "pods-not-privileged",
    on=PODS,
    severity=Severity.CRITICAL,
    frameworks=("PSS baseline", "CIS EKS 4.2.1", "NIST 800-53 AC-6"),
    remedy="Leave securityContext.privileged out",
)
def not_privileged(r: Resource) -> Iterator[Outcome]:
    """No container is privileged."""
    yield from each_container(r, "privileged", is_true, "is on")


@rule(
    "pods-no-escalation",
    on=PODS,
    severity=Severity.HIGH,
    frameworks=("PSS restricted", "CIS EKS 4.2.5"),
    remedy="Set securityContext.allowPrivilegeEscalation to false in every container",
)
def no_escalation(r: Resource) -> Iterator[Outcome]:
    """No process can gain more rights than its parent."""
    yield from each_container(r, "allowPrivilegeEscalation", lambda v: not is_false(v), "is not false")


@rule(
    "pods-not-root",
    on=PODS,
    severity=Severity.HIGH,
    frameworks=("PSS restricted", "CIS AKS 4.2.6"),
    remedy="Set runAsNonRoot to true, or a runAsUser other than 0",
)
def not_root(r: Resource) -> Iterator[Outcome]:
    """No container runs as root."""
    for container in containers(r):
        if container.value is UNKNOWN:
            yield Unjudged(container.path)
            continue
        user, forbidden = setting(r, container, "runAsUser"), setting(r, container, "runAsNonRoot")
        not_as_root = any_of([asked(is_true, forbidden.value), asked(at_least(1), user.value)])
        if asked(lambda v: number(v) == 0, user.value) is True:
            not_as_root = asked(is_true, forbidden.value) if not isinstance(user.value, str) else False
            yield from bad_if(negated(not_as_root), user.path, "may be root")
        else:
            yield from bad_if(negated(not_as_root), forbidden.path, "may be root")


@rule(
    "pods-high-user",
    on=PODS,
    severity=Severity.MEDIUM,
    remedy=f"Set runAsUser to {HIGH_ID} or more, or where an image fixes its user, say so in a waiver",
)
def high_user(r: Resource) -> Iterator[Outcome]:
    """Users inside are none that exist on the node; a user namespace maps them away as well."""
    pod = spec(r)
    if any(asked(is_false, seen.value) is True for seen in each(pod.value, "hostUsers")):
        return
    yield from each_container(r, "runAsUser", lambda v: not at_least(HIGH_ID)(v), f"is below {HIGH_ID}")


@rule(
    "pods-capabilities-dropped",
    on=PODS,
    severity=Severity.MEDIUM,
    frameworks=("PSS restricted", "CIS AKS 4.2.8"),
    remedy="Drop ALL",
)
def capabilities_dropped(r: Resource) -> Iterator[Outcome]:
    """Every container gives up all capabilities."""
    yield from _drops(r, ("ALL",), "does not drop ALL")


@rule(
    "pods-no-raw-network",
    on=PODS,
    severity=Severity.MEDIUM,
    frameworks=("CIS AKS 4.2.7",),
    remedy="Drop ALL, or NET_RAW at least",
)
def no_raw_network(r: Resource) -> Iterator[Outcome]:
    """No container can forge packets."""
    yield from _drops(r, ("ALL", "NET_RAW"), "keeps NET_RAW")
    for seen in _added(r):
        yield from bad_if(asked(one_of("NET_RAW", "ALL"), seen.value), seen.path, "takes NET_RAW back")


def _drops(r: Resource, words: tuple[str, ...], says: str) -> Iterator[Outcome]:
    for container in containers(r):
        if container.value is UNKNOWN:
            yield Unjudged(container.path)
            continue
        dropped = any_of(
            asked(one_of(*words), seen.value) for seen in each(container.value, "securityContext.capabilities.drop[*]")
        )
        yield from bad_if(negated(dropped), f"{container.path}.securityContext.capabilities.drop", says)


@rule(
    "pods-no-capabilities-added",
    on=PODS,
    severity=Severity.HIGH,
    frameworks=("PSS restricted", "CIS AKS 4.2.8"),
    remedy=f"Add none but {HARMLESS_CAPABILITY}",
)
def no_capabilities_added(r: Resource) -> Iterator[Outcome]:
    """No container takes a capability but the one for low ports."""
    for seen in _added(r):
        yield from bad_if(negated(asked(one_of(HARMLESS_CAPABILITY), seen.value)), seen.path, "is more than a container needs")


@rule(
    "pods-no-system-administration",
    on=PODS,
    severity=Severity.CRITICAL,
    frameworks=("PSS baseline",),
    remedy="Leave SYS_ADMIN out",
)
def no_system_administration(r: Resource) -> Iterator[Outcome]:
    """No container may administer the node's kernel."""
    for seen in _added(r):
        yield from bad_if(
            asked(one_of("SYS_ADMIN", "CAP_SYS_ADMIN", "ALL"), seen.value), seen.path, "gives the node's kernel away"
        )


def _added(r: Resource) -> Iterator[Seen]:
    for container in containers(r):
        if container.value is UNKNOWN:
            yield container
        else:
            yield from each(container.value, "securityContext.capabilities.add[*]", container.path)


_PROFILES = ("RuntimeDefault", "Localhost", "runtime/default", "docker/default")


@rule(
    "pods-seccomp",
    on=PODS,
    severity=Severity.MEDIUM,
    frameworks=("PSS restricted", "CIS EKS 4.6.2"),
    remedy="Set seccompProfile.type to RuntimeDefault for the pod",
)
def seccomp(r: Resource) -> Iterator[Outcome]:
    """System calls are filtered."""
    remarks = noted(r)
    old = any_of(
        asked(one_of(*_PROFILES), value)
        for key, value in (remarks.items() if isinstance(remarks, dict) else ())
        if key.startswith(("seccomp.security.alpha.kubernetes.io/pod", "seccomp.security.alpha.kubernetes.io/defaultProfileName"))
    )
    if old is not True:
        yield from each_container(r, "seccompProfile.type", lambda v: not one_of(*_PROFILES)(v), "is not RuntimeDefault")


@rule(
    "pods-read-only-root",
    on=PODS,
    severity=Severity.MEDIUM,
    frameworks=("CIS AKS 4.7.2",),
    remedy="Set readOnlyRootFilesystem to true",
)
def read_only_root(r: Resource) -> Iterator[Outcome]:
    """What a container is made of cannot be changed from inside."""
    yield from each_container(r, "readOnlyRootFilesystem", lambda v: not is_true(v), "is not true")


@rule(
    "pods-security-context",
    on=PODS,
    severity=Severity.LOW,
    frameworks=("CIS EKS 4.6.2",),
    remedy="Give securityContext to the pod",
)
def security_context(r: Resource) -> Iterator[Outcome]:
    """Every pod says under which rights it runs."""
    pod = spec(r)
    seen = below(pod.value, "securityContext", pod.path)
    if not present(seen.value):
        yield Finding(seen.path, "is not given")


@rule(
    "pods-container-security-context",
    on=PODS,
    severity=Severity.LOW,
    frameworks=("CIS EKS 4.6.2",),
    remedy="Give securityContext to every container",
)
def container_security_context(r: Resource) -> Iterator[Outcome]:
    """Every container says under which rights it runs."""
    for container in containers(r):
        yield from _has_context(container)


def _has_context(container: Seen) -> Iterator[Outcome]:
    if container.value is UNKNOWN:
        yield Unjudged(container.path)
    elif peek(container.value, "securityContext") is None:
        yield Finding(f"{container.path}.securityContext", "is not given")
