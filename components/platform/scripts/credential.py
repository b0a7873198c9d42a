"""Turn the fetched administrator's credential into the files that libpq reads, so that no password is ever an argument."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import cast


def password_line(username: str, password: str) -> str:
    """A line of a libpq password file for any host, port and database; colons and backslashes are escaped."""
    return ":".join(["*", "*", "*", *(part.replace("\\", "\\\\").replace(":", "\\:") for part in (username, password))]) + "\n"


def read(document: str) -> tuple[str, str]:
    """User name and password out of a JSON document. ValueError that names what is wrong and never the content."""
    try:
        found: object = json.loads(document)
    except json.JSONDecodeError:
        raise ValueError("the credential is not a JSON document") from None
    values = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    username, password = values.get("username"), values.get("password")
    if not isinstance(username, str) or not isinstance(password, str) or not username or not password:
        raise ValueError("the credential has no text under `username` and `password`")
    if "\n" in username + password:
        raise ValueError("the credential has a line break in it")
    return username, password


def main() -> None:
    source = Path(os.environ["CREDENTIAL_FILE"])
    username, password = read(source.read_text(encoding="utf-8"))
    os.umask(0o077)  # libpq ignores a password file that others may read
    source.with_name("pgpass").write_text(password_line(username, password), encoding="utf-8")
    source.with_name("username").write_text(username, encoding="utf-8")
    source.unlink()
    logging.warning("administrator's credential of %r ready", username)


if __name__ == "__main__":
    main()
