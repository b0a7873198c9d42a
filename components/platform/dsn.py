"""PostgreSQL connection strings: one form for every reader, always verified, always encoded (TLS-16, TLS-20, AWS-45)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

SSL_MODE = "verify-full"  # C-01: neither disable nor anything that falls back
CONNECT_TIMEOUT_SECONDS = 10  # AWS-68


def dsn(*, user: str, password: str, host: str, port: int, database: str, trust: str) -> str:
    """A `postgres://` address. `trust` is the path of the CA file in the reader's container. Never print the result.

    Each part is percent-encoded as a whole, so that any password comes back unchanged (AWS-44, C-22).
    """
    options = urlencode({"sslmode": SSL_MODE, "connect_timeout": CONNECT_TIMEOUT_SECONDS, "sslrootcert": trust}, safe="/")
    return f"postgres://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}/{quote(database, safe='')}?{options}"
