"""What is particular to types of Azure: outputs with a form that programs rely on, answers to calls, what cannot be changed.

Tables, not models: enough for the engine to be asked the right questions. Source: the services' documented behaviour. Ids are in
resource_manager.py; everything not named here is invented from the SDK's own output types.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Mapping

from tools.standins import resource_manager
from tools.standins.synthesis import Place, Subject, import_example
from tools.standins.values import Plain, Properties, revealed, secret

# --- ids ------------------------------------------------------------------------------------------------------------

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def directory_id(subject: Subject, _inputs: Mapping[str, Plain]) -> str:
    """An id of the directory's provider: its import example, with GUIDs of this object."""
    example = import_example(subject.token)
    return GUID.sub(lambda found: subject.guid(found[0]), example) if GUID.search(example) else subject.guid()


# Part of something else from its birth: deleting it only takes back settings.
STAYS = frozenset({"azure-native:storage:BlobServiceProperties"})

# --- outputs --------------------------------------------------------------------------------------------------------

Shape = Callable[[Subject, Mapping[str, Plain]], Properties]
SERVICES = ("blob", "dfs", "file", "queue", "table", "web")
WEB_STAMP = "z1"
KUBELET = "kubeletidentity"


def common(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    """What every resource of the Resource Manager tells of itself."""
    found: Properties = {"name": subject.id.rpartition("/")[2], "type": resource_manager.kind(subject.id)}
    return found if inputs.get("location") else {**found, "location": subject.place.region}


def _endpoints(account: str, route: str = "") -> dict[str, Plain]:
    suffix = f"-{route}" if route else ""
    stamps = {"web": f".{WEB_STAMP}"}
    return {service: f"https://{account}{suffix}{stamps.get(service, '')}.{service}.core.windows.net/" for service in SERVICES}


def _account(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    account, routes = subject.id.rpartition("/")[2], inputs.get("routingPreference")
    found = _endpoints(account)
    if isinstance(routes, dict):
        for asked, answered, route in (
            ("publishInternetEndpoints", "internetEndpoints", "internetrouting"),
            ("publishMicrosoftEndpoints", "microsoftEndpoints", "microsoftrouting"),
        ):
            if routes.get(asked) is True:
                found[answered] = _endpoints(account, route)
    return {"primaryEndpoints": found, "secondaryEndpoints": _endpoints(f"{account}-secondary")}


def _cluster(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    number, region = subject.digest("fqdn", 12), subject.place.region
    kubelet = f"{inputs.get('nodeResourceGroup')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{KUBELET}"
    return {
        "privateFQDN": f"{inputs.get('dnsPrefix')}-{number}.{subject.digest('zone', 8)}.privatelink.{region}.azmk8s.io",
        "oidcIssuerProfile": {
            "enabled": True,
            "issuerURL": f"https://{region}.oic.prod-aks.azure.com/{subject.place.tenant}/{subject.guid('issuer')}/",
        },
        "identityProfile": {
            KUBELET: {
                "clientId": subject.guid("kubelet client"),
                "objectId": subject.guid("kubelet"),
                "resourceId": f"/subscriptions/{subject.place.account}/resourceGroups/{kubelet}",
            }
        },
    }


def _server(_subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    return {"fullyQualifiedDomainName": f"{inputs.get('serverName')}.postgres.database.azure.com"}


def _address(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    digits = subject.digest("address", 4)
    return {"ipAddress": f"198.18.{int(digits[:2], 16)}.{int(digits[2:], 16)}"}


def _zone(_subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    ends = ("com", "net", "org", "info")
    return {"nameServers": [f"ns{number}-01.azure-dns.{end}." for number, end in enumerate(ends, start=1)]}


def _profile(_subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    asked = inputs.get("dnsConfig")
    if not isinstance(asked, dict):
        return {}
    return {"dnsConfig": {**asked, "fqdn": f"{asked.get('relativeName')}.trafficmanager.net"}}


def _vault_key(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    url = f"https://{inputs.get('vaultName')}.vault.azure.net/keys/{inputs.get('keyName')}"
    return {"keyUri": url, "keyUriWithVersion": f"{url}/{subject.digest('version', 32)}"}


def directory_object(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    """The GUID that the directory knows an object by is the one in its id."""
    found = GUID.findall(subject.id)
    return {"objectId": found[-1]} if found else {}


def _password(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    return {"value": secret(f"stand-in-{subject.digest('password', 32)}"), "keyId": subject.guid("key")}


SHAPES: Mapping[str, Shape] = {
    "azure-native:containerservice:ManagedCluster": _cluster,
    "azure-native:dbforpostgresql:Server": _server,
    "azure-native:dns:Zone": _zone,
    "azure-native:keyvault:Key": _vault_key,
    "azure-native:network:PublicIPAddress": _address,
    "azure-native:storage:StorageAccount": _account,
    "azure-native:trafficmanager:Profile": _profile,
    "azuread:index/applicationPassword:ApplicationPassword": _password,
}

# --- calls ----------------------------------------------------------------------------------------------------------


def _credentials(arguments: Mapping[str, Plain], place: Place) -> Properties:
    """A cluster's kubeconfig, with a certificate authority that signs nothing."""
    name = str(revealed(arguments.get("resourceName")))
    subject = Subject(token="azure-native:containerservice:ManagedCluster", name=name, id=name, place=place)  # noqa: S106 a type
    authority = base64.b64encode(f"STAND-IN certificate of {name} {subject.digest('ca')}".encode()).decode()
    cluster = {"server": f"https://{name}.{place.region}.azmk8s.io", "certificate-authority-data": authority}
    file = json.dumps({"apiVersion": "v1", "kind": "Config", "clusters": [{"name": name, "cluster": cluster}]})
    return {"kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(file.encode()).decode()}]}


def _directory_object(arguments: Mapping[str, Plain], _place: Place) -> Properties:
    """An application's object in the directory: an id of its own, the same at every question."""
    asked = str(arguments.get("clientId", ""))
    found = str(uuid.uuid5(uuid.NAMESPACE_OID, f"service-principal/{asked}"))
    return {"clientId": asked, "id": found, "objectId": found, "displayName": "stand-in"}


CALLS: Mapping[str, Callable[[Mapping[str, Plain], Place], Properties]] = {
    "azure-native:containerservice:listManagedClusterUserCredentials": _credentials,
    "azuread:index/getServicePrincipal:getServicePrincipal": _directory_object,
}

# --- what cannot be changed -----------------------------------------------------------------------------------------

# Besides what an id is made of: changing one of these makes a new object. A path stands for everything below it.
IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "azure-native:authorization:RoleAssignment": ("principalId", "roleDefinitionId", "condition", "conditionVersion"),
    "azure-native:compute:VirtualMachine": ("osProfile", "storageProfile.imageReference", "securityProfile", "zones"),
    "azure-native:containerservice:AgentPool": (
        "availabilityZones",
        "enableFIPS",
        "kubeletConfig",
        "kubeletDiskType",
        "linuxOSConfig",
        "osDiskSizeGB",
        "osDiskType",
        "osType",
        "vmSize",
        "vnetSubnetID",
    ),
    "azure-native:containerservice:ManagedCluster": ("dnsPrefix", "nodeResourceGroup", "networkProfile.serviceCidr"),
    "azure-native:dataprotection:BackupInstance": ("properties.dataSourceInfo",),
    "azure-native:dataprotection:BackupVault": ("properties.storageSettings",),
    "azure-native:dbforpostgresql:Server": (
        "administratorLogin",
        "availabilityZone",
        "backup.geoRedundantBackup",
        "createMode",
        "network.delegatedSubnetResourceId",
        "pointInTimeUTC",
        "sourceServerResourceId",
    ),
    "azure-native:network:PublicIPAddress": ("sku", "zones", "publicIPAllocationMethod", "publicIPAddressVersion"),
    "azure-native:network:PrivateEndpoint": ("subnet", "privateLinkServiceConnections", "customNetworkInterfaceName"),
    "azure-native:storage:StorageAccount": ("kind", "isHnsEnabled", "encryption.requireInfrastructureEncryption"),
    "azuread:index/appRoleAssignment:AppRoleAssignment": ("appRoleId", "principalObjectId", "resourceObjectId"),
    "azuread:index/applicationPassword:ApplicationPassword": ("applicationId", "displayName", "endDate", "rotateWhenChanged"),
    "azuread:index/groupMember:GroupMember": ("groupObjectId", "memberObjectId"),
    "azuread:index/servicePrincipal:ServicePrincipal": ("clientId",),
    "pulumi:providers:azure-native": ("subscriptionId", "tenantId"),
    "pulumi:providers:azuread": ("tenantId",),
}
