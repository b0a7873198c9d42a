"""Who is told what: audit trail, threat detection, alarms, dashboard, budget; one place for all of it (OOB-124).

Everything that is watched becomes an alarm, every alarm goes to one topic in its region, and every topic to phones and mail
outside the primary. A drill has the alarms that show how the copy serves, and a dashboard, so that its evidence can hold
them; but no topic, because a rehearsal wakes nobody, and nothing of which an account has only one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource

from components.alarms import wanted
from components.clouds.aws import addons, alarms_cluster, alarms_data, alarms_serving, dashboard, replication
from components.clouds.aws.alarms import Alarm, Place, Wiring, alarm_name, make
from components.clouds.aws.budget import monthly_budget
from components.clouds.aws.guard import LEAST_SEVERITY, Guard
from components.clouds.aws.handles import (
    AwsCluster,
    AwsDatabase,
    AwsEdge,
    AwsKeys,
    AwsNetwork,
    AwsObjects,
    AwsZone,
    Context,
)
from components.clouds.aws.happenings import (
    Happening,
    Happenings,
    backup_job,
    copy_failed,
    created,
    database_event,
    erased,
    finding,
    provider_trouble,
)
from components.clouds.aws.notices import Notices
from components.clouds.aws.rotation_watch import METRIC, RotationWatch
from components.clouds.aws.trail import Trail, metric_filter
from components.clouds.aws.trail_rules import ALIVE, INSIDE, MATTERMOST
from components.contract import Watched, WatchOutputs, WatchSpec
from components.naming import physical
from components.options import child
from components.platform.sizes import SIZES
from components.sections import Backup

AwsWatched: TypeAlias = Watched[AwsKeys, AwsNetwork, AwsObjects, AwsDatabase, AwsCluster, AwsZone, AwsEdge]

WORLD_REGION = "us-east-1"
BOTH_DOWN = "both-down"
# Where the platform's jobs write, and the heartbeat's interval; a test holds them against the platform's own.
DUMPS, EXPORTS, HEARTBEAT = "dumps", "exports", "heartbeat"
HEARTBEAT_MINUTES = 5
VAULT_MINUTES = 24 * 60  # backup.DAILY


class Watch(ComponentResource):
    """Trail, guard, topics, alarms, dashboard and budget. `outputs` are the names of all alarms, and where to look."""

    def __init__(self, name: str, context: Context, spec: WatchSpec, watched: AwsWatched, parent: Resource) -> None:
        super().__init__("oob:aws:Watch", name, None, child(parent))
        self._name, self._context = name, context
        # Metrics of our own; the namespace keeps a drill's apart from the environment's.
        self._namespace = f"OutOfBand/{context.environment.name}"
        self._regions = {
            Place.MAIN: context.region,
            Place.REPLICA: context.settings.replica_region,
            Place.WORLD: WORLD_REGION,
        }
        topics: Mapping[Place, Output[str]] = {}
        rows = serving_rows(context, watched)
        if not context.environment.disposable:
            topics, more = self._of_an_environment(spec, watched)
            rows += more
        providers = {Place.MAIN: context.main, Place.REPLICA: context.replica, Place.WORLD: context.world}
        wiring = {place: Wiring(provider=provider, topic=topics.get(place)) for place, provider in providers.items()}
        chosen = wanted(rows, context.environment)
        made = {row.name: make(name, row, context, wiring[row.place], self) for row in chosen}
        names = {row.name: alarm_name(context.environment, row.name) for row in chosen}
        if {"health-primary", "health-outofband"} <= made.keys():
            names[BOTH_DOWN] = self._both_down(names, made, wiring[Place.WORLD])
        self.outputs = WatchOutputs(
            alarms=tuple(names.values()), dashboard=self._dashboard([(row, names[row.name]) for row in chosen])
        )
        self.register_outputs({})

    def _of_an_environment(self, spec: WatchSpec, watched: AwsWatched) -> tuple[Mapping[Place, Output[str]], list[Alarm]]:
        """What a drill has not: whom to tell, and all that is told besides how it serves."""
        name, context, keys, namespace = self._name, self._context, watched.keys, self._namespace
        notices = Notices(f"{name}-notices", context, spec.alerts, keys, self)
        Guard(f"{name}-guard", context, self)
        trail = Trail(f"{name}-trail", context, keys, watched.objects, namespace, spec.log_days, self)
        happenings = Happenings(
            f"{name}-happenings",
            context,
            happening_table(
                spec.backup,
                watched.objects.backups_name,
                watched.objects.velero.prefix,
                watched.backup.vaults[0],
                [watched.database.cluster_id, *watched.database.instance_ids],
            ),
            {Place.MAIN: keys.main["logs"], Place.REPLICA: keys.replica["logs"]},
            spec.log_days,
            self,
        )
        # Without it, the bucket tells EventBridge nothing.
        aws.s3.BucketNotification(
            f"{name}-backups-tell",
            bucket=watched.objects.backups_name,
            eventbridge=True,
            opts=child(self, context.main),
        )
        RotationWatch(
            f"{name}-rotation",
            context,
            keys,
            [*watched.secrets.references.values(), watched.database.admin_secret_arn],
            namespace,
            spec.log_days,
            self,
        )
        monthly_budget(f"{name}-budget", spec.alerts, context.world, self)
        application_log = addons.log_group_names(watched.cluster.identifier)[0]
        rows = [
            *alarms_data.replication(replicated(watched.objects), replication.RULE),
            *alarms_data.secret_age(namespace, METRIC, spec.rotation.max_age_days),
            *alarms_serving.names(watched.dns.health_checks),
            *alarms_serving.notices(notices.names),
            *trail.alarms,
            *(
                metric_filter(name, rule, application_log, namespace, context, self, watched.cluster.ready)
                for rule in (MATTERMOST, INSIDE, ALIVE)
            ),
            *happenings.alarms,
        ]
        return notices.topics, rows

    def _both_down(self, names: Mapping[str, str], made: Mapping[str, Resource], wiring: Wiring) -> str:
        """Route 53 sends people to the primary when both sides are down, so somebody must decide."""
        parts = ("health-primary", "health-outofband")
        alarm = alarm_name(self._context.environment, BOTH_DOWN)
        topics = [] if wiring.topic is None else [wiring.topic]
        aws.cloudwatch.CompositeAlarm(
            f"{self._name}-{BOTH_DOWN}",
            alarm_name=alarm,
            alarm_description=(
                "Neither the primary nor the out-of-band environment answers: Route 53 then points to the primary. "
                "First: reach people by phone, and look at the out-of-band environment by its direct name. (OOB-02, OOB-36)"
            ),
            alarm_rule=" AND ".join(f'ALARM("{names[part]}")' for part in parts),
            alarm_actions=topics,
            ok_actions=topics,
            tags={"oob:requirements": "OOB-02 OOB-36"},
            opts=child(self, wiring.provider, depends_on=[made[part] for part in parts]),
        )
        return alarm

    def _dashboard(self, rows: Sequence[tuple[Alarm, str]]) -> Output[str]:
        context = self._context
        body = dashboard.body(context.environment.name, context.account, self._regions, rows)
        name = physical(dashboard.DASHBOARD, context.environment.name)
        made = aws.cloudwatch.Dashboard(
            f"{self._name}-dashboard",
            dashboard_name=name,  # its address is a stack output
            dashboard_body=Output.json_dumps(body, sort_keys=True),
            opts=child(self, context.main),
        )
        return made.dashboard_name.apply(lambda made_name: dashboard.address(context.region, made_name))


def serving_rows(context: Context, watched: AwsWatched) -> list[Alarm]:
    """How it serves: what an environment and a drill have in common."""
    edge, size = watched.edge, context.environment.size
    return [
        *alarms_serving.edge(
            edge.load_balancer_suffix,
            edge.target_group_suffix,
            edge.certificate_arn,
            edge.acl_name,
            context.region,
            SIZES[size].ingress_replicas,
        ),
        *alarms_cluster.cluster(watched.cluster.name, watched.cluster.scaling_group_names),
        *alarms_cluster.network(),
        *alarms_data.database(watched.database.cluster_id, size),
    ]


def replicated(objects: AwsObjects) -> dict[str, tuple[Input[str], Input[str]]]:
    """Buckets and their copies, by what they hold."""
    names = {"files": objects.files_name, "backups": objects.backups_name}
    return {label: (names[label], copy) for label, copy in objects.replica_names.items()}


def happening_table(
    backup: Backup, backups: Input[str], velero_prefix: str, vault: Input[str], database: Sequence[Input[str]]
) -> list[Happening]:
    """Events that must come (a backup, a heartbeat) and events that must not (a finding, a failed job).

    `backups` is the bucket, `database` the identifiers of the database cluster and its instances. Rows that are `running` are
    left out where no server runs (posture cold): the heartbeat rests with the servers, and its silence would be no news.
    """
    return [
        Happening(
            name="dump-old",
            pattern=created(backups, f"*{DUMPS}/*/manifest.json"),
            means="The newest database dump is older than twice its interval.",
            first="look at the job dump in the namespace backup.",
            rows=("OOB-52", "OOB-112", "OOB-67"),
            every_minutes=backup.dump_interval_minutes,
            running=True,
        ),
        Happening(
            name="cluster-backup-old",
            pattern=created(backups, f"{velero_prefix}/backups/*/velero-backup.json".lstrip("/")),
            means="The newest backup of the cluster's objects is older than twice its interval.",
            first="look at Velero's newest backup and at its schedule.",
            rows=("OOB-50", "OOB-111"),
            every_minutes=backup.kubernetes_interval_minutes,
            running=True,
        ),
        Happening(
            name="export-old",
            pattern=created(backups, f"*{EXPORTS}/*/manifest.json"),
            means="The newest export of configuration and state is older than twice its interval.",
            first="look at the export jobs in the namespace backup.",
            rows=("OOB-66",),
            every_minutes=backup.dump_interval_minutes,
            running=True,
        ),
        Happening(
            name="heartbeat-silent",
            pattern=created(backups, f"*{HEARTBEAT}/*.json"),
            means="The heartbeat is silent: Mattermost takes no post, or stores no file, or the cluster runs no job.",
            first="sign in and post something; if that works, look at the job heartbeat in the namespace backup.",
            rows=("OOB-07", "OOB-124"),
            every_minutes=HEARTBEAT_MINUTES,
            running=True,
        ),
        Happening(
            name="vault-backup-old",
            pattern=backup_job(vault, "COMPLETED"),
            means="The vault has received no backup of the database for two days.",
            first="look at the jobs in AWS Backup.",
            rows=("OOB-53", "OOB-112"),
            every_minutes=VAULT_MINUTES,
        ),
        Happening(
            name="vault-backup-failed",
            pattern=backup_job(vault, "FAILED", "EXPIRED", "ABORTED"),
            means="A backup of the database into the vault failed.",
            first="read the reason of the job in AWS Backup.",
            rows=("OOB-53", "AWS-94"),
        ),
        Happening(
            name="vault-copy-failed",
            pattern=copy_failed(),
            means="A backup could not be copied to the second region or account.",
            first="read the reason of the job in AWS Backup; often a key's policy.",
            rows=("OOB-54", "AWS-94"),
        ),
        Happening(
            name="backup-erased",
            pattern=erased([backups]),
            means="Somebody deleted a version in the backup bucket for good.",
            first="find out who in the audit trail and take away their rights; the second region still has its copy.",
            rows=("OOB-55", "OOB-113"),
        ),
        Happening(
            name="threat-found",
            pattern=finding(LEAST_SEVERITY),
            means="GuardDuty found a threat of medium severity or worse.",
            first="open the finding in GuardDuty; what it names may have to be cut off.",
            rows=("OOB-124", "OOB-02"),
            subject="threats",
        ),
        Happening(
            name="threat-found-replica",
            pattern=finding(LEAST_SEVERITY),
            means="GuardDuty found a threat in the second region, where the copies lie.",
            first="open the finding in GuardDuty of that region.",
            rows=("OOB-124", "OOB-69"),
            subject="threats",
            place=Place.REPLICA,
        ),
        Happening(
            name="database-failover",
            pattern=database_event(database, "failover", "failure"),
            means="The database changed its writer, or an instance failed.",
            first="see that a writer and a reader are well; sessions may have been cut for half a minute.",
            rows=("OOB-64", "PREP-102"),
            subject="database",
        ),
        Happening(
            name="provider-trouble",
            pattern=provider_trouble(),
            means="AWS reports a problem that touches this account.",
            first="open the AWS Health page; consider moving the next drill forward.",
            rows=("OOB-02",),
            subject="threats",
        ),
    ]
