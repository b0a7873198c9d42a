"""Stack files are found by name and read whole, or refused with sentences: never a traceback, never a secret.

Not proved: that a secure value can be decrypted (only the engine with its passphrase or key can tell).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import documents
from components.faults import ConfigError
from ops import stackfiles
from tests.config.made_up import STACKS

SOUND = 'config:\n  oob:licence:\n    secure: v1:abc\n  oob:stack:\n    cloud: aws\n    list: [1, "2", true]\n'
CANARY = "canary-7c1e"


def put(folder: Path, text: str | bytes, name: str = "x") -> None:
    path = folder / f"Pulumi.{name}.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def told(folder: Path, name: str = "x") -> list[str]:
    """The faults of a stack file as sentences; [] if it is sound."""
    try:
        stackfiles.read(folder, name)
    except ConfigError as refused:
        return [str(fault) for fault in refused.faults]
    return []


def test_the_stacks_of_the_repository_are_found() -> None:
    assert {"aws-example", "aws-drill-example"} <= set(stackfiles.list_stacks(STACKS))


def test_only_stack_files_are_stacks(tmp_path: Path) -> None:
    for name in (
        "Pulumi.b.yaml",
        "Pulumi.a.yaml",
        "Pulumi.yaml",
        "Pulumi.c.yml",
        "roster.yaml",
        "Pulumi..yaml",
        "Pulumi.-x.yaml",
    ):
        (tmp_path / name).write_text("")
    assert stackfiles.list_stacks(tmp_path) == ("a", "b")


def test_a_sound_file_is_read_with_its_secrets_unseen(tmp_path: Path) -> None:
    put(tmp_path, SOUND)
    file = stackfiles.read(tmp_path, "x")
    assert (file.name, file.path, file.secret_keys) == ("x", tmp_path / "Pulumi.x.yaml", ("oob:licence",))
    assert file.config == {"oob:stack": {"cloud": "aws", "list": [1, "2", True]}}


def test_the_runtime_gets_json_and_a_placeholder(tmp_path: Path) -> None:
    put(
        tmp_path,
        SOUND + "  pulumi:autonaming: {mode: default}\n  pulumi:tag: plain\nencryptionsalt: v1:x\nsecretsprovider: awskms://x\n",
    )
    file = stackfiles.read(tmp_path, "x")
    config, secrets = stackfiles.to_config(file)
    assert json.loads(config["oob:stack"]) == {"cloud": "aws", "list": [1, "2", True]}
    assert json.loads(config["pulumi:autonaming"]) == {"mode": "default"}
    assert config["pulumi:tag"] == "plain"
    assert config["oob:licence"] == stackfiles.PLACEHOLDER
    assert secrets == ("oob:licence",)
    assert file.secrets_provider == "awskms://x"
    assert "abc" not in json.dumps(config)


NAMES = [
    ("aws-exmple", "stacks/Pulumi.aws-exmple.yaml does not exist", "did you mean aws-example?"),
    ("AWS_Example", "does not exist", "did you mean aws-example?"),
    ("Pulumi.aws-example.yaml", "does not exist", "did you mean aws-example?"),
    ("stacks/Pulumi.aws-example.yaml", "is no name of a stack", "did you mean aws-example?"),
    ("acme/oob/aws-example", "is no name of a stack", "did you mean aws-example?"),
    ("production", "does not exist", "there are aws-drill-example, aws-example"),
    ("", "'' is no name of a stack", "there are aws-drill-example, aws-example"),
    (" ", "' ' is no name of a stack", "there are"),
    ("..", "'..' is no name of a stack", "there are"),
    ("../../etc/passwd", "is no name of a stack", "there are"),
    ("a b", "'a b' is no name of a stack", "there are"),
    ("x\0y", "is no name of a stack", "there are"),
    ("x" * 64, "is no name of a stack", "there are"),
]


@pytest.mark.parametrize(("name", "why", "fix"), NAMES, ids=[repr(name) for name, _, _ in NAMES])
def test_a_name_that_is_no_stack_is_answered_with_those_that_are(name: str, why: str, fix: str) -> None:
    (sentence,) = told(STACKS, name)
    assert sentence.startswith("stack: ")
    assert why in sentence
    assert fix in sentence


def test_a_folder_without_stacks_says_so(tmp_path: Path) -> None:
    assert "there is none in" in told(tmp_path, "x")[0]
    assert "cannot be read" in told(tmp_path / "nowhere", "x")[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_no_name_reaches_outside_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "stacks").mkdir(exist_ok=True)
    (tmp_path / "Pulumi.y.yaml").write_text(SOUND)
    assert told(tmp_path / "stacks", name)
    assert told(tmp_path / "stacks", f"../{name}")


FILES: list[tuple[str, str | bytes, str]] = [
    ("empty", "", "file: is empty; start from stacks/Pulumi.aws-example.yaml"),
    ("comments alone", "# nothing\n", "file: is empty"),
    ("a list", "- a\n- b\n", "file: holds a list where keys belong"),
    ("a word", "hello\n", "file: holds 'hello' where keys belong"),
    ("binary", bytes(range(1, 255)), "line 2: 'Pulumi.x.yaml' is not UTF-8 text"),
    ("zeros", b"config:\n\0\0", "line 2: 'Pulumi.x.yaml' is a binary file"),
    ("UTF-16", SOUND.encode("utf-16"), "line 1: 'Pulumi.x.yaml' is not UTF-8 text; save it as UTF-8"),
    ("too large", b"#" * (1024 * 1024 + 1), "file: 'Pulumi.x.yaml' has 1048577 bytes; keep it below 1048576"),
    ("no YAML", "config: [\n", "line 2, column 1: is not YAML"),
    ("two documents", SOUND + "---\n" + SOUND, "line 7: a second document starts here"),
    ("no config", "encryptionsalt: v1:x\n", "config: required, but not given; give it, with oob:stack below it"),
    ("config as text", "config: aws\n", "config: is no block of keys"),
    ("config empty", "config:\n", "config: is no block of keys"),
    ("no stack", "config:\n  oob:licence: {secure: x}\n", "oob:stack: required, but not given; start from"),
    ("no namespace", "config:\n  stack: {}\n", "stack: has no namespace; write oob:stack"),
    (
        "other namespace",
        SOUND + "  aws:region: eu-central-1\n",
        "aws:region: is no key that this program reads; remove it; known here: oob:stack",
    ),
    ("misspelt key", "config:\n  oob:stak: {}\n", "oob:stak: is no key that this program reads; did you mean oob:stack?"),
    (
        "misspelt secret",
        SOUND + f"  oob:license: {CANARY}\n",
        "oob:license: is no key that this program reads; did you mean oob:licence?",
    ),
    (
        "beside config",
        "config:\n  oob:stack: {a: 1}\noob:licence: {secure: x}\n",
        "oob:licence: stands beside config; move it below config",
    ),
    ("unknown top key", SOUND + "confg: 1\n", "confg: is no key of a stack file; did you mean config?"),
    (
        "environment",
        SOUND + "environment: [prod]\n",
        "environment: brings settings from Pulumi ESC, which nobody can read offline",
    ),
    (
        "plain secret",
        SOUND.replace("\n    secure: v1:abc", f" {CANARY}"),
        "oob:licence: is a secret, but does not stand here encrypted; set it with",
    ),
    (
        "plain block",
        SOUND.replace("secure: v1:abc", f"plain: {CANARY}"),
        "oob:licence: is a secret, but does not stand here encrypted",
    ),
    ("empty secret", SOUND.replace("v1:abc", '""'), "oob:licence: has an empty secure value"),
    ("null secret", SOUND.replace("\n    secure: v1:abc", ""), "oob:licence: is a secret, but does not stand here encrypted"),
    (
        "secret within",
        SOUND + f"    smtp: {{password: {{secure: {CANARY}}}}}\n",
        "oob:stack.smtp.password: is an encrypted value inside the block",
    ),
    (
        "secret in a list",
        SOUND + f"    many: [{{secure: {CANARY}}}]\n",
        "oob:stack.many[0]: is an encrypted value inside the block",
    ),
    ("all secret", f"config:\n  oob:stack: {{secure: {CANARY}}}\n", "oob:stack: is an encrypted value inside the block"),
]


@pytest.mark.parametrize(
    ("text", "sentence"), [(text, sentence) for _, text, sentence in FILES], ids=[what for what, _, _ in FILES]
)
def test_a_file_that_is_not_sound_is_told_in_a_sentence(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    put(tmp_path, text)
    found = told(tmp_path)
    assert len(found) == 1, found
    assert found[0].startswith(sentence)
    assert CANARY not in found[0], "a value under a secret's name is never repeated"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    put(tmp_path, b"\xef\xbb\xbf" + SOUND.encode())
    assert told(tmp_path) == []


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.yaml")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_folder, "is no ordinary file"),
        (_pipe, "is no ordinary file"),
        (_device, "is no ordinary file"),
        (_dangling, "points at nothing"),
        (_loop, "cannot be opened"),
    ],
)
def test_what_is_no_file_is_refused_and_holds_nothing_up(tmp_path: Path, make: Callable[[Path], None], why: str) -> None:
    make(tmp_path / "Pulumi.x.yaml")
    (sentence,) = told(tmp_path)
    assert why in sentence


def test_a_link_to_a_file_is_followed_as_the_engine_does(tmp_path: Path) -> None:
    put(tmp_path, SOUND, "real")
    (tmp_path / "Pulumi.x.yaml").symlink_to("Pulumi.real.yaml")
    assert told(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    put(tmp_path, SOUND)
    (tmp_path / "Pulumi.x.yaml").chmod(0)
    assert "cannot be opened (Permission denied)" in told(tmp_path)[0]


def test_a_refusal_of_the_system_is_told_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, SOUND)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(documents.os, "open", refuse)
    assert told(tmp_path) == ["file: 'Pulumi.x.yaml' cannot be opened (Permission denied); make it a readable file"]


def test_several_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    put(tmp_path, f"config:\n  oob:licence: {CANARY}\n  oob:stak: {{}}\n  aws:region: x\nenvironment: [x]\n")
    assert [sentence.split(": ")[0] for sentence in told(tmp_path)] == ["aws:region", "environment", "oob:licence", "oob:stak"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, content)
    told(tmp_path)
