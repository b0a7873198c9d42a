"""Local accounts, teams, channels and the heartbeat bot: a helper beside each server, and a job for the second factors.

The helper uses the server's local mode over a socket inside the pod, and the pod is not ready before an administrator exists:
nobody who signs in early can become the first one (AWS-74). Emergency accounts work with the identity provider down (OOB-28,
OOB-105).

People of the roster have no account before their first sign-in: the provider gives them the identifier under which the
server knows them. The helper puts them into their teams within a minute of it; nobody can join a team alone (OOB-14).
With local sign-in alone it makes their accounts, and an administrator hands out the first passwords (OOB-27).

The second factor of an emergency account must be known before it is needed, and the server's API only makes random ones. So
a job writes the prepared seeds into `users.mfasecret`, where the server keeps its own, in the same form. It runs in another
namespace: no pod holds an account's password and its seed. The same job says who used an emergency account: the server keeps
that in its own table with and without a licence, and the watch around the cluster alarms on the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Output, Resource

from components.contract import Environment
from components.credentials import BREAK_GLASS_ACCOUNTS
from components.options import child
from components.platform import heartbeat, jobs, names
from components.platform.connections import DATABASE_TRUST, role_variables
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.mattermost_pod import Administration
from components.platform.pods import CONTAINER_SECURITY, LOCAL_SOCKET, LOCAL_SOCKET_FOLDER, LOCAL_SOCKET_VOLUME
from components.roster import Roster
from components.settings import Stack

COMPONENT = "accounts"
SECOND_FACTOR = "second-factor"
ADMINISTRATOR = "administrator"
PASSWORDS_SECRET = "account-passwords"  # noqa: S105 a name
SEEDS_SECRET = "account-seeds"  # noqa: S105 a name
SCRIPTS = ("accounts.py",)
SECOND_FACTOR_SCRIPTS = ("second_factor.sh", "second_factor.sql", "break_glass_use.sql")
SECOND_FACTOR_MINUTES, SECOND_FACTOR_OFFSET = 5, 3
HELPER_FOLDER = "/accounts"
PASSWORDS_FOLDER = "/account-passwords"
READY_FILE = f"{LOCAL_SOCKET_FOLDER}/administrator-exists"  # in the pod's own scratch space
SEEDS_FOLDER = "/seeds"
CHANNELS = (("situation", "Situation"), ("decisions", "Decisions"))  # in each team, beside the server's own two
PROVIDER_SERVICE = "openid"  # how the server marks accounts of the identity provider; local ones have no mark


def title(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


def plan(stack: Stack, roster: Roster, environment: Environment, *, generation: int, provider: bool) -> jobs.Manifest:
    """What the helper makes, as a public document. Local accounts get an address at the site's own host; no mail goes there."""
    teams = stack.mattermost.teams
    first = teams[0]
    host = stack.site.host

    def account(name: str) -> dict[str, str]:
        return {"username": name, "email": f"{name}@{host}"}

    def channels(team: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = [{"name": name, "displayName": shown} for name, shown in CHANNELS]
        if team == first:
            purpose = "Signed markers every five minutes: what a restored copy still holds says what was lost."
            found.append({"name": heartbeat.CHANNEL, "displayName": "Heartbeat", "purpose": purpose, "private": True})
        return found

    return {
        "administrators": [account(name) for name in (ADMINISTRATOR, *BREAK_GLASS_ACCOUNTS)],
        "teams": [{"name": team, "displayName": title(team), "channels": channels(team)} for team in teams],
        "bot": account(heartbeat.BOT)
        | {
            "team": first,
            "channel": heartbeat.CHANNEL,
            # A drill posts nothing, and every token that came with the restored database is ended (ADR 0013).
            "token": "" if environment.disposable else heartbeat.token_description(generation),
        },
        "people": [
            {"username": person.username, "email": str(person.email), "groups": list(person.groups)} for person in roster.people
        ],
        "service": PROVIDER_SERVICE if provider else "",
        "createPeople": not provider,
    }


def helper(images: Images, digest: str) -> jobs.Manifest:
    """The container beside the server. It runs as the server's own user, the only one that may open the socket."""
    return {
        "name": COMPONENT,
        "image": images["python"].text,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-I", f"{HELPER_FOLDER}/accounts.py"],
        "env": jobs.variables(
            {
                "PLAN": f"{HELPER_FOLDER}/plan.json",
                "SOCKET": LOCAL_SOCKET,
                "PASSWORDS": PASSWORDS_FOLDER,
                "READY": READY_FILE,
                "PYTHONDONTWRITEBYTECODE": "1",
                "CONTENT": digest,  # a changed plan is a changed pod
            }
        ),
        # Part of the pod's readiness, so the Service and the ingress lead nobody to it before. No startup probe: the server
        # starts after that of a helper before it, and this one needs the server.
        "readinessProbe": {"exec": {"command": ["test", "-f", READY_FILE]}, "periodSeconds": 5},
        "resources": jobs.resources(cpu="10m", memory="48Mi", limit="128Mi", scratch="16Mi"),
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": [
            {"name": "accounts", "mountPath": HELPER_FOLDER, "readOnly": True},
            {"name": PASSWORDS_SECRET, "mountPath": PASSWORDS_FOLDER, "readOnly": True},
            {"name": LOCAL_SOCKET_VOLUME, "mountPath": LOCAL_SOCKET_FOLDER},
        ],
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def second_factor(inputs: PlatformInputs, images: Images, digest: str) -> jobs.Manifest:
    """A repeated job that sets the prepared second factors as the application's role; without a cloud identity."""
    work = jobs.job(
        labels=jobs.pod_labels(inputs.environment, SECOND_FACTOR, "database"),
        annotations={"oob.example/scripts": digest},
        account="default",
        deadline=120,
        containers=[
            jobs.container(
                SECOND_FACTOR,
                images["postgres"].text,
                ["sh", f"{jobs.SCRIPTS_FOLDER}/second_factor.sh"],
                env=[*role_variables(inputs.database), *jobs.variables({"SEEDS": SEEDS_FOLDER})],
                mounts={
                    "scripts": jobs.SCRIPTS_FOLDER,
                    "trust": jobs.TRUST_FOLDER,
                    "seeds": SEEDS_FOLDER,
                    "work": jobs.WORK_FOLDER,
                },
                read_only=("scripts", "trust", "seeds"),
            )
        ],
        volumes=[
            jobs.config_volume("scripts", SECOND_FACTOR),
            jobs.config_volume("trust", DATABASE_TRUST),
            jobs.secret_volume("seeds", SEEDS_SECRET),
            jobs.scratch_volume(),
        ],
    )
    schedule = jobs.cron(SECOND_FACTOR_MINUTES, SECOND_FACTOR_OFFSET)
    return jobs.cron_job(schedule, work, jobs.labels(inputs.environment, SECOND_FACTOR))


class Accounts(ComponentResource):
    """`administration` goes into the installation; the two mappings of secrets go to the vault, by name.

    `made` is what must exist before the installation's pods.
    """

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Accounts", name, None, child(parent, depends_on=depends_on))
        credentials, environment = inputs.credentials, inputs.environment
        self.application_secrets: Mapping[str, Output[str]] = {ADMINISTRATOR: credentials.administrator_password}
        self.break_glass_secrets: Mapping[str, Output[str]] = {
            account: self._sheet(account, credentials.break_glass_passwords[account], credentials.break_glass_seeds[account])
            for account in BREAK_GLASS_ACCOUNTS
        }
        document = plan(
            inputs.stack,
            inputs.roster,
            environment,
            generation=credentials.generation,
            provider=inputs.identity is not None,
        )
        content = jobs.scripts(*SCRIPTS) | {"plan.json": json.dumps(document, indent=2) + "\n"}
        inside = self._metadata(COMPONENT, names.MATTERMOST_NAMESPACE, environment)
        apart = inside | {"name": PASSWORDS_SECRET, "labels": inside["labels"] | jobs.NOT_BACKED_UP}
        passwords = {ADMINISTRATOR: credentials.administrator_password, **credentials.break_glass_passwords}
        self.made: list[Resource] = [
            kubernetes.core.v1.ConfigMap(f"{name}-helper", metadata=inside, data=content, opts=child(self)),
            kubernetes.core.v1.Secret(f"{name}-passwords", metadata=apart, string_data=passwords, opts=child(self)),
        ]
        self.administration = Administration(
            sidecar=helper(images, jobs.fingerprint(content)),
            volumes=[
                jobs.config_volume("accounts", COMPONENT),
                jobs.secret_volume(PASSWORDS_SECRET, PASSWORDS_SECRET),
            ],
        )
        self._second_factor(name, inputs, images, depends_on)
        self.register_outputs({})

    def _second_factor(self, name: str, inputs: PlatformInputs, images: Images, depends_on: Sequence[Resource]) -> None:
        content = jobs.scripts(*SECOND_FACTOR_SCRIPTS)
        metadata = self._metadata(SECOND_FACTOR, names.BACKUP_NAMESPACE, inputs.environment)
        scripts = kubernetes.core.v1.ConfigMap(f"{name}-second-factor-scripts", metadata=metadata, data=content, opts=child(self))
        seeds = kubernetes.core.v1.Secret(
            f"{name}-seeds",
            metadata=metadata | {"name": SEEDS_SECRET, "labels": metadata["labels"] | jobs.NOT_BACKED_UP},
            string_data=dict(inputs.credentials.break_glass_seeds),
            opts=child(self),
        )
        kubernetes.batch.v1.CronJob(
            f"{name}-second-factor",
            metadata=metadata,
            spec=second_factor(inputs, images, jobs.fingerprint(content)),
            opts=child(self, depends_on=[scripts, seeds, *depends_on]),
        )

    @staticmethod
    def _metadata(name: str, namespace: str, environment: Environment) -> jobs.Manifest:
        return {"name": name, "namespace": namespace, "labels": jobs.labels(environment, name)}

    @staticmethod
    def _sheet(account: str, password: Output[str], seed: Output[str]) -> Output[str]:
        """What is sealed for an emergency account: all that a person needs to sign in with it."""
        return Output.secret(Output.json_dumps({"username": account, "password": password, "seed": seed}))
