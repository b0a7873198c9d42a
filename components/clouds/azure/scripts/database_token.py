"""Trade the pod's own token for one that PostgreSQL takes as a password, and leave it with the user's name in a file.

Given by the cluster: AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE. Given by the job:
DATABASE_USER and CREDENTIAL_FILE. Neither token is ever printed; a refusal shows the directory's error code alone.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import cast

SCOPE = "https://ossrdbms-aad.database.windows.net/.default"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS = 30


def question(environment: dict[str, str], assertion: str) -> urllib.request.Request:
    """The request of the client credentials flow with the pod's token in place of a secret."""
    address = f"{environment['AZURE_AUTHORITY_HOST'].rstrip('/')}/{environment['AZURE_TENANT_ID']}/oauth2/v2.0/token"
    form = {
        "client_id": environment["AZURE_CLIENT_ID"],
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion,
    }
    return urllib.request.Request(address, data=urllib.parse.urlencode(form).encode(), method="POST")  # noqa: S310 the cluster's own


def answered(body: bytes) -> dict[str, object]:
    """A JSON object, or an empty one."""
    try:
        found: object = json.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def fetch(request: urllib.request.Request) -> str:
    """The token. SystemExit with a sentence when the directory refuses or cannot be reached."""
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 the cluster's own
            token = answered(answer.read()).get("access_token")
    except urllib.error.HTTPError as refused:
        said = answered(refused.read())
        sys.exit(f"the directory refused: {refused.code} {said.get('error', '')} {said.get('error_codes', '')}".rstrip())
    except OSError as problem:
        sys.exit(f"the directory cannot be reached at {request.host}: {type(problem).__name__}")
    if not isinstance(token, str) or not token:
        sys.exit("the directory answered without a token")
    return token


def main() -> None:
    environment = dict(os.environ)
    missing = [
        key
        for key in ("AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE")
        if not environment.get(key)
    ]
    if missing:
        sys.exit(f"this pod has no workload identity: {', '.join(missing)} is not set")
    assertion = Path(environment["AZURE_FEDERATED_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    document = {"username": environment["DATABASE_USER"], "password": fetch(question(environment, assertion))}
    os.umask(0o077)
    Path(environment["CREDENTIAL_FILE"]).write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    main()
