"""Which engine is built, from which Go modules. The versions stand in the go.mod files beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

# An official CLI older than this lacks what the wrapper relies on (PULUMI_RUN_PROGRAM, --run-program, --preview-only).
LEAST_OFFICIAL = (3, 250, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One program: the wrapper module that pins it, the package to build, and how the program learns its version."""

    folder: str
    module: str
    package: str
    program: str
    version: str

    @property
    def source(self) -> Path:
        """The wrapper module."""
        return HERE / self.folder

    @property
    def linker_flags(self) -> str:
        """Stripped; with the version, without which the Automation API refuses the CLI."""
        return f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={self.version}"


CLI = Pin(
    folder="cli",
    module="github.com/pulumi/pulumi/pkg/v3",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    program="pulumi",
    version="v3.250.0",
)
# The last version that lies inside the SDK's module; later ones are a module that cannot be required.
HOST = Pin(
    folder="host",
    module="github.com/pulumi/pulumi/sdk/v3",
    package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    program="pulumi-language-python",
    version="v3.70.0",
)
PINS = (CLI, HOST)

# Started by the language host to run a Python program; it comes as source in the SDK's module, at the CLI's version.
EXECUTOR = "pulumi-language-python-exec"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"

# The engine starts this when a policy pack is written in Python and no language host is on PATH.
ANALYZER = "pulumi-analyzer-policy-python"
ANALYZER_TEXT = """#!/bin/sh
# Starts a policy pack for the engine: its address is the first argument, the pack's folder the second.
exec python -u -m pulumi.policy "$1" "$2"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """Two folders to put on PATH: `cli` (engine; policy packs work) and `host` (programs in their own process work).

    For an official installation both are the same folder and one on PATH is enough for everything.
    """

    cli: Path
    host: Path
    origin: str

    @property
    def pulumi(self) -> Path:
        """The CLI."""
        return self.cli / CLI.program

    def describe(self) -> str:
        """For a person: which engine, and where it lies."""
        return self.origin

    @property
    def built(self) -> bool:
        """Whether it is ours, whose language host cannot start policy packs."""
        return self.cli != self.host

    def folders(self) -> tuple[Path, ...]:
        """What goes in front on PATH so that `pulumi up` runs a Python program."""
        return (self.cli, self.host) if self.built else (self.cli,)
