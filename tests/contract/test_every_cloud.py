"""What every folder under components/clouds promises, found by discovery: a new cloud is tested without an edit here.

Decided from plans in process. Not proved: that a cloud accepts the inputs, provider defaults, timing.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from components import clouds, naming
from ops.plan.plan import Plan
from ops.plan.recorder import Registered
from ops.plan.values import SECRET, Plain
from policies.model import Level
from tests.support import plans

CLOUDS = clouds.available()
GOLDENS = Path(__file__).resolve().parents[1] / "goldens"
ROLE_FILES = [
    *("settings", "network", "edge", "cluster", "database", "objects", "grants", "bastion", "identity", "dns", "backup"),
    *("keys", "secrets", "watch", "sizes", "cloud", "tunnel", "preflight"),
]
ROLES = {
    *("keys", "secrets", "network", "objects", "database", "cluster", "bastion", "grants", "identity", "zone", "edge"),
    *("dns", "backup", "watch", "platform"),
}
OUTPUTS = {
    *("url", "directUrl", "nameServers", "edgeAddress", "accessLayer", "signIn", "bastion", "setLatch", "releaseLatch"),
    *("failoverSeconds", "transport", "secrets", "vaults", "alarms", "dashboard"),
}

both = pytest.mark.parametrize("kind", ["smallest", "drill"])
every_cloud = pytest.mark.parametrize("cloud", CLOUDS)


def the_plan(kind: str, cloud: str) -> Plan:
    return {"smallest": plans.smallest, "drill": plans.drill}[kind](cloud)


def is_provider(found: Registered) -> bool:
    return found.type.startswith("pulumi:providers:")


def test_there_is_at_least_one_cloud() -> None:
    assert CLOUDS, "discovery found no folder under components/clouds"


@every_cloud
def test_a_cloud_has_the_same_file_names_as_every_other(cloud: str) -> None:
    folder = Path(next(iter(clouds.__path__))) / cloud
    missing = [name for name in ROLE_FILES if not (folder / f"{name}.py").is_file()]
    assert not missing, f"{cloud} lacks {missing}: two clouds must compare file by file"
    assert (folder / "example.yaml").is_file()
    assert (folder / "README.md").is_file()


@every_cloud
@both
def test_every_resource_descends_from_the_topology(cloud: str, kind: str) -> None:
    plan = the_plan(kind, cloud)
    parents = {found.urn: found.parent for found in plan.resources}
    top = next(found.urn for found in plan.resources if found.type == "oob:index:Topology")

    def descends(urn: str) -> bool:
        while urn:
            if urn == top:
                return True
            urn = parents[urn]
        return False

    orphans = [
        found.urn
        for found in plan.resources
        if not descends(found.urn) and not is_provider(found) and found.type != "pulumi:pulumi:Stack"
    ]
    assert not orphans, "these would not be found under the topology"


@every_cloud
@both
def test_every_resource_names_an_explicit_provider(cloud: str, kind: str) -> None:
    plan = the_plan(kind, cloud)
    urns = {found.urn for found in plan.resources}
    remote = {found.urn for found in plan.resources if not found.custom and found.type.startswith("kubernetes:")}
    without = [
        found.urn
        for found in plan.resources
        if (found.custom or found.urn in remote) and not is_provider(found) and found.provider not in urns
    ]
    assert not without, "a default provider could land anywhere"


@every_cloud
@both
def test_no_two_resources_share_a_urn(cloud: str, kind: str) -> None:
    assert the_plan(kind, cloud).recording.duplicates == []


@every_cloud
@both
def test_nothing_is_read_and_no_function_is_called(cloud: str, kind: str) -> None:
    recording = the_plan(kind, cloud).recording
    assert recording.reads == [], "a read could lean on what must be outlived"
    assert recording.invokes == [], "an invoke needs a network to plan"


@every_cloud
@both
def test_every_role_of_the_diagram_is_there(cloud: str, kind: str) -> None:
    plan = the_plan(kind, cloud)
    top = next(found.urn for found in plan.resources if found.type == "oob:index:Topology")
    roles = {found.name for found in plan.resources if found.parent == top and not found.custom}
    assert roles >= ROLES


@every_cloud
@both
def test_the_outputs_are_those_of_every_cloud(cloud: str, kind: str) -> None:
    assert set(the_plan(kind, cloud).recording.outputs) >= OUTPUTS


@every_cloud
def test_a_live_stack_protects_its_data_and_a_drill_protects_nothing(cloud: str) -> None:
    live = [found for found in plans.smallest(cloud).resources if found.protect]
    assert len(live) >= 5, "keys, zone, database, buckets, user directory hold data"
    drill = [found.urn for found in plans.drill(cloud).resources if found.protect or found.retain_on_delete]
    assert drill == [], "destroy of a drill must leave nothing (ADR 0013)"


@every_cloud
def test_a_drill_can_lock_nothing(cloud: str) -> None:
    locks = re.compile(r"lockconfiguration|objectlock|vaultlock|immutabilit|managementlock", re.IGNORECASE)
    locking = [found.urn for found in plans.drill(cloud).resources if locks.search(found.type)]
    assert locking == [], "a drill locks nothing (ADR 0013)"


def letters(text: str) -> str:
    """What no service changes in a name."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@every_cloud
def test_names_of_a_drill_start_with_drill(cloud: str) -> None:
    """ADR 0013. Wherever a name in a live stack carries the environment's, a drill's carries the drill's at the same place."""
    names_it = re.compile(r"name$|identifier$|^bucket$", re.IGNORECASE)
    environment = letters(naming.environment("test", None))
    live = {found.urn: found for found in plans.smallest(cloud).resources}
    named = 0
    for found in plans.drill(cloud).resources:
        other = live.get(found.urn)
        for key, value in found.inputs.items() if other and found.custom else ():
            theirs = other.inputs.get(key) if other else None
            place = letters(theirs).find(environment) if isinstance(theirs, str) else -1
            if place >= 0 and isinstance(value, str) and names_it.search(key):
                named += 1
                assert letters(value)[place:].startswith("drill"), f"{found.urn} {key}={value}"
    assert named >= 20, "names that carry the environment's were not found: how are they told?"


@every_cloud
def test_a_drill_says_no_name_of_a_live_stack(cloud: str) -> None:
    environment = naming.environment("test", None)
    assert environment in json.dumps([dict(found.inputs) for found in plans.smallest(cloud).resources])
    saying = [found.urn for found in plans.drill(cloud).resources if environment in json.dumps(dict(found.inputs))]
    assert saying == []


@every_cloud
@both
def test_passwords_keys_and_licences_are_secret_everywhere(cloud: str, kind: str) -> None:
    plain: list[str] = []
    sensitive = re.compile(r"password|secretstring|privatekey(pem)?$|stringdata|clientsecret", re.IGNORECASE)
    harmless = re.compile(
        r"passwordpolicy|managemasteruserpassword|masterusersecretkms|passwordlength|temporarypassword", re.IGNORECASE
    )
    for found in the_plan(kind, cloud).resources:
        for key, value in found.inputs.items():
            if (
                sensitive.search(key)
                and not harmless.search(key)
                and isinstance(value, (str, dict))
                and value not in (SECRET, "[unknown]")
            ):
                plain.append(f"{found.urn} {key}")
    assert plain == []


@every_cloud
@both
def test_every_connection_to_the_database_verifies_the_server(cloud: str, kind: str) -> None:
    """One mode for the server's check and every job (TLS-19, TLS-20). Connection strings are secret here; test_dsn reads them."""
    connecting = 0
    for found in the_plan(kind, cloud).resources:
        inputs = dict(found.inputs)
        for variables in environments(inputs):
            if "PGHOST" in variables:
                connecting += 1
                assert variables.get("PGSSLMODE") == "verify-full", found.urn
                assert variables.get("PGSSLROOTCERT"), found.urn
        assert set(re.findall(r"sslmode=([a-z-]+)", json.dumps(inputs))) <= {"verify-full"}, found.urn
    assert connecting >= 2, "the bootstrap and other jobs connect"


def environments(value: Plain) -> Iterator[dict[str, Plain]]:
    """The variables of every container anywhere in a resource's inputs, by name."""
    if isinstance(value, list):
        for item in value:
            yield from environments(item)
    elif isinstance(value, dict):
        entries = value.get("env")
        if isinstance(entries, list):
            yield {str(entry.get("name")): entry.get("value") for entry in entries if isinstance(entry, dict)}
        for inner in value.values():
            yield from environments(inner)


@every_cloud
def test_the_smallest_stack_passes_the_pack_and_needs_each_of_its_waivers(cloud: str) -> None:
    """What a README calls valid must plan with exit code 0, and not by excuses that nothing asks for."""
    plan = plans.smallest(cloud)
    refused = [found.sentence() for found in plan.verdict.violations if found.level is Level.MANDATORY]
    assert refused == []
    assert plan.exit_code == 0
    assert {found.rule for found in plan.verdict.waived} == set(plan.settings.stack.waivers)


@every_cloud
def test_a_larger_size_keeps_all_data_where_it_is(cloud: str) -> None:
    """PREP-75. What holds data stays under its name; whether another changed input replaces it is for the provider to say."""
    places = [data_by_urn(cloud, size) for size in ("small", "medium", "large")]
    assert places[0], "keys, zone, database, buckets hold data"
    assert places[0] == places[1] == places[2]


def data_by_urn(cloud: str, size: str) -> dict[str, dict[str, Plain]]:
    """The names by which the cloud knows everything that is protected."""
    value = json.loads(plans.example_value(cloud))
    value |= {"size": size, "mattermost": value.get("mattermost", {}) | {"licensed": True}}
    known_by = re.compile(r"name$|identifier$|^bucket$|^location$|^region$", re.IGNORECASE)
    return {
        found.urn: {key: inner for key, inner in found.inputs.items() if known_by.search(key)}
        for found in plans.plan_of(value, secrets=("oob:licence",)).resources
        if found.protect
    }


@every_cloud
def test_the_same_plan_twice_is_the_same(cloud: str) -> None:
    first = plans.smallest(cloud)
    again = plans.plan_of(json.loads(plans.example_value(cloud)))
    assert first.as_json() == again.as_json(), "a clock or chance in the inputs makes every preview dirty"


@every_cloud
def test_the_graph_is_the_reviewed_one(cloud: str) -> None:
    """A small golden: type, name, ancestry and protection of everything. OOB_GOLDEN=write rewrites it; review the diff."""
    plan = plans.smallest(cloud)
    lines = sorted(
        f"{'!' if found.protect else ' '} {found.urn.split('::')[2].removeprefix('oob:index:Topology$')} {found.name}"
        for found in plan.resources
    )
    text = "\n".join(lines) + "\n"
    path = GOLDENS / f"{cloud}.txt"
    if os.environ.get("OOB_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, (
        f"the graph changed; if it was meant: OOB_GOLDEN=write ./oob test {Path(__file__).name}"
    )
