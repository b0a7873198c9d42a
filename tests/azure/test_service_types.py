"""Every input of every resource of Azure and its directory, in whole plans, agrees with the generated types of the pinned SDKs.

What these types are, and what they do not say, stands in `service_types`. Not proved: anything that is secret or unknown in a
plan, lengths and ranges, and that the service takes the values together.
"""

from __future__ import annotations

import re

import pytest

from tests.azure import service_types
from tests.azure.whole_plans import CASES, the_plan

# Values that the SDK's lists lack, by type, path and text, each with where the vendor has it. The lists are open: Microsoft's
# descriptions say of all of them that other values may come.
BEYOND = (
    # "OSSKU" in the AKS API from 2026-03-01 on; the SDK asks by 2025-09-01
    ("containerservice:(ManagedCluster|AgentPool)", r"(\.agentPoolProfiles\[\d+\])?\.osSKU", "AzureContainerLinux"),
    # "Standard Bsv2" in the sizes of virtual machines; the description's list stopped years ago
    ("compute:VirtualMachine", r"\.hardwareProfile\.vmSize", "Standard_B2s_v2"),
    # "Stream values in DCR" of Container insights
    (
        "monitor:DataCollectionRule",
        r"\.(dataFlows|dataSources\.extensions)\[\d+\]\.streams\[\d+\]",
        "Microsoft-(ContainerLogV2|KubeEvents|KubePodInventory|KubeNodeInventory)",
    ),
    # "Integrate Microsoft Entra logs with Azure Monitor logs"
    (
        "aadiam:DiagnosticSetting",
        r"\.logs\[\d+\]\.category",
        "NonInteractiveUserSignInLogs|ServicePrincipalSignInLogs|RiskyUsers|UserRiskEvents",
    ),
    # the SDK gives one list for two enumerations of one name; these are the other's: "ConditionOperator" of such rules
    ("monitor:ScheduledQueryRule", r"\.criteria\.allOf\[\d+\]\.operator", "GreaterThan|LessThan"),
    # likewise: "PrincipalType" of administrators of a flexible server
    ("dbforpostgresql:AdministratorsMicrosoftEntra", r"\.principalType", "ServicePrincipal"),
)


def beyond(kind: str, fault: str) -> bool:
    """Whether a fault is a value that the vendor has and the SDK's list has not."""
    return any(
        re.fullmatch(rf"azure-native:{type_}{path}: '({text})' is none of .*", kind + fault) for type_, path, text in BEYOND
    )


@pytest.mark.parametrize("case", CASES)
def test_every_input_is_one_that_the_service_describes(case: str) -> None:
    described = [found for found in the_plan(case).resources if service_types.described(found.type)]
    assert len(described) > 150
    found = [(each, fault) for each in described for fault in service_types.of_resource(each.type, each.inputs)]
    assert [f"{each.type} {each.name}{fault}" for each, fault in found if not beyond(each.type, fault)] == []


def test_no_exception_outlives_its_use() -> None:
    used = {
        entry
        for case in CASES
        for each in the_plan(case).resources
        if service_types.described(each.type)
        for fault in service_types.of_resource(each.type, each.inputs)
        for entry in BEYOND
        if re.fullmatch(rf"azure-native:{entry[0]}{entry[1]}: '({entry[2]})' is none of .*", each.type + fault)
    }
    assert used == set(BEYOND)


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        (
            "azure-native:network:RouteTable",
            {"resourceGroupName": "a", "colour": "red"},
            ".colour: unknown to RouteTableInitArgs",
        ),
        ("azure-native:network:RouteTable", {}, ".resourceGroupName: required"),
        ("azure-native:network:RouteTable", {"resourceGroupName": 3}, ".resourceGroupName: int where <class 'str'> is expected"),
        (
            "azure-native:network:RouteTable",
            {"resourceGroupName": "a", "routes": [{"next_hop_type": "None"}]},
            ".routes[0].next_hop_type: unknown to RouteArgs",
        ),
        (
            "azure-native:network:RouteTable",
            {"resourceGroupName": "a", "routes": [{"nextHopType": "Nowhere"}]},
            ".routes[0].nextHopType: 'Nowhere' is none of VirtualNetworkGateway, VnetLocal, Internet, VirtualAppliance, None",
        ),
        (
            "azure-native:dataprotection:BackupPolicy",
            {
                "resourceGroupName": "a",
                "vaultName": "b",
                "properties": {"datasourceTypes": ["x"], "objectType": "Policy", "policyRules": []},
            },
            ".properties.objectType: 'Policy' must be 'BackupPolicy'",
        ),
        (
            "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy",
            {"displayName": "a", "state": "enabled", "conditions": {"clientAppTypes": "all", "applications": {}}},
            ".conditions.users: required",
        ),
    ],
)
def test_a_wrong_input_is_seen(token: str, inputs: dict[str, service_types.Plain], expected: str) -> None:
    assert expected in service_types.of_resource(token, inputs)


def test_what_a_plan_does_not_know_is_not_judged() -> None:
    inputs: dict[str, service_types.Plain] = {"resourceGroupName": service_types.UNKNOWN, "routes": service_types.UNKNOWN}
    assert service_types.of_resource("azure-native:network:RouteTable", inputs) == []
