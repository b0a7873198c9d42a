"""How the database server is set (PREP-93, PREP-96, PREP-100, PREP-104, OOB-122). Plain values.

Nothing here limits how long a statement may take: it would end the dumps of a large database. Mattermost limits its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.clouds.aws.sizes import Sizing

IDLE_IN_TRANSACTION_MILLISECONDS = 10 * 60 * 1000
SLOW_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`static` ones take effect at the next restart, all others at once (PREP-94)."""

    name: str
    value: str
    static: bool = False

    @property
    def apply_method(self) -> str:
        return "pending-reboot" if self.static else "immediate"


# Names, and which of them belong to the cluster: Aurora PostgreSQL reference, "Aurora PostgreSQL cluster-level parameters".
CLUSTER = (
    Parameter(name="rds.force_ssl", value="1"),  # PREP-96, TLS-15
    Parameter(name="ssl_min_protocol_version", value="TLSv1.2"),
    Parameter(name="password_encryption", value="scram-sha-256"),  # PREP-93
    Parameter(name="rds.accepted_password_auth_method", value="scram"),
    Parameter(name="shared_preload_libraries", value="pg_stat_statements,pgaudit", static=True),
    Parameter(name="rds.logical_replication", value="0", static=True),  # PREP-103: one writer
    Parameter(name="idle_in_transaction_session_timeout", value=str(IDLE_IN_TRANSACTION_MILLISECONDS)),
    Parameter(name="log_connections", value="1"),
    Parameter(name="log_disconnections", value="1"),
    Parameter(name="log_statement", value="ddl"),
    Parameter(name="log_lock_waits", value="1"),
    Parameter(name="log_min_duration_statement", value=str(SLOW_MILLISECONDS)),
    # A logged statement would otherwise carry its values with it: people's messages.
    Parameter(name="log_parameter_max_length", value="0"),
    Parameter(name="log_parameter_max_length_on_error", value="0"),
    Parameter(name="pgaudit.log", value="ddl,role"),  # OOB-122: who changed what is there and who may reach it, never content
)


def instance(sizing: Sizing) -> tuple[Parameter, ...]:
    """What depends on the size. Aurora sets shared_buffers itself, to most of the memory."""
    return (
        Parameter(name="max_connections", value=str(sizing.max_connections), static=True),
        Parameter(name="work_mem", value=str(sizing.work_mem_kilobytes)),
    )


def family(postgres_version: str) -> str:
    """The family of parameter groups for a version such as 17.9."""
    return f"aurora-postgresql{postgres_version.partition('.')[0]}"
