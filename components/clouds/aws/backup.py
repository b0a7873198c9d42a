"""Recovery points of the database in vaults, copied to a second region and a second account (OOB-53, OOB-112, OOB-113).

What this adds to Aurora's own point-in-time recovery: copies that outlive the cluster, its deletion and its region. They are
a day apart; between them stand the dumps, which reach the second region within a quarter of an hour (replication.py).

AWS Backup could keep a continuous backup of Aurora as well. It would take over the cluster's own retention, fight over it
with the program, and its copies elsewhere would be snapshots all the same.

A vault in a second account needs three things that only that side can do: both accounts in one AWS organisation (which must
not be the primary's), cross-account backup switched on in its management account, and a policy of that vault that accepts
copies from here. Another region and another account in one step is possible for Aurora since November 2025.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ProviderResource, Resource, ResourceOptions

from components.clouds.aws.documents import Statement, assumable_by, document
from components.clouds.aws.handles import AwsDatabase, AwsKeys, AwsObjects, Context
from components.contract import BackupOutputs, BackupSpec
from components.labels import cloud_tags
from components.naming import IAM_ROLE, Kind, physical
from components.options import child, stateful
from components.sections import Backup as BackupSettings

# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
VAULT = Kind(longest=50)
LEAST_DAYS = 35  # AWS-95
DAILY = "cron(0 5 * * ? *)"  # UTC, after the database's own backup and maintenance windows
MONTHLY = "cron(0 6 1 * ? *)"
START_MINUTES, COMPLETION_MINUTES = 60, 480
GRACE_DAYS = 7  # within which a vault's lock can still be taken back
TAMPERING = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle")


class Backup(ComponentResource):
    """Vaults, plan and selection. A drill makes none of it: what it restores is somebody else's backup."""

    def __init__(
        self,
        name: str,
        context: Context,
        spec: BackupSpec,
        keys: AwsKeys,
        database: AwsDatabase,
        objects: AwsObjects,  # noqa: ARG002 buckets back themselves up: versions, lock and copies (replication.py)
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Backup", name, None, child(parent))
        self._name, self._context, self._settings = name, context, spec.backup
        self.outputs = BackupOutputs(vaults=())
        if not context.environment.disposable:
            self.outputs = BackupOutputs(vaults=self._vaults_and_plan(keys, database))
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _vaults_and_plan(self, keys: AwsKeys, database: AwsDatabase) -> tuple[Output[str], ...]:
        context, name = self._context, self._name
        role_name = physical(IAM_ROLE, context.environment.name, "backup")
        near = self._vault(f"{name}-vault", "database", role_name, keys.main["backup"], context.main)
        far = self._vault(f"{name}-second-vault", "database-copies", role_name, keys.replica["backup"], context.replica)
        elsewhere = context.settings.vault.second_account_vault
        # From the names, so that a plan shows where copies go.
        near_arn = vault_arn(context.region, context.account, near.name)
        far_arn = vault_arn(context.settings.replica_region, context.account, far.name)
        targets: list[Input[str]] = [far_arn, *([elsewhere] if elsewhere is not None else [])]
        role = self._role(role_name, database, [near_arn, *targets], keys)
        # Of the whole account in this region, and needed: without it AWS Backup passes Aurora over, even if a plan names it.
        # AWS answers with every service it knows, so only what is asked for at birth is compared.
        opted_in = aws.backup.RegionSettings(
            f"{name}-aurora",
            resource_type_opt_in_preference={"Aurora": True},
            opts=_without_comparing("resourceTypeOptInPreference", self._options()),
        )
        plan = self._plan(near.name, targets)
        aws.backup.Selection(
            f"{name}-database",
            plan_id=plan.id,
            name="database",
            iam_role_arn=role.arn,
            resources=[database.cluster_arn],
            opts=child(self, context.main, depends_on=[opted_in]),
        )
        return (near.name, far.name)

    def _vault(self, name: str, purpose: str, role_name: str, key: Output[str], provider: ProviderResource) -> aws.backup.Vault:
        context = self._context
        vault = aws.backup.Vault(
            name,
            # People must find it in an account where nothing else is left.
            name=physical(VAULT, context.environment.name, purpose),
            kms_key_arn=key,
            force_destroy=False,
            opts=stateful(child(self, provider), disposable=context.environment.disposable),
        )
        aws.backup.VaultPolicy(
            f"{name}-policy",
            backup_vault_name=vault.name,
            policy=vault_policy(context.account, role_name),
            opts=child(self, provider),
        )
        if self._settings.vault_lock:
            aws.backup.VaultLockConfiguration(
                f"{name}-lock",
                backup_vault_name=vault.name,
                # With a grace period the lock is for ever once that has passed: nobody, AWS included, can lift it.
                changeable_for_days=GRACE_DAYS,
                min_retention_days=daily_days(self._settings),
                max_retention_days=monthly_days(self._settings),
                opts=child(self, provider),
            )
        return vault

    def _plan(self, vault: Output[str], targets: list[Input[str]]) -> aws.backup.Plan:
        tags = cloud_tags(self._context.environment.labels)

        def rule(kind: str, schedule: str, days: int) -> aws.backup.PlanRuleArgsDict:
            copies: list[Input[aws.backup.PlanRuleCopyActionArgsDict]] = [
                {"destination_vault_arn": target, "lifecycle": {"delete_after": days}} for target in targets
            ]
            return {
                "rule_name": kind,
                "target_vault_name": vault,
                "schedule": schedule,
                "schedule_expression_timezone": "Etc/UTC",
                "start_window": START_MINUTES,
                "completion_window": COMPLETION_MINUTES,
                "lifecycle": {"delete_after": days},
                "copy_actions": copies,
                "recovery_point_tags": tags,
            }

        return aws.backup.Plan(
            f"{self._name}-plan",
            name=physical(VAULT, self._context.environment.name, "database"),
            rules=[
                rule("daily", DAILY, daily_days(self._settings)),
                rule("monthly", MONTHLY, monthly_days(self._settings)),
            ],
            opts=self._options(),
        )

    def _role(self, role_name: str, database: AwsDatabase, vaults: list[Input[str]], keys: AwsKeys) -> aws.iam.Role:
        """What AWS Backup acts as. Its name is known beforehand, because the vaults' policies name it."""
        context = self._context
        role = aws.iam.Role(
            f"{self._name}-role",
            name=role_name,
            description="AWS Backup takes and copies snapshots of the database; it restores nothing",
            assume_role_policy=assumable_by("backup.amazonaws.com"),
            permissions_boundary=context.settings.permissions_boundary,
            opts=self._options(),
        )
        regions = (context.region, context.settings.replica_region)
        aws.iam.RolePolicy(
            f"{self._name}-rights",
            role=role.name,
            policy=Output.all(database.cluster_arn, *vaults).apply(
                lambda found: rights(context.account, regions, found[0], found[1:])
            ),
            opts=self._options(),
        )
        # Apart from the rest, which a plan can show: nobody knows the ARN of a key beforehand.
        used = [keys.main["database"], keys.main["backup"], keys.replica["database"], keys.replica["backup"]]
        aws.iam.RolePolicy(
            f"{self._name}-key-rights",
            role=role.name,
            policy=Output.all(*used).apply(key_rights),
            opts=self._options(),
        )
        return role


def vault_arn(region: str, account: str, name: Input[str]) -> Output[str]:
    """The ARN of a vault: its name says it all."""
    return Output.format("arn:aws:backup:{0}:{1}:backup-vault:{2}", region, account, name)


def daily_days(backup: BackupSettings) -> int:
    """For how long daily recovery points are kept."""
    return max(LEAST_DAYS, backup.retention_days)


def monthly_days(backup: BackupSettings) -> int:
    """For how long monthly recovery points are kept: never shorter than daily ones."""
    return max(backup.archive_days, daily_days(backup))


def vault_policy(account: str, role_name: str) -> str:
    """Nobody deletes a recovery point or shortens its life, but for AWS Backup itself when its time has come.

    Not for ever, unlike a lock: whoever administers vaults can lift this policy, in a call that is logged and alarmed.
    """
    backup_itself = [
        f"arn:aws:iam::{account}:role/{role_name}",
        f"arn:aws:iam::{account}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup",
    ]
    statement: Statement = {
        "Sid": "NobodyRemovesRecoveryPoints",
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(TAMPERING),
        "Resource": "*",  # in a vault's policy: the recovery points of this vault
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": backup_itself}},
    }
    return document([statement])


def rights(account: str, regions: tuple[str, str], cluster: str, vaults: Sequence[str]) -> str:
    """What AWS's own policy for backups allows, narrowed to this cluster, its snapshots and these vaults."""
    snapshots = [f"arn:aws:rds:{region}:{account}:cluster-snapshot:awsbackup:*" for region in regions]
    return document(
        [
            {
                "Sid": "LookAround",
                "Effect": "Allow",
                "Action": [
                    "rds:DescribeDBClusterSnapshots",
                    "rds:DescribeDBClusters",
                    "rds:DescribeDBInstances",
                    "tag:GetResources",
                ],
                "Resource": "*",  # lists: these calls take no narrower resource, or fail for a name that is not known yet
                "Condition": {"StringEquals": {"aws:RequestedRegion": list(regions)}},
            },
            {
                "Sid": "TakeSnapshots",
                "Effect": "Allow",
                "Action": ["rds:AddTagsToResource", "rds:CreateDBClusterSnapshot", "rds:ListTagsForResource"],
                "Resource": [cluster, *snapshots],
            },
            {
                "Sid": "CopyAndExpireSnapshots",
                "Effect": "Allow",
                "Action": ["rds:CopyDBClusterSnapshot", "rds:DeleteDBClusterSnapshot", "rds:ModifyDBClusterSnapshotAttribute"],
                "Resource": snapshots,
            },
            {
                "Sid": "FillVaults",
                "Effect": "Allow",
                "Action": ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
                "Resource": list(vaults),
            },
            {
                "Sid": "CopyOutOfTheVault",
                "Effect": "Allow",
                "Action": "backup:CopyFromBackupVault",
                "Resource": "*",  # the recovery points' own ARNs, which belong to RDS; where to is narrowed
                "Condition": {"ForAllValues:ArnEquals": {"backup:CopyTargets": list(vaults)}},
            },
        ]
    )


def key_rights(keys: Sequence[str]) -> str:
    """Use of the keys, which their own policies bind to RDS and AWS Backup."""
    return document(
        [
            {
                "Sid": "UseTheKeys",
                "Effect": "Allow",
                "Action": [
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey",
                    "kms:GenerateDataKeyWithoutPlaintext",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                ],
                "Resource": list(keys),
            },
            {
                "Sid": "HandTheKeysOn",
                "Effect": "Allow",
                "Action": "kms:CreateGrant",
                "Resource": list(keys),
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
        ]
    )


def _without_comparing(property_name: str, options: ResourceOptions) -> ResourceOptions:
    return ResourceOptions.merge(options, ResourceOptions(ignore_changes=[property_name]))
