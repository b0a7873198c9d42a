"""A resource monitor that lives in this process: it records what a program asks for and answers like a first preview.

Outputs of resources are their inputs; everything else is unknown, as before the first `up`. Provider checks,
provider defaults, autonaming and transforms do not run: that is the engine's part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc_manager
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockSettings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.rpc import UNKNOWN
from pulumi.runtime.settings import configure, set_root_resource

from ops.plan.running import run_to_the_end
from ops.plan.shortcuts import collector_paused, without_what_no_plan_shows
from ops.plan.type_hints import remembered
from ops.plan.values import Plain, plain

_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One resource as the engine would receive it. `provider` is the URN of its explicit provider, or ''.

    `import_id` names something that exists already and is taken over; `plugin_source` where the provider's plugin comes from.
    """

    urn: str
    type: str
    name: str
    parent: str
    provider: str
    custom: bool
    protect: bool
    retain_on_delete: bool
    depends_on: tuple[str, ...]
    property_depends: Mapping[str, tuple[str, ...]]
    """URNs by the property that they are given to."""
    inputs: Mapping[str, Plain]
    import_id: str = ""
    plugin_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Something looked up and not made: `.get`, or another stack's outputs. `id` is what it was asked by."""

    urn: str
    type: str
    id: str
    inputs: Mapping[str, Plain]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoked:
    """A function of a provider that was called while planning."""

    token: str
    arguments: Mapping[str, Plain]


@dataclass(slots=True)
class Recording:
    """Everything a program did: resources in order of registration, function calls, reads, stack outputs."""

    project: str
    stack: str
    resources: list[Registered] = field(default_factory=list[Registered])
    invokes: list[Invoked] = field(default_factory=list[Invoked])
    reads: list[Read] = field(default_factory=list[Read])
    outputs: dict[str, Plain] = field(default_factory=dict[str, Plain])
    duplicates: list[str] = field(default_factory=list[str])


def answered(given: Struct) -> Struct:
    """The inputs as outputs, but for a resource's own identity, which is told only once it is made.

    Identities that it is given come as a list and are answered as a map by id; one of its own gets the id of a principal.
    """
    # Asking a message for a field that is not there would make it.
    if "identity" not in given.fields:
        return given
    identity = given.fields["identity"].struct_value.fields
    listed = "userAssignedIdentities" in identity
    own = "type" in identity and "SystemAssigned" in identity["type"].string_value
    if not listed and not own:
        return given
    answer = Struct()
    answer.CopyFrom(given)
    told = answer.fields["identity"].struct_value.fields
    if listed:
        told["userAssignedIdentities"].string_value = UNKNOWN
    if own:
        told["principalId"].string_value = UNKNOWN
    return answer


class Recorder:
    """The monitor. Method names are those of the Pulumi protocol."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._known: set[str] = set()

    def _urn(self, parent: str, type_: str, name: str) -> str:
        chain = parent.split("::")[2] if parent else ""
        above = "" if chain in ("", "pulumi:pulumi:Stack") else f"{chain}$"
        return f"urn:pulumi:{self.recording.stack}::{self.recording.project}::{above}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        urn = self._urn(request.parent, request.type, request.name)
        if urn in self._known:
            self.recording.duplicates.append(urn)
        self._known.add(urn)
        self.recording.resources.append(
            Registered(
                urn=urn,
                type=request.type,
                name=request.name,
                parent=request.parent,
                provider=request.provider.rpartition("::")[0],
                custom=request.custom,
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                depends_on=tuple(sorted(set(request.dependencies))),  # the SDK gathers them in a set, so their order is chance
                property_depends={key: tuple(sorted(one.urns)) for key, one in request.propertyDependencies.items()},
                inputs=plain(request.object),
                import_id=request.importId,
                plugin_source=request.pluginDownloadURL,
            )
        )
        return resource_pb2.RegisterResourceResponse(urn=urn, object=answered(request.object))

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self.recording.outputs = plain(request.outputs)
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:
        urn = self._urn(request.parent, request.type, request.name)
        self.recording.reads.append(Read(urn=urn, type=request.type, id=request.id, inputs=plain(request.properties)))
        return resource_pb2.ReadResourceResponse(urn=urn, properties=request.properties)

    def Invoke(self, request: Any) -> Any:
        self.recording.invokes.append(Invoked(token=request.tok, arguments=plain(request.args)))
        answer: dict[str, Any] = {"return": Struct()}  # a keyword in Python
        return resource_pb2.ResourceInvokeResponse(**answer)

    def GetDeploymentInfo(self, request: Any) -> Any:
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def SupportsFeature(self, request: Any) -> Any:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in {"secrets", "resourceReferences", "aliasSpecs"})

    def RegisterPackage(self, request: Any) -> Any:
        return resource_pb2.RegisterPackageResponse(ref=request.name)

    def RegisterStackTransform(self, request: Any) -> Any:
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any) -> Any:
        return empty_pb2.Empty()


class _Log:
    """The engine's log, which a plan shows only where something is wrong."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def Log(self, request: Any) -> Any:
        if request.severity >= 2:  # WARNING and ERROR in engine.proto's LogSeverity
            self.messages.append(request.message)
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any) -> Any:
        raise NotImplementedError

    def SetRootResource(self, request: Any) -> Any:
        return empty_pb2.Empty()


def record(
    program: Callable[[], None], *, project: str, stack: str, config: Mapping[str, str], secret_keys: tuple[str, ...] = ()
) -> Recording:
    """Run `program` to its end and return what it asked for. Whatever the program raises, this raises."""
    recording = Recording(project=project, stack=stack)

    def prepare() -> None:
        set_all_config(dict(config), list(secret_keys))
        set_root_resource(None)  # type: ignore[arg-type]  # a new program: the SDK has no other way to say so
        configure(
            MockSettings(
                monitor=Recorder(recording),
                monitor_features=set(_FEATURES),
                engine=_Log(),
                project=project,
                stack=stack,
                dry_run=True,
                organization="organization",
                root_directory=".",
                package_refs={},
                base_providers_by_ref={},
                callbacks=None,
                legacy_apply_enabled=False,
                outputs=set(),
                rpc_manager=rpc_manager.RPCManager(),
            )
        )

    with collector_paused(), remembered(), without_what_no_plan_shows():
        run_to_the_end(program, prepare)
    return recording
