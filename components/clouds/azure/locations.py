"""Locations with three zones and the location that each is paired with: plain data.

Geo-redundant storage and geo-redundant database backups go to the paired location and nowhere else. Source: "List of Azure
regions" and "Azure region pairs and nonpaired regions" in the Azure reliability documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PAIRS: Mapping[str, str] = MappingProxyType(
    {
        "australiaeast": "australiasoutheast",
        "brazilsouth": "southcentralus",
        "canadacentral": "canadaeast",
        "centralindia": "southindia",
        "centralus": "eastus2",
        "eastasia": "southeastasia",
        "eastus": "westus",
        "eastus2": "centralus",
        "francecentral": "francesouth",
        "germanywestcentral": "germanynorth",
        "japaneast": "japanwest",
        "koreacentral": "koreasouth",
        "northeurope": "westeurope",
        "norwayeast": "norwaywest",
        "southafricanorth": "southafricawest",
        "southcentralus": "northcentralus",
        "southeastasia": "eastasia",
        "swedencentral": "swedensouth",
        "switzerlandnorth": "switzerlandwest",
        "uaenorth": "uaecentral",
        "uksouth": "ukwest",
        "westeurope": "northeurope",
        "westus2": "westcentralus",
        "westus3": "eastus",
    }
)
