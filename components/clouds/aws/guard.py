"""Settings of the whole account: threat detection, and doors that nobody in this account ever needs open (OOB-74, OOB-120).

An account has one of each. A drill may run in the environment's account, so it makes none of them: its destroy would take
them away from the environment.
"""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ProviderResource, Resource

from components.clouds.aws.handles import Context
from components.naming import Kind, physical
from components.options import child

# https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html
ANALYZER = Kind(longest=255)

# Not RUNTIME_MONITORING: it wants an agent with all rights on every node.
FEATURES = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")
REPLICA_FEATURES = ("S3_DATA_EVENTS",)  # the second region holds copies in buckets, and runs nothing
LEAST_SEVERITY = 4  # medium and worse
PASSWORD_LENGTH = 20


class Guard(ComponentResource):
    """GuardDuty in both regions, Access Analyzer, encrypted disks, and nothing that can be made public."""

    def __init__(self, name: str, context: Context, parent: Resource) -> None:
        super().__init__("oob:aws:Guard", name, None, child(parent))
        for place, provider, features in (
            ("main", context.main, FEATURES),
            ("replica", context.replica, REPLICA_FEATURES),
        ):
            self._detector(f"{name}-{place}", provider, features)
            aws.ebs.EncryptionByDefault(f"{name}-{place}-disks", enabled=True, opts=child(self, provider))
            aws.ebs.SnapshotBlockPublicAccess(f"{name}-{place}-snapshots", state="block-all-sharing", opts=child(self, provider))
        # A bucket policy for fixed addresses only, as that of the failover latch, does not count as public.
        aws.s3.AccountPublicAccessBlock(
            f"{name}-buckets",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child(self, context.main),
        )
        aws.accessanalyzer.Analyzer(
            f"{name}-analyzer",
            analyzer_name=physical(ANALYZER, context.environment.name),  # the service wants one given
            type="ACCOUNT",
            opts=child(self, context.main),
        )
        # Only sealed emergency users have passwords here (OOB-105).
        aws.iam.AccountPasswordPolicy(
            f"{name}-passwords",
            minimum_password_length=PASSWORD_LENGTH,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            password_reuse_prevention=24,
            allow_users_to_change_password=True,
            opts=child(self, context.main),
        )
        self.register_outputs({})

    def _detector(self, name: str, provider: ProviderResource, features: tuple[str, ...]) -> None:
        detector = aws.guardduty.Detector(
            f"{name}-detector",
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            opts=child(self, provider),
        )
        for feature in features:
            aws.guardduty.DetectorFeature(
                f"{name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                opts=child(self, provider),
            )
