"""Runs inside a CloudWatch canary, not in this program: asks one address, and verifies its certificate (OOB-75, OOB-109).

Route 53's own health checkers do not look at certificates; this one fails on a wrong or expired one. Standard library only.
"""

from __future__ import annotations

import os
import urllib.request

SECONDS = 10


def handler(_event: object, _context: object) -> str:
    """One question. Anything but a plain 200 over verified TLS raises, which is what fails a canary."""
    address = os.environ["PROBE_ADDRESS"]
    if not address.startswith("https://"):
        raise ValueError(f"not an https address: {address}")
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 https only, checked above
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}")
    return f"{address} answered"
