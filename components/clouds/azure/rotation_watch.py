"""Who looks every six hours how old the vault's secrets are (OOB-125): a workflow that fails if one is too old.

The vault answers inside the network alone, so the workflow asks the Resource Manager, which knows when each secret was last
changed and tells no value to whoever may only read descriptions. The alarm is on its successes: it also rings if nobody looks.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import ComponentResource, Resource
from pulumi_azure_native import logic

from components.clouds.azure import names
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.handles import AzureKeys, Context, Group
from components.clouds.azure.roles import grant
from components.options import child

SCHEMA = "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#"
MANAGEMENT = "https://management.azure.com"
VERSION = "2023-07-01"  # of Microsoft.KeyVault
HOURS = 6
MOST_SECRETS = 200
TICKS_PER_DAY = 86400  # seconds since 1970, in which the service gives dates


def definition(vault_id: str, max_age_days: int) -> Mapping[str, object]:
    """The workflow: ask, keep the old ones, fail if there are any. Nothing that it asks or gets stands in its history."""
    age = "sub(div(sub(ticks(utcNow()), ticks('1970-01-01')), 10000000), item()?['properties']?['attributes']?['updated'])"
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "triggers": {"clock": {"type": "Recurrence", "recurrence": {"frequency": "Hour", "interval": HOURS}}},
        "actions": {
            "ask": {
                "type": "Http",
                "inputs": {
                    "method": "GET",
                    "uri": f"{MANAGEMENT}{vault_id}/secrets?api-version={VERSION}",
                    "authentication": {"type": "ManagedServiceIdentity", "audience": MANAGEMENT},
                },
                "runtimeConfiguration": {
                    "paginationPolicy": {"minimumItemCount": MOST_SECRETS},
                    "secureData": {"properties": ["inputs", "outputs"]},
                },
                "runAfter": {},
            },
            "old": {
                "type": "Query",
                "inputs": {"from": "@body('ask')?['value']", "where": f"@greater({age}, {max_age_days * TICKS_PER_DAY})"},
                "runAfter": {"ask": ["Succeeded"]},
            },
            "judge": {
                "type": "If",
                "expression": {"greater": ["@length(body('old'))", 0]},
                "actions": {
                    "fail": {
                        "type": "Terminate",
                        "inputs": {"runStatus": "Failed", "runError": {"code": "SecretTooOld", "message": "rotate secrets"}},
                        "runAfter": {},
                    }
                },
                "runAfter": {"old": ["Succeeded"]},
            },
        },
    }


class RotationWatch(ComponentResource):
    """The workflow. `workflow` is its name, under which the alarm counts its runs in the log."""

    def __init__(self, name: str, context: Context, home: Group, keys: AzureKeys, max_age_days: int, parent: Resource) -> None:
        super().__init__("oob:azure:RotationWatch", name, None, child(parent))
        self.workflow = names.workflow(context.environment.name, "secret-age")
        made = logic.Workflow(
            f"{name}-workflow",
            workflow_name=self.workflow,
            resource_group_name=home.name,
            location=home.location,
            state=logic.WorkflowState.ENABLED,
            identity={"type": logic.ManagedServiceIdentityType.SYSTEM_ASSIGNED},
            definition=keys.secret_vault_id.apply(lambda vault: definition(vault, max_age_days)),
            opts=child(self, context.main),
        )
        grant(
            f"{name}-access",
            context,
            self,
            scope=keys.secret_vault_id,
            principal_id=made.identity.apply(lambda found: found.principal_id if found else ""),
            role="Reader",
        )
        diagnose(f"{name}-log", context, self, made.id, keys)
        self.register_outputs({})
