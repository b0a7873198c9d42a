"""Outputs of the tls stand-in: real keys and certificates, since programs and API servers read them. Nobody trusts them.

Unlike all other outputs they are not the same again for the same id: every change of their inputs makes new ones anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from tools.standins.synthesis import Subject
from tools.standins.values import Plain, Properties, plain_map, secret

BITS = 2048  # whatever is asked for: longer keys would only take longer
EXPONENT = 65537
NAMES = {"commonName": NameOID.COMMON_NAME, "organization": NameOID.ORGANIZATION_NAME, "country": NameOID.COUNTRY_NAME}


def outputs(subject: Subject, given: Mapping[str, Plain]) -> Properties:
    """What the provider would compute; nothing for types that are no part of a certificate."""
    make = MAKERS.get(subject.token.rpartition(":")[2])
    return make(plain_map(given)) if make is not None else {}


def _key(_inputs: Properties) -> Properties:
    key = generate_private_key(EXPONENT, BITS)

    def private(form: PrivateFormat) -> Plain:
        return secret(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())

    public = key.public_key()
    return {
        "privateKeyPem": private(PrivateFormat.TraditionalOpenSSL),
        "privateKeyPemPkcs8": private(PrivateFormat.PKCS8),
        "privateKeyOpenssh": private(PrivateFormat.OpenSSH),
        "publicKeyPem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        "publicKeyOpenssh": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode() + "\n",
    }


def _loaded(pem: Plain) -> RSAPrivateKey:
    return cast("RSAPrivateKey", load_pem_private_key(str(pem).encode(), password=None))


def _name(inputs: Properties) -> x509.Name:
    given = inputs.get("subject")
    parts = given if isinstance(given, dict) else {}
    return x509.Name([x509.NameAttribute(oid, str(parts[key])) for key, oid in NAMES.items() if parts.get(key)])


def _hosts(inputs: Properties) -> x509.SubjectAlternativeName | None:
    given = inputs.get("dnsNames")
    return x509.SubjectAlternativeName([x509.DNSName(str(name)) for name in given]) if isinstance(given, list) else None


def _request(inputs: Properties) -> Properties:
    begun, hosts = x509.CertificateSigningRequestBuilder().subject_name(_name(inputs)), _hosts(inputs)
    if hosts is not None:
        begun = begun.add_extension(hosts, critical=False)
    signed = begun.sign(_loaded(inputs["privateKeyPem"]), SHA256())
    return {"certRequestPem": signed.public_bytes(Encoding.PEM).decode()}


def _self_signed(inputs: Properties) -> Properties:
    key, name = _loaded(inputs["privateKeyPem"]), _name(inputs)
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    return _signed(begun, _hosts(inputs), key, inputs)


def _locally_signed(inputs: Properties) -> Properties:
    request = x509.load_pem_x509_csr(str(inputs["certRequestPem"]).encode())
    authority = x509.load_pem_x509_certificate(str(inputs["caCertPem"]).encode())
    begun = x509.CertificateBuilder().subject_name(request.subject).issuer_name(authority.subject)
    asked = [one.value for one in request.extensions if isinstance(one.value, x509.SubjectAlternativeName)]
    key = _loaded(inputs["caPrivateKeyPem"])
    return _signed(begun.public_key(request.public_key()), asked[0] if asked else None, key, inputs)


def _signed(
    begun: x509.CertificateBuilder, hosts: x509.SubjectAlternativeName | None, key: RSAPrivateKey, inputs: Properties
) -> Properties:
    start, hours = datetime.now(UTC).replace(microsecond=0), inputs.get("validityPeriodHours")
    end = start + timedelta(hours=hours if isinstance(hours, int) else 1)
    authority = x509.BasicConstraints(ca=inputs.get("isCaCertificate") is True, path_length=None)
    made = begun.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
    made = made.add_extension(authority, critical=True)
    if hosts is not None:
        made = made.add_extension(hosts, critical=False)
    return {
        "certPem": made.sign(key, SHA256()).public_bytes(Encoding.PEM).decode(),
        "readyForRenewal": False,
        "validityStartTime": start.isoformat(),
        "validityEndTime": end.isoformat(),
    }


MAKERS: Mapping[str, Callable[[Properties], Properties]] = {
    "PrivateKey": _key,
    "SelfSignedCert": _self_signed,
    "CertRequest": _request,
    "LocallySignedCert": _locally_signed,
}
