"""Rights inside the cluster: rules as plain values, and a role with its binding to one service account (OOB-123)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import ServiceAccount
from components.options import child
from components.platform.jobs import Manifest

READ = ("get", "list", "watch")
GROUP = "rbac.authorization.k8s.io"


def rule(group: str, resources: Sequence[str], verbs: Sequence[str], named: Sequence[str] = ()) -> Manifest:
    """One PolicyRule; `named` narrows it to objects of these names."""
    found: Manifest = {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
    return found | ({"resourceNames": list(named)} if named else {})


def grant(
    parent: ComponentResource,
    name: str,
    role: str,
    account: ServiceAccount,
    rules: Sequence[Manifest],
    labels: Mapping[str, str],
    namespace: str | None = None,
) -> list[Resource]:
    """A role called `role` with `rules` and its binding to `account`: in one namespace, or in the whole cluster if None."""
    subjects: Manifest = [{"kind": "ServiceAccount", "name": account.name, "namespace": account.namespace}]
    metadata: Manifest = {"name": role, "labels": dict(labels)} | ({"namespace": namespace} if namespace else {})
    reference: Manifest = {"apiGroup": GROUP, "kind": "Role" if namespace else "ClusterRole", "name": role}
    api = kubernetes.rbac.v1
    content: Manifest = list(rules)
    made: Resource
    bound: Resource
    if namespace:
        made = api.Role(f"{name}-role", metadata=metadata, rules=content, opts=child(parent))
        after = child(parent, depends_on=[made])
        bound = api.RoleBinding(f"{name}-binding", metadata=metadata, role_ref=reference, subjects=subjects, opts=after)
    else:
        made = api.ClusterRole(f"{name}-role", metadata=metadata, rules=content, opts=child(parent))
        after = child(parent, depends_on=[made])
        bound = api.ClusterRoleBinding(f"{name}-binding", metadata=metadata, role_ref=reference, subjects=subjects, opts=after)
    return [made, bound]
