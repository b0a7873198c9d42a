"""Whole plans: the examples, every size, the longest and oddest names, the settings that change much."""

from __future__ import annotations

import json
from functools import cache

from ops.plan.plan import Plan
from tests.support import plans

LONGEST = "x" * 63  # a stack's name
ODDEST = "A.b_c--D9"
DRILL = "q" + "-9" * 9 + "z"  # the longest id of a drill
EXAMPLES = ("azure-example", "azure-drill-example")
CASES = (*EXAMPLES, LONGEST, ODDEST, DRILL)

LANDING = "/subscriptions/88888888-8888-4888-8888-888888888888/resourceGroups/zones/providers/Microsoft.Network/privateDnsZones"
_DRILL = {
    "id": DRILL,
    "created": "2026-11-24",
    "expires": "2026-11-30",
    "sourceStack": LONGEST,
    "database": {"cluster": "source", "pointInTime": "2026-11-23T02:00:00Z"},
    "objects": {"files": "sourcefiles", "backups": "sourcebackups", "asOf": "2026-11-23T02:05:00Z"},
    "veleroBackup": "oob-20261123020000",
}


@cache
def the_plan(case: str) -> Plan:
    """An example as it stands; a small stack, a large one with the other choices, a large drill."""
    if case in EXAMPLES:
        return plans.of_file(case)
    value = json.loads(plans.example_value("azure")) | {"organisation": "o" * 20}
    if case == LONGEST:
        return plans.plan_of(value | {"egress": {"mode": "nat"}}, name=LONGEST)
    value |= {"size": "large", "mattermost": {"licensed": True}}
    if case == DRILL:
        drill = {"mode": "drill", "backup": {"objectLock": "none"}, "drill": _DRILL}
        return plans.plan_of(value | drill, secrets=("oob:licence",))
    block = value["azure"]
    block["network"] = {"privateZones": {name: f"{LANDING}/{zone}" for name, zone in ZONES.items()}}
    block["cluster"] |= {"nodeOs": "AzureContainerLinux"}
    block["edge"] = {"wafBlocks": False}
    block["backup"] = {"immutableVault": True}
    block["tags"] = {f"team {number}": "v" * 256 for number in range(30)}
    value |= {
        "posture": "warm",
        "backup": {"objectLock": "compliance", "vaultLock": True, "lockDays": 30},
        "images": {"mirror": "acmeoob.azurecr.io/mirror"},
        "dns": {"intervalSeconds": 30, "targetSeconds": 600},
        "smtp": {"host": "mail.responders.example.net", "username": "oob", "sender": "oob@responders.example.net"},
    }
    return plans.plan_of(value, name=ODDEST, secrets=("oob:licence", "oob:smtpPassword"))


ZONES = {
    "database": "privatelink.postgres.database.azure.com",
    "blob": "privatelink.blob.core.windows.net",
    "vault": "privatelink.vaultcore.azure.net",
    "registry": "privatelink.azurecr.io",
    "cluster": "privatelink.germanywestcentral.azmk8s.io",
}
