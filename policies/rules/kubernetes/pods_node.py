"""What a pod may reach of its node. Facts: Pod Security Standards, baseline; CIS EKS 4.2."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, rule
from policies.reading.pods import PODS, containers, noted, spec
from policies.reading.values import (
    UNKNOWN,
    Value,
    asked,
    at_least,
    each,
    is_true,
    one_of,
)
from policies.rules.kubernetes.pods import each_container, whole_pod


@rule(
    "pods-no-host-pid", on=PODS, severity=Severity.HIGH, frameworks=("PSS baseline", "CIS EKS 4.2.2"), remedy="Leave hostPID out"
)
def no_host_pid(r: Resource) -> Iterator[Outcome]:
    """No pod sees the node's processes."""
    yield from whole_pod(r, "hostPID", is_true, "is on")


@rule(
    "pods-no-host-ipc", on=PODS, severity=Severity.HIGH, frameworks=("PSS baseline", "CIS EKS 4.2.3"), remedy="Leave hostIPC out"
)
def no_host_ipc(r: Resource) -> Iterator[Outcome]:
    """No pod shares memory with the node."""
    yield from whole_pod(r, "hostIPC", is_true, "is on")


@rule(
    "pods-no-host-network",
    on=PODS,
    severity=Severity.HIGH,
    frameworks=("PSS baseline", "CIS EKS 4.2.4"),
    remedy="Leave hostNetwork out",
)
def no_host_network(r: Resource) -> Iterator[Outcome]:
    """No pod uses the node's network."""
    yield from whole_pod(r, "hostNetwork", is_true, "is on")


_SAFE_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
)
_SELINUX = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")


@rule(
    "pods-kernel-guards",
    on=PODS,
    severity=Severity.HIGH,
    frameworks=("PSS baseline",),
    remedy="Leave AppArmor, SELinux, /proc and sysctls as they come",
)
def kernel_guards(r: Resource) -> Iterator[Outcome]:
    """AppArmor, SELinux, /proc masks and sysctls stay as the runtime sets them."""
    yield from each_container(r, "procMount", lambda v: v is not None and not one_of("Default")(v), "unmasks /proc")
    yield from each_container(r, "appArmorProfile.type", one_of("Unconfined"), "turns AppArmor off")
    yield from each_container(
        r, "seLinuxOptions.type", lambda v: v not in (None, "", *_SELINUX), "leaves the container's SELinux type"
    )
    for key in ("user", "role"):
        yield from each_container(r, f"seLinuxOptions.{key}", lambda v: v not in (None, ""), f"changes the SELinux {key}")
    yield from each_container(r, "windowsOptions.hostProcess", is_true, "runs on the node itself")
    remarks = noted(r)
    for key, value in remarks.items() if isinstance(remarks, dict) else ():
        if key.startswith("container.apparmor.security.beta.kubernetes.io/"):
            yield from bad_if(asked(one_of("unconfined"), value), f"metadata.annotations.{key}", "turns AppArmor off")
    pod = spec(r)
    for seen in each(pod.value, "securityContext.sysctls[*].name", pod.path):
        yield from bad_if(asked(lambda v: v not in _SAFE_SYSCTLS, seen.value), seen.path, "changes the kernel for other pods too")


_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock")


def _is_socket(value: Value) -> bool:
    return isinstance(value, str) and value.rstrip("/").endswith(_SOCKETS)


@rule(
    "pods-no-runtime-socket",
    on=PODS,
    severity=Severity.CRITICAL,
    frameworks=("PSS baseline",),
    remedy="Remove the volume",
)
def no_runtime_socket(r: Resource) -> Iterator[Outcome]:
    """No pod holds the container runtime's socket, which is root on the node."""
    pod = spec(r)
    for seen in each(pod.value, "volumes[*].hostPath.path", pod.path):
        yield from bad_if(asked(_is_socket, seen.value), seen.path, "is the container runtime's socket")


@rule(
    "pods-no-host-paths",
    on=PODS,
    severity=Severity.HIGH,
    frameworks=("PSS baseline", "CIS EKS 4.2"),
    remedy="Use emptyDir, a claim, or a projected volume",
)
def no_host_paths(r: Resource) -> Iterator[Outcome]:
    """No pod mounts a folder of its node."""
    pod = spec(r)
    for seen in each(pod.value, "volumes[*].hostPath", pod.path):
        yield from bad_if(UNKNOWN if seen.value is UNKNOWN else seen.value is not None, seen.path, "is a folder of the node")


@rule("pods-no-host-ports", on=PODS, severity=Severity.MEDIUM, frameworks=("PSS baseline",), remedy="Use a Service")
def no_host_ports(r: Resource) -> Iterator[Outcome]:
    """No container takes a port of its node."""
    for container in containers(r):
        for seen in each(container.value, "ports[*].hostPort", container.path):
            yield from bad_if(asked(at_least(1), seen.value), seen.path, "takes a port of the node")
