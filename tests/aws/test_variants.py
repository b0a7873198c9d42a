"""What the settings offer, tried few at a time on the examples: each plans, and the policy pack refuses nothing of it.

Proves that no documented choice ends in a refused plan. Not proved: combinations, or that AWS accepts the inputs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.versions import IMAGES
from ops.plan.plan import Plan
from policies.model import Level
from tests.config.cases import ECR
from tests.config.made_up import REMOVED, example
from tests.support import plans

CIDR = "10.64.0.0/16"
SNAPSHOT = "arn:aws:rds:eu-central-1:444455556666:cluster-snapshot:awsbackup:job-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
DIGEST = "sha256:" + "7" * 64
CLOSED = {"egress": {"mode": "none"}, "images.mirror": ECR, "identity.provider": "local"}
OIDC = {"issuer": "https://login.example.net/realms/oob", "clientId": "mattermost"}
COPIES = ":777766665555:backup-vault:"
NO_COPIES = {"aws.vault": REMOVED}

Changes = Mapping[str, object]

LIVE: dict[str, Changes] = {
    "small, cold, over two zones, without a licence": {
        "size": "small",
        "posture": "cold",
        "mattermost.licensed": False,
        "aws.network": {"cidr": CIDR, "zones": 2},
    },
    "large, warm, more names": {"size": "large", "posture": "warm", "egress.domains": ["*.example.net", "api.example.org"]},
    "egress nat, not private": {"egress": {"mode": "nat"}, "mattermost.private": False},
    "egress none, local accounts": CLOSED,
    "no copies in a second account": NO_COPIES,
    "compliance lock, vault lock, short times": {
        "backup.objectLock": "compliance",
        "backup.vaultLock": True,
        "backup.retentionDays": 7,
        "backup.archiveDays": 35,
    },
    "no object lock, a zone that is not delegated yet": {"backup.objectLock": "none", "site.zoneDelegated": False},
    "sign-in by another provider": {"identity": {"provider": "oidc", "roster": "roster.example.yaml", "oidc": OIDC}},
    "a public endpoint, a firewall that counts": {
        "aws.cluster.publicEndpointCidrs": ["198.51.100.0/24"],
        "aws.edge": {"wafBlocks": False},
    },
    "a load balancer inside": {
        "aws.edge": {"scheme": "internal"},
        "dns.probe": "synthetic",
        "access.allowedCidrs": ["192.168.7.0/24"],
    },
    "every image by its digest, no rule set aside": {"images.digests": dict.fromkeys(IMAGES, DIGEST), "waivers": REMOVED},
    "open to all for a while, a boundary for roles": {
        "access.openToAll": {"until": "2099-01-31", "reason": "an incident far from home"},
        "aws.permissionsBoundary": "arn:aws:iam::444455556666:policy/boundary",
    },
}
DRILL: dict[str, Changes] = {
    "a named snapshot, local accounts": {
        "drill.database": {"snapshot": "oob-before-the-upgrade"},
        "identity.provider": "local",
    },
    "a recovery point of a vault": {"drill.database": {"snapshot": SNAPSHOT}},
    "another moment, small, no licence": {
        "drill.database.pointInTime": "2026-11-23T22:00:00Z",
        "mattermost.licensed": False,
        "size": "small",
    },
    "egress none, local accounts": CLOSED,
}


def planned(of: str, changes: Changes) -> Plan:
    value: dict[str, Any] = json.loads(json.dumps(example(changes, of=of), default=str))
    licensed = value["mattermost"]["licensed"]
    oidc = value["identity"]["provider"] == "oidc"
    secrets = (*(["oob:licence"] if licensed else []), *(["oob:oidcClientSecret"] if oidc else []))
    return plans.plan_of(value, name=f"{of}-variant", secrets=secrets)


def passes(plan: Plan) -> None:
    assert [found.sentence() for found in plan.verdict.violations if found.level is Level.MANDATORY] == []
    assert plan.exit_code == 0


@pytest.mark.parametrize("changes", LIVE.values(), ids=LIVE)
def test_a_choice_of_a_live_stack_plans_without_a_mandatory_finding(changes: Changes) -> None:
    passes(planned("aws-example", changes))


@pytest.mark.parametrize("changes", DRILL.values(), ids=DRILL)
def test_a_choice_of_a_drill_plans_without_a_mandatory_finding(changes: Changes) -> None:
    passes(planned("aws-drill-example", changes))


@pytest.mark.parametrize(("changes", "copied"), [({}, True), (NO_COPIES, False)])
def test_backups_are_copied_into_a_second_account_where_there_is_one_and_nowhere_else(changes: Changes, copied: bool) -> None:
    plan = planned("aws-example", changes)
    (backup_plan,) = [found for found in plan.resources if found.type == "aws:backup/plan:Plan"]
    assert (COPIES in json.dumps(backup_plan.inputs["rules"])) is copied
    assert any(COPIES in json.dumps(dict(found.inputs)) for found in plan.resources) is copied, "rights follow the copies"


def test_what_a_drill_restores_is_what_its_file_names() -> None:
    (by_name,) = [
        found for found in planned("aws-drill-example", DRILL["a recovery point of a vault"]).resources if is_cluster(found)
    ]
    assert by_name.inputs["snapshotIdentifier"] == SNAPSHOT
    assert "restoreToPointInTime" not in by_name.inputs
    (by_moment,) = [
        found for found in planned("aws-drill-example", DRILL["another moment, small, no licence"]).resources if is_cluster(found)
    ]
    assert "snapshotIdentifier" not in by_moment.inputs
    assert by_moment.inputs["restoreToPointInTime"] == {
        "sourceClusterIdentifier": "oob-aws-example-database-98c7cc",
        "restoreToTime": "2026-11-23T22:00:00Z",
        "restoreType": "full-copy",
    }


def is_cluster(found: Any) -> bool:
    return found.type == "aws:rds/cluster:Cluster"
