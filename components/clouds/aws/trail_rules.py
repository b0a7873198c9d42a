"""What is looked for in the audit trail and in what the containers say, as one table of filter patterns (OOB-105, OOB-122)."""

from __future__ import annotations

from dataclasses import dataclass

from components.clouds.aws.alarms import Alarm, Missing, Side
from components.platform.names import ALERT_PATH_ALIVE, ALERT_PATH_MINUTES, IN_CLUSTER_ALERT

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
LONGEST_PATTERN = 1024
MISSED = 3  # times in a row that something awaited may stay away
STARTING_MINUTES = 60  # from the alarm's making until what it waits for runs, at the first `up`
BREAK_GLASS = "break-glass"  # in the name of every such account and of every such secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern in a log, and the alarm for each match; with `every_minutes`, for matches that stay away three times."""

    name: str
    pattern: str
    means: str
    first: str
    rows: tuple[str, ...]
    subject: str = "access"
    every_minutes: int | None = None

    def alarm(self, namespace: str) -> Alarm:
        """The row of the alarm table: any match within five minutes, or none for as long as it takes to be sure."""
        awaited = self.every_minutes
        return Alarm(
            name=self.name,
            means=self.means,
            first=self.first,
            rows=self.rows,
            subject=self.subject,
            namespace=namespace,
            metric=self.name,
            side=Side.ABOVE if awaited is None else Side.BELOW,
            threshold=0 if awaited is None else 1,
            period=300 if awaited is None else 60 * awaited,
            periods=1 if awaited is None else MISSED,
            missing=Missing.FINE if awaited is None else Missing.BREACHING,
            event=awaited is None,
            quiet_minutes=None if awaited is None else STARTING_MINUTES,
        )


def calls(source: str, *names: str) -> str:
    """The pattern of successful calls to one service."""
    events = " || ".join(f'($.eventName = "{name}")' for name in names)
    return f'{{ ($.eventSource = "{source}.amazonaws.com") && ($.errorCode NOT EXISTS) && ({events}) }}'


# Filter patterns know `*` at the ends of a name only, so calls are listed one by one.
TRAIL = (
    Rule(
        name="root-used",
        pattern=(
            '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }'
        ),
        means="The account's root user was used; daily work never needs it.",
        first="ask the holders of the sealed root credential; if none of them did it, treat it as a takeover.",
        rows=("OOB-103", "OOB-105"),
    ),
    Rule(
        name="console-without-mfa",
        pattern=(
            '{ ($.eventName = "ConsoleLogin") && ($.responseElements.ConsoleLogin = "Success") '
            '&& ($.userIdentity.type = "IAMUser") && ($.additionalEventData.MFAUsed != "Yes") }'
        ),
        means="Somebody signed in to the console with a password alone.",
        first="end the session, and require a second factor of that user.",
        rows=("OOB-103",),
    ),
    Rule(
        name="break-glass-read",
        pattern=(
            '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") '
            f'&& ($.requestParameters.secretId = "*{BREAK_GLASS}*") }}'
        ),
        means="A break-glass credential was read from the vault. A deployment that makes new ones reads them, too.",
        first="ask who needed it; afterwards, raise rotation.generation and deploy, so that it is a new one.",
        rows=("OOB-28", "OOB-105"),
    ),
    Rule(
        name="key-endangered",
        pattern=calls(
            "kms",
            *("ScheduleKeyDeletion", "DisableKey", "DisableKeyRotation", "DeleteImportedKeyMaterial", "PutKeyPolicy"),
        ),
        means="An encryption key was disabled, is to be deleted, or has a new policy; data under it may become unreadable.",
        first="cancel the deletion (aws kms cancel-key-deletion), enable the key, then ask who did it.",
        rows=("OOB-76", "OOB-114"),
    ),
    Rule(
        name="trail-touched",
        pattern=calls("cloudtrail", "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
        means="The audit trail was stopped or changed.",
        first="start it again and compare it with the plan; expect to find what it was to hide.",
        rows=("OOB-122",),
    ),
    Rule(
        name="log-endangered",
        pattern=calls(
            "logs", "DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteMetricFilter", "DisassociateKmsKey"
        ),
        means="A log or what watches it was deleted, or is to be kept for another time. Deployments of such a change do it, too.",
        first="ask who did it; the trail's own bucket cannot be changed, and says what the lost log would have said of AWS.",
        rows=("OOB-122",),
    ),
    Rule(
        name="guard-touched",
        pattern=calls("guardduty", "DeleteDetector", "UpdateDetector", "CreateFilter"),
        means="The threat detection was switched off or told to ignore something.",
        first="compare it with the plan and ask who did it.",
        rows=("OOB-124",),
    ),
    Rule(
        name="rights-changed",
        pattern=calls(
            "iam",
            *("PutRolePolicy", "PutUserPolicy", "PutGroupPolicy"),
            *("AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy"),
            *("DeleteRolePermissionsBoundary", "UpdateAssumeRolePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion"),
            *("CreateUser", "CreateAccessKey", "CreateLoginProfile", "DeactivateMFADevice"),
        ),
        means="Rights were changed, or a user or an access key was made. A deployment changes rights; it never does the rest.",
        first="compare with what was deployed; remove what was not.",
        rows=("OOB-73", "OOB-123"),
    ),
    Rule(
        name="sign-in-weakened",
        pattern=calls(
            "cognito-idp",
            *("SetUserPoolMfaConfig", "UpdateUserPool", "DeleteUserPool", "UpdateUserPoolClient", "CreateIdentityProvider"),
            *("AdminSetUserMFAPreference", "SetRiskConfiguration"),
        ),
        means="The rules of signing in were changed, or somebody's second factor was.",
        first="compare the user pool with the plan: the second factor must be required.",
        rows=("OOB-24", "OOB-29", "OOB-103"),
    ),
    Rule(
        name="names-changed",
        pattern=calls("route53", "ChangeResourceRecordSets", "UpdateHealthCheck", "DeleteHealthCheck", "DeleteHostedZone"),
        means="A name or a health check of the out-of-band zone was changed.",
        first="compare the zone with the plan: people are sent where it points.",
        rows=("OOB-36", "OOB-37"),
    ),
    Rule(
        name="vault-touched",
        pattern=calls(
            "backup",
            *("DeleteRecoveryPoint", "DeleteBackupVault", "DeleteBackupVaultLockConfiguration", "PutBackupVaultAccessPolicy"),
            *("DeleteBackupVaultAccessPolicy", "DeleteBackupPlan", "UpdateBackupPlan"),
        ),
        means="A backup was deleted, or the plan or the vault that keeps them was changed.",
        first="check the copies in the second region and account, and take away the rights of whoever did it.",
        rows=("OOB-53", "OOB-113"),
    ),
)

# Mattermost's audit log stands as text inside the record of the container's output, its quotes escaped once or twice.
MATTERMOST = Rule(
    name="break-glass-sign-in",
    pattern=f"%login_id.{{1,10}}{BREAK_GLASS}%",
    means="Somebody tried to sign in to Mattermost with a break-glass account.",
    first="ask who needed it; if nobody did, disable that account and look at the address in the audit log.",
    rows=("OOB-28", "OOB-105"),
)

# What Prometheus finds inside the cluster, as a line of the pod alert-log: a field `event`, its quotes escaped in the same way.
INSIDE = Rule(
    name="in-cluster-alert",
    pattern=f"%event.{{1,10}}{IN_CLUSTER_ALERT}%",
    means="Prometheus found a fault inside the cluster: servers missing, a failed job, a certificate or a licence that ends.",
    first=f"search the log group for {IN_CLUSTER_ALERT}: the line says which, where, and what to do.",
    rows=("PREP-101", "TLS-36", "OOB-124"),
    subject="cluster",
)

# The dead man's switch of that way: the line of an alert that always fires.
ALIVE = Rule(
    name="alert-path-silent",
    pattern=f"%event.{{1,10}}{ALERT_PATH_ALIVE}%",
    means="No alert comes out of the cluster any more: Prometheus, Alertmanager, alert-log or the log collector has stopped.",
    first="look at the pods in the namespaces monitoring and amazon-cloudwatch; until they run, no fault inside is told.",
    rows=("OOB-124", "PREP-101"),
    subject="cluster",
    every_minutes=ALERT_PATH_MINUTES,
)
