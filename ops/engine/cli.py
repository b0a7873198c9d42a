"""The Pulumi CLI for one stack of one project: found, asked, run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from components.protection import LIFTED
from ops.engine import backend, process, state, troubles
from ops.engine.backend import Folder
from ops.engine.faults import COULD_NOT_RUN, EngineError
from ops.engine.process import Ended
from ops.engine.state import Deployment

QUESTION_SECONDS = 120
MISSING = (
    "The Pulumi CLI is not on PATH. Install it (https://www.pulumi.com/docs/install/; no account with Pulumi is needed), "
    "then call again. `./oob plan STACK` works without it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A CLI and the environment it runs in. `packs` is off for an engine that cannot start policy packs."""

    program: Path
    environment: Mapping[str, str]
    packs: bool = True


def find(environment: Mapping[str, str] | None = None) -> Engine:
    """The official CLI on PATH. EngineError with how to get it."""
    given = dict(os.environ if environment is None else environment)
    program = shutil.which("pulumi", path=given.get("PATH"))
    if program is None:
        raise EngineError(MISSING, COULD_NOT_RUN)
    # The program runs with the Python that runs this: the project's own environment.
    given["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", "")])
    return Engine(program=Path(program), environment=given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cli:
    """One stack. Questions are answered quietly; operations show the CLI's own output."""

    engine: Engine
    project: Path
    stack: str

    def ask(self, *arguments: str) -> str:
        """What the CLI answers. EngineError in plain words if it cannot."""
        try:
            done = subprocess.run(
                [str(self.engine.program), *arguments],
                cwd=self.project,
                env=dict(self.engine.environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=QUESTION_SECONDS,
                check=False,
                start_new_session=True,  # a terminal's Ctrl-C is answered here
            )
        except subprocess.TimeoutExpired:
            silent = f"`pulumi {arguments[0]}` has not answered within {QUESTION_SECONDS} s: is the state store reachable?"
            raise EngineError(silent, COULD_NOT_RUN) from None
        except OSError as problem:
            raise EngineError(f"{self.engine.program} cannot be run: {problem.strerror}", COULD_NOT_RUN) from None
        if done.returncode != 0:
            said = troubles.last_error(done.stderr)
            better = troubles.translated(done.stderr, self.stack, f"`pulumi {' '.join(arguments[:2])}` failed.")
            raise EngineError(f"{better}\n(pulumi: {said})", better.code)
        return done.stdout

    def folder(self) -> Folder | None:
        """Where the state lies, if that is a folder of this machine."""
        about = json.loads(self.ask("whoami", "--json"))
        return backend.folder_of(str(about.get("url", "")), self._project_name(), self.stack)

    def _project_name(self) -> str:
        try:
            return str(yaml.safe_load((self.project / "Pulumi.yaml").read_text(encoding="utf-8"))["name"])
        except (OSError, yaml.YAMLError, KeyError, TypeError) as problem:
            raise EngineError(f"{self.project / 'Pulumi.yaml'} cannot be read: {problem}", COULD_NOT_RUN) from None

    def export(self) -> Deployment:
        """The recorded state; secrets stay encrypted."""
        return state.parse(self.ask("stack", "export", "--stack", self.stack))

    def run(self, *arguments: str, destroying: bool = False) -> Ended:
        """One operation, shown as it goes.

        destroying: the program, and so the tunnel, lives until the last delete, and does not set the protection again
        that the state has lost.
        """
        environment = dict(self.engine.environment)
        environment.pop(LIFTED, None)
        if destroying:
            environment |= {"PULUMI_RUN_PROGRAM": "true", LIFTED: self.stack}
        command = [str(self.engine.program), *arguments, "--stack", self.stack, "--non-interactive"]
        return process.run(command, cwd=self.project, environment=environment)

    def packs(self) -> tuple[str, ...]:
        """The option that adds the project's policy pack, if it has one."""
        pack = self.project / "policies"
        return ("--policy-pack", str(pack)) if self.engine.packs and (pack / "PulumiPolicy.yaml").is_file() else ()
