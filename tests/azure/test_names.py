"""Names on Azure are legal by the documented rules, whatever a stack or a drill is called, and distinct by purpose.

Not proved: that a name is still free in the world.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pytest

from components import naming
from components.clouds.azure import names

SUBSCRIPTION = "b5d2f7c4-91e8-4a63-8d05-6c3fae7b2d10"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789._-"
CHANCE = Random(20261127)  # noqa: S311 the same cases every time
STACKS = ["a", "prod", "azure-example", "x" * 63, "A.b_c-d", "a--b", *(
    "s" + "".join(CHANCE.choices(LETTERS, k=CHANCE.randint(0, 60))) + "e" for _ in range(300)
)]  # fmt: skip
ENVIRONMENTS = [
    *(naming.environment(stack, None) for stack in STACKS),
    *(naming.environment("x", f"q{n}-2026") for n in range(9)),
]

HYPHENED = r"[a-z](?:[a-z0-9]|-(?!-))*[a-z0-9]"
RULES: dict[str, tuple[Callable[[str], str], str]] = {
    "resource group": (lambda env: names.resource_group(env, "data"), rf"(?=.{{1,90}}$){HYPHENED}"),
    "node group": (names.node_resource_group, rf"(?=.{{1,80}}$){HYPHENED}"),
    "storage account": (lambda env: names.storage_account(env, SUBSCRIPTION, "backups"), r"[a-z0-9]{3,24}"),
    "key vault": (lambda env: names.key_vault(env, SUBSCRIPTION, "secrets"), rf"(?=.{{3,24}}$){HYPHENED}"),
    "server": (lambda env: names.server(env, SUBSCRIPTION), rf"(?=.{{3,63}}$){HYPHENED}"),
    "cluster": (names.cluster, rf"(?=.{{1,63}}$){HYPHENED}"),
    "identity": (lambda env: names.identity(env, "bootstrap"), rf"(?=.{{3,63}}$){HYPHENED}"),
    "machine": (names.bastion_machine, rf"(?=.{{1,15}}$){HYPHENED}"),
    "general": (lambda env: names.general(env, "nodes"), rf"(?=.{{1,56}}$){HYPHENED}"),
    "workflow": (lambda env: names.workflow(env, "secret-age"), rf"(?=.{{1,43}}$){HYPHENED}"),
    "DNS prefix": (names.dns_prefix, rf"(?=.{{1,54}}$){HYPHENED}"),
}


@pytest.mark.parametrize("kind", RULES)
def test_every_name_is_legal(kind: str) -> None:
    make, rule = RULES[kind]
    illegal = [made for made in map(make, ENVIRONMENTS) if not re.fullmatch(rule, made)]
    assert illegal == []


@pytest.mark.parametrize("kind", RULES)
def test_two_environments_never_share_a_name(kind: str) -> None:
    make, _ = RULES[kind]
    distinct = list(dict.fromkeys(ENVIRONMENTS))
    assert len({make(environment) for environment in distinct}) == len(distinct)


def test_purpose_and_subscription_make_accounts_distinct() -> None:
    environment = "oob-" + "long" * 15
    made = {
        names.storage_account(environment, subscription, purpose)
        for subscription in ("a", "b")
        for purpose in ("files", "backups")
    }
    assert len(made) == 4
