"""Which engine is built, from which Go modules. The versions stand in the go.mod files beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools.gobuild import Kit, Program, go, script

HERE = Path(__file__).resolve().parent

# An official CLI older than this lacks what the wrapper relies on (PULUMI_RUN_PROGRAM, --run-program, --preview-only).
LEAST_OFFICIAL = (3, 250, 0)

# The version is linked in: without it the Automation API refuses the CLI.
FLAGS = "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}"

CLI = Program(
    source=HERE / "cli",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    name="pulumi",
    version="v3.250.0",
    linker_flags=FLAGS.format(version="v3.250.0"),
    folder="cli",
)
# The last version that lies inside the SDK's module; later ones are a module that cannot be required.
HOST = Program(
    source=HERE / "host",
    package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    name="pulumi-language-python",
    version="v3.70.0",
    linker_flags=FLAGS.format(version="v3.70.0"),
    folder="host",
)

# Started by the language host to run a Python program; it comes as source in the SDK's module, at the CLI's version.
EXECUTOR = "pulumi-language-python-exec"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"

# The engine starts this when a policy pack is written in Python and no language host is on PATH.
ANALYZER = "pulumi-analyzer-policy-python"
ANALYZER_TEXT = """#!/bin/sh
# Starts a policy pack for the engine: its address is the first argument, the pack's folder the second.
exec python -u -m pulumi.policy "$1" "$2"
"""


def _executor(folder: Path) -> None:
    """The executor, from where Go keeps the SDK's module at the version that the CLI requires."""
    source = Path(go(CLI.source, "list", "-m", "-f", "{{.Dir}}", SDK_MODULE).strip())
    script(folder / HOST.folder / EXECUTOR, (source / "python" / "cmd" / EXECUTOR).read_text(encoding="utf-8"))


KIT = Kit(
    name="engine",
    title="the Pulumi engine",
    instead="install the official Pulumi CLI (https://www.pulumi.com/docs/install)",
    minutes=8,
    programs=(CLI, HOST),
    scripts={f"{CLI.folder}/{ANALYZER}": ANALYZER_TEXT},
    finish=_executor,
)


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
        return self.cli / CLI.name

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
