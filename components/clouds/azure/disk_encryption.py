"""Disks of nodes, of pods and of the jump machine under our own key (OOB-104, OOB-114)."""

from __future__ import annotations

from pulumi import Resource
from pulumi_azure_native import compute

from components.clouds.azure import names
from components.clouds.azure.handles import Context, Group, VaultKey
from components.options import child


def disk_encryption(
    name: str, context: Context, parent: Resource, home: Group, key: VaultKey | None
) -> compute.DiskEncryptionSet | None:
    """The set that disks name, or None without a key. It starts with the key's version of today and follows each rotation."""
    if key is None:
        return None
    if key.version_url is None:
        raise ValueError(f"a disk encryption set needs the address of a version of the key {key.name}")
    return compute.DiskEncryptionSet(
        name,
        disk_encryption_set_name=names.general(context.environment.name, "disks"),
        resource_group_name=home.name,
        location=home.location,
        encryption_type=compute.DiskEncryptionSetType.ENCRYPTION_AT_REST_WITH_CUSTOMER_KEY,
        identity={
            "type": compute.DiskEncryptionSetIdentityType.USER_ASSIGNED,
            "user_assigned_identities": [key.identity_id],
        },
        active_key={"key_url": key.version_url},
        rotation_to_latest_key_version_enabled=True,
        opts=child(parent, context.main, depends_on=[key.access]),
    )
