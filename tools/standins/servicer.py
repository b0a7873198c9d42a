"""The rim: the provider protocol, answered from the ledger. One instance plays one package."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

from tools.standins import NOTICE, accounts, differences, shapes, synthesis, values
from tools.standins.ledger import Ledger, Thing
from tools.standins.orders import Operation, OrderedError, Orders
from tools.standins.synthesis import Place, Subject
from tools.standins.values import Plain, Properties

ANSWER_SECONDS = 5
LARGEST_MESSAGE = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def installed(package: str) -> str:
    """The version of the SDK whose provider is played."""
    try:
        return version(f"pulumi-{package}")
    except PackageNotFoundError:
        return "0.0.0"


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """STAND-IN for the provider of `package`. Method names are those of the protocol."""

    def __init__(self, package: str, ledger: Ledger, orders: Orders, signed_in: Path) -> None:
        self.package = package
        self._signed_in = signed_in
        self._ledger = ledger
        self._orders = orders
        self._places: dict[str, Place] = {}

    # --- about itself -----------------------------------------------------------------------------------------------

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        with grpc.insecure_channel(request.address) as channel, contextlib.suppress(grpc.RpcError):
            told = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=f"{self.package}: {NOTICE}", ephemeral=True)
            engine_pb2_grpc.EngineStub(channel).Log(told, timeout=ANSWER_SECONDS)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=installed(self.package))

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        about = {"name": self.package, "version": installed(self.package), "description": NOTICE}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(about))

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    # --- configuration ----------------------------------------------------------------------------------------------

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._difference(f"pulumi:providers:{self.package}", request)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        given = values.plain_map(values.read(request.args))
        if refused := accounts.refusal(self._signed_in, self.package, given):
            context.abort(grpc.StatusCode.UNKNOWN, f"{refused} ({NOTICE})")
        self._places[context.peer()] = _place_of(self.package, given)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    # --- resources --------------------------------------------------------------------------------------------------

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        news = values.read(request.news)
        if self.package == "kubernetes":
            news = self._named(request.urn, values.read(request.olds), news)
        return provider_pb2.CheckResponse(inputs=values.write(news))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._difference(_token(request.urn), request)

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        urn, token, inputs = request.urn, _token(request.urn), values.read(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=self._previewed(urn, inputs, context))
        number = self._ledger.begin(urn)
        self._obey("create", urn, "", context)
        place = self._place(context)
        distinct = Subject(token=token, name=_name(urn), id=f"{urn}#{number}", place=place)
        id_ = shapes.identify(distinct, inputs)
        if self._ledger.find((token, id_, place.region)) is not None:
            self._refuse(urn, id_, f"AlreadyExists: {token} {id_!r} exists already", context)
        outputs = _outputs(distinct, id_, inputs)
        thing = Thing(type=token, id=id_, place=place.region, urn=urn, inputs=inputs, outputs=outputs)
        self._ledger.created(thing)
        return provider_pb2.CreateResponse(id=id_, properties=values.write(thing.outputs))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._obey("read", request.urn, request.id, context)
        found = self._ledger.find((_token(request.urn), request.id, self._place(context).region))
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=found.id, properties=values.write(found.outputs), inputs=values.write(found.inputs))

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        urn, token, inputs = request.urn, _token(request.urn), values.read(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=self._previewed(urn, inputs, context))
        self._obey("update", urn, request.id, context)
        place = self._place(context)
        if self._ledger.find((token, request.id, place.region)) is None:
            self._refuse(urn, request.id, f"NotFound: {token} {request.id!r} does not exist", context)
        subject = Subject(token=token, name=_name(urn), id=request.id, place=place)
        outputs = _outputs(subject, request.id, inputs)
        thing = Thing(type=token, id=request.id, place=place.region, urn=urn, inputs=inputs, outputs=outputs)
        self._ledger.updated(thing)
        return provider_pb2.UpdateResponse(properties=values.write(thing.outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        token = _token(request.urn)
        self._obey("delete", request.urn, request.id, context)
        if shapes.holds(token):
            self._ledger.swept(f"{request.id}/")
        self._ledger.deleted((token, request.id, self._place(context).region), request.urn)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        answer = shapes.CALLS.get(request.tok)
        if answer is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no answer to {request.tok} is written down ({NOTICE})")
        told: dict[str, Any] = {"return": values.write(answer(values.read(request.args), self._place(context)))}  # a keyword
        return provider_pb2.InvokeResponse(**told)

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:
        """A remote component: registered with the engine as such, without the children a real provider would add."""
        with grpc.insecure_channel(request.monitorEndpoint, options=LARGEST_MESSAGE) as channel:
            monitor: Any = resource_pb2_grpc.ResourceMonitorStub(channel)
            made: Any = monitor.RegisterResource(
                resource_pb2.RegisterResourceRequest(
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    custom=False,
                    object=request.inputs,
                    protect=request.protect,
                    dependencies=request.dependencies,
                    acceptSecrets=True,
                )
            )
            monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=made.urn, outputs=request.inputs))
        return provider_pb2.ConstructResponse(urn=made.urn, state=request.inputs)

    def _previewed(self, urn: str, inputs: Properties, context: grpc.ServicerContext) -> Any:
        """Inputs as outputs; whatever only a made thing could tell stays unknown."""
        subject = Subject(token=_token(urn), name=_name(urn), id="", place=self._place(context))
        return values.write(inputs if self.package == "kubernetes" else synthesis.previewed(subject, inputs))

    # --- shared -----------------------------------------------------------------------------------------------------

    def _place(self, context: grpc.ServicerContext) -> Place:
        """Where the provider that asks was told to work; each has a connection of its own."""
        return self._places.get(context.peer(), Place())

    def _difference(self, token: str, request: Any) -> Any:
        old = values.read(request.old_inputs if request.HasField("old_inputs") else request.olds)
        new = values.read(request.news)
        found = differences.between(token, old, new)
        replacing = [one.path for one in found if one.replaces]
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({one.path.partition(".")[0].partition("[")[0] for one in found}),
            replaces=replacing,
            deleteBeforeReplace=bool(replacing) and shapes.takes_its_place(token, old, new),
            hasDetailedDiff=True,
            detailedDiff={
                one.path: provider_pb2.PropertyDiff(kind=KINDS[one.kind, one.replaces], inputDiff=True) for one in found
            },
        )

    def _named(self, urn: str, old: Mapping[str, Plain], new: Properties) -> Properties:
        """Kubernetes objects without a name get one that they keep."""
        if new.get("chart") is not None:
            return new if new.get("name") is not None else {**new, "name": old.get("name") or self._fresh_name(urn)}
        metadata = new.get("metadata")
        metadata = dict(metadata) if isinstance(metadata, dict) else {}
        if metadata.get("name") is None and metadata.get("generateName") is None:
            before = old.get("metadata")
            kept = before.get("name") if isinstance(before, dict) else None
            metadata["name"] = kept or self._fresh_name(urn)
        return {**new, "metadata": metadata}

    def _fresh_name(self, urn: str) -> str:
        subject = Subject(token=_token(urn), name=_name(urn), id=f"{urn}#{self._ledger.peek(urn) + 1}", place=Place())
        return f"{subject.name}-{subject.digest('name', 8)}"

    def _obey(self, operation: Operation, urn: str, id_: str, context: grpc.ServicerContext) -> None:
        try:
            self._orders.obey(operation, _token(urn), _name(urn))
        except OrderedError as refusal:
            self._refuse(urn, id_, str(refusal), context)

    def _refuse(self, urn: str, id_: str, text: str, context: grpc.ServicerContext) -> None:
        self._ledger.refused(urn, id_)
        context.abort(grpc.StatusCode.UNKNOWN, f"{text} ({NOTICE})")


def _token(urn: str) -> str:
    """The resource's own type, without its parents' types."""
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _place_of(package: str, given: Mapping[str, Plain]) -> Place:
    region, tenant, usual = given.get("region") or given.get("location"), given.get("tenantId"), Place()
    return Place(
        region=region if isinstance(region, str) else usual.region,
        account=next(iter(accounts.locked_to(package, given)), usual.account),
        tenant=tenant if isinstance(tenant, str) else usual.tenant,
    )


def _outputs(distinct: Subject, id_: str, inputs: Properties) -> Properties:
    """Inputs, the forms that programs rely on, and whatever else the SDK promises.

    Objects of Kubernetes come back as they are: their forms are the cluster's, not the SDK's.
    """
    subject = replace(distinct, id=id_)
    if subject.package == "kubernetes":
        return inputs
    return synthesis.complete(subject, {**inputs, **shapes.told(subject, inputs)})
