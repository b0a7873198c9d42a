"""The rules of Azure with what they must refuse and what they must let pass."""

from __future__ import annotations

from tests.config.cases import Case
from tests.config.cases import passes as _passes
from tests.config.cases import refused as _refused

EXAMPLE = "azure-example"
DRILL = "azure-drill-example"
PRIMARY = "7a1c0d3e-5b24-4f0e-9c61-2d8e4b9f1a01"
PRIMARY_TENANT = "3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b11"
OWN = "b5d2f7c4-91e8-4a63-8d05-6c3fae7b2d10"
OTHER = "0d5b9c11-6a7e-4f3d-8a21-5f4c3b2a1908"
PEOPLE = ("e07c5a13-6f82-4d9b-8a41-b2f9d0c3e751", "e07c5a13-6f82-4d9b-8a41-b2f9d0c3e752")


def refused(rule: str, changes: dict[str, object], *expected: tuple[str, str, str], of: str = EXAMPLE) -> Case:
    return _refused(rule, changes, *expected, of=of)


def passes(rule: str, changes: dict[str, object], *, of: str = EXAMPLE) -> Case:
    return _passes(rule, changes, of=of)


def zone(subscription: str, name: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/{name}"


def certificate(subscription: str) -> dict[str, str]:
    identities = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    return {
        "secret": "https://acme-oob-certs.vault.azure.net/secrets/site",
        "identity": f"/subscriptions/{subscription}/resourceGroups/certificates/{identities}/site-certificate",
    }


DIRECTORIES = (
    refused(
        "own_subscription",
        {"azure.subscription": PRIMARY},
        ("azure.subscription", f"'{PRIMARY}' is a subscription of the primary (primary.subscriptions[0])", "secondary directory"),
    ),
    refused(
        "own_subscription",
        {"primary.subscriptions": [], "primary.dnsZones": [f"/subscriptions/{OWN}/resourceGroups/dns"]},
        ("azure.subscription", f"'{OWN}' is a subscription of the primary (primary.dnsZones[0])", "its own"),
        ("azure.edge.certificate.identity", "lies in a subscription of the primary (primary.dnsZones[0])", "survives"),
    ),
    refused(
        "own_subscription",
        {"primary.secretStores": [f"/subscriptions/{OWN.upper()}/resourceGroups/vaults"]},
        ("azure.subscription", "(primary.secretStores[0])", "its own"),
        ("azure.edge.certificate.identity", "(primary.secretStores[0])", "survives"),
    ),
    passes("own_subscription", {"azure.subscription": OTHER}),
    refused(
        "own_tenant",
        {"azure.tenant": PRIMARY_TENANT},
        ("azure.tenant", f"'{PRIMARY_TENANT}' is a directory of the primary (primary.tenants[0])", "second workforce tenant"),
    ),
    refused(
        "own_tenant",
        {"primary.tenants": [], "azure.tenant": PRIMARY_TENANT},
        ("azure.tenant", f"'{PRIMARY_TENANT}' is a directory of the primary (primary.issuers[0])", "second workforce tenant"),
    ),
    passes("own_tenant", {"azure.tenant": OTHER}),
    refused(
        "own_domain",
        {"azure.tenantDomain": "oob.acme.example"},
        ("azure.tenantDomain", "'oob.acme.example' lies under 'acme.example' (primary.domains[0])", "onmicrosoft.com"),
    ),
    passes("own_domain", {"azure.tenantDomain": "notacme.example"}),
    refused(
        "ids_apart",
        {"azure.network.privateZones": {"vault": zone(PRIMARY, "privatelink.vaultcore.azure.net")}},
        (
            "azure.network.privateZones.vault",
            "lies in a subscription of the primary (primary.subscriptions[0])",
            "survives the primary",
        ),
    ),
    refused(
        "ids_apart",
        {"azure.edge.certificate": certificate(PRIMARY)},
        ("azure.edge.certificate.identity", "lies in a subscription of the primary (primary.subscriptions[0])", "survives"),
    ),
    passes("ids_apart", {"azure.network.privateZones": {"vault": zone(OTHER, "privatelink.vaultcore.azure.net")}}),
    refused(
        "zones_of_their_services",
        {"azure.network.privateZones": {"blob": zone(OTHER, "privatelink.vaultcore.azure.net")}},
        (
            "azure.network.privateZones.blob",
            "'privatelink.vaultcore.azure.net' is not the zone of that service",
            "a zone privatelink.blob.core.windows.net",
        ),
    ),
    refused(
        "zones_of_their_services",
        {"azure.network.privateZones": {"cluster": zone(OTHER, "privatelink.westeurope.azmk8s.io")}},
        (
            "azure.network.privateZones.cluster",
            "'privatelink.westeurope.azmk8s.io' is not the zone of that service",
            "a zone privatelink.germanywestcentral.azmk8s.io",
        ),
    ),
    passes(
        "zones_of_their_services",
        {
            "azure.network.privateZones": {
                "database": zone(OTHER, "oob.private.postgres.database.azure.com"),
                "cluster": zone(OTHER, "oob.privatelink.germanywestcentral.azmk8s.io"),
                "registry": zone(OTHER, "privatelink.azurecr.io"),
            }
        },
    ),
    refused(
        "break_glass",
        {"azure.breakGlass": []},
        ("azure.breakGlass", "0 given, but Conditional Access must leave out 2 accounts", "two accounts"),
    ),
    refused(
        "break_glass",
        {"azure.breakGlass": [PEOPLE[0]]},
        ("azure.breakGlass", "1 given", "two accounts"),
    ),
    passes("break_glass", {"azure.breakGlass": [*PEOPLE, OTHER]}),
    passes("break_glass", {"azure.breakGlass": []}, of=DRILL),
    refused(
        "known_location",
        {"azure.location": "westus"},
        ("azure.location", "'westus' has no three zones and paired location", "germanywestcentral"),
    ),
    passes("known_location", {"azure.location": "swedencentral", "azure.replicaLocation": "swedensouth"}),
    refused(
        "paired_location",
        {"azure.replicaLocation": "northeurope"},
        ("azure.replicaLocation", "'northeurope' is not the pair of azure.location 'germanywestcentral'", "use 'germanynorth'"),
    ),
    refused(
        "paired_location",
        {"azure.replicaLocation": "germanywestcentral"},
        ("azure.replicaLocation", "is not the pair", "use 'germanynorth'"),
    ),
    passes("paired_location", {"azure.location": "westus3", "azure.replicaLocation": "eastus"}),
    refused(
        "entra_in_reach",
        {"egress.mode": "none", "identity.provider": "local", "images.mirror": "registry.responders.example.net/oob"},
        ("egress.mode", "'none' cuts pods off from Entra", "egress.mode: filtered"),
    ),
    passes("entra_in_reach", {"egress.mode": "nat"}),
    refused(
        "probes_from_outside",
        {"dns.probe": "synthetic"},
        ("dns.probe", "'synthetic' needs a probe from inside", "set dns.probe: public"),
    ),
    passes("probes_from_outside", {"dns.probe": "public"}),
)

RANGES = (
    refused("range_forms", {"azure.network.cidr": "2001:db8::/48"}, ("azure.network.cidr", "'2001:db8::/48' is IPv6", "IPv4")),
    refused(
        "range_forms",
        {"azure.network.cidr": "10.64.0.0/15"},
        ("azure.network.cidr", "'10.64.0.0/15' is too wide", "/16 to /20"),
    ),
    refused(
        "range_forms",
        {"azure.network.cidr": "10.64.0.0/21"},
        ("azure.network.cidr", "'10.64.0.0/21' is too narrow", "/16 to /20"),
    ),
    refused(
        "range_forms",
        {"azure.network.cidr": "100.64.0.0/16"},
        ("azure.network.cidr", "'100.64.0.0/16' is not private", "10.0.0.0/8"),
    ),
    refused(
        "range_forms",
        {"azure.cluster.serviceCidr": "198.18.0.0/16", "azure.cluster.podCidr": "10.200.0.0/19"},
        ("azure.cluster.serviceCidr", "'198.18.0.0/16' is not private", "10.0.0.0/8"),
        ("azure.cluster.podCidr", "'10.200.0.0/19' is too narrow", "/10 to /18"),
    ),
    passes("range_forms", {"azure.network.cidr": "192.168.0.0/16"}),
    passes(
        "range_forms",
        {
            "azure.network.cidr": "10.64.16.0/20",
            "azure.cluster.podCidr": "10.192.0.0/10",
            "azure.cluster.serviceCidr": "10.100.3.0/24",
        },
    ),
    refused(
        "ranges_from_each_other",
        {"azure.cluster.serviceCidr": "10.64.128.0/17"},
        ("azure.cluster.serviceCidr", "'10.64.128.0/17' overlaps azure.network.cidr '10.64.0.0/16'", "its own"),
    ),
    refused(
        "ranges_from_each_other",
        {"azure.cluster.podCidr": "10.96.0.0/12"},
        ("azure.cluster.podCidr", "'10.96.0.0/12' overlaps azure.cluster.serviceCidr '10.100.0.0/16'", "its own"),
    ),
    passes("ranges_from_each_other", {"azure.cluster.serviceCidr": "10.65.0.0/16"}),
    refused(
        "ranges_apart",
        {"azure.network.cidr": "172.22.0.0/16"},
        ("azure.network.cidr", "'172.22.0.0/16' overlaps '172.20.0.0/14' (primary.cidrs[1])", "does not use"),
    ),
    refused(
        "ranges_apart",
        {"azure.cluster.podCidr": "10.12.0.0/16"},
        ("azure.cluster.podCidr", "'10.12.0.0/16' overlaps '10.0.0.0/12' (primary.cidrs[0])", "does not use"),
    ),
    passes("ranges_apart", {"azure.network.cidr": "172.24.0.0/16"}),
    refused(
        "reachable_list",
        {"access.allowedCidrs": ["192.168.7.0/24", "2001:db8:7::/48", "198.51.100.0/24"]},
        ("access.allowedCidrs[0]", "'192.168.7.0/24' is private and never reaches", "public addresses"),
        ("access.allowedCidrs[1]", "'2001:db8:7::/48' is IPv6", "IPv4"),
    ),
    passes("reachable_list", {"access.allowedCidrs": ["198.51.100.7/32"]}),
)

STORES = (
    refused(
        "source_accounts",
        {"drill.objects.files": "oob-files", "drill.objects.backups": "o" * 25},
        ("drill.objects.files", "'oob-files' is not the name of a storage account", "as the environment's plan shows it"),
        ("drill.objects.backups", "is not the name of a storage account", "3 to 24 lower-case letters and digits"),
        of=DRILL,
    ),
    passes("source_accounts", {"drill.objects.files": "acmefiles2"}, of=DRILL),
    refused(
        "source_dump",
        {"drill.database": {"snapshot": "weekly"}},
        ("drill.database.snapshot", "'weekly' is not the name of a dump", "like 20261124T020700Z"),
        of=DRILL,
    ),
    passes("source_dump", {"drill.database": {"snapshot": "20261124T020700Z"}}, of=DRILL),
    passes("source_accounts", {}),
)

VERSIONS = (
    refused(
        "kubernetes", {"azure.cluster.version": "1.34"}, ("azure.cluster.version", "'1.34' is no Kubernetes", "'1.35' or '1.36'")
    ),
    passes("kubernetes", {"azure.cluster.version": "1.35"}),
    refused(
        "postgres",
        {"azure.database.engineVersion": "15.0"},
        ("azure.database.engineVersion", "'15.0' is older than PostgreSQL 16", "major 16 or 17"),
    ),
    refused(
        "postgres",
        {"azure.database.engineVersion": "19.0"},
        ("azure.database.engineVersion", "'19.0' is no supported", "15, 16, 17 or 18"),
    ),
    refused(
        "postgres",
        {"azure.database.engineVersion": "18.0"},
        ("azure.database.engineVersion", "newer than the client", "major 17"),
    ),
    passes("postgres", {"azure.database.engineVersion": "16.0"}),
    refused(
        "tags",
        {"azure.tags": {"microsoft-owner": "x", "drillId": "x", "OOB:tier": "1", "a*b": "x", "cost-centre": "42"}},
        ("azure.tags.microsoft-owner", "'microsoft-owner' is taken", "another key"),
        ("azure.tags.drillId", "'drillId' is taken", "another key"),
        ('azure.tags["OOB:tier"]', "'OOB:tier' is taken", "another key"),
        ('azure.tags["a*b"]', "'a*b' is no legal key", "letters"),
    ),
    passes("tags", {"azure.tags": {"cost-centre": "42", "Team Name": "SRE / on call"}}),
)

AZURE: tuple[Case, ...] = (*DIRECTORIES, *RANGES, *STORES, *VERSIONS)
