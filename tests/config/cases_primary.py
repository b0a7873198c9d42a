"""Rules on the declaration of the primary: what they must refuse and what they must let pass."""

from __future__ import annotations

from tests.config.cases import WAIVER, passes, refused

PRIMARY = (
    refused(
        "account_digits",
        {"primary.accounts": ["99998888777", "9999888877776", "9999888877O7"]},
        ("primary.accounts[0]", "'99998888777' has 11 digits, and an account number has 12", "write it again"),
        ("primary.accounts[1]", "'9999888877776' has 13 digits", "write it again"),
        ("primary.accounts[2]", "'9999888877O7' is nearly an account number", "write it again"),
    ),
    passes("account_digits", {"primary.accounts": ["999988887777", "1234567890123456", "acme-prod-1", "acme-12345678"]}),
    refused(
        "directory_ids",
        {"primary.tenants": ["3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b1"], "primary.subscriptions": ["acme.example"]},
        ("primary.tenants[0]", "'3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b1' is not an id", "3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b11"),
        ("primary.subscriptions[0]", "'acme.example' is not an id", "3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b11"),
    ),
    passes(
        "directory_ids",
        {
            "primary.tenants": ["acme.onmicrosoft.com", "3F9D8A52-0C41-4A9C-9B83-7D5A5F0E6B11"],
            "primary.subscriptions": ["0d6e2d62-6a3c-4f04-9a55-1f5f2b5a7c01"],
        },
    ),
    refused("long_enough", {"primary.keys": ["key1"]}, ("primary.keys[0]", "'key1' is so short", "6 characters or more")),
    passes("long_enough", {"primary.keys": ["key-01"], "primary.regions": ["eu-west-1"]}),
    refused(
        "addresses_are_whole",
        {"primary.stateBackends": ["https://[2001:db8::1/state"]},
        ("primary.stateBackends[0]", "is no address that can be read", "close its brackets"),
    ),
    passes("addresses_are_whole", {"primary.stateBackends": ["https://[2001:db8::1]/state", "s3://acme-corp-pulumi-state"]}),
    refused(
        "zone_names",
        {"primary.dnsZones": ["corp.acme.example.", "*.acme.example"]},
        ("primary.dnsZones[0]", "'corp.acme.example.' would not be found", "'corp.acme.example'"),
        ("primary.dnsZones[1]", "'*.acme.example' would not be found", "'acme.example'"),
    ),
    passes("zone_names", {"primary.dnsZones": ["Z0123456789ABCDEFGHIJ", "acme.example"]}),
    refused(
        "known_risks",
        {"primary.acceptedRisks": {"regoin": WAIVER, "weather": WAIVER}},
        ("primary.acceptedRisks.regoin", "'regoin' is no shared fate", "did you mean region?"),
        ("primary.acceptedRisks.weather", "'weather' is no shared fate", "use one of organisation, region"),
    ),
    passes("known_risks", {"primary.acceptedRisks": {"region": WAIVER}}),
)
