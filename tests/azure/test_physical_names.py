"""Every name in a plan obeys the rule of its type, for the longest and oddest stack and drill too; none is without a rule.

Sources: "Naming rules and restrictions for Azure resources" and, where it is stricter or says more, the API description of the
version that the SDK asks (lengths and patterns of `name`). Not proved: that a name is free in the world, and reserved words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from components import naming
from ops.plan.plan import Plan
from ops.plan.values import UNKNOWN, Plain
from tests.azure.service_types import described
from tests.azure.whole_plans import CASES, the_plan

_ENDS = r"[a-zA-Z0-9](?:[-\w.]*[a-zA-Z0-9_])?"  # of Microsoft.Network: alphanumeric first, alphanumeric or underscore last
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TEXT = r"[^#<>%&:\\?/{}*]*[^#<>%&:\\?/{}* .]"


def _long(pattern: str, shortest: int, longest: int) -> str:
    return rf"(?=.{{{shortest},{longest}}}$)(?:{pattern})"


_NETWORK = _long(_ENDS, 1, 80)
_HOST = _long(r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*", 1, 253)
_ALARM = _long(_TEXT, 1, 260)
# By type and path. A value that is unknown in a plan is another resource's name.
RULES: dict[str, dict[str, str]] = {
    "aadiam:DiagnosticSetting": {"name": _ALARM},
    "applicationinsights:Component": {"resourceName": _long(r"[-\w.()]*[-\w()]", 1, 255)},
    "applicationinsights:WebTest": {"webTestName": _ALARM, "syntheticMonitorId": _ALARM},
    "applicationinsights:Workbook": {"resourceName": _GUID, "displayName": _long(r".+", 1, 256)},
    "authorization:ManagementLockByScope": {"lockName": _long(r"[-\w.()]*[-\w()]", 1, 90)},
    "authorization:RoleAssignment": {"roleAssignmentName": _GUID},
    "authorization:RoleDefinition": {"roleDefinitionId": _GUID, "roleName": _long(r".+", 1, 512)},
    "compute:DiskEncryptionSet": {"diskEncryptionSetName": _long(r"[-\w]+", 1, 80)},
    "compute:VirtualMachine": {
        "vmName": _long(r"[a-zA-Z0-9][-a-zA-Z0-9.]*[a-zA-Z0-9]", 1, 64),
        "osProfile.computerName": _long(r"[a-z0-9][-a-z0-9]*[a-z0-9]", 1, 15),
        "storageProfile.osDisk.name": _long(r"[-\w.]*\w", 1, 80),
    },
    "compute:VirtualMachineExtension": {"vmExtensionName": _NETWORK},
    "consumption:Budget": {"budgetName": _long(r"[-\w]+", 1, 63)},
    "containerservice:AgentPool": {"agentPoolName": r"[a-z][a-z0-9]{0,11}"},
    "containerservice:MaintenanceConfiguration": {"configName": r"aksManaged(?:Auto|NodeOS)UpgradeSchedule|default"},
    "containerservice:ManagedCluster": {
        "resourceName": _long(r"[a-zA-Z0-9](?:[-\w]*[a-zA-Z0-9])?", 1, 63),
        "dnsPrefix": _long(r"[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?", 1, 54),
        "nodeResourceGroup": _long(r"[-\w.()]*[-\w()]", 1, 80),
    },
    "dataprotection:BackupInstance": {},
    "dataprotection:BackupPolicy": {"backupPolicyName": r"[a-zA-Z][-a-zA-Z0-9]{1,148}[a-zA-Z0-9]"},
    "dataprotection:BackupVault": {"vaultName": r"[a-zA-Z][-a-zA-Z0-9]{1,49}"},
    "dbforpostgresql:AdministratorsMicrosoftEntra": {"principalName": _long(r"[-\w]+", 1, 63)},
    "dbforpostgresql:Configuration": {"configurationName": r"[-\w.]+"},
    "dbforpostgresql:Server": {"serverName": _long(r"[a-z0-9]+(?:-[a-z0-9]+)*", 3, 63)},
    "dns:RecordSet": {"relativeRecordSetName": rf"@|\*|{_HOST}"},
    "dns:Zone": {"zoneName": _HOST},
    "keyvault:Key": {"keyName": r"[a-zA-Z0-9-]{1,127}"},
    "keyvault:Secret": {"secretName": r"[a-zA-Z0-9-]{1,127}"},
    "keyvault:Vault": {"vaultName": _long(r"[a-zA-Z](?:[a-zA-Z0-9]|-(?!-))*[a-zA-Z0-9]", 3, 24)},
    "logic:Workflow": {"workflowName": _long(r"[-\w.()]+", 1, 43)},
    "managedidentity:FederatedIdentityCredential": {"federatedIdentityCredentialResourceName": r"[a-zA-Z0-9][-\w]{2,119}"},
    "managedidentity:UserAssignedIdentity": {"resourceName": r"[a-zA-Z0-9][-\w]{2,127}"},
    "monitor:ActionGroup": {"actionGroupName": _ALARM, "groupShortName": r".{1,12}"},
    "monitor:ActivityLogAlert": {"activityLogAlertName": _ALARM},
    "monitor:DataCollectionRule": {"dataCollectionRuleName": _long(r"[a-zA-Z0-9][-\w.]*[a-zA-Z0-9]", 3, 64)},
    "monitor:DataCollectionRuleAssociation": {"associationName": _ALARM},
    "monitor:DiagnosticSetting": {"name": _ALARM},
    "monitor:MetricAlert": {"ruleName": _ALARM},
    "monitor:ScheduledQueryRule": {"ruleName": _ALARM, "displayName": _long(r".+", 1, 260)},
    "monitor:SubscriptionDiagnosticSetting": {"name": _ALARM},
    "network:ApplicationGateway": {"applicationGatewayName": _NETWORK},
    "network:AzureFirewall": {"azureFirewallName": _long(_ENDS, 1, 56)},
    "network:BastionHost": {"bastionHostName": _NETWORK},
    "network:FirewallPolicy": {"firewallPolicyName": _NETWORK},
    "network:FirewallPolicyRuleCollectionGroup": {"ruleCollectionGroupName": _NETWORK},
    "network:FlowLog": {"flowLogName": _NETWORK, "networkWatcherName": _NETWORK, "resourceGroupName": r"NetworkWatcherRG"},
    "network:NatGateway": {"natGatewayName": _NETWORK},
    "network:NetworkInterface": {"networkInterfaceName": _NETWORK},
    "network:NetworkSecurityGroup": {"networkSecurityGroupName": _NETWORK},
    "network:PrivateDnsZoneGroup": {"privateDnsZoneGroupName": _NETWORK},
    "network:PrivateEndpoint": {"privateEndpointName": _long(_ENDS, 2, 64), "customNetworkInterfaceName": _NETWORK},
    "network:PublicIPAddress": {
        "publicIpAddressName": _NETWORK,
        "dnsSettings.domainNameLabel": r"[a-z][a-z0-9-]{1,61}[a-z0-9]",
    },
    "network:RouteTable": {"routeTableName": _NETWORK},
    "network:Subnet": {"subnetName": _NETWORK},
    "network:VirtualNetwork": {"virtualNetworkName": _long(_ENDS, 2, 64)},
    "network:WebApplicationFirewallPolicy": {"policyName": _long(_ENDS, 1, 80)},
    "operationalinsights:Workspace": {"workspaceName": _long(r"[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]", 4, 63)},
    "privatedns:PrivateZone": {"privateZoneName": _HOST},
    "privatedns:VirtualNetworkLink": {"virtualNetworkLinkName": _NETWORK},
    "resources:ResourceGroup": {"resourceGroupName": _long(r"[-\w.()]*[-\w()]", 1, 90)},
    "security:Pricing": {"pricingName": r"[A-Za-z]+"},
    "storage:BlobContainer": {"containerName": _long(r"[a-z0-9](?:[a-z0-9]|-(?!-))*[a-z0-9]", 3, 63)},
    "storage:BlobContainerImmutabilityPolicy": {"immutabilityPolicyName": r"default"},
    "storage:BlobServiceProperties": {"blobServicesName": r"default"},
    "storage:ManagementPolicy": {"managementPolicyName": r"default"},
    "storage:StorageAccount": {"accountName": r"[a-z0-9]{3,24}"},
    "storage:StorageAccountStaticWebsite": {},
    "trafficmanager:Profile": {
        "profileName": _long(r"[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?", 1, 63),
        "dnsConfig.relativeName": _long(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?", 1, 63),
    },
    "index/appRoleAssignment:AppRoleAssignment": {},
    "index/application:Application": {"displayName": _long(r".+", 1, 120)},
    "index/applicationPassword:ApplicationPassword": {"displayName": _long(r".+", 1, 120)},
    "index/conditionalAccessPolicy:ConditionalAccessPolicy": {"displayName": _long(r".+", 1, 256)},
    "index/group:Group": {"displayName": _long(r".+", 1, 256)},
    "index/groupMember:GroupMember": {},
    "index/servicePrincipal:ServicePrincipal": {},
    "index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant": {},
    "index/user:User": {
        "displayName": _long(r".+", 1, 256),
        "mailNickname": _long(r"[A-Za-z0-9][-\w.]*", 1, 64),
        "userPrincipalName": r"[A-Za-z0-9][-\w.]{0,63}@[-a-z0-9.]+",
    },
}
# Inputs that name the resource itself or something that is made with it.
NAMING = re.compile(r"^[a-z]\w*Name$|^name$|^mailNickname$")


def strings(value: Plain, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text below a value with its path, lists left out of it; somebody's own tags are none of ours."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "tags":
                yield from strings(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, path)
    elif isinstance(value, str) and value != UNKNOWN:
        yield path, value


def named(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Type, path and text of every name: what an input is called says so, or the text begins like the environment's name."""
    drill = plan.settings.stack.drill
    stem = re.sub(r"[^a-z0-9]", "", naming.environment(plan.stack, drill.id if drill else None).lower())[:8]
    for found in plan.resources:
        if described(found.type):
            kind = found.type.partition(":")[2]
            for path, text in strings(dict(found.inputs)):
                begins = re.sub(r"[^a-z0-9]", "", text.lower()).startswith(stem)
                if begins or NAMING.fullmatch(path) or path in RULES.get(kind, {}):
                    yield kind, path, text


@pytest.mark.parametrize("case", CASES)
def test_every_name_in_a_plan_obeys_the_rule_of_its_type(case: str) -> None:
    names = list(named(the_plan(case)))
    without = sorted({f"{kind} {path}" for kind, path, _ in names if path not in RULES.get(kind, {})})
    assert without == [], "these names have no rule"
    illegal = [f"{kind} {path} {text}" for kind, path, text in names if not re.fullmatch(RULES[kind][path], text)]
    assert illegal == []


def test_every_type_that_is_made_has_its_rules_and_every_rule_its_type() -> None:
    made = {found.type.partition(":")[2] for case in CASES for found in the_plan(case).resources if described(found.type)}
    assert made == set(RULES)
    used = {(kind, path) for case in CASES for kind, path, _ in named(the_plan(case))}
    assert {(kind, path) for kind, rules in RULES.items() for path in rules} == used
