"""What compressed data holds: gzip and zlib, bzip2, xz, and the files of a zip archive.

That is how user data of machines, Helm's releases and the code of functions come. Bounded, because a few bytes can hold millions.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib

LARGEST = 4 * 1024 * 1024
"""Bytes that are looked at of what one text unpacks to; what comes behind them is not looked at."""

NESTED = 4
"""How often what was unpacked is unpacked again."""

CODED = "H4sI|Qlpo|/Td6WFo|UEsDB|e(?:A[E-H]|F[4-7]|J[w-z]|N[o-r])"
"""How each of them begins in base64, as a regular expression."""

CODED_SHORT = "(?:(?<=H)4sI|(?<=e)(?:A[E-H]|F[4-7]|J[w-z]|N[o-r]))"
"""The same behind the first letter, for those that do not begin like text and may be short."""

_GZIP, _BZIP2, _XZ, _ZIP = b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"PK\x03\x04"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_ANY_HEADER = 32 + zlib.MAX_WBITS  # zlib's or gzip's, whichever is there


def unpacked(data: bytes) -> bytes | None:
    """What compressed data holds, as far as it can be read, LARGEST bytes at most; None if the data is not compressed."""
    inside = _opened(data)
    for _ in range(NESTED):
        deeper = _opened(inside) if inside else None
        if deeper is None:
            break
        inside = deeper
    return inside


def _opened(data: bytes) -> bytes | None:
    try:
        if data.startswith((_GZIP, *_ZLIB)):
            return zlib.decompressobj(_ANY_HEADER).decompress(data, LARGEST)
        if data.startswith(_BZIP2):
            return bz2.BZ2Decompressor().decompress(data, LARGEST)
        if data.startswith(_XZ):
            return lzma.LZMADecompressor(memlimit=64 * LARGEST).decompress(data, LARGEST)
        if data.startswith(_ZIP):
            return _files(data)
    except (zlib.error, OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None
    return None


def _files(archive: bytes) -> bytes:
    """Names and contents of the files in a zip archive, one behind the other."""
    read: list[bytes] = []
    left = LARGEST
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        for one in files.infolist():
            with files.open(one) as content:
                read += [one.filename.encode(), content.read(left)]
            left -= len(read[-1])
            if left <= 0:
                break
    return b"\n".join(read)
