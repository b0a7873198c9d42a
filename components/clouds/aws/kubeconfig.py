"""How kubectl and the Kubernetes provider reach the cluster: names and a file, as plain functions. Imports no SDK."""

from __future__ import annotations

from urllib.parse import urlsplit

from components import kubeconfig as document
from components.naming import Kind, physical

# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
CLUSTER = Kind(longest=100)

# The tag by which the tunnel finds the machine it goes through; its value is the environment's name.
BASTION_TAG = "oob:bastion"


def cluster_name(environment_name: str) -> str:
    """The cluster's physical name. The log group, the tunnel and kubectl must know it before the cluster exists."""
    return physical(CLUSTER, environment_name)


def host_of(endpoint: str) -> str:
    """The host name in an API address. ValueError if there is none."""
    host = urlsplit(endpoint).hostname
    if host is None:
        raise ValueError(f"{endpoint!r} is not the address of an API")
    return host


def kubeconfig(*, cluster: str, region: str, endpoint: str, authority: str, port: int | None) -> str:
    """A kubeconfig as JSON, which is YAML too. It holds no secret: a token is fetched by `aws` for each run.

    port: of the tunnel on this machine. The certificate is still checked for the real endpoint's name. None: the API is
    reached at its own address. authority: the API's CA certificate, base64 as EKS gives it.
    """
    way = {"server": endpoint} if port is None else {"server": f"https://127.0.0.1:{port}", "tls-server-name": host_of(endpoint)}
    token = ["eks", "get-token", "--cluster-name", cluster, "--region", region, "--output", "json"]
    return document.kubeconfig(
        cluster=cluster, way=way | {"certificate-authority-data": authority}, command="aws", arguments=token
    )
