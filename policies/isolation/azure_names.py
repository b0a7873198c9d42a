"""Resources of Azure whose names are the world's: one thing by its resource id and by the host names that answer for it.

Sources: "Azure Private Endpoint private DNS zone values" for the names in each cloud; "Container registry endpoint
reference" for the endpoints of data and of one replica; "Storage account overview" for second locations and DNS zones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

# Domains by cloud: the public one, that of the government of the United States, China's.
_CLOUDS: tuple[Mapping[str, str], ...] = (
    {"vaults": "azure.net", "registries": "azurecr.io", "storage": "core.windows.net", "zones": "storage.azure.net"},
    {"vaults": "usgovcloudapi.net", "registries": "azurecr.us", "storage": "core.usgovcloudapi.net", "zones": "storage.azure.us"},
    {"vaults": "azure.cn", "registries": "azurecr.cn", "storage": "core.chinacloudapi.cn", "zones": "storage.azure.cn"},
)
_STORES = "(?:blob|dfs|file|queue|table|web)"

# By the type in a resource id, what a host name says behind the resource's own name.
_SERVICES: Mapping[str, str] = {
    "microsoft.keyvault/vaults": r"(?:vault|privatelink\.vaultcore)\.{vaults}",
    "microsoft.keyvault/managedhsms": r"(?:privatelink\.)?managedhsm\.{vaults}",
    "microsoft.containerregistry/registries": r"(?:[a-z0-9]+\.(?:data|geo)\.)?(?:privatelink\.)?{registries}",
    "microsoft.storage/storageaccounts": (
        rf"(?:(?:z[0-9]+\.)?(?:privatelink\.)?{_STORES}\.{{storage}}|z[0-9]+\.(?:privatelink\.)?{_STORES}\.{{zones}})"
    ),
}
STORAGE = "microsoft.storage/storageaccounts"
_SECOND = "-secondary"  # of a storage account, where its copy in another region is read

Name = tuple[str, "re.Pattern[str] | None"]
"""A name, and what has to stand behind it for it to be this resource's; None if it is whole by itself."""


def of_host(host: str) -> Iterator[Name]:
    """Every name of the resource that answers at a host name; none if no such resource does. The cloud is the host's."""
    name, _, rest = host.partition(".")
    for type_ in _SERVICES:
        for cloud in range(len(_CLOUDS)):
            if _behind(type_, cloud).fullmatch(rest):
                yield from _names(type_, name.removesuffix(_SECOND) if type_ == STORAGE else name, _behind(type_, cloud))


def of_id(value: str) -> Iterator[Name]:
    """Every name of the resource that a resource id in lower case names, in any cloud, because an id tells none."""
    for type_ in _SERVICES:
        found = re.search(rf"/{type_}/([a-z0-9-]+)(?:/|$)", value)
        if found:
            yield from of_named(type_, found[1])


def of_named(type_: str, name: str) -> Iterator[Name]:
    """Every name of a resource of this type, in any cloud."""
    yield from _names(type_, name, _behind(type_, None))


def _names(type_: str, name: str, behind: re.Pattern[str]) -> Iterator[Name]:
    yield f"{type_}/{name}", None
    yield f"{name}.", behind
    if type_ == STORAGE:
        yield f"{name}{_SECOND}.", behind


@cache
def _behind(type_: str, cloud: int | None) -> re.Pattern[str]:
    """What stands behind the dot after the name, in one cloud or in any."""
    clouds = _CLOUDS if cloud is None else (_CLOUDS[cloud],)
    hosts = (_SERVICES[type_].format(**{key: re.escape(domain) for key, domain in domains.items()}) for domains in clouds)
    return re.compile("|".join(hosts))
