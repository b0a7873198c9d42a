"""What the engine tells a running pack: its configuration, and the stack's own block. Refuses what would disarm it.

The SDK hands each policy its own configuration and applies changed levels by itself, without a word. So the message that
brings both is read here first (the analyzer protocol's Configure): unknown keys, waivers that are none, and a mandatory
policy that is lowered or switched off are errors, and the run ends before anything is judged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, cast

import yaml
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk

from policies import configuration, pack, rules
from policies.settings import Settings, SettingsError

_MANDATORY = frozenset({pack.RESOURCES, pack.STACK})
_POLICIES = _MANDATORY | {pack.RESOURCES_ADVICE, pack.STACK_ADVICE}
_current: list[Settings] = []


def current() -> Settings:
    """The settings in force: what Configure brought, else what the stack's own block says."""
    if not _current:
        _current.append(combined({}))
    return _current[0]


def listen() -> None:
    """Read the configuration before the SDK does."""
    servicer: Any = sdk._PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]  # the only place where it arrives whole
    theirs = servicer.Configure

    def configure(self: object, request: Any, context: Any) -> Any:
        _current[:] = [accepted(request)]
        return theirs(self, request, context)

    servicer.Configure = configure


def accepted(request: Any) -> Settings:
    """Settings from the engine's message. SettingsError with everything that is wrong with it."""
    faults: list[str] = []
    given: dict[str, object] = {}
    for name, config in request.policyConfig.items():
        if name not in _POLICIES:
            faults.append(f"{name}: is no policy of this pack; use one of {', '.join(sorted(_POLICIES))}")
        if name in _MANDATORY and config.enforcementLevel != analyzer_pb2.MANDATORY:
            faults.append(
                f"{name}: mandatory rules cannot be lowered or switched off as a whole; "
                "waive one rule with reason, owner and expiry instead"
            )
        for key, value in cast("dict[str, object]", json_format.MessageToDict(config.properties)).items():
            if key in given and given[key] != value:
                faults.append(f"{name}.{key}: is given twice, differently; once is enough for all policies of this pack")
            given[key] = value
    try:
        found = combined(given)
    except SettingsError as refused:
        faults += refused.faults
        found = Settings()
    if faults:
        raise SettingsError(tuple(faults))
    return found


def combined(given: Mapping[str, object]) -> Settings:
    """The pack's own configuration over what the stack's block says. SettingsError as in `configuration.parse`."""
    block = stack_block(os.environ)
    merged = {**from_block(block), **given}
    return configuration.parse(merged, rules.NAMES)


def stack_block(environment: Mapping[str, str]) -> Mapping[str, object]:
    """The value of `oob:stack`, which the engine hands to a pack as to a program; empty where there is none."""
    try:
        config = cast("object", json.loads(environment.get("PULUMI_CONFIG", "{}")))
        text = cast("dict[str, object]", config).get("oob:stack") if isinstance(config, dict) else None
        block = cast("object", yaml.safe_load(text)) if isinstance(text, str) else text
    except (ValueError, yaml.YAMLError):
        return {}
    return (
        {str(key): value for key, value in cast("Mapping[object, object]", block).items()} if isinstance(block, Mapping) else {}
    )


def from_block(block: Mapping[str, object]) -> dict[str, object]:
    """The pack's configuration as a stack's block gives it, in the words of the configuration file."""
    if not block:
        return {}
    drill = _mapping(block.get("drill"))
    database, objects = _mapping(drill.get("database")), _mapping(drill.get("objects"))
    names = (
        database.get("cluster"),
        database.get("snapshot"),
        objects.get("files"),
        objects.get("backups"),
        drill.get("sourceStack"),
    )
    return {
        "profile": "drill" if block.get("mode") == "drill" else "production",
        "primary": _mapping(block.get("primary")),
        "failoverName": str(_mapping(block.get("site")).get("host", "")),
        "waivers": [
            {
                "rule": name,
                "resource": _mapping(waiver).get("resources", "*"),
                **{key: value for key, value in _mapping(waiver).items() if key != "resources"},
            }
            for name, waiver in _mapping(block.get("waivers")).items()
        ],
        "productionNames": [name for name in names if isinstance(name, str)] if block.get("mode") == "drill" else [],
    }


def _mapping(value: object) -> dict[str, object]:
    return (
        {str(key): inner for key, inner in cast("Mapping[object, object]", value).items()} if isinstance(value, Mapping) else {}
    )
