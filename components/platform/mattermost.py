"""Mattermost itself: its Secrets, its service account, the one custom resource, its service and budget (OOB-42 to OOB-47)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Input, Output, Resource

from components.options import child
from components.platform import mattermost_pod as pod
from components.platform import names
from components.platform.dsn import dsn
from components.platform.flows import MATTERMOST_PODS
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.mattermost_settings import settings
from components.platform.mattermost_sign_in import SignIn
from components.platform.mattermost_values import Reference, Value
from components.platform.pods import object_labels

DISCOVERY_PATH = "/.well-known/openid-configuration"
DIGEST_LENGTH = 16
# Stable, and of the specification that was just written: right after a change the operator still reports the one before.
STABLE = ("jsonpath={.status.state}=stable", "jsonpath={[?@.observedGeneration == $.metadata.generation]}")
# With `useServiceAccount` the operator looks for this annotation of the account, at its presence alone, whatever the store is.
OPERATOR_ANNOTATION = "eks.amazonaws.com/role-arn"


def digest(contents: Sequence[str]) -> str:
    """A short digest of secret contents taken together; the generated password among them keeps it from being guessed."""
    return sha256("\0".join(contents).encode()).hexdigest()[:DIGEST_LENGTH]


def service_specification() -> Manifest:
    """Ready servers only, by the operator's labels (PREP-58, PREP-133)."""
    selector = MATTERMOST_PODS | {
        "installation.mattermost.com/installation": names.MATTERMOST,
        "installation.mattermost.com/resource": names.MATTERMOST,
    }
    port = {"name": "app", "port": names.APP_PORT, "targetPort": "app", "protocol": "TCP", "appProtocol": "https"}
    return {"type": "ClusterIP", "selector": selector, "ports": [port], "publishNotReadyAddresses": False}


class MattermostInstallation(ComponentResource):
    """`ready` is the installation, stable; `service` what the routes point at."""

    def __init__(
        self,
        name: str,
        inputs: PlatformInputs,
        images: Images,
        parent: Resource,
        *,
        administration: pod.Administration | None = None,
        depends_on: Sequence[Resource] = (),
    ) -> None:
        super().__init__("oob:platform:Mattermost", name, None, child(parent, depends_on=depends_on))
        self._name, self._inputs = name, inputs
        self._labels = object_labels(inputs.environment.labels, "mattermost")
        self._made: list[Resource] = []
        self._contents: list[Input[str]] = []

        self._secret("database", pod.DATABASE_SECRET, self._database())
        self._secret("files", pod.FILES_SECRET, dict(inputs.objects.files.env))
        sign_in = self._sign_in()
        smtp_password = self._one("mail", pod.MAIL_SECRET, "password", inputs.secrets.smtp_password)
        self._one("licence", pod.LICENCE_SECRET, "license", inputs.secrets.licence)
        self._trust()
        self._account()

        found = settings(
            inputs.stack,
            inputs.environment,
            files={key: Reference(secret=pod.FILES_SECRET, key=key) for key in inputs.objects.files.env},
            sign_in=sign_in,
            smtp_password=smtp_password,
        )
        self.ready: Resource = self._installation(images, found, administration, depends_on)
        self.service: Resource = kubernetes.core.v1.Service(
            f"{name}-service",
            # With no server running nothing would ever stand behind it, so nothing waits for that.
            metadata=self._metadata(names.WEB_SERVICE, {"pulumi.com/skipAwait": "true"}),
            spec=service_specification(),
            opts=child(self),
        )
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-budget",
            metadata=self._metadata(names.MATTERMOST),
            spec=self._budget(),
            opts=child(self),
        )
        self.register_outputs({})

    def _metadata(self, name: str, annotations: Mapping[str, Input[str]] | None = None) -> Manifest:
        return {
            "name": name,
            "namespace": names.MATTERMOST_NAMESPACE,
            "labels": self._labels,
            "annotations": dict(annotations or {}),
        }

    def _secret(self, part: str, secret: str, content: Mapping[str, Input[str]]) -> None:
        """A Secret whose content takes part in the digest that makes servers start anew (OOB-125, TLS-18)."""
        self._contents += [value for _, value in sorted(content.items())]
        self._made.append(
            kubernetes.core.v1.Secret(
                f"{self._name}-{part}",
                type="Opaque",
                metadata=self._metadata(secret),
                string_data=content,
                opts=child(self),
            )
        )

    def _one(self, part: str, secret: str, key: str, value: Output[str] | None) -> Reference | None:
        """A Secret of one value, if there is one."""
        if value is None:
            return None
        self._secret(part, secret, {key: value})
        return Reference(secret=secret, key=key)

    def _database(self) -> dict[str, Input[str]]:
        """Both data sources, always with the same TLS; the reader's too where servers may read from it (TLS-19, TLS-20)."""
        database = self._inputs.database
        password = self._inputs.credentials.database_password

        def address(host: Output[str]) -> Output[str]:
            def build(values: dict[str, str]) -> str:
                return dsn(
                    user=database.role,
                    password=values["password"],
                    host=values["host"],
                    port=database.port,
                    database=database.name,
                    trust=pod.TRUST_FILE,
                )

            return Output.secret(Output.all(password=password, host=host).apply(build))

        writer = address(database.host)
        found: dict[str, Input[str]] = {
            "DB_CONNECTION_STRING": writer,
            "MM_SQLSETTINGS_DATASOURCE": writer,
            "password": password,
        }
        reader = database.reader_host
        if reader is not None and pod.reads_replicas(self._inputs.stack, reader=True):
            found["MM_SQLSETTINGS_DATASOURCEREPLICAS"] = address(reader)
        return found

    def _sign_in(self) -> SignIn | None:
        identity = self._inputs.identity
        if identity is None:
            return None
        secret = self._one("sign-in", pod.SIGN_IN_SECRET, "secret", identity.client_secret)
        if secret is None:
            raise ValueError("an identity provider without a client secret")
        return SignIn(discovery=Output.concat(identity.issuer, DISCOVERY_PATH), client_id=identity.client_id, secret=secret)

    def _trust(self) -> None:
        """The database's authorities (TLS-14)."""
        self._made.append(
            kubernetes.core.v1.ConfigMap(
                f"{self._name}-trust",
                metadata=self._metadata(pod.DATABASE_TRUST),
                data={"ca.pem": self._inputs.database.trust_pem},
                opts=child(self),
            )
        )

    def _account(self) -> None:
        """Called like the custom resource, which the operator wants; no right and no token in the cluster (TLS-27, OOB-72)."""
        self._made.append(
            kubernetes.core.v1.ServiceAccount(
                f"{self._name}-account",
                metadata=self._metadata(
                    names.MATTERMOST_ACCOUNT.name,
                    {OPERATOR_ANNOTATION: "not-used", **self._inputs.grants.mattermost.annotations},
                ),
                automount_service_account_token=False,
                opts=child(self),
            )
        )

    def _budget(self) -> Manifest:
        return {"maxUnavailable": 1, "selector": {"matchLabels": MATTERMOST_PODS}}

    def _installation(
        self,
        images: Images,
        found: Mapping[str, Value],
        administration: pod.Administration | None,
        depends_on: Sequence[Resource],
    ) -> Resource:
        inputs, database = self._inputs, self._inputs.database
        spec = pod.installation(
            inputs.stack,
            inputs.environment,
            images,
            settings=found,
            files=inputs.objects.files,
            address=pod.DatabaseAddress(host=database.host, port=database.port, name=database.name, role=database.role),
            identity_labels=inputs.grants.mattermost.pod_labels,
            annotations={
                "oob.example/generation": str(inputs.credentials.generation),
                "oob.example/secrets": Output.unsecret(Output.all(*self._contents).apply(digest)),
            },
            administration=administration,
        )
        waiting = {
            "pulumi.com/waitFor": json.dumps(STABLE),
            "pulumi.com/timeoutSeconds": str(pod.STABLE_SECONDS),
        }
        return kubernetes.apiextensions.CustomResource(
            f"{self._name}-installation",
            api_version="installation.mattermost.com/v1beta1",
            kind="Mattermost",
            metadata=self._metadata(names.MATTERMOST, waiting),
            spec=spec,
            opts=child(self, depends_on=[*self._made, *depends_on]),
        )
