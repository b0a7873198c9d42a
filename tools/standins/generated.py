"""Outputs of the random stand-in: of the right length and alphabet, secret, and the same for the same id."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Mapping

from tools.standins.synthesis import Subject
from tools.standins.values import Plain, Properties, secret

SPECIALS = "!@#$%&*()-_=+[]{}<>:?"


def _number(inputs: Mapping[str, Plain], key: str, otherwise: int) -> int:
    value = inputs.get(key)
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else otherwise


def _alphabets(inputs: Mapping[str, Plain]) -> list[tuple[str, int]]:
    """The alphabets asked for, each with the least number of its characters."""
    override = inputs.get("overrideSpecial")
    specials = override if isinstance(override, str) and override else SPECIALS
    kinds = (
        ("lower", "minLower", string.ascii_lowercase),
        ("upper", "minUpper", string.ascii_uppercase),
        ("numeric", "minNumeric", string.digits),
        ("special", "minSpecial", specials),
    )
    return [(letters, _number(inputs, least, 0)) for on, least, letters in kinds if inputs.get(on) is not False]


def password(subject: Subject, inputs: Mapping[str, Plain]) -> str:
    """Characters as asked for, decided by the id alone."""
    dice = random.Random(subject.digest("password", 64))  # noqa: S311 made up, and must repeat
    alphabets = _alphabets(inputs)
    chosen = [dice.choice(letters) for letters, least in alphabets for _ in range(least)]
    every = "".join(letters for letters, _ in alphabets)
    chosen += [dice.choice(every) for _ in range(_number(inputs, "length", 16) - len(chosen))]
    dice.shuffle(chosen)
    return "".join(chosen)


def outputs(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    """The outputs that matter to programs; the rest is invented by type."""
    kind = subject.token.rpartition(":")[2]
    if kind == "RandomPassword":
        return {"result": secret(password(subject, inputs)), "bcryptHash": secret(f"$2a$10${subject.digest('hash', 53)}")}
    if kind == "RandomString":
        return {"result": password(subject, inputs)}
    if kind == "RandomId":
        return {"hex": subject.digest("hex", 2 * _number(inputs, "byteLength", 8))}
    if kind == "RandomBytes":
        raw = bytes.fromhex(subject.digest("bytes", 64))[: _number(inputs, "length", 32)]
        return {"base64": secret(base64.b64encode(raw).decode()), "hex": secret(raw.hex())}
    return {}
