"""No value that could be a secret stands in a message, wherever somebody put it by mistake.

Canaries are planted at every place of the examples. Not proved: a secret written as a plain name, such as an owner's address.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import roster
from components.faults import shown
from tests.config.made_up import example, faults, put
from tests.config.test_nothing_is_invented import EXAMPLES, leaves

CANARY = "canary-9b27"

PLANTED: dict[str, object] = {
    "smtp": {"host": "mail.example.net", "username": "u", "sender": "a@example.net", "password": CANARY},
    "mattermost.licence": CANARY,
    "identity.oidc": {"issuer": f"https://user:{CANARY}@id.example.org", "clientId": "x", "clientSecret": CANARY},
    "state.backend": f"postgres://user:{CANARY}@db.acme.example/state?password={CANARY}",
    "primary.issuers": [f"https://user:{CANARY}@id.example.org"],
    "images.mirror": f"https://token:{CANARY}@registry.example.org",
    "site.host": f"https://user:{CANARY}@chat.example.org",
    "banner": f"-----BEGIN PRIVATE KEY-----\n{CANARY}",
    "owner": {"password": CANARY},
    "alerts.emails": {"token": CANARY},
    "password": CANARY,
    "aws.secretKey": CANARY,
    "primary.stateBackends": [f"s3://bucket?secret={CANARY}", f"s3://bucket?secret={CANARY}"],
}


@pytest.mark.parametrize("path", PLANTED)
def test_a_secret_in_the_wrong_place_is_refused_and_not_repeated(path: str) -> None:
    found = faults(example({path: PLANTED[path]}))
    assert found
    assert not [str(fault) for fault in found if CANARY in str(fault)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_place_of_a_stack_repeats_a_block_that_was_put_there(name: str) -> None:
    for path, _ in leaves(example(of=name)):
        for wrong in ({"secure": CANARY}, [{"password": CANARY}], {CANARY: 1} if path.count(".") > 9 else {"x": [CANARY]}):
            value = example(of=name)
            put(value, path, wrong)
            assert not [str(fault) for fault in faults(value) if CANARY in str(fault)], path


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_text_in_place_of_a_block_is_repeated(name: str) -> None:
    """Somebody who puts a secret where a block belongs does not find it in the log."""
    for path, inner in leaves(example(of=name)):
        if isinstance(inner, dict):
            value = example(of=name)
            put(value, path, CANARY)
            assert not [str(fault) for fault in faults(value) if CANARY in str(fault)], path


@given(
    st.text(alphabet="abcXYZ019!$_-.~%", min_size=8, max_size=20),
    st.sampled_from(["password", "token", "Secret", "api_key", "sig"]),
)
def test_credentials_in_an_address_are_masked(secret: str, parameter: str) -> None:
    for text in (f"https://user:{secret}@h.example/x", f"https://{secret}@h.example", f"s3://b?region=x&{parameter}={secret}"):
        assert secret not in shown(text)
        assert "h.example" in shown(text) or "s3://b" in shown(text)


def test_the_roster_repeats_no_block_either(tmp_path: Path) -> None:
    path = tmp_path / "roster.yaml"
    path.write_text(f"people:\n  - {{username: ines, password: {CANARY}, phone: {{secret: {CANARY}}}}}\n  - {CANARY}\n")
    people, found = roster.read(path, "identity.roster")
    assert people is None
    assert found
    assert not [str(fault) for fault in found if CANARY in str(fault)]


def test_a_value_that_is_shown_is_still_recognised() -> None:
    cases: list[tuple[Any, str]] = [
        ("chat_example", "'chat_example'"),
        (True, "true"),
        (1.5, "1.5"),
        ({"a": 1}, "a block of settings"),
        ([1], "a list"),
        ("a\nb", "'a\\nb'"),
        ("x" * 61, f"'{'x' * 60}\u2026'"),
    ]
    for value, text in cases:
        assert shown(value) == text
