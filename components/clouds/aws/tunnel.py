"""The way to the cluster's private API: a Session Manager session through the bastion, found by its tag (OOB-32).

Nothing is imported from AWS, and nothing is asked, before something connects.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from components.clouds.aws.kubeconfig import BASTION_TAG, cluster_name, host_of, kubeconfig
from components.clouds.aws.settings import Settings
from components.far_side import Route, Unreachable
from components.settings import CloudSettings
from components.tunnel import local_port

DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
PLUGIN = "session-manager-plugin"
PLUGIN_HELP = "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
CLI_HELP = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
BASTION_SECONDS = 180  # a bastion that has just started registers with Systems Manager within this long
POLL_SECONDS = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What AWS answers about a cluster."""

    endpoint: str
    authority: str


class SessionManager(Route):
    """The route of one environment. `client` makes a client of an AWS service by name; tests give their own."""

    def __init__(self, settings: Settings, environment_name: str, client: Callable[[str], Any] | None = None) -> None:
        self._settings, self._environment = settings, environment_name
        self._cluster = cluster_name(environment_name)
        self._client = client or self._boto

    @property
    def identity(self) -> str:
        return f"{self._settings.account}/{self._settings.region}/{self._cluster}"

    @property
    def private(self) -> bool:
        return not self._settings.cluster.public_endpoint_cidrs

    def command(self, port: int) -> Sequence[str]:
        for tool, help_address in (("aws", CLI_HELP), (PLUGIN, PLUGIN_HELP)):
            if shutil.which(tool) is None:
                raise Unreachable(f"{tool} is not on PATH; install it ({help_address}) and run this again")
        instance = self._asked(self._bastion)
        return session(instance, self._settings.region, host_of(self._facts().endpoint), port)

    def kubeconfig(self) -> str:
        facts = self._facts()
        return kubeconfig(
            cluster=self._cluster,
            region=self._settings.region,
            endpoint=facts.endpoint,
            authority=facts.authority,
            port=local_port(self._environment) if self.private else None,
        )

    def _facts(self) -> Facts:
        def ask() -> Facts:
            cluster = self._client("eks").describe_cluster(name=self._cluster)["cluster"]
            if cluster.get("status") in ("CREATING", "FAILED") or not cluster.get("endpoint"):
                raise Unreachable(f"cluster {self._cluster} is {cluster.get('status')}; run `./oob up` to its end first")
            return Facts(endpoint=cluster["endpoint"], authority=cluster["certificateAuthority"]["data"])

        return self._asked(ask)

    def _bastion(self) -> str:
        """The id of a running bastion that Session Manager can reach; waits for one that has just started."""
        deadline = time.monotonic() + BASTION_SECONDS
        while True:
            running = self._running()
            if not running:
                raise Unreachable(
                    f"no running instance with the tag {BASTION_TAG}={self._environment} in {self._settings.region}. "
                    "If the environment exists, its scaling group starts a new bastion within minutes; else run `./oob up`"
                )
            for instance in running:
                if self._online(instance):
                    return instance
            if time.monotonic() >= deadline:
                raise Unreachable(
                    f"bastion {running[0]} runs, but Systems Manager does not reach it after {BASTION_SECONDS} seconds. "
                    "Check the network's ssm and ssmmessages endpoints, then terminate the instance: a new one takes its place"
                )
            time.sleep(POLL_SECONDS)

    def _running(self) -> list[str]:
        filters = [
            {"Name": f"tag:{BASTION_TAG}", "Values": [self._environment]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ]
        found: list[str] = []
        for reservation in self._client("ec2").describe_instances(Filters=filters)["Reservations"]:
            owner = reservation.get("OwnerId", self._settings.account)
            if owner != self._settings.account:
                raise Unreachable(f"the AWS credentials are for {owner}, the stack says {self._settings.account}; sign in there")
            found += [instance["InstanceId"] for instance in reservation["Instances"]]
        return found

    def _online(self, instance: str) -> bool:
        answer = self._client("ssm").describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [instance]}])
        return any(entry.get("PingStatus") == "Online" for entry in answer["InstanceInformationList"])

    def _asked(self, ask: Callable[[], T]) -> T:
        """The answer, or Unreachable with what a person can do about the refusal."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return ask()
        except ClientError as refused:
            error = cast("dict[str, Any]", refused.response).get("Error", {})
            code, said = str(error.get("Code", "")), str(error.get("Message", ""))
            if code == "ResourceNotFoundException":
                raise Unreachable(f"there is no cluster {self._cluster} in {self.identity}; run `./oob up` first") from None
            if "Expired" in code or code in ("UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"):
                raise Unreachable(f"the AWS credentials are no longer valid ({code}); sign in again and repeat") from None
            raise Unreachable(f"AWS refused ({code}: {said}); `./oob doctor` shows who is calling") from None
        except BotoCoreError as problem:
            raise Unreachable(
                f"AWS could not be asked ({problem}); sign in (`aws sso login` or `aws configure`) and repeat"
            ) from None

    def _boto(self, service: str) -> Any:
        import boto3

        return cast("Any", boto3).client(service, region_name=self._settings.region)


def session(instance: str, region: str, host: str, port: int) -> tuple[str, ...]:
    """The command that forwards 127.0.0.1:`port` through `instance` to `host`:443."""
    parameters = {"host": [host], "portNumber": ["443"], "localPortNumber": [str(port)]}
    return (
        "aws", "ssm", "start-session",
        "--region", region,
        "--target", instance,
        "--document-name", DOCUMENT,
        "--parameters", json.dumps(parameters, separators=(",", ":")),
    )  # fmt: skip


def route(section: CloudSettings, environment_name: str) -> Route:
    """The entry that `clouds.tunnel` calls. TypeError if the settings are another cloud's."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    return SessionManager(section, environment_name)
