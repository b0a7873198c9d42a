"""What is deployed on Azure: answers in the form of Resource Manager, told by a stand-in for `az`.

A stand-in: it answers what the test says, for the addresses that are asked. Not proved: that a real subscription answers so, that
these versions of its interfaces are served, and that nothing else can be joined to an environment than what is asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from components.clouds.azure import sightings as looking
from components.clouds.azure.preflight import NoAnswerError
from components.clouds.azure.settings import Settings
from components.sightings import Unseen
from ops.engine.state import Deployment
from ops.isolation import live
from ops.isolation.report import Report
from tests.config.made_up import example, parsed

PARSED = parsed(example(of="azure-example"))
DAY = date(2026, 11, 24)
assert isinstance(PARSED.cloud, Settings)
OWN = f"/subscriptions/{PARSED.cloud.subscription}"
TENANT = PARSED.cloud.tenant
PRIMARY = f"/subscriptions/{PARSED.stack.primary.subscriptions[0]}"
OTHER = "/subscriptions/99999999-9999-4999-8999-999999999999"
STATE = Deployment.model_validate(
    {"resources": [{"urn": "urn:pulumi:x::oob::t:i:T::a", "type": "t:i:T", "id": "a", "inputs": {}, "outputs": {}}]}
)


class Manager:
    """Answers by the part of the address that is asked for; an exception is a refusal."""

    def __init__(self, answers: Mapping[str, object], tenant: str = TENANT) -> None:
        self._answers, self._tenant = answers, tenant
        self.asked: list[str] = []

    def __call__(self, arguments: tuple[str, ...]) -> Any:
        if arguments[:2] == ("account", "show"):
            return {"tenantId": self._tenant}
        assert arguments[:4] == ("rest", "--method", "get", "--url")
        address = arguments[4]
        self.asked.append(address)
        for part, answer in self._answers.items():
            if part in address:
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return {"value": []}


def report(answers: Mapping[str, object], tenant: str = TENANT) -> Report:
    seen = looking.sightings(PARSED.cloud, Manager(answers, tenant))
    return live.judge("trial", PARSED.stack, STATE, seen, DAY)


def listed(*entries: Mapping[str, object], **more: str) -> Mapping[str, object]:
    return {"value": list(entries), **more}


def resource(type_: str, **properties: object) -> Mapping[str, object]:
    return {"id": f"{OWN}/resourceGroups/oob/providers/{type_}/one", "properties": properties}


NETWORK = "Microsoft.Network/virtualNetworks"
ZONE = "Microsoft.Network/dnsZones"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
STORE = "Microsoft.Storage/storageAccounts"
VAULT = "Microsoft.KeyVault/vaults"
PEERING = {"id": f"{OWN}/peerings/p", "properties": {"remoteVirtualNetwork": {"id": f"{PRIMARY}/x"}}}
ENDPOINT = {"properties": {"privateEndpoint": {"id": f"{OTHER}/resourceGroups/x/providers/y"}}}
BY_HAND: tuple[tuple[str, Mapping[str, object], set[str]], ...] = (
    ("peering", {f"{NETWORK}?": listed(resource(NETWORK, virtualNetworkPeerings=[PEERING]))}, {"subscription", "link"}),
    ("connection", {"/resources?": listed(resource("Microsoft.Network/connections"))}, {"link"}),
    ("circuit", {"expressRouteCircuits": listed(resource("Microsoft.Network/expressRouteCircuits"))}, {"link"}),
    ("delegated subscription", {"registrationAssignments": listed(resource("x", registrationDefinitionId="y"))}, {"link"}),
    ("foreign group", {"roleAssignments": listed(resource("x", principalType="ForeignGroup"))}, {"link"}),
    ("right", {"roleAssignments": listed(resource("x", condition=PARSED.stack.primary.tenants[0]))}, {"tenant", "issuer"}),
    (
        "DNS delegation",
        {f"{ZONE}/one/all": listed(resource("r", NSRecords=[{"nsdname": "ns1.acme.example."}])), ZONE: listed(resource(ZONE))},
        {"domain"},
    ),
    (
        "federation",
        {
            "federatedIdentityCredentials": listed(resource("f", issuer="https://ci.acme.example")),
            IDENTITY: listed(resource(IDENTITY)),
        },
        {"domain", "ciSystem"},
    ),
    (
        "copy to another subscription",
        {
            "objectReplicationPolicies": listed(resource("o", sourceAccount=f"{OWN}/a", destinationAccount=f"{OTHER}/b")),
            STORE: listed(resource(STORE)),
        },
        {"link"},
    ),
    ("endpoint at a store", {f"{STORE}?": listed(resource(STORE, privateEndpointConnections=[ENDPOINT]))}, {"link"}),
    ("endpoint at a vault", {f"{VAULT}?": listed(resource(VAULT, privateEndpointConnections=[ENDPOINT]))}, {"link"}),
    (
        "private endpoint to the primary",
        {"privateEndpoints": listed(resource("e", privateLinkServiceConnections=[{"privateLinkServiceId": f"{PRIMARY}/x"}]))},
        {"subscription"},
    ),
    ("route", {"routeTables": listed(resource("r", routes=[{"properties": {"addressPrefix": "10.0.0.0/8"}}]))}, {"cidr"}),
)


def test_a_subscription_with_nothing_joined_to_it_is_independent() -> None:
    found = report({})
    assert (found.unseen, found.dependent, found.exit_code, found.proved) == ((), (), 0, True)


@pytest.mark.parametrize(("answers", "kinds"), [row[1:] for row in BY_HAND], ids=[row[0] for row in BY_HAND])
def test_what_was_added_by_hand_is_found(answers: Mapping[str, object], kinds: set[str]) -> None:
    found = report(answers)
    assert {one.kind for one in found.dependent} == kinds
    assert (found.exit_code, found.unseen) == (1, ())


def test_its_own_endpoints_copies_and_networks_are_no_links() -> None:
    own = {"properties": {"privateEndpoint": {"id": f"{OWN.upper()}/resourceGroups/x/providers/y"}}}
    found = report(
        {
            f"{NETWORK}?": listed(resource(NETWORK, addressSpace={"addressPrefixes": ["10.64.0.0/16"]})),
            "objectReplicationPolicies": listed(resource("o", sourceAccount=f"{OWN}/a", destinationAccount=f"{OWN}/b")),
            STORE: listed(resource(STORE, privateEndpointConnections=[own])),
        }
    )
    assert found.dependent == ()


@pytest.mark.parametrize(
    "part",
    [
        f"{NETWORK}?",
        "/resources?",
        "expressRouteCircuits",
        "virtualHubs",
        "registrationAssignments",
        "roleAssignments",
        "routeTables",
        "privateEndpoints",
        "trafficmanagerprofiles",
        ZONE,
        IDENTITY,
        STORE,
        VAULT,
    ],
)
def test_a_refused_question_keeps_the_verdict_open(part: str) -> None:
    found = report({part: NoAnswerError("AuthorizationFailed")})
    assert [one.why for one in found.unseen] == ["AuthorizationFailed"]
    assert (found.dependent, found.exit_code) == ((), 3)


@pytest.mark.parametrize("part", ["/all?", "federatedIdentityCredentials", "objectReplicationPolicies"])
def test_a_refused_question_about_one_resource_keeps_it_open_too(part: str) -> None:
    found = report(
        {
            part: NoAnswerError("AuthorizationFailed"),
            ZONE: listed(resource(ZONE)),
            IDENTITY: listed(resource(IDENTITY)),
            STORE: listed(resource(STORE)),
        }
    )
    assert len(found.unseen) == 1
    assert found.exit_code == 3


def test_lists_are_read_to_their_end_and_nobody_else_is_asked() -> None:
    second = f"{looking.MANAGER}{OWN}/second"
    joined = resource("Microsoft.Network/virtualHubs")
    assert report({"virtualHubs": listed(nextLink=second), "/second": listed(joined)}).exit_code == 1
    away = report({"virtualHubs": listed(nextLink="https://management.azure.com.evil.example/x")})
    assert [one.why for one in away.unseen] == ["the list goes on where it cannot be followed"]


def test_another_directory_sees_nothing() -> None:
    found = report({}, "99999999-9999-4999-8999-999999999999")
    assert [one.what for one in found.unseen] == ["everything in the cloud"]
    assert found.exit_code == 3


def test_without_a_sign_in_everything_is_told_as_not_seen() -> None:
    def refuses(_: tuple[str, ...]) -> Any:
        raise NoAnswerError("Please run 'az login' to setup account.")

    assert list(looking.sightings(PARSED.cloud, refuses)) == [
        Unseen(what="everything in the cloud", why="Please run 'az login' to setup account.")
    ]
