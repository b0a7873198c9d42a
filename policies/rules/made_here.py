"""Passwords and keys that the program makes itself. Facts: NIST SP 800-63B, NIST SP 800-57 part 1."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, must, must_not, rule
from policies.reading.values import all_of, asked, at_least, negated, one_of

LENGTH = 20
RSA_BITS = 2048


@rule(
    "made-passwords-long",
    on="random:index/randomPassword:RandomPassword",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-5(1)",),
    remedy=f"Set length to {LENGTH} or more",
)
def passwords_long(r: Resource) -> Iterator[Outcome]:
    """A password that nobody types is too long to guess."""
    yield from must(r, "length", at_least(LENGTH), f"is less than {LENGTH}")


@rule(
    "made-keys-strong",
    on="tls:index/privateKey:PrivateKey",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-12",),
    remedy=f"Use ED25519, ECDSA on P256 or more, or RSA of {RSA_BITS} bits or more",
)
def keys_strong(r: Resource) -> Iterator[Outcome]:
    """A key is as strong as today asks."""
    bits = r.at("rsaBits")
    weak = False if bits is None else negated(asked(at_least(RSA_BITS), bits))
    yield from bad_if(all_of([asked(one_of("RSA"), r.at("algorithm")), weak]), "rsaBits", f"is less than {RSA_BITS}")
    yield from must_not(r, "ecdsaCurve", one_of("P224"), "is too short")
