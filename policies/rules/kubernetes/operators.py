"""Kinds of operators that decide who is reached and who signs. Facts: Cilium and cert-manager documentation."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, must_not, rule
from policies.reading.network import anywhere
from policies.reading.values import is_true, one_of, plain_http

_EVERYBODY = one_of("all", "world", "world-ipv4", "world-ipv6")


@rule(
    "cilium-policy-not-open",
    on=("kubernetes:cilium.io/*:CiliumNetworkPolicy", "kubernetes:cilium.io/*:CiliumClusterwideNetworkPolicy"),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7",),
    remedy="Name endpoints, names or networks",
)
def cilium_policy_not_open(r: Resource) -> Iterator[Outcome]:
    """No policy of Cilium lets pods talk to everything, or to the whole world."""
    for spec in ("spec", "specs[*]"):
        for side in ("ingress[*].from", "egress[*].to"):
            yield from must_not(r, f"{spec}.{side}Entities[*]", _EVERYBODY, "is everybody")
            for path in ("CIDR[*]", "CIDRSet[*].cidr"):
                yield from must_not(r, f"{spec}.{side}{path}", anywhere, "is the internet")


@rule(
    "issuers-encrypted",
    on=("kubernetes:cert-manager.io/*:ClusterIssuer", "kubernetes:cert-manager.io/*:Issuer"),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-8",),
    remedy="Use an https address, and leave skipTLSVerify out",
)
def issuers_encrypted(r: Resource) -> Iterator[Outcome]:
    """Who signs certificates is asked by HTTPS, and has to prove who it is."""
    yield from must_not(r, "spec.acme.server", plain_http, "is plain HTTP")
    yield from must_not(r, "spec.acme.skipTLSVerify", is_true, "takes anybody for the issuer")
    yield from must_not(r, "spec.vault.server", plain_http, "is plain HTTP")
