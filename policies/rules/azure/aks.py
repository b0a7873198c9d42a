"""The cluster on Azure. Facts: AKS documentation; CIS AKS 1.8."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Finding, Level, Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.network import anywhere
from policies.reading.values import (
    UNKNOWN,
    Value,
    all_of,
    any_of,
    asked,
    at_least,
    is_false,
    is_true,
    listed,
    negated,
    one_of,
    peek,
    present,
)

CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"


def pools(r: Resource, key: str) -> str:
    """The path of a setting of node pools: inside the cluster, or of a pool that is a resource of its own."""
    return key if r.type == POOL else f"agentPoolProfiles[*].{key}"


def addon(r: Resource, name: str, path: str) -> Value:
    """A setting of an add-on. Azure reads their names in any case."""
    given = r.at("addonProfiles")
    if given is UNKNOWN:
        return UNKNOWN
    found = [inner for key, inner in given.items() if key.lower() == name.lower()] if isinstance(given, dict) else []
    return peek(found[0], path) if found else None


@rule(
    "aks-private",
    on=CLUSTER,
    severity=Severity.CRITICAL,
    frameworks=("CIS AKS 5.4.2", "NIST 800-53 SC-7"),
    remedy="Set apiServerAccessProfile.enablePrivateCluster to true",
)
def private(r: Resource) -> Iterator[Outcome]:
    """The API is reached from inside only."""
    yield from must(r, "apiServerAccessProfile.enablePrivateCluster", is_true, "leaves the API open to the internet")
    yield from must_not(r, "apiServerAccessProfile.enablePrivateClusterPublicFQDN", is_true, "publishes the API's name")


@rule(
    "aks-api-limited",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("CIS AKS 5.4.1",),
    remedy="Make the cluster private, or list apiServerAccessProfile.authorizedIPRanges",
)
def api_limited(r: Resource) -> Iterator[Outcome]:
    """The API, if it must be public, answers to listed networks only."""
    ranges = next(
        (r.at(key) for key in ("apiServerAccessProfile.authorizedIPRanges", "apiServerAuthorizedIPRanges") if present(r.at(key))),
        None,
    )
    if ranges is None:
        private = asked(is_true, r.at("apiServerAccessProfile.enablePrivateCluster"))
        yield from bad_if(
            negated(private), "apiServerAccessProfile.authorizedIPRanges", "is not given, which means every address"
        )
    elif ranges is not UNKNOWN:
        yield from bad_if(
            any_of(asked(anywhere, one) for one in listed(ranges)),
            "apiServerAccessProfile.authorizedIPRanges",
            "lets any address ask",
        )
    else:
        yield from bad_if(UNKNOWN, "apiServerAccessProfile.authorizedIPRanges", "")


@rule("aks-no-run-command", on=CLUSTER, severity=Severity.MEDIUM, remedy="Set apiServerAccessProfile.disableRunCommand to true")
def no_run_command(r: Resource) -> Iterator[Outcome]:
    """Nobody runs commands in the cluster past its own access control."""
    yield from must(r, "apiServerAccessProfile.disableRunCommand", is_true, "is not set")


@rule("aks-rbac", on=CLUSTER, severity=Severity.CRITICAL, frameworks=("NIST 800-53 AC-3",), remedy="Set enableRBAC to true")
def rbac(r: Resource) -> Iterator[Outcome]:
    """Kubernetes' own access control is on."""
    yield from must(r, "enableRBAC", is_true, "is not on")


@rule(
    "aks-no-local-accounts",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("CIS AKS 5.2.2",),
    remedy="Set disableLocalAccounts to true",
)
def no_local_accounts(r: Resource) -> Iterator[Outcome]:
    """Everybody signs in with an identity; there is no administrator's certificate."""
    yield from must(r, "disableLocalAccounts", is_true, "leaves an administrator's certificate")


@rule(
    "aks-entra",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("CIS AKS 5.5.1",),
    remedy="Give aadProfile with managed and enableAzureRBAC true",
)
def entra(r: Resource) -> Iterator[Outcome]:
    """People and programs are known by Entra."""
    yield from must(r, "aadProfile.managed", is_true, "is not on")
    yield from must(r, "aadProfile.enableAzureRBAC", is_true, "is not on")


@rule(
    "aks-workload-identity",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 IA-9",),
    remedy="Set securityProfile.workloadIdentity.enabled and oidcIssuerProfile.enabled to true",
)
def workload_identity(r: Resource) -> Iterator[Outcome]:
    """Workloads have identities of their own and no stored keys."""
    yield from must(r, "securityProfile.workloadIdentity.enabled", is_true, "is not on")
    yield from must(r, "oidcIssuerProfile.enabled", is_true, "is not on")


@rule(
    "aks-network-policy",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("CIS AKS 5.4.4", "NIST 800-53 SC-7"),
    remedy="Set networkProfile.networkPolicy to cilium",
)
def network_policy(r: Resource) -> Iterator[Outcome]:
    """Network policies are enforced."""
    yield from must(r, "networkProfile.networkPolicy", one_of("cilium", "azure", "calico"), "is not given")


@rule(
    "aks-logs",
    on=CLUSTER,
    severity=Severity.MEDIUM,
    frameworks=("CIS AKS 2.1.1",),
    remedy="Enable addonProfiles.omsagent, or add a DiagnosticSetting of the cluster",
    level=Level.ADVISORY,
)
def logs(r: Resource) -> Iterator[Outcome]:
    """Container logs are collected."""
    monitored = asked(is_true, addon(r, "omsagent", "enabled"))
    yield from bad_if(
        negated(any_of([monitored, asked(is_true, r.at("azureMonitorProfile.metrics.enabled"))])),
        "addonProfiles.omsagent",
        "is not on",
    )


@rule("aks-policy-addon", on=CLUSTER, severity=Severity.LOW, remedy="Enable addonProfiles.azurepolicy", level=Level.ADVISORY)
def policy_addon(r: Resource) -> Iterator[Outcome]:
    """Azure Policy watches what is admitted."""
    off = negated(asked(is_true, addon(r, "azurepolicy", "enabled")))
    yield from bad_if(off, "addonProfiles.azurepolicy.enabled", "is not on")


@rule(
    "aks-secret-rotation",
    on=CLUSTER,
    severity=Severity.LOW,
    remedy="Enable addonProfiles.azureKeyvaultSecretsProvider with enableSecretRotation",
    level=Level.ADVISORY,
)
def secret_rotation(r: Resource) -> Iterator[Outcome]:
    """Secrets that come from a vault are read anew."""
    stale = negated(asked(is_true, addon(r, "azureKeyvaultSecretsProvider", "config.enableSecretRotation")))
    off = asked(is_false, addon(r, "azureKeyvaultSecretsProvider", "enabled"))
    yield from bad_if(any_of([stale, off]), "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation", "is not on")


@rule(
    "aks-upgrades",
    on=CLUSTER,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SI-2",),
    remedy="Set autoUpgradeProfile.upgradeChannel to patch or stable",
)
def upgrades(r: Resource) -> Iterator[Outcome]:
    """Fixes are installed by themselves."""
    yield from must(
        r, "autoUpgradeProfile.upgradeChannel", lambda v: isinstance(v, str) and v.lower() not in ("", "none"), "is not chosen"
    )


@rule("aks-pods-per-node", on=(CLUSTER, POOL), severity=Severity.LOW, remedy="Set maxPods to 50 or more", level=Level.ADVISORY)
def pods_per_node(r: Resource) -> Iterator[Outcome]:
    """A node takes 50 pods at least."""
    yield from must(r, pools(r, "maxPods"), at_least(50), "is less than 50")


@rule(
    "aks-scale-sets", on=(CLUSTER, POOL), severity=Severity.MEDIUM, remedy="Leave type out, or set it to VirtualMachineScaleSets"
)
def scale_sets(r: Resource) -> Iterator[Outcome]:
    """Nodes are scale sets, which can be spread over zones and replaced."""
    yield from must_not(r, pools(r, "type"), one_of("AvailabilitySet"), "is an availability set")


@rule(
    "aks-host-encryption",
    on=(CLUSTER, POOL),
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 SC-28",),
    remedy="Set enableEncryptionAtHost to true",
)
def host_encryption(r: Resource) -> Iterator[Outcome]:
    """Temporary disks and caches of nodes are encrypted."""
    yield from must(r, pools(r, "enableEncryptionAtHost"), is_true, "is not on")
    if r.type == CLUSTER and not present(r.at("agentPoolProfiles")):
        yield Finding("agentPoolProfiles", "is not given")


@rule(
    "aks-nodes-private",
    on=(CLUSTER, POOL),
    severity=Severity.HIGH,
    frameworks=("CIS AKS 5.4.3",),
    remedy="Leave enableNodePublicIP out",
)
def nodes_private(r: Resource) -> Iterator[Outcome]:
    """No node has a public address."""
    yield from must_not(r, pools(r, "enableNodePublicIP"), is_true, "gives nodes public addresses")


@rule(
    "aks-no-dashboard",
    on=CLUSTER,
    severity=Severity.HIGH,
    remedy="Set addonProfiles.kubeDashboard.enabled to false, or leave it out and set kubernetesVersion to 1.19 or newer",
)
def no_dashboard(r: Resource) -> Iterator[Outcome]:
    """The old dashboard is off, and said to be off where it is a choice."""
    said = addon(r, "kubeDashboard", "enabled")
    without = all_of([said is None, asked(_has_no_dashboard, r.at("kubernetesVersion"))])
    on = negated(any_of([without, asked(is_false, said)]))
    yield from bad_if(on, "addonProfiles.kubeDashboard.enabled", "is on, or nothing says that the version has none")
    routing = asked(is_true, addon(r, "httpApplicationRouting", "enabled"))
    yield from bad_if(routing, "addonProfiles.httpApplicationRouting.enabled", "opens names and ports by itself")


# The first minor version for which AKS offers no dashboard.
NO_DASHBOARD = (1, 19)


def _has_no_dashboard(version: Value) -> bool:
    major, _, rest = version.partition(".") if isinstance(version, str) else ("", "", "")
    minor = rest.partition(".")[0]
    return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= NO_DASHBOARD


@rule(
    "aks-zones",
    on=(CLUSTER, POOL),
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 CP-10",),
    remedy="Give availabilityZones",
    level=Level.ADVISORY,
)
def zones(r: Resource) -> Iterator[Outcome]:
    """Nodes stand in several zones."""
    yield from must_have(r, pools(r, "availabilityZones"), "is not given")
