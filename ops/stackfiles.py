"""Stack files as `oob` finds and reads them: stacks/Pulumi.<name>.yaml, with every fault told as a sentence.

The engine reads the same files with less care: it takes the last of two equal keys, expands aliases and encrypts
nothing by itself. What is refused here never gets that far.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from components import documents, settings
from components.checks.application import SECRETS
from components.faults import ConfigError, Fault, either, shown
from components.findings import nearest
from components.labels import VALUE

PROJECT = "oob"
PLACEHOLDER = "[secret]"
KNOWN_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider")
SECRET_KEYS = tuple(f"{PROJECT}:{key}" for key in SECRETS)

_FILE = re.compile(r"Pulumi\.(.+)\.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFile:
    """A stack file that is sound as a file. What its settings mean is not judged here.

    config: values of the plain keys, by full key (oob:stack). secret_keys: keys whose value is encrypted and not read.
    secrets_provider: what encrypts them, as in the file; None for a passphrase.
    """

    name: str
    path: Path
    config: Mapping[str, object]
    secret_keys: tuple[str, ...]
    secrets_provider: str | None


def list_stacks(folder: Path) -> tuple[str, ...]:
    """The names of all stacks in `folder`, in order."""
    try:
        entries = sorted(entry.name for entry in folder.iterdir())
    except OSError as problem:
        why = f"the folder {shown(str(folder))} cannot be read ({problem.strerror})"
        raise ConfigError("the command", [Fault("stacks", why, "make it a readable folder")]) from None
    return tuple(found[1] for entry in entries if (found := _FILE.fullmatch(entry)) and VALUE.fullmatch(found[1]))


def read(folder: Path, name: str) -> StackFile:
    """The stack file of that name. ConfigError with every fault of the file, or with what could have been meant."""
    path = _find(folder, name)
    source = f"{folder.name}/{path.name}"
    document = documents.read(path)
    faults = list(document.faults)
    top = document.value
    if not faults and not isinstance(top, dict):
        given = "is empty" if top is None else f"holds {shown(top)} where keys belong"
        faults.append(Fault("file", given, "start from stacks/Pulumi.aws-example.yaml"))
    if not isinstance(top, dict):
        raise ConfigError(source, faults)
    entries = cast("dict[str, object]", top)
    faults += _unknown(entries)
    config = entries.get("config")
    plain: dict[str, object] = {}
    secret: list[str] = []
    if isinstance(config, dict):
        faults += _sorted(cast("dict[str, object]", config), plain, secret)
    elif not document.faults:
        why = "required, but not given" if "config" not in entries else "is no block of keys"
        faults.append(Fault("config", why, f"give it, with {settings.KEY} below it"))
    if faults:
        raise ConfigError(source, faults)
    provider = entries.get("secretsprovider")
    return StackFile(
        name=name,
        path=path,
        config=plain,
        secret_keys=tuple(secret),
        secrets_provider=provider if isinstance(provider, str) else None,
    )


def to_config(file: StackFile) -> tuple[dict[str, str], tuple[str, ...]]:
    """The configuration as the Pulumi runtime wants it: JSON text for structured values, placeholders for secrets."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in file.config.items()}
    return texts | dict.fromkeys(file.secret_keys, PLACEHOLDER), file.secret_keys


def _find(folder: Path, name: str) -> Path:
    existing = list_stacks(folder)
    if name in existing:
        return folder / f"Pulumi.{name}.yaml"
    bare = Path(name).name.removeprefix("Pulumi.").removesuffix(".yaml")
    near = bare if bare in existing else nearest(bare, existing)
    there = f"there are {', '.join(existing)}" if existing else f"there is none in {folder.name}/ yet"
    fix = f"did you mean {near}? {there[0].upper()}{there[1:]}" if near else there
    if not VALUE.fullmatch(name):
        why = f"{shown(name)} is no name of a stack (up to 63 letters, digits, dots, hyphens, underscores)"
        raise ConfigError("the command", [Fault("stack", why, fix)])
    raise ConfigError("the command", [Fault("stack", f"{folder.name}/Pulumi.{name}.yaml does not exist", fix)])


def _unknown(entries: Mapping[str, object]) -> Iterator[Fault]:
    for key in entries:
        if key == "environment":
            yield Fault(key, "brings settings from Pulumi ESC, which nobody can read offline", f"write them under {settings.KEY}")
        elif key == settings.KEY or key in SECRET_KEYS:
            yield Fault(key, "stands beside config", "move it below config, two spaces in")
        elif key not in KNOWN_KEYS:
            near = nearest(key, KNOWN_KEYS)
            yield Fault(key, "is no key of a stack file", f"did you mean {near}?" if near else f"use {either(KNOWN_KEYS)}")


def _sorted(config: Mapping[str, object], plain: dict[str, object], secret: list[str]) -> Iterator[Fault]:
    """Sort keys into `plain` and `secret`; values of secret keys are never looked at, and none is ever shown."""
    legal = (settings.KEY, *SECRET_KEYS)
    for key, value in config.items():
        if key in SECRET_KEYS:
            if _encrypted(value):
                secret.append(key)
            else:
                why = "has an empty secure value" if _wrapped(value) else "is a secret, but does not stand here encrypted"
                fix = f"set it with `pulumi config set --secret {key}`; what was ever written in the clear, make anew"
                yield Fault(key, why, fix)
        elif key == settings.KEY:
            inside = list(_secure_inside(value, settings.KEY))
            yield from inside
            if not inside:
                plain[key] = value
        elif key.startswith("pulumi:"):
            if _encrypted(value):
                secret.append(key)
            else:
                plain[key] = value
        elif f"{PROJECT}:{key}" in legal:
            yield Fault(key, "has no namespace", f"write {PROJECT}:{key}")
        else:
            near = nearest(key, legal)
            fix = f"did you mean {near}?" if near else f"remove it; known here: {', '.join(legal)}"
            yield Fault(key, "is no key that this program reads", fix)
    misspelt = any(nearest(key, legal) == settings.KEY for key in config if key not in legal)
    if settings.KEY not in config and not misspelt:
        yield Fault(settings.KEY, "required, but not given", "start from stacks/Pulumi.aws-example.yaml")


def _wrapped(value: object) -> bool:
    return isinstance(value, dict) and list(cast("dict[str, object]", value)) == ["secure"]


def _encrypted(value: object) -> bool:
    text = cast("dict[str, object]", value)["secure"] if _wrapped(value) else None
    return isinstance(text, str) and bool(text.strip())


def _secure_inside(value: object, path: str) -> Iterator[Fault]:
    """Secret leaves inside the block: the SDK would hand them out in the clear, and they would land in the state."""
    if _wrapped(value):
        yield Fault(path, "is an encrypted value inside the block", f"use one of the keys beside it: {', '.join(SECRET_KEYS)}")
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _secure_inside(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[object]", value)):
            yield from _secure_inside(inner, f"{path}[{index}]")
