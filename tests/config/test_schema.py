"""The editors' schema is the one that the models make, is complete, and judges as the program does where a schema can.

Not proved: that an editor shows it well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from jsonschema import Draft7Validator

from components import clouds, documents
from components.findings import keys_of, model_in
from components.settings import CloudSettings, Stack
from ops import schema
from tests.config.made_up import ROOT, STACKS, example, put

SCHEMA: dict[str, Any] = json.loads(schema.PATH.read_text(encoding="utf-8"))
STACK: dict[str, Any] = SCHEMA["properties"]["config"]["properties"]["oob:stack"]


def complaints(stack: dict[str, Any]) -> list[str]:
    found = Draft7Validator(SCHEMA).iter_errors(cast("Any", {"config": {"oob:stack": stack}}))
    return [f"{'.'.join(map(str, list(error.absolute_path)[2:]))}: {error.message}" for error in found]


def settings_in(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, inner in node.get("properties", {}).items():
        yield f"{path}.{key}", inner
        yield from settings_in(inner, f"{path}.{key}")
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from settings_in(node[key], f"{path}[]")


def test_the_file_is_what_the_models_make() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text(), "write it anew: .venv/bin/python -m ops.schema"


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_every_setting_has_a_title_a_description_and_a_type() -> None:
    for path, node in settings_in(SCHEMA):
        assert node.get("title"), path
        assert len(node.get("description", "")) > 3, path
        assert "type" in node or "enum" in node, path


def test_every_setting_of_the_models_is_there_and_no_other() -> None:
    blocks: list[tuple[dict[str, Any], Any]] = [(STACK, Stack)]
    blocks += [(STACK["properties"][name], clouds.settings(name)) for name in clouds.available()]
    while blocks:
        node, model = blocks.pop()
        extra = set(clouds.available()) if model is Stack else set[str]()
        assert set(node["properties"]) - extra == set(keys_of(model))
        assert node["additionalProperties"] is False
        for key, field in keys_of(model).items():
            inner = model_in(field.annotation)
            found = node["properties"][key]
            assert (key in node.get("required", [])) == field.is_required()
            if not field.is_required() and field.default is not None and inner is None:
                assert "default" in found, key
            if inner is not None:
                holder = found.get("items") or found.get("additionalProperties") or found
                blocks.append((holder, inner))


def test_every_setting_is_explained_in_the_source() -> None:
    """A text under each field, but for blocks and choices, whose class says it."""
    models: list[Any] = [Stack, *(clouds.settings(name) for name in clouds.available())]
    while models:
        model = models.pop()
        told = dict(schema.field_texts(model))
        for name, field in model.model_fields.items():
            inner = model_in(field.annotation)
            if inner is not None:
                models.append(inner)
            plain = inner is None and not hasattr(field.annotation, "__members__")
            assert not plain or told.get(name), f"{model.__name__}.{name} has no text under it"
    assert issubclass(clouds.settings(clouds.available()[0]), CloudSettings)


@pytest.mark.parametrize("name", ["aws-example", "aws-drill-example"])
def test_the_examples_pass(name: str) -> None:
    value = documents.read(STACKS / f"Pulumi.{name}.yaml").value
    assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(cast("Any", value))] == []


@pytest.mark.parametrize("cloud", clouds.available())
def test_the_smallest_stack_of_a_cloud_passes(cloud: str) -> None:
    value = documents.read(ROOT / "components" / "clouds" / cloud / "example.yaml").value
    assert complaints(cast("dict[str, Any]", value)) == []


@pytest.mark.parametrize(
    ("path", "wrong", "word"),
    [
        ("sizze", "small", "sizze"),
        ("size", "huge", "huge"),
        ("cloud", "gcp", "gcp"),
        ("site.hots", "x", "hots"),
        ("site.host", "Chat.Example", "Chat.Example"),
        ("aws.account", 444455556666, "not of type"),
        ("aws.cluster.version", 1.36, "not of type"),
        ("mattermost.licensed", "yes", "not of type"),
        ("smtp", None, "not of type"),
        ("access.allowedCidrs", [], "non-empty"),
        ("dns.ttlSeconds", 300, "maximum"),
        ("dns.intervalSeconds", 17, "17"),
        ("backup.objectLock", "forever", "forever"),
    ],
)
def test_an_editor_marks_what_the_program_refuses(path: str, wrong: object, word: str) -> None:
    value = example()
    put(value, path, wrong)
    found = complaints(value)
    assert found
    assert any(word in sentence for sentence in found), found


def test_the_block_of_the_chosen_cloud_is_required() -> None:
    value = example()
    del value["aws"]
    assert any("'aws' is a required property" in sentence for sentence in complaints(value))


def test_secrets_stand_encrypted_beside_the_block() -> None:
    for key in ("oob:licence", "oob:smtpPassword", "oob:oidcClientSecret"):
        plain = {"config": {"oob:stack": example(), key: "in the clear"}}
        secure = {"config": {"oob:stack": example(), key: {"secure": "v1:x"}}}
        assert list(Draft7Validator(SCHEMA).iter_errors(cast("Any", plain)))
        assert not list(Draft7Validator(SCHEMA).iter_errors(cast("Any", secure)))
