"""`oob doctor`: are the tools here, who is calling, and is it the account that the stack names?"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from components import clouds, settings
from components.faults import ConfigError
from components.preflight import Finding, Status, Tool
from components.settings import Settings
from ops import stackfiles

SECONDS = 20  # a tool that does not say its version within this long is treated as broken

PULUMI = Tool(
    name="pulumi",
    version_arguments=("version",),
    purpose="preview, up and destroy",
    install="https://www.pulumi.com/docs/install/",
)
KUBECTL = Tool(
    name="kubectl",
    version_arguments=("version", "--client"),
    purpose="looking into the cluster by hand",
    install="https://kubernetes.io/docs/tasks/tools/",
    optional=True,
)


def examine(folder: Path, stack: str | None) -> Iterator[Finding]:
    """Every finding, as soon as it is known. Without a stack only the tools that every cloud needs are looked for."""
    yield Finding(question="python", status=Status.OK, answer=f"{sys.version.split()[0]} in {Path(sys.prefix).name}")
    yield tool(PULUMI)
    yield tool(KUBECTL)
    if stack is None:
        return
    try:
        parsed = read(folder, stack)
    except ConfigError as refused:
        yield Finding(question=f"stack {stack}", status=Status.FAIL, answer=str(refused), remedy="correct the stack file")
        return
    yield Finding(question=f"stack {stack}", status=Status.OK, answer=f"valid, cloud {parsed.stack.cloud}")
    for wanted in clouds.tools(parsed.stack.cloud):
        yield tool(wanted)
    yield from clouds.findings(parsed.stack.cloud, parsed.cloud)


def read(folder: Path, stack: str) -> Settings:
    """The settings of one stack file. Raises ConfigError."""
    file = stackfiles.read(folder, stack)
    value = file.config.get(settings.KEY)
    names = frozenset(key.removeprefix("oob:") for key in file.secret_keys)
    return settings.parse(value, secrets=names, folder=folder)


def tool(wanted: Tool) -> Finding:
    """Whether a program is on PATH and answers with a version."""
    missing = Status.WARN if wanted.optional else Status.FAIL
    path = shutil.which(wanted.name)
    if path is None:
        return Finding(
            question=wanted.name,
            status=missing,
            answer=f"not on PATH; needed for {wanted.purpose}",
            remedy=f"install it: {wanted.install}",
        )
    try:
        answer = subprocess.run([path, *wanted.version_arguments], capture_output=True, text=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as problem:
        return Finding(
            question=wanted.name,
            status=missing,
            answer=f"found, but does not run ({problem.__class__.__name__})",
            remedy=f"install it again: {wanted.install}",
        )
    return Finding(question=wanted.name, status=Status.OK, answer=version_in(answer.stdout or answer.stderr))


def version_in(text: str) -> str:
    """The first thing that looks like a version in a tool's answer, or its first line."""
    found = re.search(r"v?\d+\.\d+(?:\.\d+)?(?:[-+][0-9A-Za-z.]+)?", text)
    return found.group(0) if found else text.strip().splitlines()[0] if text.strip() else "no version given"
