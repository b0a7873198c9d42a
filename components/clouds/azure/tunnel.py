"""The way to the cluster's private API: through Azure Bastion and the jump machine, found by their names (OOB-32).

Everything is asked of `az`, which holds the sign-in. Nothing is asked before something connects.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from components.clouds.azure import names
from components.clouds.azure.kubeconfig import LOGIN_TOOL, authority_in, kubeconfig
from components.clouds.azure.settings import Settings
from components.far_side import Route, Unreachable
from components.settings import CloudSettings
from components.tunnel import local_port

CLI_HELP = "https://learn.microsoft.com/cli/azure/install-azure-cli"
SSH_HELP = "the package openssh-client or openssh"
LOGIN_HELP = "https://azure.github.io/kubelogin/install.html"
# `az network bastion ssh` passes arguments on to ssh from this version of its extension on, and asks the other for certificates.
EXTENSIONS: Mapping[str, tuple[int, ...]] = {"bastion": (1, 1, 0), "ssh": (0, 1, 3)}
ASK_SECONDS = 60
RUNNING = "PowerState/running"
POWER = "{state:instanceView.statuses[?starts_with(code,'PowerState/')].code|[0]}"

Ask = Callable[[Sequence[str]], str]


class ThroughBastion(Route):
    """The route of one environment. `ask` gives what an `az` command prints, or raises Unreachable; tests give their own."""

    def __init__(self, settings: Settings, environment_name: str, ask: Ask | None = None) -> None:
        self._settings, self._environment = settings, environment_name
        self._cluster = names.cluster(environment_name)
        self._ask = ask or az

    @property
    def identity(self) -> str:
        return f"{self._settings.subscription}/{self._cluster}"

    @property
    def private(self) -> bool:
        return True

    def command(self, port: int) -> Sequence[str]:
        for tool, help_text in (("az", CLI_HELP), ("ssh", SSH_HELP)):
            _on_path(tool, help_text)
        # At once, because clients give a TLS handshake ten seconds, and each call of `az` takes one or two.
        with ThreadPoolExecutor() as pool:
            host, machine, extensions = pool.submit(self._host), pool.submit(self._machine_runs), pool.submit(self._extensions)
            for check in (extensions, machine):
                check.result()
            return session(self._settings.subscription, self._environment, host.result(), port)

    def kubeconfig(self) -> str:
        _on_path("az", CLI_HELP)
        _on_path(LOGIN_TOOL, LOGIN_HELP)
        host = self._host()
        credentials = self._of_cluster("get-credentials", "--file", "-")
        try:
            authority = authority_in(credentials)
        except ValueError as fault:
            raise Unreachable(f"{fault}; run `az aks get-credentials --file -` by hand to see what it says") from None
        return kubeconfig(
            cluster=self._cluster,
            tenant=self._settings.tenant,
            host=host,
            authority=authority,
            port=local_port(self._environment),
        )

    def _of_cluster(self, verb: str, *more: str) -> str:
        group = names.resource_group(self._environment, "runtime")
        return self._ask(
            (
                "aks",
                verb,
                "--subscription",
                self._settings.subscription,
                "--resource-group",
                group,
                "--name",
                self._cluster,
                *more,
            )
        )

    def _host(self) -> str:
        """The API's private name."""
        found = _object(self._of_cluster("show", "--output", "json", "--query", "{host:privateFqdn,state:provisioningState}"))
        host, state = found.get("host"), found.get("state")
        if not isinstance(host, str) or not host or state in ("Creating", "Failed"):
            raise Unreachable(f"cluster {self._cluster} is {state}; run `./oob up` to its end first")
        return host

    def _machine_runs(self) -> None:
        machine = machine_id(self._settings.subscription, self._environment)
        found = self._ask(("vm", "get-instance-view", "--ids", machine, "--output", "json", "--query", POWER))
        if (state := _object(found).get("state")) != RUNNING:
            raise Unreachable(
                f"the jump machine {names.bastion_machine(self._environment)} is not running ({state}); start it with "
                f"`az vm start --ids {machine}` and repeat"
            )

    def _extensions(self) -> None:
        """Refuse to go on without what `az` would else ask about in the middle, or not understand."""
        answer = json.loads(self._ask(("extension", "list", "--output", "json", "--query", "[].{name:name,version:version}")))
        listed = cast("list[Mapping[str, str]]", answer)
        there = {entry["name"]: _version(entry["version"]) for entry in listed}
        missing = [name for name, least in EXTENSIONS.items() if there.get(name, ()) < least]
        if missing:
            commands = " && ".join(f"az extension add --upgrade --name {name}" for name in missing)
            raise Unreachable(f"az lacks an extension, or has too old a one; run `{commands}` and repeat")


def machine_id(subscription: str, environment: str) -> str:
    """The resource id of the jump machine."""
    group = names.resource_group(environment, "runtime")
    machine = names.bastion_machine(environment)
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{machine}"


def shell(subscription: str, environment: str) -> tuple[str, ...]:
    """The command that opens a shell on the jump machine, signed in with the directory."""
    return (
        "az", "network", "bastion", "ssh",
        "--subscription", subscription,
        "--resource-group", names.resource_group(environment, "runtime"),
        "--name", names.bastion_host(environment),
        "--target-resource-id", machine_id(subscription, environment),
        "--auth-type", "AAD",
    )  # fmt: skip


def session(subscription: str, environment: str, host: str, port: int) -> tuple[str, ...]:
    """The command that forwards 127.0.0.1:`port` through the jump machine to `host`:443, and gives up when it no longer can."""
    return (
        *shell(subscription, environment),
        "--",
        "-N",
        "-L", f"127.0.0.1:{port}:{host}:443",
        "-o", "ExitOnForwardFailure=yes",
        "-o", "ServerAliveInterval=15",
        "-o", "ServerAliveCountMax=3",
    )  # fmt: skip


def az(arguments: Sequence[str]) -> str:
    """What an `az` command prints. Unreachable with what a person can do about its refusal."""
    try:
        done = subprocess.run(
            ["az", *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=ASK_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"`az {arguments[0]} {arguments[1]}` did not answer within {ASK_SECONDS} seconds") from None
    if done.returncode == 0:
        return done.stdout
    raise Unreachable(refusal(done.stderr))


def refusal(said: str) -> str:
    """What `az` said, as what to do."""
    if "az login" in said or "AADSTS" in said or "SubscriptionNotFound" in said or "doesn't exist in cloud" in said:
        return f"az is not signed in to this stack's subscription ({_last(said)}); run `az login --tenant <azure.tenant>`"
    if "ResourceNotFound" in said or "ResourceGroupNotFound" in said:
        return f"there is no such environment ({_last(said)}); run `./oob up` first"
    if "AuthorizationFailed" in said:
        return f"Azure refused ({_last(said)}); administrators are the groups in azure.cluster.administrators"
    return f"az failed: {_last(said)}"


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("WARNING")]
    return " ".join(lines[-2:])[-300:] or "it said nothing"


def _object(answer: str) -> Mapping[str, object]:
    found: object = json.loads(answer)
    if isinstance(found, list) and len(cast("list[object]", found)) == 1:  # `--ids` answers with a list
        found = cast("list[object]", found)[0]
    return cast("Mapping[str, object]", found) if isinstance(found, Mapping) else {}


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in text.split("."))


def _on_path(tool: str, help_text: str) -> None:
    if shutil.which(tool) is None:
        raise Unreachable(f"{tool} is not on PATH; install it ({help_text}) and run this again")


def route(section: CloudSettings, environment_name: str) -> Route:
    """The entry that `clouds.tunnel` calls. TypeError if the settings are another cloud's."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    return ThroughBastion(section, environment_name)
