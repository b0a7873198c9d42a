"""Made-up things to watch, and the watch of them."""

from __future__ import annotations

from dataclasses import replace

from pulumi import Output, Resource

from components.clouds.azure.handles import AzureBackup, AzureDns, AzureEdge, AzureSecrets, Context
from components.clouds.azure.watch import AzureWatched
from components.contract import Watched, WatchSpec
from components.sections import Alerts, Backup, Dns
from tests.azure import made_up, made_up_edge

MAILS = ("lead@example.net", "oncall@example.net")
PHONES = ("+4915112345600", "+12025550143", "+35312345678")


def text(value: str) -> Output[str]:
    return Output.from_input(value)


def edge() -> AzureEdge:
    return AzureEdge(
        address=text("edge.example"),
        access_layer={},
        gateway_id=made_up.resource_id("runtime", "Microsoft.Network/applicationGateways", "edge"),
        policy_id=text("policy"),
        public_address_id=text("address"),
        public_address=text("203.0.113.7"),
    )


def dns(*, issuer: bool = True) -> AzureDns:
    addresses = {
        "primary": text("https://chat.corp.example/api/v4/system/ping"),
        "outOfBand": text(f"https://{made_up_edge.DIRECT}/api/v4/system/ping"),
    }
    if issuer:
        addresses["identity"] = text("https://login.microsoftonline.com/x/v2.0/.well-known/openid-configuration")
    return AzureDns(
        set_latch=text("az storage blob upload"),
        release_latch=text("az storage blob delete"),
        health_checks={},
        addresses=addresses,
        profile_ids={"standby": made_up.resource_id("names", "Microsoft.Network/trafficManagerProfiles", "standby")},
    )


def watched(context: Context, parent: Resource, *, issuer: bool = True) -> AzureWatched:
    return Watched(
        keys=made_up.keys(context, parent),
        network=replace(
            made_up.network(context), firewall_id=made_up.resource_id("runtime", "Microsoft.Network/azureFirewalls", "names")
        ),
        objects=made_up.objects(context),
        database=made_up.database(context),
        cluster=made_up.cluster(context),
        zone=made_up_edge.zone(parent),
        edge=edge(),
        secrets=AzureSecrets(references={}, break_glass_names=("break-glass-1",)),
        dns=dns(issuer=issuer),
        backup=AzureBackup(vaults=(text("vault"),)),
    )


def spec(**backup: object) -> WatchSpec:
    return WatchSpec(
        alerts=Alerts.model_validate({"emails": list(MAILS), "phones": list(PHONES), "monthlyBudget": 300}),
        backup=Backup.model_validate(backup),
        dns=Dns(),
        rotation=made_up.rotation(),
        log_days=365,
    )
