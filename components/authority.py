"""The internal certificate authority: every hop behind the edge is verified against it (TLS-08, TLS-17, C-08)."""

from __future__ import annotations

import pulumi_tls as tls
from pulumi import ComponentResource, Output, Resource

from components.contract import Certificate
from components.options import child

CA_HOURS = 10 * 365 * 24
CA_RENEWAL_HOURS = 2 * 365 * 24
LEAF_HOURS = 365 * 24  # TLS-08
LEAF_RENEWAL_HOURS = 60 * 24
KEY_BITS = 4096  # TLS-08


class Authority(ComponentResource):
    """A self-signed authority whose key stays secret; `certificate_pem` is what others trust."""

    def __init__(self, name: str, organisation: str, parent: Resource) -> None:
        super().__init__("oob:index:Authority", name, None, child(parent))
        self._organisation = organisation
        self._provider = tls.Provider(f"{name}-tls", opts=child(self))
        key = tls.PrivateKey(f"{name}-key", algorithm="RSA", rsa_bits=KEY_BITS, opts=child(self, self._provider))
        certificate = tls.SelfSignedCert(
            f"{name}-certificate",
            private_key_pem=key.private_key_pem,
            subject=tls.SelfSignedCertSubjectArgs(common_name="Out-of-band internal authority", organization=organisation),
            is_ca_certificate=True,
            set_subject_key_id=True,
            validity_period_hours=CA_HOURS,
            early_renewal_hours=CA_RENEWAL_HOURS,
            allowed_uses=["cert_signing", "crl_signing", "digital_signature"],
            opts=child(self, self._provider),
        )
        self.key_pem: Output[str] = Output.secret(key.private_key_pem)
        self.certificate_pem: Output[str] = certificate.cert_pem
        self.register_outputs({})

    def issue(self, name: str, *hosts: str) -> Certificate:
        """A server certificate for `hosts`, made at deployment. For what the cluster's own issuer cannot reach."""
        key = tls.PrivateKey(f"{name}-key", algorithm="RSA", rsa_bits=2048, opts=child(self, self._provider))
        request = tls.CertRequest(
            f"{name}-request",
            private_key_pem=key.private_key_pem,
            subject=tls.CertRequestSubjectArgs(common_name=hosts[0], organization=self._organisation),
            dns_names=list(hosts),
            opts=child(self, self._provider),
        )
        signed = tls.LocallySignedCert(
            f"{name}-certificate",
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=self.key_pem,
            ca_cert_pem=self.certificate_pem,
            validity_period_hours=LEAF_HOURS,
            early_renewal_hours=LEAF_RENEWAL_HOURS,
            allowed_uses=["digital_signature", "key_encipherment", "server_auth"],
            opts=child(self, self._provider),
        )
        return Certificate(certificate=signed.cert_pem, key=Output.secret(key.private_key_pem), chain=self.certificate_pem)
