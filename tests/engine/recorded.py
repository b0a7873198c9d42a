"""What the engine has recorded, compared with what `oob plan` said, and with what happened in which order. Plain functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ops.plan.recorder import Registered
from ops.plan.values import SECRET, UNKNOWN, Plain

# The engine adds these to the inputs of a provider, and a hash to a file; the program never gives them.
ADDED = frozenset({"__internal", "hash", "pluginDownloadURL", "version"})
_MARK, _CIPHER = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


class Record(BaseModel):
    """One resource of `pulumi stack export`. Secrets are ciphertext."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    urn: str
    type: str
    custom: bool = False
    id: str = ""
    parent: str = ""
    provider: str = ""
    protect: bool = False
    retained: bool = Field(default=False, alias="retainOnDelete")
    deleted_with: str = Field(default="", alias="deletedWith")
    dependencies: tuple[str, ...] = ()
    inputs: dict[str, object] = {}

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.split("::", 3)[3]

    @property
    def settings(self) -> Plain:
        """The inputs, typed."""
        return cast("Plain", self.inputs)

    @property
    def is_provider(self) -> bool:
        """Whether it is a provider."""
        return self.type.startswith("pulumi:providers:")

    @property
    def provider_urn(self) -> str:
        """The provider's URN without its id; empty if none is recorded."""
        return self.provider.rpartition("::")[0]


def records(resources: object) -> list[Record]:
    """From the list under deployment.resources."""
    return TypeAdapter(list[Record]).validate_python(resources or [])


Facts = tuple[str, str, str, bool, bool, bool]


def recorded_facts(found: Sequence[Record]) -> dict[str, Facts]:
    """By URN: type, parent, provider, custom, protect, retain. A component's provider is its children's business."""
    return {
        one.urn: (one.type, one.parent, one.provider_urn if one.custom else "", one.custom, one.protect, one.retained)
        for one in found
    }


def planned_facts(planned: Sequence[Registered]) -> dict[str, Facts]:
    """The same of a plan."""
    return {
        one.urn: (one.type, one.parent, one.provider if one.custom else "", one.custom, one.protect, one.retain_on_delete)
        for one in planned
    }


def disagreements(planned: Plain, recorded: Plain, path: str = "") -> Iterator[str]:
    """Paths at which recorded inputs are not what the plan said.

    What the plan called [unknown] may have become anything; a [secret] must be ciphertext.
    """
    if planned == UNKNOWN:
        return
    if planned == SECRET:
        if not (isinstance(recorded, dict) and recorded.get(_MARK) == _CIPHER and "plaintext" not in recorded):
            yield f"{path}: planned as a secret, recorded in the clear"
    elif isinstance(planned, dict) and isinstance(recorded, dict):
        for key in sorted(planned.keys() | (recorded.keys() - ADDED)):
            yield from disagreements(planned.get(key), recorded.get(key), f"{path}.{key}")
    elif isinstance(planned, list) and isinstance(recorded, list) and len(planned) == len(recorded):
        for index, (left, right) in enumerate(zip(planned, recorded, strict=True)):
            yield from disagreements(left, right, f"{path}[{index}]")
    elif planned != recorded:
        yield f"{path}: planned {planned!r}, recorded {recorded!r}"


def edges(found: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """(later, earlier): what may be made only after what, by the engine's own record. A provider's needs are its resources'."""
    providers = {one.urn: one for one in found if one.is_provider}
    for one in found:
        provider = providers.get(one.provider_urn)
        needs = (*one.dependencies, *(provider.dependencies if provider is not None else ()))
        for need in dict.fromkeys(needs):
            yield one.urn, need


def below(found: Sequence[Record], role: str) -> set[str]:
    """URNs of everything under the component of that name which stands directly below the topology."""
    top = next(one.urn for one in found if one.type == "oob:index:Topology")
    inside = {one.urn for one in found if one.parent == top and one.name == role and not one.custom}
    assert inside, f"there is no role {role}"
    for one in found:  # parents come before their children
        if one.parent in inside:
            inside.add(one.urn)
    return inside
