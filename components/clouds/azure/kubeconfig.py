"""How kubectl and the Kubernetes provider reach the cluster: a file, as plain functions. Imports no SDK."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import cast

import yaml

from components import kubeconfig as document

# The application by which Entra knows the API servers of AKS, the same in every directory: "kubelogin" in the AKS documentation.
SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630"
LOGIN_TOOL = "kubelogin"


def authority_in(credentials: str) -> str:
    """The API's CA certificate, base64, out of a kubeconfig as AKS hands it out. ValueError if there is none."""
    document: object = yaml.safe_load(credentials)
    if isinstance(document, Mapping):
        for entry in cast("Mapping[str, list[Mapping[str, Mapping[str, object]]]]", document).get("clusters") or []:
            found = entry.get("cluster", {}).get("certificate-authority-data")
            if isinstance(found, str) and found:
                return found
    raise ValueError("no certificate-authority-data in what AKS gave as the cluster's credentials")


def authority_of(encoded: str) -> str:
    """The same out of the base64 that the Resource Manager answers."""
    return authority_in(base64.b64decode(encoded).decode())


def kubeconfig(*, cluster: str, tenant: str, host: str, authority: str, port: int) -> str:
    """A kubeconfig as JSON, which is YAML too. It holds no secret: `kubelogin` fetches a token of `tenant` for each run.

    host: the API's private name, which its certificate is checked for. port: of the tunnel on this machine. authority: the API's
    CA certificate, base64.
    """
    token = ["get-token", "--login", "azurecli", "--server-id", SERVER_APPLICATION, "--tenant-id", tenant]
    way = {"server": f"https://127.0.0.1:{port}", "tls-server-name": host, "certificate-authority-data": authority}
    return document.kubeconfig(cluster=cluster, way=way, command=LOGIN_TOOL, arguments=token)
