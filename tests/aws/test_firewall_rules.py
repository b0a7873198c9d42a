"""The firewall's rules as values: who gets in, what is only counted, and where free text belongs.

Not proved: what AWS's managed rules really match. The path test uses Python's engine for the same regular expressions.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.clouds.aws import firewall_rules as rules
from components.clouds.aws.firewall import login_limit
from components.contract import PING_PATH

ID = "a" * 26
TAKING_UP = ("known-bad-bodies", "labelled-elsewhere")


def all_rules(people: str | None = "arn:people", blocks: bool = True) -> list[Any]:
    return list(rules.rules(checkers="arn:checkers", people=people, logins=600, requests=2000, blocks=blocks))


def rule(name: str, **kwargs: Any) -> Any:
    (found,) = [known for known in all_rules(**kwargs) if known["name"] == name]
    return found


def free(path: str) -> bool:
    return any(re.search(expression, path) for expression in rules.FREE_PATHS)


def test_rules_decide_in_the_order_in_which_they_are_written() -> None:
    priorities = [known["priority"] for known in all_rules()]
    assert priorities == sorted(set(priorities))


def test_health_checkers_get_in_before_anything_can_refuse_them() -> None:
    first = all_rules()[0]
    assert first["action"] == {"allow": {}}
    source, path, query = first["statement"]["and_statement"]["statements"]
    assert source == {"ip_set_reference_statement": {"arn": "arn:checkers"}}
    assert path["byte_match_statement"]["search_string"] == PING_PATH
    assert path["byte_match_statement"]["positional_constraint"] == "EXACTLY"
    longer = query["not_statement"]["statement"]["size_constraint_statement"]
    assert (longer["comparison_operator"], longer["size"]) == ("GT", 0), "the deep form of the ping writes to the database"


def test_nothing_else_allows_outright() -> None:
    assert [known["name"] for known in all_rules() if known.get("action") == {"allow": {}}] == ["health-checks"]


@pytest.mark.parametrize("people", ["arn:people", None])
@pytest.mark.parametrize("blocks", [True, False])
def test_health_checkers_are_refused_elsewhere_even_while_access_is_open(people: str | None, blocks: bool) -> None:
    found = rule("health-checkers-elsewhere", people=people, blocks=blocks)
    assert found["action"] == {"block": {}}
    assert found["statement"] == {"ip_set_reference_statement": {"arn": "arn:checkers"}}


@pytest.mark.parametrize("blocks", [True, False])
def test_strangers_are_refused_also_while_other_rules_only_count(blocks: bool) -> None:
    found = rule("people-only", blocks=blocks)
    assert found["action"] == {"block": {}}
    assert found["statement"]["not_statement"]["statement"] == {"ip_set_reference_statement": {"arn": "arn:people"}}


def test_open_access_drops_the_list_of_people_and_nothing_else() -> None:
    assert {known["name"] for known in all_rules()} - {known["name"] for known in all_rules(people=None)} == {"people-only"}


@pytest.mark.parametrize("name", ["login-rate", "request-rate", "labelled-elsewhere"])
def test_one_switch_turns_tunable_rules_from_blocking_to_counting(name: str) -> None:
    assert rule(name, blocks=True)["action"] == {"block": {}}
    assert rule(name, blocks=False)["action"] == {"count": {}}


@pytest.mark.parametrize("name", ["address-reputation", "common"])
def test_one_switch_turns_managed_groups_from_blocking_to_counting(name: str) -> None:
    assert rule(name, blocks=True)["override_action"] == {"none": {}}
    assert rule(name, blocks=False)["override_action"] == {"count": {}}
    assert "action" not in rule(name)


@pytest.mark.parametrize("blocks", [True, False])
def test_known_exploits_are_refused_also_while_other_rules_only_count(blocks: bool) -> None:
    assert rule("known-bad-inputs", blocks=blocks)["override_action"] == {"none": {}}
    assert rule("known-bad-bodies", blocks=blocks)["action"] == {"block": {}}


def test_each_rule_that_only_counts_is_taken_up_again_by_its_label() -> None:
    counted = {
        override["name"]
        for known in all_rules()
        for override in known["statement"].get("managed_rule_group_statement", {}).get("rule_action_overrides", [])
    }
    assert counted == {name for group in rules.LABELLING.values() for name in group}
    taken: set[str] = set()
    for name in TAKING_UP:
        labels, _ = rule(name)["statement"]["and_statement"]["statements"]
        taken |= {found["label_match_statement"]["key"] for found in labels["or_statement"]["statements"]}
    assert taken == {label for group in rules.LABELLING.values() for label in group.values()}
    for group in rules.LABELLING.values():
        for name, label in group.items():
            assert label.rpartition(":")[2].lower() == name.lower(), "a label of another rule would leave this one off"


def test_the_rule_for_labels_comes_after_the_groups_that_set_them() -> None:
    groups = [known["priority"] for known in all_rules() if "managed_rule_group_statement" in known["statement"]]
    assert min(rule(name)["priority"] for name in TAKING_UP) > max(groups)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v4/files",
        "/api/v4/files/" + ID,
        "/api/v4/uploads/" + ID,
        "/api/v4/posts",
        "/api/v4/posts/ephemeral",
        f"/api/v4/teams/{ID}/posts/search",
        f"/api/v4/users/{ID}/image",
        "/api/v4/users/status/ids",
        "/api/v4/config/patch",
        "/plugins/playbooks/api/v0/runs",
    ],
)
def test_text_and_files_may_hold_what_an_attack_looks_like(path: str) -> None:
    assert free(path)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v4/users/login",
        "/api/v4/users/login/cws",
        "/api/v4/users",
        f"/api/v4/users/{ID}",
        f"/api/v4/users/{ID}/image/x",
        f"/api/v4/users/{ID}/password",
        "/api/v4/users/password/reset",
        "/api/v4/filesystem",
        "/api/v4/postscript",
        "/api/v4/oauth/apps",
        "/oauth/authorize",
        "/signup/openid/complete",
        "/x/api/v4/files",
        "/plugins",
        "/plugins/",
        "/",
    ],
)
def test_no_other_path_is_exempt(path: str) -> None:
    assert not free(path)


def test_exempt_and_limited_paths_are_matched_as_the_server_will_read_them() -> None:
    _, paths = rule("labelled-elsewhere")["statement"]["and_statement"]["statements"]
    exempt = paths["not_statement"]["statement"]["or_statement"]["statements"]
    found = [known["regex_match_statement"] for known in exempt]
    limited = rule("login-rate")["statement"]["rate_based_statement"]["scope_down_statement"]["byte_match_statement"]
    for statement in [*found, limited]:
        kinds = [step["type"] for step in statement["text_transformations"]]
        assert kinds == ["URL_DECODE", "NORMALIZE_PATH"], "else /api/v4/files/../users/login would pass as an upload"


def test_expressions_are_short_enough_for_the_firewall() -> None:
    assert all(len(expression) <= 512 for expression in rules.FREE_PATHS)


def test_sign_ins_are_limited_by_the_same_number_as_at_the_ingress() -> None:
    assert login_limit(120) == 600
