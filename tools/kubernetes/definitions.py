"""Custom resource definitions of the parts that the platform installs, from the makers' own Go modules.

Only sources are fetched, nothing is built, and each module's hash is checked against the one here.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, TypeAdapter

from tools.gobuild import BuildError, go

GO_MISSING = "Go is needed to fetch the custom resource definitions ({modules}) and is not on PATH. Install Go 1.26 or newer (https://go.dev/dl)."


class _Names(BaseModel):
    kind: str


class _Version(BaseModel):
    name: str
    served: bool


class _Spec(BaseModel):
    group: str
    names: _Names
    versions: list[_Version]


class _Document(BaseModel):
    kind: str
    spec: _Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One CustomResourceDefinition: of which kind, served in which versions (like velero.io/v1), and as a whole."""

    kind: str
    versions: tuple[str, ...]
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """Where one part's definitions lie. `version` can be older than what users install: a module may not be published."""

    part: str
    module: str
    version: str
    hash: str
    folder: str

    def read(self) -> Iterator[Definition]:
        """Each definition. BuildError if the module cannot be had or is not the pinned one."""
        if shutil.which("go") is None:
            raise BuildError(GO_MISSING.format(modules=f"{self.module} and others"))
        with tempfile.TemporaryDirectory() as outside:  # of any module, so that none of its requirements are asked for
            told = _Download.model_validate_json(go(Path(outside), "mod", "download", "-json", f"{self.module}@{self.version}"))
        if told.Sum != self.hash:
            raise BuildError(f"{self.module} {self.version} is not what was pinned: {told.Sum} instead of {self.hash}")
        for path in sorted((told.Dir / self.folder).glob("*.yaml")):
            for body in _BODIES.validate_python(yaml.safe_load_all(path.read_text(encoding="utf-8"))):
                if body is not None:
                    yield _definition(body)


def _definition(body: Mapping[str, object]) -> Definition:
    spec = _Document.model_validate(body).spec
    versions = tuple(f"{spec.group}/{version.name}" for version in spec.versions if version.served)
    return Definition(kind=spec.names.kind, versions=versions, body=body)


class _Download(BaseModel):
    """What `go mod download -json` says."""

    Dir: Path
    Sum: str


_BODIES = TypeAdapter(list[dict[str, object] | None])


ALL = (
    Definitions(
        part="cert-manager",
        module="github.com/cert-manager/cert-manager",
        version="v1.21.2",
        hash="h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
        folder="deploy/crds",
    ),
    Definitions(
        part="the Mattermost operator",
        module="github.com/mattermost/mattermost-operator",
        version="v1.24.0",
        hash="h1:reRi0myz/YTzJTOkwFtxM7KuPwVv8vP+BvoD6QJMyRI=",
        folder="config/crd/bases",
    ),
    Definitions(
        part="Velero",
        module="github.com/vmware-tanzu/velero",
        version="v1.18.3",
        hash="h1:9uwN5yxTWQl9PsF5ljX4xiG+7VIq3I9mxOQ0DyyZ31A=",
        folder="config/crd/v1/bases",
    ),
)
