"""The public side: zone, certificate, gate, and the names that move people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Output

from components.sections import Access, Dns, PrimaryEndpoint, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOutputs:
    """The zone of the out-of-band names. `name_servers` go into the parent's delegation."""

    name_servers: Output[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate made by the internal authority, PEM; `key` is secret."""

    certificate: Output[str]
    key: Output[str]
    chain: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSpec:
    """`ingress_trust` is the PEM of the authority that signed the ingress controller's certificate, for edges that verify it.

    How the ingress controller is reached stands in the cluster's outputs.
    """

    site: Site
    access: Access
    backup_certificate: Certificate  # serves while the public one cannot be validated yet (zone not delegated)
    ingress_trust: Output[str]
    idle_timeout_seconds: int
    stickiness_seconds: int
    max_upload_megabytes: int
    log_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOutputs:
    """`address` is the public host name of the gate; `access_layer` says which means of protection are on (OOB-23).

    `certificate_records` are the DNS records by which the certificate is validated, for another DNS service to hold (AWS-24).
    """

    address: Output[str]
    access_layer: Mapping[str, str]
    certificate_records: Output[Sequence[Mapping[str, str]]] | None = None


def access_layer(access: Access, blocks: bool) -> dict[str, str]:
    """Which means of protection are on (OOB-23). Network policies are the platform's, and always on."""
    opened = access.open_to_all
    return {
        "networkPolicies": "on",
        "allowList": "on" if opened is None else f"open until {opened.until.isoformat()}: {opened.reason}",
        "waf": "blocking" if blocks else "counting",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSpec:
    """`issuer` is the identity provider to watch; None for local accounts."""

    site: Site
    dns: Dns
    primary: PrimaryEndpoint
    issuer: Output[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsOutputs:
    """How to move people and how to move them back, as commands on the data plane (OOB-36, ADR 0006)."""

    set_latch: Output[str]
    release_latch: Output[str]
    health_checks: Mapping[str, Output[str]]
