"""stacks/schema.json for editors, made from the models: `python -m ops.schema` writes it, a test compares it.

Draft 7, which editors know best. Descriptions are the docstrings of the models and the texts under their fields.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from components import clouds
from components.checks.application import SECRETS
from components.findings import model_in
from components.settings import KEY, Stack

PATH = Path(__file__).resolve().parent.parent / "stacks" / "schema.json"
Schema = dict[str, Any]

_SECRET_TEXTS = {
    "licence": "The Enterprise licence.",
    "smtpPassword": "The password at the mail server.",
    "oidcClientSecret": "The client secret at the identity provider.",
}


def generate() -> Schema:
    """The schema of a whole stack file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A stack of this project",
        "description": "An out-of-band Mattermost: one structured key, and secrets beside it.",
        "type": "object",
        "required": ["config"],
        "additionalProperties": False,
        "properties": {
            "config": {
                "title": "Configuration",
                "description": "The configuration that Pulumi reads.",
                "type": "object",
                "required": [KEY],
                "additionalProperties": False,
                "properties": {KEY: _stack()} | {f"oob:{key}": _secret(key, why) for key, (why, _) in SECRETS.items()},
                "patternProperties": {"^pulumi:": {"description": "A setting of Pulumi itself."}},
            },
            "encryptionsalt": _text("Encryption salt", "Written by Pulumi, for a passphrase."),
            "encryptedkey": _text("Encrypted key", "Written by Pulumi, for a key of a cloud."),
            "secretsprovider": _text("Secrets provider", "What encrypts the secrets of this stack. Never a key of the primary."),
        },
    }


def text() -> str:
    """The schema as it stands in the file."""
    return json.dumps(_tidy(generate()), indent=2, ensure_ascii=False) + "\n"


_FIRST = ("$schema", "title", "description", "type", "enum", "const", "pattern", "default")
_ORDER = {key: place for place, key in enumerate(_FIRST)}


def _tidy(value: object) -> object:
    """What a person reads first stands first; settings keep the order of the models."""
    if isinstance(value, list):
        return [_tidy(inner) for inner in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    block = cast("Schema", value)
    keyword = "title" in block and isinstance(block["title"], str)
    keys = sorted(block, key=lambda key: _ORDER.get(key, len(_ORDER))) if keyword else list(block)
    return {key: _tidy(block[key]) for key in keys}


def _text(title: str, description: str) -> Schema:
    return {"title": title, "description": description, "type": "string"}


def _secret(key: str, why: str) -> Schema:
    return {
        "title": _titled(key),
        "description": f"{_SECRET_TEXTS[key]} Required when {why}. Set it with `pulumi config set --secret oob:{key}`.",
        "type": "object",
        "required": ["secure"],
        "additionalProperties": False,
        "properties": {"secure": {"title": "Secure", "description": "The encrypted value.", "type": "string", "minLength": 1}},
    }


def _stack() -> Schema:
    """The neutral settings, and for the chosen cloud its own block and no other's."""
    names = clouds.available()
    found = _model(Stack)
    properties = cast("Schema", found["properties"])
    properties["cloud"] |= {"enum": list(names)}
    for name in names:
        properties[name] = _model(clouds.settings(name)) | {"title": f"Settings of cloud {name}"}
    found["allOf"] = [
        {
            "if": {"properties": {"cloud": {"const": name}}, "required": ["cloud"]},
            "then": {"required": [name], "properties": {other: False for other in names if other != name}},
        }
        for name in names
    ]
    return found


def _model(model: type[BaseModel]) -> Schema:
    """A block with everything in it written out: no editor has to follow a reference."""
    raw = model.model_json_schema(by_alias=True, ref_template="{model}")
    made = cast("Schema", _flat(raw, raw.get("$defs", {})))
    _explain(made, model)
    return made


def _flat(value: object, definitions: Schema) -> object:
    """References replaced by what they mean, and the choice of null removed: a key without a value is a fault."""
    if isinstance(value, list):
        return [_flat(inner, definitions) for inner in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    block = {key: inner for key, inner in cast("Schema", value).items() if key != "$defs"}
    name = block.pop("$ref", None)
    if name is not None:
        block = {**definitions[cast("str", name)], **block}
    choices = block.get("anyOf")
    if isinstance(choices, list):
        real = [choice for choice in cast("list[Schema]", choices) if choice != {"type": "null"}]
        if len(real) == 1:
            block = {**real[0], **{key: inner for key, inner in block.items() if key != "anyOf"}}
            if "$ref" in block:
                return _flat(block, definitions)
    if block.get("default", 0) is None:
        block.pop("default")
    if isinstance(block.get("default"), dict):
        block["default"] = {key: inner for key, inner in cast("Schema", block["default"]).items() if inner is not None}
    return {key: _flat(inner, definitions) for key, inner in block.items()}


def _explain(schema: Schema, model: type[BaseModel]) -> None:
    """Titles and descriptions, block by block."""
    schema |= {"title": _titled(model.__name__), "description": _purpose(model)}
    told = dict(field_texts(model))
    for name, field in model.model_fields.items():
        key = field.alias or name
        found = cast("Schema", schema["properties"][key])
        block = model_in(field.annotation)
        if block is not None:
            _explain(cast("Schema", found.get("items") or found.get("additionalProperties") or found), block)
        kind = field.annotation
        own = _purpose(kind) if isinstance(kind, type) and issubclass(kind, Enum) else found.get("description", "")
        parts = [told.get(name) or (_purpose(block) if block else ""), own if block is None else ""]
        found |= {"title": _titled(key), "description": " ".join(part for part in parts if part)}


def _purpose(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").replace("\n", " ")


def field_texts(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The text that stands under each field of a model, in the model's source and in that of what it is built on."""
    for base in reversed(model.__mro__):
        if not issubclass(base, BaseModel) or base is BaseModel:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for statement, after in pairwise(statements):
            told = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and isinstance(told, str):
                yield statement.target.id, inspect.cleandoc(told).replace("\n", " ")


def _titled(key: str) -> str:
    """directHost and DirectHost as 'Direct host'."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in key).strip()
    return f"{words[0].upper()}{words[1:]}"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
