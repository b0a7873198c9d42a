"""Whose credentials are at hand: a provider that is locked to an account refuses any other, as the real ones do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter

from tools.standins.values import Plain

# The setting of each provider that says where it may work. The providers that make nothing in an account are not here.
LOCKS: Mapping[str, str] = {"aws": "allowedAccountIds", "azure-native": "subscriptionId", "azuread": "tenantId"}


def sign_in(path: Path, account: str | None) -> None:
    """Says whose credentials are at hand; None: of whichever account is asked for."""
    if account is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(account, encoding="utf-8")


def refusal(path: Path, package: str, given: Mapping[str, Plain]) -> str | None:
    """Why the provider does not start with these credentials; None when it does, or is not locked at all."""
    if not path.exists():
        return None
    account, allowed = path.read_text(encoding="utf-8"), locked_to(package, given)
    if not allowed or account in allowed:
        return None
    return f"the credentials are for {account}, and {LOCKS[package]} allows {', '.join(allowed)} only"


def locked_to(package: str, given: Mapping[str, Plain]) -> tuple[str, ...]:
    """The accounts that a provider's configuration allows; empty when it is not locked."""
    value = given.get(LOCKS.get(package, ""))
    if isinstance(value, str) and value.startswith("["):
        return tuple(_NAMES.validate_json(value))  # lists travel as JSON text in a provider's configuration
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


_NAMES = TypeAdapter(list[str])
