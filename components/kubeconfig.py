"""A kubeconfig whose token a command fetches for each run, so that the file holds no secret. Imports no SDK."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence


def kubeconfig(*, cluster: str, way: Mapping[str, str], command: str, arguments: Sequence[str]) -> str:
    """A kubeconfig as JSON, which is YAML too. `way` is its cluster entry: server, authority, and the name to check it for."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster,
            "clusters": [{"name": cluster, "cluster": way}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
            "users": [
                {
                    "name": cluster,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": command,
                            "args": arguments,
                            "interactiveMode": "IfAvailable",
                        }
                    },
                }
            ],
        },
        sort_keys=True,
    )
