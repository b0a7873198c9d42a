"""Keys that stand in a text, plain or as base64: those of AWS, and private keys of anybody."""

from __future__ import annotations

import base64
import binascii
import re

from policies.reading.values import UNKNOWN, NotYetKnown, Value

_KEYS = re.compile(
    r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"
    r"|(?i:aws_secret_access_key)\s*[=:]\s*[\"']?[A-Za-z0-9/+]{40}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def holds_credential(value: Value) -> bool:
    """A test: text with a key in it."""
    if value is UNKNOWN:
        raise NotYetKnown
    if not isinstance(value, str):
        return False
    try:
        decoded = base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        decoded = ""
    return _KEYS.search(value) is not None or _KEYS.search(decoded) is not None
