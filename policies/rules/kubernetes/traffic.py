"""How requests come in and where pods may talk to. Facts: Kubernetes documentation; CIS EKS 4.3, 5.4.5."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import At, Finding, Graph, Outcome, Resource, Severity, Unjudged, bad_if, must_not, rule, stack_rule
from policies.reading.network import anywhere
from policies.reading.values import UNKNOWN, Value, all_of, asked, each, listed, one_of, peek, present

INGRESS = "kubernetes:networking.k8s.io/*:Ingress"
INGRESSES = (INGRESS, "kubernetes:extensions/*:Ingress")
SERVICE = "kubernetes:core/*:Service"
POLICY = "kubernetes:networking.k8s.io/*:NetworkPolicy"
NAMESPACE = "kubernetes:core/*:Namespace"
# Annotations through which an Ingress writes NGINX's own configuration: ingress-nginx, and F5's controller.
SNIPPETS = ("snippet", "snippets")


def _snippets(r: Resource) -> Iterator[tuple[str, Value]]:
    noted = r.at("metadata.annotations")
    for key, value in noted.items() if isinstance(noted, dict) else ():
        if key.endswith(SNIPPETS):
            yield f"metadata.annotations.{key}", value


def _no_snippet_with(r: Resource, words: tuple[str, ...], says: str) -> Iterator[Outcome]:
    for path, value in _snippets(r):
        yield from bad_if(asked(lambda v: isinstance(v, str) and any(word in v for word in words), value), path, says)


@rule(
    "ingress-no-snippets",
    on=INGRESSES,
    severity=Severity.HIGH,
    frameworks=("CVE-2021-25742",),
    remedy="Use the controller's own settings",
)
def no_snippets(r: Resource) -> Iterator[Outcome]:
    """No Ingress writes into the configuration of the controller."""
    if r.at("metadata.annotations") is UNKNOWN:
        yield Unjudged("metadata.annotations")
    for path, value in _snippets(r):
        yield from bad_if(UNKNOWN if value is UNKNOWN else bool(value), path, "writes into the controller's configuration")


@rule("ingress-no-lua", on=INGRESSES, severity=Severity.CRITICAL, frameworks=("CVE-2021-25742",), remedy="Remove the snippet")
def no_lua(r: Resource) -> Iterator[Outcome]:
    """No Ingress brings a program into the controller."""
    yield from _no_snippet_with(r, ("lua_", "_lua", "_lua_", "kubernetes.io"), "brings a program")


@rule("ingress-no-alias", on=INGRESSES, severity=Severity.CRITICAL, frameworks=("CVE-2021-25742",), remedy="Remove the snippet")
def no_alias(r: Resource) -> Iterator[Outcome]:
    """No Ingress serves files of the controller."""
    yield from _no_snippet_with(r, ("alias", "root "), "serves files of the controller")


@rule("ingress-hosts-named", on=INGRESSES, severity=Severity.MEDIUM, remedy="Name the host in every rule")
def hosts_named(r: Resource) -> Iterator[Outcome]:
    """Every rule of an Ingress is for a host, and none for all of them, except for exact paths such as a health check's."""
    for entry in r.each("spec.rules[*]"):
        kinds = [seen.value for seen in each(entry.value, "http.paths[*].pathType")]
        exact = bool(kinds) and all_of(asked(one_of("Exact"), kind) for kind in kinds) is True
        for seen in each(entry.value, "host", entry.path):
            every = asked(lambda v: not isinstance(v, str) or v in ("", "*") or v.startswith("*"), seen.value)
            yield from bad_if(False if exact else every, seen.path, "takes every host")


@rule(
    "services-no-external-ips",
    on=SERVICE,
    severity=Severity.CRITICAL,
    frameworks=("CVE-2020-8554",),
    remedy="Leave externalIPs out",
)
def no_external_ips(r: Resource) -> Iterator[Outcome]:
    """No Service claims addresses of others."""
    given = r.at("spec.externalIPs")
    yield from bad_if(UNKNOWN if given is UNKNOWN else present(given), "spec.externalIPs", "claims addresses")


@rule(
    "services-not-exposed",
    on=SERVICE,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Use ClusterIP; only the ingress controller is reached from outside",
)
def not_exposed(r: Resource) -> Iterator[Outcome]:
    """No Service opens a port of the nodes or makes a load balancer."""
    yield from must_not(r, "spec.type", one_of("NodePort", "LoadBalancer"), "is reached from outside the cluster")


@rule(
    "network-policy-not-open",
    on=POLICY,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.3.2", "NIST 800-53 SC-7"),
    remedy="Name peers and ports",
)
def network_policy_not_open(r: Resource) -> Iterator[Outcome]:
    """No network policy allows everything to every pod of its namespace."""
    for key in ("spec.ingress", "spec.egress"):
        for seen in each(r.props, f"{key}[*]"):
            yield from bad_if(asked(_names_nobody, seen.value), seen.path, "allows everything")


def _names_nobody(entry: Value) -> bool:
    """An entry without peers and ports, or without ports and with the whole internet as its peer."""
    if not isinstance(entry, dict) or present(entry.get("ports")):
        return False
    peers = [one for key in ("from", "to") for one in listed(entry.get(key))]
    return not peers or any(_everywhere(one) for one in peers)


def _everywhere(peer: Value) -> bool:
    return anywhere(peek(peer, "ipBlock.cidr")) and not present(peek(peer, "ipBlock.except"))


def denies_by_default(policy: Resource) -> bool | None:
    """Whether a policy selects every pod for both directions and allows nothing; None when that is not known yet."""
    spec = policy.at("spec")
    if spec is UNKNOWN:
        return None
    selector, kinds = peek(spec, "podSelector"), peek(spec, "policyTypes")
    if selector is UNKNOWN or kinds is UNKNOWN:
        return None
    everything = isinstance(selector, dict) and not any(present(one) for one in selector.values())
    both = {one for one in listed(kinds) if isinstance(one, str)} >= {"Ingress", "Egress"}
    return everything and both and not present(peek(spec, "ingress")) and not present(peek(spec, "egress"))


@stack_rule(
    "namespaces-deny-by-default",
    on=NAMESPACE,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.3.2", "NIST 800-53 SC-7(5)"),
    remedy="Add a NetworkPolicy that selects every pod, for Ingress and Egress, and allows nothing",
)
def namespaces_deny_by_default(graph: Graph) -> Iterator[At]:
    """In every namespace nobody may talk to anybody, unless a policy says so."""
    denying: dict[str, list[bool | None]] = {}
    for policy in graph.of(POLICY):
        where = policy.at("metadata.namespace")
        if isinstance(where, str):
            denying.setdefault(where, []).append(denies_by_default(policy))
    for namespace in graph.of(NAMESPACE):
        name = namespace.at("metadata.name")
        if name is UNKNOWN:
            yield At(namespace, Unjudged("metadata.name"))
            continue
        answers = denying.get(name, []) if isinstance(name, str) else []
        if True not in answers:
            yield At(namespace, Unjudged("") if None in answers else Finding("", "has no policy that denies by default"))
