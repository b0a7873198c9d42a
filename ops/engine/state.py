"""What `pulumi stack export` says, typed. Secrets in it stay encrypted; nothing here needs the passphrase."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ops.engine.faults import COULD_NOT_RUN, EngineError

STACK_TYPE = "pulumi:pulumi:Stack"


class Resource(BaseModel):
    """One resource as the state records it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    urn: str
    type: str
    id: str = ""
    custom: bool = False
    parent: str = ""
    provider: str = ""
    protect: bool = False
    retained: bool = Field(default=False, alias="retainOnDelete")
    inputs: dict[str, object] = {}
    outputs: dict[str, object] = {}

    @property
    def name(self) -> str:
        """The logical name, as in the program."""
        return self.urn.split("::", 3)[3]

    @property
    def package(self) -> str:
        """The provider's package, like kubernetes."""
        return self.type.partition(":")[0]

    @property
    def provider_urn(self) -> str:
        """The provider's URN without its id; empty if none is recorded."""
        return self.provider.rpartition("::")[0]


class Operation(BaseModel):
    """Something that had begun and whose end was never recorded."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    resource: Resource
    type: str


class Deployment(BaseModel):
    """Everything the state records."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    resources: tuple[Resource, ...] = ()
    pending: tuple[Operation, ...] = Field(default=(), alias="pending_operations")

    @property
    def protected(self) -> tuple[Resource, ...]:
        """What `destroy` may not touch."""
        return tuple(one for one in self.resources if one.protect)

    @property
    def retained(self) -> tuple[Resource, ...]:
        """What `destroy` would drop from the state and leave in the cloud."""
        return tuple(one for one in self.resources if one.retained and not one.protect)


class _Export(BaseModel):
    deployment: Deployment | None = None


def parse(text: str) -> Deployment:
    """The deployment in an export. EngineError if it is none."""
    try:
        found = _Export.model_validate_json(text)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        raise EngineError(f"The exported state cannot be understood: {first['msg']}", COULD_NOT_RUN) from None
    return found.deployment or Deployment()
