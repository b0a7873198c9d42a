"""Each choice that a stack file offers, taken alone, gives a plan without a mandatory finding that leans on nothing primary.

Not proved: that Azure takes it, and choices taken together beyond those of `whole_plans`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.faults import ConfigError
from policies.model import Level
from tests.azure.whole_plans import LANDING, ZONES
from tests.config.made_up import REMOVED, example
from tests.support import plans

LICENCE, CLIENT = "oob:licence", "oob:oidcClientSecret"
KEYCLOAK = {
    "provider": "oidc",
    "roster": "roster.example.yaml",
    "oidc": {"issuer": "https://keycloak.responders.example.net/realms/oob", "clientId": "mattermost"},
}
LIVE, DRILL = "azure-example", "azure-drill-example"
# The example, and what is set in it: a path to a value. REMOVED takes a setting away.
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "small": (LIVE, {"size": "small"}),
    "large": (LIVE, {"size": "large"}),
    "warm": (LIVE, {"posture": "warm"}),
    "cold": (LIVE, {"posture": "cold"}),
    "way out by a NAT gateway": (LIVE, {"egress": {"mode": "nat"}}),
    "names of one's own": (LIVE, {"egress.domains": ["updates.example.net"]}),
    "Keycloak in place of a second directory": (LIVE, {"identity": KEYCLOAK}),
    "accounts of Mattermost's own": (LIVE, {"identity": {"provider": "local", "roster": "roster.example.yaml"}}),
    "zones of a landing zone": (
        LIVE,
        {"azure.network.privateZones": {name: f"{LANDING}/{zone}" for name, zone in ZONES.items()}},
    ),
    "firewall that reports": (LIVE, {"azure.edge.wafBlocks": False}),
    "certificate of the internal authority": (LIVE, {"azure.edge.certificate": REMOVED}),
    "Azure Container Linux": (LIVE, {"azure.cluster.nodeOs": "AzureContainerLinux"}),
    "drill from a dump by its name": (DRILL, {"drill.database": {"snapshot": "20261123T020700Z"}}),
    "drill from the newest dump before a moment": (
        DRILL,
        {"drill.database": {"cluster": "source", "pointInTime": "2026-11-23T02:00:00Z"}},
    ),
}


def stack(of: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The `oob:stack` of an example with changes, as a stack file would hold it."""
    found: dict[str, Any] = json.loads(json.dumps(example(changes, of=of), default=str))
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_choice_gives_a_plan_that_nothing_refuses(variant: str) -> None:
    of, changes = VARIANTS[variant]
    secrets = (LICENCE, CLIENT) if changes.get("identity") is KEYCLOAK else (LICENCE,)
    made = plans.plan_of(stack(of, changes), name=of, secrets=secrets)
    assert [found for found in made.verdict.violations if found.level is Level.MANDATORY] == []
    assert made.exit_code == 0
    assert len(made.resources) > 400


@pytest.mark.parametrize(
    ("of", "changes", "path", "said"),
    [
        (LIVE, {"egress.mode": "none"}, "egress.mode", "cuts pods off from Entra"),
        (LIVE, {"dns.probe": "synthetic"}, "dns.probe", "Traffic Manager asks from the internet only"),
        (DRILL, {"drill.database": {"snapshot": "point-of-the-vault"}}, "drill.database.snapshot", "is not the name of a dump"),
    ],
)
def test_what_azure_cannot_give_is_a_fault_of_the_stack_file(of: str, changes: dict[str, Any], path: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        plans.plan_of(stack(of, changes), name=of, secrets=(LICENCE,))
    assert any(fault.path == path and said in str(fault) for fault in refused.value.faults)
