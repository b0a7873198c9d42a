"""A certificate and its key in the one file that an application gateway reads: PKCS 12 without a password.

The same certificate gives the same bytes, else each preview would show a change. `cryptography` writes the file, but salts its
seal anew each time; with no password the seal is a checksum that keeps nothing secret, so here its salt follows from the content.
Structure: RFC 7292, section 4; the key of the seal: its appendix B.2.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import NoEncryption, load_pem_private_key, pkcs12

FRIENDLY_NAME = b"edge"
SEAL_KEY = 3  # RFC 7292, B.3: what the derived bytes are for
BLOCK = 64  # bytes of SHA-256's block
NO_PASSWORD = b"\0\0"  # an empty text as the standard writes one


def bundle(certificate_pem: str, key_pem: str, chain_pem: str) -> bytes:
    """The file. ValueError for anything but an RSA key with its certificate."""
    key = load_pem_private_key(key_pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"the edge's key is a {type(key).__name__}, not an RSA key")
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    chain = x509.load_pem_x509_certificates(chain_pem.encode())
    made = pkcs12.serialize_key_and_certificates(FRIENDLY_NAME, key, certificate, chain, NoEncryption())
    sealed = _sealed(made)
    pkcs12.load_key_and_certificates(sealed, password=b"")  # checks the seal
    return sealed


@dataclass(frozen=True, slots=True)
class _Value:
    """Where the content of one DER value starts and ends."""

    start: int
    end: int


def _read(data: bytes, at: int) -> _Value:
    """The value whose tag stands at `at`; lengths in the short and the long form (X.690, 8.1.3)."""
    length, start = data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        length, start = int.from_bytes(data[start : start + octets]), start + octets
    return _Value(start, start + length)


def _sealed(data: bytes) -> bytes:
    """The same file with a salt that follows from its content, and the seal that belongs to it."""
    whole = _read(data, 0)
    version = _read(data, whole.start)
    safe = _read(data, version.end)
    kind = _read(data, safe.start)
    content = _read(data, _read(data, kind.end).start)
    seal = _read(data, safe.end)
    digest_info = _read(data, seal.start)
    digest = _read(data, _read(data, digest_info.start).end)
    salt = _read(data, digest_info.end)
    rounds = _read(data, salt.end)
    body = data[content.start : content.end]
    fresh = hashlib.sha256(body).digest()[: salt.end - salt.start]
    key = _seal_key(fresh, int.from_bytes(data[rounds.start : rounds.end]))
    tag = hmac.digest(key, body, "sha256")
    if digest.end - digest.start != len(tag):
        raise ValueError("the seal is not HMAC with SHA-256 any more; read the notes of the library's newest version")
    return data[: digest.start] + tag + data[digest.end : salt.start] + fresh + data[salt.end :]


def _seal_key(salt: bytes, rounds: int) -> bytes:
    """RFC 7292, B.2, where one SHA-256 is as long as the key that is wanted."""
    filled = (salt * BLOCK)[:BLOCK] + (NO_PASSWORD * BLOCK)[:BLOCK]
    key = hashlib.sha256(bytes([SEAL_KEY]) * BLOCK + filled).digest()
    for _ in range(rounds - 1):
        key = hashlib.sha256(key).digest()
    return key
