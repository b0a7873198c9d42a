"""Addresses of Azure Resource Manager: what an id looks like by type, and which properties it is made of.

The SDK says neither, so this is a table, from the paths in Azure's published REST API descriptions. Above each path stands
the scope that the resource is given, its resource group, or the subscription.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tools.standins.synthesis import Subject
from tools.standins.values import Plain, revealed

_SCOPES = ("scope", "resourceUri", "scopeId")  # how types call what they are put on
_GROUP = "resourceGroupName"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_GROUPS = "azure-native:resources:ResourceGroup"
_DIRECTORY = "microsoft.aadiam/"  # of the directory itself, in no subscription
_NETWORK = "Microsoft.Network"
_ACCOUNT = "Microsoft.Storage/storageAccounts/{accountName}"
_CLUSTER = "Microsoft.ContainerService/managedClusters/{resourceName}"
_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}"
_VAULT = "Microsoft.KeyVault/vaults/{vaultName}"
_BACKUP = "Microsoft.DataProtection/backupVaults/{vaultName}"

PATHS: Mapping[str, str] = {
    f"azure-native:{token}": path
    for token, path in {
        "aadiam:DiagnosticSetting": "microsoft.aadiam/diagnosticSettings/{name}",
        "applicationinsights:Component": "Microsoft.Insights/components/{resourceName}",
        "applicationinsights:WebTest": "Microsoft.Insights/webtests/{webTestName}",
        "applicationinsights:Workbook": "Microsoft.Insights/workbooks/{resourceName}",
        "authorization:ManagementLockByScope": "Microsoft.Authorization/locks/{lockName}",
        "authorization:RoleAssignment": "Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        "authorization:RoleDefinition": "Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        "compute:DiskEncryptionSet": "Microsoft.Compute/diskEncryptionSets/{diskEncryptionSetName}",
        "compute:VirtualMachine": "Microsoft.Compute/virtualMachines/{vmName}",
        "compute:VirtualMachineExtension": "Microsoft.Compute/virtualMachines/{vmName}/extensions/{vmExtensionName}",
        "consumption:Budget": "Microsoft.Consumption/budgets/{budgetName}",
        "containerservice:AgentPool": f"{_CLUSTER}/agentPools/{{agentPoolName}}",
        "containerservice:MaintenanceConfiguration": f"{_CLUSTER}/maintenanceConfigurations/{{configName}}",
        "containerservice:ManagedCluster": _CLUSTER,
        "dataprotection:BackupInstance": f"{_BACKUP}/backupInstances/{{backupInstanceName}}",
        "dataprotection:BackupPolicy": f"{_BACKUP}/backupPolicies/{{backupPolicyName}}",
        "dataprotection:BackupVault": _BACKUP,
        "dbforpostgresql:AdministratorsMicrosoftEntra": f"{_SERVER}/administrators/{{objectId}}",
        "dbforpostgresql:Configuration": f"{_SERVER}/configurations/{{configurationName}}",
        "dbforpostgresql:Server": _SERVER,
        "dns:RecordSet": f"{_NETWORK}/dnsZones/{{zoneName}}/{{recordType}}/{{relativeRecordSetName}}",
        "dns:Zone": f"{_NETWORK}/dnsZones/{{zoneName}}",
        "keyvault:Key": f"{_VAULT}/keys/{{keyName}}",
        "keyvault:Secret": f"{_VAULT}/secrets/{{secretName}}",
        "keyvault:Vault": _VAULT,
        "logic:Workflow": "Microsoft.Logic/workflows/{workflowName}",
        "managedidentity:FederatedIdentityCredential": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
        "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
        "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
        "monitor:ActionGroup": "Microsoft.Insights/actionGroups/{actionGroupName}",
        "monitor:ActivityLogAlert": "Microsoft.Insights/activityLogAlerts/{activityLogAlertName}",
        "monitor:DataCollectionRule": "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
        "monitor:DataCollectionRuleAssociation": "Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
        "monitor:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings/{name}",
        "monitor:MetricAlert": "Microsoft.Insights/metricAlerts/{ruleName}",
        "monitor:ScheduledQueryRule": "Microsoft.Insights/scheduledQueryRules/{ruleName}",
        "monitor:SubscriptionDiagnosticSetting": "Microsoft.Insights/diagnosticSettings/{name}",
        "network:ApplicationGateway": f"{_NETWORK}/applicationGateways/{{applicationGatewayName}}",
        "network:AzureFirewall": f"{_NETWORK}/azureFirewalls/{{azureFirewallName}}",
        "network:BastionHost": f"{_NETWORK}/bastionHosts/{{bastionHostName}}",
        "network:FirewallPolicy": f"{_NETWORK}/firewallPolicies/{{firewallPolicyName}}",
        "network:FirewallPolicyRuleCollectionGroup": f"{_NETWORK}/firewallPolicies/{{firewallPolicyName}}"
        "/ruleCollectionGroups/{ruleCollectionGroupName}",
        "network:FlowLog": f"{_NETWORK}/networkWatchers/{{networkWatcherName}}/flowLogs/{{flowLogName}}",
        "network:NatGateway": f"{_NETWORK}/natGateways/{{natGatewayName}}",
        "network:NetworkInterface": f"{_NETWORK}/networkInterfaces/{{networkInterfaceName}}",
        "network:NetworkSecurityGroup": f"{_NETWORK}/networkSecurityGroups/{{networkSecurityGroupName}}",
        "network:PrivateDnsZoneGroup": f"{_NETWORK}/privateEndpoints/{{privateEndpointName}}"
        "/privateDnsZoneGroups/{privateDnsZoneGroupName}",
        "network:PrivateEndpoint": f"{_NETWORK}/privateEndpoints/{{privateEndpointName}}",
        "network:PublicIPAddress": f"{_NETWORK}/publicIPAddresses/{{publicIpAddressName}}",
        "network:RouteTable": f"{_NETWORK}/routeTables/{{routeTableName}}",
        "network:Subnet": f"{_NETWORK}/virtualNetworks/{{virtualNetworkName}}/subnets/{{subnetName}}",
        "network:VirtualNetwork": f"{_NETWORK}/virtualNetworks/{{virtualNetworkName}}",
        "network:WebApplicationFirewallPolicy": f"{_NETWORK}/applicationGatewayWebApplicationFirewallPolicies/{{policyName}}",
        "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
        "privatedns:PrivateZone": f"{_NETWORK}/privateDnsZones/{{privateZoneName}}",
        "privatedns:VirtualNetworkLink": f"{_NETWORK}/privateDnsZones/{{privateZoneName}}"
        "/virtualNetworkLinks/{virtualNetworkLinkName}",
        "security:Pricing": "Microsoft.Security/pricings/{pricingName}",
        "storage:BlobContainer": f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}",
        "storage:BlobContainerImmutabilityPolicy": f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}"
        "/immutabilityPolicies/default",
        "storage:BlobServiceProperties": f"{_ACCOUNT}/blobServices/default",
        "storage:ManagementPolicy": f"{_ACCOUNT}/managementPolicies/default",
        "storage:StorageAccount": _ACCOUNT,
        "storage:StorageAccountStaticWebsite": f"{_ACCOUNT}/staticWebsite",  # the provider's own: the service has no such type
        "trafficmanager:Profile": f"{_NETWORK}/trafficManagerProfiles/{{profileName}}",
    }.items()
}


class UnknownTypeError(Exception):
    """A type whose path nobody has written down."""


def identify(subject: Subject, inputs: Mapping[str, Plain]) -> str:
    """The id of a resource with these properties. UnknownTypeError, with what to do, if the table lacks its type."""
    subscription = f"/subscriptions/{subject.place.account}"
    if subject.token == _GROUPS:
        return f"{subscription}/resourceGroups/{_named(subject, inputs, _GROUP)}"
    path = _PLACEHOLDER.sub(lambda found: _named(subject, inputs, found[1]), _path(subject.token))
    return f"{'' if path.startswith(_DIRECTORY) else _above(subscription, inputs)}/providers/{path}"


def _path(token: str) -> str:
    if token not in PATHS:
        raise UnknownTypeError(f"the stand-ins do not know what an id of {token} looks like: add its path to {__name__}")
    return PATHS[token]


def _above(subscription: str, inputs: Mapping[str, Plain]) -> str:
    scope = next((value for key in _SCOPES if isinstance(value := revealed(inputs.get(key)), str)), None)
    if scope is not None:
        return "/" + scope.strip("/")
    group = revealed(inputs.get(_GROUP))
    return f"{subscription}/resourceGroups/{group}" if isinstance(group, str) else subscription


def _named(subject: Subject, inputs: Mapping[str, Plain], property_: str) -> str:
    """What the program gives, or a name as the provider would choose one."""
    given = revealed(inputs.get(property_))
    if isinstance(given, str):
        return given
    return subject.guid(property_) if property_.endswith("Id") else f"{subject.name}{subject.digest(property_, 8)}"


def parts(token: str) -> tuple[str, ...]:
    """The properties that an id is made of, and the location: with another value of one, it is another resource."""
    return (*_PLACEHOLDER.findall(PATHS.get(token, "")), *_SCOPES, _GROUP, "location")


def kind(id_: str) -> str:
    """The service's own name of the type, like Microsoft.Storage/storageAccounts/blobServices."""
    _, found, below = id_.rpartition("/providers/")
    if not found:
        return "Microsoft.Resources/resourceGroups"
    namespace, *rest = below.split("/")
    return "/".join([namespace, *rest[::2]])
