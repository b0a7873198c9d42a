"""What must be true around Azure before `up`: tools, a sign-in in the secondary directory, the subscription's home."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any, cast

from components.clouds.azure.settings import Settings
from components.preflight import Finding, Status, Tool
from components.settings import CloudSettings

Ask = Callable[[tuple[str, ...]], Any]
SECONDS = 60

TOOLS = (
    Tool(
        name="az",
        version_arguments=("version",),
        purpose="sign-in and the tunnel to the private API",
        install="https://learn.microsoft.com/cli/azure/install-azure-cli",
    ),
    Tool(
        name="kubelogin",
        version_arguments=("--version",),
        purpose="kubectl sign-in, since the cluster has no local accounts",
        install="https://azure.github.io/kubelogin/install.html",
    ),
    Tool(
        name="ssh",
        version_arguments=("-V",),
        purpose="the tunnel through the jump machine",
        install="the package openssh-client of your system",
    ),
)


# What a subscription must have asked for before machines and pools can be made as here: "End-to-end encryption using encryption
# at host" in the documentation of virtual machines, "Manage SSH access on AKS nodes".
FEATURES = (("Microsoft.Compute", "EncryptionAtHost"), ("Microsoft.ContainerService", "DisableSSHPreview"))


class NoAnswerError(Exception):
    """az could not be asked; the text is the last line that it said, which holds no token."""


def az(arguments: tuple[str, ...]) -> Any:
    """What `az ... --output json` answers. NoAnswerError if it is not there, is not signed in, or refuses."""
    command = ("az", *arguments, "--output", "json")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except FileNotFoundError:
        raise NoAnswerError("az is not on PATH") from None
    except subprocess.TimeoutExpired:
        raise NoAnswerError(f"az gave no answer in {SECONDS} s") from None
    except OSError as problem:
        raise NoAnswerError(f"az cannot be started: {problem.strerror}") from None
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise NoAnswerError(lines[-1][:200] if lines else f"exit code {done.returncode}")
    return json.loads(done.stdout)


def findings(section: CloudSettings, ask: Ask = az) -> Iterator[Finding]:
    """Ask Azure who is calling and where the subscription is homed, and compare with the stack. `ask` is az, or a test's own."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    try:
        account = cast("dict[str, Any]", ask(("account", "show", "--subscription", section.subscription)))
    except NoAnswerError as problem:
        yield Finding(
            question="credentials",
            status=Status.FAIL,
            answer=f"no usable sign-in for subscription {section.subscription} ({problem})",
            remedy=f"run `az login --tenant {section.tenant}` with an account of the secondary directory, then doctor again",
        )
        for question in ("directory", "subscription's home", *(f"feature {name}" for _, name in FEATURES), "cluster access"):
            yield Finding(question=question, status=Status.UNKNOWN, answer="could not be asked without a sign-in")
        return
    user = cast("dict[str, Any]", account.get("user") or {})
    yield Finding(question="credentials", status=Status.OK, answer=f"{user.get('name')} ({user.get('type')})")
    yield same("directory", str(account.get("tenantId")), section.tenant, f"run `az login --tenant {section.tenant}`")
    home = account.get("homeTenantId")
    yield same(
        "subscription's home",
        str(home),
        section.tenant,
        "move the subscription to the secondary directory, or administrators still come from the other one (C-25)",
    )
    yield from (_feature(section, ask, namespace, name) for namespace, name in FEATURES)
    yield _administrator(section, ask, str(user.get("type")))


def same(question: str, found: str, wanted: str, remedy: str) -> Finding:
    """Whether Azure says what the stack says."""
    if found.lower() == wanted:
        return Finding(question=question, status=Status.OK, answer=f"{wanted}, as the stack says")
    return Finding(question=question, status=Status.FAIL, answer=f"Azure says {found}, the stack says {wanted}", remedy=remedy)


def _feature(section: Settings, ask: Ask, namespace: str, name: str) -> Finding:
    """Whether the subscription has asked for a feature that Azure gives only on request; without it `up` stops half-way."""
    named = ("--namespace", namespace, "--name", name, "--subscription", section.subscription)
    try:
        found = cast("dict[str, Any]", ask(("feature", "show", *named)))
    except NoAnswerError as problem:
        return Finding(question=f"feature {name}", status=Status.UNKNOWN, answer=f"could not be asked ({problem})")
    state = str(cast("dict[str, Any]", found.get("properties") or {}).get("state"))
    if state == "Registered":
        return Finding(question=f"feature {name}", status=Status.OK, answer="registered")
    return Finding(
        question=f"feature {name}",
        status=Status.FAIL,
        answer=f"Azure says {state}",
        remedy=f"run `az feature register {' '.join(named)}`, wait for Registered, then `az provider register -n {namespace}`",
    )


def _administrator(section: Settings, ask: Ask, kind: str) -> Finding:
    """Whether the caller may apply Kubernetes objects: only members of cluster.administrators may."""
    question = "cluster access"
    if kind != "user":
        return Finding(
            question=question,
            status=Status.UNKNOWN,
            answer="memberships of a service principal are not asked here",
            remedy="make sure it is in a group of azure.cluster.administrators",
        )
    try:
        member = cast("list[str]", ask(("ad", "signed-in-user", "list-memberships", "--query", "[].id")))
    except NoAnswerError as problem:
        return Finding(question=question, status=Status.UNKNOWN, answer=f"memberships could not be asked ({problem})")
    if set(member) & set(section.cluster.administrators):
        return Finding(question=question, status=Status.OK, answer="the caller is in a group of azure.cluster.administrators")
    return Finding(
        question=question,
        status=Status.FAIL,
        answer="the caller is in no group of azure.cluster.administrators, so the objects in the cluster cannot be made",
        remedy="sign in with a member, or add the caller to one of those groups",
    )
