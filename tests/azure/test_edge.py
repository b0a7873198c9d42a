"""The gateway, its firewall and its certificate, as the engine would be asked to make them.

Not proved: that Azure takes the rule numbers and the seal of the PKCS 12 file, that the published ranges of health checkers are
still complete, and what Microsoft's rules refuse of real traffic.
"""

from __future__ import annotations

import base64
import datetime
import re
from functools import cache
from ipaddress import ip_network
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pulumi import Output, Resource

from components.clouds.azure import edge, edge_certificate, firewall, gateway, managed_rules
from components.clouds.azure.health_checkers import AVAILABILITY, HEALTH_CHECKERS, TRAFFIC_MANAGER
from components.clouds.azure.pkcs12 import bundle
from components.contract import Certificate, EdgeSpec, Unsupported
from components.sections import Access
from ops.plan.recorder import Recording
from tests.azure import made_up, made_up_edge
from tests.azure.test_wire_names import misspelt

GATEWAY, POLICY = "network:ApplicationGateway", "network:WebApplicationFirewallPolicy"
SECRET = "keyvault:Secret"
MOST_RANGES = 540  # of one condition: "Application Gateway limits", Azure subscription and service limits


@cache
def pems(common_name: str = made_up_edge.HOST) -> tuple[str, str]:
    """A certificate that signs itself, and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def spec(allowed: Access | None = None) -> EdgeSpec:
    certificate, key = pems()
    return EdgeSpec(
        site=made_up_edge.site(),
        access=allowed or made_up_edge.access(),
        backup_certificate=Certificate(
            certificate=made_up_edge.text(certificate), key=Output.secret(key), chain=made_up_edge.text(certificate)
        ),
        ingress_trust=made_up_edge.text(certificate),
        idle_timeout_seconds=90,
        stickiness_seconds=43200,
        max_upload_megabytes=50,
        log_days=365,
    )


def record(allowed: Access | None = None, *, disposable: bool = False, **block: object) -> Recording:
    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable, edge=block)
        keys = made_up.keys(context, parent)
        zone, objects = made_up_edge.zone(parent), made_up.objects(context)
        made = edge.Edge(
            "edge", context, spec(allowed), keys, made_up.network(context), made_up.cluster(context), zone, objects, parent
        )
        assert made.outputs.access_layer["networkPolicies"] == "on"

    return made_up.recording(program)


@cache
def planned() -> Recording:
    return record()


def gate(recorded: Recording) -> dict[str, Any]:
    (found,) = made_up.of_type(recorded, GATEWAY)
    return dict(found.inputs)


def rules(recorded: Recording) -> dict[str, Any]:
    (policy,) = made_up.of_type(recorded, POLICY)
    listed: Any = policy.inputs["customRules"]
    return {rule["name"]: rule for rule in listed}


def test_the_gateway_stands_in_three_zones_and_never_shrinks_to_nothing() -> None:
    made = gate(planned())
    assert made["zones"] == ["1", "2", "3"]
    assert made["sku"] == {"name": "WAF_v2", "tier": "WAF_v2"}
    assert made["autoscaleConfiguration"]["minCapacity"] >= 1


def test_the_one_target_is_the_fixed_address_inside_and_its_certificate_is_verified() -> None:
    made = gate(planned())
    assert made["backendAddressPools"] == [{"name": "ingress", "backendAddresses": [{"ipAddress": "10.64.48.10"}]}]
    (backend,) = made["backendHttpSettingsCollection"]
    assert (backend["protocol"], backend["port"], backend["requestTimeout"]) == ("Https", 443, 90)
    assert "hostName" not in backend, "the client's own host goes on"
    (root,) = made["trustedRootCertificates"]
    assert base64.b64decode(root["data"]) == x509.load_pem_x509_certificate(pems()[0].encode()).public_bytes(
        serialization.Encoding.DER
    )
    assert backend["trustedRootCertificates"][0]["id"].endswith(f"/trustedRootCertificates/{root['name']}")


def test_every_part_that_is_named_is_there() -> None:
    made = gate(planned())
    own: set[str] = set()
    for kind, parts in made.items():
        if isinstance(parts, list) and kind != "zones":
            own |= {f"/{kind}/{part['name']}" for part in cast("list[dict[str, Any]]", parts)}
    wanted = set(re.findall(r"/applicationGateways/[^/]+(/\w+/[\w-]+)", str(made)))
    assert wanted
    assert wanted <= own


def test_only_our_hosts_are_served_and_plain_requests_are_sent_to_tls() -> None:
    made = gate(planned())
    assert [listener["hostNames"] for listener in made["httpListeners"]] == [[made_up_edge.HOST, made_up_edge.DIRECT]] * 2
    assert made["redirectConfigurations"][0]["redirectType"] == "Permanent"
    assert made["sslPolicy"]["policyName"] == gateway.TLS_POLICY
    headers = made["rewriteRuleSets"][0]["rewriteRules"][0]["actionSet"]
    assert {"headerName": "X-Forwarded-For", "headerValue": "{var_add_x_forwarded_for_proxy}"} in headers[
        "requestHeaderConfigurations"
    ]


def test_the_certificate_lies_in_the_vault_and_one_identity_may_read_it_and_nothing_else() -> None:
    recorded = planned()
    (secret,) = made_up.of_type(recorded, SECRET)
    assert made_up.block(secret, "properties") == {
        "value": "[secret]",
        "contentType": "application/x-pkcs12",
        "attributes": {"enabled": True},
    }
    (access,) = made_up.of_type(recorded, "authorization:RoleAssignment")
    assert str(access.inputs["roleDefinitionId"]).endswith("4633458b-17de-408a-b874-0445c86b69e6")
    assert pems()[1].splitlines()[1] not in str([found.inputs for found in recorded.resources])


def test_a_certificate_of_ones_own_is_read_where_it_lies() -> None:
    address = "https://acme-oob-tls.vault.azure.net/secrets/gate"
    identity = (
        f"/subscriptions/{made_up.SUBSCRIPTION}/resourceGroups/tls/providers/Microsoft.ManagedIdentity"
        "/userAssignedIdentities/gate"
    )
    recorded = record(certificate={"secret": address, "identity": identity})
    assert made_up.of_type(recorded, SECRET) == []
    made = gate(recorded)
    assert made["sslCertificates"] == [{"name": "edge", "keyVaultSecretId": address}]
    assert identity in str(made["identity"])


def test_the_same_certificate_gives_the_same_file_and_another_gives_another() -> None:
    certificate, key = pems()
    made = bundle(certificate, key, certificate)
    assert made == bundle(certificate, key, certificate)
    other, other_key = pems("other.example")
    assert made != bundle(other, other_key, other)
    found_key, found, chain = pkcs12.load_key_and_certificates(made, b"")
    assert found is not None
    assert found_key is not None
    assert len(chain) == 1
    with pytest.raises(ValueError, match=r"."):
        pkcs12.load_key_and_certificates(made[:200] + bytes([made[200] ^ 1]) + made[201:], b"")


def test_a_key_of_another_kind_is_refused_by_its_name() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="not an RSA key"):
        edge_certificate.encoded(pems()[0], other.decode(), pems()[0])


def test_the_lists_are_asked_first_and_people_are_refused_elsewhere_even_while_rules_only_report() -> None:
    for recorded in (planned(), record(wafBlocks=False)):
        found = rules(recorded)
        order = sorted(found, key=lambda name: found[name]["priority"])
        assert order == ["healthChecks", "healthCheckersElsewhere", "peopleOnly", "loginRate", "requestRate", "freePaths"]
        assert found["peopleOnly"]["action"] == "Block"
        (condition,) = found["peopleOnly"]["matchConditions"]
        assert condition["matchValues"] == ["192.0.2.128/25", "198.51.100.0/24"]
        assert condition["negationConditon"] is True
        (policy,) = made_up.of_type(recorded, POLICY)
        assert made_up.block(policy, "policySettings")["mode"] == "Prevention"


def test_the_switch_makes_microsofts_rules_and_the_rates_report() -> None:
    (policy,) = made_up.of_type(record(wafBlocks=False), POLICY)
    sets = made_up.block(policy, "managedRules")["managedRuleSets"]
    assert {len(found["ruleGroupOverrides"]) for found in sets} == {len(managed_rules.ATTACK_RULES), len(managed_rules.BOT_RULES)}
    actions = {rule["action"] for found in sets for group in found["ruleGroupOverrides"] for rule in group["rules"]}
    assert actions == {"Log"}
    assert rules(record(wafBlocks=False))["loginRate"]["action"] == "Log"
    assert rules(planned())["loginRate"]["action"] == "Block"
    (strict,) = made_up.of_type(planned(), POLICY)
    assert all(not found["ruleGroupOverrides"] for found in made_up.block(strict, "managedRules")["managedRuleSets"])


def test_health_checkers_pass_on_the_shallow_ping_alone() -> None:
    found = rules(planned())["healthChecks"]
    addresses, path = found["matchConditions"]
    assert found["action"] == "Allow"
    assert len(addresses["matchValues"]) <= MOST_RANGES
    assert path["operator"] == "Equal"
    assert path["matchValues"] == ["/api/v4/system/ping"]
    assert set(TRAFFIC_MANAGER) | set(AVAILABILITY) == set(HEALTH_CHECKERS)
    assert all(ip_network(checker).is_global for checker in HEALTH_CHECKERS)


@pytest.mark.parametrize(
    "address",
    ["/api/v4/files", "/api/v4/files?channel_id=x", "/api/v4/posts/abc", "/plugins/playbooks/api", "/api/v4/users/ids"],
)
def test_free_text_and_files_pass_without_microsofts_rules(address: str) -> None:
    assert free(address)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v4/users/login",
        "/api/v4/files/../users/login",
        "/api/v4/files//x",
        "/api/v4/filesystem",
        "/login?next=/api/v4/files",
        "/plugins/..\\x",
    ],
)
def test_sign_in_and_addresses_that_climb_do_not(address: str) -> None:
    assert not free(address)


def free(address: str) -> bool:
    """What the firewall would decide of a decoded address."""
    paths, climbs = rules(planned())["freePaths"]["matchConditions"]
    assert climbs["negationConditon"] is True
    found = any(re.search(pattern, address) for pattern in paths["matchValues"])
    return found and not any(part in address for part in climbs["matchValues"])


def test_rates_are_counted_by_address_and_follow_the_settings() -> None:
    found = rules(record(requestsPerMinute=900))
    assert (found["requestRate"]["rateLimitThreshold"], found["requestRate"]["rateLimitDuration"]) == (900, "OneMin")
    for rule in ("requestRate", "loginRate"):
        assert found[rule]["groupByUserSession"] == [{"groupByVariables": [{"variableName": "ClientAddr"}]}]
    assert found["loginRate"]["rateLimitThreshold"] == firewall.login_limit(120)


def test_while_access_is_open_to_all_nobody_is_refused_for_their_address() -> None:
    opened = made_up_edge.access(opened="2027-01-31")
    assert "peopleOnly" not in rules(record(opened))
    assert edge.access_layer(opened, True)["allowList"] == "open until 2027-01-31: an incident far from home"


def test_an_ipv6_network_of_people_is_refused_by_its_place() -> None:
    with pytest.raises(Unsupported, match=r"allowedCidrs\[1\]"):
        firewall.people(made_up_edge.access(["198.51.100.0/24", "2001:db8::/32"]))


def test_a_drill_has_the_same_gate_and_protects_nothing() -> None:
    recorded = record(disposable=True)
    assert len(made_up.of_type(recorded, GATEWAY)) == 1
    assert not [found for found in recorded.resources if found.protect or found.retain_on_delete]


def test_names_of_rules_are_letters_and_digits() -> None:
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) for name in rules(planned()))


def test_no_argument_is_sent_under_a_name_of_python() -> None:
    assert [wrong for found in planned().resources for wrong in misspelt(dict(found.inputs), found.name)] == []
