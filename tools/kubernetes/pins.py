"""Which API server and store are built, from which Go modules, and what they are once they are there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools.gobuild import Kit, Program, build
from tools.kubernetes.find import installed

HERE = Path(__file__).resolve().parent
VERSION = "v1.36.3"  # of the minor version that the example stacks ask for

API_SERVER = Program(
    source=HERE / "control",
    package="k8s.io/kubernetes/cmd/kube-apiserver",
    name="kube-apiserver",
    version=VERSION,
    # The version is linked in: it decides which API versions are served.
    linker_flags=f"-s -w -X k8s.io/component-base/version.gitVersion={VERSION}",
)
STORE = Program(source=HERE / "etcd", package="go.etcd.io/etcd/server/v3", name="etcd", version="v3.7.3")

KIT = Kit(
    name="kubernetes",
    title="a Kubernetes API server",
    instead="give the folder that holds kube-apiserver and etcd in KUBEBUILDER_ASSETS (https://book.kubebuilder.io/reference/envtest)",
    minutes=10,
    programs=(STORE, API_SERVER),
    scripts={},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where the two lie. `origin` is for a person."""

    api_server: Path
    store: Path
    origin: str


def ensure() -> Programs:
    """The API server to test with. Raises BuildError with a sentence that says what to install."""
    folder = installed(VERSION)
    origin = f"the installed kube-apiserver in {folder}"
    if folder is None:
        folder = build(KIT)
        origin = f"kube-apiserver {VERSION} and etcd {STORE.version}, built from Go modules in {folder}"
    return Programs(api_server=folder / API_SERVER.name, store=folder / STORE.name, origin=origin)
