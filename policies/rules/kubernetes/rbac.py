"""Who may do what in the cluster. Facts: Kubernetes "RBAC good practices"; CIS EKS 4.1."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Level, Outcome, Resource, Severity, bad_if, rule
from policies.reading.values import UNKNOWN, Seen, Truth, Value, all_of, any_of, asked, listed, matches, one_of, peek

CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/*:ClusterRole"
ROLES = (CLUSTER_ROLE, "kubernetes:rbac.authorization.k8s.io/*:Role")
BINDINGS = ("kubernetes:rbac.authorization.k8s.io/*:ClusterRoleBinding", "kubernetes:rbac.authorization.k8s.io/*:RoleBinding")


def entries(r: Resource) -> list[Seen]:
    """The rules of a role, each with its path."""
    return r.read(_entries)


def _entries(r: Resource) -> list[Seen]:
    return r.each("rules[*]")


def has(entry: Seen, key: str, words: tuple[str, ...]) -> Truth:
    """Whether a list of a rule holds one of these words, in their own case."""
    given = peek(entry.value, key)
    answer: Truth = False
    for one in [UNKNOWN] if given is UNKNOWN else listed(given):
        if one is UNKNOWN:
            answer = UNKNOWN
        elif isinstance(one, str) and one in words:
            return True
    return answer


def grants(
    r: Resource, groups: tuple[str, ...], resources: tuple[str, ...], verbs: tuple[str, ...], says: str
) -> Iterator[Outcome]:
    """A finding for each rule that gives one of the verbs on one of the resources; `*` in a rule covers everything."""
    for entry in entries(r):
        asks = (("resources", resources), ("verbs", verbs), ("apiGroups", groups))  # what rules differ in most comes first
        yield from bad_if(all_of(has(entry, key, words) for key, words in asks), entry.path, says)


@rule(
    "rbac-no-wildcards",
    on=ROLES,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.1.3", "NIST 800-53 AC-6"),
    remedy="Name groups, resources and verbs",
)
def no_wildcards(r: Resource) -> Iterator[Outcome]:
    """No role says everything."""
    for entry in entries(r):
        for key in ("apiGroups", "resources", "verbs", "nonResourceURLs"):
            yield from bad_if(has(entry, key, ("*",)), f"{entry.path}.{key}", "says everything")


@rule(
    "rbac-no-webhook-control",
    on=CLUSTER_ROLE,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.1.11",),
    remedy="Give get, list and watch alone",
)
def no_webhook_control(r: Resource) -> Iterator[Outcome]:
    """No role changes the webhooks that see every request."""
    resources = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations", "*")
    yield from grants(
        r,
        ("admissionregistration.k8s.io", "*"),
        resources,
        ("create", "update", "patch", "delete", "deletecollection", "*"),
        "may change admission webhooks",
    )


@rule(
    "rbac-no-certificate-approval",
    on=CLUSTER_ROLE,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.1.11",),
    remedy="Leave approval to the control plane",
)
def no_certificate_approval(r: Resource) -> Iterator[Outcome]:
    """No role approves certificates, which are identities."""
    groups = ("certificates.k8s.io", "*")
    approves: list[Truth] = []
    signs: list[Truth] = []
    for entry in entries(r):
        in_group = has(entry, "apiGroups", groups)
        parts = ("certificatesigningrequests/approval", "*/approval", "*")
        approves.append(all_of([in_group, has(entry, "resources", parts), has(entry, "verbs", ("update", "patch", "*"))]))
        signs.append(all_of([in_group, has(entry, "resources", ("signers", "*")), has(entry, "verbs", ("approve", "*"))]))
    yield from bad_if(all_of([any_of(approves), any_of(signs)]), "rules", "may approve certificates")


@rule("rbac-no-binding", on=ROLES, severity=Severity.HIGH, frameworks=("CIS EKS 4.1.8",), remedy="Leave the verb bind out")
def no_binding(r: Resource) -> Iterator[Outcome]:
    """No role binds others to roles above its own."""
    resources = ("rolebindings", "clusterrolebindings", "roles", "clusterroles", "*")
    yield from grants(r, ("rbac.authorization.k8s.io", "*"), resources, ("bind", "*"), "may bind roles above its own")


@rule("rbac-no-escalating", on=ROLES, severity=Severity.HIGH, frameworks=("CIS EKS 4.1.8",), remedy="Leave the verb escalate out")
def no_escalating(r: Resource) -> Iterator[Outcome]:
    """No role gives rights above its own."""
    yield from grants(
        r, ("rbac.authorization.k8s.io", "*"), ("roles", "clusterroles", "*"), ("escalate", "*"), "may give rights above its own"
    )


@rule(
    "rbac-no-impersonation",
    on=ROLES,
    severity=Severity.CRITICAL,
    frameworks=("CIS EKS 4.1.8",),
    remedy="Leave the verb impersonate out",
)
def no_impersonation(r: Resource) -> Iterator[Outcome]:
    """No role acts as somebody else."""
    yield from grants(
        r,
        ("", "authentication.k8s.io", "*"),
        ("users", "groups", "serviceaccounts", "uids", "*"),
        ("impersonate", "*"),
        "may act as others",
    )


@rule(
    "rbac-no-node-control",
    on=ROLES,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.1.10",),
    remedy="Leave nodes/proxy and tokens out",
)
def no_node_control(r: Resource) -> Iterator[Outcome]:
    """No role reaches nodes behind the API's back, or makes tokens of accounts."""
    yield from grants(r, ("", "*"), ("nodes/proxy", "*"), ("get", "create", "*"), "may reach the kubelet of every node")
    yield from grants(r, ("", "*"), ("serviceaccounts/token", "*"), ("create", "*"), "may make tokens of service accounts")


@rule(
    "rbac-no-secrets-of-all",
    on=CLUSTER_ROLE,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.1.2",),
    remedy="Use a Role in each namespace; what backs up or manages all of them cannot",
    level=Level.ADVISORY,
)
def no_secrets_of_all(r: Resource) -> Iterator[Outcome]:
    """No role reads the secrets of every namespace."""
    yield from grants(r, ("", "*"), ("secrets", "*"), ("get", "list", "watch", "*"), "may read the secrets of every namespace")


@rule(
    "rbac-bindings-named",
    on=BINDINGS,
    severity=Severity.CRITICAL,
    frameworks=("CIS EKS 4.1.1", "NIST 800-53 AC-6"),
    remedy="Bind a role of your own to named accounts",
)
def bindings_named(r: Resource) -> Iterator[Outcome]:
    """Nobody is bound to cluster-admin, and nothing is given to everybody or to masters."""
    yield from bad_if(asked(one_of("cluster-admin"), r.at("roleRef.name")), "roleRef.name", "is cluster-admin")
    for seen in r.each("subjects[*].name"):
        yield from bad_if(asked(_everybody, seen.value), seen.path, "is everybody, or the masters")


_NAMED_EVERYBODY = one_of("system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters")
_ALL_ACCOUNTS = matches(r"^system:serviceaccounts(:|$)")


def _everybody(value: Value) -> bool:
    """Names that stand for all people, or for all service accounts of the cluster or of a namespace."""
    return _NAMED_EVERYBODY(value) or _ALL_ACCOUNTS(value)


@rule(
    "rbac-default-account-unbound",
    on=BINDINGS,
    severity=Severity.MEDIUM,
    frameworks=("CIS EKS 4.1.5",),
    remedy="Make an account for the workload",
)
def default_account_unbound(r: Resource) -> Iterator[Outcome]:
    """No role is bound to the default account of a namespace."""
    for seen in r.each("subjects[*]"):
        verdict = all_of(
            [asked(one_of("ServiceAccount"), peek(seen.value, "kind")), asked(one_of("default"), peek(seen.value, "name"))]
        )
        yield from bad_if(verdict, seen.path, "is a default account")
