"""What is deployed: the recorded state, and AWS as botocore's Stubber answers in its place.

A stand-in: the Stubber checks what is asked against AWS's own service models and answers what the test says. Not proved: that
a real account answers so, and that nothing else can be joined to an environment than what is asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import botocore.session
import pytest
from botocore.stub import Stubber

from components.clouds.aws import sightings as looking
from components.sightings import Sighting, Unseen
from ops.engine.state import Deployment
from ops.isolation import live
from ops.isolation.render import as_page, as_terminal
from ops.isolation.report import Report
from tests.config.made_up import example, parsed

SESSION: Any = botocore.session.get_session()  # one for all clients: it reads the service models once
DAY = date(2026, 11, 24)
PARSED = parsed(example())
OWN = "444455556666"
Answers = Mapping[tuple[str, str], object]

EMPTY: dict[tuple[str, str], object] = {
    ("sts", "get_caller_identity"): {"Account": OWN},
    ("ec2", "describe_vpc_peering_connections"): {"VpcPeeringConnections": []},
    ("ec2", "describe_transit_gateway_attachments"): {"TransitGatewayAttachments": []},
    ("ec2", "describe_vpn_connections"): {"VpnConnections": []},
    ("ec2", "describe_route_tables"): {"RouteTables": []},
    ("ram", "get_resource_shares"): {"resourceShares": []},
    ("iam", "list_roles"): {"Roles": []},
    ("iam", "list_open_id_connect_providers"): {"OpenIDConnectProviderList": []},
    ("iam", "list_saml_providers"): {"SAMLProviderList": []},
    ("route53", "list_hosted_zones"): {"HostedZones": [], "Marker": "", "IsTruncated": False, "MaxItems": "100"},
    ("s3", "list_buckets"): {"Buckets": []},
    ("organizations", "describe_organization"): "AWSOrganizationsNotInUseException",
}


class Cloud:
    """Clients whose every answer is told in advance; a text is the code of a refusal."""

    def __init__(self, answers: Answers) -> None:
        self._answers = {**EMPTY, **answers}
        self.asked: list[tuple[str, str]] = []

    def connect(self, service: str, region: str) -> Any:
        client: Any = SESSION.create_client(service, region_name=region, aws_access_key_id="none", aws_secret_access_key="none")
        stubber = Stubber(client)
        model = client.meta.service_model
        for (of, operation), answer in self._answers.items():
            if of != service:
                continue
            name = client.meta.method_to_api_mapping[operation]
            assert name in model.operation_names
            for _ in range(2 if operation == "get_resource_shares" else 1):
                if isinstance(answer, str):
                    stubber.add_client_error(operation, answer)
                else:
                    stubber.add_response(operation, cast("Mapping[str, Any]", answer))
        stubber.activate()
        return _InAnyOrder(client, stubber, self)


class _InAnyOrder:
    """The Stubber wants its answers asked for in order; this sorts them by operation."""

    def __init__(self, client: Any, stubber: Stubber, cloud: Cloud) -> None:
        self._client, self._stubber, self._cloud = client, stubber, cloud

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in self._client.meta.method_to_api_mapping:
            self._first(name)
        return found

    def can_paginate(self, operation: str) -> bool:
        return bool(self._client.can_paginate(operation))

    def get_paginator(self, operation: str) -> Any:
        self._first(operation)
        return self._client.get_paginator(operation)

    def _first(self, operation: str) -> None:
        name = self._client.meta.method_to_api_mapping[operation]
        self._cloud.asked.append((self._client.meta.service_model.service_name, operation))
        queue: Any = getattr(self._stubber, "_queue")  # noqa: B009 it has no other way in, and no type
        ordered: list[Any] = [one for one in queue if one["operation_name"] == name]
        ordered += [one for one in queue if one["operation_name"] != name]
        queue.clear()
        queue.extend(ordered)


def seen(answers: Answers) -> list[Sighting | Unseen]:
    return list(looking.sightings(PARSED.cloud, Cloud(answers).connect))


def report(answers: Answers, deployment: Deployment | Unseen | None = None) -> Report:
    recorded = deployment if deployment is not None else state()
    return live.judge("trial", PARSED.stack, recorded, seen(answers), DAY)


def state(**inputs: object) -> Deployment:
    resource = {"urn": "urn:pulumi:trial::oob::aws:s3/bucket:Bucket::files", "type": "aws:s3/bucket:Bucket", "id": "oob-files"}
    return Deployment.model_validate({"resources": [{**resource, "inputs": inputs, "outputs": inputs}]})


def test_a_cloud_with_nothing_joined_to_it_is_independent() -> None:
    found = report({})
    assert found.unseen == ()
    assert (found.dependent, found.exit_code, found.proved) == ((), 0, True)


def test_every_question_is_asked() -> None:
    cloud = Cloud({})
    list(looking.sightings(PARSED.cloud, cloud.connect))
    assert set(cloud.asked) == set(EMPTY)


PEERING = {"VpcPeeringConnectionId": "pcx-1", "AccepterVpcInfo": {"OwnerId": "999988887777", "CidrBlock": "10.0.0.0/16"}}
TRUST = {
    "Path": "/",
    "RoleName": "helpers",
    "RoleId": "AROA1234567890123",
    "Arn": f"arn:aws:iam::{OWN}:role/helpers",
    "CreateDate": "2026-01-01T00:00:00Z",
    "AssumeRolePolicyDocument": '{"Statement": [{"Principal": {"AWS": "arn:aws:iam::999988887777:root"}}]}',
}
ZONES = {
    "HostedZones": [{"Id": "/hostedzone/Z1", "Name": "acme-oob.example.", "CallerReference": "x"}],
    "Marker": "",
    "IsTruncated": False,
    "MaxItems": "100",
}
ZONE: dict[tuple[str, str], object] = {
    ("route53", "list_hosted_zones"): ZONES,
    ("route53", "get_hosted_zone"): {"HostedZone": {"Id": "Z1", "Name": "acme-oob.example.", "CallerReference": "x"}},
}


def records(*found: Mapping[str, object]) -> Mapping[str, object]:
    return {"ResourceRecordSets": list(found), "IsTruncated": False, "MaxItems": "300"}


DELEGATION = {"Name": "wiki.acme-oob.example.", "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": "ns1.acme.example."}]}
FAILOVER = {
    "Name": "chat.acme-oob.example.",
    "Type": "CNAME",
    "SetIdentifier": "primary",
    "Failover": "PRIMARY",
    "TTL": 60,
    "ResourceRecords": [{"Value": "chat.corp.acme.example"}],
}
COPIES: dict[tuple[str, str], object] = {
    ("s3", "list_buckets"): {"Buckets": [{"Name": "oob-files"}]},
    ("s3", "get_bucket_replication"): {
        "ReplicationConfiguration": {
            "Role": f"arn:aws:iam::{OWN}:role/r",
            "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copies", "Account": "999988887777"}}],
        }
    },
    ("s3", "get_bucket_policy"): "NoSuchBucketPolicy",
}
BY_HAND: tuple[tuple[str, Answers, set[str]], ...] = (
    ("peering", {("ec2", "describe_vpc_peering_connections"): {"VpcPeeringConnections": [PEERING]}}, {"account", "cidr", "link"}),
    ("trust", {("iam", "list_roles"): {"Roles": [TRUST], "IsTruncated": False}}, {"account"}),
    ("delegation", {**ZONE, ("route53", "list_resource_record_sets"): records(DELEGATION)}, {"domain"}),
    ("replication", COPIES, {"account"}),
    ("organisation", {("organizations", "describe_organization"): {"Organization": {"Id": "o-acmecorp001"}}}, {"organisation"}),
    (
        "federation",
        {
            ("iam", "list_open_id_connect_providers"): {
                "OpenIDConnectProviderList": [{"Arn": f"arn:aws:iam::{OWN}:oidc-provider/login.acme.example/oauth2"}]
            }
        },
        {"domain", "issuer"},
    ),
    (
        "any link",
        {
            ("ec2", "describe_transit_gateway_attachments"): {
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]
            }
        },
        {"link"},
    ),
)


@pytest.mark.parametrize(("answers", "kinds"), [row[1:] for row in BY_HAND], ids=[row[0] for row in BY_HAND])
def test_what_was_added_by_hand_is_found(answers: Answers, kinds: set[str]) -> None:
    found = report(answers)
    assert {one.kind for one in found.dependent} == kinds
    assert found.exit_code == 1
    assert found.unseen == ()


def test_the_deployed_failover_record_is_the_crossing_point_that_it_is() -> None:
    found = report({**ZONE, ("route53", "list_resource_record_sets"): records(FAILOVER)})
    assert [one.crossing for one in found.crossings] == ["failover record of the user-facing name"]
    assert found.dependent == ()
    moved = report({**ZONE, ("route53", "list_resource_record_sets"): records(FAILOVER | {"Name": "wiki.acme-oob.example."})})
    assert len(moved.dependent) == 1


def test_the_recorded_state_is_judged_inputs_and_outputs() -> None:
    found = report({}, state(tags={"docs": "https://wiki.acme.example"}))
    assert [(one.path, one.kind) for one in found.dependent] == [("tags.docs", "domain")]


@pytest.mark.parametrize("question", [key for key in EMPTY if key != ("organizations", "describe_organization")])
def test_a_refused_question_keeps_the_verdict_open(question: tuple[str, str]) -> None:
    found = report({question: "AccessDenied"})
    assert found.unseen
    assert all(one.why == "AccessDenied" for one in found.unseen)
    assert (found.dependent, found.exit_code, found.proved) == ((), 3, False)


def test_other_credentials_see_nothing() -> None:
    found = report({("sts", "get_caller_identity"): {"Account": "111122223333"}})
    assert [one.why for one in found.unseen] == ["the credentials are for 111122223333, the stack says 444455556666"]
    assert found.exit_code == 3


def test_without_a_state_the_verdict_stays_open_and_says_so() -> None:
    found = report({}, Unseen(what="the recorded state", why="The Pulumi CLI is not on PATH."))
    assert found.exit_code == 3
    assert found.verdict == "0 of 0 things that could be seen depend on the primary"
    assert "not seen the recorded state: The Pulumi CLI is not on PATH." in as_terminal(found)
    assert "Not seen (1)" in as_page(found)
    assert found.as_json()["unseen"] == [{"what": "the recorded state", "why": "The Pulumi CLI is not on PATH."}]


def test_a_dependency_is_told_even_where_something_was_not_seen() -> None:
    found = report({("iam", "list_roles"): "AccessDenied"}, state(a="999988887777"))
    assert found.exit_code == 1
