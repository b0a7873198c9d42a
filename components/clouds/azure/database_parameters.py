"""How the database server is set (PREP-93, PREP-96, PREP-100, PREP-104, OOB-87, OOB-122). Plain values.

Nothing here limits how long a statement may take: it would end the dumps of a large database. Mattermost limits its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from components.clouds.azure.sizes import Sizing

IDLE_IN_TRANSACTION_MILLISECONDS = 10 * 60 * 1000
SLOW_MILLISECONDS = 1000

# Names and values as "Server parameters in Azure Database for PostgreSQL" lists them.
ALWAYS: Mapping[str, str] = {
    "require_secure_transport": "on",  # PREP-96, TLS-15
    "ssl_min_protocol_version": "TLSv1.2",
    "password_encryption": "scram-sha-256",  # PREP-93
    "azure.accepted_password_auth_method": "scram-sha-256",
    "connection_throttle.enable": "on",
    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MILLISECONDS),
    "metrics.collector_database_activity": "on",  # PREP-100: "Enhanced metrics", of which the alarm on deadlocks watches one
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_statement": "ddl",
    "log_lock_waits": "on",
    "log_min_duration_statement": str(SLOW_MILLISECONDS),
    # A logged statement would otherwise carry its values with it: people's messages.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "pgaudit.log": "ddl,role",  # OOB-122: who changed what is there and who may reach it, never content
}


def of(sizing: Sizing) -> Mapping[str, str]:
    """Every parameter that is set, in a fixed order. The server chooses shared_buffers itself."""
    return {
        **ALWAYS,
        "max_connections": str(sizing.max_connections),
        "work_mem": str(sizing.work_mem_kilobytes),
    }
