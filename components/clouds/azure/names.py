"""Physical names on Azure: what each type accepts, on top of `components.naming`, and the names that roles know beforehand.

Source: "Naming rules and restrictions for Azure resources" in the Azure Resource Manager documentation. Where a type allows
several spellings, the narrowest that every tool takes is used: lower-case letters, digits and single hyphens, a letter first.
Environment names start with a letter (`oob-` or `drill-`), so every name here does.
"""

from __future__ import annotations

from components.naming import Kind, physical

RESOURCE_GROUP = Kind(longest=90)
STORAGE_ACCOUNT = Kind(longest=24, legal="a-z0-9", joint="")  # unique in the world
KEY_VAULT = Kind(longest=24)  # unique in the world; two hyphens in a row are refused
FLEXIBLE_SERVER = Kind(longest=63)  # unique in the world
MANAGED_CLUSTER = Kind(longest=63)
DNS_PREFIX = Kind(longest=54)
TRAFFIC_PROFILE = Kind(longest=63)  # its DNS label, unique in the world
PUBLIC_LABEL = Kind(longest=63)  # the DNS label of a public address, unique in its region
VIRTUAL_MACHINE = Kind(longest=15)  # Linux allows 64; 15 keeps the host name whole everywhere
WORKSPACE = Kind(longest=63)
BACKUP_VAULT = Kind(longest=50)
# All else: an Azure Firewall takes 56, a budget 63, networks, endpoints and collection rules 64, most of Microsoft.Network 80.
GENERAL = Kind(longest=56)
WORKFLOW = Kind(longest=43)

POSTGRES_ROLE_LONGEST = 63


def resource_group(environment: str, lifetime: str) -> str:
    """A group by what its contents live and die with: data, logs, replica, runtime, names."""
    return physical(RESOURCE_GROUP, environment, lifetime)


def node_resource_group(environment: str) -> str:
    """The group in which AKS keeps the nodes; 80 characters at most."""
    return physical(Kind(longest=80), environment, "nodes")


def storage_account(environment: str, subscription: str, purpose: str) -> str:
    """Unique in the world: the subscription takes part in the digest. Drills, people and policies know it beforehand."""
    return physical(STORAGE_ACCOUNT, environment, purpose, subscription)


def key_vault(environment: str, subscription: str, purpose: str) -> str:
    return physical(KEY_VAULT, environment, purpose, subscription)


def server(environment: str, subscription: str) -> str:
    """The PostgreSQL server; its host name lies in the private zone."""
    return physical(FLEXIBLE_SERVER, environment, "database", subscription)


def cluster(environment: str) -> str:
    """The tunnel and kubectl must know it before the cluster exists."""
    return physical(MANAGED_CLUSTER, environment)


def dns_prefix(environment: str) -> str:
    """What the API server's own name begins with."""
    return physical(DNS_PREFIX, environment)


def identity(environment: str, role: str) -> str:
    """A user-assigned identity. The bootstrap's is also the name of an administrator in PostgreSQL, which takes 63 characters."""
    return physical(Kind(longest=POSTGRES_ROLE_LONGEST), environment, role)


def bastion_machine(environment: str) -> str:
    """The jump machine. The tunnel finds it by this name in the runtime group."""
    return physical(VIRTUAL_MACHINE, environment, "jump")


def bastion_host(environment: str) -> str:
    """The Azure Bastion. The tunnel finds it by this name in the runtime group."""
    return physical(GENERAL, environment, "bastion")


def workspace(environment: str) -> str:
    """The Log Analytics workspace that every role reports to."""
    return physical(WORKSPACE, environment, "logs")


def workflow(environment: str, purpose: str) -> str:
    return physical(WORKFLOW, environment, purpose)


def general(environment: str, *parts: str) -> str:
    """Anything else: of Microsoft.Network, alarms, budgets, collection rules."""
    return physical(GENERAL, environment, *parts)
