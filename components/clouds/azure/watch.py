"""Who is told what: audit trail, threat detection, alarms, workbook, budget; one place for all of it (OOB-97, OOB-122, OOB-124).

Everything that is watched becomes an alarm, and every alarm goes to one group of phones and mail addresses outside the primary. A
drill has the alarms that show how the copy serves, and a workbook, so that its evidence can hold them; but no group, because a
rehearsal wakes nobody, and nothing of which a subscription has only one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from pulumi import ComponentResource, Output, Resource
from pulumi_azure_native import applicationinsights

from components.alarms import wanted
from components.clouds.azure import alarms_cluster, alarms_data, alarms_serving, dashboard, names
from components.clouds.azure.activity_rules import ACTIVITY
from components.clouds.azure.alarms import Alarm, Wiring, alarm_name, make
from components.clouds.azure.audit_rules import audit
from components.clouds.azure.budget import monthly_budget
from components.clouds.azure.handles import (
    AzureCluster,
    AzureDatabase,
    AzureDns,
    AzureEdge,
    AzureKeys,
    AzureNetwork,
    AzureObjects,
    AzureZone,
    Context,
)
from components.clouds.azure.happenings import happenings
from components.clouds.azure.notices import Notices
from components.clouds.azure.probes import Probes
from components.clouds.azure.rotation_watch import RotationWatch
from components.clouds.azure.trail import guard, trail
from components.contract import Watched, WatchOutputs, WatchSpec
from components.options import child

AzureWatched: TypeAlias = Watched[AzureKeys, AzureNetwork, AzureObjects, AzureDatabase, AzureCluster, AzureZone, AzureEdge]

APPLICATION_NAMESPACE = "mattermost"  # a test holds it against the platform's own


class Watch(ComponentResource):
    """Trail, guard, group, probes, alarms, workbook and budget. `outputs` are the names of all alarms, and where to look."""

    def __init__(self, name: str, context: Context, spec: WatchSpec, watched: AzureWatched, parent: Resource) -> None:
        super().__init__("oob:azure:Watch", name, None, child(parent))
        self._name, self._context, self._home = name, context, watched.network.runtime
        rows = serving_rows(context, watched)
        group_id: Output[str] | None = None
        if not context.environment.disposable:
            group_id, more = self._of_an_environment(spec, watched)
            rows += more
        wiring = Wiring(home=self._home, workspace_id=watched.keys.workspace_id, group_id=group_id)
        chosen = wanted(rows, context.environment)
        for row in chosen:
            make(name, row, context, wiring, self)
        self.outputs = WatchOutputs(
            alarms=tuple(alarm_name(context.environment, row.name) for row in chosen),
            dashboard=self._workbook(watched.keys, chosen),
        )
        self.register_outputs({})

    def _of_an_environment(self, spec: WatchSpec, watched: AzureWatched) -> tuple[Output[str], list[Alarm]]:
        """What a drill has not: whom to tell, and all that is told besides how it serves."""
        name, context, keys, objects = self._name, self._context, watched.keys, watched.objects
        notices = Notices(f"{name}-notices", context, spec.alerts, self._home, self)
        trail(f"{name}-trail", context, keys, self)
        guard(f"{name}-guard", context, self)
        rotation = RotationWatch(f"{name}-rotation", context, self._home, keys, spec.rotation.max_age_days, self)
        monthly_budget(f"{name}-budget", context, spec.alerts, self)
        return notices.group_id, [
            *self._names(keys, watched),
            *alarms_data.stores({"files": objects.files_store.account_id, "backups": objects.backups_store.account_id}),
            *alarms_data.secret_age(rotation.workflow, spec.rotation.max_age_days),
            *audit(
                context.settings.break_glass,
                names.key_vault(context.environment.name, context.subscription, "secrets"),
                objects.backups_store.account_name,
                APPLICATION_NAMESPACE,
            ),
            *ACTIVITY,
            *happenings(spec.backup, objects.backups_store, objects.velero_store, objects.velero.prefix),
        ]

    def _names(self, keys: AzureKeys, watched: AzureWatched) -> list[Alarm]:
        if not isinstance(watched.dns, AzureDns):
            raise TypeError(f"expected the names of this cloud, got {type(watched.dns).__name__}")
        probes = Probes(f"{self._name}-probes", self._context, self._home, keys.workspace_id, watched.dns.addresses, self)
        return alarms_serving.names(probes.found, watched.dns.profile_ids["standby"])

    def _workbook(self, keys: AzureKeys, rows: Sequence[Alarm]) -> Output[str]:
        context = self._context
        page = dashboard.body(context.environment.name, context.subscription, keys.workspace_id, rows)
        made = applicationinsights.Workbook(
            f"{self._name}-workbook",
            resource_name_=dashboard.workbook_name(context.subscription, context.environment.name),
            resource_group_name=self._home.name,
            location=self._home.location,
            kind=applicationinsights.WorkbookSharedTypeKind.SHARED,
            category="workbook",
            display_name=f"{context.environment.name}: out-of-band environment",
            source_id=keys.workspace_id,
            serialized_data=Output.json_dumps(page, sort_keys=True),
            opts=child(self, context.main),
        )
        return made.id.apply(lambda found: dashboard.address(context.tenant, found))


def serving_rows(context: Context, watched: AzureWatched) -> list[Alarm]:
    """How it serves: what an environment and a drill have in common."""
    return [
        *alarms_serving.edge(watched.edge.gateway_id, context.environment.size),
        *alarms_cluster.cluster(watched.cluster.id),
        *alarms_cluster.network(watched.network.firewall_id),
        *alarms_data.database(watched.database.server_id, context.environment.size),
    ]
