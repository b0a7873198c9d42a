"""The certificate authorities that Azure Database for PostgreSQL is signed by, for `sslmode=verify-full` (TLS-14).

Public trust anchors, one file each, taken from Debian's ca-certificates. Source of the list: "Networking overview using SSL
and TLS, Azure Database for PostgreSQL flexible server". A server may move from one to the other, so clients trust both.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def trust_pem() -> str:
    """All of them as one PEM text, in order of their files' names."""
    return "".join(path.read_text(encoding="ascii").strip() + "\n" for path in sorted(_FOLDER.glob("*.pem")))
