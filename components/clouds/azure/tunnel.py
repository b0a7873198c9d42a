"""The way to the cluster's private API: through Azure Bastion and the jump machine, found by their names (OOB-32)."""

from __future__ import annotations

from components.clouds.azure.settings import Settings
from components.far_side import Route
from components.settings import CloudSettings


def route(section: CloudSettings, environment_name: str) -> Route:
    """The entry that `clouds.tunnel` calls. TypeError if the settings are another cloud's."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    raise NotImplementedError("tunnel")
