"""What is looked for in the vaults' logs, the directory's and Mattermost's own, as one table of questions (OOB-105, OOB-122).

Tables: "Azure Monitor Logs table reference": AZKVAuditLogs, SigninLogs, AuditLogs, StorageBlobLogs, ContainerLogV2.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.clouds.azure import queries
from components.clouds.azure.alarms import Alarm, Query, Side
from components.clouds.azure.secrets import BREAK_GLASS
from components.platform.names import ALERT_PATH_ALIVE, ALERT_PATH_MINUTES, IN_CLUSTER_ALERT

MINUTES = 10
LATE_MINUTES = 20  # a line of a container may be found so much later: "Log data ingestion time in Azure Monitor"


def rule(name: str, means: str, first: str, rows: tuple[str, ...], *parts: tuple[str, str], subject: str = "access") -> Alarm:
    """An alarm for each line that one of several tables holds."""
    legs = ", ".join(f"({table} | where {condition})" for table, condition in parts)
    text = f"union isfuzzy=true {queries.EMPTY}, {legs}"
    return Alarm(
        name=name, means=means, first=first, rows=rows, subject=subject, source=Query(text=text, minutes=MINUTES), event=True
    )


def said(event: str) -> str:
    """The condition that a container wrote a line with this `event`, its quotes escaped once, twice or not at all."""
    return f'tostring(LogMessage) matches regex @"event.{{1,10}}{event}"'


# What Prometheus finds inside the cluster, as a line of the pod alert-log.
INSIDE = rule(
    "in-cluster-alert",
    "Prometheus found a fault inside the cluster: servers missing, a failed job, a certificate or a licence that ends.",
    f"search ContainerLogV2 for {IN_CLUSTER_ALERT}: the line says which, where, and what to do.",
    ("PREP-101", "TLS-36", "OOB-124"),
    ("ContainerLogV2", said(IN_CLUSTER_ALERT)),
    subject="cluster",
)
# The dead man's switch of that way: the line of an alert that always fires.
ALIVE = Alarm(
    name="alert-path-silent",
    means="No alert comes out of the cluster any more: Prometheus, Alertmanager, alert-log or the log collector has stopped.",
    first="look at the pods in the namespaces monitoring and kube-system; until they run, no fault inside is told.",
    rows=("OOB-124", "PREP-101"),
    subject="cluster",
    source=Query(
        text=queries.count("ContainerLogV2", said(ALERT_PATH_ALIVE)),
        minutes=2 * ALERT_PATH_MINUTES + LATE_MINUTES,
        side=Side.BELOW,
        threshold=1,
        counted=queries.SEEN,
    ),
)


def audit(emergency: Sequence[str], vault_name: str, backups_account: str, application_namespace: str) -> list[Alarm]:
    """`emergency` are object ids of accounts that Conditional Access leaves out; none of them is ever used in daily work."""
    found = [
        rule(
            "break-glass-read",
            "A break-glass credential was read from the vault.",
            "ask who needed it; afterwards, raise rotation.generation and deploy, so that it is a new one.",
            ("OOB-28", "OOB-105"),
            ("AZKVAuditLogs", f'OperationName == "SecretGet" and RequestUri contains "/secrets/{BREAK_GLASS}-"'),
        ),
        rule(
            "key-endangered",
            "An encryption key was deleted, changed or exported; data under it may become unreadable.",
            "recover it (az keyvault key recover), then ask who did it.",
            ("OOB-76", "OOB-114"),
            (
                "AZKVAuditLogs",
                'OperationName in ("KeyDelete", "KeyPurge", "KeyUpdate", "KeyBackup", "VaultDelete", "VaultPurge")',
            ),
        ),
        rule(
            "vault-strangers",
            "Somebody without the right, or from outside, asked the vault for a secret.",
            "look at the callers in AZKVAuditLogs.",
            ("OOB-28", "OOB-124"),
            (
                "AZKVAuditLogs",
                f'RequestUri contains "//{vault_name}." and HttpStatusCode == 403 and OperationName startswith "Secret"',
            ),
        ),
        rule(
            "password-alone",
            "Somebody signed in to Azure's own tools with a password alone.",
            "end the session (revoke sign-in sessions), and look at the rule that asks for a second factor.",
            ("OOB-103",),
            (
                "SigninLogs",
                'ResultType == "0" and AuthenticationRequirement == "singleFactorAuthentication"'
                ' and AppDisplayName startswith "Azure"'
                ' and AppDisplayName !contains "Kubernetes"',
            ),
        ),
        rule(
            "sign-in-weakened",
            "The rules of signing in were changed, somebody's second factor was, or somebody became an administrator.",
            "compare the directory with the plan: the second factor must be required of everybody.",
            ("OOB-24", "OOB-29", "OOB-103", "OOB-73"),
            (
                "AuditLogs",
                "OperationName in~ ("
                + queries.quoted(
                    (
                        "Update conditional access policy",
                        "Delete conditional access policy",
                        "Disable Strong Authentication",
                        "User deleted security info",
                        "Admin deleted security info",
                        "Add member to role",
                        "Add eligible member to role",
                        "User has elevated their access to User Access Administrator for their Azure Resources",
                    )
                )
                + ")",
            ),
        ),
        rule(
            "backup-erased",
            "Somebody deleted a version in the backup account for good.",
            "find out who in StorageBlobLogs and take away their rights; the second location still has its copy.",
            ("OOB-55", "OOB-113"),
            (
                "StorageBlobLogs",
                f'AccountName == "{backups_account}" and OperationName startswith "DeleteBlob" and Uri contains "versionid="',
            ),
        ),
        # Mattermost's audit log stands as text inside the record of the container's output, its quotes escaped once or twice.
        rule(
            "break-glass-sign-in",
            "Somebody tried to sign in to Mattermost with a break-glass account.",
            "ask who needed it; if nobody did, disable that account and look at the address in the audit log.",
            ("OOB-28", "OOB-105"),
            (
                "ContainerLogV2",
                f'PodNamespace == "{application_namespace}"'
                f' and tostring(LogMessage) matches regex @"login_id.{{1,10}}{BREAK_GLASS}"',
            ),
        ),
    ]
    found += (INSIDE, ALIVE)
    if emergency:
        ids = queries.quoted(emergency)
        found.append(
            rule(
                "emergency-account-used",
                "One of the directory's emergency accounts signed in, or tried to; daily work never needs it.",
                "ask the holders of its sealed credential; if none of them did it, treat it as a takeover.",
                ("OOB-28", "OOB-103", "OOB-105"),
                ("SigninLogs", f"UserId in ({ids})"),
                ("AADNonInteractiveUserSignInLogs", f"UserId in ({ids})"),
            )
        )
    return found
