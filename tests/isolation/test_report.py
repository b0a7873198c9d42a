"""The report on the plans of this repository, and the command as a person types it.

Not proved: that an independent plan stays independent once somebody changes the cloud by hand (`--live` looks at that).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from components.sections import SHARED_FATE
from ops import stackfiles
from ops.isolation.report import HOW, Report, of_recording
from ops.isolation.risks import RULES, WAY_OUT
from ops.plan.recorder import Invoked, Read, Recording, Registered
from policies.isolation.declaration import ENDPOINT, KINDS
from tests.config.made_up import example, parsed
from tests.support.plans import ROOT, STACKS, of_file

EXAMPLES = tuple(name for name in stackfiles.list_stacks(STACKS) if name.endswith("-example"))
DAY = date(2026, 11, 24)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_depends_on_nothing_and_crosses_where_it_says(name: str) -> None:
    report = of_file(name).isolation
    assert report.dependent == ()
    assert report.verdict == f"0 of {len(of_file(name).resources)} resources depend on the primary"
    assert {one.crossing for one in report.crossings} <= {
        "health check of the primary",
        "failover record of the user-facing name",
    }
    assert report.crossings
    assert report.exit_code == 0


def test_the_plan_carries_the_report() -> None:
    plan = of_file("aws-example")
    assert plan.as_json()["isolation"] == plan.isolation.as_json()
    assert list(plan.isolation.as_json()) == ["stack", "resources", "dependent", "crossings", "risks"]


def test_every_kind_says_how_it_is_looked_for() -> None:
    assert set(HOW) == {*KINDS.values(), ENDPOINT}
    assert set(RULES) == set(WAY_OUT) == set(SHARED_FATE)


# --- everything that a plan may hold ---------------------------------------------------------------------------------------


def report(recording: Recording, changes: dict[str, object] | None = None, on: date = DAY) -> Report:
    return of_recording("trial", parsed(example(changes)).stack, recording, on)


def registered(**more: object) -> Registered:
    given: dict[str, object] = {
        "urn": "urn:pulumi:trial::oob::some:index:Thing::thing",
        "type": "some:index:Thing",
        "name": "thing",
        "parent": "",
        "provider": "",
        "custom": True,
        "protect": False,
        "retain_on_delete": False,
        "depends_on": (),
        "property_depends": {},
        "inputs": {},
    }
    return Registered(**(given | more))  # type: ignore[arg-type]  # fields by name


def recording(*resources: Registered) -> Recording:
    return Recording(project="oob", stack="trial", resources=list(resources))


def test_reads_calls_outputs_imports_and_plugins_are_looked_at() -> None:
    made = recording(
        registered(urn="urn:1", import_id="arn:aws:s3:::acme-corp-pulumi-state"),
        registered(urn="urn:2", plugin_source="https://artifacts.acme.example/plugins"),
    )
    made.reads.append(Read(urn="urn:3", type="pulumi:pulumi:StackReference", id="acme/net/999988887777", inputs={}))
    made.invokes.append(Invoked(token="aws:ec2/getVpc:getVpc", arguments={"filters": [{"values": ["10.3.0.0/16"]}]}))
    made.outputs = {"url": "https://wiki.acme.example"}
    found = report(made)
    assert [(one.urn, one.path, one.kind) for one in found.dependent] == [
        ("urn:1", "(import)", "stateBackend"),
        ("urn:2", "(plugin)", "domain"),
        ("urn:3", "(id)", "account"),
        ("call of aws:ec2/getVpc:getVpc", "filters[0].values[0]", "cidr"),
        ("pulumi:pulumi:Stack", "(outputs).url", "domain"),
    ]
    assert (found.resources, found.dependent_resources, found.exit_code) == (3, 5, 1)


def test_provider_configuration_is_looked_at() -> None:
    made = recording(registered(type="pulumi:providers:aws", inputs={"allowedAccountIds": '["444455556666","999988887777"]'}))
    (found,) = report(made).dependent
    assert (found.path, found.kind, found.value) == ("allowedAccountIds{json}[1]", "account", "999988887777")


# --- shared fate ------------------------------------------------------------------------------------------------------------

PROVIDER = {"urn": "urn:pulumi:trial::oob::pulumi:providers:aws::main", "type": "pulumi:providers:aws"}
WAIVER = {"reason": "the move is planned", "owner": "sre@responders.example.net", "expires": "2026-12-31"}
SHARED = (
    ("organisation", "high", {"foundations.organisation": "O-ACMECORP001"}),
    ("registrar", "high", {"foundations.registrar": "corporate registrar ltd"}),
    ("certificateAuthority", "medium", {"foundations.certificateAuthority": "Corporate CA"}),
    ("alertChannel", "high", {"primary.alertEndpoints": ["soc@responders.example.net"]}),
    (
        "stateBackend",
        "high",
        {"state.backend": "https://api.pulumi.com/oob", "primary.stateBackends": ["https://app.pulumi.com/acme"]},
    ),
    (
        "parentZone",
        "high",
        {
            "primary.domains": ["acme.example", "x.shared.acme-oob.example"],
            "site.zone": "oob.acme-oob.example",
            "site.host": "a.oob.acme-oob.example",
            "site.directHost": "b.oob.acme-oob.example",
            "primary.endpoint.host": "chat.corp.acme.example",
        },
    ),
)


@pytest.mark.parametrize(("kind", "level", "changes"), SHARED, ids=[row[0] for row in SHARED])
def test_shared_fate_is_a_risk_with_a_level_and_a_way_out(kind: str, level: str, changes: dict[str, object]) -> None:
    assert report(recording()).risks == ()
    (risk,) = report(recording(), changes).risks
    assert (risk.kind, risk.level, risk.accepted) == (kind, level, None)
    assert "Way out: " in risk.message
    assert report(recording(), changes).exit_code == 0, "a risk is no dependency"


ON_AZURE: dict[str, object] = {
    "foundations.organisation": "mg-corporate",
    "primary.organisations": ["mg-corporate"],
    "foundations.registrar": "Corporate Registrar Ltd",
    "primary.registrars": ["corporate registrar ltd"],
    "foundations.certificateAuthority": "Corporate CA",
    "primary.certificateAuthorities": ["Corporate CA"],
    "primary.alertEndpoints": ["soc@responders.example.net"],
    "primary.regions": ["westeurope"],
    "primary.registries": ["quay.io"],
    "state.backend": "https://api.pulumi.com/oob",
    "primary.stateBackends": ["https://app.pulumi.com/acme"],
}


def test_every_shared_fate_is_told_on_azure_too() -> None:
    stack = parsed(example(ON_AZURE, of="azure-example")).stack
    place = registered(
        type="pulumi:providers:azure-native", urn="urn:p::pulumi:providers:azure-native::a", inputs={"location": "westeurope"}
    )
    made = of_recording("trial", stack, recording(place, registered(inputs={"image": "quay.io/team/app:1"})), DAY)
    assert {risk.kind: risk.level for risk in made.risks} == {
        "organisation": "high",
        "region": "high",
        "registrar": "high",
        "stateBackend": "high",
        "alertChannel": "high",
        "certificateAuthority": "medium",
        "imageRegistry": "medium",
    }
    assert all("Way out: " in risk.message for risk in made.risks)
    assert (made.dependent, made.exit_code) == ((), 0)


def test_a_shared_region_counts_more_where_something_is_built() -> None:
    built = report(recording(registered(**PROVIDER, inputs={"region": "eu-west-1"})))
    named = report(recording(registered(inputs={"zone": "eu-west-1b"})))
    assert [(risk.kind, risk.level) for risk in built.risks] == [("region", "high")]
    assert [(risk.kind, risk.level) for risk in named.risks] == [("region", "medium")]
    assert built.dependent == named.dependent == ()


def test_a_public_registry_is_shared_and_a_private_one_is_leant_on() -> None:
    pod = registered(inputs={"image": "quay.io/team/app:1"})
    public = report(recording(pod), {"primary.registries": ["quay.io"]})
    assert ([risk.kind for risk in public.risks], public.dependent) == (["imageRegistry"], ())
    private = report(recording(registered(inputs={"image": "registry.acme.example/app:1"})))
    assert {one.kind for one in private.dependent} == {"domain", "registry"}


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("organisation", {"primary.organisations": []}),
        ("region", {"primary.regions": []}),
        ("registrar", {"primary.registrars": []}),
        ("certificateAuthority", {"primary.certificateAuthorities": []}),
        ("stateBackend", {"primary.stateBackends": []}),
        ("alertChannel", {"primary.alertEndpoints": []}),
        ("imageRegistry", {"primary.registries": []}),
    ],
)
def test_what_was_not_stated_is_an_unknown_risk(kind: str, changes: dict[str, object]) -> None:
    assert [(risk.kind, risk.level) for risk in report(recording(), changes).risks] == [(kind, "unknown")]


def test_an_accepted_risk_is_shown_until_its_last_day_and_counts_afterwards() -> None:
    changes: dict[str, object] = {
        "foundations.registrar": "Corporate Registrar Ltd",
        "primary.acceptedRisks": {"registrar": WAIVER},
    }
    accepted = report(recording(), changes, on=date(2026, 12, 31))
    assert (len(accepted.risks), accepted.open_risks) == (1, ())
    assert accepted.risks[0].as_json()["accepted"] == WAIVER
    expired = report(recording(), changes, on=date(2027, 1, 1))
    assert len(expired.open_risks) == 1
    assert "sre@responders.example.net accepted it until 2026-12-31, which has passed" in expired.risks[0].message


# --- the command ------------------------------------------------------------------------------------------------------------


def oob(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OOB_STACKS": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "ops", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack files, one of them with a tag that names the primary."""
    made = tmp_path_factory.mktemp("stacks") / "stacks"
    shutil.copytree(STACKS, made)
    text = (made / "Pulumi.aws-example.yaml").read_text(encoding="utf-8")
    leaning = text.replace(
        '      account: "444455556666"\n',
        '      account: "444455556666"\n      tags: { docs: "https://wiki.acme.example/oob" }\n',
    )
    assert leaning != text
    (made / "Pulumi.leaning.yaml").write_text(leaning, encoding="utf-8")
    (made / "Pulumi.empty.yaml").write_text(text.replace("    primary:\n", "    primary: {}\n    other:\n"), encoding="utf-8")
    return made


def test_an_independent_stack_is_exit_code_0(folder: Path) -> None:
    told = oob(folder, "isolation", "aws-example", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["dependent"] == []


def test_a_dependent_stack_is_exit_code_1_with_value_and_path(folder: Path) -> None:
    told = oob(folder, "isolation", "leaning")
    assert told.returncode == 1, told.stderr
    first, second, third, *_ = told.stdout.splitlines()
    assert "resources depend on the primary" in first
    assert not first.startswith("leaning: 0 ")
    assert "tags" in second
    assert "wiki.acme.example is the primary's domain acme.example" in third


def test_a_faulty_stack_is_exit_code_2(folder: Path) -> None:
    told = oob(folder, "isolation", "empty")
    assert (told.returncode, told.stdout) == (2, "")
    assert "primary" in told.stderr
    assert "Traceback" not in told.stderr
