"""Other spellings of a text that mean the same to who reads it: HTML entities, distinguished names, telephone numbers, lines.

Every reading is shorter than what it was made of.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DOT = re.compile(r"\[\\?\.\]")  # in a pattern
_NAME = re.compile(r"\bdc=[\w-]+(?:\s*,\s*dc=[\w-]+)+", re.IGNORECASE)  # RFC 2247
_NAME_PART = re.compile(r"\s*,?\s*dc=", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?:\+|(?<![\w.+-])00)[1-9](?:[ ().-]{0,2}\d){6,14}(?!\d)")
_TAGGED = re.compile(r"(?<=\w)\+[\w.+=-]*@")  # RFC 5233: the same mailbox
_QUOTED = re.compile(r'"([^"\s@\\]+)"@')  # RFC 5321, section 4.1.2: quotes that a mailbox does not need change nothing
_SOFT_BREAK = re.compile(r"=\r?\n")  # RFC 2045, section 6.7: a line of a mail that goes on
_HEXADECIMAL = re.compile(r"(?<![0-9A-Za-z])(?:0x|\\+x)?((?:[2-7][0-9A-Fa-f]|0[9ADad]){8,})(?![0-9A-Za-z])")
_SEEMS_HEXADECIMAL = re.compile(r"[2-7](?<![0-9A-WYZa-wyz].)[0-9A-Fa-f](?:[2-7][0-9A-Fa-f]){7}")
_SEEMS_TELEPHONE = re.compile(r"00(?<![\w.+-]..)[1-9]")


def telephone(text: str) -> str:
    """A telephone number without what people put between its digits; any other text as it is."""
    return _digits(found) if (found := _TELEPHONE.fullmatch(text.removeprefix("tel:").removeprefix("sms:"))) else text


def _digits(found: re.Match[str]) -> str:
    return f"+{''.join(letter for letter in found[0] if letter.isdigit()).removeprefix('00')}"


def _entity(found: re.Match[str]) -> str:
    return html.unescape(found[0])


def _dot(_: re.Match[str]) -> str:
    return "."


def _labels(found: re.Match[str]) -> str:
    return ".".join(part for part in _NAME_PART.split(found[0]) if part)


def _joined(_: re.Match[str]) -> str:
    return ""


def _mailbox(_: re.Match[str]) -> str:
    return "@"


def _unquoted(found: re.Match[str]) -> str:
    return f"{found[1]}@"


def _characters(found: re.Match[str]) -> str:
    plain = bytes.fromhex(found[1]).decode("latin-1")
    return plain if plain.isascii() and "\x7f" not in plain else found[0]


_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_ENTITY, _entity),
    (_DOT, _dot),
    (_NAME, _labels),
    (_TELEPHONE, _digits),
    (_TAGGED, _mailbox),
    (_QUOTED, _unquoted),
    (_HEXADECIMAL, _characters),
    (_SOFT_BREAK, _joined),
)


def possible(text: str) -> bool:
    """Whether `readings` could give anything for a text. It may say yes in vain, which nearly no text makes it do."""
    return (
        "&" in text
        or "+" in text
        or ".]" in text
        or '"@' in text
        or "=\n" in text
        or "=\r" in text
        or ("=" in text and "dc=" in text.lower())
        or _SEEMS_HEXADECIMAL.search(text) is not None
        or ("00" in text and _SEEMS_TELEPHONE.search(text) is not None)
    )


def readings(text: str) -> Iterator[str]:
    """The text in each other spelling that it has."""
    if not possible(text):
        return
    for spelt, plain in _SPELLINGS:
        if spelt.search(text):
            reading = spelt.sub(plain, text)
            if len(reading) < len(text):
                yield reading
