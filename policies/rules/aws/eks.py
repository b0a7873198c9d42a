"""The cluster: who reaches its API, what it writes down, what it encrypts. Facts: EKS user guide; CIS EKS 1.8."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Finding, Level, Outcome, Resource, Severity, bad_if, must, must_have, must_not, rule
from policies.reading.network import anywhere
from policies.reading.values import UNKNOWN, any_of, asked, is_false, is_true, listed, matches, negated, one_of, present
from policies.settings import Profile

CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# The oldest minor version in standard support; the EKS release calendar moves it about three times a year.
OLDEST_SUPPORTED = (1, 33)


@rule(
    "eks-control-plane-logs",
    on=CLUSTER,
    severity=Severity.MEDIUM,
    frameworks=("CIS EKS 2.1.1", "FSBP EKS.8", "NIST 800-53 AU-2"),
    remedy="List api, audit, authenticator, controllerManager and scheduler in enabledClusterLogTypes",
    profile=Profile.PRODUCTION,
)
def control_plane_logs(r: Resource) -> Iterator[Outcome]:
    """All five kinds of control plane logs are written; a drill leaves none behind."""
    given = r.at("enabledClusterLogTypes")
    kept = [UNKNOWN] if given is UNKNOWN else listed(given)
    for kind in LOGS:
        has = any_of(asked(one_of(kind), one) for one in kept)
        yield from bad_if(negated(has), "enabledClusterLogTypes", f"lacks {kind}")


@rule(
    "eks-private-endpoint",
    on=CLUSTER,
    severity=Severity.CRITICAL,
    frameworks=("CIS EKS 5.4.2", "FSBP EKS.1", "NIST 800-53 SC-7"),
    remedy="Set vpcConfig.endpointPublicAccess to false and endpointPrivateAccess to true; people come through the bastion",
    level=Level.ADVISORY,
)
def private_endpoint(r: Resource) -> Iterator[Outcome]:
    """The API is reached from inside only; `eks-public-endpoint-limited` refuses one that answers to anybody."""
    yield from must(r, "vpcConfig.endpointPublicAccess", is_false, "lets the API be reached from outside the network")


@rule(
    "eks-public-endpoint-limited",
    on=CLUSTER,
    severity=Severity.CRITICAL,
    frameworks=("CIS EKS 5.4.1", "NIST 800-53 SC-7"),
    remedy="List the networks of administrators in vpcConfig.publicAccessCidrs, or close the public endpoint",
)
def public_endpoint_limited(r: Resource) -> Iterator[Outcome]:
    """A public API, if there must be one, answers to listed networks only."""
    if asked(is_false, r.at("vpcConfig.endpointPublicAccess")) is True:
        return
    given = r.at("vpcConfig.publicAccessCidrs")
    if not present(given):
        yield Finding("vpcConfig.publicAccessCidrs", "is not given, which means every address")
    yield from must_not(r, "vpcConfig.publicAccessCidrs[*]", anywhere, "lets any address ask the API")


@rule(
    "eks-secrets-encrypted",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("CIS EKS 5.3.1", "FSBP EKS.3", "NIST 800-53 SC-28"),
    remedy="Give encryptionConfig a key of this stack and the resource 'secrets'",
)
def secrets_encrypted(r: Resource) -> Iterator[Outcome]:
    """Kubernetes secrets are encrypted with a key of our own."""
    yield from must_have(r, "encryptionConfig.provider.keyArn", "names no key")
    named = r.at("encryptionConfig.resources")
    kept = [UNKNOWN] if named is UNKNOWN else listed(named)
    has = any_of(asked(one_of("secrets"), one) for one in kept)
    yield from bad_if(negated(has), "encryptionConfig.resources", "leaves out secrets")


def _too_old(value: object) -> bool:
    major, _, minor = str(value).partition(".")
    return not (major.isdigit() and minor.isdigit()) or (int(major), int(minor)) < OLDEST_SUPPORTED


@rule(
    "eks-supported-version",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("FSBP EKS.2", "NIST 800-53 SI-2"),
    remedy=f"Upgrade to {OLDEST_SUPPORTED[0]}.{OLDEST_SUPPORTED[1]} or newer, one minor version at a time",
)
def supported_version(r: Resource) -> Iterator[Outcome]:
    """Kubernetes is a version in standard support."""
    yield from must_not(r, "version", lambda v: v is not None and _too_old(v), "is past its support or no version")


@rule(
    "eks-no-open-node-ssh",
    on=NODES,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 AC-17",),
    remedy="Leave remoteAccess out, or name sourceSecurityGroupIds",
)
def no_open_node_ssh(r: Resource) -> Iterator[Outcome]:
    """Nodes take no SSH from everywhere."""
    if present(r.at("remoteAccess.ec2SshKey")):
        yield from must_have(r, "remoteAccess.sourceSecurityGroupIds", "is not given, so SSH is open to any address")


@rule(
    "eks-deletion-protection",
    on=CLUSTER,
    severity=Severity.MEDIUM,
    remedy="Set deletionProtection to true",
    profile=Profile.PRODUCTION,
)
def deletion_protection(r: Resource) -> Iterator[Outcome]:
    """The cluster cannot be deleted by accident."""
    yield from must(r, "deletionProtection", is_true, "is off")


@rule(
    "eks-access-entries",
    on=CLUSTER,
    severity=Severity.MEDIUM,
    frameworks=("CIS EKS 4.1.7", "CIS EKS 5.5.1"),
    remedy="Set accessConfig.authenticationMode to API and bootstrapClusterCreatorAdminPermissions to false",
)
def access_entries(r: Resource) -> Iterator[Outcome]:
    """Access is given by access entries, not by a ConfigMap or to whoever made the cluster."""
    yield from must(r, "accessConfig.authenticationMode", one_of("API"), "still lets the aws-auth ConfigMap give access")
    yield from must(
        r, "accessConfig.bootstrapClusterCreatorAdminPermissions", is_false, "makes whoever created the cluster its administrator"
    )


@rule(
    "eks-nodes-by-launch-template",
    on=NODES,
    severity=Severity.MEDIUM,
    remedy="Give launchTemplate, where disks, metadata and addresses are set",
    level=Level.ADVISORY,
)
def nodes_by_launch_template(r: Resource) -> Iterator[Outcome]:
    """Nodes come from a launch template of our own."""
    yield from must_have(r, "launchTemplate", "is not given")


@rule(
    "eks-addons-pinned",
    on="aws:eks/addon:Addon",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CM-2",),
    remedy="Set addonVersion to one version",
)
def addons_pinned(r: Resource) -> Iterator[Outcome]:
    """An add-on is one version, and not whatever is newest on the day that the cluster is made again."""
    yield from must(r, "addonVersion", matches(r"^v?\d+\.\d+\.\d+"), "is not one version")


@rule(
    "eks-access-named",
    on=("aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"),
    severity=Severity.HIGH,
    frameworks=("CIS EKS 4.1.1", "NIST 800-53 AC-6"),
    remedy="Name a role, and groups of your own",
)
def access_named(r: Resource) -> Iterator[Outcome]:
    """Access to the cluster is given to a role that is named, and never to an account or as one of Kubernetes' own groups."""
    yield from must_not(r, "principalArn", matches(r":root$|\*"), "is a whole account, or a pattern")
    yield from must_not(r, "kubernetesGroups[*]", matches(r"^system:"), "is one of Kubernetes' own groups")
