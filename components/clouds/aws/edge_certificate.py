"""The certificate of the gate: public, from ACM, validated by DNS in our own zone (AWS-22 to AWS-26, ADR 0007)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import pulumi_aws as aws
from pulumi import ComponentResource, CustomTimeouts, Output, Resource, ResourceOptions

from components.clouds.aws.handles import AwsZone, Context
from components.contract import Certificate
from components.options import child
from components.sections import Site

KEY = "RSA_2048"  # AWS-25
WAIT = "60m"  # AWS-26: validation may take 30 minutes
RECORD_SECONDS = 300


class Proof(Protocol):
    """What ACM wants to see in DNS for one name."""

    @property
    def domain_name(self) -> str | None: ...
    @property
    def resource_record_name(self) -> str | None: ...
    @property
    def resource_record_type(self) -> str | None: ...
    @property
    def resource_record_value(self) -> str | None: ...


def proof_of(host: str, proofs: Sequence[Proof]) -> dict[str, str]:
    """The record that proves `host`, whatever the order in which ACM lists them. ValueError if there is none."""
    for proof in proofs:
        if proof.domain_name == host:
            return {
                "name": proof.resource_record_name or "",
                "type": proof.resource_record_type or "",
                "value": proof.resource_record_value or "",
            }
    raise ValueError(f"ACM lists no validation record for {host}")


class EdgeCertificate(ComponentResource):
    """`arn` is what the listener serves: the public certificate once it is valid, or the imported one of the internal authority.

    While `site.zoneDelegated` is false nobody can validate anything, and waiting would hang the first `up`. Then the public
    certificate is asked for and its records are made, but not waited for; browsers must be told of the internal authority.
    """

    def __init__(self, name: str, context: Context, site: Site, backup: Certificate, zone: AwsZone, parent: Resource) -> None:
        super().__init__("oob:aws:EdgeCertificate", name, None, child(parent))
        self._name, self._context = name, context
        hosts = (site.host, site.direct_host)
        public = aws.acm.Certificate(
            f"{name}-public",
            domain_name=site.host,
            subject_alternative_names=[site.direct_host],
            validation_method="DNS",
            key_algorithm=KEY,
            opts=self._options(),
        )
        proofs = [self._proof(public, host) for host in hosts]
        records = [
            aws.route53.Record(
                f"{name}-proof-{number}",
                zone_id=zone.zone_id,
                name=proof["name"],
                type=proof["type"],
                records=[proof["value"]],
                ttl=RECORD_SECONDS,
                allow_overwrite=True,  # the record of a name is the same for every certificate of the account
                opts=self._options(),
            )
            for number, proof in enumerate(proofs, 1)
        ]
        self.records: Output[Sequence[Mapping[str, str]]] = Output.all(*proofs)
        self.arn: Output[str] = self._validated(public, records) if site.zone_delegated else self._imported(backup)
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _proof(self, public: aws.acm.Certificate, host: str) -> Output[Mapping[str, str]]:
        return public.domain_validation_options.apply(lambda proofs: proof_of(host, proofs))

    def _validated(self, public: aws.acm.Certificate, records: Sequence[aws.route53.Record]) -> Output[str]:
        patient = ResourceOptions.merge(self._options(), ResourceOptions(custom_timeouts=CustomTimeouts(create=WAIT)))
        return aws.acm.CertificateValidation(
            f"{self._name}-validation",
            certificate_arn=public.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            opts=patient,
        ).certificate_arn

    def _imported(self, backup: Certificate) -> Output[str]:
        return aws.acm.Certificate(
            f"{self._name}-internal",
            certificate_body=backup.certificate,
            private_key=backup.key,
            certificate_chain=backup.chain,
            opts=self._options(),
        ).arn
