"""Encryption keys, one for each purpose, with rotation (OOB-76, OOB-114, OOB-125).

Keys for data that is copied to the second region are multi-Region keys from the first day: a snapshot under any other key
can neither be shared nor restored elsewhere without a detour, and the choice cannot be made later.
"""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, Output, ProviderResource, Resource

from components.clouds.aws import key_policies
from components.clouds.aws.handles import PURPOSES, AwsKeys, Context
from components.clouds.aws.identifiers import account_of
from components.naming import Kind, physical
from components.options import child, stateful

# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
ALIAS = Kind(longest=240)
DELETION_DAYS = 30  # the longest that KMS offers: time to notice, because what a key encrypted is gone with it
DRILL_DELETION_DAYS = 7  # the shortest
ROTATION_DAYS = 365
WORLD_REGION = "us-east-1"
ONLY_HERE = ("cluster", "volumes")  # secrets and disks of nodes, which are made anew and never copied

DESCRIPTIONS = {
    "cluster": "Kubernetes secrets",
    "volumes": "disks of nodes and pods",
    "database": "database, its snapshots and its performance data",
    "objects": "files and backups in S3",
    "logs": "logs, audit trail and recorded sessions",
    "secrets": "Secrets Manager",
    "backup": "backup vaults",
    "alerts": "alarm topics",
}


class Keys(ComponentResource):
    """A key and an alias for each of PURPOSES, copies in the second region, and a key for alarms in us-east-1."""

    def __init__(self, name: str, context: Context, parent: Resource) -> None:
        super().__init__("oob:aws:Keys", name, None, child(parent))
        self._name, self._context = name, context
        main: dict[str, Output[str]] = {}
        replica: dict[str, Output[str]] = {}
        for purpose in PURPOSES:
            main[purpose] = self._key(purpose)
            if purpose not in ONLY_HERE:
                replica[purpose] = self._replica(purpose, main[purpose])
        self.outputs = AwsKeys(
            purposes=PURPOSES,
            main=main,
            replica=replica,
            world_alerts=self._world_alerts(),
        )
        self.register_outputs({})

    @property
    def _deletion_days(self) -> int:
        return DRILL_DELETION_DAYS if self._context.environment.disposable else DELETION_DAYS

    def _policy(self, purpose: str, region: str) -> str:
        """The policy of one key; both regions' services may use what has a copy in each."""
        settings = self._context.settings
        vault = settings.vault.second_account_vault
        both = (settings.region, settings.replica_region)
        reach = key_policies.Reach(
            account=settings.account,
            region=region,
            regions=both if region in both and purpose not in ONLY_HERE else (region,),
            copy_account=other_account(vault, settings.account) if not self._context.environment.disposable else None,
        )
        return key_policies.policy(purpose, reach)

    def _key(self, purpose: str) -> Output[str]:
        context = self._context
        key = aws.kms.Key(
            f"{self._name}-{purpose}",
            description=f"{context.environment.name}: {DESCRIPTIONS[purpose]}",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            deletion_window_in_days=self._deletion_days,
            multi_region=purpose not in ONLY_HERE,
            policy=self._policy(purpose, context.region),
            opts=stateful(child(self, context.main), disposable=context.environment.disposable),
        )
        self._alias(f"{self._name}-{purpose}-alias", purpose, key.key_id, context.main)
        return key.arn

    def _replica(self, purpose: str, primary: Output[str]) -> Output[str]:
        """The same key in the second region: one material, rotated with the first, under a policy of its own."""
        context = self._context
        key = aws.kms.ReplicaKey(
            f"{self._name}-{purpose}-replica",
            description=f"{context.environment.name}: {DESCRIPTIONS[purpose]}, copy in the second region",
            primary_key_arn=primary,
            deletion_window_in_days=self._deletion_days,
            policy=self._policy(purpose, context.settings.replica_region),
            opts=stateful(child(self, context.replica), disposable=context.environment.disposable),
        )
        self._alias(f"{self._name}-{purpose}-replica-alias", purpose, key.key_id, context.replica)
        return key.arn

    def _world_alerts(self) -> Output[str]:
        """For the alarms of Route 53's health checks, which exist in us-east-1 only."""
        context = self._context
        key = aws.kms.Key(
            f"{self._name}-world-alerts",
            description=f"{context.environment.name}: {DESCRIPTIONS['alerts']} in us-east-1",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            deletion_window_in_days=self._deletion_days,
            policy=self._policy("alerts", WORLD_REGION),
            opts=stateful(child(self, context.world), disposable=context.environment.disposable),
        )
        self._alias(f"{self._name}-world-alerts-alias", "world-alerts", key.key_id, context.world)
        return key.arn

    def _alias(self, name: str, purpose: str, key_id: Output[str], provider: ProviderResource) -> None:
        """A name that people and policies can rely on, while a key's id says nothing."""
        alias = f"alias/{physical(ALIAS, self._context.environment.name, purpose)}"
        aws.kms.Alias(name, name=alias, target_key_id=key_id, opts=child(self, provider))


def other_account(arn: str | None, own: str) -> str | None:
    """The account of an ARN, if it is another than `own`."""
    account = account_of(arn) if arn is not None else None
    return account if account != own else None
