"""What every cloud promises: *Spec in, *Outputs out, one abstract class. Differences travel as data, never as a name.

A cloud may widen an Outputs class by a subclass of its own; the topology hands such a handle back untouched
(the type parameters of `Cloud`), so nothing here ever learns what a particular cloud keeps in it.
"""

from components.contract.cloud import Cloud, ClusterT, DatabaseT, EdgeT, KeysT, NetworkT, ObjectsT, Watched, ZoneT
from components.contract.cluster import (
    BastionOutputs,
    ClusterOutputs,
    ClusterSpec,
    Entry,
    GrantsOutputs,
    GrantsSpec,
    HelmAddon,
    InternalAddress,
    NativePolicy,
    NodePort,
    PodPeer,
    ServiceAccount,
    WorkloadIdentity,
)
from components.contract.data import (
    AdminCredential,
    BackupLocation,
    DatabaseOutputs,
    DatabaseSpec,
    DumpSource,
    FileStore,
    ObjectsOutputs,
    ObjectsSpec,
    TransferTarget,
)
from components.contract.edge import Certificate, DnsOutputs, DnsSpec, EdgeOutputs, EdgeSpec, ZoneOutputs, access_layer
from components.contract.environment import DUMP_NAME, FLOW_LOG_DAYS, INGRESS_NODE_PORT, PING_PATH, Environment
from components.contract.identity import IdentityOutputs, IdentitySpec, SettingsExport
from components.contract.keys import KeysOutputs, SecretsOutputs, SecretsSpec
from components.contract.network import NetworkOutputs, NetworkSpec
from components.contract.watch import BackupOutputs, BackupSpec, WatchOutputs, WatchSpec
from components.faults import Unsupported

__all__ = [
    "DUMP_NAME",
    "FLOW_LOG_DAYS",
    "INGRESS_NODE_PORT",
    "PING_PATH",
    "AdminCredential",
    "BackupLocation",
    "BackupOutputs",
    "BackupSpec",
    "BastionOutputs",
    "Certificate",
    "Cloud",
    "ClusterOutputs",
    "ClusterSpec",
    "ClusterT",
    "DatabaseOutputs",
    "DatabaseSpec",
    "DatabaseT",
    "DnsOutputs",
    "DnsSpec",
    "DumpSource",
    "EdgeOutputs",
    "EdgeSpec",
    "EdgeT",
    "Entry",
    "Environment",
    "FileStore",
    "GrantsOutputs",
    "GrantsSpec",
    "HelmAddon",
    "IdentityOutputs",
    "IdentitySpec",
    "InternalAddress",
    "KeysOutputs",
    "KeysT",
    "NativePolicy",
    "NetworkOutputs",
    "NetworkSpec",
    "NetworkT",
    "NodePort",
    "ObjectsOutputs",
    "ObjectsSpec",
    "ObjectsT",
    "PodPeer",
    "SecretsOutputs",
    "SecretsSpec",
    "ServiceAccount",
    "SettingsExport",
    "TransferTarget",
    "Unsupported",
    "WatchOutputs",
    "WatchSpec",
    "Watched",
    "WorkloadIdentity",
    "ZoneOutputs",
    "ZoneT",
    "access_layer",
]
