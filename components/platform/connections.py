"""What the jobs share to reach data: transfer account, application role's secret, trust, the object store's address."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Input, Output, Resource

from components.contract import DatabaseOutputs, TransferTarget
from components.options import child
from components.platform import jobs, names
from components.platform.inputs import PlatformInputs

DATABASE_SECRET = "database-role"  # noqa: S105 a name
DATABASE_TRUST = "database-trust"
TRANSFER_SECRET = "transfer-target"  # noqa: S105 a name
COMPONENT = "data-jobs"
CONNECT_TIMEOUT_SECONDS = "10"  # AWS-68
SCRAM_ITERATIONS = 4096  # PostgreSQL's own default, scram_iterations
REMOTE = "OOB"


def scram_verifier(password: str) -> str:
    """What PostgreSQL stores of a password (RFC 5803, SCRAM-SHA-256): to set a password without ever showing it to the server.

    The salt comes from the password itself, so that an unchanged password stays an unchanged input. It is random, and
    no table of guesses can be prepared for it. ValueError for passwords that would need Unicode preparation.
    """
    if not password.isascii():
        raise ValueError("the password has characters beyond ASCII")
    raw = password.encode()
    salt = hmac.digest(raw, b"oob database role salt", "sha256")[:16]
    salted = hashlib.pbkdf2_hmac("sha256", raw, salt, SCRAM_ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt_text, stored_text, server_text = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{salt_text}${stored_text}:{server_text}"


def server_variables(database: DatabaseOutputs) -> dict[str, Input[str]]:
    """libpq's variables for the server, the same for administrator and role: verified TLS, or no connection (TLS-20)."""
    return {
        "PGHOST": database.host,
        "PGPORT": str(database.port),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": jobs.TRUST_FILE,
        "PGCONNECT_TIMEOUT": CONNECT_TIMEOUT_SECONDS,
    }


def role_variables(database: DatabaseOutputs, secret: str = DATABASE_SECRET) -> list[jobs.Manifest]:
    """libpq's variables for the application's role; the password by reference (TLS-21)."""
    plain = server_variables(database) | {"PGDATABASE": database.name, "PGUSER": database.role}
    return jobs.variables(plain, {"PGPASSWORD": (secret, "password")})


def remote_variables(target: TransferTarget, remote: str = REMOTE) -> dict[str, Input[str]]:
    """The rclone remote of `target` under another name, and `<remote>_PATH`; for a Secret, as self-run stores have keys."""
    prefix, renamed = f"RCLONE_CONFIG_{REMOTE}_", f"RCLONE_CONFIG_{remote}_"
    found: dict[str, Input[str]] = {
        (renamed + key.removeprefix(prefix) if key.startswith(prefix) else key): value for key, value in target.env.items()
    }
    return found | {f"{remote}_PATH": target.path}


class Connections(ComponentResource):
    """The transfer service account (no Kubernetes token), the role's password and verifier, trust in the database, the
    object store's address. Everything in the backup namespace; the other parts refer to these by name.
    """

    def __init__(self, name: str, inputs: PlatformInputs, parent: Resource, *, depends_on: Sequence[Resource] = ()) -> None:
        super().__init__("oob:platform:Connections", name, None, child(parent, depends_on=depends_on))
        environment, grant = inputs.environment, inputs.grants.transfer
        labels = jobs.labels(environment, COMPONENT)

        kubernetes.core.v1.ServiceAccount(
            f"{name}-transfer",
            metadata={
                "name": names.TRANSFER_ACCOUNT.name,
                "namespace": names.TRANSFER_ACCOUNT.namespace,
                "labels": labels,
                "annotations": dict(grant.annotations),
            },
            automount_service_account_token=False,
            opts=child(self),
        )
        password = inputs.credentials.database_password
        kubernetes.core.v1.Secret(
            f"{name}-role",
            metadata=self._metadata(DATABASE_SECRET, labels),
            string_data={"password": password, "verifier": Output.secret(password.apply(scram_verifier))},
            opts=child(self),
        )
        kubernetes.core.v1.ConfigMap(
            f"{name}-trust",
            metadata=self._metadata(DATABASE_TRUST, labels),
            data={"ca.pem": inputs.database.trust_pem},
            opts=child(self),
        )
        kubernetes.core.v1.Secret(
            f"{name}-target",
            metadata=self._metadata(TRANSFER_SECRET, labels),
            string_data=remote_variables(inputs.objects.transfer),
            opts=child(self),
        )
        self.register_outputs({})

    @staticmethod
    def _metadata(name: str, labels: Mapping[str, str]) -> jobs.Manifest:
        return {"name": name, "namespace": names.BACKUP_NAMESPACE, "labels": dict(labels)}
