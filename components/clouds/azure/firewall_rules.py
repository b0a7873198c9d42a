"""The firewall's rules, in the order in which they decide (OOB-19, OOB-21, OOB-22, PREP-46). Pure.

A custom rule that allows or refuses ends the matter: neither later custom rules nor Microsoft's are asked. People write about
attacks here: a post with a log line or a script is exactly what such rules refuse, and an incident is exactly when it is written.
So requests of people on the list to the paths where free text and files belong pass without Microsoft's rules; everywhere else,
sign-in above all, those rules decide.

The policy always refuses. In the service's other mode, which only reports, the list of people would only be reported on as well;
with `waf_blocks: false` each rule that can be tuned reports, and the lists still refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi_azure_native import network

from components.clouds.azure import managed_rules
from components.contract import PING_PATH

LOGIN_PATH = "/api/v4/users/login"
WINDOW_SECONDS = 300

# Where free text, lists of ids and files belong. Matched on the decoded address with its query.
_ID = "[a-z0-9]{26}"
_END = r"(/|\?|$)"
FREE_PATHS = (
    rf"^/api/v4/(files|uploads|emoji|brand/image|license|saml/certificate|ldap/certificate){_END}",
    rf"^/api/v4/(users/{_ID}/image|teams/{_ID}/(image|import)){_END}",
    rf"^/api/v4/(posts|drafts|commands/execute|actions/dialogs|channels|logs|config|roles){_END}",
    rf"^/api/v4/(users/(ids|usernames|status/ids|group_channels|{_ID}/preferences)|teams/{_ID}/posts/search){_END}",
    r"^/plugins/[a-z0-9._-]+/",
)
UPWARDS = ("..", "//", "\\")  # the firewall does not resolve these: `/files/../users/login` would look like a file

Rule = network.WebApplicationFirewallCustomRuleArgsDict
Condition = network.MatchConditionArgsDict


def _from(ranges: Sequence[str], *, outside: bool = False) -> Condition:
    return {
        "match_variables": [{"variable_name": "RemoteAddr"}],
        "operator": "IPMatch",
        "match_values": list(ranges),
        "negation_conditon": outside,
    }


def _address(operator: str, values: Sequence[str], *, transforms: Sequence[str] = (), negated: bool = False) -> Condition:
    return {
        "match_variables": [{"variable_name": "RequestUri"}],
        "operator": operator,
        "match_values": list(values),
        "transforms": list(transforms),
        "negation_conditon": negated,
    }


def _match(name: str, priority: int, action: str, *conditions: Condition) -> Rule:
    return {
        "name": name,
        "priority": priority,
        "state": "Enabled",
        "rule_type": "MatchRule",
        "action": action,
        "match_conditions": list(conditions),
    }


def _rate(name: str, priority: int, *, blocks: bool, window: str, limit: int, condition: Condition) -> Rule:
    """Counted for each address by itself; a whole site may stand behind one."""
    return {
        "name": name,
        "priority": priority,
        "state": "Enabled",
        "rule_type": "RateLimitRule",
        "action": "Block" if blocks else "Log",
        "rate_limit_duration": window,
        "rate_limit_threshold": limit,
        "group_by_user_session": [{"group_by_variables": [{"variable_name": "ClientAddr"}]}],
        "match_conditions": [condition],
    }


def health_checks(checkers: Sequence[str]) -> Rule:
    """Health checkers on the ping path, before anything else can refuse them. Exactly the shallow form, with no query:
    `get_server_status=true` writes to the database each time, and anybody may point a health checker here.
    """
    return _match("healthChecks", 5, "Allow", _from(checkers), _address("Equal", [PING_PATH]))


def checkers_elsewhere(checkers: Sequence[str]) -> Rule:
    """Health checkers anywhere but on the ping path: refused, also while the list of people is open."""
    return _match("healthCheckersElsewhere", 10, "Block", _from(checkers))


def people_only(people: Sequence[str]) -> Rule:
    """Whoever is not on the list. Never only reported: this is access, not tuning."""
    return _match("peopleOnly", 20, "Block", _from(people, outside=True))


def login_rate(limit: int, blocks: bool) -> Rule:
    """Guesses at passwords, per address, wherever in the address the path stands (PREP-46)."""
    guess = _address("Contains", [LOGIN_PATH], transforms=["UrlDecode", "Lowercase"])
    return _rate("loginRate", 30, blocks=blocks, window="FiveMins", limit=limit, condition=guess)


def request_rate(limit: int, blocks: bool) -> Rule:
    """Requests of any kind, per address (PREP-131)."""
    return _rate("requestRate", 40, blocks=blocks, window="OneMin", limit=limit, condition=_address("BeginsWith", ["/"]))


def free_paths() -> Rule:
    """Free text and files, past Microsoft's rules. An address that climbs, or holds an empty step, is none of these."""
    plain = _address("Contains", UPWARDS, transforms=["UrlDecode"], negated=True)
    return _match("freePaths", 50, "Allow", _address("Regex", FREE_PATHS, transforms=["UrlDecode"]), plain)


def custom(*, checkers: Sequence[str], people: Sequence[str] | None, logins: int, requests: int, blocks: bool) -> list[Rule]:
    """All rules of our own. `people` is None while access is open to all; `blocks` is the switch of the tunable ones."""
    return [
        health_checks(checkers),
        checkers_elsewhere(checkers),
        *([people_only(people)] if people is not None else []),
        login_rate(logins, blocks),
        request_rate(requests, blocks),
        free_paths(),
    ]


def managed(blocks: bool) -> network.ManagedRulesDefinitionArgsDict:
    """Microsoft's rules against attacks and against bots; with `blocks` False each of them reports and adds nothing up."""
    return {
        "managed_rule_sets": [
            _set(managed_rules.ATTACKS, managed_rules.ATTACKS_VERSION, {} if blocks else managed_rules.ATTACK_RULES),
            _set(managed_rules.BOTS, managed_rules.BOTS_VERSION, {} if blocks else managed_rules.BOT_RULES),
        ]
    }


def _set(kind: str, version: str, reported: Mapping[str, Sequence[str]]) -> network.ManagedRuleSetArgsDict:
    return {
        "rule_set_type": kind,
        "rule_set_version": version,
        "rule_group_overrides": [
            {
                "rule_group_name": group,
                "rules": [{"rule_id": rule, "state": "Enabled", "action": "Log"} for rule in rules],
            }
            for group, rules in reported.items()
        ],
    }
