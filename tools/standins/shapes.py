"""What the stand-ins know of each provider beyond the SDK's types: how ids look, forms of outputs, what cannot be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.standins import aws, azure, certificates, generated, resource_manager
from tools.standins.synthesis import Place, Subject
from tools.standins.values import Plain, Properties, revealed

Identify = Callable[[Subject, Mapping[str, Plain]], str]
Shape = Callable[[Subject, Mapping[str, Plain]], Properties]
NAMES = ("name", "bucket", "clusterIdentifier", "identifier", "metadata.name")

# --- ids ------------------------------------------------------------------------------------------------------------


def _object(_subject: Subject, inputs: Mapping[str, Plain]) -> str:
    metadata = inputs.get("metadata")
    if not isinstance(metadata, dict):  # a Helm release keeps both at the top
        metadata = dict(inputs)
    name, namespace = revealed(metadata.get("name")), revealed(metadata.get("namespace"))
    return f"{namespace}/{name}" if namespace else str(name)


_IDENTIFY: Mapping[str, Identify] = {
    "aws": aws.identify,
    "azure-native": resource_manager.identify,
    "azuread": azure.directory_id,
    "kubernetes": _object,
}


def identify(subject: Subject, inputs: Mapping[str, Plain]) -> str:
    """The id of a new object. `subject.id` holds what makes this create distinct from every other."""
    found = _IDENTIFY.get(subject.package)
    return found(subject, inputs) if found is not None else f"{subject.kind}-{subject.digest()}"


def holds(token: str) -> bool:
    """Whether what lies below an id goes with it, as in the Resource Manager: keys with their vault, all with their group."""
    return token.startswith("azure-native:") and token not in azure.STAYS


# --- outputs --------------------------------------------------------------------------------------------------------

_OF_PACKAGE: Mapping[str, Shape] = {
    "azure-native": azure.common,
    "azuread": azure.directory_object,
    "random": generated.outputs,
    "tls": certificates.outputs,
}
_OF_TYPE: Mapping[str, Shape] = {**aws.SHAPES, **azure.SHAPES}
CALLS: Mapping[str, Callable[[Mapping[str, Plain], Place], Properties]] = azure.CALLS


def told(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    """The outputs in the form that programs rely on; whatever else the SDK promises is invented by type."""
    found: Properties = {}
    for shape in (_OF_PACKAGE.get(subject.package), _OF_TYPE.get(subject.token)):
        found |= shape(subject, inputs) if shape is not None else {}
    return found


# --- what cannot be changed -----------------------------------------------------------------------------------------

_KUBERNETES: Mapping[str, tuple[str, ...]] = {
    "kubernetes:apps/v1:DaemonSet": ("spec.selector",),
    "kubernetes:apps/v1:Deployment": ("spec.selector",),
    "kubernetes:apps/v1:StatefulSet": ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    "kubernetes:batch/v1:Job": ("spec.selector", "spec.template", "spec.completions"),
    "kubernetes:core/v1:ConfigMap": ("data", "binaryData"),
    "kubernetes:core/v1:PersistentVolumeClaim": ("spec",),
    "kubernetes:core/v1:Secret": ("type", "data", "stringData"),
    "kubernetes:core/v1:Service": ("spec.clusterIP",),
    "kubernetes:helm.sh/v3:Release": ("name", "namespace"),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ("roleRef",),
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ("roleRef",),
    "kubernetes:storage.k8s.io/v1:StorageClass": ("parameters", "provisioner", "reclaimPolicy"),
    "pulumi:providers:kubernetes": ("clusterIdentifier",),
}
_IMMUTABLE: Mapping[str, tuple[str, ...]] = {**aws.IMMUTABLE, **azure.IMMUTABLE, **_KUBERNETES}
_OBJECT = ("metadata.name", "metadata.namespace", "apiVersion", "kind")


def replaces(token: str, path: str) -> bool:
    """Whether a change at `path` (like spec.template.metadata) makes a new object of this type."""
    package = token.partition(":")[0]
    if package in ("random", "tls"):
        return path.partition(".")[0] != "earlyRenewalHours"
    fixed = _IMMUTABLE.get(token, ())
    if package == "kubernetes":
        fixed += _OBJECT
    elif package == "azure-native":
        fixed += resource_manager.parts(token)
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in fixed)


def takes_its_place(token: str, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> bool:
    """Whether a replacement would have the id of what it replaces, so that the old one has to go first."""
    if token.partition(":")[0] == "azure-native":
        return all(old.get(part) == new.get(part) for part in resource_manager.parts(token))
    return any(_at(new, *name.split(".")) is not None for name in NAMES) and "__autonamed" not in new


def _at(properties: Mapping[str, Plain], *path: str) -> Plain:
    value: Plain = dict(properties)
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value
