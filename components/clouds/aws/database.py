"""Aurora PostgreSQL: a writer and readers in different zones, encrypted, reached by TLS only (OOB-63, OOB-64, AWS-39 to AWS-54).

The administrator's password is made and kept by RDS itself, which changes it every seven days (OOB-125, AWS-43); it enters
neither this program nor its state. Mattermost signs in as a role of its own, made by a job in the cluster (C-20, PREP-87).

Minor versions arrive by themselves in the maintenance window. A drift check then names the new one: write it into the stack file,
because no database goes back to an older version.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
import pulumi_random as random
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions

from components.clouds.aws import database_parameters
from components.clouds.aws.documents import assumable_by
from components.clouds.aws.handles import AwsDatabase, AwsKeys, AwsNetwork, Context
from components.clouds.aws.sizes import SIZES
from components.clouds.aws.trust import trust_pem
from components.contract import AdminCredential, DatabaseSpec
from components.naming import Kind, physical
from components.options import child, stateful
from components.sections import Size

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html
IDENTIFIER = Kind(longest=63)
PORT = 5432  # PREP-39
ADMINISTRATOR = "oobadmin"
BACKUP_WINDOW = "01:30-02:00"  # UTC, away from maintenance and from the vault's own backup
MAINTENANCE_WINDOW = "sun:03:00-sun:04:00"
CERTIFICATE_AUTHORITY = "rds-ca-rsa4096-g1"  # one of those in trust/
LOG_DAYS = 365  # OOB-122
LOGS = ("postgresql", "iam-db-auth-error")
MONITORING_SECONDS = 60
INSIGHTS_DAYS = {"standard": 7, "advanced": 465}  # what each mode of Database Insights keeps
DRILL_BACKUP_DAYS = 1  # the least that Aurora accepts

# What a job in the cluster runs to fetch the administrator's credential; the file lies in memory and the job removes it.
FETCH = (
    "umask 077; "
    'aws secretsmanager get-secret-value --secret-id "$SECRET_ARN" --query SecretString --output text > "$CREDENTIAL_FILE"'
)


class Database(ComponentResource):
    """The cluster and its instances. A drill restores a full copy of a named moment or snapshot, with the writer alone."""

    def __init__(
        self, name: str, context: Context, spec: DatabaseSpec, keys: AwsKeys, network: AwsNetwork, parent: Resource
    ) -> None:
        super().__init__("oob:aws:Database", name, None, child(parent))
        self._name, self._context, self._spec, self._keys = name, context, spec, keys
        self._sizing = SIZES[context.environment.size]
        self._disposable = context.environment.disposable
        self._insights = "advanced" if context.environment.size is Size.LARGE and not self._disposable else "standard"
        # Known beforehand: a drill names the cluster that it restores, and the log groups carry the name in theirs (AWS-41).
        self._identifier = identifier(context.environment.name, "database")
        group = self._group(network)
        cluster = self._cluster(network, group)
        instances = self._instances(cluster, network)
        secret = cluster.master_user_secrets.apply(lambda secrets: administrator_secret([found.secret_arn for found in secrets]))
        self.outputs = AwsDatabase(
            host=cluster.endpoint,
            reader_host=cluster.reader_endpoint if len(instances) > 1 else None,
            port=PORT,
            name=spec.name,
            role=spec.role,
            trust_pem=trust_pem(context.region),
            admin=AdminCredential(
                image="aws-cli",
                command=("sh", "-ec", FETCH),
                env={"SECRET_ARN": secret, "AWS_REGION": context.region},
            ),
            cluster_id=cluster.cluster_identifier,
            # From the identifier, so that a plan shows whose backup is taken.
            cluster_arn=Output.format(
                "arn:aws:rds:{0}:{1}:cluster:{2}", context.region, context.account, cluster.cluster_identifier
            ),
            cluster_resource_id=cluster.cluster_resource_id,
            instance_ids=tuple(instance.identifier for instance in instances),
            admin_secret_arn=secret,
            group_id=group.id,
        )
        self.register_outputs({})

    def _options(self, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        return child(self, self._context.main, depends_on=depends_on)

    def _group(self, network: AwsNetwork) -> aws.ec2.SecurityGroup:
        """The only group of the database (AWS-53). No way out; each way in is added by whoever needs it (`allow_from`)."""
        return aws.ec2.SecurityGroup(
            f"{self._name}-group",
            vpc_id=network.vpc_id,
            description="Database: PostgreSQL from named groups only",
            opts=self._options(),
        )

    def _cluster(self, network: AwsNetwork, group: aws.ec2.SecurityGroup) -> aws.rds.Cluster:
        name, keys, disposable, restore = self._name, self._keys, self._disposable, self._spec.restore
        version = self._context.environment.postgres_version
        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            subnet_ids=list(network.database_subnet_ids),
            description="Isolated database subnets",
            opts=self._options(),
        )
        parameters = aws.rds.ClusterParameterGroup(
            f"{name}-cluster-parameters",
            family=database_parameters.family(version),
            description="TLS only, SCRAM, audit",
            parameters=[
                {"name": found.name, "value": found.value, "apply_method": found.apply_method}
                for found in database_parameters.CLUSTER
            ],
            opts=self._options(),
        )
        logs = self._logs()
        point = restore is not None and restore.point_in_time is not None
        return aws.rds.Cluster(
            f"{name}-cluster",
            cluster_identifier=self._identifier,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            # A copy keeps the version of what it is a copy of, which may be newer than the stack file says.
            engine_version=None if restore else version,
            allow_major_version_upgrade=False,
            master_username=None if restore else ADMINISTRATOR,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=keys.main["secrets"],
            snapshot_identifier=restore.snapshot if restore else None,
            restore_to_point_in_time={
                "source_cluster_identifier": restore.cluster,
                "restore_to_time": restore.point_in_time,
                "restore_type": "full-copy",  # a clone would prove no backup
            }
            if restore and point
            else None,
            storage_type=self._sizing.database_storage,
            storage_encrypted=True,
            kms_key_id=keys.main["database"],
            port=PORT,
            network_type="IPV4",
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[group.id],
            db_cluster_parameter_group_name=parameters.name,
            # Restoring knows nothing of it, so that a second `up` of a drill would find a difference.
            iam_database_authentication_enabled=None if restore else True,
            backup_retention_period=DRILL_BACKUP_DAYS if disposable else self._spec.backup.retention_days,
            preferred_backup_window=BACKUP_WINDOW,
            preferred_maintenance_window=MAINTENANCE_WINDOW,
            copy_tags_to_snapshot=True,
            delete_automated_backups=disposable,
            deletion_protection=not disposable,
            skip_final_snapshot=disposable,
            final_snapshot_identifier=None if disposable else self._final_snapshot(),
            enabled_cloudwatch_logs_exports=[] if disposable else list(LOGS),
            database_insights_mode=None if restore else self._insights,
            performance_insights_enabled=None if restore else True,
            performance_insights_kms_key_id=None if restore else keys.main["database"],
            performance_insights_retention_period=None if restore else INSIGHTS_DAYS[self._insights],
            apply_immediately=disposable,
            opts=stateful(child(self, self._context.main, depends_on=logs), disposable=disposable),
        )

    def _final_snapshot(self) -> Output[str]:
        """What `destroy` leaves behind. Its ending is made once at random and kept in the state: an environment that is made
        again under the same name must not fail at its end because the snapshot of the former one has the name.
        """
        provider = random.Provider(f"{self._name}-random", opts=child(self))
        ending = random.RandomId(f"{self._name}-final", byte_length=4, opts=child(self, provider))
        return Output.format("{0}-{1}", identifier(self._context.environment.name, "database-final"), ending.hex)

    def _logs(self) -> list[aws.cloudwatch.LogGroup]:
        """Made before RDS would make them itself, without key and for ever (AWS-93).

        A drill exports no logs: RDS delivers the last lines after the cluster is gone, and would leave a group behind.
        """
        if self._disposable:
            return []
        return [
            aws.cloudwatch.LogGroup(
                f"{self._name}-log-{kind}",
                name=f"/aws/rds/cluster/{self._identifier}/{kind}",
                retention_in_days=LOG_DAYS,
                kms_key_id=self._keys.main["logs"],
                opts=self._options(),
            )
            for kind in LOGS
        ]

    def _instances(self, cluster: aws.rds.Cluster, network: AwsNetwork) -> list[aws.rds.ClusterInstance]:
        """The writer, which restoring does not make either, and readers that take over in the order of their tiers (OOB-64)."""
        parameters = aws.rds.ParameterGroup(
            f"{self._name}-instance-parameters",
            family=database_parameters.family(self._context.environment.postgres_version),
            description="Connections and memory by size",
            parameters=[
                {"name": found.name, "value": found.value, "apply_method": found.apply_method}
                for found in database_parameters.instance(self._sizing)
            ],
            opts=self._options(),
        )
        watcher, granted = (None, []) if self._disposable else self._watcher()
        readers = 0 if self._disposable else self._sizing.database_readers
        names = [f"{self._name}-writer", *(f"{self._name}-reader-{number}" for number in range(1, readers + 1))]
        zones = network.zone_names
        return [
            aws.rds.ClusterInstance(
                name,
                cluster_identifier=cluster.id,
                engine=aws.rds.EngineType.AURORA_POSTGRESQL,
                instance_class=self._sizing.database_class,
                availability_zone=zones[tier % len(zones)],  # AWS-49
                promotion_tier=tier,
                publicly_accessible=False,  # AWS-52
                ca_cert_identifier=CERTIFICATE_AUTHORITY,
                db_parameter_group_name=parameters.name,
                auto_minor_version_upgrade=True,
                preferred_maintenance_window=MAINTENANCE_WINDOW,
                copy_tags_to_snapshot=True,
                performance_insights_enabled=True,  # AWS-54
                performance_insights_kms_key_id=self._keys.main["database"],
                performance_insights_retention_period=INSIGHTS_DAYS[self._insights],
                monitoring_interval=MONITORING_SECONDS if watcher is not None else 0,
                monitoring_role_arn=watcher.arn if watcher is not None else None,
                apply_immediately=self._disposable,
                opts=self._options(granted),
            )
            for tier, name in enumerate(names)
        ]

    def _watcher(self) -> tuple[aws.iam.Role, list[Resource]]:
        """Lets RDS write what the machines under the database do; an instance wants the rights to be there, and says no without.

        Not in a drill: it leaves a log group of the account behind.
        """
        account, region = self._context.account, self._context.region
        role = aws.iam.Role(
            f"{self._name}-monitoring",
            description="Enhanced Monitoring of the database",
            assume_role_policy=assumable_by(
                "monitoring.rds.amazonaws.com",
                {
                    "StringEquals": {"aws:SourceAccount": account},
                    "StringLike": {"aws:SourceArn": f"arn:aws:rds:{region}:{account}:db:*"},
                },
            ),
            permissions_boundary=self._context.settings.permissions_boundary,
            opts=self._options(),
        )
        rights = aws.iam.RolePolicyAttachment(
            f"{self._name}-monitoring-rights",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
            opts=self._options(),
        )
        return role, [rights]


def administrator_secret(arns: Sequence[str | None]) -> str:
    """The one secret that RDS keeps the administrator's password in. ValueError if it keeps none, or several."""
    found = [arn for arn in arns if arn is not None]
    if len(found) != 1:
        raise ValueError(f"expected one secret of the database's administrator, got {len(found)}")
    return found[0]


def identifier(environment: str, purpose: str) -> str:
    """A name that RDS accepts: it refuses two hyphens in a row and one at the end."""
    return physical(IDENTIFIER, environment, purpose)


def allow_from(
    name: str, database: AwsDatabase, group_id: Input[str], description: str, options: ResourceOptions
) -> aws.vpc.SecurityGroupIngressRule:
    """A way in: PostgreSQL from the members of one security group. `description` says who they are (AWS-50, PREP-39)."""
    return aws.vpc.SecurityGroupIngressRule(
        name,
        security_group_id=database.group_id,
        referenced_security_group_id=group_id,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        description=description,
        opts=options,
    )
