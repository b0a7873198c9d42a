"""What the stand-in providers answer: ids, outputs by the SDK's types, what goes with what, certificates that can be read.

Forms are compared with the SDK and with published conventions, never with a cloud.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509

from components import clouds
from ops.plan import plan as planning
from ops.plan import recorder
from ops.plan import values as planned_values
from ops.plan.plan import Plan
from ops.plan.recorder import Registered
from tools.standins import certificates, resource_manager, shapes, synthesis, values
from tools.standins.ledger import Ledger, Thing, read
from tools.standins.synthesis import Place, Subject
from tools.standins.values import UNKNOWN, Plain, Properties

STACKS = Path(__file__).resolve().parents[2] / "stacks"
EXAMPLES = [f"{cloud}{kind}-example" for cloud in clouds.available() for kind in ("", "-drill")]
PLACE = Place(region="somewhere", account="0d3b6a51-3f0a-4a55-9f57-2f2f3c1d9b10", tenant="7c0f7a3e-7f65-4a5c-8a53-3b1f7c6d2e44")

every_example = pytest.mark.parametrize("stack", EXAMPLES)


@cache
def plan(stack: str) -> Plan:
    return planning.of_stack(STACKS, stack)


def subject(one: Registered, id_: str = "") -> Subject:
    return Subject(token=one.type, name=one.name, id=id_ or one.urn, place=PLACE)


def made(stack: str) -> Iterator[Registered]:
    """What a provider would be asked to make."""
    return (one for one in plan(stack).resources if one.custom and not one.type.startswith("pulumi:"))


def given(one: Registered) -> Properties:
    """Planned inputs as the protocol carries them; what the plan masks is not known."""
    return {key: _open(value) for key, value in one.inputs.items()}


def _open(value: planned_values.Plain) -> Plain:
    if isinstance(value, dict):
        return {key: _open(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_open(item) for item in value]
    return UNKNOWN if value in (planned_values.UNKNOWN, planned_values.SECRET) else value


@every_example
def test_every_planned_type_has_an_id_of_its_own(stack: str) -> None:
    ids = [(one.type, shapes.identify(subject(one), given(one)), one.urn) for one in made(stack)]
    assert len(ids) > 100
    assert [id_ for _, id_, _ in ids if not id_] == []
    managed = [id_ for type_, id_, _ in ids if type_.startswith("azure-native:")]
    wrong = [id_ for id_ in managed if not id_.startswith("/") or id_.endswith("/") or "//" in id_ or "{" in id_]
    assert wrong == []


def test_a_type_without_a_path_is_named_with_the_place_to_add_it() -> None:
    unknown = Subject(token="azure-native:nowhere:Thing", name="thing", id="", place=PLACE)
    with pytest.raises(resource_manager.UnknownTypeError, match=r"azure-native:nowhere:Thing.*resource_manager"):
        shapes.identify(unknown, {})


def test_an_id_lies_in_its_group_or_on_its_scope() -> None:
    vault = Subject(token="azure-native:keyvault:Vault", name="vault", id="", place=PLACE)
    held = shapes.identify(vault, {"resourceGroupName": "data", "vaultName": "keys"})
    assert held == f"/subscriptions/{PLACE.account}/resourceGroups/data/providers/Microsoft.KeyVault/vaults/keys"
    assert resource_manager.kind(held) == "Microsoft.KeyVault/vaults"
    role = Subject(token="azure-native:authorization:RoleAssignment", name="role", id="", place=PLACE)
    on = shapes.identify(role, {"scope": held, "roleAssignmentName": "a"})
    assert on == f"{held}/providers/Microsoft.Authorization/roleAssignments/a"


@every_example
def test_a_plan_leaves_open_what_the_service_answers_in_another_form(stack: str) -> None:
    """The SDK's types say where a list becomes a map; the plan, which reads no types, must not show the list as the answer."""
    shown: list[str] = []
    for one in made(stack):
        if one.type.startswith("kubernetes:"):
            continue
        inputs = given(one)
        told = synthesis.previewed(subject(one), inputs)
        planned = values.read(recorder.answered(values.write(inputs)))
        shown += [f"{one.urn}: {path}" for path in _shown_as_lists(told, planned)]
    assert shown == []


def _shown_as_lists(told: Plain, planned: Plain, path: str = "") -> Iterator[str]:
    if isinstance(planned, list) and not isinstance(told, list):
        yield path
    elif isinstance(planned, dict) and isinstance(told, dict):
        for key, inner in planned.items():
            yield from _shown_as_lists(told.get(key), inner, f"{path}.{key}")
    elif isinstance(planned, list) and isinstance(told, list):
        for left, right in zip(told, planned, strict=True):
            yield from _shown_as_lists(left, right, f"{path}[]")


def test_identities_come_back_as_a_map_with_what_only_the_service_knows() -> None:
    machine = Subject(token="azure-native:compute:VirtualMachine", name="jump", id="/x", place=PLACE)
    asked: Properties = {"identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": ["/a"]}}
    told = synthesis.complete(machine, asked)["identity"]
    assert isinstance(told, dict)
    assert {"principalId", "tenantId"} <= told.keys()
    assert isinstance(told["userAssignedIdentities"], dict)
    before = synthesis.previewed(machine, asked)["identity"]
    assert isinstance(before, dict)
    assert before["principalId"] == UNKNOWN


def test_what_lies_below_an_id_goes_with_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for id_ in ("/vaults/a", "/vaults/a/keys/one", "/vaults/ab"):
        ledger.created(Thing(type="t", id=id_, place="", urn=f"urn:{id_}", inputs={}, outputs={}))
    ledger.swept("/vaults/a/")
    ledger.deleted(("t", "/vaults/a", ""), "urn:/vaults/a")
    left = read(tmp_path / "ledger.jsonl")
    assert left.urns() == {"urn:/vaults/ab"}
    assert [deed for deed, _, _ in left.deeds][-2:] == ["swept", "deleted"]


def test_a_vault_takes_its_keys_along_and_settings_of_an_account_take_nothing() -> None:
    assert shapes.holds("azure-native:keyvault:Vault")
    assert not shapes.holds("azure-native:storage:BlobServiceProperties")
    assert not shapes.holds("aws:kms/key:Key")


def test_a_replacement_under_the_same_id_waits_for_the_old_one() -> None:
    pool = "azure-native:containerservice:AgentPool"
    old: Properties = {"resourceGroupName": "run", "resourceName": "aks", "agentPoolName": "zone1", "vmSize": "small"}
    assert shapes.replaces(pool, "vmSize")
    assert shapes.takes_its_place(pool, old, {**old, "vmSize": "large"})
    assert not shapes.takes_its_place(pool, old, {**old, "agentPoolName": "zone2"})


def _tls(kind: str, inputs: Properties) -> Properties:
    return certificates.outputs(Subject(token=f"tls:index/x:{kind}", name="x", id="x", place=PLACE), inputs)


def test_certificates_are_real_and_signed_by_their_authority() -> None:
    authority_key, key = _tls("PrivateKey", {}), _tls("PrivateKey", {})
    assert values.is_secret(authority_key["privateKeyPem"])
    subject_: Plain = {"commonName": "authority", "organization": "acme"}
    own = {"privateKeyPem": authority_key["privateKeyPem"], "subject": subject_, "isCaCertificate": True}
    authority = _tls("SelfSignedCert", {**own, "validityPeriodHours": 24})
    request = _tls(
        "CertRequest", {"privateKeyPem": key["privateKeyPem"], "subject": {"commonName": "a.example"}, "dnsNames": ["a.example"]}
    )
    asked = {"certRequestPem": request["certRequestPem"], "caPrivateKeyPem": authority_key["privateKeyPem"]}
    leaf = _tls("LocallySignedCert", {**asked, "caCertPem": authority["certPem"], "validityPeriodHours": 2})
    issuer = x509.load_pem_x509_certificate(str(authority["certPem"]).encode())
    found = x509.load_pem_x509_certificate(str(leaf["certPem"]).encode())
    found.verify_directly_issued_by(issuer)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example"]


def test_a_line_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    whole: dict[str, object] = {
        "deed": "created",
        "type": "t",
        "id": "one",
        "place": "p",
        "urn": "u",
        "inputs": {},
        "outputs": {},
    }
    text = json.dumps(whole) + "\n" + json.dumps(whole | {"id": "two"})
    for end in (len(text) - 1, len(text), len(text) - 30):
        ledger.write_text(text[:end], encoding="utf-8")
        assert [one.id for one in read(ledger).things.values()] == ["one"]
    ledger.write_text(f"{text}\n", encoding="utf-8")
    assert [one.id for one in read(ledger).things.values()] == ["one", "two"]
