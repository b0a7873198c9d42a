"""What small, medium and large mean on Azure: one frozen table that every role here reads (OOB-45, OOB-80, OOB-85)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.sections import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """One size. Counts are for the whole cluster, over three zones; machines are amd64, as the operator's image is."""

    users: int
    system_type: str  # of the system pool: AKS's own pods and nothing else
    system_min: int
    system_max: int
    node_type: str  # of the user pool; must offer encryption at host and accelerated networking
    nodes_min: int
    nodes_max: int  # above the minimum, so that the autoscaler has room (OOB-80)
    node_disk_gib: int
    bastion_type: str
    bastion_sku: str  # of Azure Bastion; native clients and tunnels need Standard
    gateway_min: int  # capacity units of the application gateway; one zone's loss must not reach zero
    gateway_max: int
    database_type: str
    database_tier: str  # zone redundancy is not offered for Burstable
    database_gib: int
    max_connections: int
    work_mem_kilobytes: int


SIZES: Mapping[Size, Sizing] = MappingProxyType(
    {
        Size.SMALL: Sizing(
            users=50,
            system_type="Standard_D2s_v5",
            system_min=2,
            system_max=3,
            node_type="Standard_D2s_v5",
            nodes_min=2,
            nodes_max=4,
            node_disk_gib=64,
            bastion_type="Standard_B2s_v2",
            bastion_sku="Standard",
            gateway_min=2,
            gateway_max=3,
            database_type="Standard_D2ds_v5",
            database_tier="GeneralPurpose",
            database_gib=64,
            max_connections=250,
            work_mem_kilobytes=4096,
        ),
        Size.MEDIUM: Sizing(
            users=500,
            system_type="Standard_D2s_v5",
            system_min=3,
            system_max=4,
            node_type="Standard_D2s_v5",
            nodes_min=3,
            nodes_max=6,
            node_disk_gib=96,
            bastion_type="Standard_B2s_v2",
            bastion_sku="Standard",
            gateway_min=2,
            gateway_max=6,
            database_type="Standard_D4ds_v5",
            database_tier="GeneralPurpose",
            database_gib=128,
            max_connections=800,
            work_mem_kilobytes=8192,
        ),
        Size.LARGE: Sizing(
            users=5000,
            system_type="Standard_D4s_v5",
            system_min=3,
            system_max=5,
            node_type="Standard_D4s_v5",
            nodes_min=4,
            nodes_max=9,
            node_disk_gib=128,
            bastion_type="Standard_B2s_v2",
            bastion_sku="Standard",
            gateway_min=3,
            gateway_max=15,
            database_type="Standard_E8ds_v5",
            database_tier="MemoryOptimized",
            database_gib=512,
            max_connections=2500,
            work_mem_kilobytes=16384,
        ),
    }
)
