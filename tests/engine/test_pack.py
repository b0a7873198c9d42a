"""The policy pack in the real engine, against the small program: what `oob plan` would say, the engine says too.

Proves that a preview is refused with the message that a person needs, that the exported state is judged alike, and that the
pack's configuration is taken or refused. Providers are stand-ins: their own checks and defaults are not in it.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.workshop import ROOT, Ran, Workshop

pytestmark = pytest.mark.engine

PACK = str(ROOT / "policies")
TOLD: dict[str, dict[str, object]] = {"oob-resources": {"primary": {"accounts": ["999988887777"]}}}
WAIVER = {"rule": "network-no-open-ssh", "reason": "for a test", "owner": "sre@responders.example.net", "expires": "2999-01-01"}
OPEN = "network-no-open-ssh: ingress[0]: opens SSH (22) to the internet"
PROGRAM = """
import json, pulumi, pulumi_aws as aws
locked = aws.Provider("locked", region="eu-central-1", allowed_account_ids=["444455556666"])
opts = pulumi.ResourceOptions(provider=locked)
trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::PRINCIPAL:role/ci"}, "Action": "sts:AssumeRole"}
aws.iam.Role("trusting", assume_role_policy=json.dumps({"Statement": [trust]}), opts=opts)
aws.ec2.SecurityGroup("open", description="for a test", ingress=[{"protocol": "tcp", "from_port": 22, "to_port": 22,
                      "cidr_blocks": ["CIDR"], "description": "for a test"}], opts=opts)
"""


def run(shop: Workshop, operation: str, config: Mapping[str, object], *, pack: str = PACK, **changed: str) -> Ran:
    """An operation on the program, with the pack and its configuration."""
    parts = {"PRINCIPAL": "444455556666", "CIDR": "198.51.100.0/24"} | changed
    text = PROGRAM
    for mark, value in parts.items():
        text = text.replace(mark, value)
    program, told = shop.folder / "program.py", shop.folder / "told.json"
    program.write_text(text, encoding="utf-8")
    told.write_text(json.dumps(config), encoding="utf-8")
    shop.state_folder.mkdir(exist_ok=True)
    arguments = [operation, str(shop.state_folder), pack, str(told), str(program)]
    return shop.shell(shlex.join([sys.executable, "-m", "tests.engine.inline", *arguments]), PATH=without_host(shop))


def without_host(shop: Workshop) -> str:
    """Without a language host on PATH the engine starts packs by the shim that lies beside it."""
    return os.pathsep.join([str(Path(sys.executable).parent), str(shop.binaries.pulumi.parent), "/usr/bin", "/bin"])


def test_a_stack_that_names_the_primary_is_refused_at_preview(shop: Workshop) -> None:
    refused = run(shop, "preview", TOLD, PRINCIPAL="999988887777")
    assert refused.code == 1
    assert "independent-of-primary: assumeRolePolicy" in refused.output
    assert "leans on the primary, by an account" in refused.output
    assert "oob isolation" in refused.output


def test_a_sound_stack_passes_and_an_exported_state_is_judged_like_a_preview(shop: Workshop) -> None:
    run(shop, "preview", TOLD).ok()
    refused = run(shop, "preview", TOLD, CIDR="0.0.0.0/0")
    assert refused.code == 1
    assert OPEN in refused.output
    run(shop, "up", {}, pack="", CIDR="0.0.0.0/0").ok()
    told = shop.folder / "told.json"
    told.write_text(json.dumps(TOLD), encoding="utf-8")
    command = ["pulumi", "policy", "analyze", "--file", str(shop.state_folder / "exported.json"), "--policy-pack", PACK]
    judged = shop.shell(shlex.join([*command, "--policy-pack-config", str(told)]), PATH=without_host(shop))
    assert judged.code != 0
    assert OPEN in judged.output
    refusals: list[tuple[dict[str, object], str]] = [
        ({"profil": "drill"}, "profil: is no key of this pack"),
        ({"primary": {}}, "primary-declared: is judged against no primary"),
        ({**TOLD["oob-resources"], "waivers": [{**WAIVER, "resource": "*::nobody"}]}, "'*::nobody' is no resource of this stack"),
    ]
    for bad, says in refusals:
        told.write_text(json.dumps({"oob-resources": bad}), encoding="utf-8")
        judged = shop.shell(shlex.join([*command, "--policy-pack-config", str(told)]), PATH=without_host(shop))
        assert judged.code != 0
        assert says in judged.output


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"all": "advisory"}, "cannot be lowered or switched off"),
        ({"oob-resources": "disabled"}, "cannot be lowered or switched off"),
        ({"oob-resources": {"profil": "drill"}}, "profil"),
        ({"oob-resource": {"enforcementLevel": "mandatory", "profile": "drill"}}, "oob-resource: is no policy of this pack"),
        ({"oob-resources": {"primary": {"accounts": ["9999888877O7"]}}}, "primary.accounts[0]: is nearly an account number"),
        ({"oob-resources": {"primary": {}}}, "primary-declared: is judged against no primary"),
        ({"oob-resources": {"primary": {"accounts": ["444455556666"]}}}, "independent-of-primary"),
        ({"oob-resources": {"waivers": [{**WAIVER, "expires": ""}]}}, "a waiver without an end is refused"),
        ({"oob-resources": {"waivers": [{**WAIVER, "expires": "2020-01-01"}]}}, "2020-01-01 has passed"),
        ({"oob-resources": {"waivers": [{**WAIVER, "rule": "no-such-rule"}]}}, "there is no rule 'no-such-rule'"),
    ],
    ids=["all", "disabled", "misspelt", "no-policy", "account", "empty", "contradicts", "endless", "past", "no-rule"],
)
def test_a_configuration_that_disarms_or_misspells_ends_the_run(shop: Workshop, config: dict[str, object], says: str) -> None:
    refused = run(shop, "preview", config, CIDR="0.0.0.0/0")
    assert refused.code == 1
    assert says in refused.output


def test_a_waiver_for_a_resource_that_is_not_there_ends_the_run(shop: Workshop) -> None:
    """Apart, because rules about the whole stack speak only where no resource was refused."""
    named = {"oob-resources": {"primary": {"accounts": ["999988887777"]}, "waivers": [{**WAIVER, "resource": "*::nobody"}]}}
    refused = run(shop, "preview", named)
    assert refused.code == 1
    assert "waivers-meet-resources: waivers.network-no-open-ssh.resources: '*::nobody' is no resource" in refused.output
