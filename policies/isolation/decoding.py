"""What a text says once it is read as its consumer reads it: JSON, base64, percent-encoding, escapes, HTML entities.

Texts that a program would have to be run to build are not opened. Every step but UNPACKED yields something shorter than what it
was given, so taking steps of steps comes to an end once those are counted.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import sys
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from policies.isolation import packing, rewriting

_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(
    r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|U[0-9A-Fa-f]{8}|u\{[0-9A-Fa-f]{1,6}\}|[0-3][0-7]{2}|\r?\n[ \t]*|[nrtfb]|.)", re.DOTALL
)
SHORTEST, SHORTEST_BINARY, SHORTEST_CODED_BINARY = 8, 128, 170
_CODED = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORTEST},}}={{0,2}}")
_SPACE = re.compile(r"\s+")
_SEPARATOR = re.compile(r"[/_-]")
_STANDARD = str.maketrans("-_", "+/")
_WRAPPED = re.compile(r"(?:[A-Za-z0-9+/]{56,76}\s+)+[A-Za-z0-9+/]+={0,2}")
_IDN = re.compile(r"xn--([a-z0-9-]+)")
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # RFC 3490, section 3.1: these separate labels as well
# RFC 3454, table B.1: these are mapped to nothing.
_INVISIBLE: dict[int, None] = dict.fromkeys(
    (0xAD, 0x34F, 0x1806, *range(0x180B, 0x180E), *range(0x200B, 0x200E), 0x2060, *range(0xFE00, 0xFE10), 0xFEFF)
)
_NO_TEXT = re.compile(r"[^\x20-\x7e]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # but those that break lines or colour them


def as_json(text: str) -> object | None:
    """The document or string in `text`, or None if it is no JSON. Numbers alone stay text."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


BINARY = "{base64, binary}"
UNPACKED = "{base64, unpacked}"


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Other readings of a text, each with how it was read; '' where the reading changes nothing that a path must tell.

    A reading as BINARY holds the printable ASCII of something that is no text, and is to be searched for names only.
    """
    if "%" in text and _PERCENT.search(text):
        yield "", unquote(text, errors="replace")
    if "\\" in text and _ESCAPE.search(text):
        yield "", _ESCAPE.sub(_unescaped, text)
    yield from (("", reading) for reading in rewriting.readings(text))
    yield from _from_base64(text)


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    if escape[0] in "\r\n":  # a line that goes on
        return ""
    if len(escape) > 1:
        code = int(escape, 8) if escape[0].isdigit() else int(escape[1:].strip("{}"), 16)
        return chr(code) if code <= sys.maxunicode else found[0]
    return " " if escape in "nrtfb" else escape


def _from_base64(text: str) -> Iterator[tuple[str, str]]:
    for piece in dict.fromkeys(_coded(text)):
        how, plain = _plain(piece)
        if plain:
            yield how, plain


def _coded(text: str) -> Iterator[str]:
    """What may be base64: runs of its letters, pieces between those letters that are also separators, and wrapped lines."""
    spread: list[str] = [text] if _SPACED.fullmatch(text) else []
    if _LONG.search(f"\0{text}"):
        spread += _WRAPPED.findall(text)
        for run in _CODED.findall(text):
            yield from _pieces(run)
    else:
        for found in _BEGINS.finditer(text):
            if run := _CODED.match(text, found.start()):
                yield from _pieces(run[0])
    for block in spread:
        run = _SPACE.sub("", block)
        if _CODED.fullmatch(run):
            yield from _pieces(run)


def _pieces(run: str) -> Iterator[str]:
    yield run
    if _SEPARATOR.search(run):
        yield from (piece for piece in _SEPARATOR.split(run) if len(piece) >= SHORTEST)


def _class(*wanted: Callable[[int], bool]) -> str:
    """Letters of both alphabets whose six bits pass, as a class of a regular expression."""
    letters = zip(_ALPHABET, range(64), strict=True)
    passing = [letter for letter, bits in letters if all(test(bits) for test in wanted)]
    other = {"+": "-", "/": "_"}
    return f"[{re.escape(''.join(passing + [other[letter] for letter in passing if letter in other]))}]"


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# Text begins with bytes below 128, or with the first two of a longer letter, and then so again. Nearly every word of plain text
# fails here, which saves decoding it. What is long enough to be a certificate is decoded anyway.
_FIRST, _SECOND, _THIRD = _class(lambda bits: bits < 32), _class(lambda bits: not bits & 8), _class(lambda bits: not bits & 2)
_ASCII = f"{_FIRST}{_SECOND}{_THIRD}."
_LONGER, _LONGER_SECOND = _class(lambda bits: bits >= 48), _class(lambda bits: bits & 12 == 8)
# A longer letter that begins with the second byte of three or with the third, without the less usual ones that plain words would
# be taken for: of the second byte those between U+6000 and U+9FFF, of both most between U+A000 and U+FEFF.
_LONGER_AT_1 = (
    _class(lambda bits: bits & 12 == 12) + f"(?!-){_class(lambda bits: bits & 3 == 2, lambda bits: not 26 <= bits < 52)}"
)
_LONGER_AT_2 = f"{_SECOND}{_class(lambda bits: bits & 3 == 3)}(?:[C-Z][g-v]|i[gh]|[j-p][g-v]|[v/_]v|wn)"
_MIXED = f"{_FIRST}(?:{_LONGER_AT_1}|{_LONGER_AT_2})"
_MARK, _MARK_REST = "[/_]", "[/_][45]|v[89+-]"  # the byte order mark of UTF-16
_AGAIN = f"{_ASCII}|(?!y){_LONGER}{_LONGER_SECOND}|{_MIXED}"
_TEXT = re.compile(
    f"{_ASCII}(?:{_AGAIN}|.{{0,3}}$)|{_LONGER}{_LONGER_SECOND}|{_MIXED}|{_MARK}(?:{_MARK_REST})|{packing.CODED}", re.DOTALL
)

_LETTER = "[A-Za-z0-9+/_-]"
_HERE = r"(?<![A-Za-z0-9+].)"  # what was just read stands at the beginning of a run, or behind a separator
_BEGINS = re.compile(
    f"[A-Za-fw-z0-9+/_-]{_HERE}(?:"  # every first letter, which a search skips to
    f"(?<={_FIRST})(?={_SECOND}{_THIRD}{_LETTER}(?:{_AGAIN}|{_LETTER}{{0,3}}=)|{_LONGER_AT_1}{_LETTER}{{4}}|{_LONGER_AT_2}{_LETTER}{{2}})"
    f"|(?<={_LONGER})(?={_LONGER_SECOND}{_LETTER}{{4}})"
    f"|(?<={_MARK})(?:{_MARK_REST})|(?={packing.CODED_SHORT}))",
    re.DOTALL,
)
_LONG = re.compile(rf"[^A-Za-z0-9+/_-]{_LETTER}{{56}}")  # a wrapped line, or what may be a certificate
_SPACED = re.compile(r"[\w+/=-]*+\s[\w+/=\s-]*+")  # base64, perhaps, when its white space is left out
_AMONG = re.compile(rf"\0{_SPACED.pattern}\0")
_DOCUMENT = re.compile(r'\0\s*[{\["]')


def unread(joined: str) -> bool:
    """Whether one of many texts could have another reading. `joined` holds them with a \\0 in front of each and at the end.

    It may say yes in vain, and says no only where `as_json` and `steps` give nothing for each of them.
    """
    if "\\" in joined or not joined.isascii() or _PERCENT.search(joined) or _DOCUMENT.search(joined):
        return True
    if rewriting.possible(joined):
        return True
    return bool(_BEGINS.search(joined) or _LONG.search(joined) or _AMONG.search(joined))


def _plain(coded: str) -> tuple[str, str]:
    """The text in base64 of either alphabet, padded or not, and how it was read; '' if there is none."""
    bare = coded.rstrip("=")
    if len(bare) % 4 == 1 or (len(bare) < SHORTEST_CODED_BINARY and not _TEXT.match(bare)):
        return "", ""
    try:
        data = base64.b64decode(bare.translate(_STANDARD) + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    unpacked = packing.unpacked(data)
    if unpacked is not None:
        text = _text(unpacked)
        return (UNPACKED, text) if text else (BINARY, _NO_TEXT.sub(" ", unpacked.decode("latin-1")))
    if len(data) >= 4 and data[1::2].count(0) == len(data) // 2:  # PowerShell's -EncodedCommand
        return "{base64}", data.decode("utf-16-le", errors="ignore")
    if len(data) >= 4 and (data[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) or data[::2].count(0) == (len(data) + 1) // 2):
        return "{base64}", data.decode("utf-16" if data[0] else "utf-16-be", errors="ignore")
    text = _text(data)
    if text:
        return "{base64}", text
    # Certificates and the like, and words with zeros between them (RFC 4616): names stand in them as ASCII.
    if len(data) >= SHORTEST_BINARY or data.isascii():
        return BINARY, _NO_TEXT.sub(" ", data.decode("latin-1"))
    return "", ""


def _text(data: bytes) -> str:
    """The text that these bytes are; '' if they are none."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ""
    return text if _CONTROLS.search(text) is None else ""


def normal(text: str) -> str:
    """One spelling for comparison: lower case, compatibility forms folded, labels in punycode (xn--) spelt out."""
    folded = text.lower()
    if not folded.isascii():
        folded = _DOTS.sub(".", unicodedata.normalize("NFKC", folded).lower()).translate(_INVISIBLE)
    return _IDN.sub(_from_punycode, folded) if "xn--" in folded else folded


def _from_punycode(found: re.Match[str]) -> str:
    try:
        return found[1].encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError, OverflowError):
        return found[0]
