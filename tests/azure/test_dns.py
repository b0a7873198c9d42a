"""Zone, latch, Traffic Manager and records as the engine would be asked to make them, and what names then lead to.

Not proved: that Traffic Manager switches, how long that takes, that it counts endpoints as is reckoned here, and that a storage
account serves one object at both of its web addresses.
"""

from __future__ import annotations

import shlex
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output, Resource

from components.clouds.azure import dns, failover, latch, names, roles
from components.clouds.azure.handles import AzureDns, AzureEdge
from components.contract import PING_PATH, DnsSpec, Unsupported
from components.sections import Dns, PrimaryEndpoint, Site
from ops.plan.recorder import Recording
from tests.azure import made_up
from tests.azure.made_up_edge import DIRECT, HOST, ZONE, site, text

PROFILE = "trafficmanager:Profile"
RECORD = "dns:RecordSet"
PRIMARY = "chat.corp.acme.example"
ISSUER = f"https://login.microsoftonline.com/{made_up.TENANT}/v2.0"


def edge() -> AzureEdge:
    return AzureEdge(
        address=text("gateway.example"),
        access_layer={},
        gateway_id=made_up.resource_id("runtime", "Microsoft.Network/applicationGateways", "gateway"),
        policy_id=made_up.resource_id("runtime", "Microsoft.Network/policies", "policy"),
        public_address_id=made_up.resource_id("runtime", "Microsoft.Network/publicIPAddresses", "gateway"),
        public_address=text("203.0.113.9"),
    )


@cache
def planned(
    disposable: bool = False, issuer: str | None = ISSUER, probe: str = "public", interval: int = 10
) -> tuple[Recording, AzureDns]:
    found: list[AzureDns] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable)
        zone = dns.Zone("zone", context, site(), parent).outputs
        spec = DnsSpec(
            site=site(),
            dns=Dns.model_validate({"probe": probe, "intervalSeconds": interval, "failureThreshold": 3}),
            primary=PrimaryEndpoint.model_validate({"host": PRIMARY, "path": "/health"}),
            issuer=text(issuer) if issuer else None,
        )
        found.append(dns.Failover("dns", context, spec, zone, edge(), parent).outputs)

    return made_up.recording(program), found[0]


def live() -> Recording:
    return planned()[0]


def endpoints(profile: str) -> list[dict[str, Any]]:
    found: Any = made_up.named(live(), f"dns-{profile}").inputs["endpoints"]
    return sorted(found, key=lambda endpoint: endpoint["priority"])


# --- zone -------------------------------------------------------------------------------------------------------


def test_the_zone_outlives_everything_but_a_drill() -> None:
    zone = made_up.named(live(), "zone-zone")
    assert zone.protect
    assert (zone.inputs["zoneName"], zone.inputs["zoneType"]) == (ZONE, "Public")
    assert made_up.of_type(live(), "authorization:ManagementLockByScope")
    drill = planned(disposable=True)[0]
    assert not [found.urn for found in drill.resources if found.protect or found.retain_on_delete]
    assert not made_up.of_type(drill, "authorization:ManagementLockByScope")


@pytest.mark.parametrize(
    ("given", "issuers"),
    [(None, ";"), ({"authority": "digicert.com"}, "digicert.com"), ({}, None)],
)
def test_only_the_named_authority_may_issue_for_the_zone(given: dict[str, str] | None, issuers: str | None) -> None:
    """With the internal authority's certificate no public one may."""
    home = f"/subscriptions/{made_up.SUBSCRIPTION}/resourceGroups/c/providers/Microsoft.ManagedIdentity"
    certificate = {"secret": "https://acme-certs.vault.azure.net/secrets/site", "identity": f"{home}/userAssignedIdentities/site"}
    edge = {} if given is None else {"certificate": certificate | given}

    def program(parent: Resource) -> None:
        dns.Zone("zone", made_up.context(edge=edge), site(), parent)

    records = made_up.of_type(made_up.recording(program), RECORD)
    said = [(record.inputs["relativeRecordSetName"], record.inputs["caaRecords"]) for record in records]
    wanted = [{"flags": 0, "tag": tag, "value": issuers} for tag in ("issue", "issuewild")]
    assert said == ([] if issuers is None else [("@", wanted)])


# --- what names lead to -----------------------------------------------------------------------------------------


def test_people_follow_one_name_to_traffic_manager_and_the_direct_name_needs_no_switch() -> None:
    host = made_up.named(live(), "dns-host").inputs
    assert (host["relativeRecordSetName"], host["recordType"]) == ("chat", "CNAME")
    direct = made_up.named(live(), "dns-direct").inputs
    assert (direct["relativeRecordSetName"], direct["recordType"]) == ("oob", "A")
    assert str(made_up.block(made_up.named(live(), "dns-direct"), "targetResource")["id"]).endswith("/publicIPAddresses/gateway")
    assert {HOST, DIRECT} == {f"{record['relativeRecordSetName']}.{ZONE}" for record in (host, direct)}


def served(latch_is_set: bool, here_answers: bool, primary_answers: bool, *, unasked_counts: bool) -> str:
    """What the profiles as they are planned lead to, by the service's documented rules. An endpoint that is always served is
    not asked; whether it counts among the healthy ones is not documented, so both are tried.
    """
    answers = {"outOfBand": here_answers, "latch": latch_is_set, "latchAgain": latch_is_set, "primary": primary_answers}

    def counts(endpoint: dict[str, Any]) -> bool:
        return unasked_counts if endpoint.get("alwaysServe") == "Enabled" else answers[endpoint["name"]]

    def available(endpoint: dict[str, Any]) -> bool:
        if endpoint["name"] == "standby":
            return sum(counts(child) for child in endpoints("standby")) >= endpoint["minChildEndpoints"]
        return endpoint.get("alwaysServe") == "Enabled" or answers[endpoint["name"]]

    first = next((endpoint for endpoint in endpoints("names") if available(endpoint)), endpoints("names")[0])
    if first["name"] != "standby":
        return str(first["target"])
    return str(next(child["target"] for child in endpoints("standby") if available(child)))


@pytest.mark.parametrize("unasked_counts", [True, False])
def test_names_hang_on_the_latch_alone_whatever_answers(unasked_counts: bool) -> None:
    for is_set, here, there in product([True, False], repeat=3):
        assert served(is_set, here, there, unasked_counts=unasked_counts) == (DIRECT if is_set else PRIMARY), (
            is_set,
            here,
            there,
        )


@pytest.mark.parametrize(("interval", "timeout"), [(10, 9), (30, 10)])
def test_endpoints_are_asked_as_the_arithmetic_says(interval: int, timeout: int) -> None:
    for profile, path in (("standby", PING_PATH), ("names", "/health")):
        monitor = made_up.block(made_up.named(planned(interval=interval)[0], f"dns-{profile}"), "monitorConfig")
        assert (monitor["protocol"], monitor["port"], monitor["path"]) == ("HTTPS", 443, path)
        assert (monitor["intervalInSeconds"], monitor["timeoutInSeconds"]) == (interval, timeout)
        assert monitor["toleratedNumberOfFailures"] == 2, "the third failure in a row counts"
        assert monitor["expectedStatusCodeRanges"] == [{"min": 200, "max": 200}]


@given(st.sampled_from([10, 30]), st.integers(1, 10), st.integers(1, 60))
def test_what_is_tolerated_is_within_the_services_limits(interval: int, threshold: int, ttl: int) -> None:
    settings = Dns.model_validate(
        {"intervalSeconds": interval, "failureThreshold": threshold, "ttlSeconds": ttl, "targetSeconds": 3600}
    )
    assert 0 <= failover.tolerated(settings) <= 9
    assert failover.timing(settings).worst_seconds > failover.timing(settings).expected_seconds


def test_a_probe_from_inside_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unsupported, match=r"dns\.probe: public"):
        planned(probe="synthetic")


# --- the latch --------------------------------------------------------------------------------------------------


def test_the_latchs_account_opens_to_no_key_and_publishes_one_more_address() -> None:
    account = made_up.named(live(), "dns-latch-account")
    inputs = account.inputs
    assert account.protect
    assert [inputs[way] for way in ("allowBlobPublicAccess", "allowSharedKeyAccess", "isLocalUserEnabled")] == [False] * 3
    assert made_up.block(account, "routingPreference")["publishInternetEndpoints"] is True
    assert inputs["minimumTlsVersion"] == "TLS1_2"
    blobs = made_up.named(live(), "dns-latch-blobs").inputs
    assert blobs["isVersioningEnabled"] is True
    assert blobs["deleteRetentionPolicy"] == blobs["containerDeleteRetentionPolicy"] == {"enabled": True, "days": 365}


def test_the_administrators_may_set_the_latch() -> None:
    """An owner of the subscription has no right to blobs by that alone, and the commands sign in as a person."""
    for disposable in (False, True):
        recorded = planned(disposable=disposable)[0]
        found = made_up.named(recorded, f"dns-latch-{made_up.ADMINISTRATORS}-sets").inputs
        assert (found["principalId"], found["principalType"]) == (made_up.ADMINISTRATORS, "Group")
        assert str(found["roleDefinitionId"]).endswith(roles.ROLES["Storage Blob Data Contributor"])


def test_no_part_of_the_program_sets_or_releases_the_latch() -> None:
    assert not [
        found
        for found in live().resources
        if found.type.startswith("azure-native:storage:Blob") and found.name != "dns-latch-blobs"
    ]


def test_commands_to_set_and_release_name_the_same_object_and_sign_in_as_a_person() -> None:
    account = names.storage_account(made_up.LIVE, made_up.SUBSCRIPTION, "latch")
    put, taken = (shlex.split(command) for command in (latch.set_command(account), latch.release_command(account)))
    assert put[:4] == ["az", "storage", "blob", "upload"]
    assert taken[:4] == ["az", "storage", "blob", "delete"]
    for command in (put, taken):
        given_options = dict(zip(command[4::2], command[5::2], strict=False))
        assert given_options["--auth-mode"] == "login"
        assert given_options["--account-name"] == account
        assert given_options["--container-name"] == "$web"
        assert f"/{given_options['--name']}" == PING_PATH, "endpoints of a profile are all asked for one path"


def test_the_commands_are_outputs() -> None:
    found: list[str] = []

    def program(_: Resource) -> None:
        made = planned()[1]
        Output.all(made.set_latch, made.release_latch).apply(found.extend)

    made_up.recording(program)
    account = names.storage_account(made_up.LIVE, made_up.SUBSCRIPTION, "latch")
    assert found == [latch.set_command(account), latch.release_command(account)]


# --- what others are told ---------------------------------------------------------------------------------------


def test_the_watch_is_told_what_to_ask_for_from_outside() -> None:
    assert set(planned()[1].addresses) == {"primary", "outOfBand", "identity"}
    assert set(planned(issuer=None)[1].addresses) == {"primary", "outOfBand"}
    assert set(planned()[1].health_checks) == {"latch", "latchAgain"}


def test_a_name_is_cut_at_its_zone() -> None:
    assert dns.relative("a.b.example", "b.example") == "a"
    assert dns.relative("b.example", "b.example") == "@"
    with pytest.raises(ValueError, match="not in the zone"):
        dns.relative("ab.example", "b.example")


labels = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)


@given(st.lists(labels, min_size=1, max_size=3), labels)
def test_a_relative_name_and_its_zone_are_the_name_again(below: list[str], zone: str) -> None:
    host = ".".join([*below, f"{zone}.example"])
    made = Site.model_validate({"host": host, "directHost": f"direct.{zone}.example", "zone": f"{zone}.example"})
    assert f"{dns.relative(made.host, made.zone)}.{made.zone}" == host


@pytest.mark.parametrize("issuer", [ISSUER, f"{ISSUER}/"])
def test_an_issuers_document_is_found_below_it(issuer: str) -> None:
    assert dns.discovery(issuer) == f"{ISSUER}/.well-known/openid-configuration"
